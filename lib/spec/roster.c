#include "spec/roster.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/shown.h"
#include "base/names.h"
#include "base/str.h"
#include "spec/roster_columns.h"
#include "spec/csv.h"

enum { CELL_MAX = 200, EMAIL_MAX = 128 };

struct roster_reading {
    const char *path;
    struct problems *problems;
    struct roster *roster;
    size_t cap;
    int column_of[CSV_CELLS_MAX]; /* cell number to enum column, FIRST_NAME, LAST_NAME or UNKNOWN */
    size_t n_cells;
    bool foreign; /* another program's list: handles may be missing, columns be called otherwise */
};

static void unknown_column(struct roster_reading *r, const struct csv_cell *cell)
{
    const char *near = names_nearest(cell->text, roster_columns, N_COLUMNS);

    if (strchr(cell->text, ';'))
        problem_add(r->problems, r->path, cell->at,
                    "the cells are separated by \";\"; save the file with commas");
    else if (near)
        problem_add(r->problems, r->path, cell->at, "unknown column \"%.60s\"; did you mean \"%s\"?",
                    cell->text, near);
    else
        problem_add(
            r->problems, r->path, cell->at,
            "unknown column \"%.60s\"; known are handle, name, email, address, team, external_id, section, "
            "role",
            cell->text);
}

static void missing_column(struct roster_reading *r, int column)
{
    if (r->foreign)
        problem_add(r->problems, r->path, (struct place){1, 1},
                    "no column \"%s\"; the first line must name the columns, among them name (or first name "
                    "and last name) and email",
                    roster_columns[column]);
    else
        problem_add(r->problems, r->path, (struct place){1, 1},
                    "column \"%s\" is missing; the first line must name handle, name and email",
                    roster_columns[column]);
}

static void read_header(struct roster_reading *r, const struct csv *csv)
{
    int seen[LAST_NAME + 1];

    memset(seen, -1, sizeof(seen));
    r->n_cells = csv->n_cells;
    for (size_t i = 0; i < csv->n_cells; i++) {
        const char *text = csv->cells[i].text;
        int found = roster_column_named(text, r->foreign);
        r->column_of[i] = found;
        if (found < 0 && r->foreign && !strchr(text, ';'))
            problem_warn(r->problems, r->path, csv->cells[i].at, "column \"%.60s\" is left out", text);
        else if (found < 0)
            unknown_column(r, &csv->cells[i]);
        else if (seen[found] >= 0)
            problem_add(r->problems, r->path, csv->cells[i].at, "column \"%s\" stands twice", text);
        else
            seen[found] = (int)i;
    }
    for (int c = 0; c < N_COLUMNS; c++)
        r->roster->columns |= seen[c] >= 0 ? 1u << c : 0;
    if (seen[FIRST_NAME] >= 0 && seen[LAST_NAME] >= 0) {
        r->roster->columns |= 1u << NAME;
        seen[NAME] = 0;
    }
    for (int c = r->foreign ? NAME : HANDLE; c <= EMAIL; c++)
        if (seen[c] < 0)
            missing_column(r, c);
}

static void read_handle(struct roster_reading *r, struct student *s, struct place at)
{
    ascii_lower(s->handle);
    if (!*s->handle && r->foreign)
        return; /* one is made */
    if (!*s->handle)
        problem_add(r->problems, r->path, at, "handle is empty");
    else if (!handle_valid(s->handle))
        problem_add(r->problems, r->path, at,
                    "handle \"%.60s\": write 1 to %d of a-z, 0-9, _ and -, beginning with a letter or digit",
                    s->handle, NAME_MAX_LEN);
    else if (!strcmp(s->handle, "everyone"))
        problem_add(r->problems, r->path, at,
                    "handle \"everyone\" is reserved for challenges that ask nobody's name");
}

/* Enough to catch a shifted column or a forgotten domain; whether mail arrives is for the scoreboard. */
static bool email_plausible(const char *text)
{
    const char *at = strchr(text, '@');

    if (!at || at == text || strchr(at + 1, '@') || !strchr(at + 1, '.'))
        return false;
    if (at[1] == '.' || text[strlen(text) - 1] == '.' || strstr(at, ".."))
        return false;
    return !strpbrk(text, " \t,;<>\"()");
}

static void read_email(struct roster_reading *r, const struct student *s, struct place at)
{
    if (!*s->email)
        return; /* read_row says whose, once his name is there */
    if (strlen(s->email) > EMAIL_MAX)
        problem_add(r->problems, r->path, at, "email is longer than %d characters", EMAIL_MAX);
    else if (!email_plausible(s->email))
        problem_add(r->problems, r->path, at, "email \"%.60s\" is not an address like name@example.org",
                    s->email);
}

static void read_address(struct roster_reading *r, struct student *s, struct place at)
{
    if (*s->address_text && !roster_read_address(s))
        problem_add(r->problems, r->path, at,
                    "address \"%.60s\" is not an address like 10.10.0.40 or fd00:10::40", s->address_text);
}

