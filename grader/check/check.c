/* One pass over the file: every packet is decoded, selected and judged as a live target does it; what is kept
 * is one packet a challenge and a bounded table of noise, so that memory does not grow with the file. */
#include "grader/check/check.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/installed.h"
#include "base/log.h"
#include "grader/check/given.h"
#include "grader/check/progress.h"
#include "grader/check/show.h"
#include "grader/desk/desk.h"

enum { FRAMES_A_READ = 4096 };

struct judging {
    const struct check_options *options;
    struct desk desk;
    struct rulebook *book;
    struct capture *capture;
    struct tally tally;
    struct heard heard;
    struct progress progress;
    const struct show_form *shower;
    void *show;
    bool live;  /* packets are shown as they come */
    bool named; /* slugs are given */
    bool no_memory;
    uint64_t packets, judged, from_target, shown, not_shown;
};

/* The class: what is named, class.yml here, or the practice class. A key that is not there is no fault: at
 * home nobody has it. */
static enum status load_class(struct judging *c, struct err *err)
{
    const char *file = c->options->class_file;
    struct class class = {0};

    if (!file && access("class.yml", F_OK) == 0)
        file = "class.yml";
    if (!file) {
        if (!class_practice(&class, installed_course()))
            return err_memory(err);
        return desk_open_practice(&c->desk, &class, NULL, err);
    }
    enum status st = desk_open(&c->desk, file, 0, err);
    const char *key = c->desk.class.key_file;
    if (st == ST_OK && key && access(key, R_OK) == 0)
        st = keyring_load(&c->desk.ring, key, err);
    return st;
}

static enum status load_book(struct judging *c, struct err *err)
{
    struct problems problems = {0};

    c->book = rulebook_compile(&c->desk.course, &c->desk.class, c->desk.has_roster ? &c->desk.roster : NULL,
                               c->desk.ring, NULL, 0, &problems);
    enum status st = problems_err(&problems, err);
    problems_free(&problems);
    if (st == ST_OK && !c->book)
        st = err_memory(err);
    for (size_t i = 0; st == ST_OK && i < c->options->n_params; i++)
        st = given_put(c->book, c->options->params[i], err);
    return st;
}

static enum status unknown_slug(const struct judging *c, const char *slug, struct err *err)
{
    const char *names[1024], *near;
    size_t n = 0;

    if (course_find(&c->desk.course, slug))
        return err_set(err, ST_USAGE, "%s is no packet challenge: its target meets students by itself", slug);
    for (size_t i = 0; i < rulebook_count(c->book) && n < sizeof(names) / sizeof(names[0]); i++)
        names[n++] = rules_slug(rulebook_at(c->book, i));
    near = names_nearest(slug, names, n);
    return err_set(err, ST_USAGE, "%s: no challenge is named %.60s%s%s", c->desk.course.file, slug,
                   near ? "; did you mean " : "", near ? near : "");
}

/* Marks the challenges that are asked for. */
static enum status choose(struct judging *c, struct err *err)
{
    bool ok = true;

    c->named = c->options->n_slugs > 0;
    for (size_t i = 0; i < c->options->n_slugs; i++) {
        const struct rules *rules = rulebook_find(c->book, c->options->slugs[i]);
        if (!rules || rules_kind(rules) != TARGET_PACKET)
            return unknown_slug(c, c->options->slugs[i], err);
        ok = tally_want(&c->tally, rules, true) && ok;
    }
    for (size_t i = 0; !c->named && i < c->tally.n; i++)
        if (rules_kind(rulebook_at(c->book, i)) == TARGET_PACKET)
            ok = tally_want(&c->tally, rulebook_at(c->book, i), false) && ok;
    return ok ? ST_OK : err_memory(err);
}

static void show_packet(struct judging *c, const struct rules *rules, const struct packet *packet,
                        const struct sighting *sighting)
{
    struct verdict verdict;

    if (c->shown == SHOWN_MAX) {
        c->not_shown++;
        return;
    }
    c->shown++;
    tally_judge(&c->tally, rules, packet, &verdict);
    c->tally.best[rules_index(rules)].unknown = verdict.n_unknown;
    c->shower->packet(c->show, &(struct judged){rules, packet, &verdict, sighting, c->desk.class.target});
}

static void take(struct judging *c, const struct rules *rules, const struct packet *packet,
                 const struct sighting *sighting)
{
    c->judged++;
    if (!tally_add(&c->tally, rules, packet, sighting))
        c->no_memory = true;
    if (c->live || c->options->every_packet)
        show_packet(c, rules, packet, sighting);
}

/* A packet for nobody. Those that miss only what a named challenge listens for are judged all the same. */
static bool take_near(struct judging *c, const struct packet *packet, const struct sighting *sighting)
{
    bool taken = false;

    for (size_t i = 0; i < c->tally.n; i++) {
        const struct rules *rules = rulebook_at(c->book, i);
        if (!c->tally.best[i].named || !tally_is_near(&c->tally, rules, packet))
            continue;
        take(c, rules, packet, sighting);
        taken = true;
    }
    return taken;
}

