/* behind.h - packets of a conversation that a program sent one behind the other, without a look at what
 * became of the first. */
#pragma once

#include "explain/code.h"
#include "judge/filled.h"

/* Behind a wrong packet of the same source what comes within so long is taken to be of the same run. */
enum { BEHIND_MS = 5000 };

/* What is known of a near miss that came before another packet. Borrowed. */
struct behind {
    const struct code *code; /* its first reason, and of which field; NULL where none was sought */
    const char *field;
    const char *student; /* whom it was told for; "" for nobody */
    bool by_address;     /* ... known by his address alone */
};

/* Of a near miss that is right for no step that is known: the later step than the due one that it is more
 * like, or that makes the mistake of the packet before it once more; 0: none. rules: a rulebook's; due: those
 * of the step that is due, with talk's values; sought: any other, which is filled anew; others: further tries
 * of the source, by which a reason may be told. Costs a judging for each step, and two diagnoses. */
size_t behind_step(struct filled *sought, const struct rules *rules, const struct rules *due,
                   const struct talk *talk, const struct packet *packet, const struct behind *before,
                   const struct talk *const *others, size_t n_others);

/* True when the packet names its student and the one before it did not: then he is told of this one. */
bool behind_names_more(const struct rules *rules, const struct packet *packet, const struct behind *before);
