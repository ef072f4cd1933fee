#include "grader/journal/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "grader/journal/line.h"

enum { HEAD_BYTES = (JOURNAL_HEAD_SIZE - 1) / 2, ROTATED_MAX = 100 };

/* The path of a journal that was moved away n times, to free(). NULL when it is not there. */
static char *rotated(const char *path, unsigned n)
{
    char *out = NULL;

    if (asprintf(&out, "%s.%u", path, n) < 0)
        return NULL;
    if (access(out, F_OK) == 0)
        return out;
    free(out);
    return NULL;
}

void files_each(const char *path, void (*take)(const char *path, bool moved, void *context), void *context)
{
    char *older;
    unsigned n = 0;

    for (; n < ROTATED_MAX && (older = rotated(path, n + 1)); n++)
        free(older);
    for (; n; n--) {
        older = rotated(path, n);
        if (older)
            take(older, true, context);
        free(older);
    }
    take(path, false, context);
}

enum status files_unread(const char *path, struct err *err)
{
    return err_set(err, ST_INPUT, "%s: the journal cannot be read: %s", path, strerror(errno));
}

enum status files_open(const char *path, int *fd, int64_t *size, struct err *err)
{
    struct stat stat;

    *size = 0;
    /* O_NONBLOCK: a named pipe must not hold the reader up */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (*fd < 0 && errno == ENOENT)
        return ST_OK;
    enum status st = *fd < 0 || fstat(*fd, &stat) ? files_unread(path, err) : ST_OK;
    if (st == ST_OK && !S_ISREG(stat.st_mode))
        st = err_set(err, ST_INPUT, "%s: not a file; a journal's name is wanted (`journals:` in class.yml)",
                     path);
    if (st == ST_OK) {
        *size = stat.st_size;
        return ST_OK;
    }
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    return st;
}

/* The first line that is not blank, without its newline; NULL while there is no whole one. */
static const char *first_line(int fd, char text[JOURNAL_LINE_MAX_BYTES], size_t *len)
{
    ssize_t n = pread(fd, text, JOURNAL_LINE_MAX_BYTES, 0);
    size_t begin = 0, all = n > 0 ? (size_t)n : 0;

    while (begin < all && text[begin] == '\n')
        begin++;
    const char *end = memchr(text + begin, '\n', all - begin);
    if (!end && all < JOURNAL_LINE_MAX_BYTES)
        return NULL;
    *len = end ? (size_t)(end - text) - begin : all - begin;
    return text + begin;
}

bool files_head(int fd, char head[JOURNAL_HEAD_SIZE])
{
    char text[JOURNAL_LINE_MAX_BYTES];
    size_t n = 0;
    const char *line = first_line(fd, text, &n);

    if (line)
        hex_encode(head, line, n < HEAD_BYTES ? n : HEAD_BYTES);
    return line != NULL;
}

double files_fill(int fd, int64_t size)
{
    char text[JOURNAL_LINE_MAX_BYTES];
    struct journal_line line;
    size_t n = 0;
    const char *first = first_line(fd, text, &n);

    if (!first)
        return 0;
    journal_line_read(first, n, &line);
    return line.event == JOURNAL_START && line.ceiling ? (double)size / (double)line.ceiling : 0;
}
