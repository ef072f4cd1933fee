/* diagnose.h - why a clause failed: the typical mistakes, recomputed from the student's own bytes. */
#pragma once

#include <stdbool.h>

#include "explain/code.h"
#include "judge/rules.h"
#include "judge/verdict.h"

enum confidence {
    CONFIDENCE_LIKELY,  /* it fits, and so does something else, or chance may do it */
    CONFIDENCE_CERTAIN, /* recomputing this mistake, and no other, gives exactly what was received */
};

struct diagnosis {
    const struct code *code;
    enum confidence confidence;
    bool fact;       /* no cause, but what anybody can see in the packet */
    char text[192];  /* the reason, of this very packet, one line: "24 was written into the byte ..." */
    char mend[128];  /* what to try: "tos = (dscp << 2) | ecn" */
    const char *see; /* the code's, or else the field's own document */
};

enum { DIAGNOSES_MAX = 4 };

/* The diagnoses of one failed finding of a verdict, likeliest first; the first is what students, journal,
 * check and report name. At least one: WRONG_VALUE (or the like) when no mistake fits; it comes before what
 * would only be a guess. 0 for a finding that did not fail. Allocates nothing; reads only the packet's bytes
 * within its captured length. Never tells a checksum's right value. */
size_t diagnose(const struct rules *rules, const struct packet *packet, const struct verdict *verdict,
                const struct finding *finding, struct diagnosis out[DIAGNOSES_MAX]);
