#include "unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flag/token.h"
#include "grader/serve/dock.h"
#include "grader/store/shipped.h"
#include "grader/store/token.h"

/* A dock over a store in a folder of its own, and east's token. */
struct harbour {
    char dir[64], token[TOKEN_SIZE];
    struct store *store;
    struct state state;
    struct dock *dock;
};

static void open_harbour(struct harbour *h)
{
    char path[128], digest[TOKEN_DIGEST_SIZE];
    struct err err;

    snprintf(h->dir, sizeof(h->dir), "/tmp/wiregrade-dock-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(h->dir));
    snprintf(path, sizeof(path), "%s/s.db", h->dir);
    CU_ASSERT_EQUAL_FATAL(store_open(&h->store, path, "sockets", "w1", &err), ST_OK);
    CU_ASSERT_TRUE(token_make(h->token, "east"));
    token_digest(h->token, digest);
    CU_ASSERT_EQUAL(store_token_set(h->store, "east", digest, &err), ST_OK);
    state_init(&h->state);
    CU_ASSERT_EQUAL_FATAL(dock_open(&h->dock, h->store, &h->state, "127.0.0.1", 0, &err), ST_OK);
}

static void close_harbour(struct harbour *h)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char file[128];

    dock_close(h->dock);
    state_done(&h->state);
    store_close(h->store);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s/s.db%s", h->dir, ends[i]);
        unlink(file);
    }
    rmdir(h->dir);
}

/* The answer to "METHOD PATH" with that token and body (NULL: announced, and never sent), NUL-terminated; its
 * status is the return value. */
static int ask(const struct harbour *h, const char *what, const char *token, const char *body, size_t len,
               char out[4096])
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(dock_port(h->dock))};
    char head[1024];
    size_t n = 0;
    ssize_t got;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    const int length =
        snprintf(head, sizeof(head),
                 "%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s%s%sContent-Length: %zu\r\n\r\n", what,
                 token ? "Authorization: " : "", token ? token : "", token ? "\r\n" : "", len);
    CU_ASSERT_EQUAL(send(fd, head, (size_t)length, MSG_NOSIGNAL), length);
    for (size_t sent = 0; body && sent < len && (got = send(fd, body + sent, len - sent, MSG_NOSIGNAL)) > 0;)
        sent += (size_t)got;
    while (n < 4095 && (got = recv(fd, out + n, 4095 - n, 0)) > 0)
        n += (size_t)got;
    out[n] = '\0';
    close(fd);
    return n > 12 ? (out[9] - '0') * 100 + (out[10] - '0') * 10 + out[11] - '0' : 0;
}

static void only_a_targets_own_token_opens(void)
{
    struct harbour h;
    char other[TOKEN_SIZE], header[TOKEN_SIZE + 16], digest[TOKEN_DIGEST_SIZE], out[4096];
    struct err err;

    open_harbour(&h);
    snprintf(header, sizeof(header), "Token %s", h.token);
    CU_ASSERT_EQUAL(ask(&h, "GET /ship", header, "", 0, out), 200);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "{\"target\":\"east\",\"now_us\":1"));
    /* by whatever way, a thing of the class is not to be had */
    CU_ASSERT_EQUAL(ask(&h, "GET /metrics", header, "", 0, out), 404);
    CU_ASSERT_EQUAL(ask(&h, "GET /ship/lines", header, "", 0, out), 405);
    CU_ASSERT_TRUE(token_make(other, "east"));
    static const char *const wrong[] = {
        NULL, "", "Token", "Token ", "Token east:", "Basic ZWFzdDo=", "Bearer x"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        CU_ASSERT_EQUAL(ask(&h, "GET /ship", wrong[i], "", 0, out), 401);
    snprintf(header, sizeof(header), "Token %s", other);
    CU_ASSERT_EQUAL(ask(&h, "POST /ship/file?head=aa", header, "", 0, out), 401);
    memcpy(header, "Token west:", 11);
    CU_ASSERT_EQUAL(ask(&h, "GET /ship", header, "", 0, out), 401);
    /* made anew, and taken away */
    snprintf(header, sizeof(header), "Token %s", other);
    token_digest(other, digest);
    CU_ASSERT_EQUAL(store_token_set(h.store, "east", digest, &err), ST_OK);
    CU_ASSERT_EQUAL(ask(&h, "GET /ship", header, "", 0, out), 200);
    CU_ASSERT_EQUAL(store_token_set(h.store, "east", "", &err), ST_OK);
    CU_ASSERT_EQUAL(ask(&h, "GET /ship", header, "", 0, out), 401);
    close_harbour(&h);
}

#define AT "&file=1&piece=0&at=0&length=0&to_piece=0&to_at=0&ahead_us=0"

