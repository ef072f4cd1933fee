/* target.h - target.yml as written: what a target listens for, expects, and how it answers. No field is
 * looked up and no value is read as a number here: lib/judge compiles what this holds. */
#pragma once

#include "spec/step.h"

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

enum identify {
    IDENTIFY_TEXT,
    IDENTIFY_SOURCE, /* who the roster has at the sender's address */
    IDENTIFY_NOBODY,
    IDENTIFY_OWN_HOST, /* who runs the target on his own host; of a target for all, as IDENTIFY_SOURCE */
};
enum { TARGET_PATH_MAX = 32, LISTEN_VALUES_MAX = 16 };
enum feedback_level { FEEDBACK_NONE, FEEDBACK_FIELDS, FEEDBACK_FULL };

/* The whole file. kind TARGET_NONE: a knowledge question with accept and refuse answers. */
struct target_spec {
    char *file; /* path for problems */
    enum target_kind kind;
    struct place kind_at;
    /* one or two, matcher.kind MATCH_EQUAL; of a packet challenge one of them may be MATCH_IN (at most
     * LISTEN_VALUES_MAX): which packets it hears, while each step has a clause of its own on the field */
    struct clause_spec *listen;
    size_t n_listen;
    /* `listen: {unix.path: NAME}` of a stream or datagram: its name in the class's folder, borrowed from
     * listen[0], of which n_listen does not count it; else NULL */
    const char *unix_path;
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
    bool to_home;          /* deliver: {to: own-host}: to the roster's address of whom the packet names */
    struct place to_at;
    enum feedback_level feedback;
    bool practice; /* `assessed: false`: earns no points */
    struct place practice_at;
};

/* Reads and checks the form of a target.yml. Every problem is added to *problems; *out is filled as far as
 * possible and must be released with target_spec_free. Returns false when errors were added. It
 * is opened beneath folder (beneath.h). */
bool target_spec_load(struct target_spec *out, const char *path, const char *folder,
                      struct problems *problems);
void target_spec_free(struct target_spec *spec);

/* Calls each for every clause, listen's of one value first (step 0), then those of every step (from 1); until
 * it returns false. */
void target_each_clause(const struct target_spec *spec,
                        bool (*each)(void *context, size_t step, const struct clause_spec *clause),
                        void *context);

/* The clause on a field in a step (from 1), listen's for any step; step 0: of the first step that has one.
 * NULL when there is none. */
const struct clause_spec *target_clause(const struct target_spec *spec, size_t step, const char *field);
/* True when where it comes from says whose attempt it is, and no text does. */
bool target_by_source(const struct target_spec *spec);

/* "source", "nobody", "own-host". */
const char *target_identify_text(enum identify identify);

/* "stream", "datagram", "packet". */
const char *target_kind_text(enum target_kind kind);
const char *matcher_encoding_text(enum text_encoding encoding);
