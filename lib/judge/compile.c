/* From what target.yml says to what is compared: fields are looked up, values read, parameters made. */
#include "judge/compile.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/str.h"
#include "judge/filtered.h"
#include "judge/params.h"
#include "judge/refused.h"
#include "judge/rules_private.h"
#include "judge/several.h"
#include "judge/talk.h"
#include "spec/matcher.h"

static bool value_read(const struct rules *rules, const struct clause *clause, const struct scalar *scalar,
                       uint64_t *out, struct problems *problems)
{
    const char *wrong = field_parse(clause->field, scalar->text, out);
    const struct field *meant = wrong ? field_meant(clause->field, scalar->text) : NULL;

    if (wrong)
        problem_add(problems, rules->challenge->target.file, scalar->at, "%s: %s %s%s%s%s",
                    clause->field->name, scalar->text, wrong, meant ? "; did you mean " : "",
                    meant ? meant->name : "", meant ? "?" : "");
    return !wrong;
}

static bool compile_set(struct rules *rules, struct clause *clause, struct problems *problems)
{
    const struct matcher *m = &clause->spec->matcher;
    bool ok = true;

    clause->set = calloc(m->n_values, sizeof(clause->set[0]));
    if (!clause->set)
        return false;
    clause->n_set = m->n_values;
    for (size_t i = 0; i < m->n_values; i++)
        ok = value_read(rules, clause, &m->values[i], &clause->set[i], problems) && ok;
    return ok;
}

static bool compile_pair(struct rules *rules, struct clause *clause, struct problems *problems)
{
    const struct matcher *m = &clause->spec->matcher;
    const char *file = rules->challenge->target.file;

    if (!value_read(rules, clause, &m->values[0], &clause->a, problems) ||
        !value_read(rules, clause, &m->values[1], &clause->b, problems))
        return false;
    if (clause->kind == MATCH_RANGE && clause->a > clause->b) {
        problem_add(problems, file, m->at, "%s: the range ends before it begins", clause->field->name);
        return false;
    }
    if (clause->kind == MATCH_MASK && clause->b & ~clause->a) {
        problem_add(problems, file, m->at,
                    "%s: the value has bits that the mask leaves out: nothing can match",
                    clause->field->name);
        return false;
    }
    return true;
}

/* IPv6 addresses: one, a list, or none of a list. */
static bool compile_addresses(struct rules *rules, struct clause *clause, struct problems *problems)
{
    const struct matcher *m = &clause->spec->matcher;
    const char *file = rules->challenge->target.file, *name = clause->field->name;
    uint8_t bytes[ADDRESS6_BYTES];
    bool ok = true;

    if (m->kind == MATCH_ANY)
        return true;
    if (m->kind != MATCH_EQUAL && m->kind != MATCH_IN && m->kind != MATCH_NOT) {
        problem_add(problems, file, m->at,
                    "%s holds an IPv6 address: give one, {in: [...]}, {not: ...} or any", name);
        return false;
    }
    clause->set = calloc(m->n_values, 2 * sizeof(clause->set[0]));
    if (!clause->set)
        return false;
    clause->n_set = 2 * m->n_values;
    for (size_t i = 0; i < m->n_values; i++) {
        const char *wrong = field_parse_address6(m->values[i].text, bytes);
        if (wrong)
            problem_add(problems, file, m->values[i].at, "%s: %s %s", name, m->values[i].text, wrong);
        else
            address6_load(bytes, &clause->set[2 * i]);
        ok = ok && !wrong;
    }
    return ok;
}

/* `u8`, `u16`, `u32` stand for all values of that width; [lo, hi] for an interval. */
static bool param_bounds(struct rules *rules, struct clause *clause, struct problems *problems)
{
    const struct matcher *m = &clause->spec->matcher;
    uint64_t max = field_max(clause->field);
    static const struct {
        const char *word;
        uint64_t max;
    } types[] = {{"u8", UINT8_MAX}, {"u16", UINT16_MAX}, {"u32", UINT32_MAX}};

    if (m->n_values == 2)
        return value_read(rules, clause, &m->values[0], &clause->rule.lo, problems) &&
               value_read(rules, clause, &m->values[1], &clause->rule.hi, problems);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i].word, m->values[0].text) == 0) {
            if (types[i].max > max)
                break;
            clause->rule.lo = 1;
            clause->rule.hi = types[i].max;
            return true;
        }
    problem_add(problems, rules->challenge->target.file, m->values[0].at,
                "%s: param is [lowest, highest], or u8, u16, u32 where the field is that wide",
                clause->field->name);
    return false;
}

