/* target.h - target.yml as written: what a target listens for, expects, and how it answers. No field is
 * looked up and no value is read as a number here: lib/judge compiles what this holds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

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
    enum matcher_per per;        /* MATCH_PARAM */
    enum text_encoding encoding; /* MATCH_TEXT */
    enum text_trim trim;         /* MATCH_TEXT */
};

/* One row of listen or expect. */
struct clause_spec {
    struct scalar field;
    struct matcher matcher;
};

/* One row of refuse: the field, what is done to it (`change` alone, or key/value pairs such as encoding:
 * base64, or a plain value), and the code that must be given. */
struct refuse_spec {
    struct place at;
    struct scalar field;
    struct scalar change; /* a word ("swapped") or a value; text NULL when pairs are given */
    struct scalar *keys;  /* n_pairs of them, with their values beside them */
    struct scalar *values;
    size_t n_pairs;
    struct scalar why;
};

enum target_kind { TARGET_NONE, TARGET_STREAM, TARGET_DATAGRAM, TARGET_PACKET };
enum identify { IDENTIFY_TEXT, IDENTIFY_SOURCE, IDENTIFY_NOBODY };
enum feedback_level { FEEDBACK_NONE, FEEDBACK_FIELDS, FEEDBACK_FULL };

/* The whole file. kind TARGET_NONE: a knowledge question with accept and refuse answers. */
struct target_spec {
    char *file; /* path for problems */
    enum target_kind kind;
    struct place kind_at;
    struct clause_spec *listen; /* one or two, matcher.kind MATCH_EQUAL */
    size_t n_listen;
    struct clause_spec *expect;
    size_t n_expect;
    struct refuse_spec *refuse; /* wire challenges */
    size_t n_refuse;
    struct scalar *accept_answers; /* knowledge questions */
    size_t n_accept_answers;
    struct scalar *refuse_answers;
    size_t n_refuse_answers;
    enum identify identify; /* IDENTIFY_TEXT unless `identify:` is given */
    struct place identify_at;
    struct scalar connect; /* deliver: {connect: PORT}; text NULL for stream and datagram */
    enum feedback_level feedback;
};

/* Reads and checks the form of a target.yml. Every problem is added to *problems; *out is filled as far as
 * possible and must be released with target_spec_free. Returns false when errors were added. It
 * is opened beneath folder (beneath.h). */
bool target_spec_load(struct target_spec *out, const char *path, const char *folder,
                      struct problems *problems);
void target_spec_free(struct target_spec *spec);

/* "stream", "datagram", "packet". */
const char *target_kind_text(enum target_kind kind);
const char *matcher_encoding_text(enum text_encoding encoding);
