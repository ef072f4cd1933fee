/* flag.h - flag{slug.student.xxxx-xxxx-xxxx-xxxx}: made for one student, checked by making it anew. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"
#include "flag/keyring.h"

#define FLAG_SIZE 128
#define FLAG_MAC_TEXT 19   /* xxxx-xxxx-xxxx-xxxx */
#define FLAG_PREFIX_MAX 16 /* of flag_prefix in course.yml */

/* What all flags of a class have in common; texts are borrowed. */
struct flag_context {
    const char *prefix; /* "flag" */
    const char *course; /* course.yml's id */
    const char *class;  /* class.yml's word */
};

/* Writes the flag of (slug, student) under the challenge's key. False, and "", when the key is another
 * student's alone. */
bool flag_make(char out[FLAG_SIZE], const struct flag_context *context, const struct key *challenge,
               const char *slug, const char *student);

enum flag_verdict {
    FLAG_RIGHT,
    FLAG_MALFORMED,    /* not the form of a flag */
    FLAG_NO_SUCH_SLUG, /* a challenge whose key the ring does not hold, or that the course has not */
    FLAG_WRONG,        /* the form is right, the last part is not: another key, class, or invented;
                           or the ring holds another student's keys alone */
};

/* What a flag says about itself. */
struct flag_parts {
    char slug[NAME_MAX_LEN + 1];
    char student[NAME_MAX_LEN + 1];
    char mac[FLAG_MAC_TEXT + 3]; /* of one that is malformed by it alone: also two letters more */
};

/* Takes what a person pasted: case, blanks around and inside, quotes, typography (flag/dress.h), a missing
 * wrapper are mended. Compares in constant time. On FLAG_RIGHT and FLAG_WRONG *parts is filled, on
 * FLAG_MALFORMED where the last part alone is none (a letter too few, a digit that is never there), else it
 * is empty; slug and student are then well-formed names. */
enum flag_verdict flag_check(const struct flag_context *context, const struct keyring *ring, const char *text,
                             size_t len, struct flag_parts *parts);

/* The canonical text of parts, as flag_make writes it. */
void flag_text(char out[FLAG_SIZE], const struct flag_context *context, const struct flag_parts *parts);