static bool compile_param(struct rules *rules, struct clause *clause, struct problems *problems)
{
    const struct matcher *m = &clause->spec->matcher;
    const char *file = rules->challenge->target.file;

    if (!param_bounds(rules, clause, problems))
        return false;
    clause->per_student = m->per == PER_STUDENT;
    clause->rule.bits = clause->field->bits;
    clause->rule.port = clause->field->kind == FIELD_PORT;
    if (clause->rule.lo > clause->rule.hi) {
        problem_add(problems, file, m->at, "%s: the first value of param is larger than the last",
                    clause->field->name);
        return false;
    }
    if (!param_possible(&clause->rule)) {
        problem_add(
            problems, file, m->at,
            "%s: no value from %llu to %llu survives the common mistakes (0, palindromes, ephemeral ports)",
            clause->field->name, (unsigned long long)clause->rule.lo, (unsigned long long)clause->rule.hi);
        return false;
    }
    return true;
}

/* Those of a conversation in a text. */
static size_t count_names(const struct rules *rules, const char *text)
{
    char name[STEP_NAME_LEN + 1];
    size_t n = 0;

    for (const char *in = text; rules->challenge->target.talks && matcher_name(&in, name);)
        n += strcmp(name, "student") != 0;
    return n;
}

static bool compile_text(struct rules *rules, struct clause *clause, struct problems *problems)
{
    static const char STUDENT[] = "{student}";
    const struct matcher *m = &clause->spec->matcher;
    const char *text = m->values[0].text, *at = strstr(text, STUDENT);
    const size_t names = count_names(rules, text);

    clause->unfilled = names > 0;
    if (strlen(text) + names * TALK_VALUE_MAX > TEXT_MAX / 2) {
        problem_add(problems, rules->challenge->target.file, m->values[0].at,
                    "%s: text longer than %d bytes%s", clause->field->name, TEXT_MAX / 2,
                    names ? ", with what its names may stand for" : "");
        return false;
    }
    clause->kind = MATCH_TEXT;
    clause->encoding = m->kind == MATCH_TEXT ? m->encoding : ENCODING_UTF8;
    clause->trim = m->kind == MATCH_TEXT && m->trim != TRIM_DEFAULT
                       ? m->trim == TRIM_NEWLINE
                       : rules->challenge->target.kind != TARGET_PACKET;
    clause->before = at ? strndup(text, (size_t)(at - text)) : strdup(text);
    clause->after = at ? strdup(at + sizeof(STUDENT) - 1) : NULL;
    if (at)
        rules->named = clause;
    return clause->before && (!at || clause->after);
}

static bool compile_raw(struct rules *rules, struct clause *clause, struct problems *problems)
{
    const struct matcher *m = &clause->spec->matcher;
    const char *text = m->values[0].text;
    size_t length = strlen(text), most = rules->transport == TARGET_STREAM ? STEP_BYTES_MAX : UINT16_MAX;

    clause->trim = rules->challenge->target.kind != TARGET_PACKET;
    if (m->kind == MATCH_LENGTH) {
        const char *wrong = NULL;
        if (parse_u64(text, most, &clause->a) != PARSE_OK || parse_u64(m->values[1].text, most, &clause->b) ||
            clause->a > clause->b)
            wrong = "is no pair of numbers of bytes, the smaller one first, that a message can have";
        if (wrong)
            problem_add(problems, rules->challenge->target.file, m->at, "%s: length %s", clause->field->name,
                        wrong);
        return !wrong;
    }
    if (m->kind == MATCH_BYTES) {
        text += 2;
        length -= 2;
    }
    const size_t names = m->kind == MATCH_CONTAINS ? count_names(rules, text) : 0;
    clause->unfilled = names > 0;
    if (length + names * TALK_VALUE_MAX > TEXT_MAX) {
        problem_add(problems, rules->challenge->target.file, m->at, "%s: longer than %d bytes",
                    clause->field->name, m->kind == MATCH_BYTES ? TEXT_MAX / 2 : TEXT_MAX);
        return false;
    }
    clause->bytes = malloc(length + 1);
    clause->before = names ? strdup(text) : NULL;
    if (!clause->bytes || (names && !clause->before))
        return false;
    memcpy(clause->bytes, text, length);
    clause->n_bytes =
        m->kind == MATCH_BYTES ? (size_t)hex_decode(clause->bytes, length, text, length) : length;
    return true;
}

