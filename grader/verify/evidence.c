/* What a clause that allows several values still has to refuse must be shown by rows, not only what it is
 * for: else it could be widened and no row would notice. lint demands this of ranges (grader/lint/proof.c),
 * whose ends are plain values; here rows of words count too. And a text must not name a value that is no
 * longer there. */
#include <stdio.h>
#include <string.h>

#include "forge/exchange.h"
#include "grader/verify/run.h"
#include "judge/filtered.h"

enum { VALUES_MAX = 64 };

struct values {
    uint64_t items[VALUES_MAX];
    size_t n;
};

/* Those of a step; of the first message where step is 0. */
static const struct rules *run_rules(const struct run *run, size_t step)
{
    const struct rules *rules = rules_of_step(run->lab.rules, step);

    return rules ? rules : run->lab.rules;
}

/* What the rows on a field put into it. */
static void row_values(const struct run *run, size_t step, const struct field *field, struct values *out)
{
    const struct target_spec *t = &run->challenge->target;
    struct change change;

    out->n = 0;
    for (size_t i = 0; i < t->n_refuse && out->n < VALUES_MAX; i++)
        if (strcmp(t->refuse[i].field.text, field->name) == 0 &&
            (!step || !t->refuse[i].step_number || t->refuse[i].step_number == step) &&
            !change_of_refuse(run_rules(run, step), run->lab.students[0], &t->refuse[i], &change) &&
            change.kind == CHANGE_VALUE)
            out->items[out->n++] = change.value;
}

static void clause_values(const struct matcher *m, const struct field *field, struct values *out)
{
    out->n = 0;
    for (size_t i = 0; i < m->n_values && out->n < VALUES_MAX; i++)
        if (!field_parse(field, m->values[i].text, &out->items[out->n]))
            out->n++;
}

static bool any_below(const struct values *v, uint64_t than)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->items[i] < than)
            return true;
    return false;
}

static bool any_above(const struct values *v, uint64_t than)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->items[i] > than)
            return true;
    return false;
}

static bool has(const struct values *v, uint64_t value)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->items[i] == value)
            return true;
    return false;
}

static void check_range(struct check *check, const struct field *field, const struct values *ends,
                        const struct values *rows)
{
    char text[FIELD_TEXT_SIZE];

    if (ends->n != 2)
        return;
    if (ends->items[0] > 0 && !has(rows, ends->items[0] - field->scale))
        run_fail(check, BLAME_CHALLENGE, "%s begins at %s, and no near miss is the value below that",
                 field->name, field_text(field, ends->items[0], text));
    if (ends->items[1] < field_max(field) && !has(rows, ends->items[1] + field->scale))
        run_fail(check, BLAME_CHALLENGE, "%s ends at %s, and no near miss is the value above that",
                 field->name, field_text(field, ends->items[1], text));
}

static void check_bounds(struct check *check, const struct field *field, uint64_t low, uint64_t high,
                         const struct values *rows)
{
    if (low > 0 && !any_below(rows, low))
        run_fail(check, BLAME_CHALLENGE, "%s allows several values, and no near miss is below them",
                 field->name);
    if (high < field_max(field) && !any_above(rows, high))
        run_fail(check, BLAME_CHALLENGE, "%s allows several values, and no near miss is above them",
                 field->name);
}

static void check_set(struct check *check, const struct field *field, const struct values *set,
                      const struct values *rows)
{
    uint64_t low = UINT64_MAX, high = 0;

    for (size_t i = 0; i < set->n; i++) {
        low = set->items[i] < low ? set->items[i] : low;
        high = set->items[i] > high ? set->items[i] : high;
    }
    check_bounds(check, field, low, high, rows);
}

static void check_excluded(struct check *check, const struct field *field, const struct values *set,
                           const struct values *rows)
{
    char text[FIELD_TEXT_SIZE];

    for (size_t i = 0; i < set->n; i++)
        if (!has(rows, set->items[i]))
            run_fail(check, BLAME_CHALLENGE, "%s must not be %s, and no near miss is that", field->name,
                     field_text(field, set->items[i], text));
}

static void check_mask(struct check *check, const struct field *field, const struct values *mask,
                       const struct values *rows)
{
    uint64_t turned = 0;

    if (mask->n != 2)
        return;
    for (size_t i = 0; i < rows->n; i++)
        turned |= (rows->items[i] ^ mask->items[1]) & mask->items[0];
    if (turned != mask->items[0])
        run_fail(check, BLAME_CHALLENGE,
                 "%s compares the bits 0x%llx, and no near miss turns over 0x%llx of them", field->name,
                 (unsigned long long)mask->items[0], (unsigned long long)(mask->items[0] & ~turned));
    check_bounds(check, field, mask->items[1], mask->items[1] | (field_max(field) & ~mask->items[0]), rows);
}

/* Each part of the filter that alone can refuse a frame is shown to do so by a row. */
static void check_parts(struct run *run, struct check *check, size_t step)
{
    const struct target_spec *t = &run->challenge->target;
    const struct rules *rules = run_rules(run, step);
    const struct clause *c = clause_of(rules, field_find("frame"));
    const char *student = run->lab.students[0];
    bool shown[FILTER_PARTS_MAX] = {false};
    size_t parts[FILTER_PARTS_MAX];
    char text[FILTER_TEXT_MAX + 1];
    struct change change;
    struct exchange e;
    struct packet packet;

    if (!filtered_has_parts(c->filtered))
        return;
    for (size_t i = 0; i < t->n_refuse; i++) {
        if (strcmp(t->refuse[i].field.text, "frame") != 0 ||
            change_of_refuse(rules, student, &t->refuse[i], &change) ||
            exchange_build(rules, student, lab_source(&run->lab, 0), run->lab.class.target, &change, &e))
            continue;
        packet_decode(&packet, e.link, e.bytes, e.length, e.length);
        for (size_t k = 0, n = filter_blame(c->filtered->filter, &packet, parts); k < n; k++)
            shown[parts[k]] = true;
    }
    for (size_t i = 0; i < filter_parts(c->filtered->filter); i++)
        if (!shown[i])
            run_fail(check, BLAME_CHALLENGE,
                     "frame: no near miss makes this part of the filter say %s: %.120s",
                     c->filtered->rejects ? "yes" : "no", filter_part(c->filtered->filter, i, text));
}

static void prove_clause(struct run *run, size_t step, const struct clause_spec *spec)
{
    const struct field *field = field_find(spec->field.text);
    enum matcher_kind kind = spec->matcher.kind;
    struct values rows, own;

    if (!field || (kind != MATCH_IN && kind != MATCH_NOT && kind != MATCH_MASK && kind != MATCH_RANGE &&
                   kind != MATCH_FILTER))
        return;
    struct check check = run_check(run, CHECK_PROOF, "%s: near misses bound what it allows", field->name);
    run_about(run, &check, spec);
    row_values(run, step, field, &rows);
    clause_values(&spec->matcher, field, &own);
    if (kind == MATCH_FILTER)
        check_parts(run, &check, step);
    else if (kind == MATCH_IN)
        check_set(&check, field, &own, &rows);
    else if (kind == MATCH_NOT)
        check_excluded(&check, field, &own, &rows);
    else if (kind == MATCH_RANGE)
        check_range(&check, field, &own, &rows);
    else
        check_mask(&check, field, &own, &rows);
    run_tell(run, &check);
}

static bool each_clause(void *context, size_t step, const struct clause_spec *clause)
{
    prove_clause(context, step, clause);
    return true;
}

void prove_evidence(struct run *run)
{
    target_each_clause(&run->challenge->target, each_clause, run);
}
