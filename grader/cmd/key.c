#include "grader/cmd/cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "flag/token.h"
#include "grader/store/token.h"
#include "flag/pin.h"

enum { EXPORT_MAX = 1024 };

struct args {
    const char *output, *student;
    bool pins;
};

/* The handle as it is written on the roster, where there is one. */
static enum status find_student(const struct desk *desk, const char *text, char out[NAME_MAX_LEN + 1],
                                struct err *err)
{
    bool fits = str_copy(out, NAME_MAX_LEN + 1, text);

    ascii_lower(out);
    if (!fits || !handle_valid(out))
        return err_set(err, ST_USAGE, "--student %.40s: no handle; 1 to %d of a-z, 0-9, - and _", text,
                       NAME_MAX_LEN);
    return desk_has_student(desk, out, err);
}

static size_t wire_slugs(const struct course *course, const char *slugs[EXPORT_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < course->n_challenges && n < EXPORT_MAX - 1; i++)
        if (course->challenges[i].target.kind != TARGET_NONE)
            slugs[n++] = course->challenges[i].slug;
    return n;
}

static enum status export_keys(struct frame_work *work)
{
    const struct args *args = work->own;
    const struct desk *desk = &work->desk;
    struct err *err = &work->err;
    const char *slugs[EXPORT_MAX];
    char student[NAME_MAX_LEN + 1];
    size_t n = work->n_words - 1;
    struct buf text;

    if (n >= EXPORT_MAX)
        return err_set(err, ST_USAGE, "at most %d challenges at once", EXPORT_MAX - 1);
    enum status st = args->student ? find_student(desk, args->student, student, err) : ST_OK;
    if (st != ST_OK)
        return st;
    if (!n && args->student)
        n = wire_slugs(&desk->course, slugs);
    for (size_t i = 0; i < work->n_words - 1; i++) {
        slugs[i] = work->words[i + 1];
        st = desk_has_challenge(desk, slugs[i], err);
        if (st != ST_OK)
            return st;
    }
    if (args->pins)
        slugs[n++] = PIN_KEY;
    buf_init(&text, 1 << 20);
    st = keyring_export(desk->ring, args->student ? student : NULL, slugs, n, &text, err);
    if (st == ST_OK)
        st = file_create_secret(args->output, buf_text(&text), text.len, err);
    if (text.data)
        explicit_bzero(text.data, text.cap);
    buf_free(&text);
    return st;
}

static enum status print_pins(struct frame_work *work)
{
    const struct desk *desk = &work->desk;
    const struct flag_context context = {desk->course.flag_prefix, desk->course.id, desk->class.word};

    for (size_t i = 1; i < work->n_words; i++) {
        char handle[NAME_MAX_LEN + 1], pin[PIN_SIZE];
        bool fits = str_copy(handle, sizeof(handle), work->words[i]);
        ascii_lower(handle);
        if (!fits || !handle_valid(handle))
            return err_set(&work->err, ST_USAGE, "\"%.40s\" is no handle", work->words[i]);
        if (desk_has_student(desk, handle, &work->err) != ST_OK)
            return ST_INPUT;
        if (!pin_make(pin, &context, desk->ring, handle))
            return err_set(&work->err, ST_INPUT, "this key file was exported without --pins");
        printf("%s %s\n", handle, pin);
    }
    return ST_OK;
}

/* TARGET; ST_USAGE when it is no name. */
static enum status find_target(const struct frame_work *work, const char **out, struct err *err)
{
    *out = work->words[1];
    return token_name_valid(*out)
               ? ST_OK
               : err_set(err, ST_USAGE, "\"%.80s\" names no target; 1 to %d of a-z, 0-9, \".\", - and _",
                         *out, TOKEN_NAME_SIZE - 1);
}

