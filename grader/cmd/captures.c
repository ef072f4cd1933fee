#include "grader/cmd/cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "grader/captures/keep.h"
#include "grader/captures/summary.h"

struct args {
    int64_t id;
    const char *by, *reason;
};

struct decisions {
    struct frame_work *work;
    size_t open;
    enum status st;
};

static void print_human(const struct handed_packet *h, const char *by, const char *reason)
{
    char when[CLOCK_TEXT_SIZE], packet[SUMMARY_SIZE];

    printf("%" PRId64 "  %s  %s %s  handed in %.19sZ as %s\n    %s\n", h->id, handed_state_text(h->state),
           h->student, h->slug, clock_text(h->handed_us, when), h->file, summary_text(h, packet));
    if (h->facts[0])
        printf("    but: %s\n", h->facts);
    if (h->state != HANDED_OPEN)
        printf("    by %s: %s\n", by, reason);
}

static void print_json(struct frame_work *work, const struct handed_packet *h, const char *by,
                       const char *reason)
{
    struct json_writer *w = work->w;
    char when[CLOCK_TEXT_SIZE], packet[SUMMARY_SIZE];

    json_open_object(w, NULL);
    json_put_int(w, "id", h->id);
    json_put_text(w, "state", handed_state_text(h->state));
    json_put_text(w, "student", h->student);
    json_put_text(w, "slug", h->slug);
    json_put_text(w, "file", h->file);
    json_put_text(w, "packet", summary_text(h, packet));
    json_put_text(w, "captured", h->frame_us ? clock_text(h->frame_us, when) : NULL);
    json_put_text(w, "handed_in", clock_text(h->handed_us, when));
    json_put_text(w, "facts", h->facts);
    json_put_text(w, "by", by[0] ? by : NULL);
    json_put_text(w, "reason", reason[0] ? reason : NULL);
    json_close_object(w);
    frame_flush(work);
}

static bool print(const struct handed_packet *h, void *context)
{
    struct decisions *l = context;
    char by[128], reason[512];

    l->st = store_handed_ruled(l->work->store, h->id, by, sizeof(by), reason, sizeof(reason), &l->work->err);
    if (l->st != ST_OK)
        return false;
    l->open += h->state == HANDED_OPEN;
    if (l->work->w)
        print_json(l->work, h, by, reason);
    else
        print_human(h, by, reason);
    return true;
}

/* Exit status 1 while something waits for a person. */
static enum status list(struct frame_work *work)
{
    struct decisions l = {.work = work};
    enum status st = store_handed_each(work->store, print, &l, &work->err);

    if (st == ST_OK)
        st = l.st;
    return st == ST_OK && l.open ? frame_no(work) : st;
}

static enum status decide(struct frame_work *work)
{
    const struct args *a = work->own;
    const struct handed_ruling ruling = {a->by, a->reason, store_now_us(work->store)};
    char text[1024];
    enum status st = keep_rule(&work->desk, work->store, a->id,
                               strcmp(work->words[0], "accept") == 0 ? HANDED_ACCEPTED : HANDED_REFUSED,
                               &ruling, text, sizeof(text), &work->err);

    if (st == ST_OK)
        printf("%" PRId64 ": %s\n", a->id, text);
    return st;
}

static enum status take_by(void *own, char *arg, struct err *err)
{
    return options_line(arg, "--by", &((struct args *)own)->by, err);
}

static enum status take_reason(void *own, char *arg, struct err *err)
{
    return options_line(arg, "--reason", &((struct args *)own)->reason, err);
}

static enum status check(struct frame_work *work)
{
    struct args *a = work->own;
    uint64_t id = 0;

    if (work->n_words == 1)
        return ST_OK;
    enum status st = options_number(work->words[1], 0, INT64_MAX, "ID", &id, &work->err);
    a->id = (int64_t)id;
    if (st == ST_OK && (!id || !a->by || !a->reason))
        return err_set(&work->err, ST_USAGE, "%s needs an ID, --by NAME and --reason TEXT", work->words[0]);
    return st;
}

static const struct options_row options[] = {
    FRAME_CLASS_ROW,
    FRAME_FORMAT_ROW,
    {"by", 0, "NAME", "accept, refuse: who decides", .take = take_by},
    {"reason", 0, "TEXT", "accept, refuse: why", .take = take_reason},
    {0}};

const struct frame_command cmd_captures = {
    .name = "captures",
    .help = "show right packets that were handed in as captures, and decide about them",
    .doc =
        "Shows the right packets that `wiregrade submit --capture` has kept, one line and the packet each, "
        "with "
        "what speaks against them, and keeps what staff decide.\v"
        "Exit status 1 of list: some wait for a decision. `accept` makes the solve, which is posted like any "
        "other; `refuse` leaves it at that.\n\n"
        "Example: wiregrade captures accept 3 --by \"A. Turing\" --reason \"seen in Wireshark\"",
    .options = options,
    .own_size = sizeof(struct args),
    .check = check,
    .forms = {{"list", FRAME_STORE | FRAME_LIST, list},
              {"accept ID", FRAME_KEY | FRAME_STORE, decide},
              {"refuse ID", FRAME_KEY | FRAME_STORE, decide}},
};
