/* shipped.h - journals that a `wiregrade ship` beside each target has put into the store, byte by byte as
 * they are there; read like a file from a position on. */
#pragma once

#include "grader/store/heard.h"

enum {
    SHIPPED_TARGET_SIZE = 64,
    SHIPPED_LINE_MAX = 65536, /* what is longer is no line, and is cut into such pieces */
    SHIPPED_LINES = 1000,     /* that are put there at once, */
    SHIPPED_BYTES = 1 << 20,  /* and their bytes */
};

/* The length of the line at text, of which n bytes are known, with its newline; 0 while it has no end. */
size_t shipped_line(const char *text, size_t n);

/* One file of a target's. */
struct shipped_file {
    int64_t id;
    char target[SHIPPED_TARGET_SIZE]; /* the role that shipped it */
    char head[JOURNAL_HEAD_SIZE];     /* as struct store_journal's */
    int64_t piece; /* what is read of it: 0, and one more for each time that the file was cut short by hand or
                      by a crash after its lines were shipped, and written on from there */
};

/* Whether the file of that head is one that is shipped. */
enum status shipped_is(struct store *store, const char *head, bool *is, struct err *err);

/* Up to max files of which not all is read, those whose id is above `after`, in the order of ids. */
enum status shipped_unread(struct store *store, int64_t after, struct shipped_file *out, size_t max,
                           size_t *n, struct err *err);

/* Copies what follows position in the file's piece: *n bytes of whole rows, size at most, 0 at the end.
 * *ahead_us is how far its target's clock was ahead of the database's when they were shipped. ST_INPUT when
 * something is missing there. */
enum status shipped_read(struct store *store, const struct shipped_file *file, int64_t position, char *out,
                         size_t size, size_t *n, int64_t *ahead_us, struct err *err);

/* Where the file's next piece begins. *piece is 0 when there is none. */
enum status shipped_next(struct store *store, const struct shipped_file *file, int64_t *piece,
                         int64_t *begins, struct err *err);

/* Within a transaction: from now on `piece` is read. *moved as store_journal_move's. */
enum status shipped_turn(struct store *store, const struct shipped_file *file, int64_t piece, bool *moved,
                         struct err *err);
