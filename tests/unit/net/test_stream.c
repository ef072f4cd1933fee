/* A server on loopback and plain blocking sockets against it, the loop turned in between. */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/stream.h"

struct rig {
    uv_loop_t loop;
    struct limit limit;
    struct stream_server *server;
    uint16_t port;
    int calls;
    enum stream_end end;
    size_t length;
    char message[STREAM_MESSAGE_MAX + 1];
    struct net_peer peer;
    int quiet, more;
};

static const struct net_range LOOPBACK = {0x7F000000, 0xFF000000}, ELSEWHERE = {0x0A000000, 0xFF000000};

static enum stream_next on_message(void *context, struct stream *stream, const struct net_peer *peer,
                                   enum stream_end end, uint8_t *bytes, size_t length, struct buf *answer)
{
    struct rig *rig = context;

    (void)stream;
    rig->calls++;
    rig->end = end;
    rig->length = length;
    rig->peer = *peer;
    memcpy(rig->message, bytes, length);
    rig->message[length] = '\0';
    memset(bytes - 40, 0xEE, 40);
    if (end == STREAM_BUSY)
        buf_puts(answer, "busy\n");
    else
        buf_printf(answer, "%d bytes, end %d\n", (int)length, (int)end);
    return STREAM_LAST;
}

static void on_quiet(void *context, struct stream *stream)
{
    (void)stream;
    ((struct rig *)context)->quiet++;
}

static void on_more(void *context, struct stream *stream)
{
    (void)stream;
    ((struct rig *)context)->more++;
}

static void rig_open(struct rig *rig, const struct net_range *sources, uint32_t max_source)
{
    struct err err;

    memset(rig, 0, sizeof(*rig));
    CU_ASSERT_FATAL(uv_loop_init(&rig->loop) == 0);
    CU_ASSERT_FATAL(limit_init(&rig->limit, 100, max_source));
    struct stream_options options = {
        .place = {.address = INADDR_LOOPBACK, .sources = sources, .n_sources = 1},
        .limit = &rig->limit,
        .headroom = 40,
        .silence_ms = 100,
        .read_ms = 300,
        .exchange_ms = 700,
        .drain_ms = 200,
        .quiet_ms = 100,
        .quiet = on_quiet,
        .more = on_more,
        .message = on_message,
        .context = rig};
    for (uint16_t port = 21000; port < 21100 && !rig->server; port++) {
        options.place.port = rig->port = port;
        stream_open(&rig->server, &rig->loop, &options, &err);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig->server);
}

/* Turns the loop until `until` calls were made and nothing is held any more, or the time is over. */
static void rig_turn(struct rig *rig, int until, int64_t ms)
{
    int64_t end = clock_ms() + ms;

    while (clock_ms() < end && (rig->calls < until || rig->limit.total)) {
        uv_run(&rig->loop, UV_RUN_NOWAIT);
        poll(NULL, 0, 1);
    }
}

static void rig_close(struct rig *rig)
{
    stream_stop(rig->server);
    CU_ASSERT_EQUAL(uv_run(&rig->loop, UV_RUN_DEFAULT), 0);
    CU_ASSERT_EQUAL(rig->limit.total, 0);
    CU_ASSERT_EQUAL(uv_loop_close(&rig->loop), 0);
    limit_done(&rig->limit);
}

static int rig_connect(const struct rig *rig)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in addr = net_name_of(INADDR_LOOPBACK, rig->port).four;

    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
    return fd;
}

/* What the server sent until its FIN; "RESET" after a reset, "" when it is still open. */
static const char *answer_of(int fd, char out[200])
{
    size_t n = 0;

    for (;;) {
        ssize_t got = recv(fd, out + n, 199 - n, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN)
            return "";
        if (got < 0)
            return "RESET";
        if (got == 0)
            break;
        n += (size_t)got;
    }
    out[n] = '\0';
    return out;
}

