#include "spec/target.h"

#include <stdlib.h>
#include <string.h>

#include "spec/matcher.h"
#include "spec/schema.h"
#include "spec/steps.h"

static const char *const kinds[] = {"stream", "datagram", "packet"};

const char *target_kind_text(enum target_kind kind)
{
    return kind == TARGET_NONE ? "none" : kinds[kind - TARGET_STREAM];
}

static void read_kind(struct schema *s, const struct yaml *value, void *out)
{
    struct target_spec *t = out;
    int i = schema_word(s, value, "kind", SCHEMA_WORDS(kinds));

    t->kind_at = value->at;
    if (i >= 0)
        t->kind = (enum target_kind)(TARGET_STREAM + i);
}

/* A name in the class's folder: what is told, and what a sun_path has room for (unix(7): 108 bytes). */
static void take_path(struct schema *s, const struct yaml *value, struct target_spec *t)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    const struct clause_spec *clause = &t->listen[0];
    const char *name = clause->matcher.kind == MATCH_EQUAL ? clause->matcher.values[0].text : "";

    if (t->n_listen > 1) {
        problem_add(s->problems, s->file, value->at,
                    "a socket file is listened on alone; unix.path: NAME and nothing beside it");
        return;
    }
    if (!*name || *name == '.' || strlen(name) > TARGET_PATH_MAX || name[strspn(name, allowed)] ||
        strcmp(name, "reply") == 0)
        problem_add(
            s->problems, s->file, clause->matcher.at,
            "unix.path is a name such as news.sock: 1 to %d of a-z, 0-9, -, _ and ., not \"reply\"; its "
            "folder is `unix:` in class.yml",
            TARGET_PATH_MAX);
    t->unix_path = name;
    t->n_listen = 0;
}

static void read_listen(struct schema *s, const struct yaml *value, void *out)
{
    struct target_spec *t = out;

    matcher_clauses(s, value, &t->listen, &t->n_listen);
    if (t->n_listen > 2)
        problem_add(s->problems, s->file, value->at,
                    "listen has %zu fields; one or two say what is meant for it", t->n_listen);
    for (size_t i = 0, several = 0; i < t->n_listen; i++) {
        const struct matcher *m = &t->listen[i].matcher;
        if (m->kind != MATCH_EQUAL && m->kind != MATCH_IN)
            problem_add(s->problems, s->file, m->at,
                        "listen compares %s with one value, or a port with several, {in: [...]}; other "
                        "matchers belong into expect",
                        t->listen[i].field.text);
        else if (m->kind == MATCH_IN && (several++ || m->n_values > LISTEN_VALUES_MAX))
            problem_add(s->problems, s->file, m->at,
                        "listen names up to %d values, and of one field; one value of any other",
                        LISTEN_VALUES_MAX);
    }
    if (t->n_listen && strcmp(t->listen[0].field.text, "unix.path") == 0)
        take_path(s, value, t);
}

static void read_change_pairs(struct schema *s, const struct yaml *value, struct refuse_spec *row)
{
    if (!value->n) {
        problem_add(s->problems, s->file, value->at, "%s: an empty mapping changes nothing", value->key);
        return;
    }
    row->keys = schema_alloc(s, value->n, sizeof(*row->keys));
    row->values = schema_alloc(s, value->n, sizeof(*row->values));
    for (const struct yaml *pair = value->first; row->keys && row->values && pair; pair = pair->next) {
        size_t i = row->n_pairs;
        if (!schema_scalar(s, pair, pair->key, &row->values[i]))
            continue;
        row->keys[i] = (struct scalar){schema_dup(s, pair->key), pair->key_at};
        row->n_pairs++;
    }
}

