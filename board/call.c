#include "board/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

static struct query *open_list(struct call *c, const char *sql, const char *types, va_list args)
{
    return c->failed ? NULL : query_open_list(c->board->db, sql, types, args);
}

struct query *call_query(struct call *c, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    struct query *q = open_list(c, sql, types, args);
    va_end(args);
    return q;
}

void call_done(struct call *c, struct query *q)
{
    if (query_close(q, NULL) != ST_OK)
        c->failed = true;
}

bool call_run(struct call *c, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    struct query *q = open_list(c, sql, types, args);
    va_end(args);
    query_next(q);
    call_done(c, q);
    return !c->failed;
}

int64_t call_number(struct call *c, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    struct query *q = open_list(c, sql, types, args);
    va_end(args);
    int64_t n = query_next(q) ? row_int(q, 0) : 0;
    call_done(c, q);
    return n;
}

static void start(struct call *c, int status)
{
    c->reply->status = status;
    c->reply->type = "application/json";
    buf_clear(&c->reply->body);
    c->out = (struct json_writer){.out = &c->reply->body, .ascii = true};
    json_open_object(&c->out, NULL);
}

static void end(struct call *c)
{
    json_close_object(&c->out);
    buf_puts(&c->reply->body, "\n");
}

void call_message(struct call *c, int status, const char *message)
{
    start(c, status);
    json_put_text(&c->out, "message", message);
    end(c);
}

void call_not_found(struct call *c)
{
    call_message(c, 404,
                 "The requested URL was not found on the server. If you entered the URL manually please "
                 "check your spelling and try again.");
}

void call_forbidden(struct call *c)
{
    call_message(c, 403,
                 "You don't have the permission to access the requested resource. It is either "
                 "read-protected or not readable by the server.");
}

void call_bad_request(struct call *c)
{
    call_message(c, 400, "The browser (or proxy) sent a request that this server could not understand.");
}

void call_broken(struct call *c)
{
    c->failed = true;
    call_message(c, 500, "Internal Server Error");
}

void call_success(struct call *c)
{
    start(c, 200);
    json_put_bool(&c->out, "success", true);
    end(c);
}

static void errors(struct call *c, const char *const *fields, const char *text, bool list)
{
    start(c, 400);
    json_put_bool(&c->out, "success", false);
    json_open_object(&c->out, "errors");
    for (; *fields; fields++) {
        if (list)
            json_open_array(&c->out, *fields);
        json_put_text(&c->out, list ? NULL : *fields, text);
        if (list)
            json_close_array(&c->out);
    }
    json_close_object(&c->out);
    end(c);
}

void call_error(struct call *c, const char *field, const char *text)
{
    errors(c, (const char *const[]){field, NULL}, text, false);
}

void call_error_list(struct call *c, const char *field, const char *text)
{
    errors(c, (const char *const[]){field, NULL}, text, true);
}

void call_error_lists(struct call *c, const char *const *fields, const char *text)
{
    errors(c, fields, text, true);
}

void call_open(struct call *c)
{
    start(c, 200);
    json_put_bool(&c->out, "success", true);
}

void call_close(struct call *c)
{
    end(c);
}

void call_open_data(struct call *c)
{
    call_open(c);
    json_open_object(&c->out, "data");
}

void call_close_data(struct call *c)
{
    json_close_object(&c->out);
    call_close(c);
}

void call_put_rows(struct call *c, const char *key, struct query *q, call_put_fn *put)
{
    json_open_array(&c->out, key);
    while (query_next(q)) {
        json_open_object(&c->out, NULL);
        put(c, q);
        json_close_object(&c->out);
    }
    json_close_array(&c->out);
    call_done(c, q);
}

void call_rows(struct call *c, struct query *q, call_put_fn *put)
{
    call_open(c);
    call_put_rows(c, "data", q, put);
    call_close(c);
}

void call_row(struct call *c, struct query *q, call_put_fn *put)
{
    if (!query_next(q)) {
        call_not_found(c);
    } else {
        call_open_data(c);
        put(c, q);
        call_close_data(c);
    }
    call_done(c, q);
}

bool call_found(struct call *c, bool found)
{
    if (!found)
        call_not_found(c);
    return found;
}

void call_deleted(struct call *c, bool any)
{
    if (call_found(c, any))
        call_success(c);
}

void call_put_date(struct call *c, const char *key, int64_t utc_us, bool z)
{
    char text[CLOCK_TEXT_SIZE], out[CLOCK_TEXT_SIZE];

    clock_text(utc_us, text);
    int keep = utc_us % 1000000 ? 26 : 19; /* "2026-11-22T18:47:33" and ".309128" */
    snprintf(out, sizeof(out), "%.*s%s", keep, text, z ? "Z" : "+00:00");
    json_put_text(&c->out, key, out);
}

void call_put_column(struct call *c, const char *key, struct query *q, int column)
{
    json_put_text(&c->out, key, row_null(q, column) ? NULL : row_text(q, column));
}

void call_put_number(struct call *c, const char *key, struct query *q, int column)
{
    if (row_null(q, column))
        json_put_null(&c->out, key);
    else
        json_put_int(&c->out, key, row_int(q, column));
}

bool call_body(struct call *c)
{
    c->body = json_parse(c->request->body, c->request->body_len, NULL);
    if (!c->body) {
        call_bad_request(c);
        return false;
    }
    if (json_is_object(c->body))
        return true;
    call_broken(c);
    return false;
}

int64_t call_id(const struct call *c, int part)
{
    uint64_t n;

    if (parse_u64(c->request->part[part].text, INT64_MAX, &n) != PARSE_OK)
        return -1;
    return (int64_t)n;
}

bool call_admin_view(const struct call *c)
{
    const char *view = httpd_query(c->request, "view");

    return c->me.admin && view && strcmp(view, "admin") == 0;
}

bool call_object(struct call *c)
{
    c->body = json_parse(c->request->body, c->request->body_len, NULL);
    if (!c->body)
        call_bad_request(c);
    else if (!json_is_object(c->body))
        call_error_list(c, "_schema", "Invalid input type.");
    else
        return true;
    return false;
}