/* bind, bound: the names were checked against each other when they were read. */
static bool compile_name(struct rules *rules, struct clause *clause, struct problems *problems)
{
    const struct matcher *m = &clause->spec->matcher;
    const char *file = rules->challenge->target.file;
    bool number = clause->field->kind != FIELD_BYTES;

    clause->trim = rules->challenge->target.kind != TARGET_PACKET;
    clause->plus = m->plus;
    clause->unfilled = m->kind == MATCH_BOUND;
    while (clause->name < rules->n_names && strcmp(rules->names[clause->name].name, m->values[0].text) != 0)
        clause->name++;
    if (clause->name == rules->n_names || m->kind == MATCH_BIND)
        return true;
    const struct clause_name *name = &rules->names[clause->name];
    if ((number || m->plus) && !name->number) {
        problem_add(problems, file, m->values[0].at,
                    "%s: \"%s\" stands for a text, and a number is asked for", clause->field->name,
                    name->name);
        return false;
    }
    if (number && name->bits > clause->field->bits) {
        problem_add(problems, file, m->values[0].at, "%s: \"%s\" has %u bits, more than the field's %u",
                    clause->field->name, name->name, name->bits, clause->field->bits);
        return false;
    }
    return true;
}

static bool compile_matcher(struct rules *rules, struct clause *clause, struct problems *problems)
{
    const struct matcher *m = &clause->spec->matcher;

    clause->kind = m->kind;
    if (clause->field->kind == FIELD_FRAME || m->kind == MATCH_FILTER)
        return filtered_compile(rules, clause, problems);
    if (clause->field->kind == FIELD_ADDRESS6)
        return compile_addresses(rules, clause, problems);
    if (clause->field->kind == FIELD_BYTES) {
        if (m->kind == MATCH_TEXT || m->kind == MATCH_EQUAL)
            return compile_text(rules, clause, problems);
        if (m->kind == MATCH_ANY)
            return true;
        if (m->kind == MATCH_BIND || m->kind == MATCH_BOUND)
            return compile_name(rules, clause, problems);
        if (m->kind == MATCH_BYTES || m->kind == MATCH_CONTAINS || m->kind == MATCH_LENGTH)
            return compile_raw(rules, clause, problems);
        problem_add(problems, rules->challenge->target.file, m->at,
                    "%s is bytes: give {text: …}, {bytes: …}, {contains: …}, {length: …} or any",
                    clause->field->name);
        return false;
    }
    switch (m->kind) {
    case MATCH_EQUAL:
        return value_read(rules, clause, &m->values[0], &clause->a, problems);
    case MATCH_IN:
    case MATCH_NOT:
        return compile_set(rules, clause, problems);
    case MATCH_RANGE:
    case MATCH_MASK:
        return compile_pair(rules, clause, problems);
    case MATCH_PARAM:
        return compile_param(rules, clause, problems);
    case MATCH_TEXT:
    case MATCH_BYTES:
    case MATCH_CONTAINS:
    case MATCH_LENGTH:
        problem_add(problems, rules->challenge->target.file, m->at, "%s holds a number, not a text",
                    clause->field->name);
        return false;
    case MATCH_BIND:
    case MATCH_BOUND:
        return compile_name(rules, clause, problems);
    case MATCH_ANY:
        return true;
    case MATCH_FILTER:
        break;
    }
    return false;
}

