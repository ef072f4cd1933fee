/* handed.h - right packets that were handed in as captures, and what staff decided about them. */
#pragma once

#include <stdint.h>

#include "grader/store/store.h"

enum handed_state { HANDED_OPEN, HANDED_ACCEPTED, HANDED_REFUSED };

/* One packet of one student for one challenge; the same packet of the same student is there once. */
struct handed_packet {
    int64_t id;
    char student[NAME_MAX_LEN + 1];
    char slug[NAME_MAX_LEN + 1];
    const void *packet; /* from its IP header on; borrowed */
    size_t length;
    int64_t frame_us;  /* when it was captured, as the file says, microseconds since 1970; 0: it does not */
    int64_t handed_us; /* when it was handed in */
    char file[256];    /* the capture it was found in, as it was named */
    char facts[512];   /* what speaks against it, sentences joined by "; ", "" for nothing */
    enum handed_state state;
};

/* Who decided about it, and why. */
struct handed_ruling {
    const char *by, *reason;
    int64_t when_us;
};

/* "open", "accepted", "refused". */
const char *handed_state_text(enum handed_state state);

/* Keeps it, open. *fresh is false when this student has handed in this packet before; *id and *state are
 * then the old one's. */
enum status store_handed_add(struct store *store, const struct handed_packet *handed, bool *fresh,
                             int64_t *id, enum handed_state *state, struct err *err);

/* The first other student who handed in the very same packet; "" when nobody has. */
enum status store_handed_other(struct store *store, const struct handed_packet *handed,
                               char out[NAME_MAX_LEN + 1], struct err *err);

/* Calls row for each, in the order they were handed in, until it returns false. */
enum status store_handed_each(struct store *store,
                              bool (*row)(const struct handed_packet *row, void *context), void *context,
                              struct err *err);

/* Copies number id to *out, without its packet. */
enum status store_handed_get(struct store *store, int64_t id, struct handed_packet *out, bool *found,
                             struct err *err);

/* What was decided, added once to a history of which nothing is ever taken; the last one holds. */
enum status store_handed_rule(struct store *store, int64_t id, enum handed_state state,
                              const struct handed_ruling *ruling, struct err *err);

/* The last of them for number id: "" where nobody has decided. */
enum status store_handed_ruled(struct store *store, int64_t id, char *by, size_t by_size, char *reason,
                               size_t reason_size, struct err *err);
