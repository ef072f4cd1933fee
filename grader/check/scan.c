/* One pass over the file: every packet is decoded, selected and judged as a live target does it; what is kept
 * is one packet a challenge and a bounded table of noise, so that memory does not grow with the file. */
#include "grader/check/scan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "grader/check/guess.h"
#include "grader/check/progress.h"
#include "grader/check/conversation.h"
#include "judge/filled.h"
#include "judge/judge.h"

enum { FRAMES_A_READ = 4096 };

struct scan {
    const struct scan_options *options;
    const struct show_form *shower;
    void *show;
    struct capture *capture;
    struct tally tally;
    struct heard heard;
    struct guesses guesses;
    struct conversations *conversations;
    struct filled *filled; /* the rules of a step, for who tells it */
    struct progress progress;
    bool named; /* slugs are given */
    bool no_memory;
    uint64_t packets, judged, from_target, shown, not_shown;
};

static enum status unknown_slug(const struct scan *c, const char *slug, struct err *err)
{
    const char *names[1024], *near;
    size_t n = 0;

    if (course_find(c->options->course, slug))
        return err_set(err, ST_USAGE, "%s is no packet challenge: its target meets students by itself", slug);
    for (size_t i = 0; i < rulebook_count(c->options->book) && n < sizeof(names) / sizeof(names[0]); i++)
        names[n++] = rules_slug(rulebook_at(c->options->book, i));
    near = names_nearest(slug, names, n);
    return err_set(err, ST_USAGE, "%s: no challenge is named %.60s%s%s", c->options->course->file, slug,
                   near ? "; did you mean " : "", near ? near : "");
}

/* Marks the challenges that are asked for. */
static enum status choose(struct scan *c, struct err *err)
{
    bool ok = true;

    c->named = c->options->n_slugs > 0;
    for (size_t i = 0; i < c->options->n_slugs; i++) {
        const struct rules *rules = rulebook_find(c->options->book, c->options->slugs[i]);
        if (!rules || rules_kind(rules) != TARGET_PACKET)
            return unknown_slug(c, c->options->slugs[i], err);
        ok = tally_want(&c->tally, rules, true) && ok;
    }
    for (size_t i = 0; !c->named && i < c->tally.n; i++)
        if (rules_kind(rulebook_at(c->options->book, i)) == TARGET_PACKET)
            ok = tally_want(&c->tally, rulebook_at(c->options->book, i), false) && ok;
    return ok ? ST_OK : err_memory(err);
}

static void judge_step(struct scan *c, const struct rules *rules, const struct packet *packet,
                       const struct conversation_at *at, struct verdict *v)
{
    const char *student = at->talk.student[0] ? at->talk.student : c->options->student;

    const struct rules *due = conversations_rules(c->filled, rules, at);
    if (student)
        judge_packet_for(due, packet, student, v);
    else
        tally_judge(&c->tally, due, packet, v);
}

/* at: where its try stood, of a packet of several steps; step: right there, and not the last. */
static void show_step(struct scan *c, const struct rules *rules, const struct packet *packet,
                      const struct conversation_at *at, bool step, const struct sighting *sighting)
{
    struct verdict verdict;

    if (c->shown == SHOWN_MAX) {
        c->not_shown++;
        return;
    }
    c->shown++;
    judge_step(c, rules, packet, at, &verdict);
    verdict.pass = verdict.pass && !step;
    c->tally.best[rules_index(rules)].unknown = verdict.n_unknown;
    c->shower->packet(c->show, &(struct judged){filled_rules(c->filled), rules, packet, &verdict, sighting,
                                                step, at->follows, at->remark, c->options->class});
}

static void show_packet(struct scan *c, const struct rules *rules, const struct packet *packet,
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
    c->shower->packet(c->show, &(struct judged){.rules = rules,
                                                .of = rules,
                                                .packet = packet,
                                                .verdict = &verdict,
                                                .sighting = sighting,
                                                .class = c->options->class});
}

