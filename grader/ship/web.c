/* To `wiregrade serve --ship` (serve/dock.h has the requests), mostly through a proxy that has the TLS. Every
 * request may be sent again: where a file stands is told with each, and lines that are there are not added.
 */
#include "grader/ship/carrier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/shown.h"
#include "grader/http/http.h"
#include "json/json.h"

enum {
    TIMEOUT_MS = 120000, /* of a mebibyte */
    ANSWER_MAX = 65536,
    CLOCK_MS = 10000, /* as long as the other clock is known from its last answer */
    ASKED_MAX_S = 300,
    SAID_MAX = 160,
};

struct web {
    struct http_client *http;
    struct http_answer answer;
    struct carrier_options options;
    struct json *json;          /* of the last answer */
    int64_t there_us, there_ms; /* what its clock was, and when that was here; there_us 0: not known */
    bool lasting;               /* the last failure is not mended by waiting */
};

static void close_end(void *end)
{
    struct web *web = end;

    if (!web)
        return;
    json_free(web->json);
    http_answer_done(&web->answer);
    http_close(web->http);
    free(web);
}

/* The first line of what a server or proxy says, in a form that a log can have. */
static const char *said(const struct web *web, char out[SAID_MAX])
{
    snprintf(out, SAID_MAX, "%s", buf_text(&web->answer.body));
    out[strcspn(out, "\r\n")] = '\0';
    shown_plain(out);
    return out[0] == '<' ? "" : out; /* a page */
}

static enum status not_answered(struct web *web, struct err *err)
{
    const char *to = web->options.to, *why = web->answer.reason;

    if (web->answer.outcome == HTTP_NOT_TRUSTED)
        return err_set(
            err, ST_ENV,
            "%s: its certificate is refused (%s); --ca-file names the authority that has signed it", to, why);
    if (web->answer.outcome == HTTP_NOT_SENT)
        return err_set(err, ST_ENV, "%s: %s", to, why);
    return err_set(err, ST_ENV, "%s: no whole answer: %s", to, why);
}

/* An answer that is no success. */
static enum status refused(struct web *web, struct err *err)
{
    const char *to = web->options.to;
    const int status = web->answer.status;
    char text[SAID_MAX];

    web->lasting = true;
    if (status == 401)
        return err_set(err, ST_ENV,
                       "%s: the token in %s is refused: it was made anew or revoked, or is of another class; "
                       "`wiregrade key token` makes one",
                       to, web->options.token_file);
    if (status == 404 || status == 405)
        return err_set(
            err, ST_ENV,
            "%s: no journals are taken there (%d); --to is the address of `wiregrade serve --ship`, "
            "or of the proxy that hands on its /ship",
            to, status);
    if (status == 413)
        return err_set(err, ST_ENV,
                       "%s: 1 MiB at once is too much for it; a proxy there has to let it through", to);
    if (web->answer.location[0])
        return err_set(err, ST_ENV, "%s: redirects to %.200s; name the right address in --to", to,
                       web->answer.location);
    if (status == 400)
        return err_set(err, ST_ENV, "%s: does not understand what is sent (%s); is it of another version?",
                       to, said(web, text));
    web->lasting = false;
    if (web->answer.retry_s)
        *web->options.asked_ms =
            (web->answer.retry_s < ASKED_MAX_S ? web->answer.retry_s : ASKED_MAX_S) * 1000;
    return err_set(err, ST_ENV, "%s: answers %d %s", to, status, said(web, text));
}

static bool get(const struct web *web, const char *key, int64_t *out)
{
    return json_int(json_get(web->json, key), out);
}

static enum status garbled(const struct web *web, struct err *err)
{
    return err_set(err, ST_ENV, "%s: gives an answer that `wiregrade serve --ship` does not give",
                   web->options.to);
}

/* Sends it, with bytes by POST; ST_NO when the answer is 409. */
static enum status ask(struct web *web, const char *path, const void *bytes, size_t len, struct err *err)
{
    int64_t now_us = 0;

    json_free(web->json);
    web->json = NULL;
    web->lasting = false;
    if (bytes)
        http_send(web->http, path, bytes, len, &web->answer);
    else
        http_request(web->http, "GET", path, NULL, &web->answer);
    if (web->answer.outcome != HTTP_ANSWERED)
        return not_answered(web, err);
    if (web->answer.status != 200 && web->answer.status != 409)
        return refused(web, err);
    web->json = json_parse(buf_text(&web->answer.body), web->answer.body.len, NULL);
    if (!get(web, "now_us", &now_us) || now_us <= 0)
        return garbled(web, err);
    web->there_us = now_us;
    web->there_ms = clock_ms();
    return web->answer.status == 409 ? ST_NO : ST_OK;
}

