/* Two locked bytes make a fair line: whoever waits holds "next" while he waits for "now", so that a holder
 * that gives "now" back and wants it again at once finds "next" taken. With one byte it would win each time
 * against a waiter that has to wake up first. The locks are those of open file descriptions, which, unlike a
 * process's, also keep threads apart and are not dropped when some other descriptor of the file closes. */
#include "base/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

enum { LINES = 8, HOLDER_BYTES = 16, LOCKS_AT = LINES * HOLDER_BYTES, POLL_MS = 2 };

bool turn_open(struct turn *turn, const char *path)
{
    struct stat st;

    turn->fd = -1;
    if (snprintf(turn->path, sizeof(turn->path), "%s.lock", path) >= (int)sizeof(turn->path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    turn->fd = open(turn->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (turn->fd >= 0 && fstat(turn->fd, &st) == 0 && S_ISREG(st.st_mode))
        return true;
    if (turn->fd >= 0) {
        turn_close(turn);
        errno = EMEDIUMTYPE;
    }
    return false;
}

void turn_close(struct turn *turn)
{
    if (turn->fd >= 0)
        close(turn->fd);
    turn->fd = -1;
}

static bool set(const struct turn *turn, unsigned byte, short type)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = LOCKS_AT + (off_t)byte, .l_len = 1};

    return fcntl(turn->fd, F_OFD_SETLK, &lock) == 0;
}

static bool wait_for(const struct turn *turn, unsigned byte, int64_t deadline, const atomic_int *stop)
{
    while (!set(turn, byte, F_WRLCK)) {
        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return false;
        if (clock_ms() >= deadline || (stop && *stop)) {
            errno = EAGAIN;
            return false;
        }
        poll(NULL, 0, POLL_MS);
    }
    return true;
}

/* For turn_holder's sentence only, so a disk that is full is no reason to fail. */
static void sign(const struct turn *turn, unsigned line)
{
    char text[HOLDER_BYTES + 1];

    snprintf(text, sizeof(text), "%-*ld\n", HOLDER_BYTES - 1, (long)getpid());
    ssize_t n = pwrite(turn->fd, text, HOLDER_BYTES, (off_t)line * HOLDER_BYTES);
    (void)n;
}

bool turn_take(struct turn *turn, unsigned line, int64_t wait_ms, const atomic_int *stop)
{
    int64_t deadline = clock_ms() + wait_ms;

    if (!wait_for(turn, 2 * line, deadline, stop))
        return false;
    bool had = wait_for(turn, 2 * line + 1, deadline, stop);
    int why = errno;
    set(turn, 2 * line, F_UNLCK);
    if (had)
        sign(turn, line);
    errno = why;
    return had;
}

void turn_give(struct turn *turn, unsigned line)
{
    set(turn, 2 * line + 1, F_UNLCK);
}

int64_t turn_holder(const struct turn *turn, unsigned line)
{
    char text[HOLDER_BYTES + 1] = "";
    uint64_t pid = 0;

    if (pread(turn->fd, text, HOLDER_BYTES, (off_t)line * HOLDER_BYTES) != HOLDER_BYTES)
        return 0;
    text[strcspn(text, " \n")] = '\0';
    return parse_u64(text, INT64_MAX, &pid) == PARSE_OK ? (int64_t)pid : 0;
}
