/* A call off the list raises SIGSYS, whose handler counts it and lets it return ENOSYS: SECCOMP_RET_ERRNO
 * alone would refuse without anybody noticing. It is what is left where nobody has said yet in which register
 * a machine returns a result. */
#include "targets/jail/filter.h"

#include <errno.h>
#include <linux/net.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <ucontext.h>

#include "base/log.h"
#include "targets/jail/fence.h"
#include "targets/state/journal.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static volatile sig_atomic_t refused, last;

unsigned long filter_refused(void)
{
    return (unsigned long)refused;
}

const char *filter_last(char *out, size_t size)
{
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)last);

    snprintf(out, size, "%s (number %d)", name ? name : "unknown", (int)last);
    free(name);
    return out;
}

/* ADD A MACHINE HERE: where a system call's result stands in a signal's context */
#if defined(__x86_64__)
#define RESULT(mcontext) ((mcontext)->gregs[REG_RAX])
#elif defined(__i386__)
#define RESULT(mcontext) ((mcontext)->gregs[REG_EAX])
#elif defined(__aarch64__)
#define RESULT(mcontext) ((mcontext)->regs[0])
#elif defined(__arm__)
#define RESULT(mcontext) ((mcontext)->arm_r0)
#elif defined(__riscv)
#define RESULT(mcontext) ((mcontext)->__gregs[REG_A0])
#elif defined(__s390x__)
#define RESULT(mcontext) ((mcontext)->gregs[2])
#endif

#ifdef RESULT
#define REFUSE SCMP_ACT_TRAP

static void on_sigsys(int signal, siginfo_t *info, void *context)
{
    ucontext_t *at = context;

    (void)signal;
    last = info->si_syscall;
    refused++;
    RESULT(&at->uc_mcontext) = (__typeof__(RESULT(&at->uc_mcontext)))-ENOSYS;
}

static int count_refused(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART};

    action.sa_sigaction = on_sigsys;
    return sigaction(SIGSYS, &action, NULL);
}
#else
#define REFUSE SCMP_ACT_ERRNO(ENOSYS)

static int count_refused(void)
{
    return 0;
}
#endif

/* With any arguments. Whoever adds a call says what for. */
static const int ALLOWED[] = {
    /* the event loop */
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaltstack),
    /* sockets, captures, the journal */
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(bind),
    SCMP_SYS(connect),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(fcntl),
    /* memory; what could make it executable is below */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(munlock),
    SCMP_SYS(futex),
    SCMP_SYS(getrandom),
    /* the end, an assertion's included */
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(tgkill),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
};

/* Calling back and dialling: TCP and UDP over IP and no other new socket, above all none that is raw. */
static int add_sockets(scmp_filter_ctx filter)
{
    static const unsigned families[] = {AF_INET, AF_INET6}, types[] = {SOCK_STREAM, SOCK_DGRAM};
    int code = 0;

    for (size_t i = 0; code == 0 && i < 4; i++)
        code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
                                SCMP_A0(SCMP_CMP_EQ, families[i / 2], 0),
                                SCMP_A1(SCMP_CMP_MASKED_EQ, 0xF, types[i % 2]));
    return code;
}

static int add_rules(scmp_filter_ctx filter)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < sizeof(ALLOWED) / sizeof(ALLOWED[0]); i++)
        code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, ALLOWED[i], 0);
    if (code == 0)
        code = add_sockets(filter);
    if (code == 0)
        code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, FIONBIO, 0));
    /* libpcap asks whether an interface whose link went down is still there */
    if (code == 0)
        code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                SCMP_A1(SCMP_CMP_EQ, SIOCGIFFLAGS, 0));
    if (code == 0)
        code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (code == 0)
        code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return code;
}

/* Loads what `add` makes of an empty filter with this default, and frees it. */
static int load(uint32_t otherwise, int (*add)(scmp_filter_ctx filter))
{
    scmp_filter_ctx filter = seccomp_init(otherwise);
    int code = filter ? add(filter) : -ENOMEM;

    if (code == 0)
        code = seccomp_load(filter);
    seccomp_release(filter);
    errno = code < 0 ? -code : 0;
    return code < 0 ? -1 : 0;
}

/* libuv from 1.45 on sets up an io_uring with each loop, hands it what it has for epoll, and aborts when
 * io_uring_enter is refused later. Where there is none it does without. */
static int add_no_ring(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(io_uring_setup), 0);
}

int filter_no_ring(void)
{
    return SANITIZED ? 0 : load(SCMP_ACT_ALLOW, add_no_ring);
}

static int add_allowed(scmp_filter_ctx filter)
{
    int code = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

    return code == 0 ? add_rules(filter) : code;
}

/* And the journal anew, where the fence keeps that to its folder; 32-bit machines add O_LARGEFILE. */
static int add_opening(scmp_filter_ctx filter)
{
    int code = add_allowed(filter);

    if (code == 0)
        code = seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
            SCMP_A2(SCMP_CMP_MASKED_EQ, 0xFFFFFFFFU & ~(unsigned)O_LARGEFILE, JOURNAL_FLAGS));
    return code;
}

int filter_load(int folder)
{
    if (SANITIZED) {
        log_line("built with the address sanitizer: system calls are not filtered");
        return 0;
    }
    int fenced = fence_files(folder);
    if (fenced < 0 || count_refused() < 0)
        return -1;
    return load(REFUSE, fenced && folder >= 0 ? add_opening : add_allowed);
}
