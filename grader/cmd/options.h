/* options.h - the options that several subcommands share. */
#pragma once

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

struct options {
    const char *class_file; /* "class.yml" unless --class */
    bool json;              /* --format json */
};

enum { OPTION_FORMAT = 256, OPTION_OWN }; /* keys without a letter; a command's own begin at OPTION_OWN */

/* For a command's table of argp options. */
#define OPTION_CLASS_ROW                                                                                     \
    {                                                                                                        \
        "class", 'c', "FILE", 0, "the class (default: class.yml here)", 0                                    \
    }
#define OPTION_FORMAT_ROW                                                                                    \
    {                                                                                                        \
        "format", OPTION_FORMAT, "human|json", 0, "how to print the result (default: human)", 0              \
    }

/* Takes one of the two; ARGP_ERR_UNKNOWN for another key. */
error_t options_parse(int key, char *arg, struct argp_state *state, struct options *options);

/* True for --format json, false for human; another word ends the program as argp does. */
bool options_json(const char *arg, struct argp_state *state);

/* A whole number of an option up to max; a wrong one ends the program as argp does. */
uint64_t options_number(const char *arg, uint64_t max, const char *name, struct argp_state *state);