static void read_change(struct schema *s, const struct yaml *value, struct refuse_spec *row)
{
    if (row->field.text) {
        problem_add(s->problems, s->file, value->key_at,
                    "a refuse row changes one field; this one changes %s at line %d, column %d and %s",
                    row->field.text, row->field.at.line, row->field.at.column, value->key);
        return;
    }
    row->field = (struct scalar){schema_dup(s, value->key), value->key_at};
    if (value->kind == YAML_MAPPING)
        read_change_pairs(s, value, row);
    else
        schema_scalar(s, value, value->key, &row->change);
}

/* A diagnosis code: capital letters, digits and underscores. Which ones exist is not known here. */
static void read_why(struct schema *s, const struct yaml *value, struct refuse_spec *row)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    if (schema_scalar(s, value, "why", &row->why) && row->why.text[strspn(row->why.text, allowed)])
        problem_add(s->problems, s->file, value->at,
                    "why: \"%.60s\" is not a code; codes look like BYTE_SWAPPED", row->why.text);
}

static void read_step(struct schema *s, const struct yaml *value, struct refuse_spec *row)
{
    uint64_t n = 0;

    if (schema_number(s, value, "step", 1, STEPS_MAX, &n) && schema_scalar(s, value, "step", &row->step))
        row->step_number = (size_t)n;
}

static void read_refuse_row(struct schema *s, const struct yaml *node, struct refuse_spec *row)
{
    row->at = node->at;
    if (!schema_mapping(s, node, "a row of refuse"))
        return;
    for (const struct yaml *child = node->first; child; child = child->next)
        if (!strcmp(child->key, "why"))
            read_why(s, child, row);
        else if (!strcmp(child->key, "step"))
            read_step(s, child, row);
        else
            read_change(s, child, row);
    if (!row->field.text)
        problem_add(s->problems, s->file, node->at,
                    "a refuse row names no field; write {ip.ttl: 0, why: CODE}");
    if (!yaml_find(node, "why"))
        problem_add(s->problems, s->file, node->at,
                    "a refuse row without why: say the code that must be given");
}

static void read_refuse(struct schema *s, const struct yaml *value, void *out)
{
    struct target_spec *t = out;

    if (!schema_sequence(s, value, "refuse"))
        return;
    t->refuse = schema_alloc(s, value->n, sizeof(*t->refuse));
    for (const struct yaml *row = value->first; t->refuse && row; row = row->next)
        read_refuse_row(s, row, &t->refuse[t->n_refuse++]);
}

static void read_connect(struct schema *s, const struct yaml *value, void *out)
{
    struct target_spec *t = out;
    uint64_t port = 0;

    if (schema_number(s, value, "connect", 1, 65535, &port))
        schema_scalar(s, value, "connect", &t->connect);
}

static void read_to(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"source", "own-host"};
    struct target_spec *t = out;
    int i = schema_word(s, value, "to", SCHEMA_WORDS(words));

    t->to_home = i == 1;
    t->to_at = value->at;
}

static void read_deliver(struct schema *s, const struct yaml *value, void *out)
{
    static const struct schema_key keys[] = {{"connect", true, read_connect, 0, 0},
                                             {"to", false, read_to, 0, 0}};

    schema_read(s, value, "deliver", keys, sizeof(keys) / sizeof(keys[0]), out);
}

static void read_feedback(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {
        [FEEDBACK_NONE] = "none", [FEEDBACK_FIELDS] = "fields", [FEEDBACK_FULL] = "full"};
    struct target_spec *t = out;
    int i = schema_word(s, value, "feedback", SCHEMA_WORDS(words));

    if (i >= 0)
        t->feedback = (enum feedback_level)i;
}

static void read_assessed(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"false", "true"};
    struct target_spec *t = out;

    t->practice_at = value->key_at;
    t->practice = schema_word(s, value, "assessed", SCHEMA_WORDS(words)) == 0;
}

/* That a text says it has no word. */
static const char *const IDENTIFY_WORDS[] = {[IDENTIFY_TEXT] = "",
                                             [IDENTIFY_SOURCE] = "source",
                                             [IDENTIFY_NOBODY] = "nobody",
                                             [IDENTIFY_OWN_HOST] = "own-host"};

