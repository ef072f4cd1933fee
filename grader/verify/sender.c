/* wiregrade-sender IPV4-TARGET IPV6-TARGET [SOCKET]: runs on the student's side of a range and sends what it
 * is told to send. It knows no challenge and no key. `wiregrade-sender --capture` instead writes what passes
 * there to its output, as pcap. */
#include "grader/verify/sender.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "grader/verify/capture.h"

union name {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static ipaddr targets[2];      /* the IPv4 one, the IPv6 one */
static int raws[2] = {-1, -1}; /* the same */
static int link_socket = -1;
static const char *socket_file = ""; /* where streams and datagrams without a port go */

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

static union name name_of(bool six, ipaddr at, uint16_t port)
{
    union name name = {.six = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};

    if (six)
        ipaddr_store6(name.six.sin6_addr.s6_addr, at);
    else
        name.four = (struct sockaddr_in){
            .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl((uint32_t)at)};
    return name;
}

static socklen_t size_of(const union name *name)
{
    return name->any.sa_family == AF_INET6 ? sizeof(name->six) : sizeof(name->four);
}

static int listen_on(bool six, uint16_t port)
{
    const union name at = name_of(six, 0, port);
    const int on = 1;
    int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, &at.any, size_of(&at)) == 0 && listen(fd, 16) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool is6(const char *packet, size_t length)
{
    return length && (uint8_t)packet[0] >> 4 == 6;
}

static int put_packet(const char *bytes, size_t length)
{
    const bool six = is6(bytes, length);
    const union name to = name_of(six, targets[six], 0);
    int *raw = &raws[six];

    if (*raw < 0)
        *raw = socket(to.any.sa_family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    return *raw < 0 || sendto(*raw, bytes, length, 0, &to.any, size_of(&to)) < 0;
}

/* Out of the one interface that leads to the target. */
static int put_frame(const char *bytes, size_t length)
{
    enum { STATION = 6, ETH_SOURCE = 6, ARP_SOURCE = 22 };
    static const uint8_t placeholder[STATION] = {2, 0, 0, 0, 0, 0x28};
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex("eth0")};
    struct ifreq own = {.ifr_name = "eth0"};
    static char frame[SENDER_BYTES_MAX];

    if (link_socket < 0)
        link_socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (link_socket < 0 || ioctl(link_socket, SIOCGIFHWADDR, &own) < 0)
        return -1;
    memcpy(frame, bytes, length);
    for (size_t at = ETH_SOURCE; at <= ARP_SOURCE; at += ARP_SOURCE - ETH_SOURCE)
        if (at + STATION <= length && memcmp(frame + at, placeholder, STATION) == 0)
            memcpy(frame + at, own.ifr_hwaddr.sa_data, STATION);
    return sendto(link_socket, frame, length, 0, (struct sockaddr *)&to, sizeof(to)) < 0;
}

/* Listens before it sends, as a student does, and only as long: his own programs need the port too. */
static int send_packet(const struct sender_request *request, const char *bytes, char *out, uint16_t *length)
{
    const bool framed = request->op == SENDER_FRAME, six = !framed && is6(bytes, request->length);
    int listener = request->port ? listen_on(six, request->port) : -1, error = 0;
    struct pollfd p = {.fd = listener, .events = POLLIN};

    if ((request->port && listener < 0) ||
        (framed ? put_frame(bytes, request->length) : put_packet(bytes, request->length)))
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

/* What the target sends to where the packet came from, as it is on the wire. */
static size_t hear_packet(int fd, const char *sent, char *out, int64_t deadline)
{
    enum { SOURCE = 12, DESTINATION = 16, HEADER = 20 };
    const uint32_t target = htonl((uint32_t)targets[0]);

    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0)
            return 0;
        ssize_t n = recv(fd, out, SENDER_BYTES_MAX, 0);
        if (n >= HEADER && memcmp(out + SOURCE, &target, sizeof(target)) == 0 &&
            memcmp(out + DESTINATION, sent + SOURCE, sizeof(target)) == 0)
            return (size_t)n;
    }
}

static int ask(const struct sender_request *request, const char *bytes, char *out, uint16_t *length)
{
    enum { PROTOCOL = 9 };
    const struct sender_request alone = {.length = request->length};
    int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, (uint8_t)bytes[PROTOCOL]);
    uint16_t none = 0;

    if (fd < 0)
        return errno;
    int error = send_packet(&alone, bytes, out, &none);
    if (!error)
        *length = (uint16_t)hear_packet(fd, bytes, out, clock_ms() + request->wait_ms);
    close(fd);
    return error;
}

