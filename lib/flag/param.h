/* param.h - values made for a class or a student that no common mistake turns into themselves. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flag/keyring.h"

enum { PARAM_AVOID_MAX = 64 };

/* Ports that Linux hands out to sockets that ask for none (net.ipv4.ip_local_port_range). */
enum { PARAM_EPHEMERAL_LO = 32768, PARAM_EPHEMERAL_HI = 60999 };

/* Which values will do. */
struct param_rule {
    uint64_t lo, hi; /* both inside, within the field's width */
    unsigned bits;   /* the field's width, 1..64 */
    bool port;       /* 1024 and up, outside the kernel's ephemeral range */
    const uint64_t *avoid;
    size_t n_avoid; /* values of other clauses */
};

/* True when value keeps the rules: not 0, within bounds, not its own byte swap, nibble swap or bit reversal,
 * not equal to one of its shifts by up to 4, not in avoid. Byte swap counts only in fields of 16 bits and
 * more. */
bool param_fits(const struct param_rule *rule, uint64_t value);

/* True when at least one value fits. lint's question; scans at most 65,536 values. */
bool param_possible(const struct param_rule *rule);

/* The value for (class, slug, field, student) under the challenge's key; student "" for a class parameter.
 * Always the same for the same arguments. Returns false when no value fits, or the key is
 * another student's alone. */
bool param_make(const struct key *challenge, const char *class, const char *slug, const char *field,
                const char *student, const struct param_rule *rule, uint64_t *out);
