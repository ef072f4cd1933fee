#include "grader/scoreboard/content.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "json/json.h"
#include "json/write.h"

enum { EXTRA_MAX = 1 << 18 };

void content_free(struct board_content *content)
{
    for (size_t i = 0; i < CONTENT_KEYS; i++)
        free(content->key[i]);
    for (size_t i = 0; i < content->n; i++)
        for (size_t j = 0; j < RECORD_FIELDS; j++)
            free(content->records[i].field[j]);
    free(content->records);
    *content = (struct board_content){.n = 0};
}

static char *copy(struct board_content *content, const char *text)
{
    char *out = text ? strdup(text) : NULL;

    content->failed = content->failed || (text && !out);
    return out;
}

void content_set(struct board_content *content, enum content_key key, const char *text)
{
    char *out = copy(content, text);

    free(content->key[key]);
    content->key[key] = out;
}

void content_set_number(struct board_content *content, enum content_key key, int64_t n)
{
    char text[32];

    snprintf(text, sizeof(text), "%" PRId64, n);
    content_set(content, key, text);
}

struct board_record *content_add(struct board_content *content, enum record_kind kind, int64_t id,
                                 const char *a, const char *b, const char *c, const char *d)
{
    if (!array_room(&content->records, content->n, &content->cap, sizeof(*content->records))) {
        content->failed = true;
        return NULL;
    }
    struct board_record *r = &content->records[content->n++];
    *r = (struct board_record){
        kind, id, {copy(content, a), copy(content, b), copy(content, c), copy(content, d)}};
    return r;
}

void content_settle_extra(struct board_content *have, const struct board_content *want)
{
    const char *wanted = want->key[KEY_EXTRA], *there = have->key[KEY_EXTRA];
    struct json *w = wanted ? json_parse(wanted, strlen(wanted), NULL) : NULL,
                *h = there ? json_parse(there, strlen(there), NULL) : NULL;
    struct buf text;
    struct json_writer out = {.out = &text};

    buf_init(&text, EXTRA_MAX);
    json_open_object(&out, NULL);
    for (const struct json *e = json_first(w); e; e = json_next(e))
        json_put_copy(&out, json_key(e), json_get(h, json_key(e)) ? json_get(h, json_key(e)) : e);
    json_close_object(&out);
    have->failed = have->failed || text.failed;
    content_set(have, KEY_EXTRA, w ? buf_text(&text) : NULL);
    buf_free(&text);
    json_free(w);
    json_free(h);
}

const char *content_key_name(enum content_key key)
{
    static const char *const names[CONTENT_KEYS] = {
        "name",     "category",     "description", "attribution", "connection_info", "type",    "value",
        "state",    "attempts",     "logic",       "function",    "initial",         "minimum", "decay",
        "position", "requirements", "next",        "extra"};

    return names[key];
}

const char *content_kind_name(enum record_kind kind)
{
    static const char *const names[RECORD_KINDS] = {"flags", "tags", "topics", "hints", "files", "solution"};

    return names[kind];
}

bool content_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

unsigned content_differs(const struct board_record *a, const struct board_record *b, unsigned fields)
{
    unsigned differs = 0;

    for (unsigned i = 0; i < RECORD_FIELDS; i++)
        if ((fields >> i & 1) && !content_same(a->field[i], b->field[i]))
            differs |= 1U << i;
    return differs;
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

char *content_ids_text(int64_t *ids, size_t n, const char *shown)
{
    struct buf out;

    buf_init(&out, 4096);
    qsort(ids, n, sizeof(*ids), ascending);
    buf_puts(&out, "");
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s%" PRId64, i ? " " : "", ids[i]);
    if (n && shown)
        buf_printf(&out, "|%s", shown);
    if (!out.len && !out.failed) {
        buf_free(&out);
        return strdup("");
    }
    return buf_take(&out);
}