static void on_frame(void *context, const struct frame *frame)
{
    struct judging *c = context;
    const struct sighting sighting = {frame->bytes, frame->length, frame->wire_length,
                                      ++c->packets, frame->utc_us, frame->link};
    struct packet packet;

    if (frame->link == LINK_UNKNOWN)
        return;

    packet_decode(&packet, frame->link, frame->bytes, frame->length, frame->wire_length);
    const struct rules *rules = rulebook_select(c->book, &packet);
    /* answers, and what the target's kernel says: never judged by the live target either; but a packet for it
     * whose source and destination were exchanged looks as if it came from there */
    if (packet_src(&packet) == c->desk.class.target &&
        !(rules && c->tally.best[rules_index(rules)].wanted && tally_is_near(&c->tally, rules, &packet))) {
        c->from_target++;
        return;
    }
    if (rules && c->tally.best[rules_index(rules)].wanted)
        take(c, rules, &packet, &sighting);
    else if ((!c->named || !take_near(c, &packet, &sighting)) && !rules)
        heard_add(&c->heard, &packet, frame->utc_us);
}

static enum status scan(struct judging *c, struct err *err)
{
    int n;

    while ((n = capture_read(c->capture, FRAMES_A_READ, on_frame, c, err)) > 0)
        progress_put(&c->progress, c->packets, capture_offset(c->capture));
    progress_clear(&c->progress);
    if (n < 0)
        return err_prefix(err, "%s, after packet %" PRIu64, c->options->file, c->packets);
    return c->no_memory ? err_memory(err) : ST_OK;
}

static enum status verdict_of(const struct judging *c)
{
    bool any = false;

    for (size_t i = 0; i < c->tally.n; i++) {
        const struct best *best = &c->tally.best[i];
        any = any || (best->wanted && best->packets);
        if (best->wanted && (best->packets ? !best->pass : best->named))
            return ST_NO;
    }
    return any ? ST_OK : ST_NO;
}

static void show_best(struct judging *c)
{
    for (size_t i = 0; i < c->tally.n; i++) {
        const struct best *best = &c->tally.best[i];
        struct packet packet;
        if (!best->wanted || !best->packets)
            continue;
        packet_decode(&packet, best->sighting.link, best->sighting.bytes, best->sighting.length,
                      best->sighting.wire_length);
        show_packet(c, rulebook_at(c->book, i), &packet, &best->sighting);
    }
}

static void show_end(struct judging *c, const char *trouble)
{
    char unread[600];

    if (!c->live && !c->options->every_packet)
        show_best(c);
    heard_sort(&c->heard);
    const struct outcome outcome = {
        .file = c->options->file,
        .tally = &c->tally,
        .heard = &c->heard,
        .packets = c->packets,
        .judged = c->judged,
        .from_target = c->from_target,
        .not_shown = c->not_shown,
        .unread = capture_unread(c->capture, unread, sizeof(unread)),
        .unread_text = unread,
        .trouble = trouble,
        .status = verdict_of(c),
    };
    c->shower->end(c->show, &outcome);
}

/* Ctrl-C ends tcpdump and check alike when one feeds the other: the first one is for tcpdump, so that the
 * summary still comes; a second one ends check. */
static void ignore_once(int signal)
{
    (void)signal;
}

static void watch_pipe(struct judging *c)
{
    const struct sigaction action = {.sa_handler = ignore_once, .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
    struct stat st;

    if (strcmp(c->options->file, "-") != 0 || (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode)))
        return;
    c->live = !c->options->json;
    sigaction(SIGINT, &action, NULL);
}

static enum status open_all(struct judging *c, struct err *err)
{
    enum status st = load_class(c, err);

    if (st == ST_OK)
        st = load_book(c, err);
    if (st == ST_OK && c->options->student && c->desk.has_roster &&
        !roster_find(&c->desk.roster, c->options->student))
        st = err_set(err, ST_USAGE, "--student %s: not on the roster of %s", c->options->student,
                     c->desk.class.file);
    if (st == ST_OK)
        st = capture_open_file(&c->capture, c->options->file, err);
    if (st == ST_OK && !tally_init(&c->tally, c->book, c->options->student))
        st = err_memory(err);
    return st == ST_OK ? choose(c, err) : st;
}

enum status check_run(const struct check_options *options, FILE *out, struct err *err)
{
    struct show_human human = {.out = out};
    struct show_json json = {.out = out};
    struct judging *c = calloc(1, sizeof(*c));

    if (!c)
        return err_memory(err);
    c->options = options;
    c->shower = options->json ? &show_json : &show_human;
    c->show = options->json ? (void *)&json : (void *)&human;
    enum status st = open_all(c, err);
    if (st == ST_OK) {
        c->heard.book = c->book;
        c->heard.class = &c->desk.class;
        watch_pipe(c);
        progress_open(&c->progress, options->file);
        c->shower->begin(c->show);
        st = scan(c, err);
        show_end(c, st == ST_OK ? NULL : err->text);
        if (st == ST_OK)
            st = verdict_of(c);
    }
    tally_free(&c->tally);
    capture_close(c->capture);
    rulebook_free(c->book);
    desk_close(&c->desk);
    free(c);
    return st;
}
