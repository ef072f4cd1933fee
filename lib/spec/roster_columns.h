/* roster_columns.h - the columns of a roster, and where each is kept. For roster.c. */
#pragma once

#include "spec/roster.h"

enum column { HANDLE, NAME, EMAIL, ADDRESS, TEAM, EXTERNAL_ID, SECTION, ROLE, N_COLUMNS = ROSTER_COLUMNS };
enum { FIRST_NAME = N_COLUMNS, LAST_NAME, UNKNOWN = -1 }; /* of other programs' lists */

extern const char *const roster_columns[N_COLUMNS];

/* An enum column, FIRST_NAME, LAST_NAME or UNKNOWN. foreign: any case, and the words of other programs. */
int roster_column_named(const char *text, bool foreign);

/* Where a student's text of that column is kept; NULL for the role. */
char **roster_student_text(struct student *student, enum column column);
