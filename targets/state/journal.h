/* journal.h - what a target appends: one JSON line per attempt and delivery. docs/journal.md has the format.
 */
#pragma once

#include <fcntl.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "json/write.h"
#include "targets/state/share.h"

enum { JOURNAL_LINE_MAX = 4096, JOURNAL_NAME_MAX = 255 };
/* How it is opened: what the filter of system calls lets through. O_NONBLOCK: a named pipe that nobody reads
 * must not hold the targets up before it is refused. */
#define JOURNAL_FLAGS (O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)
#define JOURNAL_CEILING ((uint64_t)256 << 20)

/* What was not done or not written since the last line; each is told once, in the next line. */
enum journal_drop {
    DROP_CAPTURE, /* frames that the kernel had no room for */
    DROP_NEAR,    /* near misses' lines: over a share, over the ceiling, or refused by the disk */
    DROP_PASSES,  /* passes, the same */
    DROP_LINES,   /* other lines, the same */
    DROP_ANSWERS, /* answers over a bucket, or with no room to wait */
    DROP_BUSY,    /* connections over a limit */
    N_DROPS,
};

/* How much of the file a line may use. */
enum journal_rank {
    JOURNAL_KEPT,   /* what a student's points hang on, and start and stop: all of it */
    JOURNAL_FIRST,  /* what happens once for each student and challenge: all but the last sixteenth */
    JOURNAL_SHARED, /* what anybody can cause any number of times: seven eighths, and within its source's
                       share */
    N_RANKS,
};

/* What causes a line. */
struct journal_cause {
    enum journal_rank rank;
    enum journal_drop drop; /* as what it is counted when it is not written */
    ipaddr source;          /* JOURNAL_SHARED: runtime_counted */
    uint32_t weight;        /* how many students share it */
    int64_t now_ms;         /* JOURNAL_SHARED: monotonic */
};

struct journal {
    int fd;     /* -1: none is kept */
    int folder; /* the file's, with which alone it can be opened anew */
    char name[JOURNAL_NAME_MAX + 1];
    uint64_t size, ceiling;
    bool made;          /* by this process, and therefore its own to give away */
    bool torn;          /* the last write was cut: the next begins on a new line */
    bool full[N_RANKS]; /* told already that this rank has reached its end */
    struct share share;
    struct journal_cause cause; /* of the line that is being written */
    uint64_t drops[N_DROPS], totals[N_DROPS];
    struct buf line;
    struct json_writer writer;
};

/* Opens path for appending (mode 0640), NULL for none. ST_INPUT when it cannot be opened, or is there and is
 * a link, a device or a pipe. */
enum status journal_open(struct journal *journal, const char *path, uint64_t ceiling, struct err *err);

/* The end of what is in the file, from a line's beginning, as much as out takes. False when it cannot be
 * read. While files may still be opened. */
bool journal_tail(const struct journal *journal, struct buf *out);

/* Opens the file of that name again, which is another one once the present one was moved away: *fresh is true
 * then, and nothing was written to it yet. ST_ENV when it cannot be opened; the present one stays. */
enum status journal_reopen(struct journal *journal, bool *fresh, struct err *err);
void journal_close(struct journal *journal);

/* Gives the file to a user, so that he can read what was written for him; not one that was there before. */
void journal_chown(const struct journal *journal, uid_t uid, gid_t gid);

void journal_drop(struct journal *journal, enum journal_drop what, uint64_t n);

/* Begins a line {"time": now, "event": event, …; add members to the writer, then journal_end. NULL when no
 * journal is kept, and, counted, when what causes the line may write no more. */
struct json_writer *journal_begin(struct journal *journal, const char *event,
                                  const struct journal_cause *cause);

/* The time that journal_begin gave the line. False when there is none. */
bool journal_time(const struct journal *journal, char out[CLOCK_TEXT_SIZE]);

/* Adds as many of the bytes in Base64 as the line has room for, under "frame", and their number under
 * "frame_bytes". Last before journal_end. */
void journal_frame(struct journal *journal, const void *bytes, size_t length);

/* Writes the line, at once. False, and it is counted, when it is not in the file. */
bool journal_end(struct journal *journal);
