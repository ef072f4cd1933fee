/* targets.h - wiregrade-target in a range: started with what it must know, and waited for. */
#pragma once

#include "base/buf.h"
#include "grader/range/program.h"
#include "judge/rulebook.h"

/* Reads one line of at most size - 1 bytes, without its newline; false when the writer ended or timeout_ms
 * are over. */
bool targets_ready_line(int fd, char *out, size_t size, int timeout_ms);

/* What is served. Borrowed during targets_start() alone. */
struct targets_spec {
    const char *word;       /* of the class */
    const char *course_dir; /* shown whole; NULL: `shows` has the course, below /wiregrade/course */
    const struct program_show *shows;
    size_t n_shows;              /* at most TARGETS_SHOWS_MAX */
    const struct rulebook *book; /* only the keys of these challenges leave this process */
    const struct keyring *ring;
    const struct buf *roster; /* roster.csv; NULL: none */
    const char *student; /* without a roster: whose packets are meant where no text says it; NULL: nobody's */
    const char *only;    /* a slug; NULL: all */
    int err;             /* where its complaints go; -1: nowhere */
};

enum { TARGETS_SHOWS_MAX = 64 };

struct targets {
    struct program *program; /* to program_close() */
    char *journal;           /* in the range's run directory, to free() */
};

/* Starts it and waits until every target is ready. ST_OK; else *err says why and *out is to targets_close().
 */
enum status targets_start(struct range *range, const struct targets_spec *spec, struct targets *out,
                          struct err *err);

/* ST_OK as long as it runs, as far as can be seen within wait_ms. ST_ENV: it has ended, though nobody asked
 * it to, and nothing that happened since says anything about a student. */
enum status targets_check(const struct targets *targets, int wait_ms, struct err *err);
void targets_close(struct targets *targets);
