/* answers.h - what the board knows of the class (--class): whose flag a text is, what a student may know of
 * himself. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "flag/flag.h"
#include "flag/pin.h"
#include "judge/rules.h"

struct answers;

/* Loads class.yml and what it names: course, roster, key. The journals are read when they are asked for.
 * ST_INPUT with the place; *out is to be closed in any case. */
enum status answers_open(struct answers **out, const char *class_file, struct err *err);
void answers_close(struct answers *answers);

/* All of these may be called at the same time by several threads. Results live as long as the answers. */

/* The challenge that is called so on the board, NULL when the course has none; its rules, NULL for a
 * question. */
const struct challenge *answers_challenge(const struct answers *answers, const char *name);
const struct rules *answers_rules(const struct answers *answers, const struct challenge *challenge);

/* The handle of the board's user: on the roster by his e-mail address, or by his name where the board has no
 * address of him; without a roster his name. False when he has none. */
bool answers_handle(const struct answers *answers, const char *name, const char *email,
                    char out[NAME_MAX_LEN + 1]);

/* True when the class's key makes this flag; parts say for which challenge and student. */
bool answers_right(const struct answers *answers, const char *text, struct flag_parts *parts);

/* True when a text has the form of a flag, right or not, or nearly; *letters is then how many were mistyped
 * of this challenge's flag of student, 0 for a right one and for what is none of his (flag/typo.h). */
bool answers_has_form(const struct answers *answers, const char *text, const char *slug, const char *student,
                      unsigned *letters);

const struct course *answers_course(const struct answers *answers);
const struct class *answers_class(const struct answers *answers);

/* The student's PIN for the briefing; false without a roster, where none is asked for. */
bool answers_pin(const struct answers *answers, const char *student, char out[PIN_SIZE]);
