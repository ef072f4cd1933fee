/* wiregrade-sender TARGET: runs on the student's side of a range and sends what it is told to send. It knows
 * no challenge and no key. `wiregrade-sender --capture` instead writes what passes there to its output, as
 * pcap. */
#include "grader/verify/sender.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "grader/verify/capture.h"

static struct in_addr target;
static int raw = -1;

static bool read_all(int fd, void *out, size_t len)
{
    char *p = out;

    while (len) {
        ssize_t n = read(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* Reads until the peer ends or the deadline; returns the number of bytes. */
static size_t read_answer(int fd, char *out, int64_t deadline, bool once)
{
    size_t n = 0;

    while (n < SENDER_BYTES_MAX) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0)
            break;
        ssize_t got = recv(fd, out + n, SENDER_BYTES_MAX - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
        if (once)
            break;
    }
    return n;
}

static struct sockaddr_in address(struct in_addr at, uint16_t port)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = at};
}

static int listen_on(uint16_t port)
{
    struct sockaddr_in at = address((struct in_addr){0}, port);
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 16) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Listens before it sends, as a student does, and only as long: his own programs need the port too. */
static int send_packet(const struct sender_request *request, const char *bytes, char *out, uint16_t *length)
{
    struct sockaddr_in to = address(target, 0);
    int listener = request->port ? listen_on(request->port) : -1, error = 0;
    struct pollfd p = {.fd = listener, .events = POLLIN};

    if (raw < 0)
        raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (raw < 0 || (request->port && listener < 0) ||
        sendto(raw, bytes, request->length, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
        error = errno;
    if (!error && listener >= 0 && poll(&p, 1, request->wait_ms) > 0) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0) {
            *length = (uint16_t)read_answer(fd, out, clock_ms() + request->wait_ms, false);
            close(fd);
        }
    }
    if (listener >= 0)
        close(listener);
    return error;
}

static int exchange(const struct sender_request *request, const char *bytes, char *out, uint16_t *length)
{
    struct sockaddr_in to = address(target, request->port);
    struct sockaddr_in from = address((struct in_addr){htonl(request->source)}, 0);
    bool stream = request->op == SENDER_STREAM;
    int fd = socket(AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0), error = 0;
    const struct timeval limit = {.tv_sec = 2};

    if (fd < 0)
        return errno;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (bind(fd, (struct sockaddr *)&from, sizeof(from)) || connect(fd, (struct sockaddr *)&to, sizeof(to)) ||
        send(fd, bytes, request->length, MSG_NOSIGNAL) < 0)
        error = errno;
    else if (stream)
        shutdown(fd, SHUT_WR); /* the message ends here: no 200 ms of silence to wait for */
    if (!error && request->wait_ms)
        *length = (uint16_t)read_answer(fd, out, clock_ms() + request->wait_ms, !stream);
    close(fd);
    return error;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--capture") == 0)
        return capture_to(STDOUT_FILENO);
    if (argc != 2 || inet_pton(AF_INET, argv[1], &target) != 1)
        return ST_USAGE;
    for (;;) {
        struct sender_request request;
        struct sender_answer answer = {0};
        static char bytes[SENDER_BYTES_MAX], out[SENDER_BYTES_MAX];
        if (!read_all(STDIN_FILENO, &request, sizeof(request)))
            return ST_OK;
        if (request.length > sizeof(bytes) || !read_all(STDIN_FILENO, bytes, request.length))
            return ST_INPUT;
        int error = request.op == SENDER_PACKET ? send_packet(&request, bytes, out, &answer.length)
                                                : exchange(&request, bytes, out, &answer.length);
        answer.error = (uint16_t)error;
        if (write_all(STDOUT_FILENO, &answer, sizeof(answer)) || write_all(STDOUT_FILENO, out, answer.length))
            return ST_ENV;
    }
}
