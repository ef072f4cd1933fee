/* carrier.h - the ways by which lines get to a store elsewhere: as a role of its database, or by HTTP. */
#pragma once

#include <stdatomic.h>

#include "grader/store/shipper.h"

struct carrier_options {
    const char *to;         /* a URL */
    const char *token_file; /* by HTTP: who we are */
    const char *ca_file;    /* by HTTP: who may sign the server's certificate; NULL: the system's */
    const atomic_int *stop; /* may be NULL */
    int64_t *asked_ms;      /* set when the other end asks to be left alone so long */
};

/* All but open and close as the functions of their names in store/shipper.h, with an end that open has made.
 * After ST_ENV it is to be closed. */
struct carrier {
    const char *const *begins; /* what its URLs begin with, up to a NULL */
    const char *whose_clock;   /* "the database's" */
    const char *by;            /* what a target has of its own */
    /* ST_INPUT, ST_ENV as shipper_open, with *lasting */
    enum status (*open)(void **end, const struct carrier_options *options, bool *lasting, struct err *err);
    void (*close)(void *end);
    int64_t (*ahead_us)(void *end);
    enum status (*begin)(void *end, struct shipper_file *file, struct err *err);
    enum status (*has)(void *end, const struct shipper_file *file, int64_t at, const char *line, size_t len,
                       bool *has, struct err *err);
    enum status (*put)(void *end, struct shipper_file *file, const struct shipper_rows *rows,
                       struct err *err);
};

extern const struct carrier carrier_database, carrier_web;

/* By what `to` begins with. ST_INPUT for none. */
enum status carrier_of(const char *to, const struct carrier **out, struct err *err);
