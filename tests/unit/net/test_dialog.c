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
#include "net/dialog.h"

enum { BIG = 16000 };

struct rig {
    uv_loop_t loop;
    struct limit limit;
    struct dialog_server *server;
    struct dialog *waiting;
    uint16_t port;
    int opened, closed, lines;
};

static const struct net_range LOOPBACK = {0x7F000000, 0xFF000000};

static enum dialog_next on_line(void *context, struct dialog *dialog, const char *line, size_t length,
                                struct buf *answer)
{
    struct rig *rig = context;
    int *n = dialog_state(dialog);

    rig->lines++;
    if (length == 4 && memcmp(line, "wait", 4) == 0) {
        rig->waiting = dialog;
        return DIALOG_WAIT;
    }
    if (length == 3 && memcmp(line, "big", 3) == 0) {
        while (answer->len < BIG)
            buf_printf(answer, "%07d;", rig->lines);
        return DIALOG_MORE;
    }
    buf_printf(answer, "%d:%.*s;", ++*n, length > 20 ? 0 : (int)length, line);
    return length == 3 && memcmp(line, "end", 3) == 0 ? DIALOG_END : DIALOG_MORE;
}

static void on_opened(void *context, struct dialog *dialog, struct buf *answer)
{
    (void)dialog;
    ((struct rig *)context)->opened++;
    buf_puts(answer, "hi;");
}

static void on_closed(void *context, struct dialog *dialog)
{
    (void)dialog;
    ((struct rig *)context)->closed++;
}

static void on_busy(void *context, const char *why, size_t length, struct buf *answer)
{
    (void)context;
    buf_printf(answer, "busy: %.*s;", (int)length, why);
}

/* One student, at 127.0.7.7. */
static uint32_t students(void *context, ipaddr source)
{
    (void)context;
    return source == 0x7F000707;
}

static void rig_open_with(struct rig *rig, uint32_t max_total, uint32_t max_source, unsigned session_ms)
{
    struct err err;

    memset(rig, 0, sizeof(*rig));
    CU_ASSERT_FATAL(uv_loop_init(&rig->loop) == 0);
    CU_ASSERT_FATAL(limit_init(&rig->limit, max_total, max_source));
    struct dialog_options options = {
        .place = {.address = INADDR_LOOPBACK, .sources = &LOOPBACK, .n_sources = 1},
        .limit = &rig->limit,
        .what = "the room",
        .students = students,
        .state_bytes = sizeof(int),
        .silence_ms = 100,
        .read_ms = 300,
        .session_ms = session_ms,
        .drain_ms = 200,
        .opened = on_opened,
        .busy = on_busy,
        .closed = on_closed,
        .line = on_line,
        .context = rig};
    for (uint16_t port = 21200; port < 21300 && !rig->server; port++) {
        options.place.port = rig->port = port;
        dialog_open(&rig->server, &rig->loop, &options, &err);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig->server);
}

static void rig_open_for(struct rig *rig, uint32_t max_source, unsigned session_ms)
{
    rig_open_with(rig, 100, max_source, session_ms);
}

static void rig_open(struct rig *rig, uint32_t max_source)
{
    rig_open_for(rig, max_source, 700);
}

static void rig_close(struct rig *rig)
{
    dialog_stop(rig->server);
    CU_ASSERT_EQUAL(uv_run(&rig->loop, UV_RUN_DEFAULT), 0);
    CU_ASSERT_EQUAL(rig->limit.total, 0);
    CU_ASSERT_EQUAL(rig->opened, rig->closed);
    CU_ASSERT_EQUAL(uv_loop_close(&rig->loop), 0);
    limit_done(&rig->limit);
}

static int rig_connect_from(const struct rig *rig, ipaddr source)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in addr = net_name_of(INADDR_LOOPBACK, rig->port).four,
                       from = net_name_of(source, 0).four;

    CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);

    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
    return fd;
}

static int rig_connect(const struct rig *rig)
{
    return rig_connect_from(rig, INADDR_LOOPBACK);
}

/* Turns the loop until the server's FIN has come, or the time is over; out: all that was sent. Returns how
 * long it took, -1 when no FIN came. */
