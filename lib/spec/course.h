/* course.h - a course on disk: course.yml and the challenge folders beside it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/problem.h"
#include "spec/target.h"

/* One flag of challenge.yml: what ctfcli sends to CTFd. */
struct challenge_flag {
    char *content;
    char *type; /* "static" or "regex" */
    char *data; /* "case_insensitive" or NULL */
};

/* challenge.yml in ctfcli's format 0.1 (the keys that this version sends), and its target.yml. Texts still
 * hold their {{…}}; template_fill (template.h) replaces them. Strings are never NULL unless said so. */
struct challenge {
    char *slug; /* the folder's name */
    char *dir;
    char *file; /* path of challenge.yml, for problems */
    struct place name_at;
    char *name;
    struct place category_at;
    char *category;
    struct place description_at;
    char *description;
    char *attribution;
    char *connection_info; /* NULL when absent */
    struct place connection_info_at;
    int64_t value;
    char *type;  /* "standard" */
    char *state; /* "visible" or "hidden" */
    int64_t attempts;
    char *logic; /* NULL when absent */
    struct challenge_flag *flags;
    size_t n_flags;
    struct target_spec target; /* kind TARGET_NONE without target.yml */
    bool has_target_file;
};

/* course.yml and every challenge, in the order of slugs. */
struct course {
    char *dir;
    char *file;
    char *id;
    char *name;
    int64_t pass;
    char *flag_prefix;
    bool is_public; /* `public: true`, as `wiregrade export` writes it: without what would give it away */
    char **outcomes;
    size_t n_outcomes;
    struct challenge *challenges;
    size_t n_challenges;
};

/* Loads dir/course.yml and each folder beside it that holds a challenge.yml (names that begin with `_` or `.`
 * are left out). All problems of all files are added. Returns false when errors were added; course_free
 * either way. */
bool course_load(struct course *out, const char *dir, struct problems *problems);
void course_free(struct course *course);

/* The challenge of that slug, NULL when there is none. Borrowed from course. */
const struct challenge *course_find(const struct course *course, const char *slug);
