/* frame.h - a subcommand as data: its words, options, needs and function; and the one way to run it. */
#pragma once

#include <stdatomic.h>

#include "grader/cmd/options.h"
#include "grader/desk/desk.h"
#include "json/write.h"

/* What a command works with. The frame fills it, and closes whatever is open in it afterwards: a command that
 * opens store or board in a way of its own puts them here too. */
struct frame_work {
    void *own;          /* the command's own struct, its options set */
    char *const *words; /* n_words of the command line, NULL behind the last: as many as the form asks for */
    size_t n_words;
    const char *class_file; /* --class */
    unsigned format;        /* --format: 0 human, 1 json */
    struct json_writer *w;  /* --format json: what is put there goes to stdout after run; NULL: for people */
    struct desk desk;
    struct store *store;
    struct scoreboard board;
    const atomic_int *stop; /* FRAME_STOP: becomes true when a signal says so */
    struct err err;
};

/* What is there before run is called, opened in this order. */
enum {
    FRAME_CLASS = 1 << 0,                 /* desk, from --class */
    FRAME_KEY = 1 << 1 | FRAME_CLASS,     /* and its key */
    FRAME_ROSTER = 1 << 2 | FRAME_CLASS,  /* and a roster */
    FRAME_WARN = 1 << 11 | FRAME_CLASS,   /* and the warnings about its files told */
    FRAME_STOP = 1 << 3,                  /* SIGINT and SIGTERM do not end the process, but set stop */
    FRAME_HANGUP = 1 << 4 | FRAME_STOP,   /* SIGHUP too */
    FRAME_STORE = 1 << 5 | FRAME_CLASS,   /* store, for writing */
    FRAME_SOLVES = 1 << 6 | FRAME_CLASS,  /* store, its solves taken; waits for who has them */
    FRAME_CONTENT = 1 << 7 | FRAME_CLASS, /* store, its content taken */
    FRAME_BOARD = 1 << 8 | FRAME_CLASS,   /* board, asked whether it is the one that class.yml means */
    FRAME_LIST = 1 << 9,                  /* --format json: w stands in an array */
    FRAME_AS_IS = 1 << 10, /* what begins with - behind a word is no option: another program's */
};

/* One way to call a command. */
struct frame_form {
    const char *words; /* as --usage prints them: "link HANDLE ID", "FILE [SLUG...]", "" */
    unsigned needs;
    /* Returns the exit status, of `range` its program's. The result goes to stdout; err
     * is logged when the status is not ST_OK and a text is there. */
    enum status (*run)(struct frame_work *work);
};

enum { FRAME_FORMS_MAX = 6 };

struct frame_command {
    const char *name;
    const char *help;                              /* one line */
    const char *doc;                               /* of --help: what it does, \v, more and an example */
    const struct options_row *options;             /* NULL: none */
    const char *without_class;                     /* said besides where no class.yml is; NULL: nothing */
    size_t own_size;                               /* of the command's own struct */
    const void *defaults;                          /* what it begins as; NULL: zeros */
    enum status (*check)(struct frame_work *work); /* do options and words go together? NULL: they do */
    struct frame_form forms[FRAME_FORMS_MAX];      /* words NULL ends */
};

/* The rows of options that several commands have. */
#define FRAME_FORMAT .type = IS_CHOICE, .shared = true, .at = offsetof(struct frame_work, format)
#define FRAME_FORMAT_ROW                                                                                     \
    {                                                                                                        \
        "format", 0, "human|json", "how to print the result (default: human)", FRAME_FORMAT                  \
    }
#define FRAME_CLASS_ROW                                                                                      \
    {                                                                                                        \
        "class", 'c', "FILE", "the class (default: class.yml here)",                                         \
            .type = IS_TEXT, .shared = true, .at = offsetof(struct frame_work, class_file)                   \
    }

/* Runs the command with its arguments, from argv[1] on. Returns the exit status; a wrong command line or
 * --help ends the process. */
int frame_run(const struct frame_command *command, int argc, char **argv);

/* Writes what is in work->w now: a class's solves need not fit in memory at once. */
void frame_flush(struct frame_work *work);

/* ST_NO, when stdout has said why: nothing is logged. */
enum status frame_no(struct frame_work *work);