const char *target_identify_text(enum identify identify)
{
    return IDENTIFY_WORDS[identify];
}

bool target_by_source(const struct target_spec *spec)
{
    return spec->identify == IDENTIFY_SOURCE || spec->identify == IDENTIFY_OWN_HOST;
}

static void read_identify(struct schema *s, const struct yaml *value, void *out)
{
    struct target_spec *t = out;
    int i = schema_word(s, value, "identify", IDENTIFY_WORDS + 1,
                        sizeof(IDENTIFY_WORDS) / sizeof(IDENTIFY_WORDS[0]) - 1);

    t->identify_at = value->at;
    if (i >= 0)
        t->identify = (enum identify)(i + 1);
}

static void check_deliver(struct schema *s, const struct yaml *root, const struct target_spec *t)
{
    const struct yaml *deliver = yaml_find(root, "deliver");

    if (t->kind == TARGET_PACKET && !deliver)
        problem_add(s->problems, s->file, t->kind_at,
                    "a packet target needs deliver: {connect: PORT}, the student's port for the flag");
    if ((t->kind == TARGET_STREAM || t->kind == TARGET_DATAGRAM) && deliver)
        problem_add(s->problems, s->file, deliver->key_at,
                    "deliver is for packet targets; a %s target answers where it was asked",
                    target_kind_text(t->kind));
}

/* ADD A KEY OF target.yml HERE */
static const struct schema_key wire_keys[] = {
    {"kind", true, read_kind, 0, 0},
    {"listen", true, read_listen, 0, 0},
    {"expect", false, NULL, 0, 0},
    {"steps", false, NULL, 0, 0},
    {"refuse", false, read_refuse, 0, 0},
    {"deliver", false, read_deliver, 0, 0},
    {"feedback", false, read_feedback, 0, 0},
    {"identify", false, read_identify, 0, 0},
    {"assessed", false, read_assessed, 0, 0},
};

static void read_accept_answers(struct schema *s, const struct yaml *value, void *out)
{
    struct target_spec *t = out;

    schema_scalars(s, value, "accept", &t->accept_answers, &t->n_accept_answers);
}

static void read_refuse_answers(struct schema *s, const struct yaml *value, void *out)
{
    struct target_spec *t = out;

    schema_scalars(s, value, "refuse", &t->refuse_answers, &t->n_refuse_answers);
}

static const struct schema_key knowledge_keys[] = {
    {"accept", true, read_accept_answers, 0, 0},
    {"refuse", false, read_refuse_answers, 0, 0},
};

static void check_answers(struct schema *s, const struct target_spec *t)
{
    for (size_t i = 0; i < t->n_refuse_answers; i++)
        for (size_t j = 0; j < t->n_accept_answers; j++) {
            const struct scalar *refused = &t->refuse_answers[i], *accepted = &t->accept_answers[j];
            if (!strcmp(refused->text, accepted->text))
                problem_add(s->problems, s->file, refused->at,
                            "answer \"%.60s\" is refused here and accepted at line %d, column %d",
                            refused->text, accepted->at.line, accepted->at.column);
        }
}

/* Whose host it is must be said by the packet, and be known with each one. */
static void check_home(struct schema *s, const struct target_spec *t)
{
    if (t->to_home && t->identify != IDENTIFY_TEXT)
        problem_add(s->problems, s->file, t->to_at,
                    "to: own-host needs a text with {student} in it: identify: %s asks for no name",
                    target_identify_text(t->identify));
    if (t->to_home && t->talks)
        problem_add(
            s->problems, s->file, t->to_at,
            "to: own-host is for one packet: a try of several steps is kept by its source, which must be "
            "the student's own; leave `to: own-host` out, or write `expect:` in place of `steps:`");
}

