#include "unit.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/datagram.h"

struct rig {
    uv_loop_t loop;
    struct datagram_server *server;
    uint16_t port;
    int calls;
    size_t bytes;
};

static const struct net_range LOOPBACK = {0x7F000000, 0xFF000000}, ELSEWHERE = {0x0A000000, 0xFF000000};

/* Answers with what came, "silent" with nothing. */
static void on_message(void *context, const struct net_peer *peer, uint8_t *bytes, size_t length,
                       struct buf *answer)
{
    struct rig *rig = context;

    (void)peer;
    rig->calls++;
    rig->bytes += length;
    memset(bytes - 40, 0xEE, 40);
    if (length < 100 && memcmp(bytes, "silent", length < 6 ? length : 6) != 0)
        buf_add(answer, bytes, length);
}

static int rig_open(struct rig *rig, const struct net_range *sources)
{
    struct err err;

    memset(rig, 0, sizeof(*rig));
    CU_ASSERT_FATAL(uv_loop_init(&rig->loop) == 0);
    struct datagram_options options = {
        .place = {.address = INADDR_LOOPBACK, .sources = sources, .n_sources = 1},
        .headroom = 40,
        .message = on_message,
        .context = rig};
    for (uint16_t port = 21100; port < 21200 && !rig->server; port++) {
        options.place.port = rig->port = port;
        datagram_open(&rig->server, &rig->loop, &options, &err);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig->server);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in addr = net_sockaddr(INADDR_LOOPBACK, rig->port);
    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
    return fd;
}

static void rig_turn(struct rig *rig, int until, int64_t ms)
{
    int64_t end = clock_ms() + ms;

    while (clock_ms() < end && rig->calls < until) {
        uv_run(&rig->loop, UV_RUN_NOWAIT);
        poll(NULL, 0, 1);
    }
}

static void rig_close(struct rig *rig, int fd)
{
    close(fd);
    datagram_stop(rig->server);
    CU_ASSERT_EQUAL(uv_run(&rig->loop, UV_RUN_DEFAULT), 0);
    CU_ASSERT_EQUAL(uv_loop_close(&rig->loop), 0);
}

static void each_datagram_has_at_most_one_answer(void)
{
    struct rig rig;
    char out[200];
    int fd = rig_open(&rig, &LOOPBACK), answers = 0;

    for (int i = 0; i < 50; i++) {
        CU_ASSERT_EQUAL(send(fd, i % 2 ? "silent" : "hello", i % 2 ? 6 : 5, 0), i % 2 ? 6 : 5);
    }
    rig_turn(&rig, 50, 2000);
    CU_ASSERT_EQUAL(rig.calls, 50);
    CU_ASSERT_EQUAL(rig.bytes, 25 * 11);
    for (ssize_t n; (n = recv(fd, out, sizeof(out), MSG_DONTWAIT)) >= 0; answers++)
        CU_ASSERT_TRUE(n == 5 && memcmp(out, "hello", 5) == 0);
    CU_ASSERT_EQUAL(answers, 25);
    CU_ASSERT_EQUAL(datagram_counted(rig.server).answered, 25);
    rig_close(&rig, fd);
}

static void the_largest_and_the_empty_datagram_are_taken(void)
{
    static char large[DATAGRAM_MAX];
    struct rig rig;
    int fd = rig_open(&rig, &LOOPBACK);

    CU_ASSERT_EQUAL(send(fd, large, sizeof(large), 0), (ssize_t)sizeof(large));
    CU_ASSERT_EQUAL(send(fd, large, 0, 0), 0);
    rig_turn(&rig, 2, 2000);
    CU_ASSERT_EQUAL(rig.calls, 2);
    CU_ASSERT_EQUAL(rig.bytes, sizeof(large));
    rig_close(&rig, fd);
}

static void a_source_from_elsewhere_is_not_heard(void)
{
    struct rig rig;
    int fd = rig_open(&rig, &ELSEWHERE);

    CU_ASSERT_EQUAL(send(fd, "hello", 5, 0), 5);
    rig_turn(&rig, 1, 100);
    CU_ASSERT_EQUAL(rig.calls, 0);
    rig_close(&rig, fd);
}

static const struct unit_case CASES[] = {
    {"each_datagram_has_at_most_one_answer", each_datagram_has_at_most_one_answer},
    {"the_largest_and_the_empty_datagram_are_taken", the_largest_and_the_empty_datagram_are_taken},
    {"a_source_from_elsewhere_is_not_heard", a_source_from_elsewhere_is_not_heard},
};
UNIT_GROUP(datagram_cases, CASES);
