/* proof.h - what stands in a journal for a flag that was handed in, or waits: made for one line, worth
 * nothing else. */
#pragma once

#include <stdbool.h>

#include "flag/flag.h"

enum { PROOF_SIZE = 17 };

/* What a proof is bound to, as the journal's line writes it (docs/journal.md). Texts are borrowed.
 */
struct proof_of {
    const char *slug, *student;
    const char *source, *port, *time;
    const char *event; /* "submit", or "waiting", which earns nothing and is no proof of a submit */
};

/* Writes the proof under the challenge's key; "" when the key is another student's alone. */
void flag_proof(char out[PROOF_SIZE], const struct flag_context *context, const struct key *challenge,
                const struct proof_of *of);

/* True when text is that proof; compares in constant time. */
bool flag_proof_right(const char *text, const struct flag_context *context, const struct key *challenge,
                      const struct proof_of *of);
