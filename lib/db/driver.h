/* driver.h - what a kind of database does behind db.h, query.h and row.h; for drivers alone. */
#pragma once

#include "base/err.h"
#include "db/db.h"
#include "db/query.h"

/* Each driver's own structs begin with these. */
struct db {
    const struct db_driver *driver;
    char *where;
};
struct query {
    struct db *db;
    enum status st;
    struct err err; /* when st is not ST_OK */
};

/* A database was of version `knows` when it was opened, and is not any more: an older program that runs on
 * would write what the newer tables do not mean. Answers ST_ENV. */
enum status driver_outdated(const char *where, int64_t is, int64_t knows, struct err *err);

struct db_driver {
    const char *begins; /* a place that begins so is this driver's */

    /* db.h */
    enum status (*open)(struct db **out, const char *where, const struct db_schema *schema, bool reader,
                        struct err *err);
    void (*close)(struct db *db);
    int64_t (*now_us)(struct db *db);
    enum status (*transact)(struct db *db, enum db_access access,
                            enum status (*body)(void *context, struct err *err), void *context,
                            struct err *err);
    enum status (*claim)(struct db *db, unsigned part, int64_t wait_ms, const atomic_int *stop,
                         char holder[DB_HOLDER_SIZE], struct err *err);
    void (*unclaim)(struct db *db, unsigned part);
    bool (*keeps)(struct db *db, unsigned part);
    bool (*claimed)(const char *where, unsigned part);

    /* query.h: lent values outlive the query. end answers st and err of the query, and lets go of it. */
    struct query *(*query)(struct db *db, const char *sql, const struct query_value *values, size_t n,
                           bool lent);
    bool (*next)(struct query *query);
    enum status (*end)(struct query *query, struct err *err);

    /* row.h */
    const char *(*text)(struct query *query, int column);
    const void *(*bytes)(struct query *query, int column);
    size_t (*length)(struct query *query, int column);
    int64_t (*number)(struct query *query, int column);
    bool (*null)(struct query *query, int column);
};
