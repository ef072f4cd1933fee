/* heard.h - what the targets' journals said: how far each was read, and sums for reports. */
#pragma once

#include "grader/store/store.h"

enum { JOURNAL_HEAD_SIZE = 257 };

/* One journal that was read. A journal is known by the beginning of its first line, which holds the
 * microsecond of its start: so a file may be moved, copied or be written anew under its old name. */
struct store_journal {
    char head[JOURNAL_HEAD_SIZE]; /* in hex */
    int64_t position;             /* bytes that were read */
    int64_t lines, cut;           /* lines that were read, and those of them that were no lines */
    bool foreign;                 /* what stands there is of another class or course */
};

/* Fills all but head; zero when this journal was never read. */
enum status store_journal_get(struct store *store, struct store_journal *journal, struct err *err);

/* Puts *journal in place of what was known of it at position `from`. *moved is false, and nothing is changed,
 * when somebody has read on meanwhile. */
enum status store_journal_move(struct store *store, const struct store_journal *journal, const char *path,
                               int64_t from, bool *moved, struct err *err);

/* What lines of journals add up to, a row of a table of the store each. */
enum heard_table {
    HEARD_ATTEMPTS,   /* key: student ("" for nobody), slug; n: more passes, more near misses; both times */
    HEARD_REASONS,    /* key: slug, field, code ("" when none was told); n[0] more that failed so */
    HEARD_DELIVERIES, /* key: slug, student, address; n[0] more flags that were sent there; the first time */
    HEARD_TOLD,       /* key: student, slug: an answer has told him what slug expects of him */
    HEARD_ASKED,      /* no table: key as HEARD_TOLD's, n[0]: whether that is there */
    HEARD_TABLES
};
enum { HEARD_KEY = 3 };
struct heard_sum {
    const char *key[HEARD_KEY]; /* borrowed; "" for what its table has not */
    int64_t n[2], first_us, last_us;
};

/* Adds n rows to what the table has; none has the key of another. */
enum status store_heard_add(struct store *store, enum heard_table table, struct heard_sum *const *rows,
                            size_t n, struct err *err);

/* Sets n[0] of each to 1 when its student was told, else to 0; they are in the order of their keys. */
enum status store_heard_ask(struct store *store, struct heard_sum *const *rows, size_t n, struct err *err);

/* -- for reports; each calls row until it returns false -- */

struct heard_slug {
    char slug[NAME_MAX_LEN + 1];
    int64_t n_pass, n_near; /* of all students */
};
struct heard_reason {
    char slug[NAME_MAX_LEN + 1];
    char field[64], code[64]; /* code "" when none was told */
    int64_t n;
};
/* In the order of slugs. */
enum status heard_slugs_each(struct store *store, bool (*row)(const struct heard_slug *row, void *context),
                             void *context, struct err *err);
/* Of each challenge the commonest first. */
enum status heard_reasons_each(struct store *store,
                               bool (*row)(const struct heard_reason *row, void *context), void *context,
                               struct err *err);
