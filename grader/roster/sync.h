/* sync.h - finds or makes the class's students, and their teams, on the scoreboard. */
#pragma once

#include "grader/desk/desk.h"

enum sync_fate {
    SYNC_SAME,
    SYNC_FOUND,   /* for the first time, or under another number than before */
    SYNC_CREATED, /* user or team */
    SYNC_JOINED,  /* his team */
    SYNC_NAMED,   /* otherwise than his handle, which he may take for it */
    SYNC_RENAMED,
    SYNC_PERSON, /* a person must decide; the sentence says what */
    SYNC_FATES
};

struct sync_options {
    bool dry;          /* only tells what would be done */
    bool rename;       /* users get their handles as names */
    bool notify;       /* the scoreboard mails new users their passwords, if it can */
    const char *cards; /* the file for cards.h; NULL: none. Not made when dry */
};

/* What became of one; text is a sentence, "" for SYNC_SAME. Several may be told of one handle. */
typedef void sync_told(void *context, enum sync_fate fate, const char *handle, const char *text);

struct sync_sum {
    size_t n[SYNC_FATES];
    size_t cards; /* written */
    size_t flags; /* challenges whose flags were not the roster's: made right (or, dry, would be) */
};

/* Students are found as the relay finds them (resolve.h); who is not there is made with a password that
 * nobody knows; with cards each student gets one, and a password that is on it. Staff are found only. In
 * teams mode a student without a team joins the roster's, which is made when it is not there; nobody is ever
 * taken out of one. Who is named otherwise there than his handle is told; named like another student he needs
 * a person. With `paste: flags` the challenges' flags follow. At the end held solves wait again. The store's
 * STORE_CONTENT is the caller's. May be stopped and repeated anywhere. ST_NO: somebody needs a person;
 * ST_ENV: scoreboard or store say no.
 */
enum status sync_run(struct desk *desk, struct scoreboard *board, struct store *store,
                     const struct sync_options *options, sync_told *told, void *context, struct sync_sum *sum,
                     struct err *err);
const char *sync_fate_text(enum sync_fate fate);
