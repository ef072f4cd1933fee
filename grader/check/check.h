/* check.h - judges a capture file offline, with the live target's own code. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/* What the command line asks for. Borrowed during check_run. */
struct check_options {
    const char *file;         /* pcap or pcapng; "-" is standard input */
    const char *const *slugs; /* none: every packet challenge */
    size_t n_slugs;
    const char *const *params; /* "FIELD=VALUE" or "SLUG:FIELD=VALUE" */
    size_t n_params;
    const char *student;    /* NULL: whom a packet names */
    const char *class_file; /* NULL: class.yml here, or else the practice class */
    bool every_packet, json;
};

/* Judges the file and writes the result to out. ST_OK: every challenge that packets were for is met; ST_NO:
 * one is not, or nothing matched; ST_USAGE, ST_INPUT, ST_ENV with *err. A file that breaks off is judged as
 * far as it goes, then ST_INPUT. */
enum status check_run(const struct check_options *options, FILE *out, struct err *err);
