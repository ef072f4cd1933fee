/* desk.h - what a command of the grader works with: class, course, roster, key, and the way to store and
 * board. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "flag/flag.h"
#include "grader/scoreboard/scoreboard.h"
#include "grader/store/store.h"
#include "spec/class.h"
#include "spec/course.h"
#include "spec/roster.h"

enum {
    DESK_KEY = 1,  /* the key is needed */
    DESK_WARN = 2, /* warnings about the course go to stderr */
};

struct desk {
    struct class class;
    struct course course;
    struct roster roster;
    bool has_roster;
    struct keyring *ring;      /* NULL without DESK_KEY */
    struct flag_context flags; /* borrows from class and course */
    /* what ends a request and the relay early: set it after desk_open, or leave it NULL */
    const atomic_int *stop;
};

/* Loads class_file and what it names. Also sees to it that the process leaves no core dump and cannot be read
 * by its user's other processes, since it will hold the key or the token. ST_INPUT: the first error with its
 * place, and how many more. desk_close either way. */
enum status desk_open(struct desk *desk, const char *class_file, unsigned needs, struct err *err);

/* ST_INPUT, told with the nearest name, when the course has no challenge of that slug. */
enum status desk_has_challenge(const struct desk *desk, const char *slug, struct err *err);

/* ST_INPUT, told with the nearest handle, when there is a roster and nobody on it has that one. */
enum status desk_has_student(const struct desk *desk, const char *handle, struct err *err);

void desk_close(struct desk *desk);

/* As desk_open, around a class and key that were not read from a file (demo); both are taken over. */
enum status desk_open_practice(struct desk *desk, struct class *class, struct keyring *ring, struct err *err);

/* The class's store, for writing. ST_INPUT when class.yml names none. */
enum status desk_store(const struct desk *desk, struct store **out, struct err *err);

/* As desk_store, and takes part for as long as it is open; waits up to wait_ms for who has it, and says so.
 */
enum status desk_store_part(const struct desk *desk, enum store_part part, int64_t wait_ms,
                            struct store **out, struct err *err);

enum { DESK_WAIT_MS = 60000 }; /* what a command of a person waits */

/* The class's scoreboard; timeout_ms as in board_options. ST_INPUT when class.yml names none. Sends
 * nothing. */
enum status desk_scoreboard(const struct desk *desk, struct scoreboard *out, int64_t timeout_ms,
                            struct err *err);

/* Asks the scoreboard what it is: whoever asks it for more does this first. BOARD_PERSON: its mode is not
 * that of class.yml, or it is no scoreboard. */
enum board_result desk_greet(const struct desk *desk, struct scoreboard *board, struct board_kind *out,
                             struct err *why);