static int64_t hear(struct rig *rig, int fd, int64_t ms, char out[400])
{
    int64_t begin = clock_ms();
    size_t n = 0;

    while (clock_ms() - begin < ms) {
        uv_run(&rig->loop, UV_RUN_NOWAIT);
        ssize_t got = recv(fd, out + n, 399 - n, MSG_DONTWAIT);
        out[n += got > 0 ? (size_t)got : 0] = '\0';
        if (got == 0)
            return clock_ms() - begin;
        if (got < 0)
            poll(NULL, 0, 1);
    }
    out[n] = '\0';
    return -1;
}

static void lines_end_as_they_should(void)
{
    static const struct {
        const char *sent;
        bool shut;
        const char *heard;
        int64_t at_least_ms;
    } rows[] = {
        {"a\nb\r\nend\nc\n", false, "hi;1:a;2:b\r;3:end;", 0},
        {"a\nb", true, "hi;1:a;2:b;", 0},
        {"", true, "hi;", 0},
        {"\n", true, "hi;1:;", 0},
        {"end", false, "hi;1:end;", 100},
        {"a\n", false, "hi;1:a;", 300},
        {"", false, "hi;", 300},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;
        char heard[400];
        rig_open(&rig, 10);
        int fd = rig_connect(&rig);
        CU_ASSERT(send(fd, rows[i].sent, strlen(rows[i].sent), MSG_NOSIGNAL) >= 0);
        if (rows[i].shut)
            shutdown(fd, SHUT_WR);
        int64_t took = hear(&rig, fd, 2000, heard);
        CU_ASSERT_STRING_EQUAL(heard, rows[i].heard);
        CU_ASSERT(took >= rows[i].at_least_ms);
        close(fd);
        rig_close(&rig);
    }
}

static void bytes_that_trickle_are_cut_at_the_sessions_end(void)
{
    struct rig rig;
    char heard[400];
    int64_t begin = clock_ms();
    bool ended = false;

    rig_open(&rig, 10);
    int fd = rig_connect(&rig);
    while (!ended && clock_ms() - begin < 10000)
        ended = hear(&rig, fd, 60, heard) >= 0 || send(fd, "x", 1, MSG_NOSIGNAL) < 0;
    CU_ASSERT(ended && clock_ms() - begin >= 650);
    close(fd);
    rig_close(&rig);
}

static void a_line_without_an_end_is_the_last(void)
{
    static char full[3000];
    struct rig rig;
    char heard[400];

    memset(full, 'x', sizeof(full));
    rig_open(&rig, 10);
    int fd = rig_connect(&rig);
    CU_ASSERT_EQUAL(send(fd, full, sizeof(full), MSG_NOSIGNAL), (ssize_t)sizeof(full));
    CU_ASSERT(hear(&rig, fd, 2000, heard) >= 0);
    CU_ASSERT_STRING_EQUAL(heard, "hi;1:;");
    close(fd);
    rig_close(&rig);
}

/* A connection closed at once would answer the first of these bytes with a reset, which can overtake what was
 * said last. */
static void what_comes_after_the_last_answer_is_read_and_not_reset(void)
{
    struct rig rig;
    char heard[400];

    rig_open(&rig, 10);
    int fd = rig_connect(&rig);
    CU_ASSERT_EQUAL(send(fd, "end\n", 4, MSG_NOSIGNAL), 4);
    CU_ASSERT(hear(&rig, fd, 1000, heard) >= 0);
    CU_ASSERT_STRING_EQUAL(heard, "hi;1:end;");
    for (int i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(send(fd, "x", 1, MSG_NOSIGNAL), 1);
        uv_run(&rig.loop, UV_RUN_NOWAIT);
        CU_ASSERT_EQUAL(recv(fd, heard, 1, MSG_DONTWAIT), 0);
    }
    CU_ASSERT_EQUAL(rig.limit.total, 1);
    for (int64_t begin = clock_ms(); rig.limit.total && clock_ms() - begin < 2000; poll(NULL, 0, 1))
        uv_run(&rig.loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL(rig.limit.total, 0);
    close(fd);
    rig_close(&rig);
}

static void nothing_is_answered_while_one_waits(void)
{
    struct rig rig;
    char heard[400];
    struct buf text;

    rig_open(&rig, 10);
    int fd = rig_connect(&rig);
    CU_ASSERT_EQUAL(send(fd, "wait\nb\n", 7, MSG_NOSIGNAL), 7);
    shutdown(fd, SHUT_WR);
    CU_ASSERT(hear(&rig, fd, 100, heard) < 0);
    CU_ASSERT_STRING_EQUAL(heard, "hi;");
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig.waiting);
    buf_init(&text, 100);
    buf_puts(&text, "now;");
    dialog_resume(rig.waiting, &text);
    buf_free(&text);
    CU_ASSERT(hear(&rig, fd, 1000, heard) >= 0);
    CU_ASSERT_STRING_EQUAL(heard, "now;1:b;");
    close(fd);
    rig_close(&rig);
}

