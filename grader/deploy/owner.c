/* Two classes of one course at one scoreboard would make each other's flags wrong with every deploy. The
 * class's word alone does not tell them apart: `init` gives the same one for a month. */
#include "grader/deploy/owner.h"

#include <stdio.h>
#include <string.h>

#include "grader/deploy/want.h"

enum { MARK_SIZE = BOARD_TEXT_SIZE };

static void mark_key(const struct desk *desk, char out[MARK_SIZE])
{
    snprintf(out, MARK_SIZE, "wiregrade_class_%s", desk->course.id);
}

static void mark_of(const struct desk *desk, char out[MARK_SIZE])
{
    snprintf(out, MARK_SIZE, "%s %s", desk->class.word, keyring_id(desk->ring));
}

/* Flags of the form of ours that are not: whoever's they are. A question's flags have another form. */
static bool has_foreign_flags(const struct plan *plan, const struct plan_item *item)
{
    const struct desk *desk = plan->desk;
    struct flag_parts parts;
    char first[FLAG_SIZE];

    for (size_t i = 0; i < item->have.n; i++) {
        const struct board_record *r = &item->have.records[i];
        const char *text = r->kind == RECORD_FLAG ? r->field[0] : NULL;
        if (text && paste_first(text, first))
            text = first;
        if (text && flag_check(&desk->flags, desk->ring, text, strlen(text), &parts) == FLAG_WRONG &&
            strcmp(parts.slug, item->slug) == 0)
            return true;
    }
    return false;
}

/* "class w1 (key 2ab4cd)" of a mark, which is text from outside. */
static void whose(const char *mark, char *out, size_t size)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t word = strspn(mark, plain);
    const char *key = mark + word + (mark[word] == ' ');

    snprintf(out, size, "class %.*s (key %.*s)", word < 64 ? (int)word : 64, mark, KEY_ID_SIZE - 1, key);
    if (!word || strspn(key, plain) != strlen(key))
        snprintf(out, size, "another class");
}

enum status owner_check(const struct plan *plan, struct err *err)
{
    char key[MARK_SIZE], is[MARK_SIZE], ours[MARK_SIZE], other[128] = "a class with another key",
                                                         more[32] = "";
    const struct plan_item *first = NULL;
    size_t n = 0;

    mark_key(plan->desk, key);
    mark_of(plan->desk, ours);
    enum board_result result = plan->board->driver->config_get(plan->board->state, key, is, sizeof(is), err);
    if (result != BOARD_OK)
        return board_status(result, err);
    bool marked = is[0] && strcmp(is, ours) != 0;
    if (marked)
        whose(is, other, sizeof(other));
    for (size_t i = 0; i < plan->n_course; i++) {
        const struct plan_item *item = &plan->items[i];
        if (item->kind != PLAN_LEFT && item->id && (marked || has_foreign_flags(plan, item))) {
            first = first ? first : item;
            n++;
        }
    }
    if (!first)
        return ST_OK;
    if (n > 1)
        snprintf(more, sizeof(more), " and %zu more", n - 1);
    return err_set(err, ST_NO,
                   "%s: \"%s\"%s there belong to %s, whose students' flags would be wrong; give class %s a "
                   "scoreboard of its own, or make them its own with `wiregrade deploy --take-over`",
                   plan->desk->class.scoreboard_url, first->challenge->name, more, other,
                   plan->desk->class.word);
}

enum status owner_claim(const struct plan *plan, struct err *err)
{
    char key[MARK_SIZE], is[MARK_SIZE], ours[MARK_SIZE];
    const struct scoreboard_driver *driver = plan->board->driver;

    mark_key(plan->desk, key);
    mark_of(plan->desk, ours);
    enum board_result result = driver->config_get(plan->board->state, key, is, sizeof(is), err);
    if (result == BOARD_OK && strcmp(is, ours) != 0)
        result = driver->config_set(plan->board->state, key, ours, err);
    return result == BOARD_OK ? ST_OK : board_status(result, err);
}
