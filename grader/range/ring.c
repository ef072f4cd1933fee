/* The caller could change the size after it was looked at: so it is read once, and the ring is made from what
 * was read, on the caller's socket. */
#include "grader/range/ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "grader/range/proc.h"

/* In setsockopt(fd, level, name, value, length). */
enum { FD, LEVEL, NAME, VALUE, LENGTH };

/* Threads ask under their own number, and a process descriptor has that of the first one. */
static int process_of(uint32_t thread)
{
    char path[64];
    char text[512];

    snprintf(path, sizeof(path), "/proc/%u/status", thread);
    return proc_read(path, text, sizeof(text)) ? (int)proc_number(text, "\nTgid:") : -1;
}

/* Makes it. Returns 0, or errno. */
static int make(const struct seccomp_notif *ask)
{
    union {
        struct tpacket_req req; /* begins as the others do */
        struct tpacket_req3 three;
    } ring = {0};
    uint32_t len = (uint32_t)ask->data.args[LENGTH];
    struct iovec here = {&ring, len};
    struct iovec there = {(void *)(uintptr_t)ask->data.args[VALUE], len};

    if (len < sizeof(ring.req) || len > sizeof(ring))
        return EINVAL;
    int pid = process_of(ask->pid);
    int process = pid < 0 ? -1 : pidfd_open(pid, 0);
    int fd = process < 0 ? -1 : pidfd_getfd(process, (int)ask->data.args[FD], 0);
    int why = fd < 0 ? errno : 0;
    if (!why && process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)len)
        why = EFAULT;
    if (!why && (uint64_t)ring.req.tp_block_size * ring.req.tp_block_nr > RING_BYTES)
        why = ENOMEM;
    if (!why && setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, len))
        why = errno;
    if (fd >= 0)
        close(fd);
    if (process >= 0)
        close(process);
    return why;
}

bool ring_answer(int asks)
{
    struct seccomp_notif ask = {0};
    struct seccomp_notif_resp answer = {0};

    if (ioctl(asks, SECCOMP_IOCTL_NOTIF_RECV, &ask))
        return false; /* who asked has ended meanwhile */
    answer.id = ask.id;
    answer.error = -make(&ask);
    ioctl(asks, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    return answer.error == 0;
}
