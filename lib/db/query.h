/* query.h - one SQL statement with typed values, run to its end or row by row (row.h).
 *
 * Values are ?1, ?2 … in the SQL, each of them once or more. `types` has a letter for each, in their order,
 * and as many arguments follow; those that are narrower than the letter says are cast by the caller:
 *   i  int64_t
 *   z  int64_t, of which 0 means null
 *   t  const char *, NULL means null
 *   b  const void *, size_t: bytes; NULL means null
 * They are copied; what is not UTF-8 in a text is mended (utf8_mend). One text is one statement. What was run
 * lately is not parsed again. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/db.h"

struct query;

enum { QUERY_VALUES_MAX = 192 };

/* A value that is not known when the program is compiled. */
struct query_value {
    char type;        /* a letter as above */
    int64_t number;   /* of i and z */
    const void *data; /* of t and b; outlives query_open_values */
    size_t length;    /* of b */
};

/* Opens a query; what is wrong with it, query_close says. Nothing has run before query_next. To be closed;
 * may be NULL, which the functions here take for "no memory". */
struct query *query_open(struct db *db, const char *sql, const char *types, ...);
struct query *query_open_list(struct db *db, const char *sql, const char *types, va_list values);
struct query *query_open_values(struct db *db, const char *sql, const struct query_value *values, size_t n);

/* Goes on to the next row, whose columns row.h reads. False at the end, from then on, and on failure. Other
 * queries may run between. */
bool query_next(struct query *query);

/* Ends it; what it writes is written to its end. Answers what went wrong since it was opened: ST_INPUT when
 * the file is damaged, ST_ENV otherwise, also for SQL that is none, for values that do not fit it in number,
 * and when other writers of a shared file do not let go of it for five seconds. */
enum status query_close(struct query *query, struct err *err);

/* Runs a statement to its end. */
enum status query_run(struct db *db, struct err *err, const char *sql, const char *types, ...);

/* *out is the first column of the first row; left as it is when there is no row. */
enum status query_number(struct db *db, int64_t *out, struct err *err, const char *sql, const char *types,
                         ...);
