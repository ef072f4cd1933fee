#include "grader/store/heard.h"

#include <stdio.h>
#include <string.h>

#include "grader/store/private.h"

/* As many rows as fit into one statement, and then fewer: so there are few texts, which are parsed once. */
static const size_t pages[] = {32, 8, 1};
enum { PAGES = sizeof(pages) / sizeof(pages[0]), TEXT_MAX = 4096 };

static const struct heard_form {
    const char *begin, *end; /* of the statement, around its rows */
    size_t keys, counts, times;
} forms[] = {
    [HEARD_ATTEMPTS] = {"INSERT INTO attempts(student, slug, n_pass, n_near, first_us, last_us) VALUES ",
                        " ON CONFLICT (student, slug) DO UPDATE SET"
                        " n_pass = attempts.n_pass + excluded.n_pass,"
                        " n_near = attempts.n_near + excluded.n_near,"
                        " first_us = CASE WHEN excluded.first_us < attempts.first_us THEN excluded.first_us"
                        " ELSE attempts.first_us END,"
                        " last_us = CASE WHEN excluded.last_us > attempts.last_us THEN excluded.last_us"
                        " ELSE attempts.last_us END",
                        2, 2, 2},
    [HEARD_REASONS] = {"INSERT INTO reasons(slug, field, code, n) VALUES ",
                       " ON CONFLICT (slug, field, code) DO UPDATE SET n = reasons.n + excluded.n", 3, 1, 0},
    [HEARD_DELIVERIES] = {"INSERT INTO deliveries(slug, student, address, n, first_us) VALUES ",
                          " ON CONFLICT (slug, student, address) DO UPDATE SET"
                          " n = deliveries.n + excluded.n, first_us ="
                          " CASE WHEN excluded.first_us < deliveries.first_us THEN excluded.first_us"
                          " ELSE deliveries.first_us END",
                          3, 1, 1},
    [HEARD_TOLD] = {"INSERT INTO told(student, slug) VALUES ", " ON CONFLICT DO NOTHING", 2, 0, 0},
    [HEARD_ASKED] = {"SELECT told.student, told.slug FROM (VALUES ",
                     ") AS asked JOIN told ON told.student = asked.column1 AND told.slug = asked.column2"
                     " ORDER BY told.student, told.slug",
                     2, 0, 0},
};

/* The statement of n rows: (?1, ?2), (?3, ?4) */
static void put_text(char out[TEXT_MAX], const struct heard_form *form, size_t n)
{
    const size_t width = form->keys + form->counts + form->times;
    size_t at = (size_t)snprintf(out, TEXT_MAX, "%s", form->begin);

    for (size_t i = 0; i < n * width; i++)
        at += (size_t)snprintf(out + at, TEXT_MAX - at, "%s?%zu%s",
                               i % width ? ", "
                               : i       ? ", ("
                                         : "(",
                               i + 1, i % width == width - 1 ? ")" : "");
    snprintf(out + at, TEXT_MAX - at, "%s", form->end);
}

static size_t put_values(struct query_value *out, const struct heard_form *form,
                         struct heard_sum *const *rows, size_t n)
{
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        const int64_t times[] = {rows[i]->first_us, rows[i]->last_us};
        for (size_t k = 0; k < form->keys; k++)
            out[at++] = (struct query_value){.type = 't', .data = rows[i]->key[k]};
        for (size_t k = 0; k < form->counts; k++)
            out[at++] = (struct query_value){.type = 'i', .number = rows[i]->n[k]};
        for (size_t k = 0; k < form->times; k++)
            out[at++] = (struct query_value){.type = 'i', .number = times[k]};
    }
    return at;
}

/* What is found of the first n rows, in their order. */
static enum status run_page(struct store *store, enum heard_table table, struct heard_sum *const *rows,
                            size_t n, struct err *err)
{
    struct query_value values[QUERY_VALUES_MAX];
    char text[TEXT_MAX];
    size_t i = 0;

    put_text(text, &forms[table], n);
    struct query *q = query_open_values(store->db, text, values, put_values(values, &forms[table], rows, n));
    while (query_next(q)) {
        while (i < n &&
               (strcmp(rows[i]->key[0], row_text(q, 0)) != 0 || strcmp(rows[i]->key[1], row_text(q, 1)) != 0))
            i++;
        if (i < n)
            rows[i]->n[0] = 1;
    }
    return query_close(q, err);
}

static enum status run_pages(struct store *store, enum heard_table table, struct heard_sum *const *rows,
                             size_t n, struct err *err)
{
    enum status st = ST_OK;

    for (size_t i = 0; i < PAGES; i++)
        for (; st == ST_OK && n >= pages[i]; n -= pages[i], rows += pages[i])
            st = run_page(store, table, rows, pages[i], err);
    return st;
}

enum status store_heard_add(struct store *store, enum heard_table table, struct heard_sum *const *rows,
                            size_t n, struct err *err)
{
    return run_pages(store, table, rows, n, err);
}

enum status store_heard_ask(struct store *store, struct heard_sum *const *rows, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++)
        rows[i]->n[0] = 0;
    return run_pages(store, HEARD_ASKED, rows, n, err);
}

enum status store_journal_get(struct store *store, struct store_journal *journal, struct err *err)
{
    struct query *q =
        query_open(store->db, "SELECT position, lines, cut, foreign_class FROM journal WHERE head = ?1", "t",
                   journal->head);
    bool row = query_next(q);

    journal->position = row ? row_int(q, 0) : 0;
    journal->lines = row ? row_int(q, 1) : 0;
    journal->cut = row ? row_int(q, 2) : 0;
    journal->foreign = row && row_int(q, 3) != 0;
    return query_close(q, err);
}

enum status store_journal_move(struct store *store, const struct store_journal *journal, const char *path,
                               int64_t from, bool *moved, struct err *err)
{
    struct query *q =
        query_open(store->db,
                   "INSERT INTO journal(head, path, position, lines, cut, foreign_class)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (head) DO UPDATE SET path = excluded.path,"
                   " position = excluded.position, lines = excluded.lines, cut = excluded.cut,"
                   " foreign_class = excluded.foreign_class WHERE journal.position = ?7 RETURNING position",
                   "ttiiiii", journal->head, path, journal->position, journal->lines, journal->cut,
                   (int64_t)journal->foreign, from);

    *moved = query_next(q);
    return query_close(q, err);
}
