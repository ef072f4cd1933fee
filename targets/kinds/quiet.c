/* TCP: a listening socket that asks everybody for a signature (RFC 2385) which nobody can make: the kernel
 * drops what has none without a word. A filter on the socket would do the same, but takes CAP_NET_ADMIN
 * there. UDP: a bound socket whose filter lets nothing in. */
#include "targets/kinds/quiet.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

static bool sign_all(int fd)
{
    struct tcp_md5sig sig = {.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX, .tcpm_prefixlen = 0, .tcpm_keylen = 8};
    const struct sockaddr_in all = {.sin_family = AF_INET};

    memcpy(&sig.tcpm_addr, &all, sizeof(all));
    return getrandom(sig.tcpm_key, sig.tcpm_keylen, 0) == sig.tcpm_keylen &&
           setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG_EXT, &sig, sizeof(sig)) == 0;
}

static bool drop_all(int fd)
{
    struct sock_filter nothing = {BPF_RET | BPF_K, 0, 0, 0};
    struct sock_fprog program = {1, &nothing};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
}

enum status quiet_port(ipaddr address, bool udp, uint16_t port, struct err *err)
{
    const struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl((uint32_t)address)}};
    int fd = socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const char *what = "no socket";
    bool ok = fd >= 0;

    if (ok) {
        what = "its kernel cannot be kept from answering (CONFIG_TCP_MD5SIG)";
        ok = udp ? drop_all(fd) : sign_all(fd);
    }
    if (ok) {
        what = "it is taken";
        ok = bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 && (udp || listen(fd, 1) == 0);
    }
    if (ok)
        return ST_OK;
    err_set(err, ST_ENV, "%s port %u: %s: %s", udp ? "udp" : "tcp", port, what, strerror(errno));
    if (fd >= 0)
        close(fd);
    return ST_ENV;
}
