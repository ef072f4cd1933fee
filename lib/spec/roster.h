/* roster.h - roster.csv: who is in the class. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "base/buf.h"
#include "base/texts.h"
#include "spec/problem.h"

/* One row; optional columns are "" when absent. */
struct student {
    char *handle;
    char *name;
    char *email;
    char *address_text; /* as written; "" when absent */
    ipaddr address;     /* 0 when absent */
    ipaddr other;       /* the same host's of the other IP version; 0 without */
    char *team;
    char *external_id;
    char *section;
    bool staff; /* role: staff */
    int line;
};

/* An address of a row. */
struct roster_place {
    ipaddr address;
    struct student *student;
};

struct roster {
    struct student *students; /* in the order of handles */
    size_t n;
    struct roster_place *places; /* in the order of addresses */
    size_t n_places;
    unsigned columns;   /* 1 << i of those that the file has */
    struct texts texts; /* of the students */
};

enum {
    ROSTER_FILE_MAX = 64 * 1024 * 1024, /* a million rows and more: of rows there is no other ceiling */
    ROSTER_COLUMNS = 8,
    ROSTER_HANDLE = 0,
    ROSTER_NAME = 1,
    ROSTER_EMAIL = 2
};

/* Reads `handle,name,email` and the optional columns address, team, external_id, section, role (RFC 4180
 * quoting, UTF-8, header row in any order). Handles are lower-cased; duplicates of handle or e-mail are
 * problems. */
bool roster_load(struct roster *out, const char *path, struct problems *problems);

/* As roster_load, of the file's bytes, which are rewritten in place; path is for the problems alone. */
bool roster_parse(struct roster *out, const char *path, struct buf *bytes, struct problems *problems);

/* As roster_load, for a list that another program wrote: columns may have the names that Moodle and others
 * give them ("First name", "Last name", "Email address", "ID number"), in any case; unknown ones are left out
 * with a warning; handles may be missing or empty, and an external_id may not
 * stand twice. finish gets the rows in the file's order, with all texts
 * there, and makes those handles (of roster->texts) before doubles are looked for; false: no memory. */
bool roster_import(struct roster *out, const char *path, bool (*finish)(struct roster *roster, void *context),
                   void *context, struct problems *problems);

/* The texts of a row's columns, borrowed; returns out. A column's name. */
char *const *roster_cells(const struct roster *roster, size_t row, char *out[ROSTER_COLUMNS]);
const char *roster_column(size_t column);
void roster_free(struct roster *roster);

/* By handle, compared without case; NULL when unknown. Borrowed. */
const struct student *roster_find(const struct roster *roster, const char *handle);

/* The handle that stands nearest to a wrong one, for a sentence; NULL when none is near. Borrowed. */
const char *roster_nearest(const struct roster *roster, const char *handle);

/* By address, only when exactly one row has it; NULL otherwise. */
const struct student *roster_find_address(const struct roster *roster, ipaddr address);

/* The *n rows that have an address, borrowed; NULL when none has. */
const struct roster_place *roster_at(const struct roster *roster, ipaddr address, size_t *n);

/* True when it is the row's own host: one of its addresses. */
bool roster_is_home(const struct student *student, ipaddr address);

/* For roster_parse: reads a row's address_text, one address or one of each IP version with a blank between;
 * false: it is neither. And the order of roster_at; false: no memory. */
bool roster_read_address(struct student *student);
bool roster_make_places(struct roster *roster);

/* How many share an address's limits: the rows that have it, at least 1. */
uint32_t roster_sharing(const struct roster *roster, ipaddr address);
