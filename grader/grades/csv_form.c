/* CSV as RFC 4180 writes it. A cell that a spreadsheet would take for a formula is quoted with an apostrophe.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "grader/grades/form.h"

struct row {
    struct buf *out;
    bool comma;
};

/* What a spreadsheet may begin a formula with: after blanks too, which it may drop, and in the other forms
 * that NFKC (Unicode, UAX #15) folds into = + - @: full width, small, raised and lowered. */
static bool is_formula(const char *text)
{
    static const char *const blanks[] = {" ",        "\n",           "\v",           "\f",
                                         "\xc2\xa0", "\xe3\x80\x80", "\xef\xbb\xbf", "\xe2\x80\x8b"};
    static const char *const signs[] = {"=",
                                        "+",
                                        "-",
                                        "@",
                                        "\t",
                                        "\r",
                                        "\xef\xbc\x9d",
                                        "\xef\xbc\x8b",
                                        "\xef\xbc\x8d",
                                        "\xef\xbc\xa0",
                                        "\xef\xb9\xa6",
                                        "\xef\xb9\xa2",
                                        "\xef\xb9\xa3",
                                        "\xef\xb9\xab",
                                        "\xe2\x81\xba",
                                        "\xe2\x81\xbb",
                                        "\xe2\x81\xbc",
                                        "\xe2\x82\x8a",
                                        "\xe2\x82\x8b",
                                        "\xe2\x82\x8c"};

    for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]);) {
        bool blank = strncmp(text, blanks[i], strlen(blanks[i])) == 0;
        text += blank ? strlen(blanks[i]) : 0;
        i = blank ? 0 : i + 1;
    }
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
        if (strncmp(text, signs[i], strlen(signs[i])) == 0)
            return true;
    return false;
}

static void put(struct row *row, const char *text)
{
    bool formula = is_formula(text);

    buf_puts(row->out, row->comma ? ",\"" : "\"");
    row->comma = true;
    if (formula)
        buf_puts(row->out, "'");
    for (; *text; text++)
        buf_printf(row->out, *text == '"' ? "\"\"" : "%c", *text);
    buf_puts(row->out, "\"");
}

/* Numbers are ours, and may be below 0. */
static void put_number(struct row *row, int64_t n)
{
    buf_printf(row->out, "%s%" PRId64, row->comma ? "," : "", n);
    row->comma = true;
}

static void end(struct row *row)
{
    buf_puts(row->out, "\r\n");
    row->comma = false;
}

static void put_time(struct row *row, int64_t us)
{
    char text[CLOCK_TEXT_SIZE];

    put(row, us ? clock_text(us, text) : "");
}

static const char *of(const struct grades_student *s, const char *text)
{
    return s->roster && text ? text : "";
}

static void put_student(const struct grades *r, const struct grades_student *s, void *context)
{
    struct row row = {.out = context};
    const struct student *p = s->roster;
    int64_t attempts = 0;
    char board[32];

    if (s->staff)
        return;
    put(&row, s->handle);
    put(&row, of(s, p ? p->name : NULL));
    put(&row, of(s, p ? p->email : NULL));
    put(&row, of(s, p ? p->external_id : NULL));
    put(&row, of(s, p ? p->section : NULL));
    put(&row, of(s, p ? p->team : NULL));
    for (size_t i = 0; i < r->n_challenges; i++) {
        put_number(&row, grades_counts(&s->cells[i]) ? r->challenges[i].value : 0);
        attempts += s->cells[i].n_pass + s->cells[i].n_near;
    }
    put_number(&row, s->points);
    put(&row, s->passed ? "yes" : "no");
    put_time(&row, s->first_us);
    put_time(&row, s->last_us);
    put_number(&row, attempts);
    put_number(&row, s->awards);
    snprintf(board, sizeof(board), "%" PRId64, s->board_points);
    put(&row, s->board_shown ? board : "");
    put(&row, r->asked ? s->note : "without the scoreboard");
    end(&row);
}

void grades_csv(struct grades *r, struct buf *out)
{
    static const char *const heads[] = {"handle", "name", "email", "external_id", "section", "team"},
                             *const tails[] = {"total",    "passed", "first_solve", "last_solve",
                                               "attempts", "awards", "scoreboard",  "note"};
    struct row row = {.out = out};

    for (size_t i = 0; i < 6; i++)
        put(&row, heads[i]);
    for (size_t i = 0; i < r->n_challenges; i++)
        put(&row, r->challenges[i].challenge->slug);
    for (size_t i = 0; i < 8; i++)
        put(&row, tails[i]);
    end(&row);
    grades_each(r, put_student, out);
}

static void put_moodle(const struct grades *r, const struct grades_student *s, void *context)
{
    struct row row = {.out = context};

    (void)r;
    if (s->staff)
        return;
    put(&row, of(s, s->roster ? s->roster->external_id : NULL));
    put(&row, of(s, s->roster ? s->roster->email : NULL));
    put_number(&row, s->points);
    end(&row);
}

/* Grades > Import > CSV file: the student by idnumber (external_id) or e-mail, one column of grades. */
void grades_moodle(struct grades *r, struct buf *out)
{
    struct row row = {.out = out};

    put(&row, "idnumber");
    put(&row, "email");
    put(&row, r->desk->course.name);
    end(&row);
    grades_each(r, put_moodle, out);
}

static void put_canvas(const struct grades *r, const struct grades_student *s, void *context)
{
    struct row row = {.out = context};
    const struct student *p = s->roster;

    (void)r;
    if (s->staff)
        return;
    put(&row, p ? p->name : s->handle);
    put(&row, "");
    put(&row, of(s, p ? p->external_id : NULL));
    put(&row, of(s, p ? p->email : NULL));
    put(&row, of(s, p ? p->section : NULL));
    put_number(&row, s->points);
    end(&row);
}

/* The gradebook's own columns, its row of points possible, and one assignment. */
void grades_canvas(struct grades *r, struct buf *out)
{
    static const char *const heads[] = {"Student", "ID", "SIS User ID", "SIS Login ID", "Section"};
    struct row row = {.out = out};
    int64_t possible = 0;

    for (size_t i = 0; i < 5; i++)
        put(&row, heads[i]);
    put(&row, r->desk->course.name);
    end(&row);
    for (size_t i = 0; i < r->n_challenges; i++)
        possible += r->challenges[i].value;
    put(&row, "    Points Possible");
    for (size_t i = 1; i < 5; i++)
        put(&row, "");
    put_number(&row, possible);
    end(&row);
    grades_each(r, put_canvas, out);
}
