#include "grader/verify/paper.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/installed.h"
#include "grader/lint/lint.h"
#include "grader/lint/proof.h"
#include "pkt/field.h"

static bool is_of(const struct problem *p, const struct challenge *c)
{
    size_t n = strlen(c->dir);

    return !p->warning && strncmp(p->file, c->dir, n) == 0 && (p->file[n] == '/' || p->file[n] == '\0');
}

static bool is_of_any(const struct problem *p, const struct course *course)
{
    for (size_t i = 0; i < course->n_challenges; i++)
        if (is_of(p, &course->challenges[i]))
            return true;
    return false;
}

bool paper_unreadable(const struct paper *paper, const struct challenge *challenge)
{
    for (size_t i = 0; i < paper->problems.n; i++)
        if ((i < paper->n_loading || paper->problems.items[i].unreadable) &&
            is_of(&paper->problems.items[i], challenge))
            return true;
    return false;
}

/* What lint says of course.yml itself (its points) is no matter of a wire. */
static enum status of_no_challenge(const struct paper *paper, const struct course *course, struct err *err)
{
    for (size_t i = 0; i < paper->n_loading; i++) {
        const struct problem *p = &paper->problems.items[i];
        if (p->warning || is_of_any(p, course))
            continue;
        err_set(err, ST_INPUT, "%s", p->text);
        if (p->at.line)
            err_prefix(err, "%s:%d:%d", p->file, p->at.line, p->at.column);
        else
            err_prefix(err, "%s", p->file);
        return ST_INPUT;
    }
    return ST_OK;
}

enum status paper_load(struct paper *paper, const struct verify_options *options, struct class *class,
                       struct course *course, struct err *err)
{
    struct problems *problems = &paper->problems;
    const char *dir = options->course ? options->course : installed_course();

    if (!options->class_file && !class_practice(class, dir))
        return err_memory(err);
    if (options->class_file && !class_load(class, options->class_file, problems)) {
        if (problems->n > 1) /* else it is told at the end */
            problems_print(problems, stderr);
        return problems_err(problems, err);
    }
    course_load(course, options->course ? options->course : class->course_dir, problems);
    paper->n_loading = problems->n;
    enum status st = of_no_challenge(paper, course, err);
    if (st != ST_OK) {
        if (problems->n > 1)
            problems_print(problems, stderr);
        return st;
    }
    problems_print_warnings(problems, stderr);
    for (size_t i = 0; i < course->n_challenges; i++)
        if (paper_unreadable(paper, &course->challenges[i]))
            proof_check(&course->challenges[i], problems); /* which lint leaves out */
    lint_course(course, class, NULL, problems);
    return ST_OK;
}

void paper_free(struct paper *paper)
{
    problems_free(&paper->problems);
}

static bool holds_word(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; (at = strstr(at, word)); at++) {
        unsigned char before = at > text ? (unsigned char)at[-1] : ' ', after = (unsigned char)at[n];
        bool goes_on = isalnum(after) || after == '_' || (after == '.' && isalnum((unsigned char)at[n + 1]));
        if (!isalnum(before) && before != '.' && !goes_on)
            return true;
    }
    return false;
}

struct line_clause {
    int line;
    const struct clause_spec *best;
};

static bool seek(void *context, size_t step, const struct clause_spec *c)
{
    struct line_clause *sought = context;

    (void)step;
    if (c->field.text && c->field.at.line <= sought->line &&
        (!sought->best || c->field.at.line > sought->best->field.at.line))
        sought->best = c;
    return true;
}

/* The last clause that begins on this line or above. */
static const char *clause_at(const struct target_spec *t, int line)
{
    struct line_clause sought = {.line = line};

    target_each_clause(t, seek, &sought);
    return sought.best ? sought.best->field.text : "";
}

/* The clause that a problem is about: a field that it names, or the one where it stands. */
static void take_clause(const struct challenge *c, const struct problem *p, struct check *check)
{
    const char *named = "";

    for (size_t i = 0; i < N_FIELDS; i++)
        if (strlen(FIELDS[i].name) > strlen(named) && holds_word(p->text, FIELDS[i].name))
            named = FIELDS[i].name;
    if (!*named && c->target.file && strcmp(p->file, c->target.file) == 0)
        named = clause_at(&c->target, p->at.line);
    snprintf(check->clause, sizeof(check->clause), "%s", named);
}

/* No two of a run may have the same name: the place, and of what has none the file and its number. */
static void put_name(const struct challenge *c, const struct problem *p, size_t k, struct check *check)
{
    const char *file = p->file + strlen(c->dir);

    if (p->at.line)
        snprintf(check->name, sizeof(check->name), "the files are right: %s:%d:%d", file + (*file == '/'),
                 p->at.line, p->at.column);
    else
        snprintf(check->name, sizeof(check->name), "the files are right: %s (%zu)",
                 *file ? file + 1 : c->slug, k + 1);
}

bool paper_check(const struct paper *paper, const struct challenge *challenge, size_t i, struct check *check)
{
    for (size_t k = 0; k < paper->problems.n; k++) {
        const struct problem *p = &paper->problems.items[k];
        if (!is_of(p, challenge) || i-- > 0)
            continue;
        *check = (struct check){.group = CHECK_PROOF,
                                .blame = p->unreadable ? BLAME_ENVIRONMENT : BLAME_CHALLENGE,
                                .line = p->at.line};
        put_name(challenge, p, k, check);
        snprintf(check->text, sizeof(check->text), "%s", p->text);
        snprintf(check->file, sizeof(check->file), "%s", p->file);
        take_clause(challenge, p, check);
        return true;
    }
    return false;
}
