#include "net/sieve.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/installed.h"
#include "base/log.h"

enum { STEPS = 4, SOURCE_OFFSET = 12 /* of the source address in the IPv4 header, RFC 791 */ };

bool sieve_has(const struct net_range *ranges, size_t n, uint32_t addr)
{
    for (size_t i = 0; i < n; i++)
        if ((addr & ranges[i].mask) == ranges[i].net)
            return true;
    return false;
}

enum status sieve_attach(int fd, const struct net_range *ranges, size_t n, struct err *err)
{
    if (n > RANGES_MAX)
        return err_set(err, ST_INPUT, "%zu networks of students; at most %d", n, RANGES_MAX);
    struct sock_filter *code = calloc(n * STEPS + 1, sizeof(*code));
    if (!code)
        return err_memory(err);
    /* each range is four steps of its own: one comparison's jump reaches only 255 steps */
    for (size_t i = 0; i < n; i++) {
        struct sock_filter *step = &code[i * STEPS];
        step[0] =
            (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)SKF_NET_OFF + SOURCE_OFFSET);
        step[1] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ranges[i].mask);
        step[2] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ranges[i].net, 0, 1);
        step[3] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
    }
    code[n * STEPS] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {.len = (unsigned short)(n * STEPS + 1), .filter = code};
    int failed = setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
    /* Linux 6.18 lets no filter onto a TCP socket without CAP_NET_ADMIN (tried), as in a range. Then its SYN
     * is answered by the kernel and the connection closed at accept, where peers are checked in any case. */
    if (failed && errno == EPERM) {
        static bool told;
        /* in a range nobody else is there: what nobody can mend there need not frighten a newcomer */
        if (!told && !getenv("WIREGRADE_RANGE"))
            log_line(
                "without CAP_NET_ADMIN the kernel answers a SYN from outside the students' networks, and the "
                "connection is closed at once; mend: start as root with --user NAME, or " INSTALLED_SETCAP);
        told = true;
        failed = 0;
    }
    enum status st = failed ? err_set(err, ST_ENV, "a socket takes no filter: %s", strerror(errno)) : ST_OK;
    free(code);
    return st;
}
