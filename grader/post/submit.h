/* submit.h - from what a person pasted to a verified solve in the store. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "grader/desk/desk.h"
#include "grader/store/solve.h"

/* Whether the class has such a challenge and such a student. */
enum submit_place {
    SUBMIT_PLACED,
    SUBMIT_NO_SLUG,  /* not yet, or no more: as SUBMIT_STRANGER this may change */
    SUBMIT_STRANGER, /* not on the roster */
    SUBMIT_STAFF,    /* who score nothing */
};
enum submit_place submit_place_of(const struct desk *desk, const char *slug, const char *student);

/* What came of it. */
struct submitted {
    bool right;
    bool fresh; /* right, and not in the store before */
    enum submit_place place;
    enum flag_verdict flag; /* what was found of the text itself; right needs a challenge and a student too */
    struct flag_parts parts; /* what the flag says of itself; "" when it has not the form of one */
    unsigned
        letters; /* not right: so many letters of the flag of nearly, same challenge, are mistyped; else 0 */
    char nearly[NAME_MAX_LEN + 1];
    struct solve solve; /* right: what the store holds */
    char text[1024];    /* one sentence; never the flag */
};

/* Checks text as flag_check does and stores a right flag's solve, durably, before it returns. source is the
 * address it came from, "" when unknown. ST_OK: right. ST_NO: wrong, or of somebody who is not on the roster;
 * nothing is stored. ST_ENV: the store says no. */
enum status submit_flag(const struct desk *desk, struct store *store, const char *text, size_t len,
                        const char *source, struct submitted *out, struct err *err);

/* As submit_flag, for a flag that was checked where it was handed in and whose proof is right: keeps the
 * solve of parts under the desk's key, with the time when it was handed in. ST_NO: out->place says why. */
enum status submit_proved(const struct desk *desk, struct store *store, const struct flag_parts *parts,
                          int64_t when_us, const char *source, struct submitted *out, struct err *err);

/* Checks only: fills right, parts and, when it is not right, text. */
bool submit_check(const struct desk *desk, const char *text, size_t len, struct submitted *out);
