#include "board/routes.h"

#include <string.h>

#include "board/endpoints.h"
#include "board/gate.h"
#include "board/page.h"
#include "board/record.h"

struct route {
    enum gate gate;
    void (*run)(struct call *c);
    const struct record *record; /* of what run is about, when it is in record.h */
    bool teams_only;             /* 404 in users mode */
    bool form;                   /* a multipart body is as good as JSON */
};

#define API "/api/v1"
#define ROUTE(method, pattern, who, ...)                                                                     \
    {                                                                                                        \
        method, pattern, dispatch, &(const struct route)                                                     \
        {                                                                                                    \
            .gate = who, .run = __VA_ARGS__                                                                  \
        }                                                                                                    \
    }

/* What a fault leaves of a request. True when nothing must be done any more. */
static bool fail_before(struct call *c, enum fault_kind fault)
{
    struct httpd_reply *r = c->reply;

    if (fault == FAULT_BEFORE_COMMIT)
        call_message(c, 500, "Internal Server Error");
    else if (fault == FAULT_DROP_BEFORE)
        r->drop = true;
    else if (fault == FAULT_UNAUTHORIZED)
        call_message(c, 401, "Your access token is invalid");
    else if (fault == FAULT_FORBIDDEN)
        call_forbidden(c);
    else if (fault == FAULT_NOT_FOUND)
        call_not_found(c);
    else if (fault == FAULT_GARBAGE) {
        r->type = "application/json";
        buf_puts(&r->body, "{\"success\": true, \"data\": {\"id\": 1, \"ty");
    } else if (fault == FAULT_HTML || fault == FAULT_REDIRECT || fault == FAULT_UNAVAILABLE) {
        r->status = fault == FAULT_HTML ? 200 : fault == FAULT_REDIRECT ? 302 : 503;
        r->type = "text/html; charset=utf-8";
        buf_puts(&r->body, "<!doctype html>\n<title>A page</title>\n<h1>A page</h1>\n");
        if (fault == FAULT_REDIRECT)
            httpd_reply_header(r, "Location", "/login");
    } else
        return false;
    return true;
}

static void fail_after(struct call *c, enum fault_kind fault)
{
    if (fault == FAULT_AFTER_COMMIT)
        call_message(c, 500, "Internal Server Error");
    else if (fault == FAULT_SLOW)
        httpd_pause(c->request, 2000);
    else if (fault == FAULT_HANG)
        httpd_pause(c->request, INT64_C(3600) * 1000);
    c->reply->drop = fault == FAULT_DROP || fault == FAULT_HANG;
}

static enum status run(void *context, struct err *err)
{
    struct call *c = context;
    const struct route *route = c->request->data;

    (void)err;
    if (route->teams_only && !c->board->teams)
        call_not_found(c);
    else if (gate_pass(c, route->gate, route->form))
        route->run(c);
    /* an answer of 400 has stored nothing, or must not */
    return c->failed || c->reply->status == 400 ? ST_NO : ST_OK;
}

/* One transaction: a reader sees one state, a writer's changes are all there or none. */
static void transact(struct call *c)
{
    bool writes = strcmp(c->request->method, "GET") != 0;
    enum status st = db_transact(c->board->db, writes ? DB_WRITE : DB_READ, run, c, NULL);

    if (c->failed || (st != ST_OK && st != ST_NO))
        call_broken(c);
}

static void dispatch(void *context, const struct httpd_request *request, struct httpd_reply *reply)
{
    struct board *board = context;
    const struct route *route = request->data;
    struct call c = {.board = board, .request = request, .reply = reply, .record = route->record};

    httpd_reply_header(reply, "X-Content-Type-Options", "nosniff");
    httpd_reply_header(reply, "Cache-Control", "no-store");
    pthread_mutex_lock(&board->lock);
    enum fault_kind fault = fault_take(&board->faults, request->method, request->path);
    bool failed = fail_before(&c, fault);
    if (!failed)
        transact(&c);
    pthread_mutex_unlock(&board->lock);
    json_free(c.body);
    if (!failed && fault != FAULT_NONE)
        fail_after(&c, fault);
}

/* ADD A ROUTE HERE: method, pattern, who may, and its function in endpoints.h, or one of record.h's and the
 * record. <int> is a number or no such page, <text> is anything, as CTFd's routes have them. */
