/* owned.h - whose flag was entered, as the class's key tells it; without --class nothing is known. */
#pragma once

#include "board/answers.h"
#include "board/call.h"

enum owned {
    OWNED_UNKNOWN,   /* no class, or no flag: the challenge's own flags decide */
    OWNED_RIGHT,     /* of this challenge, made for the caller or one of his team */
    OWNED_FOREIGN,   /* of this challenge, made for somebody else */
    OWNED_ELSEWHERE, /* of another challenge of the class */
    OWNED_WRONG,     /* has the form of one, and the class's key makes another */
};

enum { OWNED_SAID = 300 };

/* What text is, entered for the challenge. said: a sentence for the student where there is more to say than
 * right or wrong, else "". */
enum owned owned_flag(struct call *c, int64_t challenge, const char *text, char said[OWNED_SAID]);

/* The caller's own handle; false when the class knows none, or there is no class. */
bool owned_handle(struct call *c, char out[NAME_MAX_LEN + 1]);
