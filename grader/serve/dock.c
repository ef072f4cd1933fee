/* One request at a time is at the store; the others wait for it, and are sent away when that takes long. TLS
 * is a proxy's matter. */
#include "grader/serve/dock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/seldom.h"
#include "base/clock.h"
#include "base/str.h"
#include "flag/token.h"
#include "grader/store/shipper.h"
#include "grader/store/token.h"
#include "httpd/httpd.h"
#include "json/write.h"

enum {
    CONNECTIONS = 128, /* a proxy's come from one address */
    IDLE_S = 15,
    ARRIVE_S = 120, /* of a mebibyte: 70 kbit/s */
    REPLY_MAX = 4096,
    BUSY_MS = 5000,     /* at most until the store is free */
    REFUSED_MS = 60000, /* between lines of the log about wrong tokens */
    PIECE_MAX = 1000000000,
};

/* SHIPPED_BOUNDS, which the database would refuse without a sentence */
static const int64_t at_max = 1000000000000000, ahead_max = 10000000000000000;

struct dock {
    struct httpd *server;
    struct store *store;
    struct state *state;
    pthread_mutex_t lock; /* of taken */
    pthread_cond_t free;
    bool taken; /* the store, and what follows, is a request's */
    struct seldom refusals;
    uint64_t refused;
};

/* What a handler works with. */
struct docked {
    struct dock *dock;
    const struct httpd_request *request;
    struct httpd_reply *reply;
    struct shipper *shipper;
    struct shipper_file file;
    struct json_writer w;
};

static bool answer(struct httpd_reply *reply, int status, const char *text)
{
    reply->status = status;
    reply->type = "text/plain";
    if (status == 503)
        httpd_reply_header(reply, "Retry-After", "5");
    buf_clear(&reply->body);
    buf_printf(&reply->body, "%s\n", text);
    return false;
}

/* False, and answered, when others are at it for too long. */
static bool enter(struct dock *dock, struct httpd_reply *reply)
{
    const int64_t until_ms = clock_ms() + BUSY_MS;
    const struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};

    pthread_mutex_lock(&dock->lock);
    while (dock->taken && clock_ms() < until_ms)
        pthread_cond_timedwait(&dock->free, &dock->lock, &until);
    const bool mine = !dock->taken;
    dock->taken = true;
    pthread_mutex_unlock(&dock->lock);
    return mine || answer(reply, 503, "the store is busy with others; try again");
}

static void leave(struct dock *dock)
{
    pthread_mutex_lock(&dock->lock);
    dock->taken = false;
    pthread_cond_signal(&dock->free);
    pthread_mutex_unlock(&dock->lock);
}

/* Answered; what the store says is for its own machine. */
static bool away(struct dock *dock, const struct err *err, struct httpd_reply *reply)
{
    state_trouble(dock->state, PART_STORE, err->text);
    return answer(reply, 503, "the store cannot be asked at the moment; try again");
}

/* The token of a request, and the target that it names. */
static const char *token_of(const struct httpd_request *request, char name[TOKEN_NAME_SIZE])
{
    static const char word[] = "Token ";
    const char *header = httpd_header(request, "Authorization");

    if (!header || strncmp(header, word, sizeof(word) - 1) != 0 ||
        !token_name(header + sizeof(word) - 1, name))
        return NULL;
    return header + sizeof(word) - 1;
}

static void tell_refused(struct dock *dock, const char *name, const char *peer)
{
    const uint64_t n = seldom_tell(&dock->refusals, ++dock->refused, clock_ms(), REFUSED_MS);

    if (n)
        log_line("--ship: %llu requests with a wrong token, the last for target %s from %s",
                 (unsigned long long)n, name, peer);
}

/* Before anything of a body is there. */
static bool admit(void *context, const struct httpd_request *request, struct httpd_reply *reply)
{
    struct dock *dock = context;
    char name[TOKEN_NAME_SIZE], digest[TOKEN_DIGEST_SIZE], peer[64];
    const char *token = token_of(request, name);
    struct err err;
    bool right = false;

    if (!token)
        return answer(reply, 401, "a target's token is missing: `wiregrade ship --token-file` shows it");
    if (!enter(dock, reply))
        return false;
    const enum status st = store_token_get(dock->store, name, digest, sizeof(digest), &err);
    right = st == ST_OK && token_right(token, digest);
    if (st == ST_OK && !right)
        tell_refused(dock, name, httpd_peer(request, peer));
    leave(dock);
    if (st != ST_OK)
        return away(dock, &err, reply);
    return right || answer(reply, 401, "the token is not, or no longer, that of this target");
}

