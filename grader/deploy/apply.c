#include "grader/deploy/apply.h"
#include "spec/challenge_extra.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned links = 1U << KEY_REQUIREMENTS | 1U << KEY_NEXT;

static enum status remember(struct plan *plan, struct plan_item *item, const char *name, bool made,
                            struct err *err)
{
    struct deployed row = {.id = item->id, .made = made};

    if (!plan->store)
        return ST_OK;
    snprintf(row.slug, sizeof(row.slug), "%s", item->slug);
    snprintf(row.name, sizeof(row.name), "%s", name);
    return deployed_remember(plan->store, &row, err);
}

/* A lost answer may hide one that was made after all. */
static bool found_half(struct plan *plan, struct plan_item *item, const char *name)
{
    struct err ignored;

    if (plan_list(plan, &ignored) != ST_OK)
        return false;
    for (size_t i = 0; i < plan->n_listed; i++)
        if (strcmp(plan->listed[i].name, name) == 0)
            item->id = plan->listed[i].id;
    return item->id != 0;
}

/* The challenge alone, hidden and under another name; its number is then known to those that refer to it. */
static enum status begin_new(struct plan *plan, size_t i, struct err *err)
{
    struct plan_item *item = &plan->items[i];
    const struct scoreboard_driver *driver = plan->board->driver;
    bool dynamic = strcmp(item->challenge->type, "dynamic") == 0;
    unsigned mask = driver->content_keys(plan->board->state, dynamic) & ~links;
    char half[BOARD_TEXT_SIZE];

    plan_unfinished(item->challenge, half);
    if (!item->id) {
        content_set(&item->want, KEY_NAME, half);
        content_set(&item->want, KEY_STATE, "hidden");
        content_set_number(&item->want, KEY_VALUE, item->challenge->value);
        enum board_result result =
            driver->challenge_create(plan->board->state, &item->want, mask, &item->id, err);
        if ((result == BOARD_CONFLICT || result == BOARD_UNKNOWN) && found_half(plan, item, half))
            result = BOARD_OK;
        if (result == BOARD_OK)
            result = driver->challenge_content(plan->board->state, item->id, &item->have, err);
        if (result != BOARD_OK) {
            const char *type = item->challenge->type;
            bool usual = challenge_type_is_usual(type);
            err_prefix(err, "%s%s%s%s", item->slug, usual ? "" : ": type ", usual ? "" : type,
                       usual ? "" : ", which only a plugin's scoreboard has");
            return board_status(result, err);
        }
    }
    plan->ids[i] = item->id;
    return remember(plan, item, half, true, err);
}

static enum board_result do_step(struct plan *plan, struct plan_item *item, const struct diff_step *step,
                                 struct err *err)
{
    const struct scoreboard_driver *driver = plan->board->driver;
    void *state = plan->board->state;

    if (step->what == STEP_REMOVE)
        return driver->record_remove(state, &item->have.records[step->have], err);
    struct board_record *want = &item->want.records[step->want], sent = *want;
    char *needs = want->kind == RECORD_HINT ? diff_hint_needs(&item->want, step->want) : NULL;
    enum board_result result;
    if (want->kind == RECORD_HINT)
        sent.field[3] = needs;
    if (step->what == STEP_MAKE)
        result = driver->record_make(state, item->id, &sent, &want->id, err);
    else
        result =
            driver->record_change(state, item->id, &item->have.records[step->have], &sent, step->fields, err);
    free(needs);
    return result;
}

static enum status change(struct plan *plan, struct plan_item *item, struct err *err)
{
    const struct scoreboard_driver *driver = plan->board->driver;

    for (size_t i = 0; i < item->diff.n; i++) {
        const struct diff_step *step = &item->diff.steps[i];
        const struct board_record *r =
            step->what == STEP_REMOVE ? &item->have.records[step->have] : &item->want.records[step->want];
        enum board_result result = do_step(plan, item, step, err);
        if (result == BOARD_OK)
            continue;
        err_prefix(err, "%s: %s", item->slug, content_kind_name(r->kind));
        return board_status(result, err);
    }
    /* name and state are among the keys: they come last */
    if (item->diff.keys) {
        enum board_result result =
            driver->challenge_patch(plan->board->state, item->id, &item->want, item->diff.keys, err);
        if (result != BOARD_OK) {
            char keys[256] = "";
            for (unsigned i = 0; i < CONTENT_KEYS; i++)
                if (item->diff.keys >> i & 1)
                    snprintf(keys + strlen(keys), sizeof(keys) - strlen(keys), "%s%s", keys[0] ? ", " : "",
                             content_key_name((enum content_key)i));
            err_prefix(err, "%s: %s", item->slug, keys);
            return board_status(result, err);
        }
    }
    return ST_OK;
}

static enum status finish(struct plan *plan, struct plan_item *item, struct err *err)
{
    enum status st = ST_OK;

    if (item->kind == PLAN_CREATE || item->kind == PLAN_CHANGE)
        st = plan_compare(plan, item, err);
    if (st == ST_OK && (item->kind == PLAN_CREATE || item->kind == PLAN_CHANGE))
        st = change(plan, item, err);
    if (st == ST_OK && item->kind != PLAN_LEFT && (!item->known || item->kind == PLAN_CREATE))
        st = remember(plan, item, item->challenge->name, item->kind == PLAN_CREATE, err);
    return st;
}

static enum status prune(struct plan *plan, struct plan_item *item, struct err *err)
{
    enum board_result result = plan->board->driver->challenge_remove(plan->board->state, item->id, err);

    if (result != BOARD_OK && result != BOARD_NONE) {
        err_prefix(err, "%s", item->slug);
        return board_status(result, err);
    }
    for (size_t i = 0; i < plan->n_rows; i++)
        if (plan->rows[i].id == item->id && strcmp(plan->rows[i].slug, item->slug) == 0)
            return deployed_forget(plan->store, item->slug, err);
    return ST_OK;
}

enum status apply_plan(struct plan *plan, apply_told *told, void *context, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; st == ST_OK && i < plan->n_course; i++)
        if (plan->items[i].kind == PLAN_CREATE)
            st = begin_new(plan, i, err);
    for (size_t i = 0; st == ST_OK && i < plan->n; i++) {
        struct plan_item *item = &plan->items[i];
        if (item->challenge)
            st = finish(plan, item, err);
        else if (item->kind == PLAN_PRUNE)
            st = prune(plan, item, err);
        if (st == ST_OK && told)
            told(context, plan, item);
    }
    return st;
}
