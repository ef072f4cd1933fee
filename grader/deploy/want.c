#include "grader/deploy/want.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/beneath.h"
#include "base/file.h"
#include "digest/sha1.h"
#include "explain/challenge_fill.h"
#include "spec/challenge_extra.h"

enum { TEXT_MAX = 1 << 18, FILE_MAX = 16 << 20 };

bool want_fill(const struct wanting *w, const struct challenge *c, const char *text, struct place at,
               struct buf *out, struct problems *problems)
{
    const struct rules *rules = w->book ? rulebook_find(w->book, c->slug) : NULL;

    return challenge_fill(out, text, c, rules, &w->desk->class, NULL, at, problems);
}

static void set_filled(const struct wanting *w, const struct challenge *c, enum content_key key,
                       const char *text, struct place at, struct board_content *out,
                       struct problems *problems)
{
    struct buf filled;

    buf_init(&filled, TEXT_MAX);
    want_fill(w, c, text, at, &filled, problems);
    /* the newline that ends a block text; ctfcli compares without it too */
    while (filled.len && strchr(" \r\n", filled.data[filled.len - 1]))
        filled.data[--filled.len] = '\0';
    content_set(out, key, buf_text(&filled));
    buf_free(&filled);
}

static void set_numbers(const struct challenge *c, struct board_content *out)
{
    bool dynamic = strcmp(c->type, "dynamic") == 0;
    const char *function = c->extra.function ? c->extra.function : dynamic ? "logarithmic" : "static";
    bool follows = dynamic || strcmp(function, "static") != 0;

    content_set_number(out, KEY_ATTEMPTS, c->attempts);
    content_set(out, KEY_EXTRA, c->extra.plugin);
    if (!challenge_type_is_usual(c->type)) {
        if (!c->extra.initial.there)
            content_set_number(out, KEY_VALUE, c->value);
        return;
    }
    content_set(out, KEY_FUNCTION, function);
    if (c->extra.position.there)
        content_set_number(out, KEY_POSITION, c->extra.position.n);
    if (!follows) {
        content_set_number(out, KEY_VALUE, c->value);
        return;
    }
    /* the value of today is the scoreboard's own affair */
    content_set_number(out, KEY_INITIAL, c->value);
    content_set_number(out, KEY_MINIMUM, c->extra.minimum.there ? c->extra.minimum.n : 0);
    content_set_number(out, KEY_DECAY, c->extra.decay.there ? c->extra.decay.n : 0);
}

static int64_t id_of(const struct wanting *w, const char *name)
{
    const struct course *course = &w->desk->course;

    for (size_t i = 0; i < course->n_challenges; i++)
        if (strcmp(course->challenges[i].name, name) == 0)
            return w->ids[i];
    return 0; /* the course is checked: there is one */
}

static void set_links(const struct wanting *w, const struct challenge *c, struct board_content *out)
{
    static const char *const shown[] = {
        [ANONYMIZE_NO] = NULL, [ANONYMIZE_YES] = "true", [ANONYMIZE_PREVIEW] = "preview"};
    int64_t ids[CONTENT_IDS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < c->n_requires && n < CONTENT_IDS_MAX; i++)
        ids[n++] = id_of(w, c->requires[i].text);
    char *text = content_ids_text(ids, n, shown[c->anonymize]);
    out->failed = out->failed || !text;
    content_set(out, KEY_REQUIREMENTS, text ? text : "");
    free(text);
    if (c->next.text)
        content_set_number(out, KEY_NEXT, id_of(w, c->next.text));
    else
        content_set(out, KEY_NEXT, "");
}

enum status want_file_name(const char *path, char *out, size_t size, struct err *err)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t n = 0;

    for (; *name && n < size - 1; name++) {
        bool letter = (*name >= '0' && *name <= '9') || (*name >= 'a' && *name <= 'z') ||
                      (*name >= 'A' && *name <= 'Z');
        /* CTFd strips dots and underscores at the front, and knows no other characters */
        if (letter || (n && strchr("._-", *name)))
            out[n++] = *name;
        else if (n && out[n - 1] != '_')
            out[n++] = '_';
    }
    out[n] = '\0';
    while (n && strchr("._", out[n - 1]))
        out[--n] = '\0';
    return n ? ST_OK
             : err_set(err, ST_INPUT,
                       "\"%.200s\": the scoreboard would keep no letter of this name; rename it", path);
}

static enum status add_file(const struct challenge *c, const struct scalar *file, struct board_content *out,
                            struct err *err)
{
    char name[256], sum[SHA1_TEXT_SIZE];
    char *path = path_join(c->dir, file->text);
    struct buf bytes;

    buf_init(&bytes, FILE_MAX);
    enum status st = path ? beneath_read(c->course_dir, path, &bytes, err) : err_memory(err);
    if (st == ST_OK)
        st = want_file_name(file->text, name, sizeof(name), err);
    if (st == ST_OK)
        content_add(out, RECORD_FILE, 0, name, sha1_text(buf_text(&bytes), bytes.len, sum), path,
                    c->course_dir);
    else
        err_prefix(err, "%s:%d: files", c->file, file->at.line);
    buf_free(&bytes);
    free(path);
    return st;
}

