/* The handle is what flags, values and solves hang on: it never changes by an import, and never comes to mean
 * somebody else. */
#include "grader/roster/import.h"

#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "grader/roster/past.h"
#include "grader/roster/identities.h"
#include "grader/roster/rows.h"
#include "spec/handle.h"

enum { WHAT_MAX = 1024 };

struct import {
    const char *file;
    const struct class *class;
    const struct import_options *options;
    struct roster before, now;
    struct past past; /* who was on the roster earlier, as far as the list may mean him */
    struct store *store;
    struct identities befores, pasts; /* of the two */
    bool *met;                        /* of each of before: he is in the list */
    const struct student **matches;   /* of each row of now: who he was, NULL for a new one */
    struct problems *problems;
    enum status st; /* of the store; why says which */
    struct err why;
};

const char *import_fate_text(enum import_fate fate)
{
    static const char *const words[] = {"added", "changed", "same", "kept", "dropped"};

    return words[fate];
}

struct taken {
    const struct roster *before;
    const struct past *past;
    void *now; /* a tree of the list's handles, whose texts are borrowed */
};

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void leave(void *text)
{
    (void)text;
}

static bool is_taken(const char *handle, void *context)
{
    const struct taken *taken = context;

    return !handle_valid(handle) || strcmp(handle, "everyone") == 0 || roster_find(taken->before, handle) ||
           past_has(taken->past, handle) || tfind(handle, &taken->now, by_text);
}

static void make_handle(const struct student *s, struct taken *taken, char out[NAME_MAX_LEN + 1])
{
    char base[NAME_MAX_LEN + 1], local[256];

    handle_of_name(s->name, base);
    if (!base[0]) {
        snprintf(local, sizeof(local), "%.*s", (int)strcspn(s->email, "@"), s->email);
        handle_of_name(local, base);
    }
    handle_number(base[0] ? base : "student", is_taken, taken, out);
}

struct meaning {
    const struct identities *nows;
    const struct taken *taken;
};

/* A row has his handle, or he may be recognised in it. */
static bool is_meant(const struct person *person, void *context)
{
    const struct meaning *m = context;

    return tfind(person->handle, &m->taken->now, by_text) ||
           identities_may_be(m->nows, person->email, person->external_id);
}

/* Who was here before is many in the end, and few of them come back. False without memory, or the store. */
static bool look_into_past(struct import *import, const struct roster *now, const struct taken *taken)
{
    struct identities nows;
    struct meaning meaning = {&nows, taken};
    bool ok = identities_open(&nows, now);

    if (ok)
        import->st =
            past_load(&import->past, import->store, &import->before, is_meant, &meaning, &import->why);
    identities_close(&nows);
    return ok && import->st == ST_OK && identities_open(&import->pasts, &import->past.people);
}

static bool note_handles(const struct roster *now, struct taken *taken)
{
    bool ok = true;

    for (size_t i = 0; ok && i < now->n; i++)
        ok = !now->students[i].handle[0] || tsearch(now->students[i].handle, &taken->now, by_text);
    return ok;
}

/* For roster_import: handles where there are none. */
static bool fill_handles(struct roster *now, void *context)
{
    struct import *import = context;
    struct taken taken = {&import->before, &import->past, NULL};
    bool ok = note_handles(now, &taken) && look_into_past(import, now, &taken);

    /* first those who have one already, so that nobody new gets it */
    for (int old = 1; old >= 0; old--)
        for (size_t i = 0; ok && i < now->n; i++) {
            struct student *s = &now->students[i];
            char made[NAME_MAX_LEN + 1];
            const struct student *was = s->handle[0] ? NULL : identities_recognise(&import->befores, s);
            if (!was && !s->handle[0])
                was = identities_recognise(&import->pasts, s);
            if (s->handle[0] || (old && !was))
                continue;
            if (was)
                snprintf(made, sizeof(made), "%s", was->handle);
            else
                make_handle(s, &taken, made);
            s->handle = texts_add(&now->texts, made);
            ok = s->handle && tsearch(s->handle, &taken.now, by_text);
        }
    tdestroy(taken.now, leave);
    return ok;
}

