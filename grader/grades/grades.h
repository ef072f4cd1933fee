/* grades.h - what a class has earned: store, journals and scoreboard in one table. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "grader/desk/desk.h"
#include "grader/grades/pages.h"

enum { GRADES_REASONS = 5 };

/* One student and one challenge. Times are microseconds since 1970, UTC; 0: never. */
struct grades_cell {
    enum {
        CELL_NONE,
        CELL_SOLVED,   /* in the store and on the scoreboard */
        CELL_WAITING,  /* in the store, not yet posted, or held: it counts here */
        CELL_THERE,    /* on the scoreboard alone: a question, a pasted flag, a solve by hand */
        CELL_REJECTED, /* can never be posted: counts nowhere */
        CELL_VOID,     /* staff took it back: counts nowhere */
        CELL_BORROWED, /* on the scoreboard with another's flag, and not counted here */
    } state;
    int64_t when_us;                           /* submitted, or the scoreboard's date for CELL_THERE */
    int64_t n_pass, n_near, first_us, last_us; /* attempts on the wire */
    int64_t delivered_us;                      /* when the flag was first handed over on the wire */
    int64_t submission;                        /* of a posted one, its number there */
    bool there;                                /* a correct row there is of it */
    bool open;                                 /* it counts, by another's flag: staff have not decided */
    bool gone;                                 /* posted, and there no more */
    const char *note;                          /* what is to be known of it; "" nothing */
};

struct grades_reason {
    char field[64], code[64];
    int64_t n;
};

struct grades_challenge {
    const struct challenge *challenge;
    int64_t board_id; /* 0: not asked, or not there */
    int64_t value;    /* the scoreboard's, when it was asked */
    bool wire;        /* it has a target */
    struct grades_reason reasons[GRADES_REASONS];
    size_t n_reasons;
    int64_t n_solved, n_pass, n_near;
};

struct grades_student {
    char handle[NAME_MAX_LEN + 1];
    const struct student *roster; /* NULL without a roster */
    bool staff;
    int64_t board_id; /* 0: not asked, or not there */
    int64_t team;
    const char *board_name;    /* his name there when it is not his handle; else "" */
    struct grades_cell *cells; /* one a challenge */
    int64_t points;            /* solved challenges, less what hints cost */
    int64_t awards;            /* part of points: hints below 0, points given by hand */
    int64_t board_points;
    int64_t board_sum; /* rows and awards there, as the scoreboard adds them up: its figure, if all is well */
    int64_t late_sum;  /* those of them that came after its freeze */
    int64_t n_foreign; /* correct rows there of challenges that are not in this course */
    int64_t n_orphans; /* correct rows there without a team, in teams mode: they count for nobody */
    int64_t n_former;  /* in teams mode: rows for the team of who is in another one now */
    int64_t n_odd_awards; /* in teams mode: of a member, and not for the team, or the other way round */
    bool board_shown, passed;
    int64_t first_us, last_us;
    const char *note; /* open borrowed flags, solves that are gone, where the scoreboard differs and why; ""
                       */
};

struct grades {
    const struct desk *desk;
    struct grades_challenge *challenges;
    size_t n_challenges;
    struct store *store;
    struct grades_student
        *students; /* when the scoreboard is asked; else NULL: they are read one at a time */
    size_t n_students;
    struct pages kept; /* which has them */
    bool asked;        /* the scoreboard was */
    int64_t freeze_us; /* of its configuration, 0: none */
    char board[512];
    int64_t made_us;
    struct grades_text *texts; /* notes and names; few have any */
    bool failed;               /* no memory for one of them */
    /* while it is written */
    const char *only; /* the one student that it is of, NULL: all */
    bool found;       /* he was there */
    struct spool *spool;
    enum status trouble; /* of the store; why says which */
    struct err why;
};

/* Opens the store for reading, beside a writer, and asks the scoreboard; board NULL: it is not asked.
 * without_borrowed: what was earned by others' flags does not count though staff have not decided about it.
 * ST_INPUT: no store; ST_ENV: the scoreboard cannot be asked. grades_free in any case. */
enum status grades_gather(struct grades *report, const struct desk *desk, struct scoreboard *board,
                          bool without_borrowed, struct err *err);
void grades_free(struct grades *report);

/* A text that lives as long as the report, cut at 767 bytes; without memory "", and the report has failed. */
const char *grades_text(struct grades *report, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void grades_texts_free(struct grades *report);

/* "solved", "waiting", "on the scoreboard", "rejected", "void", "borrowed", "". */
const char *grades_cell_text(const struct grades_cell *cell);

/* True when the cell counts. */
bool grades_counts(const struct grades_cell *cell);
