#include "grader/verify/check.h"

#include <stdio.h>

#include "json/json.h"
#include "json/write.h"

static const char *const GROUPS[N_CHECK_GROUPS] = {
    [CHECK_PROOF] = "proof",
    [CHECK_NOTHING] = "nothing",
    [CHECK_SATISFIABLE] = "satisfiable",
    [CHECK_STEP] = "step",
    [CHECK_SOLVER] = "solver",
    [CHECK_NEAR_MISS] = "near miss",
    [CHECK_MUTANT] = "mutant",
    [CHECK_GENERATED] = "generated",
    [CHECK_FLAG] = "another's flag",
    [CHECK_ANSWER] = "answer",
    [CHECK_RUN] = "run",
    [CHECK_KEPT] = "kept",
};

static const char *const BLAMES[N_BLAMES] = {
    [BLAME_NONE] = "none",       [BLAME_PROGRAM] = "student's program", [BLAME_CHALLENGE] = "challenge",
    [BLAME_HARNESS] = "harness", [BLAME_ENVIRONMENT] = "environment",
};

const char *check_group_text(enum check_group group)
{
    return GROUPS[group];
}

const char *check_blame_text(enum check_blame blame)
{
    return BLAMES[blame];
}

void check_write(const struct check *check, struct buf *out)
{
    struct json_writer w = {.out = out, .ascii = true};

    json_open_object(&w, NULL);
    json_put_int(&w, "group", check->group);
    json_put_int(&w, "blame", check->blame);
    json_put_text(&w, "name", check->name);
    json_put_text(&w, "clause", check->clause);
    json_put_text(&w, "code", check->code);
    json_put_text(&w, "text", check->text);
    json_put_text(&w, "file", check->file);
    json_put_int(&w, "line", check->line);
    json_put_int(&w, "ms", check->ms);
    json_close_object(&w);
    buf_puts(out, "\n");
}

static bool take_text(const struct json *json, const char *key, char *out, size_t size)
{
    const char *text = json_text(json_get(json, key));

    if (text)
        snprintf(out, size, "%s", text);
    return text != NULL;
}

static bool take_int(const struct json *json, const char *key, int64_t max, int *out)
{
    int64_t value;

    if (!json_int(json_get(json, key), &value) || value < 0 || value > max)
        return false;
    *out = (int)value;
    return true;
}

bool check_read(struct check *c, const char *line, size_t length)
{
    struct json *json = json_parse(line, length, NULL);
    int group, blame;

    *c = (struct check){0};
    bool ok = json && take_int(json, "group", N_CHECK_GROUPS - 1, &group) &&
              take_int(json, "blame", N_BLAMES - 1, &blame) &&
              take_text(json, "name", c->name, sizeof(c->name)) &&
              take_text(json, "clause", c->clause, sizeof(c->clause)) &&
              take_text(json, "code", c->code, sizeof(c->code)) &&
              take_text(json, "text", c->text, sizeof(c->text)) &&
              take_text(json, "file", c->file, sizeof(c->file)) &&
              take_int(json, "line", 1 << 30, &c->line) && take_int(json, "ms", 1 << 30, &c->ms);
    if (ok) {
        c->group = (enum check_group)group;
        c->blame = (enum check_blame)blame;
    }
    json_free(json);
    return ok;
}
