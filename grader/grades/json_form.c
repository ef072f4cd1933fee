#include "base/clock.h"
#include "explain/code.h"
#include "grader/grades/form.h"
#include "json/write.h"

static void put_time(struct json_writer *w, const char *key, int64_t us)
{
    char text[CLOCK_TEXT_SIZE];

    json_put_text(w, key, us ? clock_text(us, text) : NULL);
}

static void put_challenge(const struct grades_challenge *c, struct json_writer *w)
{
    json_open_object(w, NULL);
    json_put_text(w, "slug", c->challenge->slug);
    json_put_text(w, "name", c->challenge->name);
    json_put_int(w, "value", c->value);
    json_put_bool(w, "assessed", !c->challenge->target.practice);
    json_put_bool(w, "wire", c->wire);
    json_put_int(w, "solved", c->n_solved);
    json_put_int(w, "passes", c->n_pass);
    json_put_int(w, "near_misses", c->n_near);
    json_open_array(w, "reasons");
    for (size_t i = 0; i < c->n_reasons; i++) {
        const struct code *code = code_find(c->reasons[i].code);
        json_open_object(w, NULL);
        json_put_text(w, "field", c->reasons[i].field);
        json_put_text(w, "code", c->reasons[i].code[0] ? c->reasons[i].code : NULL);
        json_put_text(w, "meaning", code ? code->meaning : NULL);
        json_put_int(w, "count", c->reasons[i].n);
        json_close_object(w);
    }
    json_close_array(w);
    json_close_object(w);
}

static void put_cell(const struct grades_challenge *c, const struct grades_cell *cell, struct json_writer *w)
{
    static const char *const states[] = {"open",     "solved", "waiting", "there",
                                         "rejected", "void",   "borrowed"};

    json_open_object(w, NULL);
    json_put_text(w, "slug", c->challenge->slug);
    json_put_text(w, "state", states[cell->state]);
    json_put_int(w, "points", grades_counts(cell) ? c->value : 0);
    put_time(w, "when", cell->when_us);
    json_put_int(w, "passes", cell->n_pass);
    json_put_int(w, "near_misses", cell->n_near);
    put_time(w, "first_attempt", cell->first_us);
    put_time(w, "last_attempt", cell->last_us);
    put_time(w, "flag_delivered", cell->delivered_us);
    json_put_text(w, "note", cell->note[0] ? cell->note : NULL);
    json_close_object(w);
}

static void put_student(const struct grades *r, const struct grades_student *s, void *context)
{
    struct json_writer *w = context;
    const struct student *p = s->roster;

    json_open_object(w, NULL);
    json_put_text(w, "handle", s->handle);
    json_put_text(w, "name", p ? p->name : NULL);
    json_put_text(w, "email", p ? p->email : NULL);
    json_put_text(w, "external_id", p && p->external_id[0] ? p->external_id : NULL);
    json_put_text(w, "section", p && p->section[0] ? p->section : NULL);
    json_put_text(w, "team", p && p->team[0] ? p->team : NULL);
    json_put_bool(w, "staff", s->staff);
    json_put_int(w, "total", s->points);
    json_put_int(w, "awards", s->awards);
    json_put_bool(w, "passed", s->passed);
    put_time(w, "first_solve", s->first_us);
    put_time(w, "last_solve", s->last_us);
    if (s->board_shown)
        json_put_int(w, "scoreboard", s->board_points);
    else
        json_put_null(w, "scoreboard");
    json_put_text(w, "note", s->note[0] ? s->note : NULL);
    json_open_array(w, "challenges");
    for (size_t i = 0; i < r->n_challenges; i++)
        put_cell(&r->challenges[i], &s->cells[i], w);
    json_close_array(w);
    json_close_object(w);
}

void grades_json(struct grades *r, struct buf *out)
{
    struct json_writer w = {.out = out};

    json_open_object(&w, NULL);
    json_put_text(&w, "course", r->desk->course.id);
    json_put_text(&w, "class", r->desk->class.word);
    put_time(&w, "made", r->made_us);
    json_put_int(&w, "pass", r->desk->course.pass);
    json_put_bool(&w, "scoreboard_asked", r->asked);
    json_open_array(&w, "challenges");
    for (size_t i = 0; i < r->n_challenges; i++)
        put_challenge(&r->challenges[i], &w);
    json_close_array(&w);
    json_open_array(&w, "students");
    grades_each(r, put_student, &w);
    json_close_array(&w);
    json_close_object(&w);
    buf_puts(out, "\n");
}
