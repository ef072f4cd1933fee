#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "grader/cmd/cmd.h"
#include "grader/journal/journal.h"
#include "grader/store/evidence.h"
#include "grader/watch/borrowed.h"
#include "grader/watch/watch.h"

enum { TIMEOUT_MS = 20000 };

struct borrowed_print {
    struct frame_work *work;
    enum status st;
};

static void delivered_human(const char *address, int64_t first_us, int64_t n, void *context)
{
    char when[CLOCK_TEXT_SIZE];
    (void)context;

    printf("    delivered to %s, first %.19sZ%s\n", address[0] ? address : "an unknown address",
           clock_text(first_us, when), n > 1 ? ", and again" : "");
}

static void verdict_human(const struct ruling *v, void *context)
{
    char when[CLOCK_TEXT_SIZE];
    (void)context;

    printf("    %s by %s, %.19sZ: %s\n", v->verdict, v->by, clock_text(v->when_us, when), v->reason);
}

static void delivered_json(const char *address, int64_t first_us, int64_t n, void *context)
{
    struct json_writer *w = context;
    char when[CLOCK_TEXT_SIZE];

    json_open_object(w, NULL);
    json_put_text(w, "address", address);
    json_put_text(w, "first", clock_text(first_us, when));
    json_put_int(w, "times", n);
    json_close_object(w);
}

static void verdict_json(const struct ruling *v, void *context)
{
    struct json_writer *w = context;
    char when[CLOCK_TEXT_SIZE];

    json_open_object(w, NULL);
    json_put_text(w, "verdict", v->verdict);
    json_put_text(w, "by", v->by);
    json_put_text(w, "reason", v->reason);
    json_put_text(w, "when", clock_text(v->when_us, when));
    json_close_object(w);
}

static bool print_human(const struct evidence *e, void *context)
{
    struct borrowed_print *print = context;
    struct frame_work *work = print->work;
    char when[CLOCK_TEXT_SIZE], place[96] = "at the intake", source[64] = "", typo[32] = "";

    if (e->submission)
        snprintf(place, sizeof(place), "as submission %" PRId64 ", %s", e->submission,
                 e->counted ? "which counted" : "which did not count");
    if (e->source[0])
        snprintf(source, sizeof(source), " from %s", e->source);
    if (e->letters)
        snprintf(typo, sizeof(typo), " with %u wrong letter%s", e->letters, e->letters > 1 ? "s" : "");
    printf("%" PRId64 "  %s  %s  %.19sZ  ", e->id, evidence_kind(e), e->verdict[0] ? e->verdict : "open",
           clock_text(e->when_us, when));
    if (strcmp(e->source, EVIDENCE_CAPTURE) == 0)
        printf("%s handed in a capture for %s with a packet of %s\n", e->shower, e->slug, e->owner);
    else
        printf("%s entered %s's flag for %s%s%s, %s\n", e->shower, e->owner, e->slug, typo, source, place);
    if (!e->forged)
        print->st = store_delivered_each(work->store, e->slug, e->owner, delivered_human, NULL, &work->err);
    if (print->st == ST_OK)
        print->st = store_verdict_each(work->store, e->id, verdict_human, NULL, &work->err);
    return print->st == ST_OK;
}

static bool print_json(const struct evidence *e, void *context)
{
    struct borrowed_print *print = context;
    struct frame_work *work = print->work;
    struct json_writer *w = work->w;
    char when[CLOCK_TEXT_SIZE];

    json_open_object(w, NULL);
    json_put_int(w, "id", e->id);
    json_put_text(w, "kind", evidence_kind(e));
    json_put_int(w, "letters", e->letters);
    json_put_text(w, "verdict", e->verdict[0] ? e->verdict : "open");
    json_put_text(w, "slug", e->slug);
    json_put_text(w, "owner", e->owner);
    json_put_text(w, "shower", e->shower);
    json_put_text(w, "source", e->source[0] ? e->source : NULL);
    json_put_text(w, "when", clock_text(e->when_us, when));
    json_put_int(w, "submission", e->submission);
    json_put_bool(w, "counted", e->counted);
    json_open_array(w, "delivered");
    print->st = store_delivered_each(work->store, e->slug, e->owner, delivered_json, w, &work->err);
    json_close_array(w);
    json_open_array(w, "history");
    if (print->st == ST_OK)
        print->st = store_verdict_each(work->store, e->id, verdict_json, w, &work->err);
    json_close_array(w);
    json_close_object(w);
    frame_flush(work);
    return print->st == ST_OK;
}

static enum status print_all(struct frame_work *work)
{
    struct borrowed_print print = {.work = work};
    enum status st = store_evidence_each(work->store, work->w ? print_json : print_human, &print, &work->err);

