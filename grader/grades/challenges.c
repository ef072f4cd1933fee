#include "grader/grades/challenges.h"

#include <string.h>

#include "grader/store/heard.h"

static struct grades_challenge *challenge_of(const struct grades *r, const char *slug)
{
    for (size_t i = 0; i < r->n_challenges; i++)
        if (strcmp(r->challenges[i].challenge->slug, slug) == 0)
            return &r->challenges[i];
    return NULL;
}

static bool take_slug(const struct heard_slug *row, void *context)
{
    struct grades_challenge *c = challenge_of(context, row->slug);

    if (c) {
        c->n_pass = row->n_pass;
        c->n_near = row->n_near;
    }
    return true;
}

static bool take_reason(const struct heard_reason *row, void *context)
{
    struct grades_challenge *c = challenge_of(context, row->slug);

    if (!c || c->n_reasons == GRADES_REASONS)
        return true;
    struct grades_reason *reason = &c->reasons[c->n_reasons++];
    reason->n = row->n;
    memcpy(reason->field, row->field, sizeof(reason->field));
    memcpy(reason->code, row->code, sizeof(reason->code));
    return true;
}

void challenges_count(struct grades *r, const struct grades_student *s)
{
    for (size_t i = 0; i < r->n_challenges && !s->staff; i++)
        r->challenges[i].n_solved += grades_counts(&s->cells[i]);
}

enum status challenges_sum(struct grades *r, struct err *err)
{
    for (size_t i = 0; i < r->n_challenges; i++) {
        struct grades_challenge *c = &r->challenges[i];
        c->n_reasons = 0;
        c->n_solved = c->n_pass = c->n_near = 0;
    }
    enum status st = heard_slugs_each(r->store, take_slug, r, err);
    return st == ST_OK ? heard_reasons_each(r->store, take_reason, r, err) : st;
}
