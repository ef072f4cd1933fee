/* A statement that was closed is kept, ready to be run again: parsing is the dearest part of most. It is
 * found by its text. One that is open is not among those kept, so the same text may be open twice. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/sqlite.h"

enum { KEPT_MAX = 32 };

static void drop(struct sqlite_query *q)
{
    sqlite3_finalize(q->statement);
    free(q);
}

void sqlite_forget(struct sqlite *db)
{
    while (db->kept) {
        struct sqlite_query *q = db->kept;
        db->kept = q->next;
        drop(q);
    }
}

/* The last used first; the one that was not used for longest makes room. */
static void keep(struct sqlite_query *q)
{
    struct sqlite *db = (struct sqlite *)q->base.db;
    struct sqlite_query **at = &db->kept;
    size_t n = 1;

    q->next = db->kept;
    db->kept = q;
    while (*at && n++ <= KEPT_MAX)
        at = &(*at)->next;
    if (*at) {
        drop(*at);
        *at = NULL;
    }
}

/* Takes it out of those kept; NULL when it is not there. */
static struct sqlite_query *kept(struct sqlite *db, const char *sql)
{
    for (struct sqlite_query **at = &db->kept; *at; at = &(*at)->next) {
        struct sqlite_query *q = *at;
        if (strcmp(q->sql, sql) == 0) {
            *at = q->next;
            return q;
        }
    }
    return NULL;
}

static struct sqlite_query *prepare(struct sqlite *db, const char *sql)
{
    struct sqlite_query *q = kept(db, sql);
    const char *rest = "";

    if (q)
        return q;
    q = calloc(1, sizeof(*q));
    if (!q)
        return NULL;
    q->base.db = &db->base;
    if (sqlite3_prepare_v2(db->sqlite, sql, -1, &q->statement, &rest) != SQLITE_OK)
        q->base.st = sqlite_failed(db, &q->base.err);
    else if (!q->statement || rest[strspn(rest, " ;\n")])
        q->base.st = err_set(&q->base.err, ST_ENV, "%s: not one statement: %s", db->base.where, sql);
    if (q->base.st == ST_OK) {
        q->sql = sqlite3_sql(q->statement);
        q->n_values = (size_t)sqlite3_bind_parameter_count(q->statement);
        q->writes = !sqlite3_stmt_readonly(q->statement);
    }
    return q;
}

/* What was cut in the middle of a letter, to fit a buffer, would be read as text by nobody else. */
static int bind_text(sqlite3_stmt *statement, int i, const char *text, sqlite3_destructor_type copy)
{
    size_t len = strlen(text);

    if (utf8_valid(text, len))
        return sqlite3_bind_text64(statement, i, text, len, copy, SQLITE_UTF8);
    char *mended = strdup(text);
    if (!mended)
        return SQLITE_NOMEM;
    utf8_mend(mended);
    return sqlite3_bind_text(statement, i, mended, -1, free);
}

/* SQLite's code; SQLITE_MISUSE for a letter that is none. */
static int bind(sqlite3_stmt *statement, int i, const struct query_value *v, sqlite3_destructor_type copy)
{
    if (v->type == 'i' || (v->type == 'z' && v->number))
        return sqlite3_bind_int64(statement, i, v->number);
    if (v->type == 'z' || (!v->data && (v->type == 't' || v->type == 'b')))
        return sqlite3_bind_null(statement, i);
    if (v->type == 't')
        return bind_text(statement, i, v->data, copy);
    if (v->type == 'b')
        return sqlite3_bind_blob64(statement, i, v->data, v->length, copy);
    return SQLITE_MISUSE;
}

static struct sqlite_query *open_bound(struct sqlite *db, const char *sql, const struct query_value *values,
                                       size_t n, sqlite3_destructor_type copy)
{
    struct sqlite_query *q = prepare(db, sql);
    int code = SQLITE_OK;

    if (!q || q->base.st != ST_OK)
        return q;
    if (n != q->n_values || n > QUERY_VALUES_MAX)
        q->base.st = err_set(&q->base.err, ST_ENV, "%s: %zu values for the %zu of: %s", db->base.where, n,
                             q->n_values, q->sql);
    for (size_t i = 0; q->base.st == ST_OK && code == SQLITE_OK && i < n; i++)
        code = bind(q->statement, (int)i + 1, &values[i], copy);
    if (code != SQLITE_OK)
        q->base.st =
            err_set(&q->base.err, ST_ENV, "%s: %s: %s", db->base.where, sqlite3_errstr(code), q->sql);
    return q;
}

struct query *sqlite_query(struct db *db, const char *sql, const struct query_value *values, size_t n,
                           bool lent)
{
    struct sqlite_query *q =
        open_bound((struct sqlite *)db, sql, values, n, lent ? SQLITE_STATIC : SQLITE_TRANSIENT);

    return q ? &q->base : NULL;
}

bool sqlite_next(struct query *query)
{
    struct sqlite_query *q = (struct sqlite_query *)query;
    struct sqlite *db = (struct sqlite *)query->db;

    if (q->ended)
        return false;
    query->st = q->writes ? sqlite_turn_begin(db, &query->err) : ST_OK;
    if (query->st != ST_OK)
        return false;
    int code = sqlite3_step(q->statement);
    q->row = code == SQLITE_ROW;
    if (q->row)
        return true;
    if (code != SQLITE_DONE)
        query->st = sqlite_failed(db, &query->err);
    q->ended = true;
    /* an insert that met a lock half-way would otherwise keep its statement open */
    sqlite3_reset(q->statement);
    sqlite_turn_end(db);
    return false;
}

enum status sqlite_end(struct query *query, struct err *err)
{
    struct sqlite_query *q = (struct sqlite_query *)query;

    /* what a commit fails on is not known before the last row of what it returns */
    while (q->writes && q->row && query->st == ST_OK)
        sqlite_next(query);
    enum status st = query->st;
    if (st != ST_OK && err)
        *err = query->err;
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

static sqlite3_stmt *statement(struct query *query)
{
    return ((struct sqlite_query *)query)->statement;
}

const char *sqlite_text(struct query *query, int column)
{
    const unsigned char *text = sqlite3_column_text(statement(query), column);

    return text ? (const char *)text : "";
}

const void *sqlite_bytes(struct query *query, int column)
{
    return sqlite3_column_blob(statement(query), column);
}

size_t sqlite_length(struct query *query, int column)
{
    return (size_t)sqlite3_column_bytes(statement(query), column);
}

int64_t sqlite_number(struct query *query, int column)
{
    return sqlite3_column_int64(statement(query), column);
}

bool sqlite_null(struct query *query, int column)
{
    return sqlite3_column_type(statement(query), column) == SQLITE_NULL;
}
