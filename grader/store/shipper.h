/* shipper.h - the other end of shipped.h: adds lines of a target's journals in its own name, tells where they
 * stand, and nothing else. */
#pragma once

#include "grader/store/shipped.h"

struct shipper;

/* As a role of the database, which is named as its target. where: a URL that begins with postgresql://.
 * ST_INPUT when it is none, or not a safe one (pg/pg.h). ST_ENV; *lasting then tells that waiting mends
 * nothing: the role lacks a right, or has one too many. */
enum status shipper_open(struct shipper **out, const char *where, bool *lasting, struct err *err);

/* For a target that comes to who has the store, which is borrowed. NULL: no memory. */
struct shipper *shipper_of(struct store *store, const char target[SHIPPED_TARGET_SIZE]);
void shipper_close(struct shipper *shipper); /* NULL is allowed */

/* By how much this machine's clock is ahead of the database's, in us. */
int64_t shipper_ahead_us(struct shipper *shipper);

/* A journal, known by its head, and the last row that there is of it. */
struct shipper_file {
    char head[JOURNAL_HEAD_SIZE];
    bool own;                         /* false: target has shipped it before, from elsewhere */
    char target[SHIPPED_TARGET_SIZE]; /* whose it is */
    int64_t id, piece, at, length;    /* length 0: nothing is there yet */
};

/* Fills all but head. */
enum status shipper_begin(struct shipper *shipper, struct shipper_file *file, struct err *err);

/* Whether line is at that place of the file, in a piece up to its newest. */
enum status shipper_has(struct shipper *shipper, const struct shipper_file *file, int64_t at,
                        const char *line, size_t len, bool *has, struct err *err);

/* Rows of a piece, one after the other: the n_lines lines of bytes[0, n) from position `at` on, at most
 * SHIPPED_LINES. */
struct shipper_rows {
    int64_t piece, at, ahead_us;
    const char *bytes;
    size_t n, n_lines;
    const size_t *lengths; /* of each, up to SHIPPED_LINE_MAX */
};

/* Adds all of them or none, behind the row that *file tells, which is then the last of them. ST_NO: that is
 * not the last one there, since the database has failed over to a server that had less, or another ships it,
 * too, or the file is another target's: begin anew. */
enum status shipper_put(struct shipper *shipper, struct shipper_file *file, const struct shipper_rows *rows,
                        struct err *err);