static void a_message_ends_as_it_should(void)
{
    static char full[5000];
    memset(full, 'x', sizeof(full));
    static const struct {
        const char *text;
        size_t length; /* 0: strlen */
        bool half_close;
        enum stream_end end;
        const char *message;
        int flags;
    } rows[] = {
        {"bob\n", 0, false, STREAM_NEWLINE, "bob\n", 0},
        {"bob\neve\n", 0, false, STREAM_NEWLINE, "bob\neve\n", 0}, /* not bob's alone */
        {"bob\r\n\r\n", 0, false, STREAM_NEWLINE, "bob\r\n", 0},
        {"\n", 0, false, STREAM_NEWLINE, "\n", 0},
        {"bob", 0, true, STREAM_HALF_CLOSE, "bob", 0},
        {"bob", 0, false, STREAM_SILENCE, "bob", 0},
        {"bob", 0, false, STREAM_SILENCE, "bob", MSG_OOB}, /* as send(text, len(text)) may send it */
        {"bob\n", 0, false, STREAM_NEWLINE, "bob\n", MSG_OOB},
        {full, sizeof(full), false, STREAM_FULL, NULL, 0},
        {full, STREAM_MESSAGE_MAX, false, STREAM_FULL, NULL, 0},
        {full, STREAM_MESSAGE_MAX - 1, true, STREAM_HALF_CLOSE, NULL, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t length = rows[i].length ? rows[i].length : strlen(rows[i].text);
        struct rig rig;
        char out[200], expected[200];
        rig_open(&rig, &LOOPBACK, 10);
        int fd = rig_connect(&rig);
        CU_ASSERT_EQUAL(send(fd, rows[i].text, length, rows[i].flags), (ssize_t)length);
        if (rows[i].half_close)
            shutdown(fd, SHUT_WR);
        rig_turn(&rig, 1, 2000);
        CU_ASSERT_EQUAL(rig.calls, 1);
        CU_ASSERT_EQUAL(rig.end, rows[i].end);
        if (rows[i].message)
            CU_ASSERT_STRING_EQUAL(rig.message, rows[i].message);
        snprintf(expected, sizeof(expected), "%d bytes, end %d\n", (int)rig.length, (int)rows[i].end);
        CU_ASSERT_STRING_EQUAL(answer_of(fd, out), expected);
        close(fd);
        rig_close(&rig);
    }
}

static void two_segments_are_one_message(void)
{
    struct rig rig;

    rig_open(&rig, &LOOPBACK, 10);
    int fd = rig_connect(&rig);
    CU_ASSERT_EQUAL(send(fd, "bo", 2, 0), 2);
    rig_turn(&rig, 1, 50);
    CU_ASSERT_EQUAL(rig.calls, 0);
    CU_ASSERT_EQUAL(send(fd, "b2", 2, 0), 2);
    rig_turn(&rig, 1, 2000);
    CU_ASSERT_EQUAL(rig.calls, 1);
    CU_ASSERT_STRING_EQUAL(rig.message, "bob2");
    close(fd);
    rig_close(&rig);
}

static void who_never_sends_is_told_and_closed(void)
{
    struct rig rig;
    char out[200];

    rig_open(&rig, &LOOPBACK, 10);
    int fd = rig_connect(&rig);
    rig_turn(&rig, 1, 2000);
    CU_ASSERT_EQUAL(rig.calls, 1);
    CU_ASSERT_EQUAL(rig.end, STREAM_LATE);
    CU_ASSERT_STRING_EQUAL(answer_of(fd, out), "0 bytes, end 4\n");
    close(fd);
    rig_close(&rig);
}

static void who_trickles_past_the_deadline_is_not_judged(void)
{
    struct rig rig;

    rig_open(&rig, &LOOPBACK, 10);
    int fd = rig_connect(&rig);
    for (int i = 0; i < 60 && !rig.calls; i++) {
        CU_ASSERT_EQUAL(send(fd, "x", 1, MSG_NOSIGNAL), 1);
        rig_turn(&rig, 1, 30);
    }
    CU_ASSERT_EQUAL(rig.calls, 1);
    CU_ASSERT_EQUAL(rig.end, STREAM_LATE);
    CU_ASSERT_EQUAL(rig.length, 0);
    close(fd);
    rig_close(&rig);
}

static void who_resets_or_only_knocks_gives_his_place_back(void)
{
    struct linger now = {1, 0};
    struct rig rig;

    rig_open(&rig, &LOOPBACK, 2);
    for (int i = 0; i < 6; i++) {
        int fd = rig_connect(&rig);
        if (i % 3)
            CU_ASSERT_EQUAL(send(fd, "bo", 2, 0), 2);
        rig_turn(&rig, 1, 10);
        if (i % 2)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        close(fd);
        rig_turn(&rig, 0, 1000);
        CU_ASSERT_EQUAL(rig.limit.total, 0);
    }
    rig_close(&rig);
}

static void the_third_of_two_is_turned_away_and_the_next_served(void)
{
    struct rig rig;
    int fds[3];
    char out[200];

    rig_open(&rig, &LOOPBACK, 2);
    for (int i = 0; i < 3; i++)
        fds[i] = rig_connect(&rig);
    rig_turn(&rig, 1, 100);
    CU_ASSERT_EQUAL(rig.calls, 1);
    CU_ASSERT_EQUAL(rig.end, STREAM_BUSY);
    CU_ASSERT_STRING_EQUAL(rig.message, "too many connections at once from your address; close some first");
    CU_ASSERT_STRING_EQUAL(answer_of(fds[2], out), "busy\n");
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    rig_turn(&rig, 3, 1000); /* the other two ended without a byte */
    CU_ASSERT_EQUAL(rig.end, STREAM_HALF_CLOSE);
    CU_ASSERT_EQUAL(rig.length, 0);
    int fd = rig_connect(&rig);
    CU_ASSERT_EQUAL(send(fd, "bob\n", 4, 0), 4);
    rig_turn(&rig, 4, 1000);
    CU_ASSERT_EQUAL(rig.end, STREAM_NEWLINE);
    CU_ASSERT_EQUAL(stream_counted(rig.server).busy, 1);
    close(fd);
    rig_close(&rig);
}

static void an_end_without_a_byte_is_a_message_of_none(void)
{
    struct rig rig;
    char out[200];

    rig_open(&rig, &LOOPBACK, 10);
    int fd = rig_connect(&rig);
    shutdown(fd, SHUT_WR);
    rig_turn(&rig, 1, 1000);
    CU_ASSERT_EQUAL(rig.end, STREAM_HALF_CLOSE);
    CU_ASSERT_STRING_EQUAL(answer_of(fd, out), "0 bytes, end 1\n");
    close(fd);
    rig_close(&rig);
}

static void what_is_not_there_yet_and_what_comes_behind_is_told_once(void)
{
    struct rig rig;

    rig_open(&rig, &LOOPBACK, 10);
    int silent = rig_connect(&rig);
    rig_turn(&rig, 1, 1000); /* read_ms: late */
    CU_ASSERT_EQUAL(rig.end, STREAM_LATE);
    CU_ASSERT_EQUAL(rig.quiet, 1);
    close(silent);
    int fd = rig_connect(&rig);
    CU_ASSERT_EQUAL(send(fd, "bo", 2, 0), 2);
    rig_turn(&rig, 2, 150);
    CU_ASSERT_EQUAL(rig.end, STREAM_SILENCE);
    CU_ASSERT_EQUAL(rig.more, 0);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(send(fd, "b", 1, 0), 1);
        rig_turn(&rig, 3, 20);
    }
    CU_ASSERT_EQUAL(rig.more, 1);
    CU_ASSERT_EQUAL(rig.quiet, 1);
    CU_ASSERT_EQUAL(rig.calls, 2);
    close(fd);
    rig_close(&rig);
}

