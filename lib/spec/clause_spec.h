/* clause_spec.h - what one field must be, as target.yml writes it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/problem.h"

/* A scalar of the file, with its text and place. `text` is NULL where an optional one is absent. */
struct scalar {
    char *text;
    struct place at;
};

enum matcher_kind {
    MATCH_EQUAL, /* values[0] */
    MATCH_IN,    /* any of values */
    MATCH_RANGE, /* values[0] .. values[1], both inside */
    MATCH_MASK,  /* (field & values[0]) == values[1] */
    MATCH_NOT,   /* none of values */
    MATCH_PARAM, /* a value made for the class or the student: values[0] .. values[1], or a type in values[0]
                  */
    MATCH_TEXT,  /* values[0], which may hold {student} */
    MATCH_ANY,   /* present, whatever its value */
    MATCH_BYTES, /* values[0], "0x" and hex digits */
    MATCH_CONTAINS, /* values[0] stands somewhere in it */
    MATCH_LENGTH,   /* values[0] .. values[1] bytes long */
    MATCH_BIND,     /* present; remembered under the name values[0] */
    MATCH_BOUND,    /* what the name values[0] stands for, and `plus` more */
    MATCH_FILTER,   /* the filter values[0] says yes to it, or, where it rejects, no */
};
enum matcher_per { PER_CLASS, PER_STUDENT };
enum text_encoding { ENCODING_UTF8, ENCODING_HEX, ENCODING_BASE64 };
enum text_trim { TRIM_DEFAULT, TRIM_NONE, TRIM_NEWLINE };

/* What one field must be. */
struct matcher {
    enum matcher_kind kind;
    struct place at;
    struct scalar *values;
    size_t n_values;
    enum matcher_per per;                           /* MATCH_PARAM */
    enum text_encoding encoding;                    /* MATCH_TEXT */
    enum text_trim trim;                            /* MATCH_TEXT */
    uint64_t plus;                                  /* MATCH_BOUND */
    bool rejects;                                   /* MATCH_FILTER */
    struct scalar *example_fields, *example_values; /* MATCH_FILTER: what a right packet may hold besides */
    size_t n_example;
};

/* One row of listen or expect. */
struct clause_spec {
    struct scalar field;
    struct matcher matcher;
};
