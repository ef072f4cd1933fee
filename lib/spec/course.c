#include "spec/course.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/beneath.h"
#include "base/file.h"
#include "base/names.h"
#include "spec/challenge.h"
#include "spec/challenge_parts.h"
#include "spec/schema.h"

enum { CHALLENGES_MAX = 10000, PASS_MAX = 100000000, FLAG_PREFIX_MAX = 16 };

static void read_id(struct schema *s, const struct yaml *value, void *out)
{
    struct course *c = out;

    schema_copy(s, value, "id", 200, &c->id);
    if (c->id && !slug_valid(c->id))
        problem_add(s->problems, s->file, value->at,
                    "id \"%.60s\": write 1 to %d of a-z, 0-9 and -, not beginning with -", c->id,
                    NAME_MAX_LEN);
}

static void read_pass(struct schema *s, const struct yaml *value, void *out)
{
    uint64_t number = 0;

    if (schema_number(s, value, "pass", 0, PASS_MAX, &number))
        ((struct course *)out)->pass = (int64_t)number;
}

static void read_flag_prefix(struct schema *s, const struct yaml *value, void *out)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    struct course *c = out;

    schema_copy(s, value, "flag_prefix", FLAG_PREFIX_MAX, &c->flag_prefix);
    if (c->flag_prefix && c->flag_prefix[strspn(c->flag_prefix, allowed)])
        problem_add(s->problems, s->file, value->at, "flag_prefix \"%.60s\": write 1 to %d of a-z, 0-9 and _",
                    c->flag_prefix, FLAG_PREFIX_MAX);
}

static void read_outcomes(struct schema *s, const struct yaml *value, void *out)
{
    struct course *c = out;

    if (value->kind == YAML_NULL || (value->kind == YAML_SEQUENCE && !value->n) ||
        !schema_sequence(s, value, "outcomes"))
        return;
    c->outcomes = schema_alloc(s, value->n, sizeof(*c->outcomes));
    for (const struct yaml *row = value->first; c->outcomes && row; row = row->next) {
        schema_copy(s, row, "an outcome", 1024, &c->outcomes[c->n_outcomes]);
        if (c->outcomes[c->n_outcomes])
            c->n_outcomes++;
    }
}

static void read_public(struct schema *s, const struct yaml *value, void *out)
{
    static const char *const words[] = {"false", "true"};

    ((struct course *)out)->is_public = schema_word(s, value, "public", SCHEMA_WORDS(words)) == 1;
}

/* ADD A KEY OF course.yml HERE */
static const struct schema_key course_keys[] = {
    {"id", true, read_id, 0, 0},
    {"name", true, NULL, offsetof(struct course, name), 200},
    {"pass", true, read_pass, 0, 0},
    {"flag_prefix", false, read_flag_prefix, 0, 0},
    {"outcomes", false, read_outcomes, 0, 0},
    {"public", false, read_public, 0, 0},
};

static bool exists(const char *dir, const char *name)
{
    struct stat st;
    char *path = path_join(dir, name);
    bool there = path && lstat(path, &st) == 0;

    free(path);
    return there;
}

static void read_course(struct course *c, struct problems *problems)
{
    struct schema s = {.file = c->file, .problems = problems};
    struct yaml *root = NULL;

    if (exists(c->dir, "course.yml"))
        root = yaml_load(c->file, c->dir, problems);
    else
        problem_add(problems, c->dir, (struct place){0}, "no course.yml is there, and a course has one%s",
                    exists(c->dir, "class.yml") ? "; for the class.yml that is there give --class" : "");

    if (root)
        schema_read(&s, root, "course.yml", course_keys, sizeof(course_keys) / sizeof(course_keys[0]), c);
    yaml_free(root);
    if (!c->flag_prefix && !(c->flag_prefix = strdup("flag")))
        problem_add(problems, c->file, (struct place){0}, "out of memory");
}

static void add_challenge(struct course *c, size_t *cap, const char *dir, const char *slug,
                          struct problems *problems)
{
    if (!slug_valid(slug)) {
        problem_add(problems, dir, (struct place){0},
                    "a challenge's folder is named with 1 to %d of a-z, 0-9 and -, not beginning with -",
                    NAME_MAX_LEN);
        return;
    }
    if (c->n_challenges == CHALLENGES_MAX) {
        problem_add(problems, dir, (struct place){0}, "one challenge too many; a course has at most %d",
                    CHALLENGES_MAX);
        return;
    }
    if (!array_room(&c->challenges, c->n_challenges, cap, sizeof(*c->challenges))) {
        problem_add(problems, dir, (struct place){0}, "out of memory");
        return;
    }
    struct challenge *challenge = &c->challenges[c->n_challenges++];
    challenge_load(challenge, c->dir, dir, slug, problems);
    if (!challenge->slug || !challenge->dir || !challenge->file) { /* no memory: nothing has a name */
        challenge_free(challenge);
        c->n_challenges--;
    }
}

