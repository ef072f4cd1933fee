#include "unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "httpd/httpd.h"

static void tell(void *context, const struct httpd_request *r, struct httpd_reply *reply)
{
    const char *q = httpd_query(r, "q"), *h = httpd_header(r, "X-Case");
    char peer[64];

    (void)context;
    httpd_reply_header(reply, "X-Peer", httpd_peer(r, peer));
    buf_printf(&reply->body, "%s %s int=%lld text=%s q=%s h=%s body=%.*s", r->method, r->path,
               (long long)r->part[0].number, r->part[1].text, q ? q : "none", h ? h : "none",
               (int)r->body_len, r->body);
}

static void drop(void *context, const struct httpd_request *r, struct httpd_reply *reply)
{
    (void)context;
    (void)r;
    reply->drop = true;
}

static atomic_int hanging;

static void hang(void *context, const struct httpd_request *r, struct httpd_reply *reply)
{
    (void)context;
    (void)reply;
    hanging++;
    httpd_pause(r, 60000);
}

static void flood(void *context, const struct httpd_request *r, struct httpd_reply *reply)
{
    (void)context;
    (void)r;
    for (int i = 0; i < 5000; i++)
        buf_puts(&reply->body, "x");
}

static void miss(void *context, const struct httpd_request *r, enum httpd_miss why, struct httpd_reply *reply)
{
    static const int status[] = {[HTTPD_NO_PATH] = 404, [HTTPD_NO_METHOD] = 405, [HTTPD_TOO_LARGE] = 413};

    (void)context;
    (void)r;
    reply->status = status[why];
}

static const struct httpd_route routes[] = {
    {"GET", "/", tell, NULL},         {"GET", "/u/<int>", tell, NULL},
    {"POST", "/u/<int>", tell, NULL}, {"GET", "/u/<int>/k/<text>", tell, NULL},
    {"GET", "/drop", drop, NULL},     {"GET", "/hang", hang, NULL},
    {"GET", "/flood", flood, NULL},
};

/* Who says please. */
static bool polite(void *context, const struct httpd_request *r, struct httpd_reply *reply)
{
    (void)context;
    if (httpd_header(r, "X-Please"))
        return true;
    reply->status = 401;
    buf_puts(&reply->body, "say please");
    return false;
}

static struct httpd *start_with(bool (*admit)(void *context, const struct httpd_request *r,
                                              struct httpd_reply *reply),
                                unsigned exchange_s)
{
    const struct httpd_options options = {
        .admit = admit,
        .max_body = 1000,
        .max_reply = 4000,
        .max_connections = 40,
        .max_per_source = 30,
        .idle_s = 5 * exchange_s,
        .exchange_s = exchange_s,
        .routes = routes,
        .n_routes = sizeof(routes) / sizeof(routes[0]),
        .miss = miss,
    };
    struct httpd *server = NULL;
    struct err err = {0};

    CU_ASSERT_EQUAL_FATAL(httpd_start(&server, &options, &err), ST_OK);
    return server;
}

static struct httpd *start(void)
{
    return start_with(NULL, 1);
}

/* Whose reaper takes nobody while a test lasts. */
static struct httpd *start_patient(void)
{
    return start_with(NULL, 60);
}

static int dial_from(const struct httpd *server, uint32_t source)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(httpd_port(server))};
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static int dial(const struct httpd *server)
{
    return dial_from(server, INADDR_LOOPBACK);
}

/* What comes until the peer closes, at most five seconds. */
static size_t drain(int fd, char *out, size_t size)
{
    int64_t until = clock_ms() + 5000;
    size_t n = 0;

    while (n < size - 1 && clock_ms() < until) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 100) <= 0)
            continue;
        ssize_t got = recv(fd, out + n, size - 1 - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    out[n] = '\0';
    return n;
}