/* The file first: a token that nobody has would end the one that is in use. */
static enum status make_token(struct frame_work *work)
{
    const struct args *args = work->own;
    char token[TOKEN_SIZE], digest[TOKEN_DIGEST_SIZE], line[TOKEN_SIZE + 1];
    const char *target;
    enum status st = find_target(work, &target, &work->err);

    if (st != ST_OK)
        return st;
    if (!token_make(token, target))
        return err_set(&work->err, ST_ENV, "no random bits");
    token_digest(token, digest);
    st = file_create_secret(args->output, line, (size_t)snprintf(line, sizeof(line), "%s\n", token),
                            &work->err);
    explicit_bzero(token, sizeof(token));
    explicit_bzero(line, sizeof(line));
    if (st != ST_OK)
        return st;
    st = store_token_set(work->store, target, digest, &work->err);
    if (st != ST_OK)
        unlink(args->output);
    return st;
}

static enum status revoke_token(struct frame_work *work)
{
    char digest[TOKEN_DIGEST_SIZE];
    const char *target;
    enum status st = find_target(work, &target, &work->err);

    if (st == ST_OK)
        st = store_token_get(work->store, target, digest, sizeof(digest), &work->err);
    if (st == ST_OK && !digest[0])
        return err_set(&work->err, ST_INPUT, "target %s has no token", target);
    return st == ST_OK ? store_token_set(work->store, target, "", &work->err) : st;
}

static enum status show(struct frame_work *work)
{
    puts(keyring_id(work->desk.ring));
    return ST_OK;
}

static enum status check(struct frame_work *work)
{
    const struct args *args = work->own;
    bool export = strcmp(work->words[0], "export") == 0, token = strcmp(work->words[0], "token") == 0;

    if (export && work->n_words < 2 && !args->student)
        return err_set(&work->err, ST_USAGE, "SLUG is missing: `export SLUG...`, or --student HANDLE");
    if (export && !args->output)
        return err_set(&work->err, ST_USAGE,
                       "say with --output where the key file goes; keys are not printed");
    if (token && !args->output)
        return err_set(
            &work->err, ST_USAGE,
            "say with --output where the token goes; it is not printed, and only a digest is kept");
    if (!export && ((args->output && !token) || args->pins || args->student))
        return err_set(&work->err, ST_USAGE, "`%s` has no such option", work->words[0]);
    return ST_OK;
}

static const struct options_row options[] = {
    FRAME_CLASS_ROW,
    {"output", 'o', "FILE", "export, token: the new file, of mode 0600; must not exist",
     OPTIONS_TEXT(struct args, output)},
    {"pins", 'p', NULL, "export: also what checks the PINs of the briefing", OPTIONS_FLAG(struct args, pins)},
    {"student", 's', "HANDLE",
     "export: what makes this student's flags and values alone, for a target on his own host; without SLUG "
     "for every challenge with a target",
     OPTIONS_TEXT(struct args, student)},
    {0}};

const struct frame_command cmd_key = {
    .name = "key",
    .help = "show the key's id, export the keys of some challenges, make a target's token",
    .doc =
        "Shows by which six characters the class's key is known, prints the PINs by which students say at "
        "the briefing who they are, or writes a key file that makes and checks the flags of some "
        "challenges only. `token` makes the token with which `wiregrade ship` sends the journal of TARGET to "
        "`wiregrade serve --ship`, in place of an older one; `revoke` ends it.\v"
        "Examples:\n"
        "  wiregrade key export raw-ipv4 raw-tcp --output target.key\n"
        "  wiregrade key export --student smith --output smith.key\n"
        "  wiregrade key token east --output east.token",
    .options = options,
    .own_size = sizeof(struct args),
    .check = check,
    .forms = {{"show", FRAME_KEY, show},
              {"pin HANDLE...", FRAME_KEY, print_pins},
              {"export [SLUG...]", FRAME_KEY, export_keys},
              {"token TARGET", FRAME_STORE, make_token},
              {"revoke TARGET", FRAME_STORE, revoke_token}},
};
