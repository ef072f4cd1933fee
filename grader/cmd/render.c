#include "grader/deploy/render.h"

#include <argp.h>
#include <stdio.h>

#include "base/log.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"

struct arguments {
    struct options common;
    const char *dir;
};

static const struct argp_option option_rows[] = {OPTION_CLASS_ROW, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        if (a->dir)
            argp_error(state, "one folder at a time");
        a->dir = arg;
        return 0;
    case ARGP_KEY_END:
        if (!a->dir)
            argp_error(state, "into which folder?");
        return 0;
    default:
        return options_parse(key, arg, state, &a->common);
    }
}

static const struct argp argp = {
    option_rows,
    parse,
    "DIR",
    "Writes the course into DIR, a new folder, as ctfcli reads it: a folder for each challenge, with the "
    "class's values in its texts. It holds answers: keep it.\v"
    "Example: wiregrade render --class spring/class.yml /tmp/spring",
    NULL,
    NULL,
    NULL};

int cmd_render(int argc, char **argv)
{
    struct arguments a = {.common = {.class_file = "class.yml"}};
    struct desk desk;
    struct err err;
    size_t n = 0;

    argp_parse(&argp, argc, argv, 0, NULL, &a);
    /* without the key its values would be question marks */
    enum status st = desk_open(&desk, a.common.class_file, DESK_KEY | DESK_WARN, &err);
    if (st == ST_OK)
        st = render_course(a.dir, &desk, &n, &err);
    if (st != ST_OK)
        log_err(&err);
    else
        printf("%zu challenges in %s\n", n, a.dir);
    desk_close(&desk);
    return (int)st;
}
