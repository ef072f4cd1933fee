#include "spec/schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/names.h"
#include "base/str.h"

enum { WORDS_MAX = 40, SHOWN_MAX = 60 };

static const char *kind_text(const struct yaml *node)
{
    static const char *const texts[] = {"empty", "a text", "a list", "a mapping", "refused"};

    return texts[node->kind];
}

void *schema_alloc(struct schema *s, size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);

    if (!p)
        problem_add(s->problems, s->file, (struct place){0}, "out of memory");
    return p;
}

char *schema_dup(struct schema *s, const char *text)
{
    char *copy = strdup(text);

    if (!copy)
        problem_add(s->problems, s->file, (struct place){0}, "out of memory");
    return copy;
}

void schema_unknown(struct schema *s, struct place at, const char *kind, const char *word,
                    const char *const *words, size_t n)
{
    const char *near = names_nearest(word, words, n);
    struct buf list;

    if (near) {
        problem_add(s->problems, s->file, at, "unknown %s \"%.*s\"; did you mean \"%s\"?", kind, SHOWN_MAX,
                    word, near);
        return;
    }
    buf_init(&list, 1024);
    for (size_t i = 0; i < n; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", words[i]);
    problem_add(s->problems, s->file, at, "unknown %s \"%.*s\"; known here: %s", kind, SHOWN_MAX, word,
                buf_text(&list));
    buf_free(&list);
}

void schema_unsent(struct schema *s, const struct yaml *node, const char *const *words, size_t n)
{
    const char *near = names_nearest(node->key, words, n);

    if (near)
        problem_warn(s->problems, s->file, node->key_at, "unknown key \"%.*s\"; did you mean \"%s\"?",
                     SHOWN_MAX, node->key, near);
    else
        problem_warn(s->problems, s->file, node->key_at,
                     "unknown key \"%.*s\"; it stays in the file and is not sent", SHOWN_MAX, node->key);
}

bool schema_mapping(struct schema *s, const struct yaml *node, const char *what)
{
    if (node->kind == YAML_MAPPING)
        return true;
    if (node->kind != YAML_REFUSED)
        problem_add(s->problems, s->file, node->at, "%s is %s; it must be a mapping of keys to values", what,
                    kind_text(node));
    return false;
}

bool schema_sequence(struct schema *s, const struct yaml *node, const char *what)
{
    if (node->kind == YAML_SEQUENCE && node->n)
        return true;
    if (node->kind == YAML_SEQUENCE)
        problem_add(s->problems, s->file, node->at, "%s is an empty list", what);
    else if (node->kind != YAML_REFUSED)
        problem_add(s->problems, s->file, node->at, "%s is %s; it must be a list", what, kind_text(node));
    return false;
}

const char *schema_text(struct schema *s, const struct yaml *node, const char *what)
{
    if (node->kind == YAML_SCALAR && *node->text)
        return node->text;
    if (node->kind == YAML_NULL || node->kind == YAML_SCALAR)
        problem_add(s->problems, s->file, node->at, "%s is empty; it must be a text or a number", what);
    else if (node->kind != YAML_REFUSED)
        problem_add(s->problems, s->file, node->at, "%s is %s; it must be a single value", what,
                    kind_text(node));
    return NULL;
}

/* Characters, not bytes, as CTFd's columns count. */
size_t schema_characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

void schema_copy(struct schema *s, const struct yaml *node, const char *what, size_t max, char **out)
{
    const char *text = schema_text(s, node, what);

    if (!text)
        return;
    size_t n = schema_characters(text);
    if (n > max) {
        problem_add(s->problems, s->file, node->at, "%s has %zu characters; at most %zu are allowed", what, n,
                    max);
        return;
    }
    free(*out);
    *out = schema_dup(s, text);
}

static void number_problem(struct schema *s, const struct yaml *node, const char *what, const char *text,
                           const char *why)
{
    problem_add(s->problems, s->file, node->at, "%s: \"%.*s\" %s", what, SHOWN_MAX, text, why);
}

bool schema_number(struct schema *s, const struct yaml *node, const char *what, uint64_t lo, uint64_t hi,
                   uint64_t *out)
{
    const char *text = schema_text(s, node, what);
    uint64_t value = 0;
    char why[160];

    if (!text)
        return false;
    switch (parse_u64(text, hi, &value)) {
    case PARSE_NOT_A_NUMBER:
        snprintf(why, sizeof(why), "is not a number; write one from %" PRIu64 " to %" PRIu64, lo, hi);
        number_problem(s, node, what, text, why);
        return false;
    case PARSE_LEADING_ZERO:
        number_problem(s, node, what, text,
                       "has a leading zero, which is octal to some and ten to others; write 8 or 10");
        return false;
    case PARSE_TOO_LARGE:
        value = lo ? 0 : UINT64_MAX;
        break;
    case PARSE_OK:
        break;
    }
    if (value < lo || value > hi) {
        snprintf(why, sizeof(why), "is outside %" PRIu64 " to %" PRIu64, lo, hi);
        number_problem(s, node, what, text, why);
        return false;
    }
    *out = value;
    return true;
}

int schema_word(struct schema *s, const struct yaml *node, const char *what, const char *const *words,
                size_t n)
{
    const char *text = schema_text(s, node, what);
    char kind[80];

    if (!text)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0)
            return (int)i;
    snprintf(kind, sizeof(kind), "%s", what);
    schema_unknown(s, node->at, kind, text, words, n);
    return -1;
}