/* A stream is at its end where the target closes; a datagram's answer needs a name of ours. */
static int exchange_local(const struct sender_request *request, const char *bytes, char *out,
                          uint16_t *length)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX}, from = {.sun_family = AF_UNIX};
    const bool stream = request->op == SENDER_STREAM;
    int fd = socket(AF_UNIX, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0), error = 0;

    if (fd < 0)
        return errno;
    snprintf(to.sun_path, sizeof(to.sun_path), "%s", socket_file);
    snprintf(from.sun_path, sizeof(from.sun_path), "%.*s/reply/sender",
             (int)(strrchr(socket_file, '/') - socket_file), socket_file);
    if (!stream)
        unlink(from.sun_path);
    if ((!stream && bind(fd, (struct sockaddr *)&from, sizeof(from))) ||
        connect(fd, (struct sockaddr *)&to, sizeof(to)) || send(fd, bytes, request->length, MSG_NOSIGNAL) < 0)
        error = errno;
    else if (stream)
        shutdown(fd, SHUT_WR);
    if (!error && request->wait_ms)
        *length = (uint16_t)read_answer(fd, out, clock_ms() + request->wait_ms, !stream);
    close(fd);
    return error;
}

static int exchange(const struct sender_request *request, const char *bytes, char *out, uint16_t *length)
{
    const bool six = ipaddr_is6(request->source);
    const union name to = name_of(six, targets[six], request->port);
    const union name from = name_of(six, request->source, request->sport);
    bool stream = request->op == SENDER_STREAM;
    int fd = socket(to.any.sa_family, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0), error = 0;
    const struct timeval limit = {.tv_sec = 2};
    const int on = 1;

    if (fd < 0)
        return errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (bind(fd, &from.any, size_of(&from)) || connect(fd, &to.any, size_of(&to)) ||
        send(fd, bytes, request->length, MSG_NOSIGNAL) < 0)
        error = errno;
    else if (stream)
        shutdown(fd, SHUT_WR); /* the message ends here: no 200 ms of silence to wait for */
    if (!error && request->wait_ms)
        *length = (uint16_t)read_answer(fd, out, clock_ms() + request->wait_ms, !stream);
    close(fd);
    return error;
}

/* A conversation. */
static struct {
    int lines[2], listener;
    bool stream[2]; /* each line's transport; the listener's is line 1's */
} talk = {{-1, -1}, -1, {false, false}};