/* Asked for 400 large answers, a peer that reads none gets what fits into the sockets' buffers, and the rest,
 * in order and whole, once he reads. */
static void who_never_reads_is_answered_no_more_until_he_does(void)
{
    static char ask[400 * 4 + 1];
    struct rig rig;
    char got[8192], want[9];
    int bytes = 1 << 18, lines = -1, wrong = 0;

    for (size_t i = 0; i + 1 < sizeof(ask); i += 4)
        memcpy(ask + i, "big\n", 4);
    rig_open_for(&rig, 10, 20000);
    int fd = rig_connect(&rig);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    CU_ASSERT_EQUAL(send(fd, ask, sizeof(ask) - 1, MSG_NOSIGNAL), (ssize_t)sizeof(ask) - 1);
    shutdown(fd, SHUT_WR);
    for (int still = 0; still < 30; still = lines == rig.lines ? still + 1 : 0, poll(NULL, 0, 1)) {
        lines = rig.lines;
        uv_run(&rig.loop, UV_RUN_NOWAIT);
    }
    CU_ASSERT(lines > 0 && lines < 400);
    CU_ASSERT_EQUAL(rig.limit.total, 1);
    CU_ASSERT_EQUAL(recv(fd, got, 3, 0), 3);
    size_t read = 0;
    ssize_t n = -1;
    for (int64_t begin = clock_ms(); n && clock_ms() - begin < 10000;) {
        uv_run(&rig.loop, UV_RUN_NOWAIT);
        n = recv(fd, got, sizeof(got), MSG_DONTWAIT);
        for (ssize_t i = 0; i < n; i++, read++) {
            if (read % 8 == 0)
                snprintf(want, sizeof(want), "%07d;", (int)(read / BIG) + 1);
            wrong += got[i] != want[read % 8];
        }
    }
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_EQUAL(read, 400 * BIG);
    CU_ASSERT_EQUAL(wrong, 0);
    close(fd);
    rig_close(&rig);
}

static void more_than_a_sources_share_are_told_so(void)
{
    struct rig rig;
    char heard[400];

    rig_open(&rig, 1);
    int first = rig_connect(&rig), second = rig_connect(&rig);
    CU_ASSERT(hear(&rig, second, 250, heard) >= 0);
    CU_ASSERT_STRING_EQUAL(heard, "busy: too many connections at once from your address; close some first;");
    close(second);
    close(first);
    for (int i = 0; i < 100 && rig.limit.total; i++, poll(NULL, 0, 1))
        uv_run(&rig.loop, UV_RUN_NOWAIT);
    int third = rig_connect(&rig);
    CU_ASSERT(hear(&rig, third, 100, heard) < 0);
    CU_ASSERT_STRING_EQUAL(heard, "hi;");
    close(third);
    rig_close(&rig);
}

