#include "grader/store/shipper.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "grader/store/private.h"
#include "pg/pg.h"

/* Made by whom the tables belong to. */
static const struct db_elsewhere there = {.driver = &pg_driver};
static const struct db_schema schema = {.elsewhere = &there};

struct shipper {
    struct db *db;
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
    if (strncmp(where, pg_driver.begins, strlen(pg_driver.begins)) != 0)
        return err_set(
            err, ST_INPUT,
            "%s: a journal is shipped to PostgreSQL, by a URL that begins with %s; where the store "
            "is a file, `journals:` in class.yml names the journal",
            where, pg_driver.begins);
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

void shipper_close(struct shipper *s)
{
    if (!s)
        return;
    db_close(s->db);
    free(s);
}

int64_t shipper_ahead_us(struct shipper *s)
{
    const int64_t there_us = db_now_us(s->db);

    return clock_utc_us() - there_us;
}

enum status shipper_begin(struct shipper *s, struct shipper_file *file, struct err *err)
{
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
    struct query *q = query_open(s->db, "SELECT ship_has(?1, ?2, ?3, ?4)::int", "iiib", file->id, file->piece,
                                 at, line, len);

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

/* May run again after it was kept, when the answer to that was lost, and on another server. */
static enum status put(void *context, struct err *err)
{
    const struct put *p = context;
    const struct shipper_rows *rows = p->rows;
    struct shipper_file now = *p->before;
    enum status st = shipper_begin(p->shipper, &now, err);

    if (st != ST_OK || same_last(&now, &p->after))
        return st;
    if (!same_last(&now, p->before))
        return ST_NO;
    return query_run(p->shipper->db, err,
                     "INSERT INTO shipped(target, file, piece, at, ahead_us, line) SELECT session_user, ?1,"
                     " ?2, ?3 + s, ?4, substring(?5 FROM s::int + 1 FOR l::int)"
                     " FROM unnest(?6::bigint[], ?7::bigint[]) AS u(s, l) ON CONFLICT DO NOTHING",
                     "iiiibtt", p->before->id, rows->piece, rows->at, rows->ahead_us, rows->bytes, rows->n,
                     rows->starts, rows->lengths);
}

enum status shipper_put(struct shipper *s, struct shipper_file *file, const struct shipper_rows *rows,
                        struct err *err)
{
    struct put p = {.shipper = s, .before = file, .rows = rows, .after = *file};

    p.after.piece = rows->piece;
    p.after.at = rows->at + (int64_t)(rows->n - rows->last);
    p.after.length = (int64_t)rows->last;
    enum status st = db_transact(s->db, DB_WRITE, put, &p, err);
    if (st == ST_OK)
        *file = p.after;
    return st;
}