/* As root the kernel says nothing; without CAP_NET_ADMIN it may shake hands, and the server hangs up. */
static void a_source_from_elsewhere_gets_not_a_byte(void)
{
    struct rig rig;
    char byte;

    rig_open(&rig, &ELSEWHERE, 10);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in addr = net_name_of(INADDR_LOOPBACK, rig.port).four;
    CU_ASSERT_EQUAL(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), -1);
    rig_turn(&rig, 1, 300);
    CU_ASSERT_EQUAL(rig.calls, 0);
    CU_ASSERT_TRUE(recv(fd, &byte, 1, 0) <= 0);
    if (geteuid() == 0)
        CU_ASSERT_EQUAL(stream_counted(rig.server).accepted, 0);
    close(fd);
    rig_close(&rig);
}

static void a_port_in_use_is_named(void)
{
    struct rig rig;
    struct stream_server *second;
    struct err err = {0};
    char port[16];

    rig_open(&rig, &LOOPBACK, 10);
    struct stream_options options = {
        .place = {INADDR_LOOPBACK, rig.port, &LOOPBACK, 1, NULL}, .limit = &rig.limit, .message = on_message};
    CU_ASSERT_EQUAL(stream_open(&second, &rig.loop, &options, &err), ST_ENV);
    snprintf(port, sizeof(port), "%u/tcp", rig.port);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, port));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "in use"));
    rig_close(&rig);
}

static void stopping_judges_what_is_there_and_closes_the_rest(void)
{
    struct rig rig;
    char out[200];

    rig_open(&rig, &LOOPBACK, 10);
    int idle = rig_connect(&rig), busy = rig_connect(&rig);
    CU_ASSERT_EQUAL(send(busy, "bob", 3, 0), 3);
    rig_turn(&rig, 1, 50);
    CU_ASSERT_EQUAL(rig.calls, 0);
    rig_close(&rig);
    CU_ASSERT_EQUAL(rig.calls, 1);
    CU_ASSERT_STRING_EQUAL(answer_of(busy, out), "3 bytes, end 2\n");
    CU_ASSERT_EQUAL(recv(idle, out, 1, MSG_DONTWAIT), 0);
    close(idle);
    close(busy);
}

static const struct unit_case CASES[] = {
    {"a_message_ends_as_it_should", a_message_ends_as_it_should},
    {"two_segments_are_one_message", two_segments_are_one_message},
    {"who_never_sends_is_told_and_closed", who_never_sends_is_told_and_closed},
    {"who_trickles_past_the_deadline_is_not_judged", who_trickles_past_the_deadline_is_not_judged},
    {"who_resets_or_only_knocks_gives_his_place_back", who_resets_or_only_knocks_gives_his_place_back},
    {"the_third_of_two_is_turned_away_and_the_next_served",
     the_third_of_two_is_turned_away_and_the_next_served},
    {"an_end_without_a_byte_is_a_message_of_none", an_end_without_a_byte_is_a_message_of_none},
    {"what_is_not_there_yet_and_what_comes_behind_is_told_once",
     what_is_not_there_yet_and_what_comes_behind_is_told_once},
    {"a_source_from_elsewhere_gets_not_a_byte", a_source_from_elsewhere_gets_not_a_byte},
    {"a_port_in_use_is_named", a_port_in_use_is_named},
    {"stopping_judges_what_is_there_and_closes_the_rest", stopping_judges_what_is_there_and_closes_the_rest},
};
UNIT_GROUP(stream_cases, CASES);
