/* tally.h - the best packet for each challenge, while a capture goes by. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grader/check/conversation.h"
#include "judge/rank.h"
#include "judge/rulebook.h"
#include "judge/verdict.h"
#include "pkt/capture.h"

/* One packet and where it was in the file. The bytes are the frame's. */
struct sighting {
    const uint8_t *bytes;
    size_t length, wire_length;
    uint64_t number; /* from 1 */
    int64_t utc_us;
    enum link link;
};

struct best {
    bool wanted;      /* a packet challenge that is asked for */
    bool named;       /* by its slug: packets that only listen left out count, too */
    uint64_t packets; /* that were judged for it */
    struct sighting sighting;
    uint8_t *bytes; /* our copy */
    size_t capacity;
    struct rank *rank; /* NULL where nothing is wanted */
    size_t right, wrong;
    struct conversation_at *at; /* of several steps: where its try stood before the best packet; else NULL */
    bool step;                  /* ... which is right, and not the last */
    size_t unknown;             /* clauses of the packet that was shown last whose value is not known here */
    bool pass;
};

struct tally {
    const struct rulebook *book;
    const char *student; /* NULL: whom each packet names */
    struct best *best;   /* one for each of the book's rules */
    size_t n;
};

bool tally_init(struct tally *tally, const struct rulebook *book, const char *student);
void tally_free(struct tally *tally);

/* Marks a challenge as wanted. Before the first tally_add for it. False on no memory. */
bool tally_want(struct tally *tally, const struct rules *rules, bool named);

/* rank_wrong() of a packet that these rules take, up to what the best so far has wrong. */
size_t tally_rank(const struct tally *tally, const struct rules *rules, const struct packet *packet);

/* In place of a rank: the rules do not take the packet, so that it cannot pass. */
#define TALLY_NOT_TAKEN (RANK_UNKNOWN - 1)

/* Keeps a copy of the packet when it is the best for its challenge so far: more clauses right, or as many and
 * later; wrong is tally_rank's word, or TALLY_NOT_TAKEN. False on no memory. */
bool tally_add(struct tally *tally, const struct rules *rules, const struct packet *packet, size_t wrong,
               const struct sighting *sighting);

/* As tally_add for a packet of several steps: the further its try had come the better, and one that follows a
 * wrong one is counted alone. at: where that stood before it; v: what was made of it; step: it is right, and
 * not the last. */
bool tally_add_step(struct tally *tally, const struct rules *rules, const struct verdict *v,
                    const struct conversation_at *at, bool step, const struct sighting *sighting);

/* True when the packet, which was not selected for these rules, is worth a verdict all the same: it names a
 * student and is half right, or misses at most one clause beside those of listen. */
bool tally_is_near(const struct tally *tally, const struct rules *rules, const struct packet *packet);

/* The verdict on a packet, as the live target makes it. */
void tally_judge(const struct tally *tally, const struct rules *rules, const struct packet *packet,
                 struct verdict *out);
