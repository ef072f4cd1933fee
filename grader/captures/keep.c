#include "grader/captures/keep.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "grader/post/submit.h"
#include "grader/store/evidence.h"

static const int64_t US_A_DAY = INT64_C(86400) * 1000000;

/* Adds a sentence to the facts; what does not fit is left out. */
static __attribute__((format(printf, 2, 3))) void add_fact(struct handed_packet *h, const char *fmt, ...)
{
    size_t n = strlen(h->facts);
    va_list args;

    if (n && n + 3 < sizeof(h->facts))
        n += (size_t)snprintf(h->facts + n, sizeof(h->facts) - n, "; ");
    va_start(args, fmt);
    vsnprintf(h->facts + n, sizeof(h->facts) - n, fmt, args);
    va_end(args);
}

static void fact_of_time(const struct desk *desk, struct handed_packet *h)
{
    int64_t age = h->handed_us - h->frame_us;
    char when[CLOCK_TEXT_SIZE];

    if (!h->frame_us)
        add_fact(h, "the file does not say when it was captured");
    else if (age > desk->class.captures_days * US_A_DAY)
        add_fact(h, "captured %.10s, more than %u days before it was handed in",
                 clock_text(h->frame_us, when), desk->class.captures_days);
    else if (age < -US_A_DAY)
        add_fact(h, "captured %.10s, after it was handed in", clock_text(h->frame_us, when));
}

/* Another student's address: his handle, "" when it is nobody's or his own. */
static void fact_of_address(const struct desk *desk, ipaddr source, struct handed_packet *h, char *other)
{
    const struct student *own = desk->has_roster ? roster_find(&desk->roster, h->student) : NULL;
    const struct student *theirs = desk->has_roster ? roster_find_address(&desk->roster, source) : NULL;
    char address[IPADDR_TEXT_SIZE];

    other[0] = '\0';
    if (!own || !own->address || own->address == source)
        return;
    if (theirs)
        str_copy(other, NAME_MAX_LEN + 1, theirs->handle);
    add_fact(h, "sent from %s, %s%s", ipaddr_text(source, address),
             theirs ? "the address of " : "which is not his address", theirs ? theirs->handle : "");
}

static enum status tell_of(struct store *store, const struct handed_packet *h, const char *owner,
                           struct err *err)
{
    struct evidence e = {.when_us = h->handed_us};
    bool fresh;
    int64_t id;

    str_copy(e.slug, sizeof(e.slug), h->slug);
    str_copy(e.owner, sizeof(e.owner), owner);
    str_copy(e.shower, sizeof(e.shower), h->student);
    str_copy(e.source, sizeof(e.source), EVIDENCE_CAPTURE);
    return store_evidence(store, &e, &fresh, &id, err);
}

/* All that speaks against it; what is about another student is an evidence. */
static enum status facts(const struct desk *desk, struct store *store, ipaddr source, struct handed_packet *h,
                         struct err *err)
{
    char other[NAME_MAX_LEN + 1];

    fact_of_time(desk, h);
    fact_of_address(desk, source, h, other);
    enum status st = other[0] ? tell_of(store, h, other, err) : ST_OK;
    if (st == ST_OK)
        st = store_handed_other(store, h, other, err);
    if (st != ST_OK || !other[0])
        return st;
    add_fact(h, "%s handed in the very same packet", other);
    return tell_of(store, h, other, err);
}

static enum status solve(const struct desk *desk, struct store *store, const struct handed_packet *h,
                         struct submitted *out, struct err *err)
{
    struct flag_parts parts = {.slug = ""};

    str_copy(parts.slug, sizeof(parts.slug), h->slug);
    str_copy(parts.student, sizeof(parts.student), h->student);
    return submit_proved(desk, store, &parts, h->handed_us, EVIDENCE_CAPTURE, out, err);
}

static enum status accept(const struct desk *desk, struct store *store, struct kept *out, struct err *err)
{
    const struct handed_ruling ruling = {"wiregrade", "captures: accept", out->handed.handed_us};
    struct submitted submitted;
    enum status st = solve(desk, store, &out->handed, &submitted, err);

