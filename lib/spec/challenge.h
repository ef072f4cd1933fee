/* challenge.h - challenge.yml, ctfcli's format 0.1. */
#pragma once

#include "spec/course.h"

/* Reads dir/challenge.yml and, when it is there, dir/target.yml. *out is filled as far as possible; every
 * problem is added. dir lies in course_dir, which must outlive *out. challenge_free in any case. */
void challenge_load(struct challenge *out, const char *course_dir, const char *dir, const char *slug,
                    struct problems *problems);
void challenge_free(struct challenge *challenge);
