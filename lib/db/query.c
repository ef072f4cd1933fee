/* A statement that was closed is kept, ready to be run again: parsing is the dearest part of most. It is
 * found by its text. One that is open is not among those kept, so the same text may be open twice. */
#include "db/query.h"

#include <stdlib.h>
#include <string.h>

#include "db/row.h"
#include "db/sqlite.h"

enum { KEPT_MAX = 32 };

static void drop(struct query *q)
{
    sqlite3_finalize(q->statement);
    free(q);
}

void query_forget(struct db *db)
{
    while (db->kept) {
        struct query *q = db->kept;
        db->kept = q->next;
        drop(q);
    }
}

/* The last used first; the one that was not used for longest makes room. */
static void keep(struct query *q)
{
    struct query **at = &q->db->kept;
    size_t n = 1;

    q->next = q->db->kept;
    q->db->kept = q;
    while (*at && n++ <= KEPT_MAX)
        at = &(*at)->next;
    if (*at) {
        drop(*at);
        *at = NULL;
    }
}

/* Takes it out of those kept; NULL when it is not there. */
static struct query *kept(struct db *db, const char *sql)
{
    for (struct query **at = &db->kept; *at; at = &(*at)->next) {
        struct query *q = *at;
        if (strcmp(q->sql, sql) == 0) {
            *at = q->next;
            return q;
        }
    }
    return NULL;
}

static struct query *prepare(struct db *db, const char *sql)
{
    struct query *q = kept(db, sql);
    const char *rest = "";

    if (q)
        return q;
    q = calloc(1, sizeof(*q));
    if (!q)
        return NULL;
    q->db = db;
    if (sqlite3_prepare_v2(db->sqlite, sql, -1, &q->statement, &rest) != SQLITE_OK)
        q->st = sqlite_failed(db, &q->err);
    else if (!q->statement || rest[strspn(rest, " ;\n")])
        q->st = err_set(&q->err, ST_ENV, "%s: not one statement: %s", db->path, sql);
    if (q->st == ST_OK) {
        q->sql = sqlite3_sql(q->statement);
        q->n_values = (size_t)sqlite3_bind_parameter_count(q->statement);
        q->writes = !sqlite3_stmt_readonly(q->statement);
    }
    return q;
}

/* SQLite's code; SQLITE_MISUSE for a letter that is none. */
static int bind(sqlite3_stmt *statement, int i, const struct query_value *v, sqlite3_destructor_type copy)
{
    if (v->type == 'i' || (v->type == 'z' && v->number))
        return sqlite3_bind_int64(statement, i, v->number);
    if (v->type == 'z' || (!v->data && (v->type == 't' || v->type == 'b')))
        return sqlite3_bind_null(statement, i);
    if (v->type == 't')
        return sqlite3_bind_text(statement, i, v->data, -1, copy);
    if (v->type == 'b')
        return sqlite3_bind_blob64(statement, i, v->data, v->length, copy);
    return SQLITE_MISUSE;
}

static struct query *open_bound(struct db *db, const char *sql, const struct query_value *values, size_t n,
                                sqlite3_destructor_type copy)
{
    struct query *q = prepare(db, sql);
    int code = SQLITE_OK;

    if (!q || q->st != ST_OK)
        return q;
    if (n != q->n_values || n > QUERY_VALUES_MAX)
        q->st =
            err_set(&q->err, ST_ENV, "%s: %zu values for the %zu of: %s", db->path, n, q->n_values, q->sql);
    for (size_t i = 0; q->st == ST_OK && code == SQLITE_OK && i < n; i++)
        code = bind(q->statement, (int)i + 1, &values[i], copy);
    if (code != SQLITE_OK)
        q->st = err_set(&q->err, ST_ENV, "%s: %s: %s", db->path, sqlite3_errstr(code), q->sql);
    return q;
}

static struct query *open_list(struct db *db, const char *sql, const char *types, va_list args,
                               sqlite3_destructor_type copy)
{
    struct query_value values[QUERY_VALUES_MAX];
    size_t n = 0;

    for (; types[n] && n < QUERY_VALUES_MAX; n++) {
        struct query_value *v = &values[n];
        v->type = types[n];
        if (v->type == 't' || v->type == 'b')
            v->data = va_arg(args, const void *);
        else
            v->number = va_arg(args, int64_t);
        if (v->type == 'b')
            v->length = va_arg(args, size_t);
    }
    return open_bound(db, sql, values, types[n] ? strlen(types) : n, copy);
}

struct query *query_open_values(struct db *db, const char *sql, const struct query_value *values, size_t n)
{
    return open_bound(db, sql, values, n, SQLITE_TRANSIENT);
}

struct query *query_open_list(struct db *db, const char *sql, const char *types, va_list args)
{
    return open_list(db, sql, types, args, SQLITE_TRANSIENT);
}

struct query *query_open(struct db *db, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    struct query *q = open_list(db, sql, types, args, SQLITE_TRANSIENT);
    va_end(args);
    return q;
}

bool query_next(struct query *q)
{
    if (!q || q->st != ST_OK || q->ended)
        return false;
    q->st = q->writes ? sqlite_turn_begin(q->db, &q->err) : ST_OK;
    if (q->st != ST_OK)
        return false;
    int code = sqlite3_step(q->statement);
    q->row = code == SQLITE_ROW;
    if (q->row)
        return true;
    if (code != SQLITE_DONE)
        q->st = sqlite_failed(q->db, &q->err);
    q->ended = true;
    /* an insert that met a lock half-way would otherwise keep its statement open */
    sqlite3_reset(q->statement);
    sqlite_turn_end(q->db);
    return false;
}

enum status query_close(struct query *q, struct err *err)
{
    if (!q)
        return err_memory(err);
    /* what a commit fails on is not known before the last row of what it returns */
    while (q->writes && q->row)
        query_next(q);
    enum status st = q->st;
    if (st != ST_OK && err)
        *err = q->err;
    if (st == ST_OK) {
        if (q->row)
            sqlite3_reset(q->statement);
        sqlite3_clear_bindings(q->statement);
        q->row = q->ended = false;
        keep(q);
    } else {
        drop(q);
    }
    return st;
}

/* The values outlive these two, so they need no copies: most of what is written goes this way. */
enum status query_run(struct db *db, struct err *err, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    struct query *q = open_list(db, sql, types, args, SQLITE_STATIC);
    va_end(args);
    query_next(q);
    return query_close(q, err);
}

enum status query_number(struct db *db, int64_t *out, struct err *err, const char *sql, const char *types,
                         ...)
{
    va_list args;

    va_start(args, types);
    struct query *q = open_list(db, sql, types, args, SQLITE_STATIC);
    va_end(args);
    if (query_next(q))
        *out = row_int(q, 0);
    return query_close(q, err);
}
