/* An answer is, for each file, its length and its bytes; ERROR and the sentence's length in place of a
 * length: the sentence. */
#include "targets/jail/clerk.h"

#include <cap-ng.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "targets/jail/fence.h"

struct clerk {
    int fd; /* -1: it is gone */
    size_t files;
};

enum { FILE_MAX = 64 << 20, ANSWER_MS = 5000 };
#define ERROR 0x80000000U

/* Root's own files are root's without a capability; others' take this one, which a container's root may lack.
 */
static bool give_up_rights(void)
{
    bool all = geteuid() == 0 && capng_get_caps_process() == 0 &&
               capng_have_capability(CAPNG_PERMITTED, CAP_DAC_READ_SEARCH);

    capng_clear(CAPNG_SELECT_ALL);
    if (all)
        capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_DAC_READ_SEARCH);
    return capng_apply(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           fence_writes() >= 0;
}

static bool send_file(int fd, const char *path)
{
    struct buf bytes;
    struct err err;

    buf_init(&bytes, FILE_MAX);
    bool good = file_read(path, &bytes, &err) == ST_OK;
    const char *what = good ? buf_text(&bytes) : err.text;
    size_t n = good ? bytes.len : strlen(err.text);
    uint32_t head = (uint32_t)n | (good ? 0 : ERROR);
    bool sent = write_all(fd, &head, sizeof(head)) == 0 && write_all(fd, what, n) == 0;
    buf_free(&bytes);
    return sent;
}

/* Ends with the targets, whose end of the socket closes then; signals are theirs. */
static _Noreturn void serve(int fd, const char *const files[CLERK_FILES])
{
    char asked;
    bool go_on = give_up_rights();

    prctl(PR_SET_NAME, "wiregrade-clerk");
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    while (go_on && read(fd, &asked, 1) == 1)
        for (size_t i = 0; go_on && i < CLERK_FILES; i++)
            go_on = !files[i] || send_file(fd, files[i]);
    _exit(0);
}

/* Leaves nothing open but fd, so that nobody waits for an output to end that it holds. Returns its number
 * now. */
static int keep_only(int fd)
{
    if (fd > 0 && dup2(fd, 0) < 0)
        _exit(0);
    if (close_range(1, ~0U, 0) < 0)
        _exit(0);
    return 0;
}

enum status clerk_open(struct clerk **out, const char *const files[CLERK_FILES], struct err *err)
{
    struct clerk *clerk = *out = calloc(1, sizeof(*clerk));
    int ends[2];

    if (!clerk)
        return err_memory(err);
    clerk->fd = -1;
    for (size_t i = 0; i < CLERK_FILES; i++)
        clerk->files += files[i] != NULL;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return err_set(err, ST_ENV, "no socket to read the class anew with: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0)
        serve(keep_only(ends[1]), files);
    int saved = errno;
    close(ends[1]);
    clerk->fd = ends[0];
    return pid < 0 ? err_set(err, ST_ENV, "no process to read the class anew: %s", strerror(saved)) : ST_OK;
}

/* Exactly n bytes; false when they are not there in time. */
static bool take(int fd, void *out, size_t n, int64_t until)
{
    for (char *p = out; n;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int64_t left = until - clock_ms();
        if (left <= 0 || poll(&ready, 1, (int)left) <= 0)
            return false;
        ssize_t got = read(fd, p, n);
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

/* ST_ENV without a sentence when no whole answer came. */
static enum status take_file(int fd, struct buf *out, int64_t until, struct err *err)
{
    char part[4096];
    struct buf sentence;
    uint32_t head;

    if (!take(fd, &head, sizeof(head), until))
        return ST_ENV;
    buf_init(&sentence, sizeof(err->text));
    struct buf *into = head & ERROR ? &sentence : out;
    for (size_t n = head & ~ERROR, now; n; n -= now) {
        now = n < sizeof(part) ? n : sizeof(part);
        if (!take(fd, part, now, until)) {
            buf_free(&sentence);
            return ST_ENV;
        }
        buf_add(into, part, now);
    }
    enum status st = head & ERROR  ? err_set(err, ST_INPUT, "%s", buf_text(&sentence))
                     : out->failed ? err_set(err, ST_INPUT, "a file that is too large to be read anew")
                                   : ST_OK;
    buf_free(&sentence);
    return st;
}

static void end(struct clerk *clerk)
{
    close(clerk->fd);
    clerk->fd = -1;
}

enum status clerk_read(struct clerk *clerk, struct buf out[CLERK_FILES], struct err *err)
{
    const int64_t until = clock_ms() + ANSWER_MS;
    enum status st = ST_OK;
    bool asked = clerk->fd >= 0 && write_all(clerk->fd, "r", 1) == 0;

    for (size_t i = 0; asked && i < clerk->files; i++) {
        struct err why;
        enum status one = take_file(clerk->fd, &out[i], until, &why);
        asked = one != ST_ENV;
        if (st == ST_OK && one != ST_OK)
            *err = why, st = one;
    }
    if (asked)
        return st;
    if (clerk->fd >= 0)
        end(clerk);
    return err_set(err, ST_ENV, "the process that reads them anew does not answer; restart the targets");
}

void clerk_close(struct clerk *clerk)
{
    if (clerk && clerk->fd >= 0)
        end(clerk);
    free(clerk);
}
