#include "spec/yaml.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libfyaml.h>

#include "base/buf.h"
#include "base/beneath.h"
#include "base/file.h"
#include "base/str.h"

/* The tree is built from libfyaml's events, not from its documents: aliases, anchors and tags are then seen
 * where they stand, nothing is ever expanded (a bomb of aliases is just as many words as it is written with),
 * and depth is ours to limit. */
struct yaml_reader {
    const char *file;
    struct problems *problems;
    const struct buf *source;
    struct fy_parser *parser;
    struct fy_event *event; /* the current one */
    struct place last;      /* of the last token that had a place */
    bool broken;            /* no use in going on */
};

static bool reader_next(struct yaml_reader *r)
{
    fy_parser_event_free(r->parser, r->event);
    r->event = fy_parser_parse(r->parser);
    return r->event != NULL;
}

static struct place token_place(struct yaml_reader *r, struct fy_token *token)
{
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;

    if (mark)
        r->last = (struct place){mark->line + 1, mark->column + 1};
    return r->last;
}

static struct yaml *node_new(struct yaml_reader *r, enum yaml_kind kind, struct place at)
{
    struct yaml *node = calloc(1, sizeof(*node));

    if (!node) {
        r->broken = true;
        problem_add(r->problems, r->file, at, "out of memory");
        return NULL;
    }
    *node = (struct yaml){.kind = kind, .at = at, .text_at = at};
    return node;
}

void yaml_free(struct yaml *node)
{
    while (node) {
        struct yaml *next = node->next;
        yaml_free(node->first);
        free(node->text);
        free(node->key);
        free(node);
        node = next;
    }
}

static void node_append(struct yaml *parent, struct yaml *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->n++;
}

