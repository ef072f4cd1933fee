/* rank.h - how many clauses of a packet are wrong, without saying which: for choosing among millions. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "judge/rules.h"
#include "pkt/decode.h"

/* Rules made ready for ranking, and what was found out about the last payload. */
struct rank;

/* student (borrowed, lower case) or NULL: whom each packet names. NULL when there is no memory. Borrows the
 * rules; values given by rulebook_give must be there already. */
struct rank *rank_new(const struct rules *rules, const char *student);
void rank_free(struct rank *rank);

#define RANK_UNKNOWN SIZE_MAX

/* How many clauses judge_packet would judge and not find right; counting ends once there are more than limit.
 * 0 is a pass. RANK_UNKNOWN where only judge_packet can tell: malformed packets, nobody named, other texts
 * than the payload. */
size_t rank_wrong(struct rank *rank, const struct packet *packet, size_t limit);

/* How many clauses are judged of a well-formed packet. */
size_t rank_judged(const struct rank *rank);
