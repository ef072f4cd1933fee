#include "spec/matcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"

/* A key of a matcher's mapping: one that says the kind, or one that goes with a kind. */
struct matcher_key {
    const char *name;
    enum matcher_kind kind;
    bool goes_with; /* a modifier of that kind */
    void (*read)(struct schema *s, const struct yaml *value, struct matcher *out);
};

static void read_list(struct schema *s, const struct yaml *value, struct matcher *out)
{
    schema_scalars(s, value, value->key, &out->values, &out->n_values);
}

static void read_one(struct schema *s, const struct yaml *value, struct matcher *out)
{
    out->values = schema_alloc(s, 1, sizeof(*out->values));
    if (out->values && schema_scalar(s, value, value->key, &out->values[0]))
        out->n_values = 1;
}

static void read_not(struct schema *s, const struct yaml *value, struct matcher *out)
{
    if (value->kind == YAML_SEQUENCE)
        read_list(s, value, out);
    else
        read_one(s, value, out);
}

static void read_pair(struct schema *s, const struct yaml *value, struct matcher *out)
{
    if (value->kind == YAML_SEQUENCE && value->n != 2) {
        problem_add(s->problems, s->file, value->at,
                    "%s has %zu values; it needs two, the first and the last: [8, 56]", value->key, value->n);
        return;
    }
    if (value->kind == YAML_SCALAR || value->kind == YAML_NULL || value->kind == YAML_MAPPING) {
        problem_add(s->problems, s->file, value->at,
                    "%s needs a list of two values, the first and the last: [8, 56]", value->key);
        return;
    }
    read_list(s, value, out);
}

static void read_param(struct schema *s, const struct yaml *value, struct matcher *out)
{
    static const char *const types[] = {"u8", "u16", "u32"};

    if (value->kind != YAML_SCALAR)
        read_pair(s, value, out);
    else if (schema_word(s, value, "type of param", SCHEMA_WORDS(types)) >= 0)
        read_one(s, value, out);
}

size_t matcher_students(const char *text)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, "{student}")); at++)
        n++;
    return n;
}

static void read_text(struct schema *s, const struct yaml *value, struct matcher *out)
{
    read_one(s, value, out);
    if (!out->n_values)
        return;
    if (matcher_students(value->text) > 1)
        problem_add(s->problems, s->file, value->at,
                    "text holds {student} twice; once says who it is, twice may contradict itself");
}

static void read_mask(struct schema *s, const struct yaml *value, struct matcher *out)
{
    out->values = schema_alloc(s, 2, sizeof(*out->values));
    if (out->values && schema_scalar(s, value, value->key, &out->values[0]))
        out->n_values = 1;
}

static void read_value(struct schema *s, const struct yaml *value, struct matcher *out)
{
    if (out->n_values == 1 && schema_scalar(s, value, value->key, &out->values[1]))
        out->n_values = 2;
}

static void read_per(struct schema *s, const struct yaml *value, struct matcher *out)
{
    static const char *const words[] = {[PER_CLASS] = "class", [PER_STUDENT] = "student"};
    int i = schema_word(s, value, "per", SCHEMA_WORDS(words));

    if (i >= 0)
        out->per = (enum matcher_per)i;
}

static const char *const encodings[] = {
    [ENCODING_UTF8] = "utf-8", [ENCODING_HEX] = "hex", [ENCODING_BASE64] = "base64"};

static void read_encoding(struct schema *s, const struct yaml *value, struct matcher *out)
{
    int i = schema_word(s, value, "encoding", SCHEMA_WORDS(encodings));

    if (i >= 0)
        out->encoding = (enum text_encoding)i;
}

const char *matcher_encoding_text(enum text_encoding encoding)
{
    return encodings[encoding];
}

static void read_trim(struct schema *s, const struct yaml *value, struct matcher *out)
{
    static const char *const words[] = {"none", "newline"};
    int i = schema_word(s, value, "trim", SCHEMA_WORDS(words));

    if (i >= 0)
        out->trim = i ? TRIM_NEWLINE : TRIM_NONE;
}

static void read_bytes(struct schema *s, const struct yaml *value, struct matcher *out)
{
    read_one(s, value, out);
    if (!out->n_values)
        return;
    const char *text = out->values[0].text;
    size_t n = strlen(text);
    if (strncmp(text, "0x", 2) != 0 || n < 4 || n % 2 || text[2 + strspn(text + 2, "0123456789abcdefABCDEF")])
        problem_add(s->problems, s->file, value->at,
                    "bytes: \"%.60s\" is not 0x and two hex digits for each byte, as \"0x0a1b\"", text);
}

