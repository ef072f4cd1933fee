#include "grader/ship/tail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grader/journal/files.h"

/* -1 with errno. */
static ssize_t read_at(int fd, char *out, size_t n, int64_t at)
{
    ssize_t got;

    do
        got = pread(fd, out, n, at);
    while (got < 0 && errno == EINTR);
    return got;
}

enum status tail_read(int fd, const char *path, int64_t position, struct tail *out, struct err *err)
{
    const ssize_t got = read_at(fd, out->bytes, sizeof(out->bytes), position);
    size_t len;

    out->n = out->n_lines = 0;
    if (got < 0)
        return files_unread(path, err);
    while (out->n_lines < SHIPPED_LINES && (len = shipped_line(out->bytes + out->n, (size_t)got - out->n))) {
        out->lengths[out->n_lines++] = len;
        out->n += len;
    }
    return ST_OK;
}

static size_t seam_length(int64_t at)
{
    return at < TAIL_SEAM ? (size_t)at : TAIL_SEAM;
}

void tail_mark(int fd, int64_t at, struct tail_seam *out)
{
    const size_t n = seam_length(at);

    memset(out->bytes, 0, sizeof(out->bytes));
    out->at = at;
    if (read_at(fd, out->bytes, n, at - (int64_t)n) != (ssize_t)n)
        memset(out->bytes, 0, sizeof(out->bytes));
}

bool tail_unchanged(int fd, int64_t size, const struct tail_seam *seam)
{
    char now[TAIL_SEAM];
    const size_t n = seam_length(seam->at);

    return size >= seam->at && read_at(fd, now, n, seam->at - (int64_t)n) == (ssize_t)n &&
           memcmp(now, seam->bytes, n) == 0;
}

/* The line in which byte `at` is, in a file whose first `from` bytes end with a line. *len is 0 when it has
 * no end yet. */
static bool line_around(int fd, int64_t from, int64_t at, char *buf, int64_t *begin, size_t *len)
{
    *begin = at - SHIPPED_LINE_MAX > from ? at - SHIPPED_LINE_MAX : from;
    const size_t before = (size_t)(at - *begin);
    const ssize_t got = read_at(fd, buf, before + SHIPPED_LINE_MAX, *begin);
    if (got < 0 || (size_t)got < before)
        return false;
    const char *newline = before ? memrchr(buf, '\n', before) : NULL;
    const size_t skip = newline ? (size_t)(newline - buf) + 1 : 0;
    memmove(buf, buf + skip, (size_t)got - skip);
    *begin += (int64_t)skip;
    *len = shipped_line(buf, (size_t)got - skip);
    return true;
}

enum status tail_common(int fd, const char *path, int64_t size,
                        enum status (*has)(int64_t at, const char *line, size_t len, bool *yes, void *context,
                                           struct err *err),
                        void *context, int64_t *out, struct err *err)
{
    char *buf = malloc(2 * SHIPPED_LINE_MAX);
    int64_t low = 0, high = size;
    enum status st = buf ? ST_OK : err_memory(err);

    while (st == ST_OK && low < high) {
        int64_t begin = 0;
        size_t len = 0;
        bool yes = false;
        if (!line_around(fd, low, low + (high - low) / 2, buf, &begin, &len))
            st = files_unread(path, err);
        else if (len)
            st = has(begin, buf, len, &yes, context, err);
        if (yes)
            low = begin + (int64_t)len;
        else
            high = begin;
    }
    free(buf);
    *out = low;
    return st;
}
