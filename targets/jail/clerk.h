/* clerk.h - a process beside the targets' own, which reads class and roster again when it is asked to. The
 * targets may open no file, and the folder in which these two lie has the key and the scoreboard's token too.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum { CLERK_FILES = 2 };

struct clerk;

/* Starts it, before any key is in memory: it reads these files (NULL: none) for as long as the clerk
 * is open, with the
 * rights that it has now and no others, and can do nothing else. It takes nothing from whoever asks but that
 * he asks. ST_ENV when it cannot be started. clerk_close either way. */
enum status clerk_open(struct clerk **out, const char *const files[CLERK_FILES], struct err *err);

/* The files' bytes as they are now, each into its buffer, whose ceiling is the file's. ST_INPUT: one cannot
 * be read, with the sentence. ST_ENV: no answer within five seconds; then there is no clerk any more. */
enum status clerk_read(struct clerk *clerk, struct buf out[CLERK_FILES], struct err *err);
void clerk_close(struct clerk *clerk);
