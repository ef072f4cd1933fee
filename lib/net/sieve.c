#include "net/sieve.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/installed.h"
#include "base/log.h"

/* Where the source address stands in the header (RFC 791, RFC 8200); a step in BPF compares 32 bits of it. */
enum { STEPS = 4, SOURCE_OFFSET = 12, SOURCE_OFFSET6 = 8, WORD_STEPS = 3, WORDS6 = 4, WORD_BITS = 32 };
enum { STEPS6 = WORDS6 * WORD_STEPS + 1 };

bool sieve_has(const struct net_range *ranges, size_t n, ipaddr addr)
{
    for (size_t i = 0; i < n; i++)
        if ((addr & ranges[i].mask) == ranges[i].net && ipaddr_is6(addr) == ipaddr_is6(ranges[i].net))
            return true;
    return false;
}

/* A range is steps of its own: one comparison's jump reaches only 255 steps. */
static size_t put_range(struct sock_filter *step, bool six, const struct net_range *range)
{
    const size_t words = six ? WORDS6 : 1;
    size_t n = 0;

    for (size_t i = 0; i < words; i++) {
        const unsigned shift = (unsigned)(words - 1 - i) * WORD_BITS;
        const uint32_t mask = (uint32_t)(range->mask >> shift), net = (uint32_t)(range->net >> shift);
        const uint32_t at = (uint32_t)SKF_NET_OFF + (six ? SOURCE_OFFSET6 : SOURCE_OFFSET) + (uint32_t)i * 4;
        step[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at);
        step[n++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask);
        step[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, net, 0,
                                                 (uint8_t)((words - 1 - i) * WORD_STEPS + 1));
    }
    step[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
    return n;
}

enum status sieve_attach(int fd, bool six, const struct net_range *ranges, size_t n, struct err *err)
{
    size_t steps = 0;

    /* one filter has at most BPF_MAXINSNS steps */
    if (n * (six ? STEPS6 : STEPS) >= BPF_MAXINSNS)
        return err_set(err, ST_INPUT, "%zu networks of students; at most %d", n,
                       six ? RANGES6_MAX : RANGES_MAX);
    struct sock_filter *code = calloc(n * (six ? STEPS6 : STEPS) + 1, sizeof(*code));
    if (!code)
        return err_memory(err);
    for (size_t i = 0; i < n; i++)
        if (ipaddr_is6(ranges[i].net) == six)
            steps += put_range(&code[steps], six, &ranges[i]);
    code[steps++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {.len = (unsigned short)steps, .filter = code};
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
