/* evidence.h - rows of the scoreboard that were looked at, and flags that somebody else showed. */
#pragma once

#include "grader/store/store.h"

/* In place of an address: not a flag, but a packet of owner's, or one that left his address, in a capture. */
#define EVIDENCE_CAPTURE "a capture"

/* A flag of owner for slug that shower showed, or one that nobody was given (forged); of these, what differs
 * from owner's right one by a letter or two is a typo. */
struct evidence {
    int64_t id;
    bool forged;
    unsigned letters; /* of a forged one: in so many it differs from owner's right one; 0: it is no typo */
    char slug[NAME_MAX_LEN + 1];
    char owner[NAME_MAX_LEN + 1]; /* the student whom the flag names */
    char shower[256];             /* a handle where the user is known to the roster, else the user's name */
    char source[46];              /* the address it was shown from, EVIDENCE_CAPTURE, "" when unknown */
    int64_t when_us;              /* shown */
    bool counted;                 /* the scoreboard took it for right */
    int64_t submission;           /* its number there, 0 when it was shown to the grader */
    char date[40];                /* of that row, as the scoreboard writes it */
    char verdict[16]; /* the last: "dismissed", "confirmed", "revoked"; "" while it is open. One about a
                       * borrowed flag holds for every time that the same shower showed it */
};

/* What was decided about an evidence, and by whom. */
struct ruling {
    const char *verdict, *by, *reason;
    int64_t when_us;
};

/* "borrowed", "forged" or "typo". */
const char *evidence_kind(const struct evidence *evidence);

/* Rows of the scoreboard by number, type and date, since numbers are used again. */
enum status store_seen(struct store *store, int64_t submission, const char *type, const char *date,
                       bool *seen, struct err *err);
enum status store_see(struct store *store, int64_t submission, const char *type, const char *date,
                      struct err *err);

/* Keeps it once; *fresh is false, and *id the old one's, when it is there already, or when it was decided
 * about the same borrowed flag and shower before. */
enum status store_evidence(struct store *store, const struct evidence *evidence, bool *fresh, int64_t *id,
                           struct err *err);
enum status store_evidence_get(struct store *store, int64_t id, struct evidence *out, bool *found,
                               struct err *err);
/* A borrowed one: calls row for all of the same flag and shower, itself too. A forged one: for itself. */
enum status store_evidence_same(struct store *store, int64_t id,
                                bool (*row)(const struct evidence *row, void *context), void *context,
                                struct err *err);
enum status store_evidence_each(struct store *store, bool (*row)(const struct evidence *row, void *context),
                                void *context, struct err *err);

/* Adds to the history of an evidence, once; nothing is ever taken from it. verdict_each: also what was
 * decided about others of the same flag and shower. */
enum status store_verdict(struct store *store, int64_t evidence, const struct ruling *verdict,
                          struct err *err);
enum status store_verdict_each(struct store *store, int64_t evidence,
                               void (*row)(const struct ruling *verdict, void *context), void *context,
                               struct err *err);

/* Where the flag of (slug, student) was delivered, in the order of time. */
enum status store_delivered_each(struct store *store, const char *slug, const char *student,
                                 void (*row)(const char *address, int64_t first_us, int64_t n, void *context),
                                 void *context, struct err *err);
