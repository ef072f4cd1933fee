#include "spec/challenge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/names.h"
#include "spec/challenge_extra.h"
#include "spec/challenge_parts.h"
#include "spec/schema.h"

enum {
    TITLE_MAX = 80,         /* name and category: CTFd's columns */
    CONNECTION_MAX = 1024,  /* one or two lines under a challenge */
    ATTRIBUTION_MAX = 1024, /* a sentence and a link */
    ANSWER_MAX = 1024,
    DESCRIPTION_MAX = 64 * 1024,
    VALUE_MAX = 1000000,
    ATTEMPTS_MAX = 1000000,
};

static void read_name(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    c->name_at = value->text_at;
    schema_copy(s, value, "name", TITLE_MAX, &c->name);
}

static void read_category(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    c->category_at = value->text_at;
    schema_copy(s, value, "category", TITLE_MAX, &c->category);
}

static void read_description(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    c->description_at = value->text_at;
    schema_copy(s, value, "description", DESCRIPTION_MAX, &c->description);
}

/* Never sent, by nobody. */
static void read_author(struct schema *s, const struct yaml *value, void *out)
{
    if (!challenge_is_blank(value))
        schema_copy(s, value, "author", 200, &((struct challenge *)out)->author);
}

static void read_attribution(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    if (!challenge_is_blank(value))
        schema_copy(s, value, "attribution", ATTRIBUTION_MAX, &c->attribution);
}

static void read_connection_info(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    c->connection_info_at = value->text_at;
    if (!challenge_is_blank(value))
        schema_copy(s, value, "connection_info", CONNECTION_MAX, &c->connection_info);
}

static void read_value(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;
    uint64_t number = 0;

    if (!schema_number(s, value, "value", 0, VALUE_MAX, &number))
        return;
    c->value_at = value->at;
    c->value = (int64_t)number;
}

static void replace_word(struct schema *s, const struct yaml *value, const char *const *words, size_t n,
                         char **out)
{
    int i = schema_word(s, value, value->key, words, n);

    if (i < 0)
        return;
    free(*out);
    *out = schema_dup(s, words[i]);
}

/* A word of which the scoreboard may know more than we do: it is passed on, and said when it is none of ours.
 */
static void pass_word(struct schema *s, const struct yaml *value, const char *const *words, size_t n,
                      const char *whose, char **out)
{
    schema_copy(s, value, value->key, TITLE_MAX, out);
    for (size_t i = 0; *out && i < n; i++)
        if (strcmp(*out, words[i]) == 0)
            return;
    const char *near = *out ? names_nearest(*out, words, n) : NULL;
    if (*out && value->kind == YAML_SCALAR)
        problem_warn(s->problems, s->file, value->at, "%s \"%.60s\" is sent as it is: %s%s%s%s", value->key,
                     *out, whose, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void read_type(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"standard", "dynamic"};

    pass_word(s, value, SCHEMA_WORDS(words), "a type that a plugin of the scoreboard must have",
              &((struct challenge *)out)->type);
}

static void read_state(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"visible", "hidden"};

    replace_word(s, value, SCHEMA_WORDS(words), &((struct challenge *)out)->state);
}

static void read_logic(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"any", "all", "team"};

    replace_word(s, value, SCHEMA_WORDS(words), &((struct challenge *)out)->logic);
}

static void read_attempts(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;
    uint64_t number = 0;

    if (value->kind != YAML_NULL && schema_number(s, value, "attempts", 0, ATTEMPTS_MAX, &number))
        c->attempts = (int64_t)number;
}

static void read_flag_type(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"static", "regex"};

    pass_word(s, value, SCHEMA_WORDS(words), "a type that a plugin of the scoreboard must have",
              &((struct challenge_flag *)out)->type);
}

/* CTFd looks for one word; with any other, null and "" case counts. ctfcli's own example has the first. */
static void read_flag_data(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"case_sensitive", "case_insensitive"};

    if (!challenge_is_blank(value))
        pass_word(s, value, SCHEMA_WORDS(words), "case counts", &((struct challenge_flag *)out)->data);
}

static void read_flag(struct schema *s, const struct yaml *value, struct challenge_flag *flag)
{
    static const struct schema_key keys[] = {
        {"content", true, NULL, offsetof(struct challenge_flag, content), ANSWER_MAX},
        {"type", false, read_flag_type, 0, 0},
        {"data", false, read_flag_data, 0, 0},
    };

    flag->type = schema_dup(s, "static");
    if (value->kind == YAML_MAPPING)
        schema_read(s, value, "a flag", keys, sizeof(keys) / sizeof(keys[0]), flag);
    else
        schema_copy(s, value, "a flag", ANSWER_MAX, &flag->content);
}

static void read_flags(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    if (value->kind == YAML_NULL || (value->kind == YAML_SEQUENCE && !value->n) ||
        !schema_sequence(s, value, "flags"))
        return;
    c->flags = schema_alloc(s, value->n, sizeof(*c->flags));
    for (const struct yaml *row = value->first; c->flags && row; row = row->next)
        read_flag(s, row, &c->flags[c->n_flags++]);
}

/* A key of ctfcli's format that nothing here sends. Empty ones, as its own template has them, are left in
 * peace; the others must not be lost in silence. */
