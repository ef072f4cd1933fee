/* target.h - target.yml as written: what a target listens for, expects, and how it answers. No field is
 * looked up and no value is read as a number here: lib/judge compiles what this holds. */
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
    uint64_t plus;               /* MATCH_BOUND */
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
    struct scalar step; /* its number, from 1; text NULL: the only one that has a clause on the field */
    size_t step_number; /* 0 without */
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

enum draw_type { DRAW_U8, DRAW_U16, DRAW_U32, DRAW_WORD, DRAW_HEX };

/* A value that the target chooses, fresh for each try. */
struct draw_spec {
    struct scalar name;
    enum draw_type type;
};

/* What ends a stream's message. */
enum ending {
    ENDING_DEFAULT, /* newline, half-close, 200 ms of silence or a ceiling, whichever is first */
    ENDING_NEWLINE,
    ENDING_CLOSE, /* the half-close */
    ENDING_SILENCE,
    ENDING_LENGTH, /* so many bytes */
};

enum {
    STEPS_MAX = 16,
    STEP_NAMES_MAX = 8,
    STEP_NAME_LEN = 16,
    STEP_ROUNDS_MAX = 100,
    STEP_WITHIN_MS = 30000,
    STEP_BYTES_MAX = 4096,
    SAY_MAX = 400,
    WITHIN_MS_MIN = 100,
    WITHIN_MS_MAX = 10 * 60 * 1000,
};

/* One step of a conversation: the target waits for `expect`, then draws, says and dials. */
struct step_spec {
    struct place at;
    struct clause_spec *expect;
    size_t n_expect; /* 0: it waits for nothing */
    struct place expect_at;
    struct draw_spec *draws;
    size_t n_draws;
    struct scalar say; /* text NULL: nothing */
    enum text_encoding say_encoding;
    enum target_kind dial; /* TARGET_STREAM or TARGET_DATAGRAM: the next steps are spoken with the student's
                              port `dial_port`; TARGET_NONE: where it was asked */
    uint16_t dial_port;
    struct place dial_at;
    unsigned within_ms; /* from the step before to the whole message */
    struct place within_at;
    enum ending ending;
    size_t ending_bytes; /* ENDING_LENGTH */
    struct place ending_at;
    unsigned rounds;    /* how often the steps first..last come, this one among them; 1: once */
    size_t first, last; /* of its repeat; itself without one */
};

/* The whole file. kind TARGET_NONE: a knowledge question with accept and refuse answers. */
struct target_spec {
    char *file; /* path for problems */
    enum target_kind kind;
    struct place kind_at;
    struct clause_spec *listen; /* one or two, matcher.kind MATCH_EQUAL */
    size_t n_listen;
    struct step_spec *steps; /* `expect:` is one */
    size_t n_steps;
    bool talks;                 /* `steps:` was written */
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

/* The step whose message comes first; NULL when none expects one, as in a knowledge question. */
const struct step_spec *target_first(const struct target_spec *spec);

/* Calls each for every clause, listen's first (step 0), then those of every step (from 1); until it returns
 * false. */
void target_each_clause(const struct target_spec *spec,
                        bool (*each)(void *context, size_t step, const struct clause_spec *clause),
                        void *context);

/* The clause on a field in a step (from 1), listen's for any step; step 0: of the first step that has one.
 * NULL when there is none. */
const struct clause_spec *target_clause(const struct target_spec *spec, size_t step, const char *field);

/* "stream", "datagram", "packet". */
const char *target_kind_text(enum target_kind kind);
const char *matcher_encoding_text(enum text_encoding encoding);
