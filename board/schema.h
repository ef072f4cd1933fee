/* schema.h - the scoreboard's tables. */
#pragma once

#include "db/db.h"

extern const struct db_schema board_schema;
