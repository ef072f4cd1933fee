#include "spec/roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/names.h"
#include "base/str.h"
#include "spec/csv.h"

enum { ROSTER_FILE_MAX = 4 * 1024 * 1024, ROSTER_ROWS_MAX = 20000, CELL_MAX = 200, EMAIL_MAX = 128 };

enum column { HANDLE, NAME, EMAIL, ADDRESS, TEAM, EXTERNAL_ID, SECTION, ROLE, N_COLUMNS };

/* ADD A COLUMN OF roster.csv HERE, and its place in struct student to student_text */
static const char *const columns[N_COLUMNS] = {
    [HANDLE] = "handle", [NAME] = "name",       [EMAIL] = "email", [ADDRESS] = "address",
    [TEAM] = "team",     [SECTION] = "section", [ROLE] = "role",   [EXTERNAL_ID] = "external_id"};

struct reading {
    const char *path;
    struct problems *problems;
    struct roster *roster;
    size_t cap;
    int column_of[CSV_CELLS_MAX]; /* cell number to enum column, -1 unknown */
    size_t n_cells;
};

static void unknown_column(struct reading *r, const struct csv_cell *cell)
{
    const char *near = name_nearest(cell->text, columns, N_COLUMNS);

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

static void read_header(struct reading *r, const struct csv *csv)
{
    int seen[N_COLUMNS];

    memset(seen, -1, sizeof(seen));
    r->n_cells = csv->n_cells;
    for (size_t i = 0; i < csv->n_cells; i++) {
        const char *text = csv->cells[i].text;
        int found = -1;
        for (int c = 0; c < N_COLUMNS; c++)
            if (!strcmp(columns[c], text))
                found = c;
        r->column_of[i] = found;
        if (found < 0) {
            unknown_column(r, &csv->cells[i]);
        } else if (seen[found] >= 0) {
            problem_add(r->problems, r->path, csv->cells[i].at, "column \"%s\" stands twice", text);
        } else {
            seen[found] = (int)i;
        }
    }
    for (int c = HANDLE; c <= EMAIL; c++)
        if (seen[c] < 0)
            problem_add(r->problems, r->path, (struct place){1, 1},
                        "column \"%s\" is missing; the first line must name handle, name and email",
                        columns[c]);
}

static void read_handle(struct reading *r, struct student *s, struct place at)
{
    ascii_lower(s->handle);
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

static void read_email(struct reading *r, const struct student *s, struct place at)
{
    if (!*s->email)
        problem_add(r->problems, r->path, at, "email is empty");
    else if (strlen(s->email) > EMAIL_MAX)
        problem_add(r->problems, r->path, at, "email is longer than %d characters", EMAIL_MAX);
    else if (!email_plausible(s->email))
        problem_add(r->problems, r->path, at, "email \"%.60s\" is not an address like name@example.org",
                    s->email);
}

static void read_address(struct reading *r, struct student *s, struct place at)
{
    if (!*s->address_text)
        return;
    if (!parse_ipv4(s->address_text, &s->address) || !s->address) {
        s->address = 0;
        problem_add(r->problems, r->path, at, "address \"%.60s\" is not an IPv4 address like 10.10.0.40",
                    s->address_text);
    }
}

static void read_role(struct reading *r, struct student *s, const char *text, struct place at)
{
    s->staff = !strcmp(text, "staff");
    if (*text && !s->staff && strcmp(text, "student") != 0)
        problem_add(r->problems, r->path, at, "role \"%.60s\" is neither student nor staff", text);
}

static char **student_text(struct student *s, enum column column)
{
    switch (column) {
    case HANDLE:
        return &s->handle;
    case NAME:
        return &s->name;
    case EMAIL:
        return &s->email;
    case ADDRESS:
        return &s->address_text;
    case TEAM:
        return &s->team;
    case EXTERNAL_ID:
        return &s->external_id;
    case SECTION:
        return &s->section;
    case ROLE:
    case N_COLUMNS:
        break;
    }
    return NULL;
}

static void read_cell(struct reading *r, struct student *s, enum column column, const char *text,
                      struct place at)
{
    char **out = student_text(s, column);

    if (strlen(text) > CELL_MAX) {
        problem_add(r->problems, r->path, at, "%s is longer than %d bytes", columns[column], CELL_MAX);
        return;
    }
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            problem_add(r->problems, r->path, at, "%s holds a line break or another control character",
                        columns[column]);
            return;
        }
    if (out) {
        free(*out);
        *out = strdup(text);
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

static void fill_blanks(struct reading *r, struct student *s)
{
    for (int c = 0; c < N_COLUMNS; c++) {
        char **text = student_text(s, (enum column)c);
        if (text && !*text && !(*text = strdup("")))
            problem_add(r->problems, r->path, (struct place){s->line, 1}, "out of memory");
    }
}

static struct student *add_row(struct reading *r, int line)
{
    struct roster *roster = r->roster;

    if (roster->n == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 64;
        struct student *grown = realloc(roster->students, cap * sizeof(*grown));
        if (!grown) {
            problem_add(r->problems, r->path, (struct place){line, 1}, "out of memory");
            return NULL;
        }
        roster->students = grown;
        r->cap = cap;
    }
    struct student *s = &roster->students[roster->n++];
    *s = (struct student){.line = line};
    return s;
}

static void read_row(struct reading *r, const struct csv *csv)
{
    struct student *s = add_row(r, csv->cells[0].at.line);

    if (!s)
        return;
    if (csv->n_cells != r->n_cells)
        problem_add(r->problems, r->path, csv->cells[0].at, "%zu cells, but the first line has %zu",
                    csv->n_cells, r->n_cells);
    else
        for (size_t i = 0; i < csv->n_cells; i++)
            if (r->column_of[i] >= 0)
                read_cell(r, s, (enum column)r->column_of[i], csv->cells[i].text, csv->cells[i].at);
    fill_blanks(r, s);
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

static void find_doubles(struct reading *r, enum column column, int (*order)(const void *, const void *))
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
        const char *a = *student_text(rows[first], column), *b = *student_text(rows[i], column);
        if (!a || !b || !*b || strcasecmp(a, b) != 0)
            first = i;
        else
            problem_add(r->problems, r->path, (struct place){rows[i]->line, 1},
                        "%s \"%.60s\" stands in line %d already", columns[column], b, rows[first]->line);
    }
    free(rows);
}

static bool check_utf8(const char *path, const struct buf *source, struct problems *problems)
{
    const char *text = buf_text(source), *end = text + source->len;

    for (int line = 1; text < end; line++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        stop = stop ? stop : end;
        if (!utf8_valid(text, (size_t)(stop - text)) || memchr(text, '\0', (size_t)(stop - text))) {
            problem_add(problems, path, (struct place){line, 1},
                        "this line is not UTF-8; save the file as \"CSV UTF-8\"");
            return false;
        }
        text = stop + (stop < end);
    }
    return true;
}

static void read_rows(struct reading *r, struct csv *csv)
{
    if (csv_next(csv)) {
        read_header(r, csv);
        while (csv_next(csv)) {
            if (r->roster->n == ROSTER_ROWS_MAX) {
                problem_add(r->problems, r->path, csv->cells[0].at, "more than %d rows", ROSTER_ROWS_MAX);
                break;
            }
            read_row(r, csv);
        }
        if (!r->roster->n && !csv->fault)
            problem_warn(r->problems, r->path, (struct place){1, 1}, "nobody is in this roster");
    } else if (!csv->fault) {
        problem_add(r->problems, r->path, (struct place){1, 1},
                    "the file is empty; its first line must name handle, name and email");
    }
    if (csv->fault)
        problem_add(r->problems, r->path, csv->fault_at, "%s", csv->fault);
}

static int by_address(const void *a, const void *b)
{
    const struct student *x = *(const struct student *const *)a, *y = *(const struct student *const *)b;

    return (x->address > y->address) - (x->address < y->address);
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
    roster->by_address = calloc(roster->n ? roster->n : 1, sizeof(*roster->by_address));
    if (!roster->by_address)
        return false;
    for (size_t i = 0; i < roster->n; i++)
        if (roster->students[i].address)
            roster->by_address[roster->n_addresses++] = &roster->students[i];
    qsort(roster->by_address, roster->n_addresses, sizeof(*roster->by_address), by_address);
    return true;
}

/* After a failed allocation, which is a problem already, some texts are NULL: nothing could compare them. */
static void drop_holes(struct roster *roster)
{
    for (size_t i = 0; i < roster->n; i++)
        for (int c = 0; c < N_COLUMNS; c++) {
            char **text = student_text(&roster->students[i], (enum column)c);
            if (text && !*text) {
                roster_free(roster);
                return;
            }
        }
}

bool roster_load(struct roster *out, const char *path, struct problems *problems)
{
    size_t before = problems->errors;
    struct reading r = {.path = path, .problems = problems, .roster = out};
    struct buf source;
    struct csv csv;
    struct err err;

    *out = (struct roster){0};
    buf_init(&source, ROSTER_FILE_MAX);
    if (file_read(path, &source, &err) != ST_OK) {
        size_t skip = strncmp(err.text, path, strlen(path)) ? 0 : strlen(path) + 2;
        problem_add(problems, path, (struct place){0}, "%s", err.text + skip);
    } else if (check_utf8(path, &source, problems)) {
        csv_open(&csv, source.data ? source.data : (char[]){""}, source.len);
        read_rows(&r, &csv);
        drop_holes(out);
        find_doubles(&r, HANDLE, by_handle);
        find_doubles(&r, EMAIL, by_email);
    }
    buf_free(&source);
    if (!make_indexes(out))
        problem_add(problems, path, (struct place){0}, "out of memory");
    return problems->errors == before;
}

void roster_free(struct roster *roster)
{
    for (size_t i = 0; i < roster->n; i++)
        for (int c = 0; c < N_COLUMNS; c++) {
            char **text = student_text(&roster->students[i], (enum column)c);
            if (text)
                free(*text);
        }
    free(roster->students);
    free(roster->by_address);
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

static int compare_address(const void *key, const void *row)
{
    uint32_t want = *(const uint32_t *)key, got = (*(const struct student *const *)row)->address;

    return (want > got) - (want < got);
}

const struct student *roster_find_address(const struct roster *roster, uint32_t address)
{
    size_t n = roster->n_addresses;
    struct student **rows = roster->by_address, **found;

    if (!n || !address)
        return NULL;
    found = bsearch(&address, rows, n, sizeof(*rows), compare_address);
    if (!found || (found > rows && found[-1]->address == address) ||
        (found + 1 < rows + n && found[1]->address == address))
        return NULL;
    return *found;
}