static const struct httpd_route routes[] = {
    ROUTE("GET", API "/users", GATE_OPEN, users_list),
    ROUTE("POST", API "/users", GATE_ADMIN, users_create),
    ROUTE("GET", API "/users/me", GATE_USER, users_me),
    ROUTE("GET", API "/users/me/solves", GATE_USER, solves_of_me),
    ROUTE("GET", API "/users/me/fails", GATE_USER, solves_fails_of_me),
    ROUTE("GET", API "/users/<int>", GATE_OPEN, users_get),
    ROUTE("PATCH", API "/users/<int>", GATE_ADMIN, users_update),
    ROUTE("DELETE", API "/users/<int>", GATE_ADMIN, users_delete),
    ROUTE("GET", API "/users/<text>/solves", GATE_OPEN, solves_of_user),
    ROUTE("GET", API "/users/<text>/fails", GATE_OPEN, solves_fails_of_user),
    ROUTE("GET", API "/teams", GATE_OPEN, teams_list, .teams_only = true),
    ROUTE("POST", API "/teams", GATE_ADMIN, teams_create, .teams_only = true),
    ROUTE("GET", API "/teams/<int>", GATE_OPEN, teams_get, .teams_only = true),
    ROUTE("DELETE", API "/teams/<int>", GATE_ADMIN, record_delete, &teams_record, .teams_only = true),
    ROUTE("GET", API "/teams/<text>/members", GATE_ADMIN, teams_members_list, .teams_only = true),
    ROUTE("POST", API "/teams/<text>/members", GATE_ADMIN, teams_members_add, .teams_only = true),
    ROUTE("DELETE", API "/teams/<text>/members", GATE_ADMIN, teams_members_remove, .teams_only = true),
    ROUTE("GET", API "/challenges", GATE_CHALLENGES, challenges_list),
    ROUTE("POST", API "/challenges", GATE_ADMIN, challenges_create),
    ROUTE("POST", API "/challenges/attempt", GATE_CHALLENGES, attempt_create),
    ROUTE("GET", API "/challenges/<text>", GATE_CHALLENGES, challenges_get),
    ROUTE("PATCH", API "/challenges/<text>", GATE_ADMIN, challenges_update),
    ROUTE("DELETE", API "/challenges/<text>", GATE_ADMIN, record_delete, &challenges_record),
    ROUTE("GET", API "/challenges/<text>/flags", GATE_ADMIN, record_of_challenge, &flags_record),
    ROUTE("GET", API "/challenges/<text>/solves", GATE_CHALLENGES, solves_of_challenge),
    ROUTE("GET", API "/challenges/<text>/tags", GATE_ADMIN, record_of_challenge, &tags_record),
    ROUTE("GET", API "/challenges/<text>/hints", GATE_ADMIN, record_of_challenge, &hints_record),
    ROUTE("GET", API "/challenges/<text>/topics", GATE_ADMIN, tags_topics_of_challenge),
    ROUTE("GET", API "/challenges/<text>/files", GATE_ADMIN, record_of_challenge, &files_record),
    ROUTE("GET", API "/challenges/<text>/requirements", GATE_ADMIN, challenges_requirements),
    ROUTE("GET", API "/tags", GATE_ADMIN, record_list, &tags_record),
    ROUTE("POST", API "/tags", GATE_ADMIN, record_create, &tags_record),
    ROUTE("GET", API "/tags/<text>", GATE_ADMIN, record_get, &tags_record),
    ROUTE("PATCH", API "/tags/<text>", GATE_ADMIN, record_update, &tags_record),
    ROUTE("DELETE", API "/tags/<text>", GATE_ADMIN, record_delete, &tags_record),
    ROUTE("GET", API "/topics", GATE_ADMIN, record_list, &topics_record),
    ROUTE("POST", API "/topics", GATE_ADMIN, tags_topics_create),
    ROUTE("DELETE", API "/topics", GATE_ADMIN, tags_topics_unlink),
    ROUTE("GET", API "/topics/<text>", GATE_ADMIN, record_get, &topics_record),
    ROUTE("DELETE", API "/topics/<text>", GATE_ADMIN, record_delete, &topics_record),
    ROUTE("GET", API "/hints", GATE_ADMIN, record_list, &hints_record),
    ROUTE("POST", API "/hints", GATE_ADMIN, record_create, &hints_record),
    ROUTE("GET", API "/hints/<text>", GATE_CHALLENGES, hints_get),
    ROUTE("PATCH", API "/hints/<text>", GATE_ADMIN, record_update, &hints_record),
    ROUTE("DELETE", API "/hints/<text>", GATE_ADMIN, record_delete, &hints_record),
    ROUTE("POST", API "/unlocks", GATE_USER, hints_unlock),
    ROUTE("GET", API "/awards", GATE_ADMIN, record_list, &awards_record),
    ROUTE("GET", API "/awards/<text>", GATE_ADMIN, record_get, &awards_record),
    ROUTE("GET", API "/notifications", GATE_OPEN, record_list, &notifications_record),
    ROUTE("POST", API "/notifications", GATE_ADMIN, record_create, &notifications_record),
    ROUTE("GET", API "/notifications/<text>", GATE_OPEN, record_get, &notifications_record),
    ROUTE("DELETE", API "/notifications/<text>", GATE_ADMIN, record_delete, &notifications_record),
    ROUTE("GET", API "/files", GATE_ADMIN, record_list, &files_record),
    ROUTE("POST", API "/files", GATE_ADMIN, files_create, .form = true),
    ROUTE("GET", API "/files/<text>", GATE_ADMIN, record_get, &files_record),
    ROUTE("DELETE", API "/files/<text>", GATE_ADMIN, record_delete, &files_record),
    ROUTE("GET", "/files/<text>/<text>", GATE_OPEN, files_download),
    ROUTE("GET", API "/solutions", GATE_ADMIN, record_list, &solutions_record),
    ROUTE("POST", API "/solutions", GATE_ADMIN, record_create, &solutions_record),
    ROUTE("GET", API "/solutions/<text>", GATE_USER, solutions_get, &solutions_record),
    ROUTE("PATCH", API "/solutions/<text>", GATE_ADMIN, record_update, &solutions_record),
    ROUTE("DELETE", API "/solutions/<text>", GATE_ADMIN, record_delete, &solutions_record),
    ROUTE("GET", API "/flags", GATE_ADMIN, record_list, &flags_record),
    ROUTE("POST", API "/flags", GATE_ADMIN, record_create, &flags_record),
    ROUTE("GET", API "/flags/<text>", GATE_ADMIN, record_get, &flags_record),
    ROUTE("PATCH", API "/flags/<text>", GATE_ADMIN, record_update, &flags_record),
    ROUTE("DELETE", API "/flags/<text>", GATE_ADMIN, record_delete, &flags_record),
    ROUTE("GET", API "/submissions", GATE_ADMIN, submissions_list),
    ROUTE("POST", API "/submissions", GATE_ADMIN, submissions_create),
    ROUTE("GET", API "/submissions/<text>", GATE_ADMIN, submissions_get),
    ROUTE("PATCH", API "/submissions/<text>", GATE_ADMIN, submissions_update),
    ROUTE("DELETE", API "/submissions/<text>", GATE_ADMIN, record_delete, &submissions_record),
    ROUTE("GET", API "/statistics/submissions/type", GATE_ADMIN, submissions_count),
    ROUTE("GET", API "/scoreboard", GATE_OPEN, scoreboard_list),
    ROUTE("GET", API "/configs", GATE_ADMIN, configs_list),
    ROUTE("PATCH", API "/configs", GATE_ADMIN, configs_set),
    ROUTE("GET", API "/configs/<text>", GATE_ADMIN, configs_get),
    ROUTE("PATCH", API "/configs/<text>", GATE_ADMIN, configs_set_one),
    ROUTE("DELETE", API "/configs/<text>", GATE_ADMIN, configs_delete),
    ROUTE("GET", "/course", GATE_OPEN, configs_course),
    ROUTE("GET", "/mine", GATE_USER, mine_get),
    ROUTE("GET", "/mine/<int>", GATE_CHALLENGES, mine_challenge),
    {"GET", "/", page_get, NULL},
    {"GET", "/app.js", page_get, NULL},
    {"GET", "/card.js", page_get, NULL},
    {"GET", "/dom.js", page_get, NULL},
    {"GET", "/style.css", page_get, NULL},
    {"GET", "/healthcheck", page_get, NULL},
};

const struct httpd_route *routes_all(size_t *n)
{
    *n = sizeof(routes) / sizeof(routes[0]);
    return routes;
}

void routes_miss(void *board, const struct httpd_request *request, enum httpd_miss why,
                 struct httpd_reply *reply)
{
    struct call c = {.board = board, .request = request, .reply = reply};

    if (why == HTTPD_TOO_LARGE)
        call_message(&c, 413, "The data value transmitted exceeds the capacity limit.");
    else if (why == HTTPD_NO_METHOD)
        call_not_found(&c); /* CTFd: a wrong method on a known path is a 404 in JSON */
    else {
        reply->status = 404;
        reply->type = "text/html; charset=utf-8";
        buf_puts(&reply->body, "<!DOCTYPE html>\n<title>404</title>\n<h1>File not found</h1>\n");
    }
}
