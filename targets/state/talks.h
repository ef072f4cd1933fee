/* talks.h - tries of conversations: those that are under way and have no connection to live in, and the last
 * ones that are over, whose values explain a near miss. */
#pragma once

#include "judge/talk.h"

/* Of fixed size all: some 1.5 MiB when full. */
enum {
    TALKS_MAX = 2048,
    TALKS_A_SOURCE = 8,
    TALKS_OF_MAX = 4 * TALKS_A_SOURCE,
    TALKS_PAST_MS = 15 * 60 * 1000
};

struct talk_seat {
    ipaddr source;
    ipaddr counted; /* talks_keep's */
    uint16_t port;
    uint16_t index;      /* rules_index */
    bool live;           /* waits for its next message; else it is over */
    bool late;           /* it is over because that did not come in time */
    bool trusted;        /* the source has proved by a connection that it exists */
    uint8_t wrong;       /* near misses so far */
    uint8_t step, round; /* from 0, of its last right message */
    uint64_t heard;      /* of which packet that was: a fingerprint; 0: of none */
    int64_t at_ms;       /* of its last message */
    struct talk talk;
};

struct talks;

/* NULL on no memory. */
struct talks *talks_new(void);
void talks_free(struct talks *talks);

/* Keeps a copy of a seat and returns it, borrowed until the next talks_keep: in place of what was kept
 * of the same try, when both are over. counted: for whom (runtime_counted of its source), weight: how many
 * students share that; it may have TALKS_A_SOURCE seats for each, of at most four: then its own oldest goes,
 * one that is over first. When all TALKS_MAX are taken the oldest goes that is over, then the oldest that is
 * not trusted, then the oldest: so what is spoofed pushes out what is spoofed. */
struct talk_seat *talks_keep(struct talks *talks, const struct talk_seat *seat, ipaddr counted,
                             uint32_t weight);

/* The seats of a source for a challenge, the newest first; returns how many. Those whose step was due before
 * now_ms are over. */
size_t talks_of(struct talks *talks, ipaddr source, uint16_t index, int64_t now_ms,
                struct talk_seat *out[TALKS_OF_MAX]);

/* The seats of a source that wait for a message now, of whatever challenge; returns how many. */
size_t talks_live(struct talks *talks, ipaddr source, int64_t now_ms, struct talk_seat *out[TALKS_OF_MAX]);

/* The seats of a source that are over since their message did not come in time, or have just become so. */
size_t talks_late(struct talks *talks, ipaddr source, int64_t now_ms, struct talk_seat *out[TALKS_OF_MAX]);

/* How many seats are taken, for tests. */
size_t talks_count(const struct talks *talks);