static void what_cannot_be_read_is_refused(void)
{
    static const struct {
        const char *what, *body;
        int status;
    } rows[] = {
        {"POST /ship/file?head=ab", "", 200},
        {"POST /ship/file", "", 400},
        {"POST /ship/file?head=", "", 400},
        {"POST /ship/file?head=abc", "", 400},
        {"POST /ship/file?head=AB", "", 400},
        {"POST /ship/file?head=ab'", "", 400},
        {"POST /ship/line?head=ab&piece=0&at=0", "a\n", 200},
        {"POST /ship/line?head=ab&piece=0&at=0", "a\nb", 200},
        {"POST /ship/line?head=ab&piece=0&at=0", "", 400},
        {"POST /ship/line?head=ab&piece=-1&at=0", "a\n", 400},
        {"POST /ship/line?head=ab&piece=0", "a\n", 400},
        {"POST /ship/line?head=ab&piece=1000000001&at=0", "a\n", 400},
        {"POST /ship/lines?head=ab" AT, "", 400},
        {"POST /ship/lines?head=ab" AT, "a", 400},
        {"POST /ship/lines?head=ab" AT, "a\nb", 400},
        {"POST /ship/lines?head=ab", "a\n", 400},
        {"POST /ship/lines?head=ab&file=1&piece=0&at=0&length=65537&to_piece=0&to_at=0&ahead_us=0", "a\n",
         400},
        {"POST /ship/lines?head=ab&file=1&piece=0&at=0&length=0&to_piece=0&to_at=1000000000000001&ahead_us=0",
         "a\n", 400},
        {"POST /ship/lines?head=ab&file=1&piece=0&at=0&length=0&to_piece=0&to_at=0&ahead_us=--1", "a\n", 400},
        {"POST "
         "/ship/lines?head=ab&file=1&piece=0&at=0&length=0&to_piece=0&to_at=0&ahead_us=-10000000000000001",
         "a\n", 400},
        {"POST /ship/lines?head=ab&file=1x&piece=0&at=0&length=0&to_piece=0&to_at=0&ahead_us=0", "a\n", 400},
        {"POST /ship/lines?head=ab&file=1&piece=0&at=0&length=0&to_piece=0&to_at=0&ahead_us=-5", "a\n", 200},
        /* the same once more, and behind what is not there */
        {"POST /ship/lines?head=ab&file=1&piece=0&at=0&length=0&to_piece=0&to_at=0&ahead_us=-5", "a\n", 200},
        {"POST /ship/lines?head=ab&file=1&piece=0&at=0&length=9&to_piece=0&to_at=9&ahead_us=-5", "b\n", 409},
        {"POST /ship/line?head=ab&piece=0&at=0", "a\n", 200},
    };
    struct harbour h;
    char header[TOKEN_SIZE + 16], out[4096];

    open_harbour(&h);
    snprintf(header, sizeof(header), "Token %s", h.token);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const int status = ask(&h, rows[i].what, header, rows[i].body, strlen(rows[i].body), out);
        if (status != rows[i].status)
            printf("row %zu, %s: %d\n", i, rows[i].what, status);
        CU_ASSERT_EQUAL(status, rows[i].status);
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "\"has\":true"));
    close_harbour(&h);
}

static void a_body_has_its_ceilings(void)
{
    static const char lines[] = "POST /ship/lines?head=ab" AT;
    struct harbour h;
    char header[TOKEN_SIZE + 16], out[4096], *body = malloc(SHIPPED_BYTES + 2);

    CU_ASSERT_PTR_NOT_NULL_FATAL(body);
    open_harbour(&h);
    snprintf(header, sizeof(header), "Token %s", h.token);
    CU_ASSERT_EQUAL(ask(&h, "POST /ship/file?head=ab", header, "", 0, out), 200);
    memset(body, '\n', SHIPPED_BYTES + 2);
    CU_ASSERT_EQUAL(ask(&h, lines, header, body, SHIPPED_LINES + 1, out), 400);
    CU_ASSERT_EQUAL(ask(&h, "POST /ship/line?head=ab&piece=0&at=0", header, body, SHIPPED_LINE_MAX + 1, out),
                    400);
    memset(body, 'x', SHIPPED_BYTES + 2);
    CU_ASSERT_EQUAL(ask(&h, lines, header, NULL, SHIPPED_BYTES + 1, out), 413);
    CU_ASSERT_EQUAL(ask(&h, lines, NULL, NULL, 300000, out), 401);
    /* 16 pieces of a line that has no end */
    CU_ASSERT_EQUAL(ask(&h, lines, header, body, SHIPPED_BYTES, out), 200);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "\"at\":983040,\"length\":65536"));
    free(body);
    close_harbour(&h);
}

static const struct unit_case cases[] = {
    {"only_a_targets_own_token_opens", only_a_targets_own_token_opens},
    {"what_cannot_be_read_is_refused", what_cannot_be_read_is_refused},
    {"a_body_has_its_ceilings", a_body_has_its_ceilings},
};
UNIT_GROUP(dock_cases, cases);