const struct yaml *yaml_find(const struct yaml *mapping, const char *key)
{
    if (mapping->kind != YAML_MAPPING)
        return NULL;
    for (const struct yaml *child = mapping->first; child; child = child->next)
        if (child->key && strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

/* The mark of an anchor or alias is its name; people look for the & or * before it. */
static struct place sign_place(struct yaml_reader *r, struct fy_token *token)
{
    struct place at = token_place(r, token);

    at.column -= at.column > 1;
    return at;
}

/* Anchors and tags decorate any node; both are refused where they stand. */
static bool refuse_properties(struct yaml_reader *r, struct fy_token *anchor, struct fy_token *tag)
{
    size_t len = 0;

    if (anchor) {
        const char *name = fy_token_get_text(anchor, &len);
        problem_add(r->problems, r->file, sign_place(r, anchor),
                    "anchor &%.*s is not allowed here; write the value where it is needed",
                    (int)(len < 40 ? len : 40), name ? name : "");
    }
    if (tag)
        problem_add(r->problems, r->file, token_place(r, tag), "tags (!) are not allowed here; leave it out");
    return anchor || tag;
}

static bool is_null(const char *text)
{
    return !*text || !strcmp(text, "~") || !strcmp(text, "null") || !strcmp(text, "Null") ||
           !strcmp(text, "NULL");
}

/* A block scalar's mark is the beginning of its first line: its text begins after the indentation. */
static struct place block_place(const struct yaml_reader *r, struct fy_token *token, struct place at)
{
    const struct fy_mark *mark = fy_token_start_mark(token);
    size_t i = mark ? mark->input_pos : r->source->len;

    for (; i < r->source->len && strchr(" \r\n", r->source->data[i]); i++)
        at.column = r->source->data[i] == ' ' ? at.column + 1 : 1;
    return at;
}

/* What is empty has no place of its own: libfyaml 0.7 gives it no token, 0.8 one that begins behind the
 * colon. People look for the word before it. */
static struct fy_token *written(struct fy_token *token)
{
    size_t len = 0;

    if (token && fy_token_scalar_style(token) == FYSS_PLAIN && (!fy_token_get_text(token, &len) || !len))
        return NULL;
    return token;
}

static struct yaml *read_scalar(struct yaml_reader *r)
{
    struct fy_token *token = written(r->event->scalar.value);
    bool refused = refuse_properties(r, r->event->scalar.anchor, r->event->scalar.tag);
    struct yaml *node = node_new(r, refused ? YAML_REFUSED : YAML_SCALAR, token_place(r, token));

    if (!node)
        return NULL;
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
    size_t len = 0;
    const char *text = token ? fy_token_get_text(token, &len) : "";
    node->plain = style == FYSS_PLAIN;
    if (style == FYSS_LITERAL || style == FYSS_FOLDED)
        node->text_at = block_place(r, token, node->at);
    node->text = strndup(text ? text : "", len);
    if (!node->text) {
        r->broken = true;
        problem_add(r->problems, r->file, node->at, "out of memory");
        return node;
    }
    if (strlen(node->text) != len) {
        problem_add(r->problems, r->file, node->at, "a text may not hold a NUL character");
        node->kind = YAML_REFUSED;
    }
    if (node->kind == YAML_SCALAR && node->plain && is_null(node->text))
        node->kind = YAML_NULL;
    return node;
}

static struct yaml *read_node(struct yaml_reader *r, int depth);

static void read_items(struct yaml_reader *r, struct yaml *sequence, int depth)
{
    while (!r->broken && reader_next(r) && r->event->type != FYET_SEQUENCE_END) {
        struct yaml *item = read_node(r, depth);
        if (item)
            node_append(sequence, item);
    }
}

/* Takes key's text for value, or drops value when the key cannot stand. */
static void add_pair(struct yaml_reader *r, struct yaml *mapping, struct yaml *key, struct yaml *value)
{
    const struct yaml *first = NULL;
    bool keep = false;

    if (key->kind == YAML_SEQUENCE || key->kind == YAML_MAPPING)
        problem_add(r->problems, r->file, key->at, "a key must be a plain word, not a list or a mapping");
    else if (key->kind == YAML_NULL)
        problem_add(r->problems, r->file, key->at, "a key is empty; write a word before the colon");
    else if (key->kind == YAML_SCALAR && key->plain && !strcmp(key->text, "<<"))
        problem_add(r->problems, r->file, key->at,
                    "merge keys (<<) are not allowed here; write the keys where they are needed");
    else if (key->kind == YAML_SCALAR && (first = yaml_find(mapping, key->text)))
        problem_add(r->problems, r->file, key->at,
                    "key \"%.60s\" stands twice; the first one is at line %d, column %d", key->text,
                    first->key_at.line, first->key_at.column);
    else
        keep = key->kind == YAML_SCALAR;
    if (!keep) {
        yaml_free(value);
        return;
    }
    value->key = key->text;
    value->key_at = key->at;
    key->text = NULL;
    node_append(mapping, value);
}

static void read_pairs(struct yaml_reader *r, struct yaml *mapping, int depth)
{
    while (!r->broken && reader_next(r) && r->event->type != FYET_MAPPING_END) {
        struct yaml *key = read_node(r, depth);
        if (!key)
            return;
        r->last = key->at;
        struct yaml *value = !r->broken && reader_next(r) ? read_node(r, depth) : NULL;
        if (value)
            add_pair(r, mapping, key, value);
        yaml_free(key);
    }
}

/* Reads the node whose first event is the current one, up to its last. NULL: broken. */
static struct yaml *read_node(struct yaml_reader *r, int depth)
{
    struct fy_event *e = r->event;
    struct yaml *node = NULL;
    bool mapping = e->type == FYET_MAPPING_START, refused = false;

    if (e->type == FYET_SCALAR)
        return read_scalar(r);
    if (e->type == FYET_ALIAS) {
        problem_add(r->problems, r->file, sign_place(r, e->alias.anchor),
                    "aliases (*) are not allowed here; write the value itself");
        return node_new(r, YAML_REFUSED, r->last);
    }
    if (e->type == FYET_SEQUENCE_START)
        refused = refuse_properties(r, e->sequence_start.anchor, e->sequence_start.tag);
    else if (mapping)
        refused = refuse_properties(r, e->mapping_start.anchor, e->mapping_start.tag);
    else
        return NULL;
    struct place at =
        token_place(r, mapping ? e->mapping_start.mapping_start : e->sequence_start.sequence_start);
    if (depth == YAML_DEPTH_MAX) {
        problem_add(r->problems, r->file, at, "nested deeper than %d levels", YAML_DEPTH_MAX);
        r->broken = true;
        return NULL;
    }
    node = node_new(r, mapping ? YAML_MAPPING : YAML_SEQUENCE, at);
    if (!node)
        return NULL;
    if (mapping)
        read_pairs(r, node, depth + 1);
    else
        read_items(r, node, depth + 1);
    if (refused)
        node->kind = YAML_REFUSED;
    return node;
}

/* Such a fault is noticed only where the next line does not fit. "indendation" is libfyaml's own. */
static bool begins_above(const char *message)
{
    return strstr(message, "indentation in") || strstr(message, "indendation") ||
           strstr(message, "missing comma") || strstr(message, "multiline");
}

/* libfyaml tells each fault once, innermost first. */
static void report_broken(struct yaml_reader *r, struct fy_diag *diag)
{
    void *prev = NULL;
    const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &prev);

    r->broken = true;
    if (!e) {
        problem_add(r->problems, r->file, r->last.line ? r->last : (struct place){1, 1},
                    "not readable as YAML 1.2 from here on");
        return;
    }
    size_t len = e->msg ? strcspn(e->msg, "\r\n") : 0;
    problem_add(r->problems, r->file, (struct place){e->line, e->column}, "not readable as YAML: %.*s%s",
                (int)(len < 200 ? len : 200), e->msg ? e->msg : "",
                e->msg && begins_above(e->msg) ? "; look at this line and the one above or below" : "");
}

static struct yaml *read_documents(struct yaml_reader *r, struct fy_diag *diag)
{
    struct yaml *root = NULL;
    int documents = 0;
    bool ended = false;

    while (!r->broken && reader_next(r)) {
        ended = r->event->type == FYET_STREAM_END;
        if (r->event->type == FYET_DOCUMENT_START && ++documents == 2) {
            problem_add(r->problems, r->file, token_place(r, r->event->document_start.document_start),
                        "a second document begins here; one file holds one");
            r->broken = true;
        } else if (documents == 1 && !root) {
            root = read_node(r, 0);
        }
    }
    if (!r->broken && (!ended || fy_parser_get_stream_error(r->parser)))
        report_broken(r, diag);
    if (!r->broken && (!root || root->kind == YAML_NULL)) {
        problem_add(r->problems, r->file, (struct place){1, 1}, "the file is empty");
        r->broken = true;
    }
    if (!r->broken)
        return root;
    yaml_free(root);
    return NULL;
}

static struct yaml *parse(const char *path, const struct buf *source, struct problems *problems)
{
    struct yaml_reader r = {.file = path, .problems = problems, .source = source};
    struct yaml *root = NULL;
    /* nothing is printed by the library: fy_diag_cfg_default would ask the terminal about colours */
    const struct fy_diag_cfg diag_cfg = {.level = FYET_INFO, .module_mask = ~0U};

    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    if (!diag) {
        problem_add(problems, path, (struct place){0}, "out of memory");
        return NULL;
    }
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg cfg = {
        .flags =
            FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_SLOPPY_FLOW_INDENTATION | FYPCF_ALLOW_DUPLICATE_KEYS,
        .diag = diag,
    };
    r.parser = fy_parser_create(&cfg);
    if (!r.parser || fy_parser_set_string(r.parser, buf_text(source), source->len))
        problem_add(problems, path, (struct place){0}, "out of memory");
    else
        root = read_documents(&r, diag);
    if (r.parser)
        fy_parser_event_free(r.parser, r.event);
    fy_parser_destroy(r.parser);
    fy_diag_destroy(diag);
    return root;
}

/* libfyaml takes a NUL for the end and lets other control characters pass: neither reaches it. */
static bool check_bytes(const char *path, const struct buf *source, struct problems *problems)
{
    struct place at = {1, 1};
    const char *text = buf_text(source), *end = text + source->len, *line = text;

    for (const char *p = text; p < end; p++) {
        unsigned char c = (unsigned char)*p;
        at.column = (int)(p - line) + 1;
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) {
            problem_add(problems, path, at, "control character 0x%02x; the file must be text", c);
            return false;
        }
        if (c != '\n')
            continue;
        if (!utf8_valid(line, (size_t)(p - line)))
            break;
        line = p + 1;
        at.line++;
    }
    at.column = 1;
    if (utf8_valid(line, (size_t)(end - line)))
        return true;
    problem_add(problems, path, at, "this line is not UTF-8; save the file as UTF-8");
    return false;
}

