/* http.h - one request, one answer, over libcurl; knows the token's header and nothing of who is asked. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Opaque. For one thread at a time. */
struct http_client;

/* Who is asked, in sentences about a wrong url or token file. */
struct http_peer {
    const char *address; /* "scoreboard address" */
    const char *example; /* of it */
    const char *token;   /* what to do when there is no such file: "make an access token on ..." */
};

struct http_options {
    const char *base_url;   /* http:// or https://, without a trailing slash; a path in it is kept */
    const char *token_file; /* mode 0600, one line */
    const struct http_peer *peer;
    const char *ca_file;    /* certificates of who may sign the server's; NULL: the system's */
    int64_t timeout_ms;     /* for a whole request; 0: 60 s, twice what CTFd's own server allows itself */
    uint64_t max_bytes;     /* of an answer's body; 0: 8 MiB */
    const atomic_int *stop; /* a request under way is given up when it becomes true; may be NULL */
};

/* How far a request got. */
enum http_outcome {
    HTTP_ANSWERED,    /* a whole answer: status, type and body are filled */
    HTTP_NOT_SENT,    /* nothing listens, no name, no route: the server has not seen the request */
    HTTP_NOT_TRUSTED, /* TLS: the server's certificate is refused; the request was not sent */
    HTTP_NO_ANSWER,   /* sent at least in part, and no whole answer: it may have been carried out */
    HTTP_TOO_LARGE,   /* the answer is larger than max_bytes; it may have been carried out */
};

struct http_answer {
    enum http_outcome outcome;
    int status;
    bool json;          /* the media type is application/json or application/…+json */
    char location[256]; /* of a redirect, "" without one */
    int64_t retry_s;    /* Retry-After (RFC 9110, 10.2.3), seconds from now; 0 without one */
    char reason[256];   /* why there is no answer, in libcurl's words; "" with one */
    struct buf body;
};

/* Reads the token and makes a client. The token goes to base_url's host and port alone: redirects are never
 * followed, and a proxy from the environment is used for https only. ST_INPUT: the url or the token file is
 * wrong, with the mend. */
enum status http_open(struct http_client **out, const struct http_options *options, struct err *err);
void http_close(struct http_client *client);

/* Whether what is sent to url can be read on its way: http:// to another machine. */
bool http_is_plain(const char *url);

/* The url as it was given; borrowed. */
const char *http_base_url(const struct http_client *client);

/* The token's file as it was given; borrowed. */
const char *http_token_file(const struct http_client *client);

/* Sends method to base_url + path with `Authorization: Token …` and `Content-Type: application/json`, which
 * CTFd wants on every request (3.8.7, utils/initialization). json is the body, NULL for none. Anything but
 * GET gets a connection of its own. Fills *answer, which http_answer_init has prepared, whatever happens. */
void http_request(struct http_client *client, const char *method, const char *path, const char *json,
                  struct http_answer *answer);

/* POSTs bytes to base_url + path as application/octet-stream. The connection is kept, so that the request may
 * be carried out though no answer says so. */
void http_send(struct http_client *client, const char *path, const void *bytes, size_t len,
               struct http_answer *answer);

/* A form with one file, as browsers send it (RFC 7578): n_fields pairs of name and text, then the part
 * "file". */
struct http_form {
    const char *const (*fields)[2];
    size_t n_fields;
    const char *filename;
    const void *bytes;
    size_t len;
};

/* POSTs form to base_url + path, as http_request does but with the form's own content type. */
void http_upload(struct http_client *client, const char *path, const struct http_form *form,
                 struct http_answer *answer);

void http_answer_init(struct http_answer *answer);
void http_answer_done(struct http_answer *answer);

/* Appends text with everything but unreserved characters as %XX (RFC 3986, section 2). */
bool http_escape(struct buf *out, const char *text);
