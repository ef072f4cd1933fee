/* private.h - what the store's own files share. */
#pragma once

#include "db/query.h"
#include "db/row.h"
#include "grader/store/store.h"

struct store {
    struct db *db;
};
