/* resolve.h - which challenge and which user of the scoreboard a solve is about. */
#pragma once

#include <stdbool.h>

#include "grader/scoreboard/scoreboard.h"
#include "grader/store/solve.h"
#include "spec/course.h"
#include "spec/roster.h"

/* Everything but `challenges` is borrowed. */
struct resolver {
    struct store *store;
    struct scoreboard *board;
    const struct course *course;
    const struct roster *roster; /* NULL: the user has the student's handle */
    bool teams;
    bool staff_too;                     /* users of staff are looked for as well, though they score nothing */
    bool look_only;                     /* the store is open for reading: nothing is remembered */
    struct board_challenge *challenges; /* one for each of the course's; id 0: not read yet */
};

struct resolved {
    struct board_challenge challenge;
    struct board_user user;
};

/* false: no memory. */
bool resolve_init(struct resolver *resolver);
void resolve_done(struct resolver *resolver);

/* Challenges are read once and then taken from memory until this is called. */
void resolve_forget(struct resolver *resolver);

/* Ids remembered in the store are used only while the scoreboard still has that name (or e-mail address)
 * under them. The user is read every time, since a team may change. ST_OK: *result is what the scoreboard
 * says, with its sentence in *err unless that is BOARD_OK; of BOARD_NONE and BOARD_MANY it is for whoever can
 * mend it. Else the store failed, and nothing is known of the scoreboard. */
enum status resolve(struct resolver *resolver, const struct solve *solve, struct resolved *out,
                    enum board_result *result, struct err *err);

/* Its two halves; the user's may be without a team. */
enum status resolve_challenge(struct resolver *resolver, const struct challenge *of_course,
                              struct board_challenge *out, enum board_result *result, struct err *err);
enum status resolve_user(struct resolver *resolver, const char *handle, struct board_user *out,
                         enum board_result *result, struct err *err);
