/* budget.h - how many answers may leave: for a handle, to a source, and overall. */
#pragma once

#include "net/bucket.h"

/* Flags and near misses have buckets of their own, so that spoofed near misses take no flag from anybody. A
 * search for a handle under a student's mistakes sends nothing, but costs a thousand times what judging does;
 * so do the reasons of a near miss that is not answered. */
enum budget_use {
    BUDGET_FLAG,
    BUDGET_NEAR,
    BUDGET_STEP, /* a right message of a conversation that goes on: wrong ones take it from nobody */
    BUDGET_SEARCH,
    BUDGET_GUESS, /* a search for what a packet was meant for that nobody takes: noise takes no other search
                     away */
    N_BUDGETS
};

/* So many answers at once, then so many a second, of one source and handle, of one source, and in all. A
 * person tries every few seconds, a script some times a second; both pass. */
enum {
    BUDGET_HANDLE_BURST = 10,
    BUDGET_HANDLE_RATE = 1,
    BUDGET_SOURCE_BURST = 40,
    BUDGET_SOURCE_RATE = 5,
    BUDGET_ALL_BURST = 500,
    BUDGET_ALL_RATE = 200,
    BUDGET_FULL_S = 10, /* after which all of a handle's and a source's are there again */
};

/* What speaks for it that an answer goes to whom it is for. A datagram or a packet can carry any source and
 * any handle, and a right one is easily copied. */
enum budget_proof {
    BUDGET_CLAIMED,  /* nothing */
    BUDGET_ANSWERED, /* the source has completed a handshake in the last 15 minutes */
    BUDGET_AT_HOME,  /* the roster has this source as this very handle's address */
};

/* Whom an answer is for. */
struct budget_claim {
    ipaddr source;       /* host order */
    uint32_t weight;     /* how many students share that address, at least 1 */
    const char *student; /* "" for nobody */
    const char *slug;    /* of the challenge; "" for none */
    enum budget_proof proof;
};

/* The buckets that a claim takes one token of each:
 *
 *                        search, guess   near miss,  flag, claimed   flag, answered   flag, at home
 *                                        step
 *   (source, handle)                            x
 *   (source, handle, slug)                                    x               x                x
 *   (handle, slug), any source                                x
 *   source                         x            x             x               x
 *   overall                        x            x             x               x
 *
 * Each column's bucket overall is its own. So whoever repeats his right packet in the names of others uses up
 * his own handle and no more; a source that has proved itself waits behind no claim; and where the roster has
 * the address, neither copies of a student's packet nor others' packets in his address's name stand before
 * him: what they earn is sent to him, and the class's size bounds it. */
struct budget {
    struct {
        struct buckets handle, anywhere, source, all;
    } uses[N_BUDGETS];
};

/* False on no memory; budget_done either way. */
bool budget_init(struct budget *budget);
void budget_done(struct budget *budget);

/* Takes one answer at now_ms. False, and nothing is taken, when one of the claim's buckets is empty. */
bool budget_take(struct budget *budget, enum budget_use use, const struct budget_claim *claim,
                 int64_t now_ms);

/* Gives back what budget_take took: the answer could not be sent. */
void budget_give(struct budget *budget, enum budget_use use, const struct budget_claim *claim,
                 int64_t now_ms);
