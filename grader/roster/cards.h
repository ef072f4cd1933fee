/* cards.h - a card for each student: who he is here and on the scoreboard, and how he gets in. */
#pragma once

#include <stdio.h>

#include "grader/desk/desk.h"

struct cards {
    FILE *out;
    const char *path;
    const struct desk *desk; /* with the key, for PINs */
    struct store *store;
    struct scoreboard *board;
    size_t n; /* written so far */
};

/* Makes path, of mode 0600. ST_INPUT when it is there already: what it says may still be good. Borrows all.
 */
enum status cards_open(struct cards *out, const char *path, const struct desk *desk, struct store *store,
                       struct scoreboard *board, struct err *err);

/* Appends a student's card, which is on disk when this returns. A user whom sync made, and whose password
 * nobody was told, gets a new one; another keeps his own. ST_INPUT: the key makes no PINs; ST_ENV: scoreboard
 * or disk say no; the same user gets another password the next time. */
enum status cards_add(struct cards *cards, const struct student *student, const struct board_user *user,
                      struct err *err);

/* Takes a file without cards away. */
void cards_close(struct cards *cards);

/* Remembers that nobody knows the password of the student's user. id 0: he is about to be made. */
enum status cards_untold(struct store *store, const char *handle, int64_t id, struct err *err);
