#include "pkt/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ptrdiff_t read_file(struct source *s, uint8_t *out, size_t room)
{
    ssize_t n;

    do
        n = read(s->fd, out, room);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        err_set(&s->trouble, ST_INPUT, "%s", strerror(errno));
    else
        s->read += (uint64_t)n;
    return n;
}

static ptrdiff_t read_packed(struct source *s, uint8_t *out, size_t room)
{
    const char *why = "";

    for (;;) {
        ptrdiff_t n = gunzip_step(s->gunzip, &s->waiting, out, room, &why);
        if (n < 0)
            err_set(&s->trouble, ST_INPUT, "the gzip data is damaged before byte %" PRIu64 " (%s)",
                    source_offset(s), why);
        if (n)
            return n;
        n = read_file(s, s->packed, SOURCE_PIECE_MAX);
        if (n == 0 && !gunzip_whole(s->gunzip))
            err_set(&s->trouble, ST_INPUT, "cut off within the gzip data at byte %" PRIu64, s->read);
        if (n <= 0)
            return n;
        s->waiting = cursor_of(s->packed, (size_t)n);
    }
}

const uint8_t *source_fill(struct source *s, size_t n)
{
    size_t have = (size_t)(s->end - s->at);

    if (n > SOURCE_PIECE_MAX)
        return NULL;
    memmove(s->block, s->at, have);
    s->before += (uint64_t)(s->at - s->block);
    s->at = s->block;
    s->end = s->block + have;
    while (have < n && !s->ended) {
        uint8_t *out = s->block + have;
        ptrdiff_t got = s->gunzip ? read_packed(s, out, SOURCE_PIECE_MAX - have)
                                  : read_file(s, out, SOURCE_PIECE_MAX - have);
        s->ended = got <= 0;
        have += got > 0 ? (size_t)got : 0;
        s->end = s->block + have;
    }
    return have >= n ? s->at : NULL;
}

/* What was read of the file is packed: it becomes what waits, and a new block what comes of it. */
static bool unpack(struct source *s)
{
    s->packed = s->block;
    s->waiting = source_here(s);
    s->block = malloc(SOURCE_PIECE_MAX);
    s->gunzip = gunzip_open();
    s->at = s->end = s->block;
    s->ended = false;
    return s->block && s->gunzip;
}

enum status source_open(struct source *s, const char *path, struct err *err)
{
    *s = (struct source){.fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO};
    if (s->fd < 0)
        return err_set(err, ST_INPUT, "%s: %s", path, strerror(errno));
    s->block = malloc(SOURCE_PIECE_MAX);
    s->at = s->end = s->block;
    bool memory = s->block != NULL;
    if (memory && source_peek(s, 3) && gunzip_magic(s->at, 3))
        memory = unpack(s);
    if (memory && !s->trouble.status)
        return ST_OK;
    if (!memory)
        err_set(err, ST_ENV, "no memory for a capture");
    else
        err_set(err, s->trouble.status, "%s: %s", path, s->trouble.text);
    source_close(s);
    return memory ? ST_INPUT : ST_ENV;
}

void source_close(struct source *s)
{
    gunzip_close(s->gunzip);
    free(s->packed);
    free(s->block);
    if (s->fd != STDIN_FILENO)
        close(s->fd);
    *s = (struct source){.fd = -1};
}

bool source_skip(struct source *s, uint64_t n)
{
    while (n && source_peek(s, 1)) {
        size_t here = source_here(s).left;
        size_t step = n < here ? (size_t)n : here;
        source_take(s, step);
        n -= step;
    }
    return n == 0;
}

struct cursor source_here(const struct source *s)
{
    return cursor_of(s->at, (size_t)(s->end - s->at));
}

uint64_t source_at(const struct source *s)
{
    return s->before + (uint64_t)(s->at - s->block);
}

uint64_t source_offset(const struct source *s)
{
    return s->gunzip ? s->read - s->waiting.left : source_at(s);
}

int source_cut(const struct source *s, uint64_t begin, const char *what, struct err *err)
{
    if (s->trouble.status) {
        err_set(err, s->trouble.status, "%s", s->trouble.text);
        return -1;
    }
    if (s->at == s->end && source_at(s) == begin)
        return 0;
    err_set(err, ST_INPUT, "cut off within %s that begins at byte %" PRIu64 "%s", what, begin,
            s->gunzip ? " of what is unpacked" : "");
    return -1;
}

int source_damaged(const struct source *s, uint64_t at, struct err *err, const char *fmt, ...)
{
    char text[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    err_set(err, ST_INPUT, "damaged at byte %" PRIu64 "%s: %s", at, s->gunzip ? " of what is unpacked" : "",
            text);
    return -1;
}