/* Without its target.yml a challenge on the wire would become a question. */
static void refuse_misspelt(const char *dir, struct problems *problems)
{
    static const char *const names[] = {"target.yaml",    "targets.yml",    "targets.yaml", "Target.yml",
                                        "challenge.yaml", "challenges.yml", "Challenge.yml"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (exists(dir, names[i]))
            problem_add(problems, dir, (struct place){0}, "%s is not read; its name must be %s", names[i],
                        strchr("tT", names[i][0]) ? "target.yml" : "challenge.yml");
}

struct folders {
    struct course *course;
    size_t cap;
    struct problems *problems;
};

/* A link to a file is nothing that is read here; one that leads nowhere may have been meant for a folder. */
static bool is_folder_link(const char *path)
{
    struct stat st;

    return stat(path, &st) || S_ISDIR(st.st_mode);
}

static void read_folder(void *context, const char *dir, mode_t type)
{
    struct folders *f = context;
    char why[1024];

    if (type == S_IFLNK && is_folder_link(dir)) {
        errno = ELOOP;
        problem_add(f->problems, dir, (struct place){0}, "%s",
                    beneath_why(f->course->dir, dir, why, sizeof(why)));
    }
    if (type != S_IFDIR)
        return;
    refuse_misspelt(dir, f->problems);
    if (exists(dir, "challenge.yml"))
        add_challenge(f->course, &f->cap, dir, strrchr(dir, '/') + 1, f->problems);
    else if (exists(dir, "target.yml"))
        problem_add(f->problems, dir, (struct place){0}, "target.yml without challenge.yml");
}

static void read_folders(struct course *c, struct problems *problems)
{
    struct folders f = {.course = c, .problems = problems};

    if (beneath_each(c->dir, c->dir, read_folder, &f))
        problem_add(problems, c->dir, (struct place){0}, "%s", strerror(errno));
}

/* The folder that many levels above path: "." or the like when path has no such name in it. */
static char *above(const char *path, unsigned levels)
{
    char *dir = realpath(path, NULL);

    for (char *slash; dir && levels && (slash = strrchr(dir, '/')) && slash != dir; levels--)
        *slash = '\0';
    return dir;
}

/* A challenge's folder, or a file in one, was named, or a file of the course: tells which folder to name. */
static bool is_of_a_challenge(const struct course *c, bool file, struct problems *problems)
{
    bool found = false;

    for (unsigned levels = 1;
         levels <= 2 && !found && (file || (levels == 1 && !exists(c->dir, "course.yml"))); levels++) {
        char *course = above(c->dir, levels);
        found = course && exists(course, "course.yml");
        if (found)
            problem_add(problems, c->dir, (struct place){0},
                        file ? "a file; name the course's folder: %s"
                             : "a challenge of a course; name the course's folder: %s",
                        course);
        free(course);
    }
    if (file && !found)
        problem_add(problems, c->dir, (struct place){0},
                    "a file; a course is the folder of course.yml, and a class.yml is named with --class");
    return file || found;
}

bool course_load(struct course *out, const char *dir, struct problems *problems)
{
    size_t before = problems->errors;
    struct stat st;

    *out = (struct course){.dir = strdup(dir), .file = path_join(dir, "course.yml")};
    if (!out->dir || !out->file) {
        problem_add(problems, dir, (struct place){0}, "out of memory");
        return false;
    }
    if (stat(dir, &st)) {
        problem_add(problems, dir, (struct place){0},
                    "no such folder; a course is the folder of course.yml: go to where `challenges` is, or "
                    "name yours in a class.yml (`course:`, --class)");
        return false;
    }
    if (is_of_a_challenge(out, !S_ISDIR(st.st_mode), problems))
        return false;
    read_course(out, problems);
    read_folders(out, problems);
    challenge_names_check(out, problems);
    return problems->errors == before;
}

void course_free(struct course *course)
{
    for (size_t i = 0; i < course->n_challenges; i++)
        challenge_free(&course->challenges[i]);
    free(course->challenges);
    for (size_t i = 0; i < course->n_outcomes; i++)
        free(course->outcomes[i]);
    free(course->outcomes);
    free(course->dir);
    free(course->file);
    free(course->id);
    free(course->name);
    free(course->flag_prefix);
    *course = (struct course){0};
}

const struct challenge *course_find(const struct course *course, const char *slug)
{
    for (size_t i = 0; i < course->n_challenges; i++)
        if (strcmp(course->challenges[i].slug, slug) == 0)
            return &course->challenges[i];
    return NULL;
}

const char *course_nearest(const struct course *course, const char *slug)
{
    const char **names = calloc(course->n_challenges + 1, sizeof(*names));
    const char *near = NULL;

    for (size_t i = 0; names && i < course->n_challenges; i++)
        names[i] = course->challenges[i].slug;
    if (names)
        near = names_nearest(slug, names, course->n_challenges);
    free(names);
    return near;
}
