/* reason.h - the diagnosis codes that were told about a field, against the one that must be. */
#pragma once

#include "explain/diagnose.h"

enum { REASON_CODE_MAX = 40 };

/* Likeliest first. */
struct reason {
    size_t n;
    char codes[DIAGNOSES_MAX][REASON_CODE_MAX];
};

void reason_add(struct reason *reason, const char *code);

/* What diagnose() says of the first failed finding on a field; nothing when none failed. */
void reason_of(struct reason *out, const struct rules *rules, const struct packet *packet,
               const struct verdict *verdict, const struct field *field);

/* True when code is told, and told first or after a twin of its own: the same bytes can mean either. */
bool reason_is(const struct reason *reason, const char *code);

/* Where reason_is says no, how it is instead: "the reason that is told is A, not B", or that B comes after A.
 * where is put behind "told": " on the wire", or "". */
void reason_instead(const struct reason *reason, const char *code, const char *where, char *out, size_t size);
