#include "board/answers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/names.h"
#include "base/str.h"
#include "flag/typo.h"
#include "judge/rulebook.h"

struct answers {
    struct class class;
    struct course course;
    struct roster roster;
    struct keyring *ring;
    struct flag_context flags;
    struct rulebook *book;
};

static const struct roster *roster_of(const struct answers *a)
{
    return a->class.roster_file ? &a->roster : NULL;
}

static enum status load(struct answers *a, const char *file, struct problems *problems, struct err *err)
{
    bool ok = class_load(&a->class, file, problems);

    if (ok && !a->class.key_file)
        return err_set(err, ST_INPUT, "%s: names no `key_file:`, by which flags are verified", file);
    if (ok)
        course_load(&a->course, a->class.course_dir, problems);
    if (ok && a->class.roster_file)
        roster_load(&a->roster, a->class.roster_file, problems);
    enum status st = problems_err(problems, err);
    if (st == ST_OK)
        st = keyring_load(&a->ring, a->class.key_file, err);
    if (st != ST_OK)
        return st;
    a->flags = (struct flag_context){a->course.flag_prefix, a->course.id, a->class.word};
    a->book = rulebook_compile(&a->course, &a->class, roster_of(a), a->ring, NULL, 0, problems);
    return a->book ? ST_OK : problems_err(problems, err);
}

enum status answers_open(struct answers **out, const char *class_file, struct err *err)
{
    struct problems problems = {0};

    *out = calloc(1, sizeof(**out));
    if (!*out)
        return err_memory(err);
    enum status st = load(*out, class_file, &problems, err);
    problems_free(&problems);
    return st;
}

void answers_close(struct answers *a)
{
    if (!a)
        return;
    rulebook_free(a->book);
    keyring_free(a->ring);
    roster_free(&a->roster);
    course_free(&a->course);
    class_free(&a->class);
    free(a);
}

const struct challenge *answers_challenge(const struct answers *a, const char *name)
{
    for (size_t i = 0; i < a->course.n_challenges; i++)
        if (strcmp(a->course.challenges[i].name, name) == 0)
            return &a->course.challenges[i];
    return NULL;
}

const struct rules *answers_rules(const struct answers *a, const struct challenge *challenge)
{
    return challenge ? rulebook_find(a->book, challenge->slug) : NULL;
}

static const struct student *by_email(const struct roster *roster, const char *email)
{
    for (size_t i = 0; i < roster->n; i++)
        if (*email && strcasecmp(roster->students[i].email, email) == 0)
            return &roster->students[i];
    return NULL;
}

bool answers_handle(const struct answers *a, const char *name, const char *email, char out[NAME_MAX_LEN + 1])
{
    const struct roster *roster = roster_of(a);
    const struct student *student = roster ? by_email(roster, email) : NULL;

    if (!str_copy(out, NAME_MAX_LEN + 1, student ? student->handle : name))
        return false;
    ascii_lower(out);
    return student || (handle_valid(out) && (!roster || (!*email && roster_find(roster, out))));
}

bool answers_right(const struct answers *a, const char *text, struct flag_parts *parts)
{
    return flag_check(&a->flags, a->ring, text, strlen(text), parts) == FLAG_RIGHT;
}

bool answers_has_form(const struct answers *a, const char *text, const char *slug, const char *student,
                      unsigned *letters)
{
    struct flag_parts parts;
    enum flag_verdict verdict = flag_check(&a->flags, a->ring, text, strlen(text), &parts);

    *letters = verdict != FLAG_RIGHT && strcmp(parts.slug, slug) == 0
                   ? typo_letters(&a->flags, a->ring, &parts, student)
                   : 0;
    return verdict != FLAG_MALFORMED || *letters;
}

const struct course *answers_course(const struct answers *a)
{
    return &a->course;
}

const struct class *answers_class(const struct answers *a)
{
    return &a->class;
}

bool answers_pin(const struct answers *a, const char *student, char out[PIN_SIZE])
{
    return roster_of(a) && pin_make(out, &a->flags, a->ring, student);
}