static void read_role(struct roster_reading *r, struct student *s, const char *text, struct place at)
{
    s->staff = !strcmp(text, "staff");
    if (*text && !s->staff && strcmp(text, "student") != 0)
        problem_add(r->problems, r->path, at, "role \"%.60s\" is neither student nor staff", text);
}

static void read_cell(struct roster_reading *r, struct student *s, enum column column, const char *text,
                      struct place at)
{
    char **out = roster_student_text(s, column);

    if (strlen(text) > CELL_MAX) {
        problem_add(r->problems, r->path, at, "%s is longer than %d bytes", roster_columns[column], CELL_MAX);
        return;
    }
    for (const char *p = text; *p; p++)
        if (shown_unfit(p)) {
            problem_add(r->problems, r->path, at,
                        "%s holds a line break, or another character that is not shown",
                        roster_columns[column]);
            return;
        }
    if (out) {
        *out = texts_add(&r->roster->texts, text);
        if (!*out) {
            problem_add(r->problems, r->path, at, "out of memory");
            return;
        }
    }
    if (column == HANDLE)
        read_handle(r, s, at);
    else if (column == EMAIL)
        read_email(r, s, at);
    else if (column == ADDRESS)
        read_address(r, s, at);
    else if (column == ROLE)
        read_role(r, s, text, at);
    else if (column == NAME && !*text)
        problem_add(r->problems, r->path, at, "name is empty");
}

/* "First name" and "Last name" of a row as one name. */
static void read_names(struct roster_reading *r, struct student *s, const struct csv *csv)
{
    const struct csv_cell *first = NULL, *last = NULL;
    char name[2 * CELL_MAX + 2];

    for (size_t i = 0; i < csv->n_cells; i++) {
        first = r->column_of[i] == FIRST_NAME ? &csv->cells[i] : first;
        last = r->column_of[i] == LAST_NAME ? &csv->cells[i] : last;
    }
    if (!first || !last || s->name)
        return;
    snprintf(name, sizeof(name), "%.*s%s%.*s", CELL_MAX, first->text, *first->text && *last->text ? " " : "",
             CELL_MAX, last->text);
    read_cell(r, s, NAME, name, first->at);
}

static void fill_blanks(struct roster_reading *r, struct student *s)
{
    for (int c = 0; c < N_COLUMNS; c++) {
        char **text = roster_student_text(s, (enum column)c);
        if (text && !*text)
            *text = texts_add(&r->roster->texts, "");
    }
}

static struct student *add_row(struct roster_reading *r, int line)
{
    struct roster *roster = r->roster;

    if (!array_room(&roster->students, roster->n, &r->cap, sizeof(*roster->students))) {
        problem_add(r->problems, r->path, (struct place){line, 1}, "out of memory");
        return NULL;
    }
    struct student *s = &roster->students[roster->n++];
    *s = (struct student){.line = line};
    return s;
}

static void read_row(struct roster_reading *r, const struct csv *csv)
{
    struct student *s = add_row(r, csv->cells[0].at.line);

    if (!s)
        return;
    if (csv->n_cells != r->n_cells)
        problem_add(r->problems, r->path, csv->cells[0].at, "%zu cells, but the first line has %zu",
                    csv->n_cells, r->n_cells);
    else
        for (size_t i = 0; i < csv->n_cells; i++)
            if (r->column_of[i] >= 0 && r->column_of[i] < N_COLUMNS)
                read_cell(r, s, (enum column)r->column_of[i], csv->cells[i].text, csv->cells[i].at);
    if (csv->n_cells == r->n_cells)
        read_names(r, s, csv);
    fill_blanks(r, s);
    for (size_t i = 0; csv->n_cells == r->n_cells && i < csv->n_cells; i++)
        if (r->column_of[i] == EMAIL && !*csv->cells[i].text)
            problem_add(r->problems, r->path, csv->cells[i].at, "email of %s is empty",
                        s->name && *s->name       ? s->name
                        : s->handle && *s->handle ? s->handle
                                                  : "this student");
}

