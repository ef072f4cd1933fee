/* place.h - where a test's store is: the same cases run over each kind of database. */
#pragma once

enum { PLACE_SIZE = 256 };

/* DIR/NAME; with WIREGRADE_TEST_POSTGRES, which names the file that support/postgres.py wrote, a URL: for
 * each DIR (made by mkdtemp) and NAME there is a schema of its own in that PostgreSQL, made here when it is
 * not there. Ends the test when that cannot be: as skipped where there is no PostgreSQL. */
void place_of(char out[PLACE_SIZE], const char *dir, const char *name);
