#include "grader/store/handed.h"

#include <string.h>

#include "grader/store/private.h"

static const char *const words[] = {"open", "accepted", "refused"};

const char *handed_state_text(enum handed_state state)
{
    return words[state];
}

static enum handed_state state_of(const char *word)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i], word) == 0)
            return (enum handed_state)i;
    return HANDED_OPEN;
}

/* what was decided last; a row of handed is never changed */
#define STATE                                                                                                \
    "coalesce((SELECT r.ruling FROM handed_ruling r WHERE r.handed = h.id ORDER BY r.id DESC LIMIT 1), "     \
    "'open')"

enum status store_handed_add(struct store *store, const struct handed_packet *handed, bool *fresh,
                             int64_t *id, enum handed_state *state, struct err *err)
{
    *id = 0;
    *state = HANDED_OPEN;
    enum status st =
        query_number(store->db, id, err,
                     "INSERT INTO handed(student, slug, packet, frame_us, handed_us, file, facts)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING RETURNING id",
                     "ttbiitt", handed->student, handed->slug, handed->packet, handed->length,
                     handed->frame_us, handed->handed_us, handed->file, handed->facts);
    *fresh = st == ST_OK && *id != 0;
    if (st != ST_OK || *fresh)
        return st;
    struct query *q = query_open(store->db,
                                 "SELECT h.id, " STATE " FROM handed h WHERE h.student = ?1 AND h.slug = ?2"
                                 " AND h.packet = ?3",
                                 "ttb", handed->student, handed->slug, handed->packet, handed->length);
    if (query_next(q)) {
        *id = row_int(q, 0);
        *state = state_of(row_text(q, 1));
    }
    return query_close(q, err);
}

enum status store_handed_other(struct store *store, const struct handed_packet *handed,
                               char out[NAME_MAX_LEN + 1], struct err *err)
{
    struct query *q =
        query_open(store->db,
                   "SELECT student FROM handed WHERE slug = ?1 AND packet = ?2 AND student <> ?3"
                   " ORDER BY id LIMIT 1",
                   "tbt", handed->slug, handed->packet, handed->length, handed->student);

    out[0] = '\0';
    if (query_next(q))
        row_copy(q, 0, out, NAME_MAX_LEN + 1);
    return query_close(q, err);
}

#define SELECT_HANDED                                                                                        \
    "SELECT h.id, h.student, h.slug, h.packet, h.frame_us, h.handed_us, h.file, h.facts, " STATE             \
    " FROM handed h "

static void read_handed(struct query *q, struct handed_packet *out)
{
    *out = (struct handed_packet){.id = row_int(q, 0),
                                  .frame_us = row_int(q, 4),
                                  .handed_us = row_int(q, 5),
                                  .packet = row_bytes(q, 3),
                                  .length = row_length(q, 3),
                                  .state = state_of(row_text(q, 8))};
    row_copy(q, 1, out->student, sizeof(out->student));
    row_copy(q, 2, out->slug, sizeof(out->slug));
    row_copy(q, 6, out->file, sizeof(out->file));
    row_copy(q, 7, out->facts, sizeof(out->facts));
}

enum status store_handed_each(struct store *store,
                              bool (*row)(const struct handed_packet *row, void *context), void *context,
                              struct err *err)
{
    struct query *q = query_open(store->db, SELECT_HANDED "ORDER BY h.id", "");
    bool go_on = true;

    while (go_on && query_next(q)) {
        struct handed_packet handed;
        read_handed(q, &handed);
        go_on = row(&handed, context);
    }
    return query_close(q, err);
}

enum status store_handed_get(struct store *store, int64_t id, struct handed_packet *out, bool *found,
                             struct err *err)
{
    struct query *q = query_open(store->db, SELECT_HANDED "WHERE h.id = ?1", "i", id);

    *found = query_next(q);
    if (*found)
        read_handed(q, out);
    out->packet = NULL; /* the query's */
    out->length = 0;
    return query_close(q, err);
}

enum status store_handed_rule(struct store *store, int64_t id, enum handed_state state,
                              const struct handed_ruling *ruling, struct err *err)
{
    return query_run(
        store->db, err,
        "INSERT INTO handed_ruling(handed, ruling, by, reason, when_us) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT"
        " EXISTS (SELECT 1 FROM handed_ruling WHERE handed = ?1 AND ruling = ?2 AND by = ?3 AND when_us = "
        "?5)",
        "ittti", id, words[state], ruling->by, ruling->reason, ruling->when_us);
}

enum status store_handed_ruled(struct store *store, int64_t id, char *by, size_t by_size, char *reason,
                               size_t reason_size, struct err *err)
{
    struct query *q = query_open(
        store->db, "SELECT by, reason FROM handed_ruling WHERE handed = ?1 ORDER BY id DESC LIMIT 1", "i",
        id);

    by[0] = reason[0] = '\0';
    if (query_next(q)) {
        row_copy(q, 0, by, by_size);
        row_copy(q, 1, reason, reason_size);
    }
    return query_close(q, err);
}