/* E-mail addresses are compared without case, as CTFd does. */
static int by_email(const void *a, const void *b)
{
    const struct student *x = *(const struct student *const *)a, *y = *(const struct student *const *)b;
    int order = strcasecmp(x->email, y->email);

    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int by_handle(const void *a, const void *b)
{
    const struct student *x = *(const struct student *const *)a, *y = *(const struct student *const *)b;
    int order = strcmp(x->handle, y->handle);

    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int by_external_id(const void *a, const void *b)
{
    const struct student *x = *(const struct student *const *)a, *y = *(const struct student *const *)b;
    int order = strcasecmp(x->external_id, y->external_id);

    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void find_doubles(struct roster_reading *r, enum column column,
                         int (*order)(const void *, const void *))
{
    size_t n = r->roster->n;
    struct student **rows = calloc(n ? n : 1, sizeof(*rows));

    if (!rows) {
        problem_add(r->problems, r->path, (struct place){0}, "out of memory");
        return;
    }
    for (size_t i = 0; i < n; i++)
        rows[i] = &r->roster->students[i];
    qsort(rows, n, sizeof(*rows), order);
    for (size_t i = 1, first = 0; i < n; i++) {
        const char *a = *roster_student_text(rows[first], column), *b = *roster_student_text(rows[i], column);
        if (!a || !b || !*b || strcasecmp(a, b) != 0)
            first = i;
        else
            problem_add(r->problems, r->path, (struct place){rows[i]->line, 1},
                        "%s \"%.60s\" stands in line %d already", roster_columns[column], b,
                        rows[first]->line);
    }
    free(rows);
}

static void read_rows(struct roster_reading *r, struct csv *csv)
{
    if (csv_next(csv)) {
        read_header(r, csv);
        while (csv_next(csv))
            read_row(r, csv);
        if (!r->roster->n && !csv->fault)
            problem_warn(r->problems, r->path, (struct place){1, 1}, "nobody is in this roster");
    } else if (!csv->fault) {
        problem_add(r->problems, r->path, (struct place){1, 1},
                    "the file is empty; its first line must name %sname and email",
                    r->foreign ? "" : "handle, ");
    }
    if (csv->fault)
        problem_add(r->problems, r->path, csv->fault_at, "%s", csv->fault);
}

static int students_by_handle(const void *a, const void *b)
{
    const struct student *x = a, *y = b;
    int order = strcmp(x->handle, y->handle);

    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* Look-ups are made for every packet: both are binary searches. */
static bool make_indexes(struct roster *roster)
{
    if (roster->n)
        qsort(roster->students, roster->n, sizeof(*roster->students), students_by_handle);
    return roster_make_places(roster);
}

static bool read_bytes(struct roster_reading *r, struct buf *source, bool (*finish)(struct roster *, void *),
                       void *context)
{
    size_t before = r->problems->errors;
    struct csv csv;

    *r->roster = (struct roster){0};
    if (csv_check(r->path, source, r->problems)) {
        csv_open(&csv, source->data ? source->data : (char[]){""}, source->len);
        read_rows(r, &csv);
        if (finish && !finish(r->roster, context))
            problem_add(r->problems, r->path, (struct place){0}, "out of memory");
        /* an import goes by it, and would take the two for one */
        if (r->foreign)
            find_doubles(r, EXTERNAL_ID, by_external_id);
        find_doubles(r, HANDLE, by_handle);
        find_doubles(r, EMAIL, by_email);
    }
    if (!make_indexes(r->roster))
        problem_add(r->problems, r->path, (struct place){0}, "out of memory");
    return r->problems->errors == before;
}

static bool read_file(struct roster_reading *r, bool (*finish)(struct roster *, void *), void *context)
{
    struct buf source;
    struct err err;
    bool ok = false;

    *r->roster = (struct roster){0};
    buf_init(&source, ROSTER_FILE_MAX);
    if (file_read(r->path, &source, &err) == ST_OK)
        ok = read_bytes(r, &source, finish, context);
    else if (!r->foreign && access(r->path, F_OK) && errno == ENOENT) {
        problem_add(r->problems, r->path, (struct place){0},
                    "No such file; `wiregrade roster import LIST` makes it");
    } else {
        size_t skip = strncmp(err.text, r->path, strlen(r->path)) ? 0 : strlen(r->path) + 2;
        problem_add(r->problems, r->path, (struct place){0}, "%s", err.text + skip);
    }
    buf_free(&source);
    return ok;
}

bool roster_load(struct roster *out, const char *path, struct problems *problems)
{
    struct roster_reading r = {.path = path, .problems = problems, .roster = out};

    return read_file(&r, NULL, NULL);
}

bool roster_parse(struct roster *out, const char *path, struct buf *bytes, struct problems *problems)
{
    struct roster_reading r = {.path = path, .problems = problems, .roster = out};

    return read_bytes(&r, bytes, NULL, NULL);
}

bool roster_import(struct roster *out, const char *path, bool (*finish)(struct roster *roster, void *context),
                   void *context, struct problems *problems)
{
    struct roster_reading r = {.path = path, .problems = problems, .roster = out, .foreign = true};

    return read_file(&r, finish, context);
}

const char *roster_nearest(const struct roster *roster, const char *handle)
{
    const char **names = calloc(roster->n + 1, sizeof(*names));
    const char *near = NULL;

    for (size_t i = 0; names && i < roster->n; i++)
        names[i] = roster->students[i].handle;
    if (names)
        near = names_nearest(handle, names, roster->n);
    free(names);
    return near;
}

void roster_free(struct roster *roster)
{
    texts_free(&roster->texts);
    free(roster->students);
    free(roster->places);
    *roster = (struct roster){0};
}

static int compare_handle(const void *key, const void *row)
{
    return strcasecmp(key, ((const struct student *)row)->handle);
}

const struct student *roster_find(const struct roster *roster, const char *handle)
{
    if (!roster->n || !*handle)
        return NULL;
    return bsearch(handle, roster->students, roster->n, sizeof(*roster->students), compare_handle);
}