/* Who has left the roster keeps his handle, since his flags and solves are still there. */
static void check_past(struct import *import, const struct student *s)
{
    const struct student *had = roster_find(&import->past.people, s->handle);

    if (had && identities_recognise(&import->pasts, s) != had && strcasecmp(had->name, s->name) != 0)
        problem_add(import->problems, import->file, (struct place){s->line, 1},
                    "handle \"%s\" was %s <%s>, who is off the roster, and %s <%s> would get his solves; "
                    "give another handle, or none",
                    s->handle, had->name, had->email, s->name, s->email);
}

/* Whether a row's handle means whom it meant before. */
static void check_identity(struct import *import, size_t row)
{
    const struct student *s = &import->now.students[row];
    const struct student *was = identities_recognise(&import->befores, s);
    const struct student *had = roster_find(&import->before, s->handle);
    struct place at = {s->line, 1};

    if (was && strcmp(was->handle, s->handle) != 0)
        problem_add(
            import->problems, import->file, at,
            "this is %s of the present roster (the same %s), whose flags and solves are made for that "
            "handle; write %s here, or leave the handle empty",
            was->handle,
            s->external_id[0] && strcmp(was->external_id, s->external_id) == 0 ? "external_id" : "e-mail",
            was->handle);
    else if (!was && had && strcasecmp(had->name, s->name) != 0)
        problem_add(import->problems, import->file, at,
                    "handle \"%s\" is %s <%s> on the present roster, and %s <%s> would get his solves; give "
                    "another handle, or none",
                    s->handle, had->name, had->email, s->name, s->email);
    else if (!was && !had)
        check_past(import, s);
    import->matches[row] = was ? was : had;
    if (import->matches[row])
        import->met[import->matches[row] - import->before.students] = true;
}

static bool has(const struct roster *roster, size_t column)
{
    return roster->columns >> column & 1 || column <= ROSTER_EMAIL;
}

/* The cells that a row shall have: its own, and the old ones where the list has no such column. */
static void merge(const struct import *import, size_t row, char *out[ROSTER_COLUMNS])
{
    const struct student *was = import->matches[row];
    char *old[ROSTER_COLUMNS];

    roster_cells(&import->now, row, out);
    if (!was)
        return;
    roster_cells(&import->before, (size_t)(was - import->before.students), old);
    for (size_t c = 0; c < ROSTER_COLUMNS; c++)
        if (!has(&import->now, c))
            out[c] = old[c];
}

static bool is_kept(const struct import *import, const struct student *was)
{
    return !import->met[was - import->before.students];
}

/* The new file: the list's rows in the order of handles, then who is kept. */
static void compose(const struct import *import, struct buf *out)
{
    unsigned columns = import->now.columns | import->before.columns | 7;
    char *cells[ROSTER_COLUMNS];

    rows_put(out, columns, NULL);
    for (size_t i = 0; i < import->now.n; i++) {
        merge(import, i, cells);
        rows_put(out, columns, cells);
    }
    for (size_t i = 0; i < import->before.n && !import->options->replace; i++)
        if (is_kept(import, &import->before.students[i]))
            rows_put(out, columns, roster_cells(&import->before, i, cells));
}

static enum import_fate compare(const struct import *import, size_t row, struct buf *what)
{
    char *now[ROSTER_COLUMNS], *old[ROSTER_COLUMNS];
    const struct student *was = import->matches[row];

    merge(import, row, now);
    if (!was)
        return IMPORT_ADDED;
    roster_cells(&import->before, (size_t)(was - import->before.students), old);
    for (size_t c = 0; c < ROSTER_COLUMNS; c++)
        if (strcmp(now[c], old[c]) != 0)
            buf_printf(what, "%s%s %s -> %s", what->len ? ", " : "", roster_column(c),
                       old[c][0] ? old[c] : "-", now[c][0] ? now[c] : "-");
    return what->len ? IMPORT_CHANGED : IMPORT_SAME;
}

