#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/names.h"
#include "explain/code.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"
#include "json/write.h"

enum { CODES_MAX = 256, OPTION_LIST = OPTION_OWN };

struct args {
    struct options common;
    const char *name; /* NULL: all */
    bool list;
};

static const struct argp_option option_rows[] = {
    {"list", OPTION_LIST, NULL, 0, "all codes, in the order in which equally good ones are told", 0},
    OPTION_FORMAT_ROW,
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    switch (key) {
    case OPTION_LIST:
        args->list = true;
        return 0;
    case ARGP_KEY_ARG:
        if (args->name || args->list)
            argp_usage(state);
        args->name = arg;
        return 0;
    case ARGP_KEY_END:
        if (!args->name && !args->list)
            argp_error(state, "which code? --list shows them all");
        return 0;
    default:
        return key == 'c' ? ARGP_ERR_UNKNOWN : options_parse(key, arg, state, &args->common);
    }
}

static const struct argp argp = {option_rows,
                                 parse,
                                 "CODE\n--list",
                                 "Tells what a diagnosis code means, what to try, and where it is written.\v"
                                 "Example: wiregrade diagnose NOT_SHIFTED",
                                 NULL,
                                 NULL,
                                 NULL};

static void print_human(const struct code *code)
{
    printf("%s\n  means  %s\n  try    %s\n", code->name, code->meaning, code->mend);
    if (*code->see)
        printf("  see    %s\n", code->see);
    if (*code->twins)
        printf("  or     %s\n", code->twins);
}

static void print_json(struct json_writer *w, const struct code *code)
{
    json_open_object(w, NULL);
    json_put_text(w, "code", code->name);
    json_put_text(w, "meaning", code->meaning);
    json_put_text(w, "try", code->mend);
    json_put_text(w, "see", code->see);
    json_put_text(w, "twins", code->twins);
    json_close_object(w);
}

static int unknown(const char *name)
{
    const char *names[CODES_MAX];
    size_t n = 0;

    for (; n < code_count() && n < CODES_MAX; n++)
        names[n] = code_at(n)->name;
    const char *near = names_nearest(name, names, n);
    log_line("no code \"%.60s\"%s%s%s `wiregrade diagnose --list` shows them", name,
             near ? "; did you mean " : "", near ? near : "", near ? "?" : ";");
    return ST_INPUT;
}

int cmd_diagnose(int argc, char **argv)
{
    struct args args = {.name = NULL};
    struct buf out;

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    if (args.name && !code_find(args.name))
        return unknown(args.name);
    buf_init(&out, 1 << 20);
    struct json_writer w = {.out = &out};
    if (args.common.json)
        json_open_array(&w, NULL);
    for (size_t i = 0; i < code_count(); i++) {
        const struct code *code = code_at(i);
        if (args.name && strcmp(code->name, args.name) != 0)
            continue;
        if (args.common.json)
            print_json(&w, code);
        else
            print_human(code);
    }
    if (args.common.json) {
        json_close_array(&w);
        puts(buf_text(&out));
    }
    buf_free(&out);
    return ST_OK;
}
