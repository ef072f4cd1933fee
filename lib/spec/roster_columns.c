#include "spec/roster_columns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ADD A COLUMN OF roster.csv HERE, and its place in struct student to roster_student_text */
const char *const roster_columns[N_COLUMNS] = {
    [HANDLE] = "handle", [NAME] = "name",       [EMAIL] = "email", [ADDRESS] = "address",
    [TEAM] = "team",     [SECTION] = "section", [ROLE] = "role",   [EXTERNAL_ID] = "external_id"};

/* What other programs call them; a list that they write is taken by roster_import. */
static const struct {
    const char *word;
    enum column column;
} aliases[] = {
    {"email address", EMAIL},
    {"e-mail", EMAIL},
    {"e-mail address", EMAIL},
    {"mail", EMAIL},
    {"username", HANDLE},
    {"login", HANDLE},
    {"full name", NAME},
    {"student", NAME},
    {"id number", EXTERNAL_ID},
    {"student id", EXTERNAL_ID},
    {"id", EXTERNAL_ID},
    {"ip address", ADDRESS},
    {"group", TEAM},
    {"team name", TEAM},
};

int roster_column_named(const char *text, bool foreign)
{
    for (int c = 0; c < N_COLUMNS; c++)
        if ((foreign ? strcasecmp : strcmp)(roster_columns[c], text) == 0)
            return c;
    for (size_t i = 0; foreign && i < sizeof(aliases) / sizeof(aliases[0]); i++)
        if (strcasecmp(aliases[i].word, text) == 0)
            return (int)aliases[i].column;
    if (foreign && (!strcasecmp(text, "first name") || !strcasecmp(text, "given name")))
        return FIRST_NAME;
    if (foreign &&
        (!strcasecmp(text, "last name") || !strcasecmp(text, "surname") || !strcasecmp(text, "family name")))
        return LAST_NAME;
    return UNKNOWN;
}

char **roster_student_text(struct student *s, enum column column)
{
    switch (column) {
    case HANDLE:
        return &s->handle;
    case NAME:
        return &s->name;
    case EMAIL:
        return &s->email;
    case ADDRESS:
        return &s->address_text;
    case TEAM:
        return &s->team;
    case EXTERNAL_ID:
        return &s->external_id;
    case SECTION:
        return &s->section;
    case ROLE:
    case N_COLUMNS:
        break;
    }
    return NULL;
}

char *const *roster_cells(const struct roster *roster, size_t row, char *out[ROSTER_COLUMNS])
{
    struct student *s = &roster->students[row];

    for (int c = 0; c < N_COLUMNS; c++) {
        char **text = roster_student_text(s, (enum column)c);
        out[c] = text ? *text : (char *)(s->staff ? "staff" : "");
    }
    return out;
}

const char *roster_column(size_t column)
{
    return roster_columns[column];
}
