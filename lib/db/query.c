#include "db/query.h"

#include <string.h>

#include "db/driver.h"
#include "db/row.h"

static struct query *open_list(struct db *db, const char *sql, const char *types, va_list args, bool lent)
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
    return db->driver->query(db, sql, values, types[n] ? strlen(types) : n, lent);
}

struct query *query_open_values(struct db *db, const char *sql, const struct query_value *values, size_t n)
{
    return db->driver->query(db, sql, values, n, false);
}

struct query *query_open_list(struct db *db, const char *sql, const char *types, va_list args)
{
    return open_list(db, sql, types, args, false);
}

struct query *query_open(struct db *db, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    struct query *q = open_list(db, sql, types, args, false);
    va_end(args);
    return q;
}

bool query_next(struct query *q)
{
    return q && q->st == ST_OK && q->db->driver->next(q);
}

enum status query_close(struct query *q, struct err *err)
{
    return q ? q->db->driver->end(q, err) : err_memory(err);
}

/* The values outlive these two, so they need no copies: most of what is written goes this way. */
enum status query_run(struct db *db, struct err *err, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    struct query *q = open_list(db, sql, types, args, true);
    va_end(args);
    query_next(q);
    return query_close(q, err);
}

enum status query_number(struct db *db, int64_t *out, struct err *err, const char *sql, const char *types,
                         ...)
{
    va_list args;

    va_start(args, types);
    struct query *q = open_list(db, sql, types, args, true);
    va_end(args);
    if (query_next(q))
        *out = row_int(q, 0);
    return query_close(q, err);
}