static void who_sends_thousands_of_lines_keeps_nobody_waiting(void)
{
    static char many[1200];
    struct rig rig;
    char heard[400];

    for (size_t i = 0; i < sizeof(many); i++)
        many[i] = i % 2 ? '\n' : 'x';
    rig_open(&rig, 10);
    int flood = rig_connect(&rig), one = rig_connect(&rig);
    CU_ASSERT_EQUAL(send(flood, many, sizeof(many), MSG_NOSIGNAL), (ssize_t)sizeof(many));
    CU_ASSERT_EQUAL(send(one, "end\n", 4, MSG_NOSIGNAL), 4);
    CU_ASSERT(hear(&rig, one, 2000, heard) >= 0);
    CU_ASSERT_STRING_EQUAL(heard, "hi;1:end;");
    /* by then the other has had a few turns of many, and none is lost in the end */
    int lines = rig.lines;
    CU_ASSERT(lines < 200);
    shutdown(flood, SHUT_WR);
    for (int64_t begin = clock_ms(); rig.closed < 2 && clock_ms() - begin < 5000;)
        hear(&rig, flood, 10, heard);
    CU_ASSERT_EQUAL(rig.lines, 601);
    close(one);
    close(flood);
    rig_close(&rig);
}

/* A full room: who goes, what he is told, and that the newcomer is heard. */
static void a_newcomer_gets_the_place_of_the_longest_silent_of_the_greediest(void)
{
    enum { ALL = 6 };
    struct rig rig;
    char heard[400];
    int fds[ALL];

    rig_open_with(&rig, ALL, 5, 20000);
    for (int i = 0; i < ALL; i++) {
        /* three of one network's first address, one of its second, one of another's, one of the roster */
        static const uint32_t from[ALL] = {0x7F000201, 0x7F000201, 0x7F000201,
                                           0x7F000202, 0x7F000301, 0x7F000707};
        fds[i] = rig_connect_from(&rig, from[i]);
        CU_ASSERT(hear(&rig, fds[i], 20, heard) < 0);
    }
    CU_ASSERT_EQUAL(send(fds[0], "a\n", 2, MSG_NOSIGNAL), 2); /* silent no more: the second is longest now */
    CU_ASSERT(hear(&rig, fds[0], 20, heard) < 0);
    int newcomer = rig_connect_from(&rig, 0x7F000401);
    CU_ASSERT(hear(&rig, newcomer, 50, heard) < 0);
    CU_ASSERT_STRING_EQUAL(heard, "hi;");
    CU_ASSERT(hear(&rig, fds[1], 50, heard) >= 0);
    CU_ASSERT_STRING_EQUAL(
        heard, "busy: the room is full (6 connections): yours was the longest idle of the network "
               "with most, 127.0.2.0/28;");
    int greedy = rig_connect_from(&rig, 0x7F000201);
    CU_ASSERT(hear(&rig, greedy, 50, heard) >= 0);
    CU_ASSERT_STRING_EQUAL(heard,
                           "busy: too many connections at once from your network (127.0.2.0/28), which holds "
                           "most of the 6 of the room; close some first;");
    CU_ASSERT_EQUAL(rig.limit.total, ALL);
    CU_ASSERT_EQUAL(rig.closed, 1);
    for (int i = 0; i < ALL; i++)
        close(fds[i]);
    close(newcomer);
    close(greedy);
    rig_close(&rig);
}

static const struct unit_case CASES[] = {
    {"lines_end_as_they_should", lines_end_as_they_should},
    {"bytes_that_trickle_are_cut_at_the_sessions_end", bytes_that_trickle_are_cut_at_the_sessions_end},
    {"a_line_without_an_end_is_the_last", a_line_without_an_end_is_the_last},
    {"what_comes_after_the_last_answer_is_read_and_not_reset",
     what_comes_after_the_last_answer_is_read_and_not_reset},
    {"nothing_is_answered_while_one_waits", nothing_is_answered_while_one_waits},
    {"who_never_reads_is_answered_no_more_until_he_does", who_never_reads_is_answered_no_more_until_he_does},
    {"more_than_a_sources_share_are_told_so", more_than_a_sources_share_are_told_so},
    {"a_newcomer_gets_the_place_of_the_longest_silent_of_the_greediest",
     a_newcomer_gets_the_place_of_the_longest_silent_of_the_greediest},
    {"who_sends_thousands_of_lines_keeps_nobody_waiting", who_sends_thousands_of_lines_keeps_nobody_waiting},
};
UNIT_GROUP(dialog_cases, CASES);
