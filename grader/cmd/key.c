#include "grader/cmd/cmd.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "grader/cmd/options.h"
#include "grader/desk.h"

struct args {
    struct options common;
    const char *output;
    char **words;
    size_t n;
};

static const struct argp_option option_rows[] = {
    OPTION_CLASS_ROW,
    {"output", 'o', "FILE", 0, "export: the new key file, of mode 0600; must not exist", 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    switch (key) {
    case 'o':
        args->output = arg;
        return 0;
    case ARGP_KEY_ARGS:
        args->words = state->argv + state->next;
        args->n = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_SUCCESS: {
        bool show = args->n == 1 && strcmp(args->words[0], "show") == 0 && !args->output;
        bool export = args->n > 1 && strcmp(args->words[0], "export") == 0;
        if (export && !args->output)
            argp_error(state, "say with --output where the key file goes; keys are not printed");
        if (!show && !export)
            argp_error(state, "%s%s: write `show` or `export SLUG... --output FILE`",
                       args->n ? args->words[0] : "nothing to do", args->n ? " with these words" : "");
        return 0;
    }
    default:
        return options_parse(key, arg, state, &args->common);
    }
}

static const struct argp argp = {option_rows,
                                 parse,
                                 "show\nexport SLUG...",
                                 "Shows by which six characters the class's key is known, or writes a key "
                                 "file that makes and checks the flags of "
                                 "some challenges only.\v"
                                 "Example: wiregrade key export raw-ipv4 raw-tcp --output target.key",
                                 NULL,
                                 NULL,
                                 NULL};

static enum status export(const struct desk *desk, const struct args *args, struct err *err) {
    const char *const *slugs = (const char *const *)args->words + 1; struct buf text;

    for (size_t i = 0; i + 1 < args->n; i++) if (!course_find(&desk->course, slugs[i])) return err_set(
        err, ST_INPUT, "%s: the course has no challenge \"%.40s\"", desk->course.dir, slugs[i]);
    buf_init(&text, 1 << 20);
    enum status st = keyring_export(desk->ring, slugs, args->n - 1, &text, err);
    if (st == ST_OK) st = file_create_secret(args->output, buf_text(&text), text.len, err);
    if (text.data) explicit_bzero(text.data, text.cap);
    buf_free(&text);
    return st;
}

int cmd_key(int argc, char **argv)
{
    struct args args = {.common = {.class_file = "class.yml"}};
    struct desk desk;
    struct err err;

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    enum status st = desk_open(&desk, args.common.class_file, DESK_KEY, &err);
    if (st == ST_OK && args.n > 1)
        st = export(&desk, &args, &err);
    else if (st == ST_OK)
        puts(keyring_id(desk.ring));
    if (st != ST_OK)
        log_err(&err);
    desk_close(&desk);
    return (int)st;
}