static void read_unsent(struct schema *s, const struct yaml *value, void *out)
{
    (void)out;
    if (challenge_is_blank(value) || value->kind == YAML_REFUSED || (value->kind != YAML_SCALAR && !value->n))
        return;
    problem_warn(s->problems, s->file, value->key_at, "%s is not sent by this version; it stays in the file",
                 value->key);
}

/* ctfcli reads over it; another number may mean keys that mean something else. */
static void read_version(struct schema *s, const struct yaml *value, void *out)
{
    (void)out;
    if (!challenge_is_blank(value) && (value->kind != YAML_SCALAR || strcmp(value->text, "0.1") != 0))
        problem_warn(s->problems, s->file, value->key_at,
                     "version: this is read as ctfcli's format 0.1, the only one known here");
}

/* ADD A KEY OF challenge.yml HERE: all of ctfcli's keys, so that a wrong one gets its neighbour's name */
static const struct schema_key challenge_keys[] = {
    {"name", true, read_name, 0, 0},
    {"category", true, read_category, 0, 0},
    {"description", true, read_description, 0, 0},
    {"attribution", false, read_attribution, 0, 0},
    {"value", false, read_value, 0, 0}, /* see challenge_extra_read */
    {"type", false, read_type, 0, 0},
    {"connection_info", false, read_connection_info, 0, 0},
    {"attempts", false, read_attempts, 0, 0},
    {"logic", false, read_logic, 0, 0},
    {"flags", false, read_flags, 0, 0},
    {"state", false, read_state, 0, 0},
    {"author", false, read_author, 0, 0},
    {"version", false, read_version, 0, 0},
    {"extra", false, NULL, 0, 0}, /* challenge_extra_read, when the type is known */
    {"image", false, read_unsent, 0, 0},
    {"protocol", false, read_unsent, 0, 0},
    {"host", false, read_unsent, 0, 0},
    {"healthcheck", false, read_unsent, 0, 0},
    {"solution", false, challenge_read_solution, 0, 0},
    {"topics", false, challenge_read_topics, 0, 0},
    {"tags", false, challenge_read_tags, 0, 0},
    {"files", false, challenge_read_files, 0, 0},
    {"hints", false, challenge_read_hints, 0, 0},
    {"requirements", false, challenge_read_requirements, 0, 0},
    {"next", false, challenge_read_next, 0, 0},
    {"scheduled_at", false, read_unsent, 0, 0},
    {"module", false, read_unsent, 0, 0},
};

static void default_text(struct challenge *c, char **text, const char *value, struct problems *problems)
{
    if (!*text && !(*text = strdup(value)))
        problem_add(problems, c->file, (struct place){0}, "out of memory");
}

static void read_target(struct challenge *c, struct problems *problems)
{
    struct stat st;
    char *path = path_join(c->dir, "target.yml");

    if (!path)
        problem_add(problems, c->file, (struct place){0}, "out of memory");
    /* a link that leads nowhere is a target.yml too, and a problem */
    if (path && lstat(path, &st) == 0) {
        c->has_target_file = true;
        target_spec_load(&c->target, path, c->course_dir, problems);
    }
    free(path);
}

/* Practice earns nothing, so that no total, pass mark or scoreboard has to know of it. */
static void check_assessed(const struct challenge *c, struct problems *problems)
{
    if (c->target.practice && c->value)
        problem_add(problems, c->target.file, c->target.practice_at,
                    "assessed: false is for practice, which earns nothing: write value: 0 in challenge.yml");
    else if (!c->target.practice && !c->value && c->value_at.line)
        problem_add(problems, c->file, c->value_at,
                    "value is 0, which is for practice alone: write 1 or more, or assessed: false in "
                    "target.yml");
}

void challenge_load(struct challenge *out, const char *course_dir, const char *dir, const char *slug,
                    struct problems *problems)
{
    *out = (struct challenge){.slug = strdup(slug),
                              .course_dir = course_dir,
                              .dir = strdup(dir),
                              .file = path_join(dir, "challenge.yml")};
    if (!out->slug || !out->dir || !out->file) {
        problem_add(problems, dir, (struct place){0}, "out of memory");
        return;
    }
    struct schema s = {.file = out->file, .problems = problems, .lenient = true};
    struct yaml *root = yaml_load(out->file, course_dir, problems);
    if (root)
        schema_read(&s, root, "challenge.yml", challenge_keys,
                    sizeof(challenge_keys) / sizeof(challenge_keys[0]), out);
    if (root)
        challenge_extra_read(&s, root, out);
    yaml_free(root);
    default_text(out, &out->name, "", problems);
    default_text(out, &out->category, "", problems);
    default_text(out, &out->description, "", problems);
    default_text(out, &out->attribution, "", problems);
    default_text(out, &out->type, "standard", problems);
    default_text(out, &out->state, "visible", problems);
    size_t before = problems->errors;
    read_target(out, problems);
    if (problems->errors == before)
        check_assessed(out, problems);
}

void challenge_free(struct challenge *challenge)
{
    struct challenge *c = challenge;

    free(c->slug);
    free(c->dir);
    free(c->file);
    free(c->name);
    free(c->author);
    free(c->category);
    free(c->description);
    free(c->attribution);
    free(c->connection_info);
    free(c->type);
    free(c->state);
    free(c->logic);
    for (size_t i = 0; i < c->n_flags; i++) {
        free(c->flags[i].content);
        free(c->flags[i].type);
        free(c->flags[i].data);
    }
    free(c->flags);
    challenge_parts_free(c);
    target_spec_free(&c->target);
    *c = (struct challenge){0};
}
