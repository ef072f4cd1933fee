/* verdict.h - what was found in one attempt, clause by clause. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "pkt/decode.h"

enum finding_status {
    FINDING_PASS,
    FINDING_FAIL,
    FINDING_BLOCKED, /* a header below could not be read, or nobody was named */
    FINDING_INFO,    /* written by the kernel, or not to be judged here */
};

struct clause; /* judge/clause.h's */

/* clause is NULL for what is always checked (ip.len, ip.checksum, header faults, ip.src and ip.dst): then
 * `field` says which. */
struct finding {
    const struct clause *clause;
    const struct field *field;
    enum finding_status status;
    enum fault fault; /* for header faults, else 0 (addresses: got says it) */
    uint64_t got;     /* fixed fields */
    bool absent;      /* the field is not in this packet */
    uint16_t offset;  /* of the field's bytes in the frame */
    uint16_t length;
};

enum { FINDINGS_MAX = 64 };

/* All findings of one attempt, in wire order. Small enough for the stack; holds no pointer into the frame. */
struct verdict {
    bool pass;
    char student[NAME_MAX_LEN + 1]; /* "" when nobody was named */
    bool given;                     /* whose it is was known before, and not read in the packet */
    bool stranger;                  /* a handle was named that is not on the roster */
    bool by_address; /* nobody is named in it: student is whom the roster has at the source's address */
    bool uncertain;  /* student is a guess from a text that is not right: no value of his own is told */
    bool doubtful;   /* without a roster: neither his text alone nor a wide value of his own says it is he */
    size_t n;
    size_t n_right, n_judged; /* clauses, listen included */
    size_t n_unknown;         /* clauses whose value needs a key that is not here: FINDING_INFO, not judged */
    struct finding findings[FINDINGS_MAX];
};
