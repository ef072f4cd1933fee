/* call.h - one request in work: who asks, what, and what is answered. */
#pragma once

#include "board/board.h"
#include "db/query.h"
#include "db/row.h"
#include "httpd/httpd.h"
#include "json/json.h"
#include "json/write.h"

struct record;

/* Everything below runs under the board's lock, in one transaction. */
struct call {
    struct board *board;
    const struct httpd_request *request;
    struct httpd_reply *reply;
    struct json_writer out;      /* into the reply's body */
    struct json *body;           /* NULL until call_body */
    const struct record *record; /* of the route, NULL for none (record.h) */
    struct {
        int64_t id; /* 0: nobody */
        int64_t team;
        bool admin;
    } me;
    bool is_json; /* the request's media type; without it CTFd sees no token */
    bool failed;  /* the database said no: rolled back and answered 500, whatever else was done */
};

/* -- the database, as query.h has it; when it says no, c->failed is set and what follows does nothing -- */

/* A query, to be closed with call_done; NULL after a failure, which all of them take. */
struct query *call_query(struct call *c, const char *sql, const char *types, ...);
void call_done(struct call *c, struct query *q);

/* Runs a statement. True unless it failed. */
bool call_run(struct call *c, const char *sql, const char *types, ...);

/* First column of the first row, 0 without one. */
int64_t call_number(struct call *c, const char *sql, const char *types, ...);

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
void call_error_lists(struct call *c, const char *const *fields, const char *text); /* NULL ends them */

/* {"success":true, … }, and {"success":true,"data":{ … }}: what is written to c->out between the two. */
void call_open(struct call *c);
void call_close(struct call *c);
void call_open_data(struct call *c);
void call_close_data(struct call *c);

/* Writes the present row as members of the object that is open. */
typedef void call_put_fn(struct call *c, struct query *q);

/* Every row an object: in an array that is all of the answer's data, or in one under key of an open object.
 * The first row is the data, 404 without one. All of them close q. */
void call_rows(struct call *c, struct query *q, call_put_fn *put);
void call_put_rows(struct call *c, const char *key, struct query *q, call_put_fn *put);
void call_row(struct call *c, struct query *q, call_put_fn *put);

/* Hands on whether there is what was asked for; answers 404 when there is not. */
bool call_found(struct call *c, bool found);

/* What a DELETE answers: success if it met any, 404 otherwise. */
void call_deleted(struct call *c, bool any);

/* Date in UTC: "2026-11-22T18:47:33.309128+00:00", without the fraction when it is 0; z: ending in Z. */
void call_put_date(struct call *c, const char *key, int64_t utc_us, bool z);
/* Column as text, number or boolean; null stays null. */
void call_put_column(struct call *c, const char *key, struct query *q, int column);
void call_put_number(struct call *c, const char *key, struct query *q, int column);

/* -- what was asked -- */

/* Parses the body into c->body. False, and answered: 400 when it is no JSON, 500 when it is no object. */
bool call_body(struct call *c);

/* As call_body for what CTFd checks with a schema: 400 with `_schema` when it is no object. */
bool call_object(struct call *c);

/* The number in the path's n-th placeholder, -1 when it is none. */
int64_t call_id(const struct call *c, int part);

/* True when a GET of a hidden thing is meant: ?view=admin by an administrator. */
bool call_admin_view(const struct call *c);
