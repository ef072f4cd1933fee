/* Which challenge of the scoreboard is which of the course. A remembered number counts while the challenge
 * under it has the name that it had: then another name in challenge.yml is a rename. A name that was changed
 * on the scoreboard itself is told from a scoreboard that was reset by the others: if none of them is where
 * it was, numbers mean nothing any more. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "grader/deploy/plan.h"

#define UNFINISHED "unfinished: "

const char *plan_unfinished(const struct challenge *challenge, char *out)
{
    size_t len = strlen(challenge->name);

    /* CTFd's column is 80 wide; what is cut ends with a whole character */
    if (len > 60)
        for (len = 60; len && ((unsigned char)challenge->name[len] & 0xc0) == 0x80;)
            len--;
    snprintf(out, BOARD_TEXT_SIZE, UNFINISHED "%.*s", (int)len, challenge->name);
    return out;
}

static bool list_row(const struct board_listed *row, void *context)
{
    struct plan *plan = context;

    if (!array_room(&plan->listed, plan->n_listed, &plan->cap_listed, sizeof(*plan->listed))) {
        plan->failed = true;
        return false;
    }
    struct plan_listed *l = &plan->listed[plan->n_listed++];
    *l = (struct plan_listed){.id = row->id, .solves = row->solves};
    snprintf(l->name, sizeof(l->name), "%s", row->name);
    return true;
}

enum status plan_list(struct plan *plan, struct err *err)
{
    plan->n_listed = 0;
    enum board_result result = plan->board->driver->challenge_each(plan->board->state, list_row, plan, err);
    if (result != BOARD_OK)
        return board_status(result, err);
    return plan->failed ? err_memory(err) : ST_OK;
}

static const struct deployed *row_of(const struct plan *plan, const char *slug)
{
    for (size_t i = 0; i < plan->n_rows; i++)
        if (strcmp(plan->rows[i].slug, slug) == 0)
            return &plan->rows[i];
    return NULL;
}

static struct plan_listed *by_id(struct plan *plan, int64_t id)
{
    for (size_t i = 0; i < plan->n_listed; i++)
        if (plan->listed[i].id == id)
            return &plan->listed[i];
    return NULL;
}

static struct plan_listed *by_name(struct plan *plan, const char *name, const struct plan_listed *but)
{
    for (size_t i = 0; i < plan->n_listed; i++)
        if (&plan->listed[i] != but && !plan->listed[i].taken && strcmp(plan->listed[i].name, name) == 0)
            return &plan->listed[i];
    return NULL;
}

static void take(struct plan *plan, size_t i, struct plan_listed *l)
{
    struct plan_item *item = &plan->items[i];
    const struct deployed *row = row_of(plan, item->slug);
    char half[BOARD_TEXT_SIZE];

    l->taken = true;
    item->id = plan->ids[i] = l->id;
    item->solves = l->solves;
    snprintf(item->name, sizeof(item->name), "%s", l->name);
    item->known = row && row->id == l->id && strcmp(row->name, item->challenge->name) == 0;
    item->kind = strcmp(l->name, plan_unfinished(item->challenge, half)) == 0 ? PLAN_CREATE : PLAN_CHANGE;
}

/* Whether anything is where it was. */
static bool is_the_same(struct plan *plan)
{
    for (size_t i = 0; i < plan->n_rows; i++) {
        const struct plan_listed *l = by_id(plan, plan->rows[i].id);
        if (l && strcmp(l->name, plan->rows[i].name) == 0)
            return true;
    }
    return false;
}

/* by what is remembered; renamed: also those whose name on the scoreboard is another now */
static void take_remembered(struct plan *plan, bool renamed)
{
    for (size_t i = 0; i < plan->n_course; i++) {
        const struct deployed *row = row_of(plan, plan->items[i].slug);
        struct plan_listed *l = row && !plan->items[i].id ? by_id(plan, row->id) : NULL;
        if (l && !l->taken && (renamed || strcmp(l->name, row->name) == 0))
            take(plan, i, l);
    }
}

static enum status two_of_one_name(const struct plan_item *item, int64_t a, int64_t b, struct err *err)
{
    return err_set(err, ST_NO,
                   "%s: the scoreboard has two challenges \"%s\", number %" PRId64 " and number %" PRId64
                   "; rename or delete one of them there",
                   item->slug, item->challenge->name, a, b);
}

static enum status take_named(struct plan *plan, struct err *err)
{
    char half[BOARD_TEXT_SIZE];

    for (size_t i = 0; i < plan->n_course; i++) {
        struct plan_item *item = &plan->items[i];
        struct plan_listed *l = by_name(plan, item->challenge->name, NULL), *other;
        if (item->id)
            other = l;
        else
            other = l ? by_name(plan, item->challenge->name, l) : NULL;
        if (other)
            return two_of_one_name(item, item->id ? item->id : l->id, other->id, err);
        if (!item->id && l)
            take(plan, i, l);
    }
    for (size_t i = 0; i < plan->n_course; i++) {
        struct plan_listed *l = by_name(plan, plan_unfinished(plan->items[i].challenge, half), NULL);
        if (!plan->items[i].id && l)
            take(plan, i, l);
    }
    return ST_OK;
}

enum status plan_locate(struct plan *plan, struct err *err)
{
    bool same = is_the_same(plan);

    for (size_t i = 0; i < plan->n_course; i++) {
        struct plan_item *item = &plan->items[i];
        item->kind = PLAN_CREATE;
        item->id = 0;
        plan->ids[i] = -(int64_t)i - 1;
    }
    take_remembered(plan, false);
    enum status st = take_named(plan, err);
    if (st == ST_OK && same)
        take_remembered(plan, true);
    return st;
}
