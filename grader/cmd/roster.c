#include "grader/cmd/cmd.h"

#include <argp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "flag/pin.h"
#include "grader/cmd/options.h"
#include "grader/roster/import.h"
#include "grader/roster/sync.h"
#include "grader/store/known.h"
#include "grader/store/link.h"
#include "grader/store/solve.h"
#include "json/write.h"

enum { OPTION_DRY = OPTION_OWN, OPTION_REPLACE, OPTION_NOTIFY, OPTION_PINS, WORDS_MAX = 3 };

struct args {
    struct options common;
    const char *words[WORDS_MAX];
    size_t n;
    int64_t id;
    bool dry, replace, notify, pins;
    struct json_writer *w; /* --format json */
};

static const struct argp_option option_rows[] = {
    OPTION_CLASS_ROW,
    OPTION_FORMAT_ROW,
    {"dry-run", OPTION_DRY, NULL, 0, "import, sync: only tell; exit status 1 when there is anything to do",
     0},
    {"replace", OPTION_REPLACE, NULL, 0, "import: who is not in FILE is taken off the roster", 0},
    {"notify", OPTION_NOTIFY, NULL, 0, "sync: the scoreboard mails new users their passwords, if it can", 0},
    {"pins", OPTION_PINS, NULL, 0, "list: with each student's PIN for the briefing", 0},
    {0}};

static bool is(const struct args *args, const char *word)
{
    return strcmp(args->words[0], word) == 0;
}

static void check_words(struct args *args, struct argp_state *state)
{
    if (args->n == 0)
        argp_error(state, "nothing to do: write `import FILE`, `sync`, `link HANDLE ID` or `list`");
    if (!is(args, "import") && !is(args, "sync") && !is(args, "link") && !is(args, "list"))
        argp_error(state, "%s: write `import FILE`, `sync`, `link HANDLE ID` or `list`", args->words[0]);
    size_t want = is(args, "link") ? 3 : is(args, "import") ? 2 : 1;
    if (args->n != want)
        argp_error(state, "write `%s`",
                   is(args, "link")     ? "link HANDLE ID"
                   : is(args, "import") ? "import FILE"
                                        : args->words[0]);
    if (is(args, "link"))
        args->id = (int64_t)options_number(args->words[2], INT64_MAX, "ID", state);
    bool import = is(args, "import"), sync = is(args, "sync");
    if ((args->replace && !import) || (args->notify && !sync) || (args->dry && !import && !sync) ||
        (args->pins && !is(args, "list")))
        argp_error(state, "`%s` has no such option", args->words[0]);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *args = state->input;

    switch (key) {
    case OPTION_DRY:
        args->dry = true;
        return 0;
    case OPTION_REPLACE:
        args->replace = true;
        return 0;
    case OPTION_NOTIFY:
        args->notify = true;
        return 0;
    case OPTION_PINS:
        args->pins = true;
        return 0;
    case ARGP_KEY_ARG:
        if (args->n == WORDS_MAX)
            argp_error(state, "%s: too much", arg);
        else
            args->words[args->n++] = arg;
        return 0;
    case ARGP_KEY_END:
        check_words(args, state);
        return 0;
    default:
        return options_parse(key, arg, state, &args->common);
    }
}

static const struct argp argp = {
    option_rows,
    parse,
    "import FILE\nsync\nlink HANDLE ID\nlist",
    "Who is in the class, and who they are on the scoreboard.\v"
    "`import` takes a CSV list, Moodle's or your own, into class.yml's roster: all of it or, when anything "
    "is "
    "wrong, nothing. Who is known keeps his handle, others get one from their names, and who is missing in "
    "the "
    "list stays. `sync` finds every student on the scoreboard by e-mail or makes him there, and his team; it "
    "takes nobody out of one. `link` says which user a student is whose address differs.\n\n"
    "Example: wiregrade roster import students.csv --dry-run",
    NULL,
    NULL,
    NULL};

static void put_row(const struct args *args, const char *fate, const char *handle, const char *name,
                    const char *text)
{
    json_open_object(args->w, NULL);
    json_put_text(args->w, "what", fate);
    json_put_text(args->w, "handle", handle);
    if (name)
        json_put_text(args->w, "name", name);
    json_put_text(args->w, "text", text);
    json_close_object(args->w);
}

static void imported(void *context, enum import_fate fate, const char *handle, const char *name,
                     const char *what)
{
    const struct args *args = context;

    if (args->w)
        put_row(args, import_fate_text(fate), handle, name, what);
    else if (fate != IMPORT_SAME)
        printf("%-8s  %s  %s%s%s\n", import_fate_text(fate), handle, name, what[0] ? ": " : "", what);
}

/* For whom the handles meant so far; none when the class keeps nothing, or has nothing yet to look up. */
static enum status open_past(const struct args *args, const struct class *class, struct store **out,
                             struct problems *problems, struct err *err)
{
    struct course course = {0};

