#include "grader/cmd/cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "flag/pin.h"
#include "grader/journal/journal.h"
#include "grader/post/again.h"
#include "grader/roster/import.h"
#include "grader/roster/rows.h"
#include "grader/roster/sync.h"
#include "grader/store/known.h"
#include "grader/store/link.h"
#include "grader/store/solve.h"
#include "grader/store/unplaced.h"

struct args {
    int64_t id;
    const char *passwords;
    bool dry, replace, notify, rename, reissue, pins;
};

static void put_row(struct json_writer *w, const char *fate, const char *handle, const char *name,
                    const char *text)
{
    json_open_object(w, NULL);
    json_put_text(w, "what", fate);
    json_put_text(w, "handle", handle);
    if (name)
        json_put_text(w, "name", name);
    json_put_text(w, "text", text);
    json_close_object(w);
}

static void imported(void *context, enum import_fate fate, const char *handle, const char *name,
                     const char *what)
{
    const struct frame_work *work = context;

    if (work->w)
        put_row(work->w, import_fate_text(fate), handle, name, what);
    else if (fate != IMPORT_SAME)
        printf("%-8s  %s  %s%s%s\n", import_fate_text(fate), handle, name, what[0] ? ": " : "", what);
}

/* For whom the handles meant so far; none when the class keeps nothing, or has nothing yet to look up. */
static enum status open_past(struct frame_work *work, const struct class *class, struct problems *problems)
{
    const struct args *args = work->own;
    struct course course = {0};

    if (!class->store_file || (args->dry && !store_is_there(class->store_file)))
        return ST_OK;
    course_load(&course, class->course_dir, problems);
    enum status st = problems_err(problems, &work->err);
    if (st == ST_OK)
        st = store_open(&work->store, class->store_file, course.id, class->word, &work->err);
    if (st == ST_OK)
        st = store_take(work->store, STORE_CONTENT, DESK_WAIT_MS, NULL, &work->err);
    course_free(&course);
    return st;
}

static void print_imported(const struct import_sum *sum, const char *file, bool dry)
{
    printf("%zu added, %zu changed, %zu the same", sum->n[IMPORT_ADDED], sum->n[IMPORT_CHANGED],
           sum->n[IMPORT_SAME]);
    if (sum->n[IMPORT_KEPT])
        printf(", %zu not in %s and kept (--replace drops them)", sum->n[IMPORT_KEPT], file);
    if (sum->n[IMPORT_DROPPED])
        printf(", %zu dropped", sum->n[IMPORT_DROPPED]);
    printf("%s\n", dry ? "; nothing was written" : "");
}

/* Flags that were handed in before the class knew their owners. */
static enum status place(struct frame_work *work)
{
    struct again_sum sum;
    enum status st = again_place(&work->desk, work->store, &sum, &work->err);

    if (sum.placed)
        log_line("flags handed in earlier that are solves now: %zu; `wiregrade outbox run` posts them",
                 sum.placed);
    if (sum.refused)
        log_line("flags handed in earlier that are staff's and earn nothing: %zu", sum.refused);
    return st;
}

/* With the roster as it is now. */
static enum status place_imported(struct frame_work *work)
{
    size_t n = 0;
    enum status st = work->store ? store_unplaced_count(work->store, &n, &work->err) : ST_OK;

    if (st == ST_OK && n)
        st = desk_open(&work->desk, work->class_file, 0, &work->err);
    return st == ST_OK && n ? place(work) : st;
}

/* Without a desk: the roster may be wrong, or not there yet. */
static enum status import(struct frame_work *work)
{
    const struct args *args = work->own;
    const struct import_options options = {args->dry, args->replace};
    const char *file = work->words[1];
    struct problems problems = {0};
    struct import_sum sum;
    struct class class = {0};

    class_load(&class, work->class_file, &problems);
    enum status st = problems_err(&problems, &work->err);
    if (st == ST_OK && !class.roster_file)
        st = err_set(&work->err, ST_INPUT, "%s: names no `roster:`; write `roster: roster.csv` there",
                     work->class_file);
    if (st == ST_OK)
        st = open_past(work, &class, &problems);
    if (st == ST_OK)
        st = roster_take(&class, work->store, file, &options, imported, work, &sum, &problems, &work->err);
    /* a single error is the sentence that the command ends with */
    if (problems.n > 1 || problems.warnings)
        problems_print(&problems, stderr);
    problems_free(&problems);
    if (st == ST_OK && !work->w)
        print_imported(&sum, file, args->dry);
    bool any = st == ST_OK && (sum.n[IMPORT_ADDED] || sum.n[IMPORT_CHANGED] || sum.n[IMPORT_DROPPED]);
    if (any && !args->dry)
        log_line(
            "%s is written; then: `wiregrade roster sync`, the same file for the targets, and SIGHUP for "
            "`wiregrade serve`",
            class.roster_file);
    class_free(&class);
    if (any && !args->dry)
        st = place_imported(work);
    return any && args->dry ? frame_no(work) : st;
}

