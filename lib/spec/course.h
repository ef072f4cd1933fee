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
    char *type; /* "static", "regex", or a plugin's */
    char *data; /* "case_insensitive", another word, which means nothing, or NULL */
};

/* One hint. The key is local: other hints ask for it by that name. */
struct challenge_hint {
    struct place at;
    char *key;     /* NULL when absent */
    char *title;   /* NULL when absent */
    char *content; /* never NULL */
    int64_t cost;
    struct scalar *requires; /* keys of other hints that must be unlocked first */
    size_t n_requires;
};

/* How a challenge is shown whose requirements are not met. */
enum anonymize { ANONYMIZE_NO, ANONYMIZE_YES, ANONYMIZE_PREVIEW };

/* A number that may be absent. */
struct challenge_number {
    bool there;
    int64_t n;
};

/* challenge.yml in ctfcli's format 0.1 (the keys that CTFd's API holds), and its target.yml. Texts still
 * hold their {{…}}; template_fill (template.h) replaces them. Strings are never NULL unless said so. */
struct challenge {
    char *slug; /* the folder's name */
    const char
        *course_dir; /* borrowed: beneath it, without links, all of the challenge is opened (beneath.h) */
    char *dir;
    char *file; /* path of challenge.yml, for problems */
    struct place name_at;
    char *name;
    char *author; /* NULL when absent; never sent */
    struct place category_at;
    char *category;
    struct place description_at;
    char *description;
    char *attribution;
    char *connection_info; /* NULL when absent */
    struct place connection_info_at;
    int64_t value;         /* of the first solver, where it follows their number; 0 for practice alone */
    struct place value_at; /* line 0 where no number is given */
    char *type;            /* "standard", "dynamic", or a plugin's */
    char *state;           /* "visible" or "hidden" */
    int64_t attempts;
    char *logic; /* NULL when absent */
    struct challenge_flag *flags;
    size_t n_flags;
    struct scalar *tags, *topics;
    size_t n_tags, n_topics;
    struct scalar *files; /* paths in dir */
    size_t n_files;
    struct challenge_hint *hints;
    size_t n_hints;
    struct scalar *requires; /* names of challenges of this course */
    size_t n_requires;
    enum anonymize anonymize;
    struct scalar next; /* the name of a challenge of this course; text NULL when absent */
    struct {            /* `extra`: how a value follows the number of solves, and the place in the list */
        struct challenge_number initial, minimum, decay, position;
        char *function; /* "static", "linear", "logarithmic"; NULL when absent */
        char *plugin;   /* all of `extra` as one JSON object, for another type than CTFd's own; else NULL */
    } extra;
    struct scalar solution;    /* path of a Markdown file in dir; text NULL when absent */
    char *solution_state;      /* "hidden", "visible", "solved"; NULL without a solution */
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

/* The slug that stands nearest to a wrong one, for a sentence; NULL when none is near. Borrowed from course.
 */
const char *course_nearest(const struct course *course, const char *slug);