    if (!class->store_file || (args->dry && access(class->store_file, F_OK)))
        return ST_OK;
    course_load(&course, class->course_dir, problems);
    enum status st = problems_err(problems, err);
    if (st == ST_OK)
        st = store_open(out, class->store_file, course.id, class->word, err);
    if (st == ST_OK)
        st = store_take(*out, STORE_CONTENT, DESK_WAIT_MS, NULL, err);
    course_free(&course);
    return st;
}

static enum status import(const struct args *args, struct err *err)
{
    const struct import_options options = {args->dry, args->replace};
    struct problems problems = {0};
    struct import_sum sum;
    struct class class = {0};
    struct store *store = NULL;

    class_load(&class, args->common.class_file, &problems);
    enum status st = problems_err(&problems, err);
    if (st == ST_OK && !class.roster_file)
        st = err_set(err, ST_INPUT, "%s: names no `roster:`; write `roster: roster.csv` there",
                     args->common.class_file);
    if (st == ST_OK)
        st = open_past(args, &class, &store, &problems, err);
    if (st == ST_OK)
        st = roster_take(&class, store, args->words[1], &options, imported, (void *)args, &sum, &problems,
                         err);
    /* a single error is the sentence that the command ends with */
    if (problems.n > 1 || problems.warnings)
        problems_print(&problems, stderr);
    problems_free(&problems);
    if (st == ST_OK && !args->w) {
        printf("%zu added, %zu changed, %zu the same", sum.n[IMPORT_ADDED], sum.n[IMPORT_CHANGED],
               sum.n[IMPORT_SAME]);
        if (sum.n[IMPORT_KEPT])
            printf(", %zu not in %s and kept (--replace drops them)", sum.n[IMPORT_KEPT], args->words[1]);
        if (sum.n[IMPORT_DROPPED])
            printf(", %zu dropped", sum.n[IMPORT_DROPPED]);
        printf("%s\n", args->dry ? "; nothing was written" : "");
    }
    bool any = st == ST_OK && (sum.n[IMPORT_ADDED] || sum.n[IMPORT_CHANGED] || sum.n[IMPORT_DROPPED]);
    if (any && !args->dry)
        log_line(
            "%s is written; then: `wiregrade roster sync`, the same file for the targets, and SIGHUP for "
            "`wiregrade serve`",
            class.roster_file);
    store_close(store);
    class_free(&class);
    return any && args->dry ? ST_NO : st;
}

static void synced(void *context, enum sync_fate fate, const char *handle, const char *text)
{
    const struct args *args = context;

    if (args->w)
        put_row(args, sync_fate_text(fate), handle, NULL, text);
    else if (fate == SYNC_PERSON)
        log_line("%s: %s", handle, text);
    else if (fate != SYNC_SAME)
        printf("%-8s  %s  %s\n", sync_fate_text(fate), handle, text);
}

static enum status sync_all(struct desk *desk, const struct args *args, struct store *store,
                            struct scoreboard *board, struct err *err)
{
    const struct sync_options options = {args->dry, args->notify};
    struct sync_sum sum;
    enum status st = sync_run(desk, board, store, &options, synced, (void *)args, &sum, err);

    if ((st == ST_OK || st == ST_NO) && !args->w)
        printf("%zu the same, %zu found, %zu made, %zu joined, %zu for a person; flags of %zu challenges%s\n",
               sum.n[SYNC_SAME], sum.n[SYNC_FOUND], sum.n[SYNC_CREATED], sum.n[SYNC_JOINED],
               sum.n[SYNC_PERSON], sum.flags, args->dry ? "; nothing was done" : "");
    if (st == ST_OK && args->dry && (sum.n[SYNC_CREATED] || sum.n[SYNC_JOINED] || sum.flags))
        return err_set(err, ST_NO, "the scoreboard is not as the roster says");
    return st;
}

static enum status link_one(const struct desk *desk, const struct args *args, struct store *store,
                            struct scoreboard *board, struct err *err)
{
    const struct student *s = roster_find(&desk->roster, args->words[1]);
    char whose[NAME_MAX_LEN + 1];
    struct board_user user;
    struct user_link link = {.id = args->id};

    if (!s)
        return err_set(err, ST_INPUT, "%s is not on the roster", args->words[1]);
    enum status st = store_whose(store, args->id, whose, err);
    if (st == ST_OK && whose[0] && strcmp(whose, s->handle) != 0 && roster_find(&desk->roster, whose))
        return err_set(err, ST_NO, "user %" PRId64 " is %s; one user cannot be two students", args->id,
                       whose);
    if (st != ST_OK)
        return st;
    enum board_result result = board->driver->user_read(board->state, args->id, &user, err);
    if (result != BOARD_OK)
        return result == BOARD_NONE ? ST_NO : ST_ENV;
    if (user.admin)
        return err_set(err, ST_NO,
                       "user %" PRId64 " \"%s\" is an administrator of the scoreboard, no student", args->id,
                       user.name);
    snprintf(link.name, sizeof(link.name), "%s", user.name);
    snprintf(link.email, sizeof(link.email), "%s", user.email);
    st = store_link(store, s->handle, &link, err);
    if (st == ST_OK)
        st = store_remember(store, "user", s->handle, args->id, err);
    if (st == ST_OK)
        st = store_release(store, err);
    if (st == ST_OK)
        printf("%s (%s <%s>) is user %" PRId64 " \"%s\" <%s>\n", s->handle, s->name, s->email, user.id,
               user.name, user.email);
    return st;
}

