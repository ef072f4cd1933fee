/* httpd.h - a small HTTP/1.1 server: a table of routes, bodies with a ceiling, one thread a connection. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct httpd;

#define HTTPD_PARTS 2       /* placeholders of one pattern */
#define HTTPD_PART_SIZE 129 /* bytes of a <text>, with the NUL */

/* What was asked; all borrowed until the handler returns. */
struct httpd_request {
    const char *method; /* a HEAD comes as GET */
    const char *path;   /* unescaped, without the query */
    struct {
        int64_t number;             /* of an <int> */
        char text[HTTPD_PART_SIZE]; /* of a <text> */
    } part[HTTPD_PARTS];            /* in the order of the pattern */
    const char *body;               /* with a NUL behind, which is not counted; may hold NULs */
    size_t body_len;
    const void *data; /* of the route */
    struct httpd *server;
    void *connection; /* httpd's own */
};

/* What is answered. Handlers start from status 200, an empty body with a ceiling, and type "text/plain". */
struct httpd_reply {
    int status;
    const char *type; /* static text */
    struct buf body;  /* when it outgrew its ceiling, a bare 500 is sent */
    struct {
        const char *name; /* static text */
        char value[512];
    } header[8];
    size_t n_headers;
    bool drop; /* close the connection instead of answering */
};

typedef void httpd_handler(void *context, const struct httpd_request *request, struct httpd_reply *reply);

/* pattern: "/users/<int>/solves"; <int> takes decimal digits, <text> one non-empty segment. First fit wins.
 */
struct httpd_route {
    const char *method, *pattern;
    httpd_handler *handle;
    const void *data; /* the caller's, told in the request */
};

/* Why no route was taken. */
enum httpd_miss {
    HTTPD_NO_PATH,   /* no pattern fits */
    HTTPD_NO_METHOD, /* a pattern fits, with other methods */
    HTTPD_TOO_LARGE, /* the announced body is over the ceiling; nothing of it was read */
};

struct httpd_options {
    const char *listen; /* numeric address; NULL: 127.0.0.1 */
    uint16_t port;      /* 0: any free one */
    size_t max_body;    /* bytes of a request; a body that hides its size is cut off there */
    size_t max_reply;   /* bytes of a reply's body */
    /* Over one of these the connection goes whose request is waited for longest: of the same address, or of
     * the network (/28, of IPv6 /64) that has most; the newcomer, when all of them are being answered. */
    unsigned max_connections, max_per_source;
    unsigned idle_s;     /* a connection that is silent so long is closed */
    unsigned exchange_s; /* so is one whose request takes longer than this to arrive */
    /* Asked when a request's headers are there and nothing of its body: false lets none come, *reply is the
     * answer. NULL: all may. */
    bool (*admit)(void *context, const struct httpd_request *request, struct httpd_reply *reply);
    const struct httpd_route *routes;
    size_t n_routes;
    void (*miss)(void *context, const struct httpd_request *request, enum httpd_miss why,
                 struct httpd_reply *reply); /* sets status and body */
    void *context;                           /* for handlers, which run at the same time in several threads */
};

/* Binds and serves at once. Options are copied, what they point to is borrowed until httpd_stop. ST_USAGE:
 * not an address; ST_ENV: the port is taken or forbidden. */
enum status httpd_start(struct httpd **out, const struct httpd_options *options, struct err *err);

/* Ends connections and pauses, waits for handlers, frees. NULL is allowed. */
void httpd_stop(struct httpd *server);
uint16_t httpd_port(const struct httpd *server);

/* Borrowed as the request; NULL when absent. Header names without case; a query argument without "=" is "".
 */
const char *httpd_header(const struct httpd_request *request, const char *name);
const char *httpd_query(const struct httpd_request *request, const char *name);

/* The peer's numeric address; returns out. */
const char *httpd_peer(const struct httpd_request *request, char out[64]);

/* Adds a header; one that has no room is cut. */
void httpd_reply_header(struct httpd_reply *reply, const char *name, const char *value);

/* Sleeps in a handler: until ms have passed or the server stops. */
void httpd_pause(const struct httpd_request *request, int64_t ms);

/* A piece of one part of a multipart/form-data body (RFC 7578). Borrowed during the call. */
struct httpd_part {
    const char *name;
    const char *filename; /* NULL: a plain field */
    const char *data;
    size_t length;
    uint64_t offset; /* of this piece in its part: 0 begins a part */
};

/* Calls each for the pieces of a request's form until it returns false. False: the body is no form, is
 * broken, or each said so. */
bool httpd_parts(const struct httpd_request *request,
                 bool (*each)(void *context, const struct httpd_part *part), void *context);
