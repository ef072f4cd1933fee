#include "grader/post/relay.h"
#include "grader/post/submit.h"
#include "grader/cmd/cmd.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "grader/journal/journal.h"
#include "grader/store/solve.h"
#include "grader/store/unplaced.h"

struct args {
    int64_t wait_ms, timeout_ms;
};

static void print_human(const char *state, const struct solve *s)
{
    char when[CLOCK_TEXT_SIZE], number[32] = "";

    if (s->state == SOLVE_POSTED)
        snprintf(number, sizeof(number), " as submission %lld", (long long)s->submission);
    printf("%-8s  %s  %s  %.19sZ%s%s%s\n", state, s->student, s->slug, clock_text(s->submitted_us, when),
           number, s->note[0] ? ": " : "", s->note);
}

static void print_json(struct frame_work *work, const char *state, const struct solve *s)
{
    struct json_writer *w = work->w;
    char when[CLOCK_TEXT_SIZE];

    json_open_object(w, NULL);
    json_put_text(w, "student", s->student);
    json_put_text(w, "slug", s->slug);
    json_put_text(w, "state", state);
    json_put_text(w, "submitted", clock_text(s->submitted_us, when));
    json_put_text(w, "source", s->source[0] ? s->source : NULL);
    json_put_int(w, "attempts", s->attempts);
    if (s->submission)
        json_put_int(w, "submission", s->submission);
    else
        json_put_null(w, "submission");
    json_put_text(w, "note", s->note);
    json_close_object(w);
    frame_flush(work);
}

static void print(struct frame_work *work, const char *state, const struct solve *s)
{
    if (work->w)
        print_json(work, state, s);
    else
        print_human(state, s);
}

static bool print_solve(const struct solve *s, void *context)
{
    print(context, solve_state_text(s->state), s);
    return true;
}

/* Why it waits, as class and course are now. */
static bool print_unplaced(const struct solve *flag, void *context)
{
    struct frame_work *work = context;
    struct solve s = *flag;

    switch (submit_place_of(&work->desk, s.slug, s.student)) {
    case SUBMIT_NO_SLUG:
        snprintf(s.note, sizeof(s.note), "the course has no challenge \"%s\"", s.slug);
        break;
    case SUBMIT_STRANGER:
        snprintf(s.note, sizeof(s.note), "'%s' is not on the roster", s.student);
        break;
    case SUBMIT_STAFF:
        snprintf(s.note, sizeof(s.note), "'%s' is staff now, who score nothing", s.student);
        break;
    case SUBMIT_PLACED:
        snprintf(s.note, sizeof(s.note), "the class knows it now; the next `wiregrade outbox run` takes it");
    }
    print(work, "unplaced", &s);
    return true;
}

static enum status list(struct frame_work *work)
{
    const struct class *class = &work->desk.class;
    struct err *err = &work->err;

    if (!class->store_file)
        return err_set(err, ST_INPUT, "%s: names no `store:`, the file that keeps the solves", class->file);
    if (!store_is_there(class->store_file)) {
        log_line("%s: not there yet; the first `wiregrade submit` makes it", class->store_file);
        return ST_OK;
    }
    enum status st = store_open_reader(&work->store, class->store_file, err);
    if (st == ST_OK)
        st = store_each(work->store, print_solve, work, err);
    return st == ST_OK ? store_unplaced_each(work->store, print_unplaced, work, err) : st;
}

static void told(void *context, const struct solve *s)
{
    const struct frame_work *work = context;

    if (s->state == SOLVE_POSTED && !work->w)
        printf("posted: %s %s%s%s\n", s->student, s->slug, s->note[0] ? ": " : "", s->note);
    else if (s->state != SOLVE_POSTED)
        log_line("%s: %s %s: %s", solve_state_text(s->state), s->student, s->slug, s->note);
}

static void print_summary(const struct relay_summary *sum, const struct journal_sum *heard, bool json)
{
    if (json)
        printf("{\"handed_in\":%zu,\"posted\":%zu,\"waiting\":%zu,\"held\":%zu,\"rejected\":%zu,"
               "\"unplaced\":%zu}\n",
               heard->handed_in, sum->posted, sum->waiting, sum->held, sum->rejected, heard->unplaced);
    else
        printf("%zu posted, %zu waiting, %zu held, %zu rejected, %zu unplaced\n", sum->posted, sum->waiting,
               sum->held, sum->rejected, heard->unplaced);
}

/* What was handed in at the briefing. A journal that cannot be read holds nothing else up. */
static enum status hear(struct frame_work *work, struct journal_sum *heard)
{
    struct err err;
    enum status st = journal_read_all(&work->desk, work->store, heard, &err);

    if (heard->handed_in && !work->w)
        printf("%zu flag%s handed in at the briefing\n", heard->handed_in, heard->handed_in == 1 ? "" : "s");
    if (heard->refused)
        log_line("flags in the journals that earn nothing: %zu (another key, no proof, or staff's)",
                 heard->refused);
    if (heard->over)
        log_line(JOURNAL_OVER, heard->over, STORE_UNPLACED_MAX);
    if (st != ST_OK)
        log_err(&err);
    return st;
}

static enum status run(struct frame_work *work)
{
    const struct args *args = work->own;
    struct relay_options options = relay_options_of(&work->desk, args->wait_ms);
    struct relay_summary summary = {.posted = 0};
    struct journal_sum heard;
    enum status read = hear(work, &heard);

    options.told = told;
    options.context = work;
    enum status st = desk_scoreboard(&work->desk, &work->board, args->timeout_ms, &work->err);
    if (st != ST_OK)
        return st;
    st = relay_run(work->store, &work->board, &options, &summary, &work->err);
    print_summary(&summary, &heard, work->w != NULL);
    if (st == ST_OK && read == ST_OK && heard.unplaced)
        st = err_set(&work->err, ST_NO,
                     "flags that the class cannot place yet: %zu; `wiregrade outbox list` says why",
                     heard.unplaced);
    return st == ST_OK ? read : st;
}

static enum status take_once(void *own, char *arg, struct err *err)
{
    (void)arg;
    (void)err;
    ((struct args *)own)->wait_ms = 0;
    return ST_OK;
}

static const struct options_row options[] = {
    FRAME_CLASS_ROW,
    FRAME_FORMAT_ROW,
    {"once", 0, NULL, "run: try each solve once", .take = take_once},
    {"wait", 0, "S", "run: go on for so many seconds while the scoreboard is away (default: 30)",
     OPTIONS_SECONDS(struct args, wait_ms, 0, 86400)},
    {"timeout", 0, "S", "run: the longest that one request may take (default: 60)",
     OPTIONS_SECONDS(struct args, timeout_ms, 0, 600)},
    {0}};

const struct frame_command cmd_outbox = {
    .name = "outbox",
    .help = "show the solves, post those that wait",
    .doc = "Shows the solves and what became of each, or posts those that wait to the scoreboard.\v"
           "`run` first reads the class's journals for flags that were handed in at the briefing. It also "
           "tries again what is held. It exits with 0 when all are posted, with 1 when some are held, "
           "rejected or unplaced (right, but of a student or challenge that the class does not know yet), "
           "with 4 when the scoreboard cannot be reached or refuses; nothing is lost then.\n\n"
           "Example: wiregrade outbox run --wait 300",
    .options = options,
    .own_size = sizeof(struct args),
    .defaults = &(const struct args){.wait_ms = 30000},
    .forms = {{"list", FRAME_CLASS | FRAME_LIST, list}, {"run", FRAME_SOLVES | FRAME_STOP, run}},
};
