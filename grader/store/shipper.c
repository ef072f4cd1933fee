#include "grader/store/shipper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "grader/store/private.h"
#include "pg/pg.h"

/* Made by whom the tables belong to. */
static const struct db_elsewhere there = {.driver = &pg_driver};
static const struct db_schema schema = {.elsewhere = &there};

/* How many pieces of a file are looked through for a line: each is made by a loss of power. */
enum { PIECES = 10000, LIST_SIZE = SHIPPED_LINES * 8 + 3 };

struct shipper {
    struct db *db;
    bool lent, in_file;
    char target[SHIPPED_TARGET_SIZE]; /* "": the role's name, which the database knows */
};

/* What the role may do here; a table that its schema does not let it see is not there for it. */
static const char rights[] =
    "SELECT (t IS NOT NULL)::int, coalesce(has_table_privilege(t, 'INSERT') AND"
    " has_function_privilege(to_regprocedure('ship_begin(text)'), 'EXECUTE') AND"
    " has_function_privilege(to_regprocedure('ship_has(bigint,bigint,bigint,bytea)'), 'EXECUTE'), "
    "false)::int,"
    " coalesce(has_table_privilege(t, 'SELECT, UPDATE, DELETE'), false)::int, session_user::text"
    " FROM (SELECT to_regclass('shipped')::oid AS t) s";

static enum status may_ship(struct shipper *s, bool *lasting, struct err *err)
{
    const char *where = db_where(s->db);
    char role[SHIPPED_TARGET_SIZE] = "";
    bool there_is = false, may = false, too_much = false;
    struct query *q = query_open(s->db, rights, "");

    if (query_next(q)) {
        there_is = row_int(q, 0) != 0;
        may = row_int(q, 1) != 0;
        too_much = row_int(q, 2) != 0;
        row_copy(q, 3, role, sizeof(role));
    }
    enum status st = query_close(q, err);
    if (st != ST_OK)
        return st;
    *lasting = !may || too_much;
    if (too_much)
        return err_set(err, ST_ENV,
                       "%s: the role %s may read and change what is shipped; students attack a target's "
                       "machine, so make one that may only add lines: packaging/postgresql.sql",
                       where, role);
    if (!there_is)
        return err_set(err, ST_ENV,
                       "%s: the role %s sees no store of this version there; the class's `wiregrade serve` "
                       "makes it, then packaging/postgresql.sql gives the role its rights",
                       where, role);
    return may ? ST_OK
               : err_set(err, ST_ENV,
                         "%s: the role %s may not add lines of a journal; packaging/postgresql.sql, run with "
                         "`-v target=%s`, gives it that right",
                         where, role, role);
}

enum status shipper_open(struct shipper **out, const char *where, bool *lasting, struct err *err)
{
    *out = NULL;
    *lasting = true;
    struct shipper *s = calloc(1, sizeof(*s));
    if (!s)
        return err_memory(err);
    enum status st = db_open(&s->db, where, &schema, err);
    *lasting = st == ST_INPUT;
    if (st == ST_OK)
        st = may_ship(s, lasting, err);
    if (st == ST_OK)
        *out = s;
    else
        shipper_close(s);
    return st;
}

struct shipper *shipper_of(struct store *store, const char target[SHIPPED_TARGET_SIZE])
{
    struct shipper *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->db = store->db;
    s->lent = true;
    s->in_file = store_is_file(store);
    memcpy(s->target, target, sizeof(s->target));
    return s;
}

void shipper_close(struct shipper *s)
{
    if (!s)
        return;
    if (!s->lent)
        db_close(s->db);
    free(s);
}

int64_t shipper_ahead_us(struct shipper *s)
{
    const int64_t there_us = db_now_us(s->db);

    return clock_utc_us() - there_us;
}

/* A file's row stays locked until the end of the transaction: of two that add to it the second sees what the
 * first has added. */
static enum status claim_file(struct shipper *s, struct shipper_file *file, struct err *err)
{
    struct query *q = query_open(s->db,
                                 "INSERT INTO shipped_file(head, target) VALUES (?1, ?2)"
                                 " ON CONFLICT (head) DO UPDATE SET target = shipped_file.target"
                                 " RETURNING id, target",
                                 "tt", file->head, s->target);

    if (query_next(q)) {
        file->id = row_int(q, 0);
        row_copy(q, 1, file->target, sizeof(file->target));
    }
    file->own = strcmp(file->target, s->target) == 0;
    return query_close(q, err);
}

static enum status begin_of(struct shipper *s, struct shipper_file *file, struct err *err)
{
    enum status st = claim_file(s, file, err);

    file->piece = file->at = file->length = 0;
    if (st != ST_OK)
        return st;
    struct query *q = query_open(s->db,
                                 "SELECT piece, at, length(line) FROM shipped WHERE target = ?1 AND file = ?2"
                                 " ORDER BY piece DESC, at DESC LIMIT 1",
                                 "ti", s->target, file->id);
    if (query_next(q)) {
        file->piece = row_int(q, 0);
        file->at = row_int(q, 1);
        file->length = row_int(q, 2);
    }
    return query_close(q, err);
}

enum status shipper_begin(struct shipper *s, struct shipper_file *file, struct err *err)
{
    if (s->target[0])
        return begin_of(s, file, err);
    struct query *q = query_open(s->db,
                                 "SELECT its::int, its_target, its_file, its_piece, its_at, its_length"
                                 " FROM ship_begin(?1)",
                                 "t", file->head);

