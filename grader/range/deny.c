/* RLIMIT_AS and the sum of what processes have resident see mapped pages alone. What can be held unmapped
 * must have a ceiling of its own (a tmpfs its size, a socket its buffers: usage.c) or is refused here. A list
 * of what is refused and not of what is allowed: students may run whatever the machine has installed. ENOSYS
 * where programs know another way for older kernels (clone3 then is clone, whose flags can be looked at),
 * else EPERM. */
#include "grader/range/deny.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#ifdef __s390x__
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

/* Of an int the kernel takes the lower half of the register, and so must the filter. */
static struct scmp_arg_cmp is(unsigned arg, int value)
{
    return SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint32_t)value);
}

static const int absent[] = {
    SCMP_SYS(clone3),
    /* files in memory that no tmpfs of the sandbox counts */
    SCMP_SYS(memfd_create),
    SCMP_SYS(memfd_secret),
    SCMP_SYS(shmget),
    SCMP_SYS(msgget),
    SCMP_SYS(semget),
    SCMP_SYS(mq_open),
    /* a pipe that holds one byte of a huge page holds all of it, whoever unmaps it */
    SCMP_SYS(splice),
    SCMP_SYS(tee),
    SCMP_SYS(vmsplice),
    /* the kernel's memory, under one ceiling for the whole machine or none */
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_setup),
    SCMP_SYS(inotify_init),
    SCMP_SYS(inotify_init1),
    SCMP_SYS(fanotify_init),
    SCMP_SYS(landlock_create_ruleset),
    SCMP_SYS(userfaultfd),
};

static const int forbidden[] = {
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    /* namespaces and mounts: new ones have tmpfs of any size */
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fspick),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(mount_setattr),
    /* other processes' memory and descriptors */
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(kcmp),
    /* usage.c says where they run */
    SCMP_SYS(sched_setaffinity),
    /* the machine's own */
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(open_by_handle_at),
};

static int refuse_calls(scmp_filter_ctx filter)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < COUNT(absent); i++)
        code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), absent[i], 0);
    for (size_t i = 0; code == 0 && i < COUNT(forbidden); i++)
        code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), forbidden[i], 0);
    return code;
}

/* A thread with a table of descriptors of its own would have more of them than RLIMIT_NOFILE says. */
static int refuse_clones(scmp_filter_ctx filter)
{
    static const scmp_datum_t namespaces[] = {CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,   CLONE_NEWNET,
                                              CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP};
    int code =
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                         SCMP_CMP(CLONE_FLAGS, SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_FILES, CLONE_THREAD));

    for (size_t i = 0; code == 0 && i < COUNT(namespaces); i++)
        code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                                SCMP_CMP(CLONE_FLAGS, SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i]));
    return code;
}

/* All of a shared mapping lives as long as one page of it is mapped anywhere. */
static int refuse_mappings(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2)};
    static const scmp_datum_t flags[] = {MAP_SHARED | MAP_ANONYMOUS, MAP_HUGETLB};
    int code = 0;

    for (size_t i = 0; i < COUNT(calls); i++)
        for (size_t j = 0; code == 0 && j < COUNT(flags); j++)
            code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 1,
                                    SCMP_A3(SCMP_CMP_MASKED_EQ, flags[j], flags[j]));
    return code;
}

static int refuse_sockets(scmp_filter_ctx filter)
{
    static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET};
    static const int streams[] = {IPPROTO_SCTP, IPPROTO_DCCP, IPPROTO_MPTCP};
    const uint32_t refused = SCMP_ACT_ERRNO(EAFNOSUPPORT);
    size_t next = 0;
    int code = seccomp_rule_add(filter, refused, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GT, AF_PACKET, 0));

    for (scmp_datum_t family = 0; code == 0 && family < AF_PACKET; family++) {
        if (family == (scmp_datum_t)families[next])
            next++;
        else
            code = seccomp_rule_add(filter, refused, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, family, 0));
    }
    /* but as the number of a raw packet they are as good as any */
    for (size_t i = 0; code == 0 && i < COUNT(streams); i++)
        code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPROTONOSUPPORT), SCMP_SYS(socket), 2,
                                SCMP_A1(SCMP_CMP_MASKED_EQ, 0xF, SOCK_STREAM), is(2, streams[i]));
    if (code == 0)
        code = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPROTONOSUPPORT), SCMP_SYS(socket), 2,
                                SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0),
                                SCMP_A1(SCMP_CMP_MASKED_EQ, 0xF, SOCK_SEQPACKET));
    return code;
}

/* A wish for larger buffers is taken and not fulfilled, as the kernel does with one above its maximum; who
 * looks sees it. Memberships have no ceiling, and without one a packet socket of a range hears all the same.
 * A ring's size stands in memory, which a filter cannot read: init is asked. */
static int bound_buffers(scmp_filter_ctx filter)
{
    static const struct {
        int level, name;
        uint32_t action;
    } options[] = {
        {SOL_SOCKET, SO_SNDBUF, SCMP_ACT_ERRNO(0)},
        {SOL_SOCKET, SO_RCVBUF, SCMP_ACT_ERRNO(0)},
        {SOL_SOCKET, SO_SNDBUFFORCE, SCMP_ACT_ERRNO(0)},
        {SOL_SOCKET, SO_RCVBUFFORCE, SCMP_ACT_ERRNO(0)},
        {SOL_PACKET, PACKET_ADD_MEMBERSHIP, SCMP_ACT_ERRNO(0)},
        {SOL_PACKET, PACKET_TX_RING, SCMP_ACT_ERRNO(EPERM)},
        {SOL_PACKET, PACKET_FANOUT, SCMP_ACT_ERRNO(EPERM)},
        {SOL_PACKET, PACKET_RX_RING, SCMP_ACT_NOTIFY},
    };
    int code = 0;

    for (size_t i = 0; code == 0 && i < COUNT(options); i++)
        code = seccomp_rule_add(filter, options[i].action, SCMP_SYS(setsockopt), 2, is(1, options[i].level),
                                is(2, options[i].name));
    return code;
}

int deny_load(int *asks)
{
    static int (*const parts[])(scmp_filter_ctx) = {refuse_calls, refuse_clones, refuse_mappings,
                                                    refuse_sockets, bound_buffers};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int code = filter ? seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) : -ENOMEM;

    for (size_t i = 0; code == 0 && i < COUNT(parts); i++)
        code = parts[i](filter);
    if (code == 0)
        code = seccomp_load(filter);
    if (code == 0)
        *asks = seccomp_notify_fd(filter);
    if (filter)
        seccomp_release(filter);
    errno = code < 0 ? -code : 0;
    return code < 0 ? -1 : 0;
}
