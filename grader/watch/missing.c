#include "grader/watch/missing.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "grader/store/solve.h"

static int by_number(const void *a, const void *b)
{
    const struct pass_there *x = a, *y = b;

    return (x->submission > y->submission) - (x->submission < y->submission);
}

void missing_note(struct pass *pass, const struct board_row *row)
{
    if (!pass->full || row->type != BOARD_CORRECT)
        return;
    if (!array_room(&pass->there, pass->n_there, &pass->there_room, sizeof(*pass->there)))
        pass->more = true;
    else
        pass->there[pass->n_there++] = (struct pass_there){row->id, row->challenge};
}

struct counting {
    struct pass *pass;
    bool *posted; /* one for each challenge of the course: a solve of it was posted */
    size_t n;
};

static const struct challenge *challenge_of(const struct pass *pass, const struct solve *s)
{
    return s->state == SOLVE_POSTED && s->submission ? course_find(pass->session.resolver.course, s->slug)
                                                     : NULL;
}

static bool mark(const struct solve *s, void *context)
{
    struct counting *counting = context;
    const struct challenge *challenge = challenge_of(counting->pass, s);

    if (challenge)
        counting->posted[challenge - counting->pass->session.resolver.course->challenges] = true;
    return true;
}

/* The watch reads the numbers of what comes over the wire alone; a question's solve can be posted as well. */
static enum status numbers(struct counting *counting, struct err *err)
{
    struct resolver *resolver = &counting->pass->session.resolver;
    enum status st = store_each(counting->pass->store, mark, counting, err);

    for (size_t i = 0; st == ST_OK && i < resolver->course->n_challenges; i++) {
        struct board_challenge there;
        enum board_result result;
        if (!counting->posted[i] || resolver->challenges[i].id)
            continue;
        st = resolve_challenge(resolver, &resolver->course->challenges[i], &there, &result, err);
        if (st == ST_OK && result != BOARD_NONE && result != BOARD_MANY)
            st = pass_answered(counting->pass, result, err);
    }
    return st;
}

/* A number is given again: on SQLite at once, and after a reset of the scoreboard every one is. */
static bool count(const struct solve *s, void *context)
{
    struct counting *counting = context;
    const struct resolver *resolver = &counting->pass->session.resolver;
    const struct challenge *challenge = challenge_of(counting->pass, s);
    const struct pass_there key = {s->submission, 0}, *row = NULL;

    if (!challenge)
        return true;
    if (counting->pass->n_there)
        row = bsearch(&key, counting->pass->there, counting->pass->n_there, sizeof(key), by_number);
    counting->n +=
        !row || row->challenge != resolver->challenges[challenge - resolver->course->challenges].id;
    return true;
}

enum status missing_count(struct pass *pass, size_t *out, struct err *err)
{
    struct counting counting = {.pass = pass};

    if (pass->more)
        return ST_OK;
    counting.posted = calloc(pass->session.resolver.course->n_challenges + 1, sizeof(*counting.posted));
    if (!counting.posted)
        return err_memory(err);
    if (pass->n_there)
        qsort(pass->there, pass->n_there, sizeof(*pass->there), by_number);
    enum status st = numbers(&counting, err);
    if (st == ST_OK)
        st = store_each(pass->store, count, &counting, err);
    *out = counting.n;
    free(counting.posted);
    return st;
}

void missing_done(struct pass *pass)
{
    free(pass->there);
}
