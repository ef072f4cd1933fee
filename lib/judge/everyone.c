/* The values of all students: deriving them anew for each near miss would cost the target in proportion to
 * the roster, for packets that anybody may send. */
#include <stdlib.h>

#include "judge/clause.h"

enum { ROSTER_MAX = 2000 };

static int ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

bool rules_make_everyone(struct rules *rules)
{
    size_t n = rules->roster ? rules->roster->n : 0;
    uint64_t values[CLAUSES_MAX] = {0};

    n = !rules->has_key ? 0 : n < ROSTER_MAX ? n : ROSTER_MAX;
    for (size_t i = 0; n && i < rules->n; i++) {
        struct clause *c = &rules->clauses[i];
        if (c->kind == MATCH_PARAM && c->per_student && !(c->everyone = malloc(n * sizeof(*c->everyone))))
            return false;
    }
    for (size_t k = 0; k < n; k++) {
        if (!rules_params(rules, rules->roster->students[k].handle, values))
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

bool clause_is_someones(const struct clause *clause, uint64_t value)
{
    return clause->n_everyone &&
           bsearch(&value, clause->everyone, clause->n_everyone, sizeof(value), ascending) != NULL;
}
