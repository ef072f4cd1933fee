/* private.h - what the store's own files share. */
#pragma once

#include "base/turn.h"
#include "db/query.h"
#include "db/row.h"
#include "grader/store/store.h"

struct store {
    struct db *db;
    struct turn turn; /* of its parts; not open for a reader */
};
