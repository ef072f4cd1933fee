#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/str.h"
#include "explain/findings.h"
#include "grader/check/show.h"

enum { JSON_MAX_BYTES = 64 << 20 };

static void begin(void *context)
{
    struct show_json *show = context;

    buf_init(&show->text, JSON_MAX_BYTES);
    show->w = (struct json_writer){.out = &show->text};
    json_open_object(&show->w, NULL);
    json_open_array(&show->w, "challenges");
}

static void put_time(struct json_writer *w, const char *key, int64_t utc_us)
{
    char time[CLOCK_TEXT_SIZE];

    json_put_text(w, key, clock_text(utc_us, time));
}

static void put_unknown(const struct judged *j, struct json_writer *w)
{
    json_open_array(w, "unknown");
    for (size_t i = 0; i < j->verdict->n; i++)
        if (j->verdict->findings[i].status == FINDING_INFO && j->verdict->findings[i].clause)
            json_put_text(w, NULL, j->verdict->findings[i].field->name);
    json_close_array(w);
}

/* What a live target would tell first. */
static void put_first(const struct judged *j, struct json_writer *w)
{
    struct reasons reasons;
    const struct finding *f;

    reasons_begin(&reasons, j->rules, j->packet, j->verdict);
    const struct diagnosis *first = reasons_first(&reasons, &f);
    json_put_text(w, "first", first ? first->code->name : NULL);
    json_put_text(w, "first_field", first ? f->field->name : NULL);
}

static void put_packet(void *context, const struct judged *j)
{
    struct json_writer *w = &((struct show_json *)context)->w;
    char address[FIELD_TEXT_SIZE];

    json_open_object(w, NULL);
    json_put_text(w, "slug", rules_slug(j->rules));
    json_put_text(w, "verdict", j->verdict->pass ? "pass" : j->step ? "step" : "fail");
    if (rules_steps(j->rules) > 1) {
        json_put_int(w, "step", (int64_t)rules_step(j->rules));
        json_put_int(w, "steps", (int64_t)rules_steps(j->rules));
    }
    if (j->follows)
        json_put_int(w, "follows", (int64_t)j->follows);
    if (j->remark)
        json_put_text(w, "remark", j->remark);
    json_put_text(w, "student", j->verdict->student[0] ? j->verdict->student : NULL);
    if (j->verdict->by_address)
        json_put_bool(w, "by_address", true);
    json_open_object(w, "packet");
    json_put_int(w, "number", (int64_t)j->sighting->number);
    put_time(w, "time", j->sighting->utc_us);
    json_put_text(w, "source", packet_source_text(j->packet, address));
    json_put_text(w, "destination", packet_destination_text(j->packet, address));
    json_put_bool(w, "to_target", class_has_target(j->class, packet_dst(j->packet)));
    json_close_object(w);
    json_put_int(w, "right", (int64_t)j->verdict->n_right);
    json_put_int(w, "judged", (int64_t)j->verdict->n_judged);
    put_unknown(j, w);
    put_first(j, w);
    findings_json(j->rules, j->packet, j->verdict, w, "findings");
    json_close_object(w);
}

/* Challenges that were asked for and that no packet was for. */
static void put_missing(const struct tally *tally, struct json_writer *w)
{
    for (size_t i = 0; i < tally->n; i++) {
        if (!tally->best[i].wanted || tally->best[i].packets)
            continue;
        json_open_object(w, NULL);
        json_put_text(w, "slug", rules_slug(rulebook_at(tally->book, i)));
        json_put_text(w, "verdict", "none");
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_noise(const struct heard *heard, struct json_writer *w)
{
    char address[IPADDR_TEXT_SIZE];

    json_open_array(w, "noise");
    for (size_t i = 0; i < heard->n; i++) {
        const struct heard_group *g = &heard->groups[i];
        json_open_object(w, NULL);
        json_put_int(w, "packets", (int64_t)g->packets);
        json_put_text(w, "what", g->noise.what);
        json_put_text(w, "source", g->noise.source ? ipaddr_text(g->noise.source, address) : NULL);
        json_put_text(w, "why", g->noise.why);
        json_put_text(w, "code", g->noise.code ? g->noise.code->name : NULL);
        json_put_text(w, "try", *g->noise.mend ? g->noise.mend : NULL);
        json_put_bool(w, "kernel_syn", g->noise.kernel_syn);
        put_time(w, "first", g->first_us);
        put_time(w, "last", g->last_us);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_end(void *context, const struct outcome *o)
{
    struct show_json *show = context;
    struct json_writer *w = &show->w;

    put_missing(o->tally, w);
    put_noise(o->heard, w);
    json_put_text(w, "file", o->file);
    json_put_int(w, "packets", (int64_t)o->packets);
    json_put_int(w, "judged", (int64_t)o->judged);
    json_put_int(w, "from_target", (int64_t)o->from_target);
    json_put_int(w, "unread", (int64_t)o->unread);
    json_put_text(w, "unread_why", o->unread ? o->unread_text : NULL);
    json_open_object(w, "cut");
    json_put_int(w, "packets", (int64_t)o->not_shown);
    json_put_int(w, "noise", (int64_t)o->heard->others);
    json_close_object(w);
    json_put_bool(w, "pass", o->status == ST_OK && !o->trouble);
    json_put_text(w, "trouble", o->trouble);
    json_close_object(w);
    if (!show->text.failed)
        fprintf(show->out, "%s\n", buf_text(&show->text));
    else
        fputs("{\"trouble\": \"more than can be written as one object\"}\n", show->out);
    buf_free(&show->text);
}

const struct show_form show_json = {begin, put_packet, put_end};