static void say(int fd, const char *text)
{
    CU_ASSERT_EQUAL(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static const char *ask(const struct httpd *server, const char *request, char *out, size_t size)
{
    int fd = dial(server);

    say(fd, request);
    drain(fd, out, size);
    close(fd);
    return out;
}

#define TAIL " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"

static void a_request_reaches_its_route(void)
{
    static const struct {
        const char *request, *status, *body;
    } rows[] = {
        {"GET /?q=a%20b&Q=z" TAIL "x-case: 7\r\n\r\n", "200", "GET / int=0 text= q=a b h=7 body="},
        {"GET /?q" TAIL "\r\n", "200", "GET / int=0 text= q= h=none body="},
        {"HEAD /" TAIL "\r\n", "200", NULL},
        {"GET /u/42" TAIL "\r\n", "200", "GET /u/42 int=42 text= q=none h=none body="},
        {"GET /u/42/k/a%20b" TAIL "\r\n", "200", "GET /u/42/k/a b int=42 text=a b q=none h=none body="},
        {"POST /u/1" TAIL "Content-Length: 3\r\n\r\nabc", "200",
         "POST /u/1 int=1 text= q=none h=none body=abc"},
        {"POST /u/1" TAIL "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "200",
         "POST /u/1 int=1 text= q=none h=none body=abc"},
        {"DELETE /u/1" TAIL "\r\n", "405", NULL},
        {"GET /u/x" TAIL "\r\n", "404", NULL},
        {"GET /u/0x10" TAIL "\r\n", "404", NULL},
        {"GET /u/-1" TAIL "\r\n", "404", NULL},
        {"GET /u/99999999999999999999" TAIL "\r\n", "404", NULL},
        {"GET /u/1/" TAIL "\r\n", "404", NULL},
        {"GET /u/1/k/" TAIL "\r\n", "404", NULL},
        {"GET //" TAIL "\r\n", "404", NULL},
        {"GET /flood" TAIL "\r\n", "500", NULL},
    };
    struct httpd *server = start();
    char out[8000];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ask(server, rows[i].request, out, sizeof(out));
        CU_ASSERT_EQUAL(strncmp(out, "HTTP/1.1 ", 9), 0);
        CU_ASSERT_EQUAL(strncmp(out + 9, rows[i].status, 3), 0);
        const char *body = strstr(out, "\r\n\r\n");
        CU_ASSERT_PTR_NOT_NULL_FATAL(body);
        CU_ASSERT_STRING_EQUAL(body + 4, rows[i].body ? rows[i].body : "");
    }
    CU_ASSERT_PTR_NOT_NULL(
        strstr(ask(server, "GET /" TAIL "\r\n", out, sizeof(out)), "X-Peer: 127.0.0.1\r\n"));
    httpd_stop(server);
}

static void an_announced_body_over_the_ceiling_is_413_before_it_comes(void)
{
    struct httpd *server = start();
    char out[1000];

    /* nothing of the body is ever sent */
    ask(server, "POST /u/1" TAIL "Content-Length: 1001\r\n\r\n", out, sizeof(out));
    CU_ASSERT_EQUAL(strncmp(out, "HTTP/1.1 413", 12), 0);
    ask(server, "POST /u/1" TAIL "Content-Length: 99999999999999999\r\nExpect: 100-continue\r\n\r\n", out,
        sizeof(out));
    CU_ASSERT_EQUAL(strncmp(out, "HTTP/1.1 413", 12), 0);
    httpd_stop(server);
}

static void who_is_not_admitted_sends_no_body(void)
{
    struct httpd *server = start_with(polite, 1);
    char out[1000];

    /* nothing of the body is ever sent */
    ask(server, "POST /u/1" TAIL "Content-Length: 900\r\n\r\n", out, sizeof(out));
    CU_ASSERT_EQUAL(strncmp(out, "HTTP/1.1 401", 12), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "\r\n\r\nsay please"));
    ask(server, "GET /none" TAIL "\r\n", out, sizeof(out));
    CU_ASSERT_EQUAL(strncmp(out, "HTTP/1.1 401", 12), 0);
    ask(server, "POST /u/1" TAIL "X-Please: 1\r\nContent-Length: 3\r\n\r\nabc", out, sizeof(out));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "body=abc"));
    httpd_stop(server);
}

static void a_body_that_hides_its_size_is_cut_off(void)
{
    struct httpd *server = start();
    char out[1000], request[3000];
    int n = snprintf(request, sizeof(request),
                     "POST /u/1" TAIL "Transfer-Encoding: chunked\r\n\r\n7d0\r\n%02000d\r\n0\r\n\r\n", 0);

    CU_ASSERT(n > 2000);
    ask(server, request, out, sizeof(out));
    CU_ASSERT_PTR_NULL(strstr(out, " 200 "));
    httpd_stop(server);
}

static void a_dropped_connection_gets_no_byte(void)
{
    struct httpd *server = start();
    char out[1000];

    CU_ASSERT_STRING_EQUAL(ask(server, "GET /drop" TAIL "\r\n", out, sizeof(out)), "");
    httpd_stop(server);
}

static void a_byte_now_and_then_does_not_keep_a_connection(void)
{
    struct httpd *server = start();
    int64_t began = clock_ms();
    int fd = dial(server);
    bool ended = false;

    while (!ended && clock_ms() - began < 4500) {
        char byte;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        send(fd, "A", 1, MSG_NOSIGNAL);
        ended = poll(&p, 1, 200) > 0 && recv(fd, &byte, 1, 0) <= 0;
    }
    CU_ASSERT(ended);
    CU_ASSERT(clock_ms() - began >= 900);
    close(fd);
    httpd_stop(server);
}

