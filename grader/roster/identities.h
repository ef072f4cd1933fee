/* identities.h - the people of a roster by what another system knows them by: every row of a list asks for
 * one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "spec/roster.h"

/* The roster is borrowed, and its rows must stay where they are. */
struct identities {
    const struct roster *roster;
    const struct student **by_email, **by_id; /* who has one; of equal ones in the order of the roster */
    size_t n_emails, n_ids;
};

/* False without memory; identities_close either way. */
bool identities_open(struct identities *identities, const struct roster *roster);
void identities_close(struct identities *identities);

/* Who s was there: by the number that another system gave him, else by his address, whatever its case, unless
 * two numbers say that they are two; of several the last. NULL for nobody. */
const struct student *identities_recognise(const struct identities *identities, const struct student *s);

/* Those with this address: the first of *n that stand side by side. */
const struct student *const *identities_with_email(const struct identities *identities, const char *email,
                                                   size_t *n);

/* Whether somebody there has that address or that number; "" is nobody's. */
bool identities_may_be(const struct identities *identities, const char *email, const char *external_id);
