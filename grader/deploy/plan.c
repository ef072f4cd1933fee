#include "grader/deploy/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "grader/deploy/owner.h"

enum { NOTES_MAX = 1 << 16 };

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        content_free(&plan->items[i].want);
        content_free(&plan->items[i].have);
        diff_free(&plan->items[i].diff);
    }
    free(plan->items);
    free(plan->ids);
    free(plan->listed);
    free(plan->rows);
    rulebook_free(plan->book);
    buf_free(&plan->notes);
    *plan = (struct plan){.n = 0};
}

bool plan_drift(const struct plan *plan)
{
    for (size_t i = 0; i < plan->n; i++)
        if (plan->items[i].kind == PLAN_CREATE || plan->items[i].kind == PLAN_CHANGE ||
            plan->items[i].kind == PLAN_PRUNE)
            return true;
    return false;
}

static bool keep_row(const struct deployed *row, void *context)
{
    struct plan *plan = context;

    if (!array_room(&plan->rows, plan->n_rows, &plan->cap_rows, sizeof(*plan->rows))) {
        plan->failed = true;
        return false;
    }
    plan->rows[plan->n_rows++] = *row;
    return true;
}

static bool is_wanted(const struct deploy_options *options, const char *slug)
{
    for (size_t i = 0; i < options->n_only; i++)
        if (strcmp(options->only[i], slug) == 0)
            return true;
    return options->n_only == 0;
}

unsigned plan_keys(const struct plan *plan, const struct plan_item *item)
{
    if (plan->flags_only)
        return 0;
    bool dynamic = strcmp(item->challenge->type, "dynamic") == 0;
    unsigned known = plan->board->driver->content_keys(plan->board->state, dynamic);

    /* a value that follows is the scoreboard's to compute */
    if (item->want.key[KEY_INITIAL] && (known >> KEY_INITIAL & 1))
        known &= ~(1U << KEY_VALUE);
    return known;
}

enum status plan_compare(struct plan *plan, struct plan_item *item, struct err *err)
{
    const struct wanting wanting = {plan->desk, plan->book, plan->ids};
    struct problems problems = {0};

    content_free(&item->want);
    diff_free(&item->diff);
    enum status st = want_challenge(&wanting, item->challenge, &item->want, &problems, err);
    if (st == ST_OK)
        st = problems_err(&problems, err);
    problems_free(&problems);
    content_settle_extra(&item->have, &item->want);
    if (st == ST_OK && !diff_make(&item->diff, &item->want, &item->have, plan_keys(plan, item), plan->fields))
        st = err_memory(err);
    return st;
}

/* What the scoreboard does not know and the challenge says all the same. */
static void note(struct plan *plan, const struct plan_item *item)
{
    static const char *const usual[CONTENT_KEYS] = {[KEY_LOGIC] = "any", [KEY_FUNCTION] = "static"};
    unsigned known = plan_keys(plan, item) | 1U << KEY_VALUE;

    for (unsigned i = 0; i < CONTENT_KEYS; i++)
        if (!(known >> i & 1) && !content_same(item->want.key[i], usual[i]) &&
            !content_same(item->want.key[i], ""))
            buf_printf(&plan->notes, "%s: %s does not know %s; it is left out\n", item->slug, plan->kind.name,
                       content_key_name((enum content_key)i));
    for (size_t i = 0; i < item->want.n; i++) {
        const struct board_record *r = &item->want.records[i];
        if (!plan->fields[r->kind])
            buf_printf(&plan->notes, "%s: %s does not know %s; it is left out\n", item->slug, plan->kind.name,
                       content_kind_name(r->kind));
        else if (r->kind == RECORD_HINT && !(plan->fields[RECORD_HINT] & 2) && r->field[1] && r->field[1][0])
            buf_printf(&plan->notes, "%s: %s does not know titles of hints; \"%s\" is left out\n", item->slug,
                       plan->kind.name, r->field[1]);
    }
}