static enum status open_end(void **end, const struct carrier_options *options, bool *lasting, struct err *err)
{
    static const struct http_peer peer = {
        .address = "--to address",
        .example = "https://serve.example.edu",
        .token =
            "`wiregrade key token TARGET --output FILE` beside the class makes it; put it there as its one "
            "line, mode 600",
    };
    const struct http_options http = {.base_url = options->to,
                                      .token_file = options->token_file,
                                      .peer = &peer,
                                      .ca_file = options->ca_file,
                                      .timeout_ms = TIMEOUT_MS,
                                      .max_bytes = ANSWER_MAX,
                                      .stop = options->stop};
    struct web *web;

    *end = NULL;
    *lasting = true;
    if (http_is_plain(options->to))
        return err_set(err, ST_INPUT,
                       "%s: the token would travel without encryption; use https, or a tunnel to localhost",
                       options->to);
    web = calloc(1, sizeof(*web));
    if (!web)
        return err_memory(err);
    web->options = *options;
    http_answer_init(&web->answer);
    enum status st = http_open(&web->http, &http, err);
    *lasting = st == ST_INPUT;
    if (st == ST_OK) {
        st = ask(web, "/ship", NULL, 0, err);
        if (st == ST_NO)
            st = garbled(web, err);
        *lasting = st != ST_OK && web->lasting;
    }
    if (st == ST_OK)
        *end = web;
    else
        close_end(web);
    return st;
}

static int64_t ahead_us(void *end)
{
    struct web *web = end;
    struct err err;

    if (clock_ms() - web->there_ms > CLOCK_MS)
        ask(web, "/ship", NULL, 0, &err); /* what is sent next tells what is wrong */
    return clock_utc_us() - web->there_us - (clock_ms() - web->there_ms) * 1000;
}

static enum status read_place(struct web *web, struct shipper_file *file, struct err *err)
{
    struct shipper_file now = *file;
    const char *of = json_text(json_get(web->json, "of"));

    if (!of || strlen(of) >= sizeof(now.target) || !json_bool(json_get(web->json, "own"), &now.own) ||
        !get(web, "file", &now.id) || !get(web, "piece", &now.piece) || !get(web, "at", &now.at) ||
        !get(web, "length", &now.length) || now.piece < 0 || now.at < 0 || now.length < 0 ||
        now.length > SHIPPED_LINE_MAX)
        return garbled(web, err);
    snprintf(now.target, sizeof(now.target), "%s", of);
    shown_plain(now.target);
    *file = now;
    return ST_OK;
}

enum { PATH_SIZE = JOURNAL_HEAD_SIZE + 256 };

static enum status begin(void *end, struct shipper_file *file, struct err *err)
{
    struct web *web = end;
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "/ship/file?head=%s", file->head);
    const enum status st = ask(web, path, "", 0, err);
    return st == ST_OK ? read_place(web, file, err) : st == ST_NO ? garbled(web, err) : st;
}

static enum status has(void *end, const struct shipper_file *file, int64_t at, const char *line, size_t len,
                       bool *is, struct err *err)
{
    struct web *web = end;
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "/ship/line?head=%s&piece=%lld&at=%lld", file->head, (long long)file->piece,
             (long long)at);
    const enum status st = ask(web, path, line, len, err);
    if (st == ST_NO || (st == ST_OK && !json_bool(json_get(web->json, "has"), is)))
        return garbled(web, err);
    return st;
}

static enum status put(void *end, struct shipper_file *file, const struct shipper_rows *rows, struct err *err)
{
    struct web *web = end;
    char path[PATH_SIZE];

    snprintf(
        path, sizeof(path),
        "/ship/lines?head=%s&file=%lld&piece=%lld&at=%lld&length=%lld&to_piece=%lld&to_at=%lld&ahead_us=%lld",
        file->head, (long long)file->id, (long long)file->piece, (long long)file->at, (long long)file->length,
        (long long)rows->piece, (long long)rows->at, (long long)rows->ahead_us);
    const enum status st = ask(web, path, rows->bytes, rows->n, err);
    return st == ST_OK ? read_place(web, file, err) : st;
}

const struct carrier carrier_web = {.begins = (const char *const[]){"https://", "http://", NULL},
                                    .whose_clock = "the grader's",
                                    .by = "token",
                                    .open = open_end,
                                    .close = close_end,
                                    .ahead_us = ahead_us,
                                    .begin = begin,
                                    .has = has,
                                    .put = put};
