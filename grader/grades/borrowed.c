#include "grader/grades/borrowed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "grader/store/evidence.h"

struct grades_borrowed {
    struct evidence *all;
    size_t n, room;
    bool no_memory;
};

static bool take(const struct evidence *e, void *context)
{
    struct grades_borrowed *b = context;

    if (e->forged || !e->submission)
        return true;
    if (!array_room(&b->all, b->n, &b->room, sizeof(*b->all))) {
        b->no_memory = true;
        return false;
    }
    b->all[b->n++] = *e;
    return true;
}

enum status grades_borrowed_read(struct grades_borrowed **out, struct store *store, struct err *err)
{
    struct grades_borrowed *b = *out = calloc(1, sizeof(*b));

    enum status st = b ? store_evidence_each(store, take, b, err) : err_memory(err);
    return st == ST_OK && b->no_memory ? err_memory(err) : st;
}

void grades_borrowed_free(struct grades_borrowed *borrowed)
{
    if (borrowed)
        free(borrowed->all);
    free(borrowed);
}

/* Of this row: a number is given again, and who marks a row as correct makes a new one of its date. */
static bool is_of(const struct evidence *e, const struct board_row *row, const struct grades_student *s,
                  const char *slug)
{
    bool same = e->submission == row->id || strcmp(e->shower, row->user_name) == 0 ||
                (s->board_id == row->user && strcmp(e->shower, s->handle) == 0);

    return same && strcmp(e->slug, slug) == 0 && strcmp(e->date, row->date) == 0;
}

void grades_borrowed_mark(struct grades *report, const struct grades_borrowed *borrowed,
                          const struct board_row *row, const struct grades_student *s, size_t challenge,
                          bool leave_out)
{
    const char *slug = report->challenges[challenge].challenge->slug;
    struct grades_cell *cell = &s->cells[challenge];

    for (size_t i = 0; i < borrowed->n; i++) {
        const struct evidence *e = &borrowed->all[i];
        if (!is_of(e, row, s, slug) || strcmp(e->verdict, "dismissed") == 0)
            continue;
        if (strcmp(e->verdict, "confirmed") == 0) {
            cell->state = CELL_BORROWED;
            cell->note = grades_text(report,
                                     "with the flag of %s, confirmed as borrowed (%" PRId64
                                     "); `wiregrade borrowed list` takes it off the scoreboard",
                                     e->owner, e->id);
            return;
        }
        cell->open = true;
        if (leave_out)
            cell->state = CELL_BORROWED;
        cell->note = grades_text(report, "with the flag of %s, %s: `wiregrade borrowed` %" PRId64 " is open",
                                 e->owner, leave_out ? "left out" : "counted", e->id);
        return;
    }
}
