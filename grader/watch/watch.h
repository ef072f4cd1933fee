/* watch.h - looks at what was entered on the scoreboard: solves of their owners, flags of others, forged
 * ones, and typos. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grader/desk/desk.h"

struct watch_options {
    const struct desk *desk; /* with the key */
    enum paste_rule paste;
    int64_t full_ms; /* how often every row is looked at again; 0: every three minutes */
    bool full;       /* do so now */
    void (*told)(void *context, const char *sentence); /* what was found; may be NULL */
    void *context;
};

struct watch_summary {
    size_t rows;             /* that were new */
    size_t solved, promoted; /* own flags: right there, made right there */
    size_t borrowed;         /* flags of others: new evidence */
    size_t forged, typos;    /* counted there though nobody was given such a flag: invented, mistyped */
    size_t revoked;          /* taken back */
    bool whole;              /* the pass has read every row, and so `missing` is known */
    size_t missing;          /* solves that were posted, and are there no more */
    enum board_result board; /* BOARD_OK, or the answer of the scoreboard that ended the pass */
    bool poisoned;           /* rows without a type break the scoreboard's lists */
};

/* One pass; asks for one count only when nothing moved. Flags of the row's own user, or of a team-mate,
 * become posted solves; wrong or rate-limited ones that are right but for blanks or case are promoted, and
 * what cannot be promoted waits for the relay. A flag of another becomes evidence and its row is left alone.
 * With PASTE_AUDIT or PASTE_SERVED a correct row of a forged flag is revoked, unless a person made it correct
 * by hand; whoever only mistyped his own is told so on the scoreboard. Rows that the relay posted, and
 * challenges without a target.yml, are never judged. May be stopped and repeated anywhere. Not ST_OK:
 * summary->board says no, or where that is BOARD_OK store or memory. */
enum status watch_pass(struct store *store, struct scoreboard *board, const struct watch_options *options,
                       struct watch_summary *summary, struct err *err);
