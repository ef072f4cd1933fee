/* tries.h - what reached the targets in a student's name, out of the class's journals. */
#pragma once

#include "board/answers.h"
#include "json/write.h"

/* Writes an array under key: the newest few attempts of this student at this challenge, the newest first,
 * with what was wrong as far as the challenge's feedback lets him know it. Reads the end of each journal
 * anew; one that cannot be read has nothing. */
void tries_put(struct json_writer *w, const char *key, const struct class *class, const struct rules *rules,
               const char *student);