/* At once, with a reset where something is unread: the next try may come from the same port. */
static void close_line(int *fd)
{
    const struct linger at_once = {.l_onoff = 1};

    if (*fd >= 0) {
        setsockopt(*fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        close(*fd);
    }
    *fd = -1;
}

static void end_talk(void)
{
    close_line(&talk.lines[0]);
    close_line(&talk.lines[1]);
    close_line(&talk.listener);
}

/* A socket of the student's, at source and sport, to where the target listens; -1 and errno. */
static int open_line(const struct sender_request *request, bool stream, bool connects)
{
    const bool six = ipaddr_is6(request->source);
    const union name to = name_of(six, targets[six], request->port);
    const union name from = name_of(six, request->source, request->sport);
    const struct timeval limit = {.tv_sec = 2};
    const int on = 1;
    int fd = socket(to.any.sa_family, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (bind(fd, &from.any, size_of(&from)) == 0 && (!connects || connect(fd, &to.any, size_of(&to)) == 0))
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* What is said on a line: a datagram, or all until it is quiet. */
static size_t hear(int fd, bool stream, char *out, int wait_ms)
{
    enum { QUIET_MS = 15 };
    size_t n = 0;

    while (n < SENDER_BYTES_MAX) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, n ? QUIET_MS : wait_ms) <= 0)
            break;
        ssize_t got = recv(fd, out + n, SENDER_BYTES_MAX - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
        if (!stream)
            break;
    }
    return n;
}

/* Whoever dialled is the one that is answered. */
static int take_line(const struct sender_request *request, char *out, uint16_t *length)
{
    struct pollfd p = {.fd = talk.listener, .events = POLLIN};
    union name from;
    socklen_t size = sizeof(from);

    if (poll(&p, 1, request->wait_ms) <= 0)
        return ETIMEDOUT;
    if (talk.stream[1]) {
        talk.lines[1] = accept4(talk.listener, NULL, NULL, SOCK_CLOEXEC);
        if (talk.lines[1] < 0)
            return errno;
        *length = request->close ? (uint16_t)hear(talk.lines[1], true, out, request->wait_ms) : 0;
        return 0;
    }
    ssize_t n = recvfrom(talk.listener, out, SENDER_BYTES_MAX, 0, &from.any, &size);
    talk.lines[1] = talk.listener;
    talk.listener = -1;
    if (n < 0 || connect(talk.lines[1], &from.any, size) < 0)
        return errno;
    *length = (uint16_t)n;
    return 0;
}

static int say(const struct sender_request *request, const char *bytes)
{
    const int line = request->line;
    int fd = talk.lines[line];

    if (request->sport && !talk.stream[line]) {
        struct sender_request anew = *request;
        fd = open_line(&anew, false, true);
        if (fd < 0)
            return errno;
        close_line(&talk.lines[line]);
        talk.lines[line] = fd;
    }
    if (fd < 0)
        return ENOTCONN;
    if (send(fd, bytes, request->length, MSG_NOSIGNAL) < 0)
        return errno;
    if (request->close && talk.stream[line])
        shutdown(fd, SHUT_WR);
    return 0;
}

static int converse(const struct sender_request *request, const char *bytes, char *out,
                    struct sender_answer *answer)
{
    const int line = request->line == 1;
    union name at;
    socklen_t size = sizeof(at);
    int error = 0;

    switch (request->op) {
    case SENDER_OPEN:
        end_talk();
        talk.stream[0] = request->stream;
        talk.lines[0] = open_line(request, request->stream, true);
        error = talk.lines[0] < 0 ? errno : 0;
        break;
    case SENDER_LISTEN:
        talk.stream[1] = request->stream;
        close_line(&talk.listener);
        talk.listener = open_line(&(struct sender_request){.source = request->source, .sport = request->port},
                                  request->stream, false);
        if (talk.listener < 0 || (request->stream && listen(talk.listener, 1) < 0))
            return errno;
        return 0;
    case SENDER_TAKE:
        error = take_line(request, out, &answer->length);
        break;
    case SENDER_SAY:
        error = say(request, bytes);
        break;
    case SENDER_END:
        end_talk();
        return 0;
    default:
        break;
    }
    if (!error && talk.lines[line] >= 0 && getsockname(talk.lines[line], &at.any, &size) == 0)
        answer->sport = ntohs(at.any.sa_family == AF_INET6 ? at.six.sin6_port : at.four.sin_port);
    if (!error && request->op != SENDER_TAKE && request->wait_ms)
        answer->length = (uint16_t)hear(talk.lines[line], talk.stream[line], out, request->wait_ms);
    return error;
}

static int obey(const struct sender_request *request, const char *bytes, char *out,
                struct sender_answer *answer)
{
    switch (request->op) {
    case SENDER_PACKET:
    case SENDER_FRAME:
        return send_packet(request, bytes, out, &answer->length);
    case SENDER_ASK:
        return ask(request, bytes, out, &answer->length);
    case SENDER_STREAM:
    case SENDER_DATAGRAM:
        return !request->port && *socket_file ? exchange_local(request, bytes, out, &answer->length)
                                              : exchange(request, bytes, out, &answer->length);
    default:
        return converse(request, bytes, out, answer);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--capture") == 0)
        return capture_to(STDOUT_FILENO);
    if (argc == 4 && argv[3][0] == '/')
        socket_file = argv[3];
    else if (argc != 3)
        return ST_USAGE;
    if (!ipaddr_parse(argv[1], &targets[0]) || !ipaddr_parse(argv[2], &targets[1]))
        return ST_USAGE;
    for (;;) {
        struct sender_request request;
        struct sender_answer answer = {0};
        static char bytes[SENDER_BYTES_MAX], out[SENDER_BYTES_MAX];
        if (!read_all(STDIN_FILENO, &request, sizeof(request)))
            return ST_OK;
        if (request.length > sizeof(bytes) || !read_all(STDIN_FILENO, bytes, request.length))
            return ST_INPUT;
        answer.error = (uint16_t)obey(&request, bytes, out, &answer);
        if (write_all(STDOUT_FILENO, &answer, sizeof(answer)) || write_all(STDOUT_FILENO, out, answer.length))
            return ST_ENV;
    }
}