static void a_stop_ends_what_hangs_and_a_hanging_one_keeps_nobody_waiting(void)
{
    struct httpd *server = start();
    char out[1000];
    int64_t began = clock_ms();
    int fd = dial(server), idle = dial(server);

    CU_ASSERT(send(fd, "GET /hang" TAIL "\r\n", 45, MSG_NOSIGNAL) > 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(ask(server, "GET /" TAIL "\r\n", out, sizeof(out)), " 200 "));
    httpd_stop(server);
    CU_ASSERT(clock_ms() - began < 3000);
    close(fd);
    close(idle);
}

/* The 31st is served, and the one that has waited longest goes: not the last that one is waiting for. */
static void over_a_sources_share_the_one_that_waited_longest_goes(void)
{
    struct httpd *server = start_patient();
    int fds[31];
    char out[1000];

    for (size_t i = 0; i < 31; i++, poll(NULL, 0, i == 1 ? 20 : 0))
        fds[i] = dial(server);
    CU_ASSERT_EQUAL(drain(fds[0], out, sizeof(out)), 0);
    CU_ASSERT_EQUAL(recv(fds[1], out, 1, MSG_DONTWAIT), -1);
    say(fds[30], "GET /" TAIL "\r\n");
    drain(fds[30], out, sizeof(out));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, " 200 "));
    for (size_t i = 0; i < 31; i++)
        close(fds[i]);
    httpd_stop(server);
}

/* 127.0.0.16 to 31 hold all but a place; 127.0.0.1, of another network, comes last and finds one. */
static void over_all_the_network_with_most_gives(void)
{
    struct httpd *server = start_patient();
    int fds[60];
    char out[1000];

    for (int i = 0; i < 60; i++)
        fds[i] = dial_from(server, 0x7F000010 + (uint32_t)i % 16);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(ask(server, "GET /" TAIL "\r\n", out, sizeof(out)), " 200 "));
    for (int i = 0; i < 60; i++)
        close(fds[i]);
    httpd_stop(server);
}

/* Those that are answered keep their places. */
static void when_all_are_being_answered_the_newcomer_goes(void)
{
    struct httpd *server = start_patient();
    int fds[30];
    char out[1000];

    hanging = 0;
    for (int i = 0; i < 30; i++) {
        fds[i] = dial(server);
        say(fds[i], "GET /hang" TAIL "\r\n");
    }
    for (int64_t until = clock_ms() + 5000; hanging < 30 && clock_ms() < until;)
        poll(NULL, 0, 1);
    CU_ASSERT_EQUAL(hanging, 30);
    int fd = dial(server);
    drain(fd, out, sizeof(out));
    close(fd);
    CU_ASSERT_STRING_EQUAL(out, "");
    for (int i = 0; i < 30; i++) {
        CU_ASSERT_EQUAL(recv(fds[i], out, 1, MSG_DONTWAIT), -1);
        close(fds[i]);
    }
    httpd_stop(server);
}

static void a_port_in_use_and_a_name_are_refused(void)
{
    struct httpd *server = start(), *second = NULL;
    struct httpd_options options = {.port = httpd_port(server), .miss = miss};
    struct err err = {0};

    CU_ASSERT_EQUAL(httpd_start(&second, &options, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "in use"));
    options.listen = "localhost";
    CU_ASSERT_EQUAL(httpd_start(&second, &options, &err), ST_USAGE);
    CU_ASSERT_PTR_NULL(second);
    httpd_stop(server);
}

static const struct unit_case cases[] = {
    {"a_request_reaches_its_route", a_request_reaches_its_route},
    {"who_is_not_admitted_sends_no_body", who_is_not_admitted_sends_no_body},
    {"an_announced_body_over_the_ceiling_is_413_before_it_comes",
     an_announced_body_over_the_ceiling_is_413_before_it_comes},
    {"a_body_that_hides_its_size_is_cut_off", a_body_that_hides_its_size_is_cut_off},
    {"a_dropped_connection_gets_no_byte", a_dropped_connection_gets_no_byte},
    {"a_byte_now_and_then_does_not_keep_a_connection", a_byte_now_and_then_does_not_keep_a_connection},
    {"a_stop_ends_what_hangs_and_a_hanging_one_keeps_nobody_waiting",
     a_stop_ends_what_hangs_and_a_hanging_one_keeps_nobody_waiting},
    {"over_a_sources_share_the_one_that_waited_longest_goes",
     over_a_sources_share_the_one_that_waited_longest_goes},
    {"over_all_the_network_with_most_gives", over_all_the_network_with_most_gives},
    {"when_all_are_being_answered_the_newcomer_goes", when_all_are_being_answered_the_newcomer_goes},
    {"a_port_in_use_and_a_name_are_refused", a_port_in_use_and_a_name_are_refused},
};
UNIT_GROUP(httpd_cases, cases);
