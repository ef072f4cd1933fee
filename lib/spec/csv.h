/* csv.h - comma-separated rows with the place of every cell, RFC 4180. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "spec/problem.h"

enum { CSV_CELLS_MAX = 64 };

/* text is borrowed from the bytes given to csv_open, blanks around it left out unless it was quoted. */
struct csv_cell {
    char *text;
    struct place at;
};

struct csv {
    struct csv_cell cells[CSV_CELLS_MAX]; /* of the row that csv_next found */
    size_t n_cells;
    const char *fault; /* why csv_next stopped before the end, as a sentence; NULL when it did not */
    struct place fault_at;
    char *at, *end, *line_start;
    int line;
};

/* Adds a problem and returns false where the bytes are not UTF-8, or have a NUL. */
bool csv_check(const char *path, const struct buf *bytes, struct problems *problems);

/* Begins to read len bytes that are followed by a NUL; they are rewritten in place (quotes taken off) and
 * must outlive *csv. A byte order mark, as spreadsheets write it, is skipped. */
void csv_open(struct csv *csv, char *text, size_t len);

/* Steps to the next row that is not blank. False at the end or after a fault. */
bool csv_next(struct csv *csv);
