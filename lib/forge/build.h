/* build.h - an exchange that is being made: what its fields are to hold; private to lib/forge. */
#pragma once

#include "forge/exchange.h"
#include "judge/filtered.h"
#include "judge/rules_private.h"

struct build {
    const struct rules *rules;
    const char *student;
    uint64_t values[CLAUSES_MAX];
    const struct change *change;
    const struct filtered *frame;  /* NULL: no clause on the whole */
    const struct packet *answered; /* of a reply; NULL: it is none */
    struct exchange *out;
    size_t ip_header, upper_header, payload; /* lengths in bytes; extension headers are the IP header's */
    uint8_t protocol;
    enum layer upper;
};

/* What the change makes of a field; false: nothing. */
bool build_changed(const struct build *b, const struct field *field, uint64_t *value);
bool build_is_change(const struct build *b, const char *field);

/* What a clause on the frame gives as an example of a field that no clause asks for; false: nothing. */
bool build_exemplified(const struct build *b, const struct field *field, uint64_t *value);

/* What this exchange holds in a field: the change, the clause's value, an example, or the default
 * (ports of a reply are those of its packet, exchanged). */
uint64_t build_wanted(const struct build *b, const char *name);

/* Writes every fixed field of a layer: defaults first, then clauses, then the change, so that a part written
 * later does not undo the whole of which it is a part. */
void build_layer(const struct build *b, enum layer layer, uint8_t *header);
