/* call.h - one request in work: who asks, what, and what is answered. */
#pragma once

#include "board/board.h"
#include "httpd/httpd.h"
#include "json/json.h"
#include "json/write.h"

/* Everything below runs under the board's lock, in one transaction. */
struct call {
    struct board *board;
    const struct httpd_request *request;
    struct httpd_reply *reply;
    struct json_writer out; /* into the reply's body */
    struct json *body;      /* NULL until call_body */
    struct {
        int64_t id; /* 0: nobody */
        int64_t team;
        bool admin;
    } me;
    bool is_json; /* the request's media type; without it CTFd sees no token */
    bool failed;  /* the database said no: rolled back and answered 500, whatever else was done */
};

/* -- the database; when it says no, c->failed is set and what follows does nothing -- */

/* Prepares SQL. `types` has a letter for each parameter: 'i' int64_t, 'z' int64_t of which 0 means null, 't'
 * const char * (NULL means null). Released with db_finish; NULL on failure. */
struct db_query *call_query(struct call *c, const char *sql, const char *types, ...);

/* Steps; false at the end and on failure. NULL is allowed. */
bool call_row(struct call *c, struct db_query *q);

/* As call_query, stepped once and released. True unless it failed. */
bool call_run(struct call *c, const char *sql, const char *types, ...);

/* First column of the first row, `fallback` without one. */
int64_t call_number(struct call *c, int64_t fallback, const char *sql, const char *types, ...);

/* -- answers; each starts the body anew -- */

void call_message(struct call *c, int status, const char *message); /* {"message":…} */
void call_not_found(struct call *c);
void call_forbidden(struct call *c);
void call_bad_request(struct call *c);
void call_broken(struct call *c);  /* 500, and nothing is stored */
void call_success(struct call *c); /* {"success":true} */

/* 400 {"success":false,"errors":{field: text}}: as text of the query's checks, as list of the body's. */
void call_error(struct call *c, const char *field, const char *text);
void call_error_list(struct call *c, const char *field, const char *text);

/* {"success":true,"data": … }: what is written to c->out between the two is the value. */
void call_open(struct call *c);
void call_close(struct call *c);

/* Date in UTC: "2026-11-22T18:47:33.309128+00:00", without the fraction when it is 0; z: ending in Z. */
void call_put_date(struct call *c, const char *key, int64_t utc_us, bool z);
/* Column as text, number or boolean; null stays null. */
void call_put_column(struct call *c, const char *key, struct db_query *q, int column);
void call_put_number(struct call *c, const char *key, struct db_query *q, int column);

/* -- what was asked -- */

/* Parses the body into c->body. False, and answered: 400 when it is no JSON, 500 when it is no object. */
bool call_body(struct call *c);

/* As call_body for what CTFd checks with a schema: 400 with `_schema` when it is no object. */
bool call_object(struct call *c);

/* The number in the path's n-th placeholder, -1 when it is none. */
int64_t call_id(const struct call *c, int part);

/* True when a GET of a hidden thing is meant: ?view=admin by an administrator. */
bool call_admin_view(const struct call *c);
