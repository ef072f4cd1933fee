/* One file without scripts and without anything from elsewhere. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "explain/code.h"
#include "grader/grades/form.h"

static void put(struct buf *out, const char *text)
{
    for (; *text; text++) {
        const char *instead = *text == '<'    ? "&lt;"
                              : *text == '>'  ? "&gt;"
                              : *text == '&'  ? "&amp;"
                              : *text == '"'  ? "&quot;"
                              : *text == '\'' ? "&#39;"
                                              : NULL;
        if (instead)
            buf_puts(out, instead);
        else
            buf_add(out, text, 1);
    }
}

static void put_td(struct buf *out, const char *class, const char *text)
{
    buf_printf(out, "<td%s>", class);
    put(out, text);
    buf_puts(out, "</td>");
}

static void put_head(const struct grades *r, struct buf *out)
{
    char when[CLOCK_TEXT_SIZE];

    buf_puts(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
    put(out, r->desk->course.name);
    buf_puts(
        out,
        "</title>\n<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse;margin:1em 0}"
        "td,th{border:1px solid #999;padding:.2em .5em;text-align:left}.n{text-align:right}"
        ".yes{background:#dfd}.wait{background:#ffd}th{background:#eee}</style></head><body>\n<h1>");
    put(out, r->desk->course.name);
    buf_puts(out, ", class ");
    put(out, r->desk->class.word);
    buf_printf(out, "</h1>\n<p>Made %.19sZ; %" PRId64 " points pass.%s</p>\n", clock_text(r->made_us, when),
               r->desk->course.pass, r->asked ? "" : " The scoreboard was not asked.");
}

static void put_student(const struct grades *r, const struct grades_student *s, void *context)
{
    struct buf *out = context;
    char n[32];

    if (s->staff)
        return;
    buf_puts(out, "<tr>");
    put_td(out, "", s->handle);
    put_td(out, "", s->roster ? s->roster->name : "");
    for (size_t i = 0; i < r->n_challenges; i++) {
        const struct grades_cell *cell = &s->cells[i];
        snprintf(n, sizeof(n), "%" PRId64, r->challenges[i].value);
        put_td(out,
               cell->state == CELL_WAITING ? " class=\"n wait\""
               : grades_counts(cell)       ? " class=\"n yes\""
                                           : " class=n",
               grades_counts(cell) ? n : "");
    }
    snprintf(n, sizeof(n), "%" PRId64, s->points);
    put_td(out, " class=n", n);
    put_td(out, s->passed ? " class=yes" : "", s->passed ? "passed" : "");
    put_td(out, "", s->note);
    buf_puts(out, "</tr>\n");
}

static void put_reasons(const struct grades *r, struct buf *out)
{
    buf_puts(
        out,
        "<h2>Commonest reasons of near misses</h2>\n<table><tr><th>challenge<th>field<th>code<th>what went "
        "wrong<th>times</tr>\n");
    for (size_t i = 0; i < r->n_challenges; i++)
        for (size_t k = 0; k < r->challenges[i].n_reasons; k++) {
            const struct grades_reason *reason = &r->challenges[i].reasons[k];
            const struct code *code = code_find(reason->code);
            char n[32];
            snprintf(n, sizeof(n), "%" PRId64, reason->n);
            buf_puts(out, "<tr>");
            put_td(out, "", r->challenges[i].challenge->slug);
            put_td(out, "", reason->field);
            put_td(out, "", reason->code);
            put_td(out, "", code ? code->meaning : "");
            put_td(out, " class=n", n);
            buf_puts(out, "</tr>\n");
        }
    buf_puts(out, "</table>\n");
}

void grades_html(struct grades *r, struct buf *out)
{
    put_head(r, out);
    buf_puts(out, "<table><tr><th>handle<th>name");
    for (size_t i = 0; i < r->n_challenges; i++) {
        buf_puts(out, "<th>");
        put(out, r->challenges[i].challenge->slug);
    }
    buf_puts(out, "<th>total<th>passed<th>note</tr>\n");
    grades_each(r, put_student, out);
    buf_puts(out, "</table>\n");
    if (!r->only)
        put_reasons(r, out);
    buf_puts(out, "<p>Times are UTC. Points of students whose solves wait to be posted are on "
                  "yellow.</p></body></html>\n");
}