static bool compile_clause(struct rules *rules, const struct clause_spec *spec, struct problems *problems)
{
    const char *file = rules->challenge->target.file;
    const struct field *field = field_find(spec->field.text);
    const char *refused = !field         ? NULL
                          : rules->reply ? refused_reply(field)
                                         : refused_clause(field, rules->challenge->target.kind);

    if (!field) {
        const char *near = field_nearest(spec->field.text);
        problem_add(problems, file, spec->field.at, "no field is named %s%s%s%s", spec->field.text,
                    near ? "; did you mean " : "", near ? near : "; `wiregrade fields` lists them",
                    near ? "?" : "");
        return false;
    }
    if (refused) {
        problem_add(problems, file, spec->field.at, "%s %s", field->name, refused);
        return false;
    }
    if (field->kind == FIELD_ADDRESS6 && clause_is_listened(rules, &(struct clause){.spec = spec})) {
        problem_add(problems, file, spec->field.at, "%s cannot be listened for; ask for it under expect",
                    field->name);
        return false;
    }
    if (rules->challenge->target.unix_path && field->kind != FIELD_BYTES) {
        problem_add(problems, file, spec->field.at,
                    "%s: what comes through a socket file has no header; ask for its payload", field->name);
        return false;
    }
    if (rules->dialled && field->kind != FIELD_BYTES) {
        problem_add(
            problems, file, spec->field.at,
            "%s: nothing but what was dialled is heard in a dialled conversation; ask for its payload",
            field->name);
        return false;
    }
    for (size_t i = 0; i < rules->n; i++)
        if (rules->clauses[i].field == field) {
            problem_add(problems, file, spec->field.at, "%s stands here and on line %d: one clause a field",
                        field->name, rules->clauses[i].spec->field.at.line);
            return false;
        }
    if (rules->n == CLAUSES_MAX) {
        problem_add(problems, file, spec->field.at, "more than %d clauses", CLAUSES_MAX);
        return false;
    }
    struct clause *clause = &rules->clauses[rules->n++];
    *clause = (struct clause){.spec = spec, .field = field};
    return compile_matcher(rules, clause, problems);
}

/* ip.id 0 never arrives as 0: the kernel fills it in (raw(7)). */
static bool check_kernel(struct rules *rules, struct problems *problems)
{
    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        if (strcmp(c->field->name, "ip.id") == 0 && c->kind == MATCH_EQUAL && c->a == 0) {
            problem_add(problems, rules->challenge->target.file, clause_at(c),
                        "ip.id: 0 cannot be received: the sender's kernel replaces it by a value of its own");
            return false;
        }
    }
    return true;
}

/* A packet has one header after IP's: clauses that ask for two can never be met. */
static bool check_protocol(struct rules *rules, struct problems *problems)
{
    const struct clause *ip = clause_of(rules, field_find("ip.proto"));
    uint64_t protocol = ip && ip->kind == MATCH_EQUAL ? ip->a : 0;
    const char *says = protocol ? "ip.proto" : NULL;

    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        uint64_t implied = layer_protocol(c->field->layer);
        if (implied && says && implied != protocol) {
            problem_add(problems, rules->challenge->target.file, clause_at(c),
                        "%s: no packet has this field and what the clause on %s asks for", c->field->name,
                        says);
            return false;
        }
        if (implied && !says) {
            protocol = implied;
            says = c->field->name;
        }
    }
    return true;
}

/* ip.… and ipv6.…, icmp.… and ipv6.…: one packet has one IP header here. */
static bool check_version(struct rules *rules, struct problems *problems)
{
    unsigned version = rules_ip_version(rules);
    const char *says = NULL;

    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        unsigned other = layer_ip_version(c->field->layer);
        if (other == 6 && rules->challenge->target.talks && rules->challenge->target.kind == TARGET_PACKET) {
            problem_add(problems, rules->challenge->target.file, clause_at(c),
                        "%s: a packet that answers a step is of IPv4, so no step is answered over IPv6",
                        c->field->name);
            return false;
        }
        if (other && other != version) {
            problem_add(problems, rules->challenge->target.file, clause_at(c),
                        "%s: no packet has this field and %s: one is of IPv4, one of IPv6", c->field->name,
                        says);
            return false;
        }
        if (other && !says)
            says = c->field->name;
    }
    return true;
}

