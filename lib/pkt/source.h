/* source.h - a file's bytes in order, plain or packed by gzip, read in large blocks. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/err.h"
#include "pkt/gunzip.h"

/* The most bytes that can be looked at in one piece. A packet and its header are far below. */
enum { SOURCE_PIECE_MAX = 1 << 19 };

/* Nobody but this header and source.c looks inside: the next bytes are at hand where they are in the block,
 * and a packet is then neither copied nor asked for with a call. */
struct source {
    const uint8_t *at, *end; /* what of the block is not taken yet */
    uint8_t *block;
    uint64_t before; /* bytes that were before the block's first */
    int fd;
    bool ended;
    struct err trouble; /* why reading ended, where it is not the file's end */
    struct gunzip *gunzip;
    uint8_t *packed;
    struct cursor waiting; /* of `packed`, not unpacked yet */
    uint64_t read;         /* bytes of the file */
};

/* Opens path ("-": standard input) and waits for its first bytes; what begins as gzip does is unpacked.
 * ST_INPUT when it cannot be read, ST_ENV on no memory; then nothing is open. */
enum status source_open(struct source *source, const char *path, struct err *err);
void source_close(struct source *source);

/* For source_peek: reads on until n bytes are there. */
const uint8_t *source_fill(struct source *source, size_t n);

/* The next n bytes (at most SOURCE_PIECE_MAX), not taken: borrowed until the next call. NULL when the file
 * ends before, or cannot be read on: source_cut says which. A pipe is waited for no longer than that. */
static inline const uint8_t *source_peek(struct source *source, size_t n)
{
    return (size_t)(source->end - source->at) >= n ? source->at : source_fill(source, n);
}

/* Takes n bytes that source_peek has shown; they stay borrowed as they were. */
static inline void source_take(struct source *source, size_t n)
{
    source->at += n;
}

/* Takes n bytes unseen, however many. False when there were fewer. */
bool source_skip(struct source *source, uint64_t n);

/* What is at hand without reading on. */
struct cursor source_here(const struct source *source);

/* Where the next byte is: in the file, or in what is unpacked. */
uint64_t source_at(const struct source *source);

/* How far the file itself is read, in its own bytes. */
uint64_t source_offset(const struct source *source);

/* After bytes that are not there: 0 when the file ends where `what` would begin (a source_at), else -1 with a
 * sentence: that it ends within, or why it cannot be read on. */
int source_cut(const struct source *source, uint64_t begin, const char *what, struct err *err);

/* Says what is wrong at byte `at` (a source_at): -1 with the sentence. */
int source_damaged(const struct source *source, uint64_t at, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
