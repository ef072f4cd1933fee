#include "judge/clause.h"

#include "judge/rules_private.h"

const struct clause *clause_of(const struct rules *rules, const struct field *field)
{
    for (size_t i = 0; i < rules->n; i++)
        if (rules->clauses[i].spec && rules->clauses[i].field == field)
            return &rules->clauses[i];
    return NULL;
}

bool clause_is_listened(const struct rules *rules, const struct clause *clause)
{
    const struct target_spec *target = &rules->challenge->target;

    return clause->spec >= target->listen && clause->spec < target->listen + target->n_listen;
}

struct place clause_at(const struct clause *clause)
{
    return clause->spec ? clause->spec->field.at : (struct place){0, 0};
}

const char *clause_address(const struct clause *clause, size_t i, char out[FIELD_TEXT_SIZE])
{
    uint8_t bytes[ADDRESS6_BYTES];

    address6_store(bytes, &clause->set[2 * i]);
    return field_text_address6(bytes, out);
}
