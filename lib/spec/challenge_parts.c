#include "spec/challenge_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/file.h"

enum {
    WORD_MAX = 80, /* CTFd's column of tags */
    TEXT_MAX = 64 * 1024,
    PATH_LENGTH_MAX = 1024,
    COST_MAX = 1000000,
    FILE_BYTES_MAX = 16 * 1024 * 1024,
};

bool challenge_is_blank(const struct yaml *value)
{
    return value->kind == YAML_NULL || (value->kind == YAML_SCALAR && !*value->text);
}

/* A list that may be empty. */
static bool is_empty(const struct yaml *value)
{
    return challenge_is_blank(value) || (value->kind == YAML_SEQUENCE && !value->n);
}

static void read_list(struct schema *s, const struct yaml *value, const char *what, size_t max,
                      struct scalar **out, size_t *n)
{
    if (is_empty(value))
        return;
    schema_scalars(s, value, what, out, n);
    for (size_t i = 0; i < *n; i++) {
        if (schema_characters((*out)[i].text) > max)
            problem_add(s->problems, s->file, (*out)[i].at, "%s: longer than %zu characters", what, max);
        for (size_t j = 0; j < i; j++)
            if (strcmp((*out)[i].text, (*out)[j].text) == 0)
                problem_add(s->problems, s->file, (*out)[i].at, "%s: \"%.60s\" stands twice", what,
                            (*out)[i].text);
    }
}

void challenge_read_tags(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    read_list(s, value, "tags", WORD_MAX, &c->tags, &c->n_tags);
}

void challenge_read_topics(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    read_list(s, value, "topics", 255, &c->topics, &c->n_topics);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* A regular file in the challenge's folder. */
static void check_path(struct schema *s, const struct challenge *c, const struct scalar *path)
{
    struct stat st;
    char why[1024], *full = path_join(c->dir, path->text);
    int fd = full ? beneath_open(c->course_dir, full, O_RDONLY) : -1;

    if (!full)
        problem_add(s->problems, s->file, path->at, "out of memory");
    else if (fd < 0 && errno == ENOENT)
        problem_add(s->problems, s->file, path->at, "\"%.200s\": no such file in the challenge's folder",
                    path->text);
    else if (fd < 0 && errno == EXDEV)
        problem_add(s->problems, s->file, path->at, "\"%.200s\" lies outside the challenge's folder",
                    path->text);
    else if (fd < 0)
        problem_add(s->problems, s->file, path->at, "\"%.200s\": %s", path->text,
                    beneath_why(c->course_dir, full, why, sizeof(why)));
    else if (fstat(fd, &st) || st.st_size > FILE_BYTES_MAX)
        problem_add(s->problems, s->file, path->at, "\"%.200s\" is larger than 16 MiB", path->text);
    if (fd >= 0)
        close(fd);
    free(full);
}

void challenge_read_files(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    read_list(s, value, "files", PATH_LENGTH_MAX, &c->files, &c->n_files);
    for (size_t i = 0; i < c->n_files; i++) {
        check_path(s, c, &c->files[i]);
        /* the scoreboard keeps the last part of the path only */
        for (size_t j = 0; j < i; j++)
            if (strcmp(base_name(c->files[i].text), base_name(c->files[j].text)) == 0 &&
                strcmp(c->files[i].text, c->files[j].text) != 0)
                problem_add(s->problems, s->file, c->files[i].at,
                            "\"%.200s\": another file is called %s too; on the scoreboard they would be one",
                            c->files[i].text, base_name(c->files[i].text));
    }
}

static void read_cost(struct schema *s, const struct yaml *value, void *out)
{
    uint64_t number = 0;

    if (!challenge_is_blank(value) && schema_number(s, value, "cost", 0, COST_MAX, &number))
        ((struct challenge_hint *)out)->cost = (int64_t)number;
}

static void read_hint_requirements(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge_hint *hint = out;

    read_list(s, value, "requirements", WORD_MAX, &hint->requires, &hint->n_requires);
}

static void read_hint(struct schema *s, const struct yaml *value, struct challenge_hint *hint)
{
    static const struct schema_key keys[] = {
        {"content", true, NULL, offsetof(struct challenge_hint, content), TEXT_MAX},
        {"title", false, NULL, offsetof(struct challenge_hint, title), 200},
        {"key", false, NULL, offsetof(struct challenge_hint, key), WORD_MAX},
        {"cost", false, read_cost, 0, 0},
        {"requirements", false, read_hint_requirements, 0, 0},
    };

    hint->at = value->at;
    if (value->kind == YAML_MAPPING)
        schema_read(s, value, "a hint", keys, sizeof(keys) / sizeof(keys[0]), hint);
    else
        schema_copy(s, value, "a hint", TEXT_MAX, &hint->content);
    if (!hint->content)
        hint->content = schema_dup(s, "");
}

static bool hint_named(const struct challenge *c, const char *key)
{
    for (size_t i = 0; i < c->n_hints; i++)
        if (c->hints[i].key && strcmp(c->hints[i].key, key) == 0)
            return true;
    return false;
}

void challenge_read_hints(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    if (is_empty(value) || !schema_sequence(s, value, "hints"))
        return;
    c->hints = schema_alloc(s, value->n, sizeof(*c->hints));
    for (const struct yaml *row = value->first; c->hints && row; row = row->next) {
        struct challenge_hint *hint = &c->hints[c->n_hints];
        read_hint(s, row, hint);
        /* asked of those before it alone, so that none waits for itself */
        for (size_t i = 0; i < hint->n_requires; i++)
            if (!hint_named(c, hint->requires[i].text))
                problem_add(s->problems, s->file, hint->requires[i].at,
                            "no hint above this one has the key \"%.60s\"", hint->requires[i].text);
        if (hint->key && hint_named(c, hint->key))
            problem_add(s->problems, s->file, hint->at, "two hints have the key \"%.60s\"", hint->key);
        c->n_hints++;
    }
}

static void read_prerequisites(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    read_list(s, value, "requirements", WORD_MAX, &c->requires, &c->n_requires);
}

static void read_anonymize(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"false", "true", "preview"};

    if (challenge_is_blank(value))
        return;
    int i = schema_word(s, value, "anonymize", words, 3);
    if (i >= 0)
        ((struct challenge *)out)->anonymize = (enum anonymize)i;
}

