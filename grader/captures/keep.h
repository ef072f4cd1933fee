/* keep.h - from a right packet of a capture to a row of the store, and from that to a solve. */
#pragma once

#include "grader/captures/found.h"
#include "grader/desk/desk.h"
#include "grader/store/handed.h"

/* What became of one packet. */
struct kept {
    struct handed_packet
        handed; /* without its packet; id 0: it is not his, and nothing of it is kept but the fact */
    bool fresh;
    bool solved;     /* accepted now, or before: there is a solve */
    char text[1024]; /* one sentence */
};

/* Keeps a found packet of student, handed in now in `file`, with what speaks against it: a fact about another
 * student is an evidence too (`borrowed`). captures: accept makes a solve of what has nothing against it. */
enum status keep_found(const struct desk *desk, struct store *store, const struct found_packet *packet,
                       const char *student, const char *file, struct kept *out, struct err *err);

/* Staff's word about number id, in text: accepting makes the solve, once; what was accepted cannot be refused
 * any more. ST_NO: that, no such number, or a challenge or student whom the class does not have. */
enum status keep_rule(const struct desk *desk, struct store *store, int64_t id, enum handed_state state,
                      const struct handed_ruling *ruling, char *text, size_t size, struct err *err);
