#include "spec/problem.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/shown.h"

static bool has_room(struct problems *problems)
{
    return problems->n < PROBLEMS_MAX &&
           array_room(&problems->items, problems->n, &problems->cap, sizeof(*problems->items));
}

/* Makes room for an error, which stops people, where only warnings are kept. */
static bool drop_warning(struct problems *problems)
{
    for (size_t i = problems->n; i-- > 0;)
        if (problems->items[i].warning) {
            free(problems->items[i].file);
            free(problems->items[i].text);
            memmove(&problems->items[i], &problems->items[i + 1],
                    (--problems->n - i) * sizeof(problems->items[0]));
            problems->dropped++;
            return true;
        }
    return false;
}

__attribute__((format(printf, 5, 0))) static void
add(struct problems *problems, const char *file, struct place at, bool warning, const char *fmt, va_list args)
{
    struct problem p = {.file = NULL, .at = at, .text = NULL, .warning = warning};

    if (warning)
        problems->warnings++;
    else
        problems->errors++;
    if (has_room(problems) || (!warning && drop_warning(problems))) {
        p.file = strdup(file ? file : "");
        if (vasprintf(&p.text, fmt, args) < 0)
            p.text = NULL;
    }
    if (!p.file || !p.text) {
        problems->dropped++;
        free(p.file);
        free(p.text);
        return;
    }
    shown_plain(p.text); /* it quotes files of other people */
    problems->items[problems->n++] = p;
}

void problem_add(struct problems *problems, const char *file, struct place at, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add(problems, file, at, false, fmt, args);
    va_end(args);
}

void problem_warn(struct problems *problems, const char *file, struct place at, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add(problems, file, at, true, fmt, args);
    va_end(args);
}

void problem_unreadable(struct problems *problems, const char *file, const char *why)
{
    size_t before = problems->n;

    problem_add(problems, file, (struct place){0}, "%s", why);
    if (problems->n > before)
        problems->items[before].unreadable = true;
}

static int by_place(const void *a, const void *b)
{
    const struct problem *x = *(const struct problem *const *)a, *y = *(const struct problem *const *)b;
    int order = strcmp(x->file, y->file);

    if (order)
        return order;
    if (x->at.line != y->at.line)
        return x->at.line < y->at.line ? -1 : 1;
    if (x->at.column != y->at.column)
        return x->at.column < y->at.column ? -1 : 1;
    return x < y ? -1 : x > y; /* both in one array: the order they were found in */
}

static void sorted(const struct problems *problems, const struct problem *out[PROBLEMS_MAX])
{
    for (size_t i = 0; i < problems->n; i++)
        out[i] = &problems->items[i];
    qsort(out, problems->n, sizeof(out[0]), by_place);
}

static void print(const struct problems *problems, bool errors, FILE *out)
{
    const struct problem *rows[PROBLEMS_MAX];

    sorted(problems, rows);
    for (size_t i = 0; i < problems->n; i++) {
        const struct problem *p = rows[i];
        const char *word = p->warning ? "warning" : "error";
        if (!p->warning && !errors)
            continue;
        if (p->at.line)
            fprintf(out, "%s:%d:%d: %s: %s\n", p->file, p->at.line, p->at.column, word, p->text);
        else
            fprintf(out, "%s: %s: %s\n", p->file, word, p->text);
    }
    if (problems->dropped)
        fprintf(out, "and %zu more\n", problems->dropped);
}

void problems_print(const struct problems *problems, FILE *out)
{
    print(problems, true, out);
}

void problems_print_warnings(const struct problems *problems, FILE *out)
{
    print(problems, false, out);
}

enum status problems_err(const struct problems *problems, struct err *err)
{
    const struct problem *rows[PROBLEMS_MAX], *first = NULL;

    if (!problems->errors)
        return ST_OK;
    sorted(problems, rows);
    for (size_t i = 0; i < problems->n && !first; i++)
        if (!rows[i]->warning)
            first = rows[i];
    if (!first) /* out of memory, or all room taken by warnings */
        return err_set(err, ST_INPUT, "%zu errors, none of which could be kept", problems->errors);
    enum status st = err_set(err, ST_INPUT, "%s", first->text);
    if (!err)
        return st;
    if (first->at.line)
        err_prefix(err, "%s:%d:%d", first->file, first->at.line, first->at.column);
    else
        err_prefix(err, "%s", first->file);
    size_t len = strlen(err->text);
    if (problems->errors > 1)
        snprintf(err->text + len, sizeof(err->text) - len, " (and %zu more %s)", problems->errors - 1,
                 problems->errors == 2 ? "error" : "errors");
    return st;
}

void problems_strict(struct problems *problems)
{
    for (size_t i = 0; i < problems->n; i++)
        problems->items[i].warning = false;
    problems->errors += problems->warnings;
    problems->warnings = 0;
}

void problems_free(struct problems *problems)
{
    for (size_t i = 0; i < problems->n; i++) {
        free(problems->items[i].file);
        free(problems->items[i].text);
    }
    free(problems->items);
    *problems = (struct problems){0};
}
