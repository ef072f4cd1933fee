#include "grader/post/submit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "flag/typo.h"

static void say_no_slug(const struct desk *desk, struct submitted *out)
{
    const char *near = course_nearest(&desk->course, out->parts.slug);

    if (near)
        snprintf(out->text, sizeof(out->text), "wrong: the course has no challenge \"%s\"; was it \"%s\"?",
                 out->parts.slug, near);
    else
        snprintf(out->text, sizeof(out->text), "wrong: the course has no challenge \"%s\"", out->parts.slug);
}

static void say_stranger(const struct desk *desk, struct submitted *out)
{
    const char *near = roster_nearest(&desk->roster, out->parts.student);

    snprintf(out->text, sizeof(out->text), "this flag was made for '%s', who is not on the roster%s%s%s",
             out->parts.student, near ? " (was '" : "", near ? near : "", near ? "' meant?)" : "");
}

enum submit_place submit_place_of(const struct desk *desk, const char *slug, const char *student)
{
    const struct student *s = desk->has_roster ? roster_find(&desk->roster, student) : NULL;

    if (!course_find(&desk->course, slug))
        return SUBMIT_NO_SLUG;
    if (desk->has_roster && !s)
        return SUBMIT_STRANGER;
    return s && s->staff ? SUBMIT_STAFF : SUBMIT_PLACED;
}

static bool known(const struct desk *desk, struct submitted *out)
{
    out->place = submit_place_of(desk, out->parts.slug, out->parts.student);
    if (out->place == SUBMIT_NO_SLUG)
        say_no_slug(desk, out);
    else if (out->place == SUBMIT_STRANGER)
        say_stranger(desk, out);
    else if (out->place == SUBMIT_STAFF)
        snprintf(out->text, sizeof(out->text),
                 "this flag was made for '%s', who is staff: staff may try everything and score nothing",
                 out->parts.student);
    return out->place == SUBMIT_PLACED;
}

/* Of whom it says to be, or of whoever on the roster is called nearly so. */
static void find_nearly(const struct desk *desk, struct submitted *out)
{
    const char *handle = out->parts.student;

    if (desk->has_roster && !roster_find(&desk->roster, handle))
        handle = roster_nearest(&desk->roster, handle);
    if (!handle)
        return;
    out->letters = typo_letters(&desk->flags, desk->ring, &out->parts, handle);
    snprintf(out->nearly, sizeof(out->nearly), "%s", out->letters ? handle : "");
    if (out->letters)
        snprintf(out->text, sizeof(out->text),
                 "wrong: nearly %s's flag of %s, with %u letter%s mistyped; copy "
                 "it anew",
                 handle, out->parts.slug, out->letters, out->letters == 1 ? "" : "s");
}

bool submit_check(const struct desk *desk, const char *text, size_t len, struct submitted *out)
{
    *out = (struct submitted){.right = false};
    out->flag = flag_check(&desk->flags, desk->ring, text, len, &out->parts);

    if (out->flag == FLAG_MALFORMED)
        snprintf(out->text, sizeof(out->text),
                 "wrong: this has not the form of a flag, %s{challenge.student.xxxx-xxxx-xxxx-xxxx}",
                 desk->flags.prefix);
    else if (!course_find(&desk->course, out->parts.slug))
        say_no_slug(desk, out);
    else if (out->flag == FLAG_NO_SUCH_SLUG)
        snprintf(out->text, sizeof(out->text), "the key %s cannot check flags of %s; use the course key",
                 keyring_id(desk->ring), out->parts.slug);
    else if (out->flag == FLAG_WRONG)
        snprintf(out->text, sizeof(out->text),
                 "wrong: not made for %s and %s with key %s and class \"%s\"; mistyped, of another class, or "
                 "invented",
                 out->parts.slug, out->parts.student, keyring_id(desk->ring), desk->flags.class);
    else
        out->right = known(desk, out);
    if (out->flag == FLAG_MALFORMED || out->flag == FLAG_WRONG)
        find_nearly(desk, out);
    return out->right;
}

static void say_right(struct submitted *out)
{
    const struct solve *s = &out->solve;
    char when[CLOCK_TEXT_SIZE], then[160] = "";

    if (s->state == SOLVE_POSTED)
        snprintf(then, sizeof(then), "posted as submission %lld", (long long)s->submission);
    else if (s->state == SOLVE_WAITING)
        snprintf(then, sizeof(then), "will be posted");
    else
        snprintf(then, sizeof(then), "%s", solve_state_text(s->state));
    const char *why =
        s->state == SOLVE_HELD || s->state == SOLVE_REJECTED || s->state == SOLVE_VOID ? s->note : "";
    if (out->fresh)
        snprintf(out->text, sizeof(out->text), "right: %s solved %s; %s", s->student, s->slug, then);
    else
        snprintf(out->text, sizeof(out->text), "right: %s solved %s; already known since %s; %s%s%s",
                 s->student, s->slug, clock_text(s->submitted_us, when), then, why[0] ? ": " : "", why);
}

static enum status keep(const struct desk *desk, struct store *store, int64_t when_us, const char *source,
                        struct submitted *out, struct err *err)
{
    struct solve solve = {.submitted_us = when_us};

    snprintf(solve.student, sizeof(solve.student), "%s", out->parts.student);
    snprintf(solve.slug, sizeof(solve.slug), "%s", out->parts.slug);
    snprintf(solve.key_id, sizeof(solve.key_id), "%s", keyring_id(desk->ring));
    snprintf(solve.source, sizeof(solve.source), "%s", source);
    enum status st = store_add(store, &solve, &out->fresh, &out->solve, err);
    if (st == ST_OK)
        say_right(out);
    return st;
}

enum status submit_proved(const struct desk *desk, struct store *store, const struct flag_parts *parts,
                          int64_t when_us, const char *source, struct submitted *out, struct err *err)
{
    *out = (struct submitted){.parts = *parts};
    out->right = known(desk, out);
    return out->right ? keep(desk, store, when_us, source, out, err) : ST_NO;
}

enum status submit_flag(const struct desk *desk, struct store *store, const char *text, size_t len,
                        const char *source, struct submitted *out, struct err *err)
{
    if (!submit_check(desk, text, len, out))
        return ST_NO;
    return keep(desk, store, store_now_us(store), source, out, err);
}
