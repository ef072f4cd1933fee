/* A statement runs at the first query_next, in one round trip. What has no values may be of a whole table:
 * it comes in parts, by a cursor that outlives other statements. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/str.h"
#include "pg/private.h"

enum { PART_ROWS = 1000 };

struct pg_query {
    struct query base;
    char *sql;
    struct pg_values values;
    bool writes, started, ended;
    char cursor[24]; /* "" for none */
    PGresult *result;
    int row;
    unsigned char *bytes; /* of the present row's column of bytes: there is one */
    size_t n_bytes;
};

static const char *where(const struct query *query)
{
    return query->db->where;
}

static void wrong(struct pg_query *q, enum status st)
{
    q->base.st = st;
    q->ended = true;
}

struct query *pg_query(struct db *db, const char *sql, const struct query_value *values, size_t n, bool lent)
{
    struct pg *pg = (struct pg *)db;
    struct pg_query *q = calloc(1, sizeof(*q));
    char before[96] = "";

    if (!q)
        return NULL;
    q->base.db = db;
    q->row = -1;
    q->writes = strncasecmp(sql, "SELECT", 6) != 0;
    if (n > QUERY_VALUES_MAX) {
        wrong(q, err_set(&q->base.err, ST_ENV, "%s: %zu values for: %s", db->where, n, sql));
        return &q->base;
    }
    if (!q->writes && n == 0 && !lent) {
        snprintf(q->cursor, sizeof(q->cursor), "c%u", pg->cursors++);
        snprintf(before, sizeof(before), "DECLARE %s NO SCROLL CURSOR %s HOLD FOR ", q->cursor,
                 pg->inside ? "WITHOUT" : "WITH");
    }
    q->sql = pg_sql(sql, before);
    if (!pg_values_init(&q->values, values, n, lent) || !q->sql)
        wrong(q, err_set(&q->base.err, ST_ENV, "%s: no memory, or no such type, for: %s", db->where, sql));
    return &q->base;
}

static PGresult *fetch(struct pg_query *q, int64_t deadline, bool *again)
{
    struct pg *pg = (struct pg *)q->base.db;
    char sql[64];

    snprintf(sql, sizeof(sql), "FETCH %d FROM %s", PART_ROWS, q->cursor);
    return pg->conn ? pg_call(&pg->conn, where(&q->base), sql, NULL, deadline, again, &q->base.err) : NULL;
}

/* One try. In a transaction it is part of that; alone, what is written while a part is claimed becomes one.
 */
static PGresult *once(struct pg_query *q, int64_t deadline, bool *again)
{
    struct pg *pg = (struct pg *)q->base.db;
    const bool fenced = q->writes && !pg->inside && pg_holds(pg);
    struct err *err = &q->base.err;

    if (pg_ready(pg, again, err) != ST_OK)
        return NULL;
    if (fenced && pg_begin(pg, DB_WRITE, deadline, again, err) != ST_OK)
        return NULL;
    PGresult *result = pg_call(&pg->conn, where(&q->base), q->sql, &q->values, deadline, again, err);
    if (result && q->cursor[0]) {
        PQclear(result);
        result = fetch(q, deadline, again);
    }
    if (!result && q->writes && !pg->inside)
        pg_ask_why(pg, deadline, again, err);
    if (!fenced)
        return result;
    if (!result)
        pg_rollback(pg);
    else if (pg_commit(pg, deadline, again, err) != ST_OK) {
        PQclear(result);
        result = NULL;
    }
    return result;
}

static void run(struct pg_query *q)
{
    struct pg *pg = (struct pg *)q->base.db;
    const int64_t deadline = pg_deadline(pg);
    bool again = false;

    q->started = true;
    for (unsigned tries = 1;; tries++) {
        q->result = once(q, deadline, &again);
        if (q->result)
            return;
        if (pg->inside) {
            pg->again = again;
            break;
        }
        if (!again || !pg_try_again(tries, deadline))
            break;
    }
    wrong(q, q->base.err.status == ST_INPUT ? ST_INPUT : ST_ENV);
}

/* The next part of what a cursor has. */
static bool more(struct pg_query *q)
{
    struct pg *pg = (struct pg *)q->base.db;
    bool again = false;

    if (!q->cursor[0] || PQntuples(q->result) < PART_ROWS)
        return false;
    PQclear(q->result);
    q->row = 0;
    err_set(&q->base.err, ST_ENV, "%s: the connection is lost", where(&q->base));
    q->result = fetch(q, pg_deadline(pg), &again);
    if (q->result)
        return PQntuples(q->result) > 0;
    pg->again = pg->inside;
    wrong(q, ST_ENV);
    return false;
}

bool pg_next(struct query *query)
{
    struct pg_query *q = (struct pg_query *)query;

    free(q->bytes);
    q->bytes = NULL;
    if (!q->started)
        run(q);
    if (q->ended)
        return false;
    if (++q->row < PQntuples(q->result) || more(q))
        return true;
    q->ended = true;
    return false;
}

enum status pg_end(struct query *query, struct err *err)
{
    struct pg_query *q = (struct pg_query *)query;
    struct pg *pg = (struct pg *)query->db;
    char sql[48];
    bool again;
    struct err ignored;
    const enum status st = query->st;

    if (q->result && q->cursor[0] && pg->conn) {
        snprintf(sql, sizeof(sql), "CLOSE %s", q->cursor);
        PQclear(pg_call(&pg->conn, where(query), sql, NULL, pg_deadline(pg), &again, &ignored));
    }
    if (st != ST_OK && err)
        *err = query->err;
    PQclear(q->result);
    pg_values_done(&q->values);
    free(q->bytes);
    free(q->sql);
    free(q);
    return st;
}

const char *pg_text(struct query *query, int column)
{
    const struct pg_query *q = (struct pg_query *)query;

    return PQgetvalue(q->result, q->row, column);
}

bool pg_null(struct query *query, int column)
{
    const struct pg_query *q = (struct pg_query *)query;

    return PQgetisnull(q->result, q->row, column) != 0;
}

static bool is_bytes(const struct pg_query *q, int column)
{
    enum { TYPE_BYTES = 17 };

    return PQftype(q->result, column) == TYPE_BYTES;
}

size_t pg_length(struct query *query, int column)
{
    struct pg_query *q = (struct pg_query *)query;

    if (is_bytes(q, column))
        return pg_bytes(query, column) ? q->n_bytes : 0;
    return (size_t)PQgetlength(q->result, q->row, column);
}

const void *pg_bytes(struct query *query, int column)
{
    struct pg_query *q = (struct pg_query *)query;
    const char *text = PQgetvalue(q->result, q->row, column);

    if (!is_bytes(q, column))
        return text[0] ? text : NULL;
    if (!q->bytes && !pg_null(query, column)) {
        unsigned char *out = PQunescapeBytea((const unsigned char *)text, &q->n_bytes);
        q->bytes = out && q->n_bytes ? malloc(q->n_bytes) : NULL;
        if (q->bytes)
            memcpy(q->bytes, out, q->n_bytes);
        PQfreemem(out);
    }
    return q->bytes;
}

int64_t pg_number(struct query *query, int column)
{
    return pg_int(pg_text(query, column));
}