static void take(struct scan *c, const struct rules *rules, const struct packet *packet, size_t wrong,
                 const struct frame *frame)
{
    const struct sighting sighting = {frame->bytes, frame->length, frame->wire_length,
                                      c->packets,   frame->utc_us, frame->link};

    c->judged++;
    if (!tally_add(&c->tally, rules, packet, wrong, &sighting))
        c->no_memory = true;
    if (c->options->each)
        show_packet(c, rules, packet, &sighting);
}

/* A packet of a challenge of several steps. */
static void take_step(struct scan *c, const struct rules *rules, const struct packet *packet,
                      const struct frame *frame)
{
    const struct sighting sighting = {frame->bytes, frame->length, frame->wire_length,
                                      c->packets,   frame->utc_us, frame->link};
    struct conversation_at at;
    struct verdict v;

    const struct conversation_packet sent = {rules, packet, c->options->student, c->packets,
                                             frame->utc_us / 1000};

    const enum conversation_what what = conversations_take(c->conversations, &sent, &at);
    if (what == CONVERSATION_NOTHING)
        return; /* it is for this challenge, and there is nothing to say of it */
    c->judged++;
    judge_step(c, rules, packet, &at, &v);
    if (what == CONVERSATION_NEAR && !at.follows)
        conversations_wrong(c->conversations, &sent, &at, filled_rules(c->filled), &v);
    if (!tally_add_step(&c->tally, rules, &v, &at, what == CONVERSATION_STEP, &sighting))
        c->no_memory = true;
    if (c->options->each)
        show_step(c, rules, packet, &at, what == CONVERSATION_STEP, &sighting);
}

/* A packet for nobody. Those that miss only what a named challenge listens for are judged all the same. */
static bool take_near(struct scan *c, const struct packet *packet, const struct frame *frame)
{
    bool taken = false;

    for (size_t i = 0; i < c->tally.n; i++) {
        const struct rules *rules = rulebook_at(c->options->book, i);
        if (!c->tally.best[i].named || !tally_is_near(&c->tally, rules, packet))
            continue;
        take(c, rules, packet, TALLY_NOT_TAKEN, frame);
        taken = true;
    }
    return taken;
}

/* A packet that names nobody in the challenge that takes it, and is more like another's: its protocol is
 * wrong. */
static bool is_for_another(struct scan *c, const struct rules *rules, const struct packet *packet,
                           uint64_t key)
{
    struct verdict v;

    if (c->options->student)
        return false;
    const struct rules *meant = guess_rules(&c->guesses, packet, key);
    if (!meant || meant == rules)
        return false;
    judge_packet(rules, packet, packet_src(packet), &v);
    return !v.student[0] || v.by_address;
}

/* A packet for nobody that is like a challenge's own is judged as the live target judges it. */
static bool take_guessed(struct scan *c, const struct packet *packet, uint64_t key, const struct frame *frame)
{
    const struct rules *meant = guess_rules(&c->guesses, packet, key);

    if (!meant || !c->tally.best[rules_index(meant)].wanted)
        return false;
    take(c, meant, packet, TALLY_NOT_TAKEN, frame);
    return true;
}

/* Of IPv4, which the first of its addresses is where it has one, without a number of 128 bits: each packet of
 * a capture is asked. */
static bool is_from_target(const struct class *class, const struct packet *packet)
{
    const struct span *ip = &packet->layers[LAYER_IP];

    if (ip->present && ip->complete)
        return load_be32(packet->frame + ip->offset + 12) == (uint32_t) class->target &&
               !ipaddr_is6(class->target);
    return class_has_target(class, packet_src(packet));
}

