/* solve.h - every verified solve and what became of it. */
#pragma once

#include "grader/store/store.h"

enum solve_state {
    SOLVE_WAITING,  /* to be posted */
    SOLVE_POSTED,   /* on the scoreboard */
    SOLVE_HELD,     /* a person must act first; `note` says how */
    SOLVE_REJECTED, /* can never be posted; `note` says why */
    SOLVE_VOID,     /* staff took it back; `note` says who and why */
    SOLVE_STATES
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

/* "waiting", "posted", "held", "rejected", "void". */
const char *solve_state_text(enum solve_state state);

/* The other way round. */
enum solve_state solve_state_of(const char *word);

/* Adds a waiting solve of submitted's student, slug, key_id, submitted_us and source, durably. *fresh is
 * false when it is there already. *now is what the store then holds. */
enum status store_add(struct store *store, const struct solve *submitted, bool *fresh, struct solve *now,
                      struct err *err);

/* Calls row for every solve in the order of submission until it returns false. */
enum status store_each(struct store *store, bool (*row)(const struct solve *solve, void *context),
                       void *context, struct err *err);
enum status store_count(struct store *store, enum solve_state state, size_t *out, struct err *err);

/* How many there are of each state, and when the oldest that waits was submitted, 0 when none does. */
struct solve_tally {
    size_t n[SOLVE_STATES];
    int64_t oldest_us;
};
enum status store_tally(struct store *store, struct solve_tally *out, struct err *err);

/* How many rows of the scoreboard posted solves are: in teams mode one may be several members'. After a reset
 * of the scoreboard a number may be given again, for another challenge. */
enum status store_count_posted(struct store *store, size_t *out, struct err *err);

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

/* What staff decided about a solve, and who: it is void, or valid again and posted as submission. Added once
 * to a history, of which nothing is ever taken. */
struct solve_ruling {
    const char *by, *reason;
    int64_t when_us;
};
enum status store_void(struct store *store, int64_t id, const struct solve_ruling *ruling, struct err *err);
enum status store_valid(struct store *store, int64_t id, int64_t submission,
                        const struct solve_ruling *ruling, struct err *err);

/* All waiting ones are held; all held ones wait again and, like all that wait, are due at once. */
enum status store_hold_all(struct store *store, const char *note, struct err *err);
enum status store_release(struct store *store, struct err *err);