static void read_contains(struct schema *s, const struct yaml *value, struct matcher *out)
{
    read_one(s, value, out);
    if (out->n_values && matcher_students(value->text))
        problem_add(s->problems, s->file, value->at,
                    "contains: {student} says who it is in a whole text alone; write {text: ...}");
}

static bool name_valid(const char *name)
{
    const char *at = name;
    char taken[STEP_NAME_LEN + 1], braced[STEP_NAME_LEN + 8];

    if (strlen(name) > STEP_NAME_LEN)
        return false;
    snprintf(braced, sizeof(braced), "{%s}", name);
    at = braced;
    return matcher_name(&at, taken) && !*at;
}

void matcher_check_name(struct schema *s, const struct yaml *node, const char *name)
{
    if (!name_valid(name))
        problem_add(s->problems, s->file, node->kind == YAML_SCALAR ? node->at : node->key_at,
                    "\"%.40s\" is no name: a small letter, then small letters, digits and _, at most %d",
                    name, STEP_NAME_LEN);
    else if (strcmp(name, "student") == 0)
        problem_add(s->problems, s->file, node->at, "{student} is the handle already; take another name");
}

static void read_name(struct schema *s, const struct yaml *value, struct matcher *out)
{
    read_one(s, value, out);
    if (out->n_values)
        matcher_check_name(s, value, out->values[0].text);
}

static void read_plus(struct schema *s, const struct yaml *value, struct matcher *out)
{
    schema_number(s, value, "plus", 1, UINT32_MAX, &out->plus);
}

/* What is said of a word in it is said with the word's own place. */
static void read_filter(struct schema *s, const struct yaml *value, struct matcher *out)
{
    read_one(s, value, out);
    if (out->n_values)
        out->values[0].at = value->text_at;
    out->rejects = strcmp(value->key, "rejects") == 0;
}

static void read_example(struct schema *s, const struct yaml *value, struct matcher *out)
{
    if (!schema_mapping(s, value, "example"))
        return;
    out->example_fields = schema_alloc(s, value->n + 1, sizeof(*out->example_fields));
    out->example_values = schema_alloc(s, value->n + 1, sizeof(*out->example_values));
    for (const struct yaml *row = value->first; out->example_fields && out->example_values && row;
         row = row->next) {
        if (!schema_scalar(s, row, row->key, &out->example_values[out->n_example]))
            continue;
        out->example_fields[out->n_example] = (struct scalar){schema_dup(s, row->key), row->key_at};
        if (out->example_fields[out->n_example].text)
            out->n_example++;
        else
            free(out->example_values[out->n_example].text);
    }
}

bool matcher_name(const char **at, char out[STEP_NAME_LEN + 1])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz",
                      more[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

    for (const char *open = *at; (open = strchr(open, '{')); open++) {
        size_t n = strspn(open + 1, more);
        if (!n || n > STEP_NAME_LEN || !strchr(letters, open[1]) || open[1 + n] != '}')
            continue;
        memcpy(out, open + 1, n);
        out[n] = '\0';
        *at = open + n + 2;
        return true;
    }
    return false;
}

/* ADD A MATCHER HERE: its key, and below it the keys that go with it (read after it, in this order) */
static const struct matcher_key matcher_keys[] = {
    {"in", MATCH_IN, false, read_list},
    {"range", MATCH_RANGE, false, read_pair},
    {"not", MATCH_NOT, false, read_not},
    {"mask", MATCH_MASK, false, read_mask},
    {"value", MATCH_MASK, true, read_value},
    {"param", MATCH_PARAM, false, read_param},
    {"per", MATCH_PARAM, true, read_per},
    {"text", MATCH_TEXT, false, read_text},
    {"encoding", MATCH_TEXT, true, read_encoding},
    {"trim", MATCH_TEXT, true, read_trim},
    {"bytes", MATCH_BYTES, false, read_bytes},
    {"contains", MATCH_CONTAINS, false, read_contains},
    {"length", MATCH_LENGTH, false, read_pair},
    {"bind", MATCH_BIND, false, read_name},
    {"bound", MATCH_BOUND, false, read_name},
    {"plus", MATCH_BOUND, true, read_plus},
    {"matches", MATCH_FILTER, false, read_filter},
    {"rejects", MATCH_FILTER, false, read_filter},
    {"example", MATCH_FILTER, true, read_example},
};

