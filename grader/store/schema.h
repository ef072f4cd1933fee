/* schema.h - the store's tables. */
#pragma once

#include "db/db.h"

extern const struct db_schema store_schema;

/* Who ships may lie: what is counted with stays far from where numbers end, and a row is never large. Times
 * are off by 300 years at most. */
#define SHIPPED_BOUNDS(length)                                                                               \
    "CHECK (piece BETWEEN 0 AND 1000000000 AND at BETWEEN 0 AND 1000000000000000 AND"                        \
    " ahead_us BETWEEN -10000000000000000 AND 10000000000000000 AND " length "(line) BETWEEN 1 AND 65536)"

/* In PostgreSQL; began when a file had so many steps. Each further step is added to both. */
enum { STORE_FIRST_HERE = 11 };
extern const struct db_elsewhere store_elsewhere;
