/* A caller against plain sockets on loopback, the loop turned in between. */
#include "unit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/caller.h"

static void a_message_is_found_by_what_ends_it(void)
{
    static const struct {
        enum conn_until until;
        size_t bytes;
        bool eof;
        const char *text;
        size_t length; /* 0: it has not ended */
        enum conn_end end;
    } rows[] = {
        {CONN_UNTIL_ANY, 0, false, "a\nb", 2, CONN_NEWLINE},
        {CONN_UNTIL_ANY, 0, false, "ab", 0, CONN_HALF_CLOSE},
        {CONN_UNTIL_ANY, 0, true, "ab", 2, CONN_HALF_CLOSE},
        {CONN_UNTIL_NEWLINE, 0, false, "ab\n", 3, CONN_NEWLINE},
        {CONN_UNTIL_NEWLINE, 0, true, "ab", 2, CONN_HALF_CLOSE},
        {CONN_UNTIL_CLOSE, 0, false, "a\nb\n", 0, CONN_HALF_CLOSE},
        {CONN_UNTIL_CLOSE, 0, true, "a\nb\n", 4, CONN_HALF_CLOSE},
        {CONN_UNTIL_SILENCE, 0, false, "a\nb\n", 0, CONN_HALF_CLOSE},
        {CONN_UNTIL_LENGTH, 3, false, "a\n", 0, CONN_HALF_CLOSE},
        {CONN_UNTIL_LENGTH, 3, false, "a\nbc", 3, CONN_FULL},
        {CONN_UNTIL_LENGTH, 3, true, "ab", 2, CONN_HALF_CLOSE},
        {CONN_UNTIL_CLOSE, 0, false, "12345678", 8, CONN_FULL}, /* the ceiling */
        {CONN_UNTIL_ANY, 0, true, "", 0, CONN_HALF_CLOSE},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum conn_end end = CONN_BUSY;
        size_t n = conn_message_end(rows[i].until, rows[i].bytes, 8, rows[i].eof,
                                    (const uint8_t *)rows[i].text, strlen(rows[i].text), &end);
        CU_ASSERT_EQUAL(n, rows[i].length);
        CU_ASSERT_EQUAL(end, rows[i].end);
    }
}

struct rig {
    uv_loop_t loop;
    struct caller *caller;
    int listener, conn;
    int calls;
    enum caller_event event;
    char message[64];
};

static void on_event(void *context, enum caller_event event, enum conn_end end, uint8_t *bytes, size_t length)
{
    struct rig *rig = context;

    (void)end;
    rig->event = event;
    rig->calls++;
    memset(bytes - CALLER_HEADROOM, 0xEE, CALLER_HEADROOM);
    if (event == CALLER_READY) {
        CU_ASSERT_TRUE(caller_say(rig->caller, "word", 4));
        caller_expect(rig->caller, CONN_UNTIL_ANY, 0, 300);
    } else if (event == CALLER_MESSAGE) {
        memcpy(rig->message, bytes, length < 63 ? length : 63);
    }
}

static void open_rig(struct rig *rig, bool stream, bool listens)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(at);
    int code;

    memset(rig, 0, sizeof(*rig));
    rig->conn = -1;
    CU_ASSERT_FATAL(uv_loop_init(&rig->loop) == 0);
    rig->listener = socket(AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0);
    CU_ASSERT_EQUAL_FATAL(bind(rig->listener, (struct sockaddr *)&at, sizeof(at)), 0);
    getsockname(rig->listener, (struct sockaddr *)&at, &size);
    if (stream && listens)
        listen(rig->listener, 1);
    if (!listens) {
        close(rig->listener);
        rig->listener = -1;
    }
    const struct caller_options options = {.from = INADDR_LOOPBACK,
                                           .to = {INADDR_LOOPBACK, ntohs(at.sin_port)},
                                           .stream = stream,
                                           .event = on_event,
                                           .context = rig};
    rig->caller = caller_open(&rig->loop, &options, &code);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig->caller);
}

/* Turns the loop until so many events have come, or the time is over. */
static void turn(struct rig *rig, int calls, int64_t ms)
{
    int64_t end = clock_ms() + ms;

    while (clock_ms() < end && rig->calls < calls) {
        uv_run(&rig->loop, UV_RUN_NOWAIT);
        if (rig->conn < 0 && rig->listener >= 0)
            rig->conn = accept4(rig->listener, NULL, NULL, SOCK_NONBLOCK);
        poll(NULL, 0, 1);
    }
}

static void close_rig(struct rig *rig)
{
    caller_close(rig->caller);
    CU_ASSERT_EQUAL(uv_run(&rig->loop, UV_RUN_DEFAULT), 0);
    CU_ASSERT_EQUAL(uv_loop_close(&rig->loop), 0);
    if (rig->conn >= 0)
        close(rig->conn);
    if (rig->listener >= 0)
        close(rig->listener);
}

