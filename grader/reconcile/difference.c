#include <stdarg.h>
#include <stdio.h>

#include "base/shown.h"
#include "base/array.h"
#include "grader/reconcile/compare.h"

static const char *const words[] = {
    [DIFFERENCE_MISSING] = "missing", [DIFFERENCE_NUMBER] = "number", [DIFFERENCE_UNKNOWN] = "unknown",
    [DIFFERENCE_TEAM] = "team",       [DIFFERENCE_STRAY] = "stray",   [DIFFERENCE_CHALLENGE] = "challenge",
    [DIFFERENCE_VOID] = "void",       [DIFFERENCE_USER] = "user",     [DIFFERENCE_POISON] = "poison",
};

const char *difference_text(enum difference_kind kind)
{
    return words[kind];
}

struct difference *reconcile_differ(struct reconcile *r, enum difference_kind kind, const struct solve *solve,
                                    const char *fmt, ...)
{
    va_list args;

    if (!array_room(&r->found, r->n_found, &r->found_room, sizeof(*r->found))) {
        r->no_memory = true;
        return NULL;
    }
    struct difference *d = &r->found[r->n_found++];
    *d = (struct difference){.kind = kind, .solve = solve->id};
    snprintf(d->student, sizeof(d->student), "%s", solve->student);
    snprintf(d->slug, sizeof(d->slug), "%s", solve->slug);
    va_start(args, fmt);
    vsnprintf(d->text, sizeof(d->text), fmt, args);
    va_end(args);
    shown_plain(d->text); /* names of the scoreboard's users are in it */
    return d;
}