/* What stands below IP has no header of it. */
static bool check_link(struct rules *rules, struct problems *problems)
{
    for (size_t i = 0; rules_below_ip(rules) && i < rules->n; i++) {
        const struct field *f = rules->clauses[i].field;
        if (f->layer < LAYER_IP || (f->layer == LAYER_PAYLOAD && !rules_is_arp(rules)))
            continue;
        problem_add(problems, rules->challenge->target.file, clause_at(&rules->clauses[i]),
                    "%s: no frame has this and what is asked of %s", f->name,
                    rules_is_arp(rules) ? "ARP" : "the link's header");
        return false;
    }
    return true;
}

static int wire_order(const void *a, const void *b)
{
    const struct clause *x = a, *y = b;
    const bool frame = x->field->kind == FIELD_FRAME;

    /* the whole comes last: where a field fails as well, that says more */
    if (frame != (y->field->kind == FIELD_FRAME))
        return frame ? 1 : -1;
    if (x->field->layer != y->field->layer)
        return x->field->layer < y->field->layer ? -1 : 1;
    if (x->field->bit != y->field->bit)
        return x->field->bit < y->field->bit ? -1 : 1;
    return (x->field > y->field) - (x->field < y->field);
}

/* ip.len and ip.checksum stand among the findings of every packet. */
static void add_always(struct rules *rules)
{
    static const char *const always[] = {"ip.len", "ip.checksum"};

    for (size_t i = 0; i < 2 && rules->n < CLAUSES_MAX; i++)
        rules->clauses[rules->n++] = (struct clause){.field = field_find(always[i]), .kind = MATCH_ANY};
}

static uint16_t port_read(const char *text)
{
    uint64_t v = 0;

    return text && parse_u64(text, UINT16_MAX, &v) == PARSE_OK ? (uint16_t)v : 0;
}

bool compile_rules(struct rules *rules, struct problems *problems)
{
    const struct target_spec *target = &rules->challenge->target;
    size_t before = problems->errors;

    const struct step_spec *step = &target->steps[rules->step];
    bool ok = several_compile(rules, problems);
    /* the student's own port is where a dialled message comes from, and no port of ours is listened on */
    for (size_t i = 0; !rules->dialled && !rules->reply && i < target->n_listen; i++)
        if (target->listen[i].matcher.kind == MATCH_EQUAL)
            ok = compile_clause(rules, &target->listen[i], problems) && ok;
    for (size_t i = 0; !rules->reply && i < step->n_expect; i++)
        ok = compile_clause(rules, &step->expect[i], problems) && ok;
    for (size_t i = 0; rules->reply && i < step->n_reply; i++)
        ok = compile_clause(rules, &step->reply[i], problems) && ok;
    if (!ok && problems->errors == before)
        problem_add(problems, target->file, (struct place){0}, "out of memory");
    if (problems->errors != before || !check_kernel(rules, problems) || !check_protocol(rules, problems) ||
        !check_version(rules, problems) || !check_link(rules, problems) || !several_hears(rules, problems))
        return false;
    if (target->kind == TARGET_PACKET && rules_ip_version(rules) != 6 && !rules_below_ip(rules))
        add_always(rules);
    const struct clause_spec *named = rules->named ? rules->named->spec : NULL;
    qsort(rules->clauses, rules->n, sizeof(rules->clauses[0]), wire_order);
    for (size_t i = 0; i < rules->n; i++)
        if (named && rules->clauses[i].spec == named)
            rules->named = &rules->clauses[i];
    rules->connect = target->connect.text && rules->class->connect ? rules->class->connect
                                                                   : port_read(target->connect.text);
    rules->feedback = rules_least_feedback(rules);
    if (!params_make_class(rules, problems))
        return false;
    if (!params_make_everyone(rules))
        problem_add(problems, target->file, (struct place){0}, "out of memory");
    return problems->errors == before;
}
