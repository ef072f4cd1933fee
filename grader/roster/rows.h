/* rows.h - a roster as a file. */
#pragma once

#include "base/buf.h"
#include "spec/roster.h"

/* Appends a row of the columns in the mask; cells NULL: their names. */
void rows_put(struct buf *out, unsigned columns, char *const cells[ROSTER_COLUMNS]);

/* Replaces the class's roster file and keeps its mode: it has addresses of people, and who kept it from
 * others' eyes goes on doing so. what is the file that the sentence is about when out is too large
 * (ST_INPUT). */
enum status rows_write(const char *path, const struct buf *out, const char *what, struct err *err);

/* Gives the student OLD the handle NEW in file, store or not. ST_INPUT: no such student, or NEW is no handle
 * or somebody's. ST_NO: flags were given to OLD, unless reissue, with which solves and attempts come along.
 */
struct store;
enum status roster_rename(const char *path, const struct roster *roster, struct store *store,
                          const char *from, const char *to, bool reissue, struct err *err);
