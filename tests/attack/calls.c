/* A student's program: makes each call that a sandbox refuses and names those that are answered otherwise. */
#include <errno.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HIGH (1ULL << 32) /* not seen by the kernel in an int */

static int wrong;

static void expect(const char *name, long result, int code)
{
    if (result < 0 ? errno != code : code != 0) {
        printf("%s: %ld, %s instead of %s\n", name, result, strerror(result < 0 ? errno : 0), strerror(code));
        wrong++;
    }
}

#define REFUSED(name, code) expect(#name, syscall(SYS_##name, -1, -1, -1, -1, -1, -1), code)

static void calls(void)
{
    REFUSED(clone3, ENOSYS);
    REFUSED(memfd_create, ENOSYS);
    REFUSED(memfd_secret, ENOSYS);
    REFUSED(shmget, ENOSYS);
    REFUSED(msgget, ENOSYS);
    REFUSED(semget, ENOSYS);
    REFUSED(mq_open, ENOSYS);
    REFUSED(splice, ENOSYS);
    REFUSED(tee, ENOSYS);
    REFUSED(vmsplice, ENOSYS);
    REFUSED(io_uring_setup, ENOSYS);
    REFUSED(io_setup, ENOSYS);
    REFUSED(inotify_init1, ENOSYS);
    REFUSED(fanotify_init, ENOSYS);
    REFUSED(landlock_create_ruleset, ENOSYS);
    REFUSED(userfaultfd, ENOSYS);
    REFUSED(add_key, EPERM);
    REFUSED(request_key, EPERM);
    REFUSED(keyctl, EPERM);
    REFUSED(bpf, EPERM);
    REFUSED(perf_event_open, EPERM);
    REFUSED(unshare, EPERM);
    REFUSED(setns, EPERM);
    REFUSED(mount, EPERM);
    REFUSED(umount2, EPERM);
    REFUSED(pivot_root, EPERM);
    REFUSED(fsopen, EPERM);
    REFUSED(fsconfig, EPERM);
    REFUSED(fsmount, EPERM);
    REFUSED(fspick, EPERM);
    REFUSED(move_mount, EPERM);
    REFUSED(open_tree, EPERM);
    REFUSED(mount_setattr, EPERM);
    REFUSED(ptrace, EPERM);
    REFUSED(process_vm_readv, EPERM);
    REFUSED(process_vm_writev, EPERM);
    REFUSED(pidfd_getfd, EPERM);
    REFUSED(kcmp, EPERM);
    REFUSED(sched_setaffinity, EPERM);
    REFUSED(open_by_handle_at, EPERM);
}

static void clones(void)
{
    static const uint64_t flags[] = {
        CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,    CLONE_NEWNET,
        CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_THREAD | CLONE_SIGHAND | CLONE_VM};

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        /* a bad stack where it would be let through */
        long pid = syscall(SYS_clone, flags[i] | SIGCHLD, 8, 0, 0, 0);
        expect("clone", pid, EPERM);
    }
}

static void sockets(void)
{
    static const uint64_t families[] = {0, 3, 9, 15, 20, 30, 38, 40, 44, AF_INET | HIGH};
    int value = 4 << 20;
    int before = 0, after = 0;
    socklen_t len = sizeof(before);

    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
        expect("socket", syscall(SYS_socket, families[i], SOCK_DGRAM, 0), EAFNOSUPPORT);
    expect("sctp", syscall(SYS_socket, AF_INET, SOCK_STREAM, 132), EPROTONOSUPPORT);
    expect("mptcp", syscall(SYS_socket, AF_INET, SOCK_STREAM, 262 | HIGH), EPROTONOSUPPORT);
    expect("sctp", syscall(SYS_socket, AF_INET, SOCK_SEQPACKET, 132), EPROTONOSUPPORT);

    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    expect("socket", udp, 0);
    getsockopt(udp, SOL_SOCKET, SO_RCVBUF, &before, &len);
    expect("SO_RCVBUF",
           syscall(SYS_setsockopt, udp, SOL_SOCKET | HIGH, SO_RCVBUF | HIGH, &value, sizeof(value)), 0);
    getsockopt(udp, SOL_SOCKET, SO_RCVBUF, &after, &len);
    expect("SO_RCVBUF has its effect", before == after ? 0 : 1, 0);
    if (before != after)
        wrong++;

    struct tpacket_req ring = {1 << 20, 5, 2048, 5 << 9};
    int packet = socket(AF_PACKET, SOCK_RAW, 0);
    expect("socket", packet, 0);
    expect("PACKET_FANOUT", setsockopt(packet, SOL_PACKET, PACKET_FANOUT, &value, sizeof(value)), EPERM);
    expect("PACKET_TX_RING", setsockopt(packet, SOL_PACKET, PACKET_TX_RING, &ring, sizeof(ring)), EPERM);
    expect("5 MiB ring", setsockopt(packet, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)), ENOMEM);
    expect("5 MiB ring, high bits",
           syscall(SYS_setsockopt, packet, SOL_PACKET | HIGH, PACKET_RX_RING | HIGH, &ring, sizeof(ring)),
           ENOMEM);
    ring = (struct tpacket_req){1 << 20, 4, 2048, 4 << 9};
    expect("ring on no socket", setsockopt(udp, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)),
           ENOPROTOOPT);
    expect("ring from nowhere", setsockopt(packet, SOL_PACKET, PACKET_RX_RING, (void *)8, sizeof(ring)),
           EFAULT);
    expect("4 MiB ring", setsockopt(packet, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)), 0);
    close(udp);
    close(packet);
}

int main(void)
{
    calls();
    clones();
    sockets();
    expect("shared", (long)mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0), EPERM);
    expect("huge", (long)mmap(NULL, 2 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0),
           EPERM);
    printf("%d wrong\n", wrong);
    return wrong != 0;
}