void challenge_read_requirements(struct schema *s, const struct yaml *value, void *out)
{
    static const struct schema_key keys[] = {
        {"prerequisites", true, read_prerequisites, 0, 0},
        {"anonymize", false, read_anonymize, 0, 0},
    };

    if (value->kind == YAML_MAPPING)
        schema_read(s, value, "requirements", keys, 2, out);
    else
        read_prerequisites(s, value, out);
}

void challenge_read_next(struct schema *s, const struct yaml *value, void *out)
{
    if (!challenge_is_blank(value))
        schema_scalar(s, value, "next", &((struct challenge *)out)->next);
}

static void read_solution_path(struct schema *s, const struct yaml *value, void *out)
{
    struct challenge *c = out;

    if (schema_scalar(s, value, "solution", &c->solution))
        check_path(s, c, &c->solution);
}

static void read_solution_state(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"hidden", "visible", "solved"};
    struct challenge *c = out;
    int i = schema_word(s, value, "state", words, 3);

    free(c->solution_state);
    c->solution_state = i >= 0 ? schema_dup(s, words[i]) : NULL;
}

void challenge_read_solution(struct schema *s, const struct yaml *value, void *out)
{
    static const struct schema_key keys[] = {
        {"path", true, read_solution_path, 0, 0},
        {"state", false, read_solution_state, 0, 0},
    };
    struct challenge *c = out;

    if (challenge_is_blank(value))
        return;
    if (value->kind == YAML_MAPPING)
        schema_read(s, value, "solution", keys, 2, out);
    else
        read_solution_path(s, value, out);
    if (c->solution.text && !c->solution_state)
        c->solution_state = schema_dup(s, "hidden");
}

void challenge_parts_free(struct challenge *c)
{
    schema_scalars_free(c->tags, c->n_tags);
    schema_scalars_free(c->topics, c->n_topics);
    schema_scalars_free(c->files, c->n_files);
    schema_scalars_free(c->requires, c->n_requires);
    for (size_t i = 0; i < c->n_hints; i++) {
        free(c->hints[i].key);
        free(c->hints[i].title);
        free(c->hints[i].content);
        schema_scalars_free(c->hints[i].requires, c->hints[i].n_requires);
    }
    free(c->hints);
    free(c->next.text);
    free(c->extra.function);
    free(c->extra.plugin);
    free(c->solution.text);
    free(c->solution_state);
}

static const struct challenge *named(const struct course *course, const char *name)
{
    for (size_t i = 0; i < course->n_challenges; i++)
        if (strcmp(course->challenges[i].name, name) == 0)
            return &course->challenges[i];
    return NULL;
}

/* Whether `to` is asked for by `from`, directly or through others; depth bounds a ring that is reported
 * already. */
static bool asks_for(const struct course *course, const struct challenge *from, const struct challenge *to,
                     size_t depth)
{
    for (size_t i = 0; depth && i < from->n_requires; i++) {
        const struct challenge *other = named(course, from->requires[i].text);
        if (other && (other == to || asks_for(course, other, to, depth - 1)))
            return true;
    }
    return false;
}

/* What is asked for must be there, and points must not wait for what earns none. */
static void check_asked(const struct course *course, const struct challenge *c, const struct scalar *name,
                        struct problems *problems)
{
    const struct challenge *other = named(course, name->text);

    if (!other)
        problem_add(problems, c->file, name->at, "no challenge of this course is called \"%.80s\"",
                    name->text);
    else if (other->target.practice && !c->target.practice)
        problem_add(problems, c->file, name->at,
                    "\"%.80s\" is practice (assessed: false), and points must not wait for it: say it in the "
                    "text, or give it points",
                    name->text);
}

void challenge_names_check(const struct course *course, struct problems *problems)
{
    for (size_t i = 0; i < course->n_challenges; i++) {
        const struct challenge *c = &course->challenges[i];
        for (size_t j = 0; j < c->n_requires; j++)
            check_asked(course, c, &c->requires[j], problems);
        if (c->n_requires && asks_for(course, c, c, 8))
            problem_add(problems, c->file, c->requires[0].at,
                        "this challenge waits for itself: nobody could see it");
        if (c->next.text && !named(course, c->next.text))
            problem_add(problems, c->file, c->next.at, "no challenge of this course is called \"%.80s\"",
                        c->next.text);
    }
}
