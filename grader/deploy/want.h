/* want.h - what the scoreboard should hold of a challenge: challenge.yml with its {{…}} filled in. */
#pragma once

#include "grader/desk/desk.h"
#include "grader/scoreboard/content.h"
#include "judge/rulebook.h"

/* What is needed to say it; all borrowed. */
struct wanting {
    const struct desk *desk;
    const struct rulebook *book;
    const int64_t *ids; /* of each challenge of the course on the scoreboard, in its order; not 0 */
};

/* Fills *out, which content_free releases either way. A key that challenge.yml leaves to the scoreboard (its
 * place in the list, points that follow from others) is NULL. A hint's requirements are the positions of
 * other hints among the wanted ones, from 1. Problems are added with their place. ST_INPUT with the sentence
 * when a file cannot be used. */
enum status want_challenge(const struct wanting *wanting, const struct challenge *challenge,
                           struct board_content *out, struct problems *problems, struct err *err);

/* Adds to *out the flags that are not in challenge.yml but follow from how the class hands in. ADD FLAGS OF
 * `paste:` HERE. */
enum status paste_flags(const struct wanting *wanting, const struct challenge *challenge,
                        struct board_content *out, struct err *err);

/* The first student's flag in a pattern that `paste: flags` made; false where it is none. */
bool paste_first(const char *pattern, char flag[FLAG_SIZE]);

/* A file's name as the scoreboard keeps it: the last part of path, letters, digits and "._-" alone. ST_INPUT
 * when nothing is left of it. */
enum status want_file_name(const char *path, char *out, size_t size, struct err *err);

/* Appends text with its {{…}} filled in; as challenge_fill. */
bool want_fill(const struct wanting *wanting, const struct challenge *challenge, const char *text,
               struct place at, struct buf *out, struct problems *problems);

/* Appends the solution's text, filled in. ST_INPUT when it cannot be read. */
enum status want_solution(const struct wanting *wanting, const struct challenge *challenge, struct buf *out,
                          struct problems *problems, struct err *err);
