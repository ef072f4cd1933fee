/* listing.h - filters and pages of a list, as CTFd's query arguments say them. */
#pragma once

#include "board/call.h"

/* A list in the making. where: " WHERE 1 AND …", its parameters kept apart. */
struct listing {
    struct buf where;
    struct query_value arg[QUERY_VALUES_MAX]; /* texts are borrowed from the request */
    size_t n_args;
    int64_t page, per_page, total;
};

/* Fields that ?q= and ?field= may search; NULL ends. */
struct listing_field {
    const char *name;
    bool is_number;
};

void listing_init(struct listing *l);
void listing_done(struct listing *l);

/* Adds " AND sql" (static text) without a parameter. */
void listing_and(struct listing *l, const char *sql);

/* ?name=…: exact. False, and answered 400, when a number is none. The column is called as the argument. */
bool listing_number(struct call *c, struct listing *l, const char *name);
bool listing_text(struct call *c, struct listing *l, const char *name);

/* ?q=…&field=…: part of a text, or equal to a number. False, and answered 400, when the field is none of
 * them. */
bool listing_search(struct call *c, struct listing *l, const struct listing_field *fields);

/* Opens head + where + tail with the parameters. */
struct query *listing_query(struct call *c, const struct listing *l, const char *head, const char *tail);

/* Reads ?page= (and ?per_page= up to max when max > 0), counts the rows of `table`, and answers with the rows
 * of the page, ordered by id, and what CTFd says of pages. */
void listing_page(struct call *c, struct listing *l, const char *columns, const char *table, int64_t per_page,
                  int64_t max, call_put_fn *put);