    return st == ST_OK ? print.st : st;
}

static void told(void *context, const char *sentence)
{
    (void)context;
    log_line("%s", sentence);
}

/* What is new on the scoreboard; the list of what is known is shown without it too. */
static enum status look(struct frame_work *work)
{
    const struct watch_options options = {.desk = &work->desk, .paste = work->desk.class.paste, .told = told};
    struct watch_summary summary = {.rows = 0};
    enum board_result result = BOARD_OK;
    struct board_kind kind;
    struct journal_sum heard;

    /* where the flags were delivered; one that cannot be read holds nothing up */
    if (journal_read_all(&work->desk, work->store, &heard, &work->err) != ST_OK)
        log_err(&work->err);
    enum status st = desk_scoreboard(&work->desk, &work->board, TIMEOUT_MS, &work->err);
    if (st == ST_OK)
        result = desk_greet(&work->desk, &work->board, &kind, &work->err);
    if (result != BOARD_OK)
        st = board_status(result, &work->err);
    if (st == ST_OK)
        st = watch_pass(work->store, &work->board, &options, &summary, &work->err);
    if (summary.poisoned)
        log_line(
            "the scoreboard holds submissions without a type, which break its lists; `wiregrade reconcile` "
            "says more");
    return st;
}

/* While somebody else is at work on the solves for long, what is known so far. */
static enum status list(struct frame_work *work)
{
    enum { LIST_WAIT_MS = 3000 };
    enum status looked = ST_OK;
    enum status st = desk_store_part(&work->desk, STORE_SOLVES, LIST_WAIT_MS, &work->store, &work->err);

    if (st == ST_ENV) {
        log_err(&work->err);
        log_line("what is known so far:");
        st = store_open_reader(&work->store, work->desk.class.store_file, &work->err);
    } else if (st == ST_OK) {
        looked = look(work);
        if (looked != ST_OK)
            log_err(&work->err);
    }
    if (st == ST_OK)
        st = print_all(work);
    if (st == ST_OK)
        work->err.text[0] = '\0'; /* is logged */
    return st == ST_OK ? looked : st;
}

static enum status decide(struct frame_work *work)
{
    const struct borrowed_decision *decision = work->own;
    enum status st = look(work);
    char text[256];

    if (st == ST_OK || !decision->confirm)
        st = borrowed_decide(&work->desk, work->store, &work->board, decision, text, &work->err);
    if (st == ST_OK)
        printf("%" PRId64 ": %s\n", decision->id, text);
    return st;
}

static enum status take_by(void *own, char *arg, struct err *err)
{
    return options_line(arg, "--by", &((struct borrowed_decision *)own)->by, err);
}

static enum status take_reason(void *own, char *arg, struct err *err)
{
    return options_line(arg, "--reason", &((struct borrowed_decision *)own)->reason, err);
}

static enum status check(struct frame_work *work)
{
    struct borrowed_decision *decision = work->own;
    const char *word = work->words[0];
    uint64_t id = 0;

    if (work->n_words == 1)
        return ST_OK;
    decision->confirm = strcmp(word, "confirm") == 0;
    enum status st = options_number(work->words[1], 0, INT64_MAX, "ID", &id, &work->err);
    decision->id = (int64_t)id;
    if (st == ST_OK && (!id || !decision->by || !decision->reason))
        return err_set(&work->err, ST_USAGE, "%s needs an ID, --by NAME and --reason TEXT", word);
    return st;
}

static const struct options_row options[] = {
    FRAME_CLASS_ROW,
    FRAME_FORMAT_ROW,
    {"by", 0, "NAME", "dismiss, confirm: who decides", .take = take_by},
    {"reason", 0, "TEXT", "dismiss, confirm: why", .take = take_reason},
    {0}};

const struct frame_command cmd_borrowed = {
    .name = "borrowed",
    .help = "show flags that others than their owners entered, and decide about them",
    .doc = "Shows flags that somebody else than their owner entered on the scoreboard, with when and where "
           "each had been delivered, and keeps what staff decide.\v"
           "First looks at what is new on the scoreboard. A borrowed flag is a fact, not a verdict: its "
           "solve stays until `confirm` takes it off the scoreboard; `dismiss` leaves it. Decisions are "
           "added to a history and never taken from it.\n\n"
           "Example: wiregrade borrowed confirm 3 --by \"A. Turing\" --reason \"both agree\"",
    .options = options,
    .own_size = sizeof(struct borrowed_decision),
    .check = check,
    .forms = {{"list", FRAME_KEY | FRAME_LIST, list},
              {"dismiss ID", FRAME_KEY | FRAME_SOLVES, decide},
              {"confirm ID", FRAME_KEY | FRAME_SOLVES, decide}},
};
