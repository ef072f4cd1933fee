#include "db/db.h"

#include <string.h>

#include "db/driver.h"
#include "db/sqlite.h"

static const struct db_driver *driver_of(const char *where, const struct db_schema *schema)
{
    const struct db_elsewhere *other = schema->elsewhere;
    bool its = other && strncmp(where, other->driver->begins, strlen(other->driver->begins)) == 0;

    return its ? other->driver : &sqlite_driver;
}

enum status db_open(struct db **out, const char *where, const struct db_schema *schema, struct err *err)
{
    return driver_of(where, schema)->open(out, where, schema, false, err);
}

enum status db_open_reader(struct db **out, const char *where, const struct db_schema *schema,
                           struct err *err)
{
    return driver_of(where, schema)->open(out, where, schema, true, err);
}

bool db_is_file(const char *where, const struct db_schema *schema)
{
    return driver_of(where, schema) == &sqlite_driver;
}

const char *db_where(const struct db *db)
{
    return db->where;
}

void db_close(struct db *db)
{
    if (db)
        db->driver->close(db);
}

int64_t db_now_us(struct db *db)
{
    return db->driver->now_us(db);
}

enum status db_transact(struct db *db, enum db_access access,
                        enum status (*body)(void *context, struct err *err), void *context, struct err *err)
{
    return db->driver->transact(db, access, body, context, err);
}

enum status db_claim(struct db *db, unsigned part, int64_t wait_ms, const atomic_int *stop,
                     char holder[DB_HOLDER_SIZE], struct err *err)
{
    return db->driver->claim(db, part, wait_ms, stop, holder, err);
}

void db_unclaim(struct db *db, unsigned part)
{
    db->driver->unclaim(db, part);
}

bool db_keeps(struct db *db, unsigned part)
{
    return db->driver->keeps(db, part);
}

bool db_claimed(const char *where, const struct db_schema *schema, unsigned part)
{
    return driver_of(where, schema)->claimed(where, part);
}