/* A whole number of the query. */
static bool number(const struct docked *d, const char *name, int64_t min, int64_t max, int64_t *out)
{
    const char *text = httpd_query(d->request, name);
    const bool minus = text && text[0] == '-';
    uint64_t n = 0;

    if (!text || parse_u64(text + minus, (uint64_t)INT64_MAX, &n) != PARSE_OK)
        return false;
    *out = minus ? -(int64_t)n : (int64_t)n;
    return *out >= min && *out <= max;
}

/* Pairs of hex digits, as files_head makes them. */
static bool take_head(struct docked *d)
{
    const char *text = httpd_query(d->request, "head");
    const size_t len = text ? strlen(text) : 0;

    return len && len % 2 == 0 && strspn(text, "0123456789abcdef") == len &&
           str_copy(d->file.head, sizeof(d->file.head), text);
}

/* Opens the target's way to the store, under the lock. False: answered. */
static bool begin(struct docked *d)
{
    char name[SHIPPED_TARGET_SIZE] = "";

    if (!token_of(d->request, name))
        return answer(d->reply, 401, "a target's token is missing");
    if (!enter(d->dock, d->reply))
        return false;
    d->shipper = shipper_of(d->dock->store, name);
    if (!d->shipper) {
        leave(d->dock);
        return answer(d->reply, 503, "no memory at the moment; try again");
    }
    d->reply->type = "application/json";
    d->w.out = &d->reply->body;
    json_open_object(&d->w, NULL);
    json_put_text(&d->w, "target", name);
    return true;
}

/* ST_OK: what was written is the answer; ST_NO: with 409. */
static void end(struct docked *d, enum status st, const struct err *err)
{
    json_put_int(&d->w, "now_us", store_now_us(d->dock->store));
    json_close_object(&d->w);
    shipper_close(d->shipper);
    leave(d->dock);
    if (st == ST_NO)
        d->reply->status = 409;
    else if (st != ST_OK)
        away(d->dock, err, d->reply);
}

static void put_place(struct docked *d)
{
    json_put_bool(&d->w, "own", d->file.own);
    json_put_text(&d->w, "of", d->file.target);
    json_put_int(&d->w, "file", d->file.id);
    json_put_int(&d->w, "piece", d->file.piece);
    json_put_int(&d->w, "at", d->file.at);
    json_put_int(&d->w, "length", d->file.length);
}

static void answer_greeting(void *context, const struct httpd_request *request, struct httpd_reply *reply)
{
    struct docked d = {.dock = context, .request = request, .reply = reply};

    if (begin(&d))
        end(&d, ST_OK, NULL);
}

static void answer_file(void *context, const struct httpd_request *request, struct httpd_reply *reply)
{
    struct docked d = {.dock = context, .request = request, .reply = reply};
    struct err err;

    if (!take_head(&d))
        answer(reply, 400, "head is the beginning of a journal, in hex");
    else if (begin(&d)) {
        const enum status st = shipper_begin(d.shipper, &d.file, &err);
        put_place(&d);
        end(&d, st, &err);
    }
}

/* What stands in the shipper's file where a line was may be none any more. */
static void answer_line(void *context, const struct httpd_request *request, struct httpd_reply *reply)
{
    struct docked d = {.dock = context, .request = request, .reply = reply};
    int64_t piece = 0, at = 0;
    bool has = false;
    struct err err;

    if (!take_head(&d) || !number(&d, "piece", 0, PIECE_MAX, &piece) || !number(&d, "at", 0, at_max, &at) ||
        !request->body_len || request->body_len > SHIPPED_LINE_MAX)
        answer(reply, 400, "a line is asked for by head, piece, at and itself");
    else if (begin(&d)) {
        enum status st = shipper_begin(d.shipper, &d.file, &err);
        d.file.piece = piece;
        if (st == ST_OK)
            st = shipper_has(d.shipper, &d.file, at, request->body, request->body_len, &has, &err);
        json_put_bool(&d.w, "has", has);
        end(&d, st, &err);
    }
}

