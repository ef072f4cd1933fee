/* schema.h - the store's tables. */
#pragma once

#include "db/db.h"

extern const struct db_schema store_schema;

/* In PostgreSQL; began when a file had so many steps. Each further step is added to both. */
enum { STORE_FIRST_HERE = 11 };
extern const struct db_elsewhere store_elsewhere;
