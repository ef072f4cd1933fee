/* filled.h - the rules of a step within one try: what is bound and drawn stands in its clauses, so that they
 * are judged and explained like any others. */
#pragma once

#include "judge/talk.h"

enum { FILLED_OTHERS_MAX = 4 };

/* Some 20 KiB, opaque, to be made once and filled again and again. */
struct filled;

/* NULL on no memory. */
struct filled *filled_new(void);
void filled_free(struct filled *filled);

/* The rules of the step where talk stands; borrowed from filled until the next call. rules: a rulebook's,
 * which outlives it. NULL where that step expects nothing: what is said in a conversation that is dialled,
 * and not yet open, or after the last. */
const struct rules *filled_make(struct filled *filled, const struct rules *rules, const struct talk *talk);

/* The packet that answers a step (from 1), as clauses of one value each; NULL when none does. Borrowed as
 * filled_make's. */
const struct rules *filled_reply(struct filled *filled, const struct rules *rules, const struct talk *talk,
                                 size_t step);

/* For who makes the step's right packet: a value for what is bound in it, another one for each seed. */
void filled_suggest(struct filled *filled, uint32_t seed);

/* What filled_make returned last. */
const struct rules *filled_rules(const struct filled *filled);

/* True when a try has come so far that all names of a step (from 1) stand for something. */
bool filled_known(const struct rules *rules, const struct talk *talk, size_t step);

/* Notes, for who explains a near miss against filled_make's result: another try of the same source. False
 * when there is no room for more or no memory. */
bool filled_other(struct filled *filled, const struct talk *talk);

/* Of which try a message would be the right one. */
enum belonging {
    BELONGS_HERE,  /* of this one, or of one like it */
    BELONGS_LATE,  /* of one whose time was over */
    BELONGS_APART, /* of one that has a connection of its own */
};

/* ... and that the message is what step (from 1) asks for instead. */
void filled_belongs(struct filled *filled, size_t step, enum belonging whose);

/* The rules of another step of talk's try (from 1) than the one that is due, as filled_make's. What the try
 * has not bound or drawn yet is supposed to be what this packet says. NULL where that says nothing: the step
 * has none, hardly asks for anything, or holds a text that is not known. */
const struct rules *filled_at(struct filled *filled, const struct rules *rules, const struct talk *talk,
                              const struct packet *packet, size_t step);

/* The other step of talk's try (from 1) whose right message a packet is; 0: none that is known by then. Where
 * no first message has said whose the try is, a step that does not say it either is told by its clauses
 * alone. source: as judge_packet's. */
size_t filled_elsewhere(struct filled *filled, const struct rules *rules, const struct talk *talk,
                        const struct packet *packet, ipaddr source);
