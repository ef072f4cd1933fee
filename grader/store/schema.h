/* schema.h - the store's tables. */
#pragma once

#include "db/db.h"

extern const struct db_schema store_schema;