bool schema_scalar(struct schema *s, const struct yaml *node, const char *what, struct scalar *out)
{
    const char *text = schema_text(s, node, what);

    out->at = node->at;
    out->text = text ? schema_dup(s, text) : NULL;
    return out->text != NULL;
}

void schema_scalars(struct schema *s, const struct yaml *node, const char *what, struct scalar **out,
                    size_t *n)
{
    char item[80];

    if (*out || !schema_sequence(s, node, what))
        return;
    *out = schema_alloc(s, node->n, sizeof(**out));
    snprintf(item, sizeof(item), "a value of %s", what);
    for (const struct yaml *child = node->first; *out && child; child = child->next)
        if (schema_scalar(s, child, item, &(*out)[*n]))
            (*n)++;
}

void schema_scalars_free(struct scalar *scalars, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(scalars[i].text);
    free(scalars);
}

static const struct schema_key *key_row(const struct schema_key *keys, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

static void unknown_key(struct schema *s, const struct yaml *node, const struct schema_key *keys, size_t n)
{
    const char *words[WORDS_MAX];

    for (size_t i = 0; i < n && i < WORDS_MAX; i++)
        words[i] = keys[i].name;
    if (s->lenient) {
        schema_unsent(s, node, words, n < WORDS_MAX ? n : WORDS_MAX);
        return;
    }
    schema_unknown(s, node->key_at, "key", node->key, words, n < WORDS_MAX ? n : WORDS_MAX);
}

void schema_read(struct schema *s, const struct yaml *node, const char *what, const struct schema_key *keys,
                 size_t n_keys, void *out)
{
    if (!schema_mapping(s, node, what))
        return;
    for (const struct yaml *child = node->first; child; child = child->next) {
        const struct schema_key *row = key_row(keys, n_keys, child->key);
        if (!row)
            unknown_key(s, child, keys, n_keys);
        else if (row->read)
            row->read(s, child, out);
        else if (row->max)
            schema_copy(s, child, row->name, row->max, (char **)((char *)out + row->offset));
    }
    for (size_t i = 0; i < n_keys; i++)
        if (keys[i].required && !yaml_find(node, keys[i].name))
            problem_add(s->problems, s->file, node->at, "key \"%s\" is missing in %s", keys[i].name, what);
}
