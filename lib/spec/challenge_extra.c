/* CTFd's own types have five keys in `extra`, which are checked. Of another type's keys nobody here knows
 * anything: ctfcli merges them into what it sends, and so are they passed on, as JSON. */
#include "spec/challenge_extra.h"

#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "json/write.h"
#include "spec/challenge_parts.h"

enum { POINTS_MAX = 1000000, POSITION_MAX = 32767, PLUGIN_MAX = 64 * 1024 };

static void read_number(struct schema *s, const struct yaml *value, uint64_t max,
                        struct challenge_number *out)
{
    uint64_t number = 0;

    if (challenge_is_blank(value) || !schema_number(s, value, value->key, 0, max, &number))
        return;
    *out = (struct challenge_number){.there = true, .n = (int64_t)number};
}

static void read_initial(struct schema *s, const struct yaml *value, void *out)
{
    read_number(s, value, POINTS_MAX, &((struct challenge *)out)->extra.initial);
}

static void read_minimum(struct schema *s, const struct yaml *value, void *out)
{
    read_number(s, value, POINTS_MAX, &((struct challenge *)out)->extra.minimum);
}

static void read_decay(struct schema *s, const struct yaml *value, void *out)
{
    read_number(s, value, POINTS_MAX, &((struct challenge *)out)->extra.decay);
}

static void read_position(struct schema *s, const struct yaml *value, void *out)
{
    read_number(s, value, POSITION_MAX, &((struct challenge *)out)->extra.position);
}

static void read_function(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"static", "linear", "logarithmic"};
    char **function = &((struct challenge *)out)->extra.function;

    if (challenge_is_blank(value))
        return;
    int i = schema_word(s, value, "function", words, 3);
    free(*function);
    *function = i >= 0 ? schema_dup(s, words[i]) : NULL;
}

static bool is_word(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, text) == 0)
            return true;
    return false;
}

/* A plain word is what ctfcli's YAML makes of it: a boolean, a number, nothing; else it is a text. */
static void put_scalar(struct json_writer *w, const char *key, const struct yaml *node)
{
    static const char *const yes[] = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", NULL},
                             *const no[] = {"false", "False", "FALSE", "no",  "No",
                                            "NO",    "off",   "Off",   "OFF", NULL};
    struct json *number = node->plain ? json_parse(node->text, strlen(node->text), NULL) : NULL;
    double ignored;

    if (node->plain && is_word(node->text, yes))
        json_put_bool(w, key, true);
    else if (node->plain && is_word(node->text, no))
        json_put_bool(w, key, false);
    else if (json_number(number, &ignored))
        json_put_copy(w, key, number);
    else
        json_put_text(w, key, node->text);
    json_free(number);
}

/* The tree is at most YAML_DEPTH_MAX deep. */
static void put_node(struct json_writer *w, const char *key, const struct yaml *node)
{
    if (node->kind == YAML_SCALAR) {
        put_scalar(w, key, node);
        return;
    }
    if (node->kind != YAML_SEQUENCE && node->kind != YAML_MAPPING) {
        json_put_null(w, key);
        return;
    }
    bool list = node->kind == YAML_SEQUENCE;
    if (list)
        json_open_array(w, key);
    else
        json_open_object(w, key);
    for (const struct yaml *child = node->first; child; child = child->next)
        put_node(w, list ? NULL : child->key, child);
    if (list)
        json_close_array(w);
    else
        json_close_object(w);
}

/* What has a place of its own in the file would stand twice in what is sent. */
static void read_plugin(struct schema *s, const struct yaml *extra, struct challenge *c)
{
    static const char *const own[] = {
        "id",    "name",         "category", "description",     "attribution",  "type",    "value",
        "state", "max_attempts", "logic",    "connection_info", "requirements", "next_id", NULL};
    struct buf text;
    struct json_writer w = {.out = &text};

    buf_init(&text, PLUGIN_MAX);
    json_open_object(&w, NULL);
    for (const struct yaml *child = extra->first; child; child = child->next)
        if (is_word(child->key, own))
            problem_warn(s->problems, s->file, child->key_at,
                         "extra: \"%s\" has its place outside of extra; it is not sent from here",
                         child->key);
        else
            put_node(&w, child->key, child);
    json_close_object(&w);
    if (text.failed)
        problem_add(s->problems, s->file, extra->key_at, "extra is longer than %d bytes", PLUGIN_MAX);
    else if (extra->n)
        c->extra.plugin = schema_dup(s, buf_text(&text));
    buf_free(&text);
    const struct yaml *initial = yaml_find(extra, "initial");
    if (initial)
        read_initial(s, initial, c);
}

static void check_points(struct schema *s, const struct yaml *root, const struct challenge *c, bool dynamic)
{
    const struct yaml *extra = yaml_find(root, "extra");
    struct place at = extra ? extra->key_at : root->at;
    bool follows = c->extra.function && strcmp(c->extra.function, "static") != 0;

    if (dynamic && !c->extra.initial.there && c->value)
        problem_warn(
            s->problems, s->file, at,
            "type dynamic without extra: {initial: ...}: value is taken for the points of the first solver");
    else if (dynamic && !c->extra.initial.there)
        problem_add(s->problems, s->file, at,
                    "type dynamic needs extra: {initial: ...}, the points of the first solver");
    /* CTFd refuses the one and would quietly ignore the other (3.8.7, plugins/challenges/__init__.py:67) */
    if (follows && !dynamic && (!c->extra.minimum.there || !c->extra.decay.there))
        problem_add(s->problems, s->file, at, "extra: function %s needs minimum and decay",
                    c->extra.function);
    if (!follows && !dynamic && (c->extra.initial.there || c->extra.minimum.there || c->extra.decay.there))
        problem_warn(
            s->problems, s->file, at,
            "extra: initial, minimum and decay mean nothing without function: linear or logarithmic");
}

bool challenge_type_is_usual(const char *type)
{
    return strcmp(type, "standard") == 0 || strcmp(type, "dynamic") == 0;
}

void challenge_extra_read(struct schema *s, const struct yaml *root, struct challenge *c)
{
    static const struct schema_key keys[] = {
        {"initial", false, read_initial, 0, 0},   {"minimum", false, read_minimum, 0, 0},
        {"decay", false, read_decay, 0, 0},       {"function", false, read_function, 0, 0},
        {"position", false, read_position, 0, 0},
    };
    const struct yaml *extra = yaml_find(root, "extra"), *value = yaml_find(root, "value");
    bool usual = !c->type || challenge_type_is_usual(c->type);
    bool dynamic = c->type && strcmp(c->type, "dynamic") == 0;

    if (extra && !challenge_is_blank(extra) && usual)
        schema_read(s, extra, "extra", keys, sizeof(keys) / sizeof(keys[0]), c);
    else if (extra && !challenge_is_blank(extra) && schema_mapping(s, extra, "extra"))
        read_plugin(s, extra, c);
    if (usual)
        check_points(s, root, c, dynamic);
    if (!value && !dynamic && !c->extra.initial.there && root->kind == YAML_MAPPING)
        problem_add(s->problems, s->file, root->at, "key \"value\" is missing in challenge.yml");
    bool follows = c->extra.function && strcmp(c->extra.function, "static") != 0;
    if (c->extra.initial.there && (!value || dynamic || follows))
        c->value = c->extra.initial.n;
}
