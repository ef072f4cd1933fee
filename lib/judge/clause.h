/* clause.h - a compiled clause. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flag/param.h"
#include "pkt/field.h"
#include "spec/target.h"

enum { CLAUSES_MAX = 48, TEXT_MAX = 512 };

/* One thing to check, in wire order within its rules. */
struct clause {
    const struct clause_spec *spec; /* NULL for what is always checked (ip.len, ip.checksum) */
    const struct field *field;
    enum matcher_kind kind;
    uint64_t a, b; /* equal: a; range: a..b; mask: a, value b; param per class: a, once it is made */
    uint64_t *set; /* in, not; for IPv6 addresses always: two halves of each, the first 64 bits first */
    size_t n_set;
    struct param_rule rule; /* param; avoid is filled in when the value is made */
    bool per_student;
    bool known; /* param per class: a holds the value */
    enum text_encoding encoding;
    bool trim;          /* one newline outside the encoding does not count */
    uint64_t *everyone; /* param per student: the values of the roster's students, ascending; NULL without */
    size_t n_everyone;
    char *before, *after; /* text: around {student}; after is NULL without {student} */
    uint8_t *bytes;       /* bytes: they; contains: the text */
    size_t n_bytes;
    size_t name;               /* bind, bound: which of the rules' names */
    uint64_t plus;             /* bound */
    struct filtered *filtered; /* filter */
    bool unfilled;             /* what it asks for is known only within a try: filled.h */
};

/* A name of a conversation: what it stands for is found out anew in each try. */
struct clause_name {
    const char *name;
    bool number;
    unsigned bits;             /* number: how wide */
    const struct field *field; /* bound: in whose notation it is said; NULL: drawn, or text */
};

struct rules;

/* The clause on this field, NULL when the rules have none. */
const struct clause *clause_of(const struct rules *rules, const struct field *field);

/* Whether a challenge listens by this clause, which then names a value. */
bool clause_is_listened(const struct rules *rules, const struct clause *clause);

/* Where a clause's field is in the file. */
struct place clause_at(const struct clause *clause);

/* Writes the i-th IPv6 address of a clause on one. Returns out. */
const char *clause_address(const struct clause *clause, size_t i, char out[FIELD_TEXT_SIZE]);