static void synced(void *context, enum sync_fate fate, const char *handle, const char *text)
{
    const struct frame_work *work = context;

    if (work->w)
        put_row(work->w, sync_fate_text(fate), handle, NULL, text);
    else if (fate == SYNC_PERSON || fate == SYNC_NAMED)
        log_line("%s: %s", handle, text);
    else if (fate != SYNC_SAME)
        printf("%-8s  %s  %s\n", sync_fate_text(fate), handle, text);
}

static enum status sync_all(struct frame_work *work)
{
    const struct args *args = work->own;
    const struct sync_options options = {args->dry, args->rename, args->notify, args->passwords};
    struct sync_sum sum;
    enum status st =
        sync_run(&work->desk, &work->board, work->store, &options, synced, work, &sum, &work->err);

    if ((st == ST_OK || st == ST_NO) && !work->w)
        printf("%zu the same, %zu found, %zu made, %zu joined, %zu renamed, %zu for a person; flags of %zu "
               "challenges%s\n",
               sum.n[SYNC_SAME], sum.n[SYNC_FOUND], sum.n[SYNC_CREATED], sum.n[SYNC_JOINED],
               sum.n[SYNC_RENAMED], sum.n[SYNC_PERSON], sum.flags, args->dry ? "; nothing was done" : "");
    if (sum.cards)
        log_line("%s: %zu cards, with passwords; print it, hand them out, and delete it", args->passwords,
                 sum.cards);
    else if (sum.n[SYNC_CREATED] && !args->dry && !args->passwords && !args->notify)
        log_line("nobody knows the passwords of users who were made; `wiregrade roster sync --passwords "
                 "FILE` writes "
                 "a card for each student");
    size_t todo = sum.n[SYNC_CREATED] + sum.n[SYNC_JOINED] + sum.n[SYNC_RENAMED] + sum.flags;
    if (st == ST_OK && !args->dry)
        st = place(work);
    if (st == ST_OK && args->dry && todo)
        return err_set(&work->err, ST_NO, "the scoreboard is not as the roster says");
    return st;
}

/* Flags that a journal tells of and nobody has read yet were given too. */
static enum status rename_one(struct frame_work *work)
{
    const struct args *args = work->own;
    struct desk *desk = &work->desk;
    char to[NAME_MAX_LEN + 1];
    struct journal_sum heard;

    if (!str_copy(to, sizeof(to), work->words[2]))
        return err_set(&work->err, ST_INPUT, "%.60s: too long for a handle", work->words[2]);
    ascii_lower(to);
    enum status st = journal_read_all(desk, work->store, &heard, &work->err);
    if (st == ST_OK || args->reissue)
        st = roster_rename(desk->class.roster_file, &desk->roster, work->store, work->words[1], to,
                           args->reissue, &work->err);
    if (st == ST_OK)
        log_line("%s is %s now; then: `wiregrade roster sync --rename`, the same file for the targets, and "
                 "SIGHUP for them and for `wiregrade serve`",
                 work->words[1], to);
    return st;
}

static enum status link_one(struct frame_work *work)
{
    const struct args *args = work->own;
    const struct desk *desk = &work->desk;
    const struct scoreboard *board = &work->board;
    struct store *store = work->store;
    struct err *err = &work->err;
    const struct student *s = roster_find(&desk->roster, work->words[1]);
    char whose[NAME_MAX_LEN + 1];
    struct board_user user;
    struct user_link link = {.id = args->id};

    if (!s)
        return desk_has_student(desk, work->words[1], err);
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

static void print_student(struct json_writer *w, const struct student *s, int64_t id, const char *pin)
{
    char number[32] = "-";

    if (id)
        snprintf(number, sizeof(number), "%" PRId64, id);
    if (!w) {
        printf("%-16s  %6s  %-8s  %-15s  %s%s%s  <%s>%s%s\n", s->handle, number,
               s->staff ? "staff" : "student", s->address_text[0] ? s->address_text : "-", pin,
               pin[0] ? "  " : "", s->name, s->email, s->team[0] ? "  " : "", s->team);
        return;
    }
    json_open_object(w, NULL);
    json_put_text(w, "handle", s->handle);
    json_put_text(w, "name", s->name);
    json_put_text(w, "email", s->email);
    json_put_text(w, "role", s->staff ? "staff" : "student");
    json_put_text(w, "address", s->address_text[0] ? s->address_text : NULL);
    json_put_text(w, "team", s->team[0] ? s->team : NULL);
    json_put_text(w, "external_id", s->external_id[0] ? s->external_id : NULL);
    json_put_text(w, "section", s->section[0] ? s->section : NULL);
    if (id)
        json_put_int(w, "user", id);
    else
        json_put_null(w, "user");
    if (pin[0])
        json_put_text(w, "pin", pin);
    json_close_object(w);
}

static enum status list(struct frame_work *work)
{
    const struct args *args = work->own;
    const struct desk *desk = &work->desk;
    enum status st = ST_OK;

