/* spool.h - what is written as a whole or not at all, however long it is: in memory at first, and then in a
 * file without a name. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct spool {
    struct buf buf; /* what is added; moved into the file when it is long */
    int fd;         /* -1: there is no file yet */
    int why;        /* errno when the file could not be made or written, else 0 */
};

void spool_init(struct spool *spool);
void spool_done(struct spool *spool);

/* Empties it. */
void spool_clear(struct spool *spool);

/* Moves what is in the buffer into the file when it is worth it. What goes wrong, spool_copy says. */
void spool_settle(struct spool *spool);

/* Writes all of it to fd. ST_ENV. */
enum status spool_copy(struct spool *spool, int fd, struct err *err);

/* Such a file; -1 and errno. */
int spool_file(void);

/* ST_ENV: why there is no room in it, an errno, and the mend. */
enum status spool_refused(int why, struct err *err);
