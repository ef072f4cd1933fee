/* challenge_parts.h - what challenge.yml says beside its texts and flags: files, hints, requirements.
 */
#pragma once

#include "spec/course.h"
#include "spec/schema.h"

/* null and "", as ctfcli's own template has them, mean that there is none. */
bool challenge_is_blank(const struct yaml *value);

/* Rows of challenge_keys; out is the struct challenge. */
void challenge_read_tags(struct schema *s, const struct yaml *value, void *out);
void challenge_read_topics(struct schema *s, const struct yaml *value, void *out);
void challenge_read_files(struct schema *s, const struct yaml *value, void *out);
void challenge_read_hints(struct schema *s, const struct yaml *value, void *out);
void challenge_read_requirements(struct schema *s, const struct yaml *value, void *out);
void challenge_read_next(struct schema *s, const struct yaml *value, void *out);
void challenge_read_solution(struct schema *s, const struct yaml *value, void *out);

void challenge_parts_free(struct challenge *challenge);

/* Of a whole course: requirements and next name its challenges, and no two have one name. */
void challenge_names_check(const struct course *course, struct problems *problems);