/* Positions of the hints that it asks for; they stand above it. */
static char *hint_needs(const struct challenge *c, const struct challenge_hint *hint)
{
    int64_t at[CONTENT_IDS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < hint->n_requires; i++)
        for (size_t j = 0; j < c->n_hints && n < CONTENT_IDS_MAX; j++)
            if (c->hints[j].key && strcmp(c->hints[j].key, hint->requires[i].text) == 0)
                at[n++] = (int64_t)j + 1;
    return content_ids_text(at, n, NULL);
}

static void add_hint(const struct wanting *w, const struct challenge *c, const struct challenge_hint *hint,
                     struct board_content *out, struct problems *problems)
{
    char cost[32], *needs = hint_needs(c, hint);
    struct buf text;

    buf_init(&text, TEXT_MAX);
    want_fill(w, c, hint->content, hint->at, &text, problems);
    snprintf(cost, sizeof(cost), "%lld", (long long)hint->cost);
    out->failed = out->failed || !needs;
    content_add(out, RECORD_HINT, 0, buf_text(&text), hint->title ? hint->title : "", cost, needs);
    buf_free(&text);
    free(needs);
}

enum status want_solution(const struct wanting *w, const struct challenge *c, struct buf *out,
                          struct problems *problems, struct err *err)
{
    char *path = path_join(c->dir, c->solution.text);
    struct challenge of_file = *c; /* problems are then told of its file */
    struct buf text;

    buf_init(&text, TEXT_MAX);
    enum status st = path ? beneath_read(c->course_dir, path, &text, err) : err_memory(err);
    if (st == ST_OK) {
        of_file.file = path;
        want_fill(w, &of_file, buf_text(&text), (struct place){1, 1}, out, problems);
    }
    buf_free(&text);
    free(path);
    return st;
}

static enum status add_solution(const struct wanting *w, const struct challenge *c, struct board_content *out,
                                struct problems *problems, struct err *err)
{
    struct buf text;

    buf_init(&text, TEXT_MAX);
    enum status st = want_solution(w, c, &text, problems, err);
    if (st == ST_OK)
        content_add(out, RECORD_SOLUTION, 0, buf_text(&text), c->solution_state, NULL, NULL);
    buf_free(&text);
    return st;
}

/* CTFd keeps a flag, and reads an answer, without the blanks around it. */
static void add_flag(const struct challenge_flag *flag, struct board_content *out)
{
    size_t from = strspn(flag->content, " \t\r\n"), len = strlen(flag->content + from);
    char *text = strndup(flag->content + from, len);

    while (text && len && strchr(" \t\r\n", text[len - 1]))
        text[--len] = '\0';
    out->failed = out->failed || !text;
    content_add(out, RECORD_FLAG, 0, text, flag->type, flag->data ? flag->data : "", NULL);
    free(text);
}

enum status want_challenge(const struct wanting *w, const struct challenge *c, struct board_content *out,
                           struct problems *problems, struct err *err)
{
    enum status st = ST_OK;

    content_set(out, KEY_NAME, c->name);
    set_filled(w, c, KEY_CATEGORY, c->category, c->category_at, out, problems);
    set_filled(w, c, KEY_DESCRIPTION, c->description, c->description_at, out, problems);
    content_set(out, KEY_ATTRIBUTION, c->attribution);
    set_filled(w, c, KEY_CONNECTION_INFO, c->connection_info ? c->connection_info : "", c->connection_info_at,
               out, problems);
    content_set(out, KEY_TYPE, c->type);
    content_set(out, KEY_STATE, c->state);
    content_set(out, KEY_LOGIC, c->logic ? c->logic : "any");
    set_numbers(c, out);
    set_links(w, c, out);
    for (size_t i = 0; i < c->n_flags; i++)
        add_flag(&c->flags[i], out);
    for (size_t i = 0; i < c->n_tags; i++)
        content_add(out, RECORD_TAG, 0, c->tags[i].text, NULL, NULL, NULL);
    for (size_t i = 0; i < c->n_topics; i++)
        content_add(out, RECORD_TOPIC, 0, c->topics[i].text, NULL, NULL, NULL);
    for (size_t i = 0; i < c->n_hints; i++)
        add_hint(w, c, &c->hints[i], out, problems);
    for (size_t i = 0; st == ST_OK && i < c->n_files; i++)
        st = add_file(c, &c->files[i], out, err);
    if (st == ST_OK && c->solution.text)
        st = add_solution(w, c, out, problems, err);
    size_t before = out->n;
    if (st == ST_OK)
        st = paste_flags(w, c, out, err);
    /* CTFd takes every answer to such a challenge (3.8.7) */
    if (st == ST_OK && c->n_flags == 0 && out->n == before && c->logic && strcmp(c->logic, "all") == 0)
        st = err_set(err, ST_INPUT, "%s: `logic: all` without flags would accept every answer", c->file);
    if (st == ST_OK && out->failed)
        st = err_memory(err);
    return st;
}
