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

/* Table attempts: n_pass more passes and n_near more near misses of student ("" for nobody) with slug. */
enum status store_attempts(struct store *store, const char *student, const char *slug, int64_t n_pass,
                           int64_t n_near, int64_t when_us, struct err *err);

/* Table reasons: one more attempt at slug failed at this field, for this reason ("" when none was told). */
enum status store_reason(struct store *store, const char *slug, const char *field, const char *code,
                         struct err *err);

/* Table told: an answer has told student what slug expects of him; whether one has. */
enum status store_tell(struct store *store, const char *student, const char *slug, struct err *err);
enum status store_told(struct store *store, const char *student, const char *slug, bool *told,
                       struct err *err);

/* Table deliveries: the flag of (slug, student) was sent to address. */
enum status store_delivery(struct store *store, const char *slug, const char *student, const char *address,
                           int64_t when_us, struct err *err);

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
