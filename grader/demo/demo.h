/* demo.h - the whole path in one run: board, range, targets, solvers, flags, relay, points. */
#pragma once

#include <stdatomic.h>
#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "flag/flag.h"
#include "grader/classroom/targets.h"
#include "grader/desk/desk.h"
#include "grader/scoreboard/scoreboard.h"
#include "judge/rulebook.h"

#define DEMO_STUDENT "student" /* has solved all when the demo stays up */
#define DEMO_SECOND "smith"    /* has nothing, and is who tries by hand */
#define DEMO_AT "@example.org" /* behind a handle: an e-mail address */

struct demo_options {
    const char *course; /* folder */
    bool once, json;
    unsigned port;          /* of our own board; 0: any */
    const char *scoreboard; /* URL of a CTFd; NULL: our own board */
    const char *token_file;
};

/* What became of one challenge. */
struct demo_row {
    const struct challenge *challenge;
    char flag[FLAG_SIZE]; /* or the accepted answer of a knowledge question */
    bool verified, posted;
    bool lacking;  /* not solved because something is not installed here */
    char why[512]; /* what went wrong, "" when nothing did */
};

/* One run; demo.c owns it. */
struct demo {
    struct demo_options options;
    bool live;            /* stays up, with a board of its own: two students, and `wiregrade serve` runs */
    int lock;             /* of dir */
    char dir[256];        /* run directory, mode 0700 */
    struct desk desk;     /* class, course, key */
    struct buf roster;    /* roster.csv; empty without one */
    char class_file[300]; /* live: class.yml */
    struct rulebook *book;
    struct range *range;
    struct targets targets;
    pid_t board_pid; /* 0: not ours */
    pid_t serve_pid; /* 0: does not run */
    char url[256];
    char token_file[320];
    bool board_open;
    struct scoreboard board;
    struct board_kind kind;
    int64_t user;
    bool user_made;
    struct demo_row *rows; /* one a challenge that is assessed */
    size_t n_rows;
    int64_t points, max_points;
    const atomic_int *stop;
};

/* The class that demo->desk holds: the practice class with a key of this run alone, and a roster where it is
 * live or a challenge knows its students by their address. */
enum status demo_class_make(struct demo *demo, struct err *err);

/* Live: writes class.yml, with the scoreboard once demo->url is known. */
enum status demo_class_write(struct demo *demo, struct err *err);

/* Live: starts `wiregrade serve` and waits until it serves. */
enum status demo_serve_start(struct demo *demo, struct err *err);

/* Starts wiregrade-board in the run directory, waits until it listens, fills in url and token_file. */
enum status demo_board_start(struct demo *demo, struct err *err);

/* Ends the daemon first, then the board. */
void demo_children_stop(struct demo *demo);

/* Starts wiregrade-target in the range and waits until every target is ready. */
enum status demo_target_start(struct demo *demo, struct err *err);

/* ST_ENV when the board, the daemon or the targets have ended by themselves, with how; whatever failed after
 * that failed for this. */
enum status demo_check(struct demo *demo, struct err *err);

/* Runs the challenge's solvers as the student; verifies what they print. Fills row->flag, verified, why.
 * Returns other than ST_OK only when the environment failed. */
enum status demo_solve(struct demo *demo, struct demo_row *row, struct err *err);

/* The table for people, or the JSON object, on stdout. */
void demo_print(const struct demo *demo);

/* Prints on stderr how a student opens our own board's page, after `before`; nothing for a board that is not
 * ours. */
void demo_say_login(const struct demo *demo, const char *student, const char *before);

/* The whole run. Stops early, and cleans up, when *stop becomes true. Returns the exit status: 0 only when
 * every challenge scored on the scoreboard. */
int demo_run(const struct demo_options *options, const atomic_int *stop);
