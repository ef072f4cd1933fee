/* A statement is a way to the database and back, and most of what many lines say is in the same few rows.
 * They are written in the order of their keys, so that two that write at once cannot wait for each other. */
#include "grader/journal/totals.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum { MANY = 16384 };

struct totals_guess {
    const struct heard_sum *pair; /* among HEARD_ASKED */
    struct journal_reason reason;
};

static int by_key(const void *a, const void *b)
{
    const struct heard_sum *x = a, *y = b;
    int order = strcmp(x->key[0], y->key[0]);

    if (!order)
        order = strcmp(x->key[1], y->key[1]);
    return order ? order : strcmp(x->key[2], y->key[2]);
}

void totals_clear(struct totals *totals)
{
    for (size_t i = 0; i < HEARD_TABLES; i++)
        tdestroy(totals->trees[i], free);
    free(totals->guesses);
    *totals = (struct totals){.n = 0};
}

static struct heard_sum *make(const struct heard_sum *like)
{
    size_t size = 0, length[HEARD_KEY];

    for (size_t i = 0; i < HEARD_KEY; i++)
        size += length[i] = strlen(like->key[i]) + 1;
    struct heard_sum *row = calloc(1, sizeof(*row) + size);
    char *at = row ? (char *)(row + 1) : NULL;
    for (size_t i = 0; row && i < HEARD_KEY; i++) {
        row->key[i] = memcpy(at, like->key[i], length[i]);
        at += length[i];
    }
    return row;
}

static struct heard_sum *find(const struct totals *totals, enum heard_table table,
                              const struct heard_sum *like)
{
    void *found = tfind(like, &totals->trees[table], by_key);

    return found ? *(struct heard_sum **)found : NULL;
}

struct heard_sum *totals_row(struct totals *totals, enum heard_table table, const char *first,
                             const char *second, const char *third)
{
    const struct heard_sum like = {.key = {first, second, third ? third : ""}};
    struct heard_sum *row = find(totals, table, &like);

    if (row)
        return row;
    row = make(&like);
    if (row && !tsearch(row, &totals->trees[table], by_key)) {
        free(row);
        return NULL;
    }
    totals->n += row != NULL;
    return row;
}

bool totals_guess(struct totals *totals, const char *student, const char *slug,
                  const struct journal_reason *reason)
{
    const struct heard_sum like = {.key = {student, slug, ""}};

    if (find(totals, HEARD_TOLD, &like)) {
        struct heard_sum *row = totals_row(totals, HEARD_REASONS, slug, reason->field, reason->code);
        if (row)
            row->n[0]++;
        return row;
    }
    const struct heard_sum *pair = totals_row(totals, HEARD_ASKED, student, slug, NULL);
    if (!pair || !array_room(&totals->guesses, totals->n_guesses, &totals->room, sizeof(*totals->guesses)))
        return false;
    totals->guesses[totals->n_guesses++] = (struct totals_guess){pair, *reason};
    return true;
}

bool totals_many(const struct totals *totals)
{
    return totals->n + totals->n_guesses >= MANY;
}

struct rows_of {
    struct heard_sum **rows;
    size_t n;
};

static void list(const void *node, VISIT visit, void *context)
{
    struct rows_of *l = context;

    if (visit == postorder || visit == leaf)
        l->rows[l->n++] = *(struct heard_sum *const *)node;
}

static enum status write_table(struct totals *totals, enum heard_table table, struct heard_sum **rows,
                               struct store *store, struct err *err)
{
    struct rows_of l = {rows, 0};

    twalk_r(totals->trees[table], list, &l);
    return table == HEARD_ASKED ? store_heard_ask(store, l.rows, l.n, err)
                                : store_heard_add(store, table, l.rows, l.n, err);
}

/* Who was told before counts as who makes a mistake. */
static bool settle_guesses(struct totals *totals)
{
    for (size_t i = 0; i < totals->n_guesses; i++) {
        const struct totals_guess *g = &totals->guesses[i];
        if (!g->pair->n[0])
            continue;
        struct heard_sum *row =
            totals_row(totals, HEARD_REASONS, g->pair->key[1], g->reason.field, g->reason.code);
        if (!row)
            return false;
        row->n[0]++;
    }
    return true;
}

enum status totals_write(struct totals *totals, struct store *store, struct err *err)
{
    /* one for each, and for what guesses become */
    struct heard_sum **rows = calloc(totals->n + totals->n_guesses + 1, sizeof(struct heard_sum *));
    enum status st = rows ? write_table(totals, HEARD_ASKED, rows, store, err) : err_memory(err);

    if (st == ST_OK && !settle_guesses(totals))
        st = err_memory(err);
    for (enum heard_table table = 0; st == ST_OK && table < HEARD_ASKED; table++)
        st = write_table(totals, table, rows, store, err);
    free(rows);
    totals_clear(totals);
    return st;
}
