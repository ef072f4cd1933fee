/* CTFd shows a figure of its own; what makes it another than ours is named, each thing with its size. */
#include "grader/grades/explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

struct note {
    char *text;
    size_t size, n; /* n: reasons that were told */
};

static void add(struct note *note, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(struct note *note, const char *fmt, ...)
{
    size_t len = strlen(note->text);
    va_list args;

    len += (size_t)snprintf(note->text + len, note->size - len, "%s", note->n++ ? "; " : "");
    if (len >= note->size)
        return;
    va_start(args, fmt);
    vsnprintf(note->text + len, note->size - len, fmt, args);
    va_end(args);
}

/* What is to be known of single challenges, whatever the scoreboard shows. */
static void add_cells(const struct grades *r, const struct grades_student *s, struct note *note)
{
    for (size_t i = 0; i < r->n_challenges; i++) {
        const struct grades_cell *cell = &s->cells[i];
        const char *slug = r->challenges[i].challenge->slug;
        if (cell->open || cell->gone || cell->state == CELL_BORROWED ||
            (cell->state == CELL_NONE && cell->note[0]))
            add(note, "%s: %s", slug, cell->note);
        else if (cell->state == CELL_VOID && cell->there)
            add(note, "%s: %s; and there again, see `wiregrade reconcile`", slug, cell->note);
    }
}

/* Points that wait to be posted. */
static int64_t waiting(const struct grades *r, const struct grades_student *s)
{
    int64_t sum = 0;

    for (size_t i = 0; i < r->n_challenges; i++)
        if (s->cells[i].state == CELL_WAITING)
            sum += r->challenges[i].value;
    return sum;
}

/* Reasons why its figure is another, each of which is a fact; the cells have been told. */
static void add_reasons(const struct grades *r, const struct grades_student *s, struct note *note)
{
    int64_t wait = waiting(r, s);
    char when[CLOCK_TEXT_SIZE];

    if (wait)
        add(note, "%" PRId64 " points wait to be posted", wait);
    if (s->n_foreign)
        add(note, "correct rows there of challenges that are not in this course: %" PRId64, s->n_foreign);
    if (s->n_orphans)
        add(note, "correct rows there without a team, which its standings leave out: %" PRId64, s->n_orphans);
    if (s->n_former)
        add(note, "correct rows there of who was in another team then: %" PRId64, s->n_former);
    if (s->n_odd_awards)
        add(note, "points given by hand to a member and not to the team, or the other way round: %" PRId64,
            s->n_odd_awards);
    if (s->late_sum && s->board_points == s->board_sum - s->late_sum)
        add(note, "it is frozen since %.16sZ, and %" PRId64 " points came later",
            clock_text(r->freeze_us, when), s->late_sum);
    else if (s->board_points != s->board_sum)
        add(note,
            "its rows and awards make %" PRId64 ", so its figure is an older one; ask again in a minute",
            s->board_sum);
    if (s->staff && s->board_sum)
        add(note, "staff earn nothing here");
}

/* Appends the scoreboard's figure, and why it is another. */
static void add_figure(const struct grades *r, const struct grades_student *s, struct note *note)
{
    add(note, "the scoreboard shows %" PRId64, s->board_points);
    size_t len = strlen(note->text);
    if (len + sizeof(": ") >= note->size)
        return;
    memcpy(note->text + len, ": ", sizeof(": "));
    struct note why = {note->text + len, note->size - len, 0};
    add_reasons(r, s, &why);
    if (!why.n) /* the cells have told why */
        note->text[len] = '\0';
}

void grades_explain(struct grades *r, struct grades_student *s)
{
    char text[768];
    struct note note = {text, sizeof(text), s->note[0] != '\0'};
    const bool unknown = note.n > 0; /* it could not be found there, which has been told */

    snprintf(text, sizeof(text), "%s", s->note);
    add_cells(r, s, &note);
    if (r->asked && !unknown && s->board_shown && s->board_points != s->points)
        add_figure(r, s, &note);
    if (strcmp(text, s->note) != 0)
        s->note = grades_text(r, "%s", text);
}