#define N_KEYS (sizeof(matcher_keys) / sizeof(matcher_keys[0]))

static bool known_keys(struct schema *s, const struct yaml *map)
{
    const char *words[N_KEYS];
    bool all = true;

    for (size_t i = 0; i < N_KEYS; i++)
        words[i] = matcher_keys[i].name;
    for (const struct yaml *child = map->first; child; child = child->next) {
        bool known = false;
        for (size_t i = 0; i < N_KEYS && !known; i++)
            known = !strcmp(words[i], child->key);
        if (!known)
            schema_unknown(s, child->key_at, "key", child->key, words, N_KEYS);
        all = all && known;
    }
    return all;
}

/* The row that says the kind; NULL after a problem when there is none or two. whole: no other key is wrong.
 */
static const struct matcher_key *find_kind(struct schema *s, const struct yaml *map, bool whole)
{
    const struct matcher_key *found = NULL;

    for (size_t i = 0; i < N_KEYS; i++) {
        if (matcher_keys[i].goes_with || !yaml_find(map, matcher_keys[i].name))
            continue;
        if (found) {
            problem_add(s->problems, s->file, map->at, "%s has both %s and %s; a field has one matcher",
                        map->key, found->name, matcher_keys[i].name);
            return NULL;
        }
        found = &matcher_keys[i];
    }
    if (!found && whole)
        problem_add(
            s->problems, s->file, map->at,
            "%s says nothing to match; write a value, any, or one of in, range, not, mask, param, text, "
            "bytes, contains, length, bind, bound, matches, rejects",
            map->key);
    return found;
}

static void read_map(struct schema *s, const struct yaml *map, struct matcher *out)
{
    /* beside an unknown key, which may be the one that is missing, the others are read all the same */
    const struct matcher_key *kind = find_kind(s, map, known_keys(s, map));
    if (!kind)
        return;
    out->kind = kind->kind;
    for (size_t i = 0; i < N_KEYS; i++) {
        const struct matcher_key *row = &matcher_keys[i];
        const struct yaml *value = yaml_find(map, row->name);
        if (value && row->kind == kind->kind)
            row->read(s, value, out);
        else if (value)
            problem_add(s->problems, s->file, value->key_at, "%s does not go with %s", row->name, kind->name);
    }
    if (kind->kind == MATCH_MASK && !yaml_find(map, "value"))
        problem_add(s->problems, s->file, map->at, "mask needs a value: {mask: 0x3f, value: 2}");
    if (kind->kind == MATCH_PARAM && !yaml_find(map, "per"))
        problem_add(s->problems, s->file, map->at, "param needs per: class or per: student");
}

void matcher_read(struct schema *s, const struct yaml *value, struct matcher *out)
{
    out->at = value->at;
    if (value->kind == YAML_MAPPING) {
        read_map(s, value, out);
    } else if (value->kind == YAML_SEQUENCE) {
        problem_add(s->problems, s->file, value->at,
                    "%s is a list; write {in: [...]} for any of several values", value->key);
    } else if (value->kind == YAML_SCALAR && value->plain && !strcmp(value->text, "any")) {
        out->kind = MATCH_ANY;
    } else {
        out->kind = MATCH_EQUAL;
        read_one(s, value, out);
    }
}

void matcher_free(struct matcher *matcher)
{
    schema_scalars_free(matcher->values, matcher->n_values);
    schema_scalars_free(matcher->example_fields, matcher->n_example);
    schema_scalars_free(matcher->example_values, matcher->n_example);
}

void matcher_clauses(struct schema *s, const struct yaml *value, struct clause_spec **out, size_t *n)
{
    if (!schema_mapping(s, value, value->key))
        return;
    if (!value->n) {
        problem_add(s->problems, s->file, value->at, "%s is empty; it must name at least one field",
                    value->key);
        return;
    }
    *out = schema_alloc(s, value->n, sizeof(**out));
    for (const struct yaml *row = value->first; *out && row; row = row->next) {
        struct clause_spec *clause = &(*out)[*n];
        clause->field = (struct scalar){schema_dup(s, row->key), row->key_at};
        if (!clause->field.text)
            return;
        matcher_read(s, row, &clause->matcher);
        (*n)++;
    }
}

void matcher_clauses_free(struct clause_spec *clauses, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(clauses[i].field.text);
        matcher_free(&clauses[i].matcher);
    }
    free(clauses);
}
