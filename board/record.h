/* record.h - small things that hang on a challenge, each a table of columns: flags, tags, hints, solutions.
 */
#pragma once

#include "board/call.h"
#include "board/listing.h"

/* A column that a request may set. Names are static, since they become SQL. */
struct record_column {
    const char *name;
    enum {
        RECORD_NUMBER,
        RECORD_TEXT,
        RECORD_STRIPPED, /* a text without the white space around it */
        RECORD_OBJECT,   /* JSON, kept as text */
    } kind;
    size_t max; /* bytes of a text */
};

enum { RECORD_COLUMNS_MAX = 8 };

struct record {
    const char *table;
    const char *columns; /* what is selected, for put */
    const struct record_column *set;
    size_t n_set;               /* at most RECORD_COLUMNS_MAX */
    const char *const *filters; /* arguments of a list, compared exactly; NULL ends */
    const struct listing_field *search;
    call_put_fn *put;     /* members of an open object */
    call_put_fn *put_one; /* the same for one that is not in a list; NULL: as put */
    /* what else must hold of the parsed body; false, and answered, otherwise. id is 0 for a new one. May be
     * NULL. */
    bool (*check)(struct call *c, int64_t id);
};

/* Of c->record, the route's: GET of all (with filters and ?q=, ?field=), of a challenge's (its number in the
 * path), of one, and its POST, PATCH and DELETE. An unknown challenge is a 500, as CTFd's foreign keys make
 * it. For DELETE the table is enough. */
void record_list(struct call *c);
void record_of_challenge(struct call *c);
void record_get(struct call *c);
void record_create(struct call *c);
void record_update(struct call *c);
void record_delete(struct call *c);

/* Answers with one of them, 404 when there is none. */
void record_answer(struct call *c, int64_t id);

/* The column's JSON under key, null when it is. */
void record_put_object(struct call *c, const char *key, struct query *q, int column);
