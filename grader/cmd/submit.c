#include "grader/cmd/cmd.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "grader/cmd/options.h"
#include "grader/post/submit.h"
#include "json/write.h"

enum { LINE_MAX_BYTES = 4096 };

struct args {
    struct options common;
    const char *flag;
};

static const struct argp_option option_rows[] = {OPTION_CLASS_ROW, OPTION_FORMAT_ROW, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    if (key == ARGP_KEY_ARG && !args->flag) {
        args->flag = arg;
        return 0;
    }
    if (key == ARGP_KEY_ARG || key == ARGP_KEY_NO_ARGS)
        argp_usage(state);
    return options_parse(key, arg, state, &args->common);
}

static const struct argp argp = {
    option_rows,
    parse,
    "FLAG|-",
    "Checks a flag and keeps the solve, to be posted by `wiregrade outbox run`.\v"
    "With - flags are read from standard input, one a line; arguments can be seen by other users of the "
    "machine.\n\n"
    "Example: wiregrade submit - < flags.txt",
    NULL,
    NULL,
    NULL};

static void print(const struct submitted *s, bool json)
{
    struct buf out;

    if (!json) {
        puts(s->text);
        return;
    }
    buf_init(&out, 8192);
    struct json_writer w = {.out = &out};
    json_open_object(&w, NULL);
    json_put_bool(&w, "right", s->right);
    json_put_text(&w, "slug", s->parts.slug[0] ? s->parts.slug : NULL);
    json_put_text(&w, "student", s->parts.student[0] ? s->parts.student : NULL);
    json_put_bool(&w, "fresh", s->fresh);
    json_put_text(&w, "state", s->right ? solve_state_text(s->solve.state) : NULL);
    json_put_text(&w, "text", s->text);
    json_close_object(&w);
    puts(buf_text(&out));
    buf_free(&out);
}

static enum status one(const struct desk *desk, struct store *store, const char *text, size_t len, bool json,
                       struct err *err)
{
    struct submitted s;
    enum status st = submit_flag(desk, store, text, len, "", &s, err);

    if (st == ST_OK || st == ST_NO)
        print(&s, json);
    return st;
}

/* Every line of standard input; the worst of their results. */
static enum status lines(const struct desk *desk, struct store *store, bool json, struct err *err)
{
    char line[LINE_MAX_BYTES];
    enum status worst = ST_OK;

    bool any = false;

    for (size_t n = 1; fgets(line, sizeof(line), stdin); n++) {
        size_t len = strlen(line);
        if (strspn(line, " \t\r\n") == len)
            continue;
        if (len + 1 == sizeof(line) && line[len - 1] != '\n')
            return err_set(err, ST_INPUT,
                           "standard input: line %zu is too long to be a flag; nothing after it was read", n);
        enum status st = one(desk, store, line, len, json, err);
        if (st != ST_OK && st != ST_NO)
            return st;
        any = true;
        if (st > worst)
            worst = st;
    }
    return any ? worst : err_set(err, ST_INPUT, "no flag on standard input");
}

int cmd_submit(int argc, char **argv)
{
    struct args args = {.common = {.class_file = "class.yml"}};
    struct desk desk;
    struct store *store = NULL;
    struct err err;

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    enum status st = desk_open(&desk, args.common.class_file, DESK_KEY, &err);
    if (st == ST_OK)
        st = desk_store(&desk, &store, &err);
    if (st == ST_OK)
        st = strcmp(args.flag, "-") == 0
                 ? lines(&desk, store, args.common.json, &err)
                 : one(&desk, store, args.flag, strlen(args.flag), args.common.json, &err);
    if (st != ST_OK && st != ST_NO)
        log_err(&err);
    store_close(store);
    desk_close(&desk);
    return (int)st;
}
