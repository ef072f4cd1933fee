#include "grader/journal/line.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "json/json.h"

/* The text of a member; false when it is none or does not fit. */
static bool take(const struct json *json, const char *key, char *out, size_t size)
{
    const char *text = json_text(json_get(json, key));

    return text && str_copy(out, size, text);
}

static bool take_name(const struct json *json, const char *key, char out[NAME_MAX_LEN + 1],
                      bool (*valid)(const char *text))
{
    if (take(json, key, out, NAME_MAX_LEN + 1) && valid(out))
        return true;
    out[0] = '\0';
    return false;
}

static bool take_time(const struct json *json, struct journal_line *out)
{
    return take(json, "time", out->time, sizeof(out->time)) && clock_parse(out->time, &out->time_us);
}

/* The address and port, as texts. */
static bool take_place(const struct json *json, const char *key, struct journal_line *out)
{
    int64_t port;

    if (!take(json, key, out->source, sizeof(out->source)) || !json_int(json_get(json, "port"), &port) ||
        port < 0 || port > UINT16_MAX)
        return false;
    snprintf(out->port, sizeof(out->port), "%u", (unsigned)port);
    return true;
}

static void take_reasons(const struct json *json, struct journal_line *out)
{
    for (const struct json *f = json_first(json_get(json, "findings")); f; f = json_next(f)) {
        struct journal_reason *r = &out->reasons[out->n_reasons];
        const char *status = json_text(json_get(f, "status"));
        const struct json *codes = json_get(f, "codes");
        const char *code = json_text(json_is_array(codes) ? json_first(codes) : json_get(f, "code"));
        if (out->n_reasons == JOURNAL_REASONS_MAX)
            return;
        if (!status || strcmp(status, "fail") != 0 || !take(f, "field", r->field, sizeof(r->field)))
            continue;
        if (!code || !str_copy(r->code, sizeof(r->code), code))
            r->code[0] = '\0';
        out->n_reasons++;
    }
}

static bool take_attempt(const struct json *json, struct journal_line *out)
{
    const char *verdict = json_text(json_get(json, "verdict")), *answer = json_text(json_get(json, "answer"));

    if (!verdict || !take_name(json, "slug", out->slug, slug_valid) || !take_place(json, "source", out))
        return false;
    take_name(json, "student", out->student, handle_valid);
    out->pass = strcmp(verdict, "pass") == 0;
    out->n = 1;
    bool follows = false;
    json_bool(json_get(json, "follows"), &follows);
    if (!out->pass && !follows)
        take_reasons(json, out);
    if (answer && strcmp(answer, "flag") == 0) {
        memcpy(out->flags[0].slug, out->slug, sizeof(out->slug));
        memcpy(out->flags[0].student, out->student, sizeof(out->student));
        out->n_flags = 1;
    }
    if (answer && strcmp(answer, "report") == 0) {
        memcpy(out->told.slug, out->slug, sizeof(out->slug));
        memcpy(out->told.student, out->student, sizeof(out->student));
    }
    return true;
}

/* Passes only; a number that no target could have counted is no line. */
static bool take_repeat(const struct json *json, struct journal_line *out)
{
    const int64_t most = (int64_t)1 << 40;

    out->pass = true;
    return take_name(json, "slug", out->slug, slug_valid) &&
           take_name(json, "student", out->student, handle_valid) && json_int(json_get(json, "n"), &out->n) &&
           out->n > 0 && out->n < most;
}

static bool take_delivery(const struct json *json, struct journal_line *out)
{
    const char *outcome = json_text(json_get(json, "outcome"));

    if (!outcome || !take_place(json, "to", out))
        return false;
    if (strcmp(outcome, "delivered") != 0)
        return true;
    for (const struct json *f = json_first(json_get(json, "flags")); f && out->n_flags < JOURNAL_FLAGS_MAX;
         f = json_next(f))
        if (take_name(f, "slug", out->flags[out->n_flags].slug, slug_valid) &&
            take_name(f, "student", out->flags[out->n_flags].student, handle_valid))
            out->n_flags++;
    if (!take_name(json_get(json, "near"), "slug", out->told.slug, slug_valid) ||
        !take_name(json_get(json, "near"), "student", out->told.student, handle_valid))
        out->told = (struct journal_flag){.slug = ""};
    return true;
}

static bool take_submit(const struct json *json, struct journal_line *out)
{
    return take_name(json, "slug", out->slug, slug_valid) &&
           take_name(json, "student", out->student, handle_valid) && take_place(json, "source", out) &&
           take(json, "key", out->key, sizeof(out->key)) &&
           take(json, "proof", out->proof, sizeof(out->proof));
}

static bool take_start(const struct json *json, struct journal_line *out)
{
    if (!json_int(json_get(json, "ceiling"), &out->ceiling) || out->ceiling < 0)
        out->ceiling = 0;
    return take(json, "class", out->class, sizeof(out->class)) &&
           take(json, "course", out->course, sizeof(out->course));
}

/* ADD A JOURNAL EVENT HERE: its word and what reads it */
static const struct {
    const char *word;
    enum journal_event event;
    bool (*take)(const struct json *json, struct journal_line *out);
} events[] = {
    {"start", JOURNAL_START, take_start},    {"attempt", JOURNAL_ATTEMPT, take_attempt},
    {"repeat", JOURNAL_REPEAT, take_repeat}, {"delivery", JOURNAL_DELIVERY, take_delivery},
    {"submit", JOURNAL_SUBMIT, take_submit},
};

static enum journal_event read_event(const struct json *json, struct journal_line *out)
{
    const char *word = json_text(json_get(json, "event"));

    if (!word || !take_time(json, out))
        return JOURNAL_CUT;
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        if (strcmp(events[i].word, word) == 0)
            return events[i].take(json, out) ? events[i].event : JOURNAL_CUT;
    return JOURNAL_OTHER;
}

void journal_line_read(const char *text, size_t len, struct journal_line *out)
{
    struct json *json = len < JOURNAL_LINE_MAX_BYTES ? json_parse(text, len, NULL) : NULL;

    *out = (struct journal_line){.event = JOURNAL_CUT};
    if (json)
        out->event = read_event(json, out);
    json_free(json);
}
