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

/* Answers with what came, "silent" with nothing; every third time first. */
static void on_message(void *context, const struct net_peer *peer, uint8_t *bytes, size_t length)
{
    struct rig *rig = context;

    rig->calls++;
    rig->bytes += length;
    memset(bytes - 40, 0xEE, 40);
    if (length < 100 && memcmp(bytes, "silent", length < 6 ? length : 6) != 0)
        datagram_answer(rig->server, peer, bytes, length, rig->calls % 3 == 0);
}

static int rig_open_at(struct rig *rig, const struct net_range *sources, ipaddr address)
{
    struct err err;

    memset(rig, 0, sizeof(*rig));
    CU_ASSERT_FATAL(uv_loop_init(&rig->loop) == 0);
    struct datagram_options options = {.place = {.address = address, .sources = sources, .n_sources = 1},
                                       .headroom = 40,
                                       .message = on_message,
                                       .context = rig};
    for (uint16_t port = 21100; port < 21200 && !rig->server; port++) {
        options.place.port = rig->port = port;
        datagram_open(&rig->server, &rig->loop, &options, &err);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig->server);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in addr = net_name_of(INADDR_LOOPBACK, rig->port).four;
    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
    return fd;
}

static int rig_open(struct rig *rig, const struct net_range *sources)
{
    return rig_open_at(rig, sources, INADDR_LOOPBACK);
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

/* A connected client hears no other address; each third answer goes out by the other socket. */
static void at_every_address_the_answer_comes_from_the_one_that_was_asked(void)
{
    struct rig rig;

    int fd = rig_open_at(&rig, &LOOPBACK, INADDR_ANY);
    for (uint32_t i = 0; i < 9; i++) {
        char got[16] = "";
        const int client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in to = net_name_of(INADDR_LOOPBACK + i, rig.port).four;
        struct sockaddr_in me = net_name_of(INADDR_LOOPBACK + 50, 0).four;
        CU_ASSERT_EQUAL(bind(client, (struct sockaddr *)&me, sizeof(me)), 0);
        CU_ASSERT_EQUAL(connect(client, (struct sockaddr *)&to, sizeof(to)), 0);
        CU_ASSERT_EQUAL(send(client, "hello", 5, 0), 5);
        rig_turn(&rig, (int)i + 1, 1000);
        CU_ASSERT_EQUAL(recv(client, got, sizeof(got), MSG_DONTWAIT), 5);
        close(client);
    }
    CU_ASSERT_EQUAL(datagram_counted(rig.server).answered, 9);
    rig_close(&rig, fd);
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

/* The socket that first answers leave by has the same address and port: the input must not be shared out. */
static void all_that_comes_is_read_by_one_socket(void)
{
    struct rig rig;
    struct err err;
    struct datagram_server *other;
    int fds[64];

    close(rig_open(&rig, &LOOPBACK));
    struct sockaddr_in addr = net_name_of(INADDR_LOOPBACK, rig.port).four;
    for (size_t i = 0; i < 64; i++) {
        fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        CU_ASSERT_EQUAL(sendto(fds[i], "hello", 5, 0, (struct sockaddr *)&addr, sizeof(addr)), 5);
    }
    rig_turn(&rig, 64, 2000);
    CU_ASSERT_EQUAL(rig.calls, 64);
    for (size_t i = 0; i < 64; i++) {
        char out[8];
        struct sockaddr_in from;
        socklen_t size = sizeof(from);
        CU_ASSERT_EQUAL(recvfrom(fds[i], out, 8, MSG_DONTWAIT, (struct sockaddr *)&from, &size), 5);
        CU_ASSERT_EQUAL(from.sin_port, addr.sin_port);
        close(fds[i]);
    }
    /* nor may another program's socket take it */
    int on = 1, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), -1);
    struct datagram_options options = {
        .place = {.address = INADDR_LOOPBACK, .port = rig.port, .sources = &LOOPBACK, .n_sources = 1},
        .message = on_message,
        .context = &rig};
    CU_ASSERT_EQUAL(datagram_open(&other, &rig.loop, &options, &err), ST_ENV);
    rig_close(&rig, fd);
}

static const struct unit_case CASES[] = {
    {"at_every_address_the_answer_comes_from_the_one_that_was_asked",
     at_every_address_the_answer_comes_from_the_one_that_was_asked},
    {"each_datagram_has_at_most_one_answer", each_datagram_has_at_most_one_answer},
    {"the_largest_and_the_empty_datagram_are_taken", the_largest_and_the_empty_datagram_are_taken},
    {"all_that_comes_is_read_by_one_socket", all_that_comes_is_read_by_one_socket},
    {"a_source_from_elsewhere_is_not_heard", a_source_from_elsewhere_is_not_heard},
};
UNIT_GROUP(datagram_cases, CASES);