static void tell_all(const struct import *import, import_told *told, void *context, struct import_sum *sum)
{
    struct buf what;

    buf_init(&what, WHAT_MAX);
    for (size_t i = 0; i < import->now.n; i++) {
        const struct student *s = &import->now.students[i];
        buf_clear(&what);
        enum import_fate fate = compare(import, i, &what);
        sum->n[fate]++;
        told(context, fate, s->handle, s->name, buf_text(&what));
    }
    buf_free(&what);
    enum import_fate gone = import->options->replace ? IMPORT_DROPPED : IMPORT_KEPT;
    for (size_t i = 0; i < import->before.n; i++) {
        const struct student *s = &import->before.students[i];
        if (!is_kept(import, s))
            continue;
        sum->n[gone]++;
        told(context, gone, s->handle, s->name, "");
    }
}

/* The new file is read whole or not at all: who is kept must not stand against who is in the list. False
 * without memory. */
static bool check_kept(struct import *import)
{
    struct identities nows;
    size_t same;
    bool ok = identities_open(&nows, &import->now);

    for (size_t i = 0; ok && i < import->before.n && !import->options->replace; i++) {
        const struct student *kept = &import->before.students[i];
        if (!is_kept(import, kept))
            continue;
        const struct student *const *rows = identities_with_email(&nows, kept->email, &same);
        for (size_t row = 0; row < same; row++)
            problem_add(import->problems, import->file, (struct place){rows[row]->line, 1},
                        "the e-mail <%s> is that of %s, external_id %s, who is not in this list and is "
                        "kept; mend either, or drop who is missing with --replace",
                        rows[row]->email, kept->handle, kept->external_id);
    }
    identities_close(&nows);
    return ok;
}

static enum status write_down(const struct import *import, struct err *err)
{
    struct buf out;

    buf_init(&out, ROSTER_FILE_MAX);
    compose(import, &out);
    enum status st = rows_write(import->class->roster_file, &out, import->file, err);
    buf_free(&out);
    return st;
}

static enum status read_both(struct import *import, struct err *err)
{
    bool there = access(import->class->roster_file, F_OK) == 0;

    if (there)
        roster_load(&import->before, import->class->roster_file, import->problems);
    if (!identities_open(&import->befores, &import->before))
        return err_memory(err);
    if (import->problems->errors == 0)
        roster_import(&import->now, import->file, fill_handles, import, import->problems);
    if (import->st != ST_OK) {
        *err = import->why;
        return import->st;
    }
    import->matches = calloc(import->now.n + 1, sizeof(struct student *));
    import->met = calloc(import->before.n + 1, sizeof(bool));
    if (!import->matches || !import->met)
        return err_memory(err);
    for (size_t i = 0; i < import->now.n && import->problems->errors == 0; i++)
        check_identity(import, i);
    if (import->problems->errors == 0 && !check_kept(import))
        return err_memory(err);
    return problems_err(import->problems, err);
}

enum status roster_take(const struct class *class, struct store *store, const char *file,
                        const struct import_options *options, import_told *told, void *context,
                        struct import_sum *sum, struct problems *problems, struct err *err)
{
    struct import import = {
        .file = file, .class = class, .store = store, .options = options, .problems = problems};

    *sum = (struct import_sum){.n = {0}};
    const char *path = class->roster_file;
    enum status st = options->dry ? ST_OK : file_plain(AT_FDCWD, path, path, err);
    if (st == ST_OK)
        st = read_both(&import, err);
    /* what is only asked while the list is judged */
    identities_close(&import.befores);
    identities_close(&import.pasts);
    past_free(&import.past);
    if (st == ST_OK && !options->dry)
        st = past_keep(store, &import.before, err);
    if (st == ST_OK && !options->dry)
        st = past_keep(store, &import.now, err);
    if (st == ST_OK && !options->dry)
        st = write_down(&import, err);
    if (st == ST_OK)
        tell_all(&import, told, context, sum);
    free(import.matches);
    free(import.met);
    roster_free(&import.before);
    roster_free(&import.now);
    return st;
}
