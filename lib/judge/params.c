#include "judge/params.h"

#include <stdlib.h>
#include <string.h>

#include "judge/rules_private.h"

enum { ROSTER_MAX = 2000 };

/* What fields hold when no clause says otherwise. */
static const struct {
    const char *field;
    uint64_t value;
} DEFAULTS[] = {
    {"eth.dst", 0x020000000001},
    {"eth.src", PARAMS_STATION},
    {"arp.hw.type", 1},
    {"arp.proto.type", 0x0800},
    {"arp.hw.size", 6},
    {"arp.proto.size", 4},
    {"arp.opcode", 2},
    {"arp.src.hw_mac", PARAMS_STATION},
    {"ip.version", 4},
    {"ip.hdr_len", 20},
    {"ip.id", 0x5747},
    {"ip.ttl", 64},
    {"tcp.srcport", 31000},
    {"tcp.dstport", 31001},
    {"tcp.seq_raw", 1000},
    {"tcp.hdr_len", 20},
    {"tcp.flags", 0x002},
    {"tcp.window_size_value", 5840},
    {"udp.srcport", 31000},
    {"udp.dstport", 31001},
    {"sctp.srcport", 31000},
    {"sctp.dstport", 31001},
    {"sctp.chunk_type", 1},
    {"sctp.init_initiate_tag", 0x57475747},
    {"sctp.init_credit", 65536},
    {"sctp.init_nr_out_streams", 1},
    {"sctp.init_nr_in_streams", 1},
    {"sctp.init_initial_tsn", 1},
    {"sctp.parameter_type", 0xC000},
    {"icmp.type", 8},
    {"icmp.ident", 0x5747},
    {"icmp.seq", 1},
    {"ipv6.version", 6},
    {"ipv6.hlim", 64},
    {"icmpv6.type", 128},
    {"ipv6.routing.type", 253}, /* RFC 4727: for experiments */
};

uint64_t params_default(const struct field *field)
{
    for (size_t i = 0; i < sizeof(DEFAULTS) / sizeof(DEFAULTS[0]); i++)
        if (strcmp(DEFAULTS[i].field, field->name) == 0)
            return DEFAULTS[i].value;
    return 0;
}

uint64_t params_meet(const struct clause *c, uint64_t student_value)
{
    uint64_t v = params_default(c->field);

    switch (c->kind) {
    case MATCH_EQUAL:
        return c->a;
    case MATCH_IN:
        return c->set[0];
    case MATCH_RANGE:
        return v >= c->a && v <= c->b ? v : c->a;
    case MATCH_MASK:
        return (v & ~c->a) | c->b;
    case MATCH_PARAM:
        return c->per_student ? student_value : c->a;
    case MATCH_NOT:
        for (size_t i = 0; i < c->n_set; i++)
            if (c->set[i] == v) {
                v += c->field->scale;
                i = (size_t)-1; /* begin again with the next value */
            }
        return v;
    case MATCH_ANY:
    case MATCH_TEXT:
    case MATCH_BYTES:
    case MATCH_CONTAINS:
    case MATCH_LENGTH:
    case MATCH_BOUND:
    case MATCH_FILTER:
        break;
    case MATCH_BIND:
        return c->a ? c->a : v; /* filled_suggest's */
    }
    return v;
}

bool params_make(const struct rules *rules, const char *student, uint64_t values[CLAUSES_MAX])
{
    uint64_t avoid[PARAM_AVOID_MAX];
    size_t n = rules->n_avoid;

    memcpy(avoid, rules->avoid, sizeof(avoid));
    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        if (c->kind != MATCH_PARAM || !c->per_student)
            continue;
        struct param_rule rule = c->rule;
        rule.avoid = avoid;
        rule.n_avoid = n;
        if (!rules->has_key || !param_make(&rules->key, rules->class->word, rules->challenge->slug,
                                           c->field->name, student, &rule, &values[i]))
            return false;
        if (n < PARAM_AVOID_MAX)
            avoid[n++] = values[i];
    }
    return true;
}

/* The values that are the same for everybody, then those of the class: no parameter may equal one of them. */
bool params_make_class(struct rules *rules, struct problems *problems)
{
    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        if (c->spec && c->kind == MATCH_EQUAL && rules->n_avoid < PARAM_AVOID_MAX)
            rules->avoid[rules->n_avoid++] = c->a;
    }
    for (size_t i = 0; i < rules->n; i++) {
        struct clause *c = &rules->clauses[i];
        if (c->kind != MATCH_PARAM || c->per_student || !rules->has_key)
            continue;
        c->rule.avoid = rules->avoid;
        c->rule.n_avoid = rules->n_avoid;
        c->known = param_make(&rules->key, rules->class->word, rules->challenge->slug, c->field->name, "",
                              &c->rule, &c->a);
        if (!c->known) {
            problem_add(problems, rules->challenge->target.file, c->spec->matcher.at,
                        "%s: no value is left that differs from the other clauses' values", c->field->name);
            return false;
        }
        if (rules->n_avoid < PARAM_AVOID_MAX)
            rules->avoid[rules->n_avoid++] = c->a;
    }
    return true;
}

bool params_value(const struct rules *rules, const char *student, const struct field *field, uint64_t *out)
{
    const struct clause *c = clause_of(rules, field);
    uint64_t values[CLAUSES_MAX] = {0};

    if (!c || field->bits == 0 || (c->kind == MATCH_PARAM && !rules->has_key))
        return false;
    params_make(rules, student, values);
    *out = params_meet(c, values[c - rules->clauses]);
    return true;
}

bool params_other_class(const struct rules *rules, const struct clause *c, const char *class, uint64_t *out)
{
    if (c->kind == MATCH_PARAM && !c->per_student)
        return rules->has_key &&
               param_make(&rules->key, class, rules->challenge->slug, c->field->name, "", &c->rule, out);
    return params_value(rules, "another", c->field, out);
}

static int ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Deriving them anew for each near miss would cost the target in proportion to the roster, for packets that
 * anybody may send. */
bool params_make_everyone(struct rules *rules)
{
    size_t n = rules->roster ? rules->roster->n : 0;
    uint64_t values[CLAUSES_MAX] = {0};

    n = !rules->has_key ? 0 : n < ROSTER_MAX ? n : ROSTER_MAX;
    for (size_t i = 0; i < rules->n; i++) {
        free(rules->clauses[i].everyone);
        rules->clauses[i].everyone = NULL;
        rules->clauses[i].n_everyone = 0;
    }
    for (size_t i = 0; n && i < rules->n; i++) {
        struct clause *c = &rules->clauses[i];
        if (c->kind == MATCH_PARAM && c->per_student && !(c->everyone = malloc(n * sizeof(*c->everyone))))
            return false;
    }
    for (size_t k = 0; k < n; k++) {
        if (!params_make(rules, rules->roster->students[k].handle, values))
            continue;
        for (size_t i = 0; i < rules->n; i++)
            if (rules->clauses[i].everyone)
                rules->clauses[i].everyone[rules->clauses[i].n_everyone++] = values[i];
    }
    for (size_t i = 0; i < rules->n; i++)
        if (rules->clauses[i].n_everyone)
            qsort(rules->clauses[i].everyone, rules->clauses[i].n_everyone, sizeof(uint64_t), ascending);
    return true;
}

bool params_is_someones(const struct clause *clause, uint64_t value)
{
    return clause->n_everyone &&
           bsearch(&value, clause->everyone, clause->n_everyone, sizeof(value), ascending) != NULL;
}
