#include "judge/filtered.h"

#include <stdlib.h>
#include <string.h>

#include "judge/rules_private.h"

static bool example_read(struct rules *rules, struct filtered *f, const struct matcher *m, size_t i,
                         struct problems *problems)
{
    const char *file = rules->challenge->target.file;
    const struct scalar *name = &m->example_fields[i], *value = &m->example_values[i];
    const struct field *field = field_find(name->text);
    uint64_t read = 0;

    if (!field || !field->bits || field->kind == FIELD_CHECKSUM_STATUS ||
        layer_ip_version(field->layer) == 6) {
        const char *near = field ? NULL : field_nearest(name->text);
        problem_add(problems, file, name->at, "example: %s is no field with a number%s%s%s", name->text,
                    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
        return false;
    }
    const char *wrong = field_parse(field, value->text, &read);
    if (wrong) {
        problem_add(problems, file, value->at, "example: %s: %s %s", field->name, value->text, wrong);
        return false;
    }
    if (clause_of(rules, field) || target_clause(&rules->challenge->target, rules->step + 1, field->name)) {
        problem_add(problems, file, name->at,
                    "example: %s has a clause of its own, which says already what a right packet holds",
                    field->name);
        return false;
    }
    f->example[f->n].field = field;
    f->example[f->n++].value = read;
    return true;
}

static bool filter_read(struct rules *rules, struct filtered *f, const struct matcher *m,
                        struct problems *problems)
{
    struct filter_fault fault;
    struct place at = m->values[0].at;
    const char *text = m->values[0].text;

    if (filter_compile(&f->filter, text, &fault))
        return true;
    for (const char *c = text; c < text + fault.offset; c++) {
        at.line += *c == '\n';
        at.column = *c == '\n' ? m->values[0].at.column : at.column + 1;
    }
    problem_add(problems, rules->challenge->target.file, at, "frame: the filter cannot be used: %s",
                fault.text);
    return false;
}

bool filtered_compile(struct rules *rules, struct clause *clause, struct problems *problems)
{
    const struct matcher *m = &clause->spec->matcher;
    const char *file = rules->challenge->target.file;
    bool ok = true;

    if (clause->field->kind != FIELD_FRAME || m->kind != MATCH_FILTER || !m->n_values) {
        problem_add(
            problems, file, m->at,
            clause->field->kind == FIELD_FRAME
                ? "%s is the whole frame: give {matches: \"PCAP-FILTER\"} or {rejects: \"PCAP-FILTER\"}"
                : "%s is one field; a filter is asked of the whole: frame: {matches: \"PCAP-FILTER\"}",
            clause->field->name);
        return false;
    }
    clause->filtered = calloc(1, sizeof(*clause->filtered));
    if (!clause->filtered)
        return false;
    clause->filtered->rejects = m->rejects;
    if (m->n_example > FILTERED_VALUES_MAX) {
        problem_add(problems, file, m->example_fields[0].at, "example: at most %d fields",
                    FILTERED_VALUES_MAX);
        return false;
    }
    for (size_t i = 0; i < m->n_example; i++)
        ok = example_read(rules, clause->filtered, m, i, problems) && ok;
    return filter_read(rules, clause->filtered, m, problems) && ok;
}

void filtered_free(struct filtered *f)
{
    if (f)
        filter_free(f->filter);
    free(f);
}

enum finding_status filtered_judge(const struct filtered *f, const struct packet *packet, uint64_t *says)
{
    const enum filter_says said = filter_ask(f->filter, packet);

    *says = said == FILTER_YES;
    if (said == FILTER_UNKNOWN)
        return FINDING_BLOCKED;
    return (said == FILTER_YES) != f->rejects ? FINDING_PASS : FINDING_FAIL;
}

bool filtered_has_parts(const struct filtered *f)
{
    return filter_parts(f->filter) > 1 && filter_joined_by_or(f->filter) == f->rejects;
}
