/* roster.h - roster.csv: who is in the class. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/problem.h"

/* One row; optional columns are "" when absent. */
struct student {
    char *handle;
    char *name;
    char *email;
    char *address_text; /* as written; "" when absent */
    uint32_t address;   /* host order, 0 when absent */
    char *team;
    char *external_id;
    char *section;
    bool staff; /* role: staff */
    int line;
};

struct roster {
    struct student *students; /* in the order of handles */
    size_t n;
    struct student **by_address; /* those that have one, in its order */
    size_t n_addresses;
};

/* Reads `handle,name,email` and the optional columns address, team, external_id, section, role (RFC 4180
 * quoting, UTF-8, header row in any order). Handles are lower-cased; duplicates of handle or e-mail are
 * problems. */
bool roster_load(struct roster *out, const char *path, struct problems *problems);
void roster_free(struct roster *roster);

/* By handle, compared without case; NULL when unknown. Borrowed. */
const struct student *roster_find(const struct roster *roster, const char *handle);

/* By address, only when exactly one row has it; NULL otherwise. */
const struct student *roster_find_address(const struct roster *roster, uint32_t address);
