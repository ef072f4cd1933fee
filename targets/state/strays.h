/* strays.h - packets for a challenge that no target may answer, since their source or destination is not the
 * class's: what the last 15 minutes brought, for whom they name and for whoever sent them over the same link.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "base/names.h"
#include "explain/code.h"

enum { STRAYS_MAX = 256, STRAYS_OF_A_STATION = 16, STATION_BYTES = 6 };

/* One kind of packet; equal ones are counted. */
struct stray {
    ipaddr source, destination;     /* as the packet has them, host order */
    uint8_t station[STATION_BYTES]; /* the link's address of who sent it; 0 where the link has none */
    char slug[NAME_MAX_LEN + 1];
    char student[NAME_MAX_LEN + 1]; /* whom it names; "" for nobody */
    const struct code
        *code; /* what is wrong with its addresses; NULL: nothing but that nobody may have them */
    const char *field;
    char reason[192], mend[128];
    bool homeless; /* its source may be any: it names nobody whose own host is known */
    bool missed;   /* its source may be any, but no challenge takes it: code is of what kept it from that */
    uint32_t count;
    int64_t at_ms, utc_us; /* of the last one */
};

struct strays;

/* NULL on no memory. Nothing grows: when STRAYS_MAX kinds are there, or STRAYS_OF_A_STATION from one station
 * of the link, a new one takes the oldest's place, and twice a second at most where that is another
 * station's, so that a flood of forged sources pushes out little. */
struct strays *strays_new(void);
void strays_free(struct strays *strays);

/* A packet of a student's address came from this station: what it sends under another address is told there.
 * proved: of a whole connection, which nobody can have in another's name. A station that more than one
 * address is proved behind is a router, and nobody's. */
void strays_station(struct strays *strays, const uint8_t station[STATION_BYTES], ipaddr address, bool proved);

/* True when a packet of this station may be looked at: 20 at once and 5 a second of a station, 100 and 50 of
 * all. A packet that may not is counted. */
bool strays_may_look(struct strays *strays, const uint8_t station[STATION_BYTES], int64_t now_ms);

/* How many were not looked at. */
uint64_t strays_unseen(const struct strays *strays);

void strays_add(struct strays *strays, const struct stray *stray, int64_t now_ms);

/* Calls each for those of 15 minutes that name the student ("" for nobody asked), that carry this source, or
 * that came from the station behind which the address is; the newest first, STRAYS_OF_A_STATION at most. One
 * is borrowed until the next strays_add. */
typedef void stray_fn(void *context, const struct stray *stray);
void strays_each(const struct strays *strays, const char *student, ipaddr address, int64_t now_ms,
                 stray_fn *each, void *context);