/* A body is cut where the shipper has cut it, so lengths need not be told. */
static bool cut(const struct httpd_request *request, size_t lengths[SHIPPED_LINES], struct shipper_rows *rows)
{
    size_t len = 0;

    rows->bytes = request->body;
    rows->n = request->body_len;
    rows->lengths = lengths;
    for (size_t n = 0; n < rows->n; n += len) {
        len = shipped_line(rows->bytes + n, rows->n - n);
        if (!len || rows->n_lines == SHIPPED_LINES)
            return false;
        lengths[rows->n_lines++] = len;
    }
    return rows->n_lines > 0;
}

static void answer_lines(void *context, const struct httpd_request *request, struct httpd_reply *reply)
{
    struct docked d = {.dock = context, .request = request, .reply = reply};
    struct shipper_file *file = &d.file;
    struct shipper_rows rows = {.n = 0};
    size_t lengths[SHIPPED_LINES];
    struct err err;

    if (!take_head(&d) || !number(&d, "file", 0, INT64_MAX, &file->id) ||
        !number(&d, "piece", 0, PIECE_MAX, &file->piece) || !number(&d, "at", 0, at_max, &file->at) ||
        !number(&d, "length", 0, SHIPPED_LINE_MAX, &file->length) ||
        !number(&d, "to_piece", 0, PIECE_MAX, &rows.piece) || !number(&d, "to_at", 0, at_max, &rows.at) ||
        !number(&d, "ahead_us", -ahead_max, ahead_max, &rows.ahead_us))
        answer(reply, 400, "lines are sent with head, file, piece, at, length, to_piece, to_at and ahead_us");
    else if (!cut(request, lengths, &rows))
        answer(reply, 400, "the body is whole lines, at least one and at most 1,000");
    else if (begin(&d)) {
        enum status st = shipper_put(d.shipper, file, &rows, &err);
        put_place(&d);
        end(&d, st, &err);
    }
}

static void miss(void *context, const struct httpd_request *request, enum httpd_miss why,
                 struct httpd_reply *reply)
{
    (void)context;
    (void)request;
    answer(reply,
           why == HTTPD_NO_METHOD   ? 405
           : why == HTTPD_TOO_LARGE ? 413
                                    : 404,
           why == HTTPD_TOO_LARGE ? "at most 1 MiB at once"
                                  : "here `wiregrade ship` sends journals, and no more");
}

enum status dock_open(struct dock **out, struct store *store, struct state *state, const char *address,
                      uint16_t port, struct err *err)
{
    static const struct httpd_route routes[] = {
        {"GET", "/ship", answer_greeting, NULL},
        {"POST", "/ship/file", answer_file, NULL},
        {"POST", "/ship/line", answer_line, NULL},
        {"POST", "/ship/lines", answer_lines, NULL},
    };
    struct dock *dock = calloc(1, sizeof(*dock));
    pthread_condattr_t monotonic;
    const struct httpd_options options = {
        .listen = address,
        .port = port,
        .max_body = SHIPPED_BYTES,
        .max_reply = REPLY_MAX,
        .max_connections = CONNECTIONS,
        .max_per_source = CONNECTIONS,
        .idle_s = IDLE_S,
        .exchange_s = ARRIVE_S,
        .admit = admit,
        .routes = routes,
        .n_routes = sizeof(routes) / sizeof(routes[0]),
        .miss = miss,
        .context = dock,
    };

    *out = NULL;
    if (!dock)
        return err_memory(err);
    dock->store = store;
    dock->state = state;
    pthread_mutex_init(&dock->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC); /* clock_ms is that clock */
    pthread_cond_init(&dock->free, &monotonic);
    pthread_condattr_destroy(&monotonic);
    enum status st = httpd_start(&dock->server, &options, err);
    if (st == ST_OK)
        *out = dock;
    else
        dock_close(dock);
    return st;
}

uint16_t dock_port(const struct dock *dock)
{
    return httpd_port(dock->server);
}

void dock_close(struct dock *dock)
{
    if (!dock)
        return;
    httpd_stop(dock->server);
    pthread_cond_destroy(&dock->free);
    pthread_mutex_destroy(&dock->lock);
    free(dock);
}