    if (st == ST_OK)
        st = store_handed_rule(store, out->handed.id, HANDED_ACCEPTED, &ruling, err);
    if (st == ST_OK)
        out->handed.state = HANDED_ACCEPTED;
    out->solved = st == ST_OK;
    snprintf(out->text, sizeof(out->text), "%s", submitted.text);
    return st == ST_NO ? ST_OK : st;
}

/* A packet that is right for somebody else: nothing is kept for him but that. */
static enum status of_another(struct store *store, const struct found_packet *packet, struct kept *out,
                              struct err *err)
{
    snprintf(out->text, sizeof(out->text), "this packet is right for %s, not for %s", packet->owner,
             out->handed.student);
    return tell_of(store, &out->handed, packet->owner, err);
}

static void say_kept(struct kept *out)
{
    const struct handed_packet *h = &out->handed;

    if (out->fresh && h->facts[0])
        snprintf(out->text, sizeof(out->text), "right: kept for review as %" PRId64 "; %s", h->id, h->facts);
    else if (out->fresh)
        snprintf(out->text, sizeof(out->text), "right: kept for review as %" PRId64, h->id);
    else
        snprintf(out->text, sizeof(out->text), "right: handed in before, as %" PRId64 ", %s", h->id,
                 h->state == HANDED_OPEN ? "not decided yet" : handed_state_text(h->state));
}

enum status keep_found(const struct desk *desk, struct store *store, const struct found_packet *packet,
                       const char *student, const char *file, struct kept *out, struct err *err)
{
    struct handed_packet *h = &out->handed;

    *out = (struct kept){.handed = {.packet = packet->bytes,
                                    .length = packet->length,
                                    .frame_us = packet->utc_us,
                                    .handed_us = store_now_us(store)}};
    str_copy(h->student, sizeof(h->student), student);
    str_copy(h->slug, sizeof(h->slug), rules_slug(packet->rules));
    snprintf(h->file, sizeof(h->file), "%s", file);
    if (strcmp(packet->owner, student) != 0)
        return of_another(store, packet, out, err);
    enum status st = facts(desk, store, packet->source, h, err);
    if (st == ST_OK)
        st = store_handed_add(store, h, &out->fresh, &h->id, &h->state, err);
    h->packet = NULL;
    if (st != ST_OK)
        return st;
    /* also one that was cut off between the two */
    if (h->state == HANDED_OPEN && desk->class.captures == CAPTURES_ACCEPT && !h->facts[0])
        return accept(desk, store, out, err);
    out->solved = h->state == HANDED_ACCEPTED;
    say_kept(out);
    return ST_OK;
}

enum status keep_rule(const struct desk *desk, struct store *store, int64_t id, enum handed_state state,
                      const struct handed_ruling *ruling, char *text, size_t size, struct err *err)
{
    struct submitted submitted = {.text = ""};
    struct handed_packet h;
    bool found;
    enum status st = store_handed_get(store, id, &h, &found, err);

    if (st == ST_OK && !found)
        return err_set(err, ST_NO,
                       "no capture has the number %" PRId64 "; `wiregrade captures list` shows all", id);
    if (st == ST_OK && h.state == state) {
        snprintf(text, size, "is %s already", handed_state_text(state));
        return ST_OK;
    }
    if (st == ST_OK && h.state == HANDED_ACCEPTED)
        return err_set(err, ST_NO,
                       "%" PRId64
                       " was accepted and counts: take the solve off the scoreboard, then `wiregrade "
                       "reconcile --accept` says who did and why",
                       id);
    if (st == ST_OK && state == HANDED_ACCEPTED)
        st = solve(desk, store, &h, &submitted, err);
    if (st == ST_NO)
        return err_set(err, ST_NO, "%s", submitted.text);
    if (st == ST_OK)
        st = store_handed_rule(store, id, state, ruling, err);
    snprintf(text, size, "%s", state == HANDED_ACCEPTED ? submitted.text : "refused");
    return st;
}