static void on_frame(void *context, const struct frame *frame)
{
    struct scan *c = context;
    struct packet packet;

    c->packets++;
    if (frame->link == LINK_UNKNOWN)
        return;

    packet_decode(&packet, frame->link, frame->bytes, frame->length, frame->wire_length);
    const struct rules *rules = rulebook_select(c->options->book, &packet);
    /* answers, and what the target's kernel says: never judged by the live target either; but a packet for it
     * whose source and destination were exchanged looks as if it came from there; on a student's own host all
     * do
     */
    if (!c->options->class->own_host && is_from_target(c->options->class, &packet) &&
        !(rules && c->tally.best[rules_index(rules)].wanted && tally_is_near(&c->tally, rules, &packet))) {
        c->from_target++;
        conversations_reply(c->conversations, &packet, frame->utc_us / 1000);
        return;
    }
    if (rules && rules_talks(rules) && c->tally.best[rules_index(rules)].wanted) {
        take_step(c, rules, &packet, frame);
        return;
    }
    if (rules && c->tally.best[rules_index(rules)].wanted) {
        size_t wrong = tally_rank(&c->tally, rules, &packet);
        if (wrong != RANK_UNKNOWN ||
            !is_for_another(c, rules, &packet, noise_key(c->options->book, &packet))) {
            take(c, rules, &packet, wrong, frame);
            return;
        }
    }
    if (c->named && take_near(c, &packet, frame))
        return;
    const uint64_t key = noise_key(c->options->book, &packet);
    if (!take_guessed(c, &packet, key, frame) && !rules)
        heard_add(&c->heard, &packet, key, frame->utc_us);
}

static enum status read_all(struct scan *c, struct err *err)
{
    int n;

    while ((n = capture_read(c->capture, FRAMES_A_READ, on_frame, c, err)) > 0)
        progress_put(&c->progress, c->packets, capture_offset(c->capture));
    progress_clear(&c->progress);
    if (n < 0)
        return err_prefix(err, "%s, after packet %" PRIu64, c->options->file, c->packets);
    return c->no_memory ? err_memory(err) : ST_OK;
}

static enum status verdict_of(const struct scan *c)
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

static void show_best(struct scan *c)
{
    for (size_t i = 0; i < c->tally.n; i++) {
        const struct best *best = &c->tally.best[i];
        struct packet packet;
        if (!best->wanted || !best->packets)
            continue;
        packet_decode(&packet, best->sighting.link, best->sighting.bytes, best->sighting.length,
                      best->sighting.wire_length);
        if (best->at)
            show_step(c, rulebook_at(c->options->book, i), &packet, best->at, best->step, &best->sighting);
        else
            show_packet(c, rulebook_at(c->options->book, i), &packet, &best->sighting);
    }
}

static void show_end(struct scan *c, const char *trouble)
{
    char unread[600];

    if (!c->options->each)
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

static enum status open_all(struct scan *c, struct err *err)
{
    const struct scan_options *o = c->options;
    enum status st = capture_open_file(&c->capture, o->file, err);

    if (st == ST_OK && !tally_init(&c->tally, o->book, o->student))
        st = err_memory(err);
    return st == ST_OK ? choose(c, err) : st;
}

enum status scan_run(const struct scan_options *options, const struct show_form *shower, void *show,
                     struct err *err)
{
    struct scan *c = calloc(1, sizeof(*c));

    if (!c)
        return err_memory(err);
    *c = (struct scan){.options = options, .shower = shower, .show = show};
    c->heard.book = c->guesses.book = options->book;
    c->heard.class = options->class;
    c->heard.asked = options->n_slugs == 1 ? rulebook_find(options->book, options->slugs[0]) : NULL;
    c->conversations = conversations_new();
    c->filled = filled_new();
    enum status st = c->conversations && c->filled ? open_all(c, err) : err_memory(err);
    if (st == ST_OK) {
        progress_open(&c->progress, options->file);
        shower->begin(show);
        st = read_all(c, err);
        show_end(c, st == ST_OK ? NULL : err->text);
        if (st == ST_OK)
            st = verdict_of(c);
    }
    tally_free(&c->tally);
    conversations_free(c->conversations);
    filled_free(c->filled);
    capture_close(c->capture);
    free(c);
    return st;
}
