#include "grader/cmd/cmd.h"

#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/names.h"
#include "base/str.h"
#include "grader/cmd/options.h"
#include "grader/post/submit.h"

struct args {
    struct options common;
    const char *words[3];
    size_t n;
};

static const struct argp_option option_rows[] = {OPTION_CLASS_ROW, {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    if (key == ARGP_KEY_ARG) {
        if (args->n == 3)
            argp_usage(state);
        args->words[args->n++] = arg;
        return 0;
    }
    if (key == ARGP_KEY_END) {
        bool mint = args->n == 3 && strcmp(args->words[0], "mint") == 0;
        bool check = args->n == 2 && strcmp(args->words[0], "check") == 0;
        if (!mint && !check)
            argp_error(state, "%s%s: write `mint STUDENT SLUG` or `check FLAG`",
                       args->n ? args->words[0] : "nothing to do", args->n ? " with these words" : "");
        return 0;
    }
    return options_parse(key, arg, state, &args->common);
}

static const struct argp argp = {
    option_rows,
    parse,
    "mint STUDENT SLUG\ncheck FLAG|-",
    "Makes a student's flag, or tells whether a flag is right and whose; nothing is stored.\v"
    "With - the flag is read from standard input.\n\nExample: wiregrade flag mint smith raw-ipv4",
    NULL,
    NULL,
    NULL};

static enum status mint(const struct desk *desk, const char *handle, const char *slug, struct err *err)
{
    char student[NAME_MAX_LEN + 1], flag[FLAG_SIZE];
    struct key key;

    if (!str_copy(student, sizeof(student), handle))
        return err_set(err, ST_INPUT, "\"%.40s\" is too long for a handle", handle);
    ascii_lower(student);
    if (!handle_valid(student))
        return err_set(err, ST_INPUT, "\"%s\" is not a handle: write 1 to %d of a-z, 0-9, - and _", student,
                       NAME_MAX_LEN);
    if (desk->has_roster && !roster_find(&desk->roster, student))
        return err_set(err, ST_INPUT, "%s: %s is not on it", desk->class.roster_file, student);
    if (!course_find(&desk->course, slug))
        return err_set(err, ST_INPUT, "%s: the course has no challenge \"%.40s\"", desk->course.dir, slug);
    if (!keyring_challenge(desk->ring, slug, &key))
        return err_set(err, ST_INPUT, "%s: the key %s cannot make flags of %s; use the course key",
                       desk->class.key_file, keyring_id(desk->ring), slug);
    flag_make(flag, &desk->flags, &key, slug, student);
    key_wipe(&key);
    puts(flag);
    return ST_OK;
}

static enum status check(const struct desk *desk, const char *text)
{
    char line[4096];
    struct submitted s;

    if (strcmp(text, "-") == 0)
        text = fgets(line, sizeof(line), stdin) ? line : "";
    if (submit_check(desk, text, strlen(text), &s))
        printf("right: %s, made for %s\n", s.parts.slug, s.parts.student);
    else
        puts(s.text);
    return s.right ? ST_OK : ST_NO;
}

int cmd_flag(int argc, char **argv)
{
    struct args args = {.common = {.class_file = "class.yml"}};
    struct desk desk;
    struct err err;

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    enum status st = desk_open(&desk, args.common.class_file, DESK_KEY, &err);
    if (st == ST_OK && args.n == 3)
        st = mint(&desk, args.words[1], args.words[2], &err);
    else if (st == ST_OK)
        st = check(&desk, args.words[1]);
    if (st != ST_OK && st != ST_NO)
        log_err(&err);
    desk_close(&desk);
    return (int)st;
}
