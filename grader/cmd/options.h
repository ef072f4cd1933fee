/* options.h - the options of a subcommand as rows: a name, a type, and where the value goes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct options_row {
    const char *name; /* NULL ends a table */
    int key;          /* its letter, or 0 */
    const char *arg;  /* what --help calls its value; NULL: it takes none */
    const char *help;
    enum { IS_FLAG, IS_TEXT, IS_TEXTS, IS_NUMBER, IS_SECONDS, IS_CHOICE } type;
    size_t at, count; /* offsets into the command's own struct */
    uint64_t min, max;
    bool shared; /* `at` is in struct frame_work */
    bool maybe;  /* the value may be left out: take gets NULL */
    /* instead of type and at: own is the command's own struct; ST_USAGE with *err for a wrong value */
    enum status (*take)(void *own, char *arg, struct err *err);
};

/* The end of a row: {"repeat", 0, "N", "so many runs", OPTIONS_NUMBER(struct args, repeat, 1, 10000)} */

/* The member's offset, when it has that type; otherwise it does not compile. A type wants no parentheses:
 * NOLINTNEXTLINE(bugprone-macro-parentheses) */
#define OPTIONS_AT(s, member, type) _Generic(((s *)NULL)->member, type : offsetof(s, member))

#define OPTIONS_FLAG(s, member) .type = IS_FLAG, .at = OPTIONS_AT(s, member, bool)
#define OPTIONS_TEXT(s, member) .type = IS_TEXT, .at = OPTIONS_AT(s, member, const char *)
/* an array of texts, and how many there are; may be repeated */
#define OPTIONS_TEXTS(s, member, n)                                                                          \
    .type = IS_TEXTS, .at = offsetof(s, member), .count = OPTIONS_AT(s, n, size_t),                          \
    .max = sizeof(((s *)NULL)->member) / sizeof(const char *)
#define OPTIONS_NUMBER(s, member, low, high)                                                                 \
    .type = IS_NUMBER, .at = OPTIONS_AT(s, member, unsigned), .min = (low), .max = (high)
/* in seconds, kept in milliseconds */
#define OPTIONS_SECONDS(s, member, low, high)                                                                \
    .type = IS_SECONDS, .at = OPTIONS_AT(s, member, int64_t), .min = (low), .max = (high)
/* one of the words of `arg`, "human|json", by its number */
#define OPTIONS_CHOICE(s, member) .type = IS_CHOICE, .at = OPTIONS_AT(s, member, unsigned)

struct frame_command;
struct frame_form;
struct frame_work;

/* Reads the command line into work's words, own and shared members. Returns the form that the words have;
 * ends the process with a sentence and ST_USAGE for a wrong line, and with ST_OK after --help. NULL: no
 * memory. */
const struct frame_form *options_read(const struct frame_command *command, struct frame_work *work, int argc,
                                      char **argv);

/* A whole number up to max for a word that is no option; name is what the sentence calls it. */
enum status options_number(const char *text, uint64_t min, uint64_t max, const char *name, uint64_t *out,
                           struct err *err);

/* One line of words, since it is shown among others: up to OPTIONS_LINE_MAX bytes of UTF-8. */
enum { OPTIONS_LINE_MAX = 500 };
enum status options_line(const char *arg, const char *option, const char **out, struct err *err);
