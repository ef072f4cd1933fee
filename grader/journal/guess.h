/* guess.h - which findings are guesses that a text asks for, and no mistakes. */
#pragma once

#include "grader/journal/line.h"
#include "spec/class.h"
#include "spec/course.h"

/* True when a student who has had no answer yet can only have guessed here: the field's value is his own, the
 * answer tells it, and what he sent resembles no mistake in writing it. */
bool guess_is(const struct challenge *challenge, const struct class *class,
              const struct journal_reason *reason);
