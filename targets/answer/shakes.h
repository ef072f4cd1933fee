/* shakes.h - handshakes of TCP with a stream's port that no kernel of the student's stands behind. */
#pragma once

#include "pkt/decode.h"
#include "targets/answer/flow.h"
#include "targets/state/runtime.h"

enum { SHAKES = 1024 };

/* A connection's beginning; until_ms: after it that of another one may be forgotten. */
struct shake {
    struct flow flow;
    bool waits; /* its SYN came, and nothing behind that */
};

/* What the capture saw of late, of two flows with one slot the newer. Zero at first. */
struct shakes {
    struct shake at[SHAKES];
};

/* Remembers a SYN to a stream's port, and tells its sender at `seen` of the reset that his own kernel sends
 * for one that it did not make (RFC 9293, section 3.5.2), and of bytes that belong to no connection. sure: no
 * packet was missed, so that what was not seen did not come. Keeps nothing of packet. */
void shakes_look(struct shakes *shakes, struct runtime *rt, const struct packet *packet, bool sure);
