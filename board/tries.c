#include "board/tries.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explain/code.h"
#include "json/json.h"

enum { TAIL = 512 * 1024, SHOWN = 5, LINE = 4096 }; /* LINE: the longest of a journal (docs/journal.md) */

struct tail_reading {
    const struct rules *rules;
    const char *student;
    struct json *shown[SHOWN]; /* the newest first */
};

static const char *text_at(const struct json *json, const char *key)
{
    const char *text = json_text(json_get(json, key));

    return text ? text : "";
}

/* Times of one form are in the order of their texts. */
static void keep(struct tail_reading *t, struct json *line)
{
    for (size_t i = 0; i < SHOWN && line; i++) {
        if (t->shown[i] && strcmp(text_at(line, "time"), text_at(t->shown[i], "time")) <= 0)
            continue;
        struct json *next = t->shown[i];
        t->shown[i] = line;
        line = next;
    }
    json_free(line);
}

static void take_line(struct tail_reading *t, const char *line, size_t len)
{
    const char *slug = rules_slug(t->rules);

    if (len > LINE || !memmem(line, len, slug, strlen(slug)) ||
        !memmem(line, len, t->student, strlen(t->student)))
        return;
    struct json *json = json_parse(line, len, NULL);
    bool follows = false;
    /* what is wrong is told of the packet before it */
    json_bool(json_get(json, "follows"), &follows);
    if (!follows && strcmp(text_at(json, "event"), "attempt") == 0 &&
        strcmp(text_at(json, "slug"), slug) == 0 && strcmp(text_at(json, "student"), t->student) == 0)
        keep(t, json);
    else
        json_free(json);
}

static void take_tail(struct tail_reading *t, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *tail = malloc(TAIL);
    struct stat st;

    if (fd >= 0 && tail && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        off_t from = st.st_size > TAIL ? st.st_size - TAIL : 0;
        ssize_t n = pread(fd, tail, TAIL, from);
        char *at = tail, *end = tail + (n > 0 ? n : 0);
        if (from > 0 && (at = memchr(tail, '\n', (size_t)(end - tail))))
            at++; /* the first line is cut */
        for (char *eol; at && (eol = memchr(at, '\n', (size_t)(end - at))); at = eol + 1)
            take_line(t, at, (size_t)(eol - at));
    }
    free(tail);
    if (fd >= 0)
        close(fd);
}

static void put_finding(struct json_writer *w, const struct json *f, bool values)
{
    const char *codes = json_text(json_first(json_get(f, "codes")));
    const struct code *code = codes ? code_find(codes) : NULL;
    const char *why = values ? json_text(json_get(f, "why")) : NULL;
    bool besides = false;

    json_open_object(w, NULL);
    json_put_text(w, "field", text_at(f, "field"));
    if (strcmp(text_at(f, "status"), "blocked") == 0) {
        json_put_bool(w, "blocked", true);
        json_close_object(w);
        return;
    }
    if (json_bool(json_get(f, "besides"), &besides) && besides)
        json_put_bool(w, "besides", true);
    if (values && json_text(json_get(f, "expected")))
        json_put_text(w, "expected", text_at(f, "expected"));
    if (values && json_text(json_get(f, "got")))
        json_put_text(w, "got", text_at(f, "got"));
    if (code) {
        json_put_text(w, "code", code->name);
        if (values && json_text(json_get(f, "place")))
            json_put_text(w, "place", text_at(f, "place"));
        json_put_text(w, "why", why ? why : code->meaning);
        json_put_text(w, "try", why ? text_at(f, "try") : values ? code->mend : "");
    }
    json_close_object(w);
}

/* In the order of a report: what it tells first, then all others as they stand. */
static void put_findings(struct json_writer *w, const struct json *line, bool values)
{
    const char *first = text_at(line, "first_field");

    for (int others = 0; others < 2; others++)
        for (const struct json *f = json_first(json_get(line, "findings")); f; f = json_next(f))
            if ((strcmp(text_at(f, "field"), first) != 0) == others)
                put_finding(w, f, values);
}

/* As a report says it: with `fields` no values, and none of what came from another host than the student's.
 */
static void put_try(struct json_writer *w, const struct json *line, const struct rules *rules)
{
    const enum feedback_level feedback = rules_feedback(rules);
    bool own = true;
    int64_t n;

    json_bool(json_get(line, "own_host"), &own);
    own = own || !rules_tells_home(rules);
    json_open_object(w, NULL);
    json_put_text(w, "time", text_at(line, "time"));
    json_put_text(w, "source", text_at(line, "source"));
    json_put_bool(w, "passed", strcmp(text_at(line, "verdict"), "pass") == 0);
    if (feedback != FEEDBACK_NONE) {
        if (json_int(json_get(line, "right"), &n))
            json_put_int(w, "right", n);
        if (json_int(json_get(line, "judged"), &n))
            json_put_int(w, "judged", n);
        json_open_array(w, "findings");
        put_findings(w, line, own && feedback == FEEDBACK_FULL);
        json_close_array(w);
        if (own && json_text(json_get(line, "remark")))
            json_put_text(w, "remark", text_at(line, "remark"));
    }
    json_close_object(w);
}

void tries_put(struct json_writer *w, const char *key, const struct class *class, const struct rules *rules,
               const char *student)
{
    struct tail_reading t = {.rules = rules, .student = student};

    for (size_t i = 0; i < class->n_journals; i++)
        take_tail(&t, class->journals[i]);
    json_open_array(w, key);
    for (size_t i = 0; i < SHOWN && t.shown[i]; i++)
        put_try(w, t.shown[i], rules);
    json_close_array(w);
    for (size_t i = 0; i < SHOWN; i++)
        json_free(t.shown[i]);
}
