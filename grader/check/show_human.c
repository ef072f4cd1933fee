#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "explain/dump.h"
#include "explain/findings.h"
#include "explain/report.h"
#include "grader/check/show.h"

enum { TEXT_MAX_BYTES = 1 << 16, LINE_WIDTH = 80 };

/* "22:57:02.123" of a packet's UTC time. */
static const char *time_text(int64_t utc_us, char out[CLOCK_TEXT_SIZE])
{
    char whole[CLOCK_TEXT_SIZE];

    snprintf(out, CLOCK_TEXT_SIZE, "%.12s", clock_text(utc_us, whole) + 11);
    return out;
}

static void begin(void *context)
{
    ((struct show_human *)context)->shown = 0;
}

static void put_unknown(const struct judged *j, FILE *out)
{
    const struct verdict *v = j->verdict;

    if (!v->n_unknown)
        return;
    fprintf(out, "not judged: the value is not known here; give it:\n");
    for (size_t i = 0; i < v->n; i++)
        if (v->findings[i].status == FINDING_INFO && v->findings[i].clause)
            fprintf(out, "  --param %s:%s=VALUE\n", rules_slug(j->rules), v->findings[i].field->name);
}

static void put_verdict(const struct verdict *v, struct buf *out)
{
    if (v->pass && v->n_unknown)
        buf_printf(out, "pass as far as is known: %zu clauses right, %zu not judged, for %s\n", v->n_judged,
                   v->n_unknown, v->student);
    else if (v->pass)
        buf_printf(out, "pass: all %zu clauses right, for %s\n", v->n_judged, v->student);
    else {
        buf_printf(out, "FAIL: %zu of %zu clauses right", v->n_right, v->n_judged);
        report_besides(v, out);
        buf_printf(out, "%s%s\n", v->student[0] ? ", for " : "", v->student);
    }
    if (v->stranger)
        buf_puts(out, "the handle in it is not on the roster\n");
    else if (v->by_address)
        buf_puts(out, "no handle found in it: the roster has its source for this student\n");
    else if (!v->student[0])
        buf_puts(out, "no handle found in it: nobody to give a flag to\n");
}

static void put_packet(void *context, const struct judged *j)
{
    struct show_human *show = context;
    char from[FIELD_TEXT_SIZE], to[FIELD_TEXT_SIZE], time[CLOCK_TEXT_SIZE];
    char place[RULES_PLACE_SIZE];
    ipaddr destination = packet_dst(j->packet);
    struct buf text;

    fprintf(show->out, "%s%s: packet %" PRIu64 ", %s, %s to %s\n", show->shown++ ? "\n" : "",
            rules_slug(j->rules), j->sighting->number, time_text(j->sighting->utc_us, time),
            packet_source_text(j->packet, from), packet_destination_text(j->packet, to));
    const ipaddr target = class_target(j->class, packet_ip_version(j->packet) == 6);
    if (!target && j->packet->layers[LAYER_IP6].present)
        fprintf(show->out, "sent over IPv6: the class's target would not see it\n");
    else if (!class_has_target(j->class, destination))
        fprintf(show->out, "sent to %s: the class's target, %s, would not see it\n", to,
                ipaddr_text(target ? target : j->class->target, from));
    buf_init(&text, TEXT_MAX_BYTES);
    if (*rules_place(j->rules, place))
        buf_printf(&text, "%s%s\n", place,
                   j->step ? ": right, and what must follow is not in the capture" : "");
    if (j->follows) {
        fprintf(show->out,
                "%snot told: it came right behind packet %" PRIu64 ", which was wrong,\n"
                "and is for a later step; mend that one first\n",
                buf_text(&text), j->follows);
        buf_free(&text);
        fflush(show->out);
        return;
    }
    if (!j->step)
        put_verdict(j->verdict, &text);
    if (j->remark)
        buf_printf(&text, "%s\n", j->remark);
    findings_text(j->rules, j->packet, j->verdict, LINE_WIDTH, &text);
    if (!j->verdict->pass && !j->step)
        dump_frame(j->packet, j->verdict, &text);
    fputs(buf_text(&text), show->out);
    buf_free(&text);
    put_unknown(j, show->out);
    fflush(show->out); /* somebody may be watching a capture that goes on */
}

static void put_noise(const struct heard *heard, FILE *out)
{
    size_t told = heard->n < HEARD_TOLD ? heard->n : HEARD_TOLD;
    uint64_t rest = heard->others;
    char address[IPADDR_TEXT_SIZE], time[CLOCK_TEXT_SIZE];

    for (size_t i = told; i < heard->n; i++)
        rest += heard->groups[i].packets;
    if (told)
        fputs("\nfor no challenge:\n", out);
    for (size_t i = 0; i < told; i++) {
        const struct heard_group *g = &heard->groups[i];
        fprintf(out, "%.8s  %" PRIu64 " packet%s  %s%s%s: %s\n", time_text(g->last_us, time), g->packets,
                g->packets == 1 ? "" : "s", g->noise.what, g->noise.source ? " from " : "",
                g->noise.source ? ipaddr_text(g->noise.source, address) : "", g->noise.why);
        if (*g->noise.mend)
            fprintf(out, "          try: %s%s%s%s\n", g->noise.mend, g->noise.code ? " [" : "",
                    g->noise.code ? g->noise.code->name : "", g->noise.code ? "]" : "");
    }
    if (rest)
        fprintf(out, "and %" PRIu64 " more packets of other kinds\n", rest);
}

static void put_end(void *context, const struct outcome *o)
{
    struct show_human *show = context;

    put_noise(o->heard, show->out);
    if (show->shown || o->heard->n)
        fputc('\n', show->out);
    for (size_t i = 0; i < o->tally->n; i++) {
        const struct best *best = &o->tally->best[i];
        const char *slug = rules_slug(rulebook_at(o->tally->book, i));
        if (best->wanted && best->packets)
            fprintf(show->out, "%-16s %s, best of %" PRIu64 " packet%s\n", slug,
                    !best->pass     ? "FAIL"
                    : best->unknown ? "pass as far as is known"
                                    : "pass",
                    best->packets, best->packets == 1 ? "" : "s");
        else if (best->wanted)
            fprintf(show->out, "%-16s no packet for it\n", slug);
    }
    fprintf(show->out, "%" PRIu64 " packet%s read, %" PRIu64 " judged", o->packets,
            o->packets == 1 ? "" : "s", o->judged);
    if (o->from_target)
        fprintf(show->out, ", %" PRIu64 " from the target left out", o->from_target);
    if (o->not_shown)
        fprintf(show->out, ", %" PRIu64 " judged ones not shown", o->not_shown);
    if (!o->packets && !o->unread)
        fputs(": the capture is empty; start it before you send, and look at its filter and interface",
              show->out);
    fputs("\n", show->out);
    if (o->unread)
        fprintf(show->out, "%s\n", o->unread_text);
}

const struct show_form show_human = {begin, put_packet, put_end};