static void note_hand_in(struct plan *plan)
{
    char where[CLASS_HAND_IN_SIZE];
    bool wire = false;

    for (size_t i = 0; i < plan->n_course; i++)
        wire = wire || plan->items[i].challenge->target.kind != TARGET_NONE;
    if (wire)
        buf_printf(&plan->notes, "%s\n", class_hand_in(&plan->desk->class, where));
}

/* A type cannot be changed: CTFd 3.8.7 answers 500 to every request about such a challenge afterwards. */
static enum status check_type(const struct plan_item *item, struct err *err)
{
    if (!item->id || content_same(item->want.key[KEY_TYPE], item->have.key[KEY_TYPE]))
        return ST_OK;
    return err_set(
        err, ST_NO,
        "%s: type: the scoreboard has number %" PRId64
        " as %s, challenge.yml says %s, and no scoreboard changes that; delete the challenge there "
        "(its solves go with it) or give yours another name",
        item->slug, item->id, item->have.key[KEY_TYPE] ? item->have.key[KEY_TYPE] : "nothing",
        item->want.key[KEY_TYPE]);
}

/* What a chosen challenge refers to must be there or be made now. */
static enum status check_links(const struct plan *plan, const struct plan_item *item, struct err *err)
{
    const struct challenge *c = item->challenge;

    for (size_t i = 0; i < plan->n_course; i++) {
        const struct plan_item *other = &plan->items[i];
        if (other->id || other->kind != PLAN_LEFT)
            continue;
        bool named = c->next.text && strcmp(c->next.text, other->challenge->name) == 0;
        for (size_t j = 0; j < c->n_requires; j++)
            named = named || strcmp(c->requires[j].text, other->challenge->name) == 0;
        if (named)
            return err_set(err, ST_NO,
                           "%s: refers to \"%s\", which is not on the scoreboard; add `--only %s`",
                           item->slug, other->challenge->name, other->slug);
    }
    return ST_OK;
}

static enum status compare(struct plan *plan, struct plan_item *item, struct err *err)
{
    enum board_result result = BOARD_OK;
    enum status st = plan->flags_only ? ST_OK : check_links(plan, item, err);

    if (st == ST_OK && item->id)
        result = plan->board->driver->challenge_content(plan->board->state, item->id, &item->have, err);
    if (result != BOARD_OK) {
        err_prefix(err, "%s", item->slug);
        return board_status(result, err);
    }
    if (st == ST_OK)
        st = plan_compare(plan, item, err);
    if (st == ST_OK)
        st = check_type(item, err);
    if (st != ST_OK)
        return st;
    if (!plan->flags_only)
        note(plan, item);
    if (item->kind == PLAN_CHANGE && !diff_any(&item->diff))
        item->kind = PLAN_SAME;
    return ST_OK;
}

/* Whether it was made for a challenge that is there by another number: its request arrived after a later
 * deploy had made another. */
static bool came_late(const struct plan_listed *l, const struct plan_item *item)
{
    char half[BOARD_TEXT_SIZE];

    return item->id && strcmp(l->name, plan_unfinished(item->challenge, half)) == 0;
}