    if (query_next(q)) {
        file->own = row_int(q, 0) != 0;
        row_copy(q, 1, file->target, sizeof(file->target));
        file->id = row_int(q, 2);
        file->piece = row_int(q, 3);
        file->at = row_int(q, 4);
        file->length = row_int(q, 5);
    }
    return query_close(q, err);
}

enum status shipper_has(struct shipper *s, const struct shipper_file *file, int64_t at, const char *line,
                        size_t len, bool *has, struct err *err)
{
    /* from piece to piece by the key: a piece may have millions of rows */
    static const char in_pieces[] =
        "WITH RECURSIVE p(piece, n) AS ("
        " SELECT max(piece), CAST(1 AS BIGINT) FROM shipped WHERE target = ?1 AND file = ?2 AND piece <= ?3"
        " UNION ALL SELECT (SELECT max(s.piece) FROM shipped s WHERE s.target = ?1 AND s.file = ?2 AND"
        " s.piece < p.piece), n + 1 FROM p WHERE p.piece IS NOT NULL AND n < ?6)"
        " SELECT 1 FROM p JOIN shipped s ON s.target = ?1 AND s.file = ?2 AND s.piece = p.piece AND s.at = ?4"
        " WHERE s.line = ?5 LIMIT 1";
    struct query *q = s->target[0] ? query_open(s->db, in_pieces, "tiiibi", s->target, file->id, file->piece,
                                                at, line, len, (int64_t)PIECES)
                                   : query_open(s->db, "SELECT ship_has(?1, ?2, ?3, ?4)::int", "iiib",
                                                file->id, file->piece, at, line, len);

    *has = query_next(q) && row_int(q, 0) != 0;
    return query_close(q, err);
}

struct put {
    struct shipper *shipper;
    const struct shipper_file *before;
    const struct shipper_rows *rows;
    struct shipper_file after;
};

static bool same_last(const struct shipper_file *a, const struct shipper_file *b)
{
    return a->id == b->id && a->piece == b->piece && a->at == b->at && a->length == b->length;
}

/* A list as PostgreSQL writes it: "{0,441}". */
static void list(char out[LIST_SIZE], const size_t *numbers, size_t n)
{
    size_t at = 0;

    out[at++] = '{';
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(out + at, LIST_SIZE - at, "%s%zu", i ? "," : "", numbers[i]);
    out[at++] = '}';
    out[at] = '\0';
}

/* All of them in one way there and back. */
static enum status add_elsewhere(struct shipper *s, int64_t file, const struct shipper_rows *rows,
                                 struct err *err)
{
    char starts[LIST_SIZE], lengths[LIST_SIZE];
    size_t start[SHIPPED_LINES], at = 0;

    for (size_t i = 0; i < rows->n_lines; at += rows->lengths[i++])
        start[i] = at;
    list(starts, start, rows->n_lines);
    list(lengths, rows->lengths, rows->n_lines);
    return query_run(s->db, err,
                     "INSERT INTO shipped(target, file, piece, at, ahead_us, line)"
                     " SELECT coalesce(?8, session_user), ?1, ?2, ?3 + s, ?4,"
                     " substring(?5 FROM s::int + 1 FOR l::int)"
                     " FROM unnest(?6::bigint[], ?7::bigint[]) AS u(s, l) ON CONFLICT DO NOTHING",
                     "iiiibttt", file, rows->piece, rows->at, rows->ahead_us, rows->bytes, rows->n, starts,
                     lengths, s->target[0] ? s->target : NULL);
}

static enum status add_to_file(struct shipper *s, int64_t file, const struct shipper_rows *rows,
                               struct err *err)
{
    enum status st = ST_OK;
    size_t n = 0;

    for (size_t i = 0; st == ST_OK && i < rows->n_lines; n += rows->lengths[i++])
        st = query_run(s->db, err,
                       "INSERT INTO shipped(target, file, piece, at, ahead_us, line)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                       "tiiiib", s->target, file, rows->piece, rows->at + (int64_t)n, rows->ahead_us,
                       rows->bytes + n, rows->lengths[i]);
    return st;
}

/* May run again after it was kept, when the answer to that was lost, and on another server. */
static enum status put(void *context, struct err *err)
{
    const struct put *p = context;
    const struct shipper_rows *rows = p->rows;
    const size_t last = rows->lengths[rows->n_lines - 1];
    struct shipper_file now = *p->before;
    bool same = false;
    enum status st = shipper_begin(p->shipper, &now, err);

    if (st == ST_OK && same_last(&now, &p->after))
        st = shipper_has(p->shipper, &now, now.at, rows->bytes + rows->n - last, last, &same, err);
    if (st != ST_OK || same)
        return st;
    if (!now.own || !same_last(&now, p->before))
        return ST_NO;
    return p->shipper->in_file ? add_to_file(p->shipper, now.id, rows, err)
                               : add_elsewhere(p->shipper, now.id, rows, err);
}

enum status shipper_put(struct shipper *s, struct shipper_file *file, const struct shipper_rows *rows,
                        struct err *err)
{
    struct put p = {.shipper = s, .before = file, .rows = rows, .after = *file};
    const size_t last = rows->lengths[rows->n_lines - 1];

    p.after.piece = rows->piece;
    p.after.at = rows->at + (int64_t)(rows->n - last);
    p.after.length = (int64_t)last;
    enum status st = db_transact(s->db, DB_WRITE, put, &p, err);
    if (st == ST_OK)
        *file = p.after;
    return st;
}
