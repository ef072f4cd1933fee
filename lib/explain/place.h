/* place.h - where in a header a finding's value stands, as people count it. */
#pragma once

#include "base/buf.h"
#include "judge/rules.h"
#include "judge/verdict.h"

/* "byte 1 of the IPv4 header, value 2 of '!BBHHHBBH4s4s'": the byte counts from 0 as in the RFCs' diagrams,
 * the value from 1 in the format string with which Python's struct usually packs that header. Appends nothing
 * for what is not there and for the payload. */
void place_of(const struct finding *finding, struct buf *out);

/* For a field that shares its bytes with others: ", that is 0x60 in the DS byte", value in those bytes with
 * the neighbours' bits 0. Appends nothing for others. */
void place_shared(const struct field *field, uint64_t value, struct buf *out);

/* The field's bits in the bytes that hold it, as a number; 0 when it has those bytes for itself. */
uint64_t place_mask(const struct field *field);

/* What keeps a blocked finding from being judged: a field's name, "payload" when nobody is named in it, or
 * NULL. */
const char *place_blocked_by(const struct packet *packet, const struct verdict *verdict,
                             const struct finding *finding);