static void a_receiver_is_told_a_word_and_its_answer_heard(void)
{
    char got[16] = "";
    struct rig rig;

    open_rig(&rig, true, true);
    turn(&rig, 1, 2000);
    CU_ASSERT_EQUAL(rig.event, CALLER_READY);
    while (recv(rig.conn, got, sizeof(got) - 1, 0) < 0)
        turn(&rig, 2, 1);
    CU_ASSERT_STRING_EQUAL(got, "word");
    /* no half-close: the other side is still open for reading */
    CU_ASSERT_EQUAL(recv(rig.conn, got, 1, 0), -1);
    CU_ASSERT_EQUAL(send(rig.conn, "answer\nmore", 11, 0), 11);
    turn(&rig, 2, 2000);
    CU_ASSERT_EQUAL(rig.event, CALLER_MESSAGE);
    CU_ASSERT_STRING_EQUAL(rig.message, "answer\n");
    close_rig(&rig);
}

static void what_a_receiver_does_wrong_is_told_apart(void)
{
    struct rig rig;

    open_rig(&rig, true, false);
    turn(&rig, 1, 2000);
    CU_ASSERT_EQUAL(rig.event, CALLER_REFUSED);
    close_rig(&rig);

    open_rig(&rig, true, true);
    while (rig.conn < 0)
        turn(&rig, 1, 5);
    CU_ASSERT_EQUAL(send(rig.conn, "early", 5, 0), 5);
    turn(&rig, 1, 2000);
    CU_ASSERT_EQUAL(rig.event, CALLER_EARLY);
    close_rig(&rig);

    open_rig(&rig, true, true);
    turn(&rig, 2, 2000);
    CU_ASSERT_EQUAL(rig.event, CALLER_LATE);
    close_rig(&rig);

    open_rig(&rig, true, true);
    turn(&rig, 1, 2000);
    shutdown(rig.conn, SHUT_WR);
    turn(&rig, 2, 2000);
    CU_ASSERT_EQUAL(rig.event, CALLER_ENDED);
    close_rig(&rig);

    open_rig(&rig, true, true);
    turn(&rig, 1, 2000);
    CU_ASSERT_EQUAL(poll(&(struct pollfd){.fd = rig.conn, .events = POLLIN}, 1, 2000), 1);
    close(rig.conn); /* with the word unread */
    turn(&rig, 2, 2000);
    CU_ASSERT_EQUAL(rig.event, CALLER_RESET);
    rig.conn = -1;
    close_rig(&rig);

    open_rig(&rig, false, false);
    turn(&rig, 2, 2000);
    CU_ASSERT_EQUAL(rig.event, CALLER_REFUSED);
    close_rig(&rig);
}

/* A datagram from another socket than the one that was asked; then one from that. */
static void an_answer_from_another_port_is_told_or_made_good(void)
{
    for (int also = 0; also < 2; also++) {
        struct sockaddr_in from;
        socklen_t size = sizeof(from);
        char got[16];
        struct rig rig;

        open_rig(&rig, false, true);
        while (recvfrom(rig.listener, got, sizeof(got), MSG_DONTWAIT, (struct sockaddr *)&from, &size) < 0)
            turn(&rig, 2, 5);
        const int other = socket(AF_INET, SOCK_DGRAM, 0);
        CU_ASSERT_EQUAL(sendto(other, "answer", 6, 0, (struct sockaddr *)&from, size), 6);
        CU_ASSERT_EQUAL(getsockname(other, (struct sockaddr *)&from, &size), 0);
        turn(&rig, 2, 50);
        CU_ASSERT_EQUAL(rig.calls, 1);
        CU_ASSERT_EQUAL(caller_elsewhere(rig.caller), ntohs(from.sin_port));
        from.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        from.sin_port = htons(caller_port(rig.caller));
        if (also)
            CU_ASSERT_EQUAL(sendto(rig.listener, "right", 5, 0, (struct sockaddr *)&from, size), 5);
        turn(&rig, 2, 2000);
        CU_ASSERT_EQUAL(rig.event, also ? CALLER_MESSAGE : CALLER_ELSEWHERE);
        close(other);
        close_rig(&rig);
    }
}

static const struct unit_case CASES[] = {
    {"an_answer_from_another_port_is_told_or_made_good", an_answer_from_another_port_is_told_or_made_good},
    {"a_message_is_found_by_what_ends_it", a_message_is_found_by_what_ends_it},
    {"a_receiver_is_told_a_word_and_its_answer_heard", a_receiver_is_told_a_word_and_its_answer_heard},
    {"what_a_receiver_does_wrong_is_told_apart", what_a_receiver_does_wrong_is_told_apart},
};
UNIT_GROUP(caller_cases, CASES);
