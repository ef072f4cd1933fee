/* files.h - the files of a journal: where they are, which is which, how full they are. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "grader/store/heard.h"

/* Calls take for each file of the journal at path: what logrotate(8) moved away, path.1 and on, the oldest
 * first, as it was written; then, moved being false, path itself, be it there or not. */
void files_each(const char *path, void (*take)(const char *path, bool moved, void *context), void *context);

/* Opens a file for reading; size is what it holds now. *fd is -1, and the answer ST_OK, when it is not there.
 * ST_INPUT: it cannot be read, or is no file. */
enum status files_open(const char *path, int *fd, int64_t *size, struct err *err);

/* The sentence for a read that failed just now, by errno; ST_INPUT. */
enum status files_unread(const char *path, struct err *err);

/* The head by which it is known, from its first line; false while there is no whole one. */
bool files_head(int fd, char head[JOURNAL_HEAD_SIZE]);

/* How full one of size bytes is by the ceiling that its first line tells: 1 is full, 0 when it tells none. */
double files_fill(int fd, int64_t size);
