/* pg.h - PostgreSQL behind db/db.h, for places that begin with postgresql://. */
#pragma once

#include "db/driver.h"

/* The place is a URL as libpq takes it, without a password: that is in PGPASSFILE or a service file. It leads
 * to a Unix socket, or says sslmode=verify-full. Opening refuses the rest with ST_INPUT, and with ST_ENV what
 * cannot carry a store: a pooler in between (two clients had one lock), a standby for writing, an encoding
 * that is not UTF8.
 *
 * What fails because of others (a deadlock, a server that ends or is away) is run again, statement or whole
 * transaction, for some seconds; after that, and when no answer comes, ST_ENV. */
extern const struct db_driver pg_driver;
