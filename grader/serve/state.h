/* state.h - what the daemon's threads tell each other: numbers, troubles, and that there is work. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* What an answer of the intake begins with. */
enum intake_word { INTAKE_OK, INTAKE_DUP, INTAKE_BAD, INTAKE_LIMIT, INTAKE_ERR, INTAKE_WORDS };

/* Since the start. */
enum count {
    COUNT_HANDED_IN, /* flags of the briefing, new */
    COUNT_NOT_TAKEN, /* lines of the briefing that earn nothing */
    COUNT_LINES,     /* of the journals */
    COUNT_CUT,       /* of these no lines */
    COUNT_POSTED,    /* solves */
    COUNT_PASSES,    /* of the watcher, that ended well */
    COUNT_ROWS,      /* new rows of the scoreboard */
    COUNT_SOLVED,    /* of these: a student's own flag */
    COUNT_PROMOTED,  /* own flags that were made right there */
    COUNT_BORROWED,  /* flags of others */
    COUNT_FORGED,    /* that nobody was given */
    COUNT_TYPOS,     /* own ones, mistyped */
    COUNT_REVOKED,   /* of the last two: taken back */
    COUNT_FAILURES,  /* of passes and posts, that the scoreboard had */
    COUNTS
};

/* What can be wrong for a while. */
enum part { PART_STORE, PART_JOURNALS, PART_SCOREBOARD, PART_SOLVES, PARTS };

struct trouble {
    char text[1024];           /* "": none */
    int64_t since_ms, told_ms; /* monotonic */
};

struct state {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool work; /* a solve was added */
    int64_t started_us;
    uint64_t intake[INTAKE_WORDS], counts[COUNTS];
    double journal_fill; /* 1: at its ceiling */
    bool leads;          /* of several daemons of the class, the one that posts */
    struct trouble troubles[PARTS];
    int64_t beat_ms;      /* when the board's thread last went round */
    int64_t loop_ms;      /* when the event loop's timer last ran */
    int64_t last_pass_us; /* of the watcher, 0: none yet */
};

void state_init(struct state *state);
void state_done(struct state *state);

void state_answered(struct state *state, enum intake_word word);
void state_count(struct state *state, enum count what, uint64_t n);
void state_beat(struct state *state);
void state_loop(struct state *state);
void state_fill(struct state *state, double journal_fill);
void state_lead(struct state *state, bool leads);
void state_passed(struct state *state);

/* There is work for the board's thread, which need not wait any longer. */
void state_wake(struct state *state);

/* Until at_ms (monotonic) or a wake; returns whether it was a wake. */
bool state_wait(struct state *state, int64_t at_ms);

/* A part is in trouble, text says why; NULL: it is well. Its begin and its end become a
 * line of the log, and another reason when the last line is five minutes old. */
void state_trouble(struct state *state, enum part part, const char *text);

bool state_in_trouble(struct state *state, enum part part);

/* A copy to read at leisure. */
struct state_copy {
    int64_t started_us, beat_ms, loop_ms, last_pass_us;
    uint64_t intake[INTAKE_WORDS], counts[COUNTS];
    double journal_fill;
    bool leads;
    struct trouble troubles[PARTS];
};
void state_copy(struct state *state, struct state_copy *out);

/* False when one of the two threads hangs, which is worth a restart; a scoreboard that is away is not. */
bool state_lives(const struct state_copy *copy);

const char *intake_word_text(enum intake_word word);
const char *part_text(enum part part);
