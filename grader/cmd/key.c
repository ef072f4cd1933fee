#include "grader/cmd/cmd.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "flag/pin.h"
#include "grader/cmd/options.h"
#include "grader/desk/desk.h"

enum { EXPORT_MAX = 1024 };

struct args {
    struct options common;
    const char *output;
    bool pins;
    char **words;
    size_t n;
};

static const struct argp_option option_rows[] = {
    OPTION_CLASS_ROW,
    {"output", 'o', "FILE", 0, "export: the new key file, of mode 0600; must not exist", 0},
    {"pins", 'p', NULL, 0, "export: also what checks the PINs of the briefing", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    switch (key) {
    case 'o':
        args->output = arg;
        return 0;
    case 'p':
        args->pins = true;
        return 0;
    case ARGP_KEY_ARGS:
        args->words = state->argv + state->next;
        args->n = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_SUCCESS: {
        bool plain = !args->output && !args->pins;
        bool show = args->n == 1 && strcmp(args->words[0], "show") == 0 && plain;
        bool pin = args->n > 1 && strcmp(args->words[0], "pin") == 0 && plain;
        bool export = args->n > 1 && strcmp(args->words[0], "export") == 0;
        if (export && !args->output)
            argp_error(state, "say with --output where the key file goes; keys are not printed");
        if (!show && !export && !pin)
            argp_error(state, "%s%s: write `show`, `pin HANDLE...` or `export SLUG... --output FILE`",
                       args->n ? args->words[0] : "nothing to do", args->n ? " with these words" : "");
        return 0;
    }
    default:
        return options_parse(key, arg, state, &args->common);
    }
}

static const struct argp argp = {option_rows,
                                 parse,
                                 "show\npin HANDLE...\nexport SLUG...",
                                 "Shows by which six characters the class's key is known, prints the PINs by "
                                 "which students say at the briefing who they are, or writes a key "
                                 "file that makes and checks the flags of "
                                 "some challenges only.\v"
                                 "Example: wiregrade key export raw-ipv4 raw-tcp --output target.key",
                                 NULL,
                                 NULL,
                                 NULL};

static enum status export_keys(const struct desk *desk, const struct args *args, struct err *err)
{
    const char *slugs[EXPORT_MAX];
    size_t n = args->n - 1;
    struct buf text;

    if (n >= EXPORT_MAX)
        return err_set(err, ST_USAGE, "at most %d challenges at once", EXPORT_MAX - 1);
    for (size_t i = 0; i < n; i++) {
        slugs[i] = args->words[i + 1];
        if (!course_find(&desk->course, slugs[i]))
            return err_set(err, ST_INPUT, "%s: the course has no challenge \"%.40s\"", desk->course.dir,
                           slugs[i]);
    }
    if (args->pins)
        slugs[n++] = PIN_KEY;
    buf_init(&text, 1 << 20);
    enum status st = keyring_export(desk->ring, slugs, n, &text, err);
    if (st == ST_OK)
        st = file_create_secret(args->output, buf_text(&text), text.len, err);
    if (text.data)
        explicit_bzero(text.data, text.cap);
    buf_free(&text);
    return st;
}

static enum status print_pins(const struct desk *desk, const struct args *args, struct err *err)
{
    const struct flag_context context = {desk->course.flag_prefix, desk->course.id, desk->class.word};

    for (size_t i = 1; i < args->n; i++) {
        char handle[NAME_MAX_LEN + 1], pin[PIN_SIZE];
        bool fits = str_copy(handle, sizeof(handle), args->words[i]);
        ascii_lower(handle);
        if (!fits || !handle_valid(handle))
            return err_set(err, ST_USAGE, "\"%.40s\" is no handle", args->words[i]);
        if (!pin_make(pin, &context, desk->ring, handle))
            return err_set(err, ST_INPUT, "this key file was exported without --pins");
        printf("%s %s\n", handle, pin);
    }
    return ST_OK;
}

int cmd_key(int argc, char **argv)
{
    struct args args = {.common = {.class_file = "class.yml"}};
    struct desk desk;
    struct err err;

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    enum status st = desk_open(&desk, args.common.class_file, DESK_KEY, &err);
    if (st == ST_OK && args.n > 1)
        st = strcmp(args.words[0], "pin") ? export_keys(&desk, &args, &err) : print_pins(&desk, &args, &err);
    else if (st == ST_OK)
        puts(keyring_id(desk.ring));
    if (st != ST_OK)
        log_err(&err);
    desk_close(&desk);
    return (int)st;
}
