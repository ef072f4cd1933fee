/* store.h - every verified solve and what became of it; one SQLite file. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/names.h"

enum solve_state {
    SOLVE_WAITING,  /* to be posted */
    SOLVE_POSTED,   /* on the scoreboard */
    SOLVE_HELD,     /* a person must act first; `note` says how */
    SOLVE_REJECTED, /* can never be posted; `note` says why */
};

/* A solve; (student, slug) is there once. Times are microseconds since 1970, UTC. */
struct solve {
    int64_t id;
    char student[NAME_MAX_LEN + 1];
    char slug[NAME_MAX_LEN + 1];
    char key_id[8]; /* of the key that made the flag */
    int64_t submitted_us;
    char source[46]; /* the address it came from, "" when unknown */
    enum solve_state state;
    bool intent;        /* a post has been begun, and how it ended is not known */
    int64_t attempts;   /* posts that were begun */
    int64_t next_us;    /* of a waiting one: not before */
    int64_t submission; /* of a posted one: its number on the scoreboard */
    char note[512];     /* the last thing that happened to it; "" at first */
};

struct store;

/* Opens or makes the store of (course, class) for writing; several processes, and threads with a store each,
 * may do so, and write in turns. ST_INPUT when it belongs to another class or is no store. */
enum status store_open(struct store **out, const char *path, const char *course, const char *class,
                       struct err *err);

/* For reading, beside a writer. ST_INPUT when there is none. */
enum status store_open_reader(struct store **out, const char *path, struct err *err);
void store_close(struct store *store);

/* What only one process (or thread) may be at work on, at a time. */
enum store_part {
    STORE_SOLVES = 1,  /* solves and the scoreboard's rows of them: relay, watcher, journals, reconcile */
    STORE_CONTENT = 2, /* the scoreboard's challenges, flags, users and teams */
    STORE_SERVE = 3,   /* being the class's daemon */
};

/* Waits in line for it up to wait_ms, or until *stop (may be NULL); store_close gives all back. ST_ENV: who
 * has it. */
enum status store_take(struct store *store, enum store_part part, int64_t wait_ms, const atomic_int *stop,
                       struct err *err);
void store_give(struct store *store, enum store_part part);

/* Adds a waiting solve of submitted's student, slug, key_id, submitted_us and source, durably. *fresh is
 * false when it is there already. *now is what the store then holds. */
enum status store_add(struct store *store, const struct solve *submitted, bool *fresh, struct solve *now,
                      struct err *err);

/* Calls row for every solve in the order of submission until it returns false. */
enum status store_each(struct store *store, bool (*row)(const struct solve *solve, void *context),
                       void *context, struct err *err);
enum status store_count(struct store *store, enum solve_state state, size_t *out, struct err *err);

/* The waiting solve to post next: begun ones first, then the oldest, among those with next_us up to by_us.
 * Nothing is put off for longer than a few minutes: what is due later than in STORE_AHEAD_US was put off
 * before the clock was set back, and is due now. *found is false when there is none; *next_us is then when
 * the first is due, 0 when nothing waits. */
enum { STORE_AHEAD_US = 600000000 };
enum status store_next(struct store *store, int64_t by_us, struct solve *out, bool *found, int64_t *next_us,
                       struct err *err);

/* Before a post: `intent` is on disk when this returns. */
enum status store_intent(struct store *store, int64_t id, struct err *err);

/* After it. note may be "". Posted, held and rejected ones have no open intent but for held. */
enum status store_posted(struct store *store, int64_t id, int64_t submission, const char *note,
                         struct err *err);
enum status store_put_off(struct store *store, int64_t id, int64_t next_us, const char *note,
                          struct err *err);
enum status store_hold(struct store *store, int64_t id, const char *note, struct err *err);
enum status store_reject(struct store *store, int64_t id, const char *note, struct err *err);

/* A solve that was posted, or is thought to be, waits again, to be looked up before it is posted. */
enum status store_again(struct store *store, int64_t id, const char *note, struct err *err);

/* All waiting ones are held; all held ones wait again and, like all that wait, are due at once. */
enum status store_hold_all(struct store *store, const char *note, struct err *err);
enum status store_release(struct store *store, struct err *err);

/* What the scoreboard's ids were when they were looked up. kind is "challenge" or "user". */
enum status store_recall(struct store *store, const char *kind, const char *name, int64_t *id,
                         struct err *err);
enum status store_remember(struct store *store, const char *kind, const char *name, int64_t id,
                           struct err *err);
enum status store_known_each(struct store *store, const char *kind,
                             bool (*row)(const char *name, int64_t id, void *context), void *context,
                             struct err *err);
/* Forgets them all when url is not the one they belong to; url NULL: in any case. */
enum status store_forget(struct store *store, const char *url, struct err *err);

/* "waiting", "posted", "held", "rejected". */
const char *solve_state_text(enum solve_state state);