/* 0: not looked up yet. */
static enum status board_id(struct store *store, const char *handle, int64_t *id, struct err *err)
{
    struct user_link link;
    bool found = false;

    *id = 0;
    enum status st = store ? store_linked(store, handle, &link, &found, err) : ST_OK;
    if (st == ST_OK && found)
        *id = link.id;
    else if (st == ST_OK && store)
        st = store_recall(store, "user", handle, id, err);
    return st;
}

static void print_student(const struct args *args, const struct student *s, int64_t id, const char *pin)
{
    char number[32] = "-";

    if (id)
        snprintf(number, sizeof(number), "%" PRId64, id);
    if (!args->w) {
        printf("%-16s  %6s  %-8s  %-15s  %s%s%s  <%s>%s%s\n", s->handle, number,
               s->staff ? "staff" : "student", s->address_text[0] ? s->address_text : "-", pin,
               pin[0] ? "  " : "", s->name, s->email, s->team[0] ? "  " : "", s->team);
        return;
    }
    json_open_object(args->w, NULL);
    json_put_text(args->w, "handle", s->handle);
    json_put_text(args->w, "name", s->name);
    json_put_text(args->w, "email", s->email);
    json_put_text(args->w, "role", s->staff ? "staff" : "student");
    json_put_text(args->w, "address", s->address_text[0] ? s->address_text : NULL);
    json_put_text(args->w, "team", s->team[0] ? s->team : NULL);
    json_put_text(args->w, "external_id", s->external_id[0] ? s->external_id : NULL);
    json_put_text(args->w, "section", s->section[0] ? s->section : NULL);
    if (id)
        json_put_int(args->w, "user", id);
    else
        json_put_null(args->w, "user");
    if (pin[0])
        json_put_text(args->w, "pin", pin);
    json_close_object(args->w);
}

static enum status list(const struct desk *desk, const struct args *args, struct err *err)
{
    struct store *store = NULL;
    enum status st = ST_OK;

    if (desk->class.store_file && access(desk->class.store_file, F_OK) == 0)
        st = store_open_reader(&store, desk->class.store_file, err);
    for (size_t i = 0; st == ST_OK && i < desk->roster.n; i++) {
        const struct student *s = &desk->roster.students[i];
        char pin[PIN_SIZE] = "";
        int64_t id = 0;
        if (args->pins && !s->staff && !pin_make(pin, &desk->flags, desk->ring, s->handle))
            st = err_set(err, ST_INPUT, "this key file was exported without --pins");
        if (st == ST_OK)
            st = board_id(store, s->handle, &id, err);
        if (st == ST_OK)
            print_student(args, s, id, pin);
    }
    store_close(store);
    return st;
}

static atomic_int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static enum status with_board(struct desk *desk, const struct args *args, struct err *err)
{
    const struct sigaction action = {.sa_handler = on_signal};
    struct scoreboard board = {.driver = NULL};
    struct store *store = NULL;

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    desk->stop = &stop;
    enum status st = desk_store_part(desk, STORE_CONTENT, DESK_WAIT_MS, &store, err);
    if (st == ST_OK)
        st = desk_scoreboard(desk, &board, 0, err);
    if (st == ST_OK)
        st = is(args, "sync") ? sync_all(desk, args, store, &board, err)
                              : link_one(desk, args, store, &board, err);
    scoreboard_close(&board);
    store_close(store);
    return st;
}

static enum status run(const struct args *args, struct err *err)
{
    struct desk desk;

    if (is(args, "import"))
        return import(args, err);
    enum status st = desk_open(&desk, args->common.class_file, DESK_KEY, err);
    if (st == ST_OK && !desk.has_roster)
        st = err_set(err, ST_INPUT, "%s: names no `roster:`; write `roster: roster.csv` there and import one",
                     args->common.class_file);
    if (st == ST_OK)
        st = is(args, "list") ? list(&desk, args, err) : with_board(&desk, args, err);
    desk_close(&desk);
    return st;
}

int cmd_roster(int argc, char **argv)
{
    struct args args = {.common = {.class_file = "class.yml"}};
    struct json_writer w = {.out = NULL};
    struct buf out;
    struct err err = {.text = ""};

    argp_parse(&argp, argc, argv, 0, NULL, &args);
    buf_init(&out, 1 << 26);
    w.out = &out;
    if (args.common.json) {
        args.w = &w;
        json_open_array(&w, NULL);
    }
    enum status st = run(&args, &err);
    if (args.w) {
        json_close_array(&w);
        puts(buf_text(&out));
    }
    buf_free(&out);
    if (st != ST_OK && err.text[0])
        log_err(&err);
    return (int)st;
}
