#include "forge/build.h"

#include <string.h>

#include "judge/params.h"

bool build_changed(const struct build *b, const struct field *field, uint64_t *value)
{
    const struct change *change = b->change;

    if (change && change->field == field && change->kind == CHANGE_VALUE) {
        *value = change->value;
        return true;
    }
    for (size_t i = 0; change && change->kind == CHANGE_FIELDS && i < change->n_fields; i++)
        if (change->fields[i].field == field) {
            *value = change->fields[i].value;
            return true;
        }
    return false;
}

bool build_exemplified(const struct build *b, const struct field *field, uint64_t *value)
{
    for (size_t i = 0; b->frame && i < b->frame->n; i++)
        if (b->frame->example[i].field == field) {
            *value = b->frame->example[i].value;
            return true;
        }
    return false;
}

/* Where nothing is asked for; ports of a reply are those of its packet, exchanged. */
static uint64_t default_of(const struct build *b, const struct field *field)
{
    static const char *const pairs[][2] = {{"tcp.srcport", "tcp.dstport"},
                                           {"tcp.dstport", "tcp.srcport"},
                                           {"udp.srcport", "udp.dstport"},
                                           {"udp.dstport", "udp.srcport"}};
    uint64_t value;

    for (size_t i = 0; b->answered && i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (strcmp(field->name, pairs[i][0]) == 0 &&
            packet_value(b->answered, field_find(pairs[i][1]), &value) == FIELD_OK)
            return value;
    return params_default(field);
}

uint64_t build_wanted(const struct build *b, const char *name)
{
    const struct field *field = field_find(name);
    const struct clause *c = clause_of(b->rules, field);
    uint64_t value;

    if (build_changed(b, field, &value))
        return value;
    if (c)
        return params_meet(c, b->values[c - b->rules->clauses]);
    return build_exemplified(b, field, &value) ? value : default_of(b, field);
}

static void store_bits(uint8_t *bytes, unsigned bit, unsigned bits, uint64_t value)
{
    for (unsigned i = 0; i < bits; i++) {
        unsigned at = bit + i;
        uint8_t mask = (uint8_t)(0x80 >> at % 8);
        if (value >> (bits - 1 - i) & 1)
            bytes[at / 8] |= mask;
        else
            bytes[at / 8] &= (uint8_t)~mask;
    }
}

void build_layer(const struct build *b, enum layer layer, uint8_t *header)
{
    for (int pass = 0; pass < 3; pass++)
        for (size_t i = 0; i < N_FIELDS; i++) {
            const struct field *f = &FIELDS[i];
            const struct clause *c = clause_of(b->rules, f);
            uint64_t value = 0;
            bool change = build_changed(b, f, &value), asked = c || build_exemplified(b, f, &value);
            value = pass == 0 ? default_of(b, f) : build_wanted(b, f->name);
            if (f->layer != layer || f->bits == 0 || f->kind == FIELD_CHECKSUM_STATUS ||
                (pass == 0 && value == 0) || (pass == 1 && !asked) || (pass == 2 && !change))
                continue;
            store_bits(header, f->bit, f->bits, value / f->scale);
        }
}

bool build_is_change(const struct build *b, const char *field)
{
    uint64_t value;

    return build_changed(b, field_find(field), &value);
}
