/* room.h - a schema of a PostgreSQL, and what befalls a connection to it, for unit tests of lib/pg. */
#pragma once

#include "db/db.h"
#include "db/query.h"
#include "db/row.h"
#include "place.h"

struct room {
    char dir[64], place[PLACE_SIZE];
    struct db *db;
};

/* Tables t(id, n, name UNIQUE, data), of the first step; the second adds t.more. */
extern const struct db_schema room_one, room_two;

void room_enter(struct room *room); /* with room_one */
void room_leave(struct room *room);

/* What the first column of the first row says. */
int64_t room_number(struct db *db, const char *sql);

/* A superuser's statement on a connection of its own; answers the first column of the first row. */
int64_t room_sql(const struct room *room, const char *sql);

/* Ends this process's sessions that hold an advisory lock, or those that hold none; the number of them. */
int64_t room_cut(const struct room *room, bool holders);
