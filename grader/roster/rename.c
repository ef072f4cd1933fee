/* First the store, then the file: cut between them, the same command goes on. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/names.h"
#include "base/str.h"
#include "grader/roster/past.h"
#include "grader/roster/rows.h"
#include "grader/store/person.h"

static bool has_handle(const struct person *person, void *handle)
{
    return strcmp(person->handle, handle) == 0;
}

/* A handle that meant somebody else once stays his: solves and flags in drawers hang on it. */
static enum status check_new(const struct roster *roster, struct store *store, const struct student *s,
                             const char *to, struct err *err)
{
    struct past past;
    char handle[NAME_MAX_LEN + 1] = "";

    if (!handle_valid(to) || strcmp(to, "everyone") == 0)
        return err_set(err, ST_INPUT, "\"%.40s\" is no handle: 1 to %d of a-z, 0-9, - and _", to,
                       NAME_MAX_LEN);
    if (roster_find(roster, to))
        return err_set(err, ST_INPUT, "%s is %s already", to,
                       roster_find(roster, to) == s ? "his handle" : "another student's handle");
    str_copy(handle, sizeof(handle), to);
    enum status st = past_load(&past, store, roster, has_handle, handle, err);
    const struct student *had = st == ST_OK ? roster_find(&past.people, to) : NULL;
    if (had && strcasecmp(had->email, s->email) != 0)
        st = err_set(err, ST_INPUT, "%s was %s <%s>, who is off the roster; take another handle", to,
                     had->name, had->email);
    past_free(&past);
    return st;
}

static enum status write_file(const char *path, const struct roster *roster, const struct student *s,
                              const char *to, struct err *err)
{
    char *cells[ROSTER_COLUMNS];
    struct buf out;

    buf_init(&out, ROSTER_FILE_MAX);
    rows_put(&out, roster->columns | 7, NULL);
    for (size_t i = 0; i < roster->n; i++) {
        char handle[NAME_MAX_LEN + 1];
        roster_cells(roster, i, cells);
        str_copy(handle, sizeof(handle), to);
        if (&roster->students[i] == s)
            cells[0] = handle;
        rows_put(&out, roster->columns | 7, cells);
    }
    enum status st = rows_write(path, &out, path, err);
    buf_free(&out);
    return st;
}

enum status roster_rename(const char *path, const struct roster *roster, struct store *store,
                          const char *from, const char *to, bool reissue, struct err *err)
{
    const struct student *s = roster_find(roster, from);
    bool given = false;

    const char *near = s ? NULL : roster_nearest(roster, from);
    if (!s)
        return err_set(err, ST_INPUT, "%s is not on the roster%s%s%s", from, near ? "; did you mean " : "",
                       near ? near : "", near ? "?" : "");
    enum status st = check_new(roster, store, s, to, err);
    if (st == ST_OK)
        st = past_keep(store, roster, err);
    if (st == ST_OK)
        st = store_person_given(store, s->handle, &given, err);
    if (st == ST_OK && given && !reissue)
        return err_set(
            err, ST_NO,
            "%s was given flags, which are made for that handle and earn nothing under another; with "
            "--reissue his solves come along, and what he has not handed in he must solve anew",
            s->handle);
    if (st == ST_OK)
        st = store_person_rename(store, s->handle, to, err);
    return st == ST_OK ? write_file(path, roster, s, to, err) : st;
}
