/* docs/verify-schema.json describes it. */
#include "grader/verify/report.h"
#include "json/write.h"

static void put_text(struct json_writer *w, const char *key, const char *text)
{
    json_put_text(w, key, *text ? text : NULL);
}

static void put_check(struct json_writer *w, const struct report_check *r)
{
    const struct check *check = &r->check;
    bool held = check->blame == BLAME_NONE;

    json_open_object(w, NULL);
    json_put_text(w, "group", check_group_text(check->group));
    json_put_text(w, "name", check->name);
    json_put_bool(w, "holds", held);
    put_text(w, "clause", check->clause);
    if (!held) {
        json_put_text(w, "blame", check_blame_text(check->blame));
        json_put_int(w, "run", r->repeat);
    }
    if (*check->code)
        json_put_text(w, "code", check->code);
    put_text(w, "text", check->text);
    put_text(w, "file", check->file);
    json_put_int(w, "line", check->line);
    json_put_int(w, "ms", check->ms);
    json_close_object(w);
}

void format_json(const struct report *report, struct buf *out)
{
    static const char *const verdicts[] = {"pass", "fail", "usage", "input", "environment"};
    struct json_writer w = {.out = out};

    json_open_object(&w, NULL);
    json_put_text(&w, "course", report->course->id);
    json_put_text(&w, "verdict", verdicts[report_status(report)]);
    json_put_int(&w, "repeat", report->options->repeat);
    json_put_int(&w, "ms", report->ms);
    json_open_array(&w, "challenges");
    for (size_t i = 0; i < report->n; i++) {
        const struct report_challenge *c = &report->challenges[i];
        json_open_object(&w, NULL);
        json_put_text(&w, "slug", c->challenge->slug);
        json_put_int(&w, "runs", c->runs);
        json_put_int(&w, "failed_runs", c->failed_runs);
        json_put_int(&w, "ms", c->ms);
        json_open_array(&w, "checks");
        for (size_t k = 0; k < c->n; k++)
            put_check(&w, &c->checks[k]);
        json_close_array(&w);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    buf_puts(out, "\n");
}
