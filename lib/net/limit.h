/* limit.h - how many connections one source, and all together, may hold at a time; who goes when all is full.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ipaddr.h"

/* One connection's place; stands in the connection, and does not move while it is held. */
struct limit_seat {
    struct limit_seat *next, **link; /* of the same source */
    ipaddr source;                   /* or the site that is counted for it */
    uint32_t students;
    uint64_t heard_ms; /* when its peer was last heard; the caller's clock, and the caller writes it */
};

struct limit_table {
    struct limit_slot *slots;
    size_t mask; /* the number of slots, a power of two, minus one */
};

/* Counts per source, and per network of 16 of them, in tables that are allocated once. A source is an
 * address; of IPv6 all of a /64 together, but for those that the roster names. */
struct limit {
    uint32_t max_total, max_source;
    uint32_t total;
    struct limit_table sources, networks;
};

enum limit_answer {
    LIMIT_OK,
    LIMIT_SOURCE,  /* this source holds as many as it may */
    LIMIT_NETWORK, /* all places are taken, and this source's network holds most of them */
    LIMIT_TOTAL,   /* all places are taken, by those that keep them */
    LIMIT_LOSER,   /* all places are taken, and this connection gave its own to a newcomer */
};

enum { LIMIT_NETWORK_BITS = 28, LIMIT_NETWORK6_BITS = 60 };

/* Room for max_total connections. A maximum of zero allows none. False on no memory; limit_done either way.
 */
bool limit_init(struct limit *limit, uint32_t max_total, uint32_t max_source);
void limit_done(struct limit *limit);

/* Counts one more connection of source (host order). students: how many of the roster have that address, 0
 * for one that it does not name; from 2 on it multiplies max_source. Only after LIMIT_OK must limit_release
 * follow, exactly once. Else LIMIT_SOURCE, or LIMIT_TOTAL: limit_loser then says who may go. */
enum limit_answer limit_take(struct limit *limit, struct limit_seat *seat, ipaddr source, uint32_t students);
void limit_release(struct limit *limit, struct limit_seat *seat);

/* Of a full limit, the connection that goes so that source may have a place: of the network that holds most
 * the source that holds most, of that one the connection that was silent longest. As many connections of an
 * address as it has students in the roster are not counted, so that they are taken last and from each other
 * alone. NULL, and *why is LIMIT_NETWORK or LIMIT_TOTAL, when nobody holds more than source itself. It looks
 * at every network's slot, which takes some 30 us with 16,384 places; the caller releases the seat, and then
 * limit_take has a place. */
struct limit_seat *limit_loser(const struct limit *limit, ipaddr source, uint32_t students,
                               enum limit_answer *why);

/* How many a source holds now. */
uint32_t limit_held(const struct limit *limit, ipaddr source);

/* Appends what an answer other than LIMIT_OK means to who comes from source, without a full stop: which limit
 * it was. what: "the briefing". */
void limit_say(const struct limit *limit, enum limit_answer why, ipaddr source, const char *what,
               struct buf *out);