/* False after a problem. What lies in nobody's folder its owner has named, and it may be a link. */
static bool read_file(const char *path, const char *folder, struct buf *out, struct problems *problems)
{
    struct stat st;
    struct err err;

    if (!folder && stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        problem_add(problems, path, (struct place){0},
                    S_ISDIR(st.st_mode) ? "a folder, where a file is wanted" : "not a regular file");
        return false;
    }
    if ((folder ? beneath_read(folder, path, out, &err) : file_read(path, out, &err)) == ST_OK)
        return true;
    /* the sentence begins with the path, which problems_print puts there too */
    size_t skip = strncmp(err.text, path, strlen(path)) ? 0 : strlen(path) + 2;
    problem_add(problems, path, (struct place){0}, "%s", err.text + skip);
    return false;
}

struct yaml *yaml_load(const char *path, const char *folder, struct problems *problems)
{
    struct buf source;
    struct yaml *root = NULL;

    buf_init(&source, YAML_FILE_MAX);
    if (read_file(path, folder, &source, problems))
        root = yaml_parse(path, &source, problems);
    buf_free(&source);
    return root;
}

struct yaml *yaml_parse(const char *path, const struct buf *bytes, struct problems *problems)
{
    return check_bytes(path, bytes, problems) ? parse(path, bytes, problems) : NULL;
}
