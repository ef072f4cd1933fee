/* keeper.h - a connection of its own that holds locks while this process runs and is heard. */
#pragma once

#include "pg/private.h"

struct keeper;

/* Its thread says something to the server each second; a process that is stopped or cut off does not, and the
 * server ends the session, and with it its locks, after three. */
enum status keeper_open(struct keeper **out, const char *where, struct err *err);
void keeper_close(struct keeper *keeper); /* NULL is allowed */

/* Runs SQL there. NULL: *err says why. */
PGresult *keeper_call(struct keeper *keeper, const char *sql, const struct pg_values *values,
                      struct err *err);

/* Its connection is gone: none of the locks is held any more. */
bool keeper_lost(struct keeper *keeper);