static void read_wire(struct schema *s, const struct yaml *root, struct target_spec *t)
{
    size_t before = s->problems->errors;

    schema_read(s, root, "target.yml", wire_keys, sizeof(wire_keys) / sizeof(wire_keys[0]), t);
    check_deliver(s, root, t);
    steps_read(s, root, before, t);
    check_home(s, t);
}

/* `accept` belongs to knowledge questions alone; the keys of a wire target beside it are the mistake. */
static void read_knowledge(struct schema *s, const struct yaml *root, struct target_spec *t)
{
    const struct yaml *wire = yaml_find(root, "kind");

    if (!wire)
        wire = yaml_find(root, "expect");
    if (!wire)
        wire = yaml_find(root, "steps");
    if (wire) {
        problem_add(
            s->problems, s->file, yaml_find(root, "accept")->key_at,
            "accept is for knowledge questions, but %s at line %d, column %d is for a target on the wire",
            wire->key, wire->key_at.line, wire->key_at.column);
        return;
    }
    schema_read(s, root, "target.yml", knowledge_keys, sizeof(knowledge_keys) / sizeof(knowledge_keys[0]), t);
    check_answers(s, t);
}

bool target_spec_load(struct target_spec *out, const char *path, const char *folder,
                      struct problems *problems)
{
    struct schema s = {.file = path, .problems = problems};
    size_t before = problems->errors;

    *out = (struct target_spec){.file = strdup(path), .feedback = FEEDBACK_FIELDS};
    struct yaml *root = out->file ? yaml_load(path, folder, problems) : NULL;
    if (!out->file)
        problem_add(problems, path, (struct place){0}, "out of memory");
    if (root && schema_mapping(&s, root, "target.yml")) {
        if (yaml_find(root, "accept"))
            read_knowledge(&s, root, out);
        else
            read_wire(&s, root, out);
    }
    yaml_free(root);
    return problems->errors == before;
}

void target_each_clause(const struct target_spec *t,
                        bool (*each)(void *context, size_t step, const struct clause_spec *clause),
                        void *context)
{
    for (size_t i = 0; i < t->n_listen; i++)
        if (t->listen[i].matcher.kind == MATCH_EQUAL && !each(context, 0, &t->listen[i]))
            return;
    for (size_t k = 0; k < t->n_steps; k++)
        for (size_t i = 0; i < t->steps[k].n_expect; i++)
            if (!each(context, k + 1, &t->steps[k].expect[i]))
                return;
}

struct field_clause {
    size_t step;
    const char *field;
    const struct clause_spec *found;
};

static bool seek(void *context, size_t step, const struct clause_spec *clause)
{
    struct field_clause *sought = context;

    if ((!step || !sought->step || step == sought->step) && !strcmp(clause->field.text, sought->field))
        sought->found = clause;
    return !sought->found;
}

const struct clause_spec *target_clause(const struct target_spec *t, size_t step, const char *field)
{
    struct field_clause sought = {.step = step, .field = field};

    target_each_clause(t, seek, &sought);
    return sought.found;
}

void target_spec_free(struct target_spec *spec)
{
    for (size_t i = 0; i < spec->n_refuse; i++) {
        struct refuse_spec *row = &spec->refuse[i];
        free(row->field.text);
        free(row->step.text);
        free(row->change.text);
        free(row->why.text);
        schema_scalars_free(row->keys, row->n_pairs);
        schema_scalars_free(row->values, row->n_pairs);
    }
    free(spec->refuse);
    matcher_clauses_free(spec->listen, spec->unix_path ? 1 : spec->n_listen);
    steps_free(spec->steps, spec->n_steps);
    schema_scalars_free(spec->accept_answers, spec->n_accept_answers);
    schema_scalars_free(spec->refuse_answers, spec->n_refuse_answers);
    free(spec->connect.text);
    free(spec->file);
    *spec = (struct target_spec){0};
}