/* Those that only the scoreboard has. */
static enum status add_others(struct plan *plan, const struct deploy_options *options, struct err *err)
{
    for (size_t i = 0; i < plan->n_listed; i++) {
        const struct plan_listed *l = &plan->listed[i];
        struct plan_item *item = &plan->items[plan->n];
        if (l->taken)
            continue;
        *item = (struct plan_item){.kind = PLAN_THERE, .id = l->id, .solves = l->solves};
        snprintf(item->name, sizeof(item->name), "%s", l->name);
        for (size_t j = 0; j < plan->n_rows; j++) {
            const struct deployed *row = &plan->rows[j];
            if (row->made && row->id == l->id && strcmp(row->name, l->name) == 0)
                snprintf(item->slug, sizeof(item->slug), "%s", row->slug);
        }
        for (size_t j = 0; j < plan->n_course; j++)
            if (came_late(l, &plan->items[j]))
                snprintf(item->slug, sizeof(item->slug), "%s", plan->items[j].slug);
        plan->n++;
        if (!item->slug[0] || options->prune == PRUNE_NO)
            continue;
        item->kind = PLAN_PRUNE;
        if (item->solves == 0 || options->prune == PRUNE_WITH_SOLVES)
            continue;
        if (item->solves < 0)
            return err_set(
                err, ST_NO,
                "%s: the scoreboard does not say how many solves of \"%s\" would go with it; look, "
                "and say --prune=with-solves",
                item->slug, item->name);
        return err_set(err, ST_NO,
                       "%s: with \"%s\" (number %" PRId64 ") its %" PRId64
                       " solves would go; if that is meant, say --prune=with-solves",
                       item->slug, item->name, item->id, item->solves);
    }
    return ST_OK;
}

/* Items of the course, in its order. */
static enum status begin(struct plan *plan, const struct deploy_options *options, struct err *err)
{
    const struct course *course = &plan->desk->course;

    for (size_t i = 0; i < options->n_only; i++)
        if (desk_has_challenge(plan->desk, options->only[i], err) != ST_OK)
            return err_prefix(err, "--only");
    plan->n = plan->n_course = course->n_challenges;
    plan->items = calloc(plan->n + plan->n_listed + 1, sizeof(*plan->items));
    plan->ids = calloc(plan->n + 1, sizeof(*plan->ids));
    if (!plan->items || !plan->ids) {
        plan->n = 0;
        return err_memory(err);
    }
    for (size_t i = 0; i < plan->n; i++) {
        plan->items[i].challenge = &course->challenges[i];
        snprintf(plan->items[i].slug, sizeof(plan->items[i].slug), "%s", course->challenges[i].slug);
    }
    return plan_locate(plan, err);
}

enum status plan_make(struct plan *out, const struct desk *desk, struct scoreboard *board,
                      struct store *store, const struct deploy_options *options, struct err *err)
{
    struct problems problems = {0};
    enum board_result result = BOARD_OK;

    *out = (struct plan){.desk = desk, .board = board, .store = store, .flags_only = options->flags_only};
    buf_init(&out->notes, NOTES_MAX);
    out->book = rulebook_compile(&desk->course, &desk->class, desk->has_roster ? &desk->roster : NULL,
                                 desk->ring, NULL, 0, &problems);
    enum status st = problems_err(&problems, err);
    problems_free(&problems);
    if (st == ST_OK)
        result = desk_greet(desk, board, &out->kind, err);
    if (result != BOARD_OK)
        return board_status(result, err);
    for (unsigned i = 0; i < RECORD_KINDS; i++)
        if (i == RECORD_FLAG || !out->flags_only)
            out->fields[i] = board->driver->record_fields(board->state, (enum record_kind)i);
    if (st == ST_OK && store)
        st = deployed_each(store, keep_row, out, err);
    if (st == ST_OK)
        st = plan_list(out, err);
    if (st == ST_OK)
        st = begin(out, options, err);
    for (size_t i = 0; st == ST_OK && i < out->n_course; i++)
        if (!is_wanted(options, out->items[i].slug) || (out->flags_only && !out->items[i].id))
            out->items[i].kind = PLAN_LEFT;
    for (size_t i = 0; st == ST_OK && i < out->n_course; i++)
        if (out->items[i].kind != PLAN_LEFT)
            st = compare(out, &out->items[i], err);
    if (st == ST_OK && !options->take_over)
        st = owner_check(out, err);
    if (st == ST_OK && !out->flags_only)
        note_hand_in(out);
    if (st == ST_OK && !options->n_only && !out->flags_only)
        st = add_others(out, options, err);
    return st;
}