    if (desk->class.store_file && store_is_there(desk->class.store_file))
        st = store_open_reader(&work->store, desk->class.store_file, &work->err);
    for (size_t i = 0; st == ST_OK && i < desk->roster.n; i++) {
        const struct student *s = &desk->roster.students[i];
        char pin[PIN_SIZE] = "";
        int64_t id = 0;
        if (args->pins && !s->staff && !pin_make(pin, &desk->flags, desk->ring, s->handle))
            st = err_set(&work->err, ST_INPUT, "this key file was exported without --pins");
        if (st == ST_OK)
            st = board_id(work->store, s->handle, &id, &work->err);
        if (st == ST_OK)
            print_student(work->w, s, id, pin);
    }
    return st;
}

static enum status check(struct frame_work *work)
{
    const char *word = work->words[0];
    bool import = strcmp(word, "import") == 0, sync = strcmp(word, "sync") == 0;
    struct args *args = work->own;
    enum status st = ST_OK;
    uint64_t id = 0;

    if (strcmp(word, "link") == 0)
        st = options_number(work->words[2], 0, INT64_MAX, "ID", &id, &work->err);
    args->id = (int64_t)id;
    if ((args->replace && !import) || ((args->notify || args->rename || args->passwords) && !sync) ||
        (args->dry && !import && !sync) || (args->pins && strcmp(word, "list") != 0) ||
        (args->reissue && strcmp(word, "rename") != 0))
        st = err_set(&work->err, ST_USAGE, "`%s` has no such option", word);
    return st;
}

static const struct options_row options[] = {
    FRAME_CLASS_ROW,
    FRAME_FORMAT_ROW,
    {"dry-run", 0, NULL, "import, sync: only tell; exit status 1 when there is anything to do",
     OPTIONS_FLAG(struct args, dry)},
    {"replace", 0, NULL, "import: who is not in FILE is taken off the roster",
     OPTIONS_FLAG(struct args, replace)},
    {"rename", 0, NULL, "sync: who is named otherwise there gets his handle as name",
     OPTIONS_FLAG(struct args, rename)},
    {"passwords", 0, "FILE",
     "sync: a new file of mode 0600, a card for each student: handle, PIN, target, user; users whose "
     "password "
     "nobody was told get one, which is on it",
     OPTIONS_TEXT(struct args, passwords)},
    {"notify", 0, NULL, "sync: the scoreboard mails new users their passwords, if it can",
     OPTIONS_FLAG(struct args, notify)},
    {"reissue", 0, NULL, "rename: also who was given flags, which then earn nothing; solves come along",
     OPTIONS_FLAG(struct args, reissue)},
    {"pins", 0, NULL, "list: with each student's PIN for the briefing", OPTIONS_FLAG(struct args, pins)},
    {0}};

enum {
    WITH_ROSTER = FRAME_KEY | FRAME_ROSTER | FRAME_LIST,
    WITH_BOARD = WITH_ROSTER | FRAME_CONTENT | FRAME_BOARD | FRAME_STOP
};

const struct frame_command cmd_roster = {
    .name = "roster",
    .help = "take in the list of students, find or make them on the scoreboard",
    .doc = "Who is in the class, and who they are on the scoreboard.\v"
           "`import` takes a CSV list, Moodle's or your own, into class.yml's roster: all of it or, when "
           "anything is wrong, nothing. Who is known keeps his handle, others get one from their names, and "
           "who is missing in the list stays. `sync` finds every student on the scoreboard by e-mail or "
           "makes him there, and his team; it takes nobody out of one. `link` says which user a student is "
           "whose address differs; `rename` gives a student another handle.\n\n"
           "Example: wiregrade roster import students.csv --dry-run",
    .options = options,
    .own_size = sizeof(struct args),
    .check = check,
    .forms = {{"import FILE", FRAME_LIST, import},
              {"sync", WITH_BOARD, sync_all},
              {"link HANDLE ID", WITH_BOARD, link_one},
              {"rename OLD NEW", FRAME_KEY | FRAME_ROSTER | FRAME_SOLVES, rename_one},
              {"list", WITH_ROSTER, list}},
};
