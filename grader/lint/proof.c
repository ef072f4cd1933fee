#include "grader/lint/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/file.h"
#include "forge/refuse.h"
#include "grader/lint/mutant.h"
#include "grader/lint/texts.h"

enum { CLAUSES_SEEN_MAX = 128 };

/* What near misses were found for one clause. */
struct clause_proof {
    size_t step; /* from 1; 0: of listen */
    const struct clause_spec *spec;
    const struct field *field; /* NULL: unknown, which rulebook_compile tells */
    size_t n;                  /* rows and scripts */
    size_t scripts;
    bool below, above; /* a row's value beyond that end of a range */
};

struct proof {
    const struct challenge *challenge;
    struct problems *problems;
    struct clause_proof clauses[CLAUSES_SEEN_MAX];
    size_t n;
};

static bool add_clause(void *context, size_t step, const struct clause_spec *spec)
{
    struct proof *p = context;

    if (p->n < CLAUSES_SEEN_MAX)
        p->clauses[p->n++] =
            (struct clause_proof){.step = step, .spec = spec, .field = field_find(spec->field.text)};
    return true;
}

/* step: 0 for any. *n: how many there are. */
static struct clause_proof *clause_find(struct proof *p, size_t step, const char *field, size_t *n)
{
    struct clause_proof *found = NULL;

    *n = 0;
    for (size_t i = 0; i < p->n; i++)
        if ((!step || p->clauses[i].step == step) && !strcmp(p->clauses[i].spec->field.text, field)) {
            found = found ? found : &p->clauses[i];
            (*n)++;
        }
    return found;
}

/* Judged in every packet without being a clause. */
static bool always_judged(const struct proof *p, const char *field)
{
    return p->challenge->target.kind == TARGET_PACKET &&
           (!strcmp(field, "ip.len") || !strcmp(field, "ip.checksum"));
}

static bool number_of(const struct clause_proof *c, size_t i, uint64_t *out)
{
    const struct matcher *m = &c->spec->matcher;

    return i < m->n_values && !field_parse(c->field, m->values[i].text, out);
}

/* Whether a plain value is right for the clause; false where only a student's or a class's value tells. */
static bool value_passes(const struct clause_proof *c, uint64_t value)
{
    const struct matcher *m = &c->spec->matcher;
    uint64_t a = 0, b = 0;
    bool listed = false;

    for (size_t i = 0; i < m->n_values; i++)
        listed = listed || (number_of(c, i, &a) && a == value);
    switch (m->kind) {
    case MATCH_EQUAL:
    case MATCH_IN:
        return listed;
    case MATCH_NOT:
        return !listed;
    case MATCH_RANGE:
        return number_of(c, 0, &a) && number_of(c, 1, &b) && value >= a && value <= b;
    case MATCH_MASK:
        return number_of(c, 0, &a) && number_of(c, 1, &b) && (value & a) == b;
    case MATCH_ANY:
    case MATCH_BIND:
        return true;
    case MATCH_PARAM:
    case MATCH_TEXT:
    case MATCH_BYTES:
    case MATCH_CONTAINS:
    case MATCH_LENGTH:
    case MATCH_BOUND:
    case MATCH_FILTER:
        break;
    }
    return false;
}

static void note_value(struct proof *p, struct clause_proof *c, const struct refuse_spec *row)
{
    uint64_t value = 0, lo = 0, hi = 0;

    if (!row->change.text || !c->field || c->field->kind == FIELD_BYTES ||
        field_parse(c->field, row->change.text, &value))
        return; /* a word: what it makes is for `wiregrade verify` to see */
    if (value_passes(c, value)) {
        problem_add(p->problems, p->challenge->target.file, row->change.at,
                    "%s: %s is right by line %d, so nothing would refuse it", row->field.text,
                    row->change.text, c->spec->field.at.line);
        return;
    }
    if (c->spec->matcher.kind != MATCH_RANGE || !number_of(c, 0, &lo) || !number_of(c, 1, &hi))
        return;
    c->below = c->below || value < lo;
    c->above = c->above || value > hi;
}

static void take_row(struct proof *p, const struct refuse_spec *row)
{
    const char *file = p->challenge->target.file;
    size_t steps;
    struct clause_proof *c = clause_find(p, row->step_number, row->field.text, &steps);

    if (!refuse_check(row, file, p->problems))
        return;
    if (row->step_number > p->challenge->target.n_steps ||
        (row->step_number && !p->challenge->target.steps[row->step_number - 1].n_expect)) {
        problem_add(p->problems, file, row->step.at, "step %zu %s", row->step_number,
                    row->step_number > p->challenge->target.n_steps
                        ? "is not there: steps are counted from 1, as they stand in the file"
                        : "expects nothing, so nothing would be refused there");
        return;
    }
    if (steps > 1) {
        problem_add(p->problems, file, row->at,
                    "%s has a clause in %zu steps; say which one is meant: {step: N, %s: ...}",
                    row->field.text, steps, row->field.text);
        return;
    }
    if (c && (c->spec->matcher.kind == MATCH_ANY || c->spec->matcher.kind == MATCH_BIND) &&
        (!row->change.text || strcmp(row->change.text, "empty") != 0)) {
        problem_add(p->problems, file, row->at, "%s: line %d allows anything, so nothing would refuse this",
                    row->field.text, c->spec->field.at.line);
    } else if (c) {
        c->n++;
        note_value(p, c, row);
    } else if (!always_judged(p, row->field.text)) {
        problem_add(p->problems, file, row->field.at,
                    row->step_number ? "%s has no clause in that step, so nothing would refuse this"
                                     : "%s is neither in listen nor in expect, so nothing would refuse this",
                    row->field.text);
    }
}

static void take_script(struct proof *p, const char *path)
{
    struct mutant mutant;
    const char *near = NULL;

    if (!mutant_load(&mutant, p->challenge->course_dir, path, p->problems))
        return;
    size_t steps;
    struct clause_proof *c = clause_find(p, mutant.step, mutant.field, &steps);
    if (c) {
        c->n++;
        c->scripts++;
    } else if (!always_judged(p, mutant.field)) {
        problem_add(p->problems, path, mutant.at,
                    "expect: %s is neither in listen nor in expect of target.yml", mutant.field);
    }
    if (!refuse_code_known(mutant.code, &near))
        problem_add(p->problems, path, mutant.at, "expect: no diagnosis code is named %s%s%s%s", mutant.code,
                    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* What the name does not tell how to run; and what its first line says is run by another than its name's
 * interpreter, which runs what may not be executed (docs/verify.md). */
static void check_solver(struct proof *p, const char *path)
{
    static const struct {
        const char *ending, *tool;
    } known[] = {{".c", ""}, {".py", "python3"}, {".sh", "sh"}};
    const char *dot = strrchr(path, '.'), *tool = NULL;
    char line[256] = "", why[1024];

    for (size_t i = 0; dot && i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(dot, known[i].ending) == 0)
            tool = known[i].tool;
    int fd = beneath_open(p->challenge->course_dir, path, O_RDONLY);
    if (fd < 0) {
        problem_unreadable(p->problems, path, beneath_why(p->challenge->course_dir, path, why, sizeof(why)));
        return;
    }
    bool says = read(fd, line, sizeof(line) - 1) > 1 && memcmp(line, "#!", 2) == 0;
    close(fd);
    line[strcspn(line, "\n")] = '\0';
    if (access(path, X_OK) == 0)
        return;
    if (!tool)
        problem_warn(p->problems, path, (struct place){0}, "not executable; chmod +x");
    else if (says && !strstr(line, tool))
        problem_warn(p->problems, path, (struct place){0},
                     "not executable, so that its name says who runs it, and not its first line; chmod +x");
}

struct proof_files {
    struct proof *proof;
    void (*each)(struct proof *p, const char *path);
    size_t n;
};

static void take_file(void *context, const char *path, mode_t type)
{
    struct proof_files *files = context;
    struct proof *p = files->proof;
    char why[1024];

    if (type == S_IFDIR)
        return;
    files->n++;
    if (type == S_IFREG) {
        files->each(p, path);
        return;
    }
    errno = type == S_IFLNK ? ELOOP : EMEDIUMTYPE;
    problem_add(p->problems, path, (struct place){0}, "%s",
                beneath_why(p->challenge->course_dir, path, why, sizeof(why)));
}

/* Calls each with every file of the challenge's folder `name`, in order. Returns whether anything stands
 * there; a folder that cannot be read, which is told, may hold what is wanted. */
static bool each_file(struct proof *p, const char *name, void (*each)(struct proof *p, const char *path))
{
    struct proof_files files = {.proof = p, .each = each};
    char why[1024], *dir = path_join(p->challenge->dir, name);

    bool unread = dir && beneath_each(p->challenge->course_dir, dir, take_file, &files) && errno != ENOENT;
    if (unread)
        problem_unreadable(p->problems, dir, beneath_why(p->challenge->course_dir, dir, why, sizeof(why)));
    free(dir);
    return files.n || unread;
}

/* A script's value is unknown: each may stand for an end that no row covers. */
static void check_range(struct proof *p, const struct clause_proof *c)
{
    const char *file = p->challenge->target.file;
    uint64_t lo = 0, hi = 0;

    if (!c->field || !number_of(c, 0, &lo) || !number_of(c, 1, &hi))
        return;
    bool below = lo > 0 && !c->below, above = hi < field_max(c->field) && !c->above;
    if (lo == 0 && hi == field_max(c->field)) {
        problem_add(p->problems, file, c->spec->matcher.at, "%s: this range holds every value; write any",
                    c->field->name);
    } else if ((size_t)below + above > c->scripts) {
        problem_add(
            p->problems, file, c->spec->field.at,
            "%s: nothing shows that a value %s is refused; add refuse: {%s: VALUE, why: CODE} or a script in "
            "mutants/",
            c->field->name,
            below && above ? "below and one above its range"
            : below        ? "below its range"
                           : "above its range",
            c->field->name);
    }
}

/* "step: 2, " where a row has to name it. */
static const char *step_text(struct proof *p, const struct clause_proof *c, char out[24])
{
    size_t n;

    out[0] = '\0';
    clause_find(p, 0, c->spec->field.text, &n);
    if (n > 1)
        snprintf(out, 24, "step: %zu, ", c->step);
    return out;
}

static void check_clauses(struct proof *p)
{
    char step[24];

    for (size_t i = 0; i < p->n; i++) {
        const struct clause_proof *c = &p->clauses[i];
        if (!c->field)
            continue; /* its name comes first */
        if (c->spec->matcher.kind == MATCH_ANY || c->spec->matcher.kind == MATCH_BIND)
            continue; /* fails only with its whole header, which other clauses show */
        if (c->spec->matcher.kind == MATCH_RANGE)
            check_range(p, c);
        else if (!c->n)
            problem_add(
                p->problems, p->challenge->target.file, c->spec->field.at,
                "%s: nothing shows that a wrong value is refused; add refuse: {%s%s: CHANGE, why: CODE} "
                "(`wiregrade fields %s` lists the changes) or a script in mutants/",
                c->spec->field.text, step_text(p, c, step), c->spec->field.text, c->spec->field.text);
    }
}

static void check_wire(struct proof *p)
{
    const struct challenge *c = p->challenge;

    target_each_clause(&c->target, add_clause, p);
    texts_check(c, p->problems);
    for (size_t i = 0; i < c->target.n_refuse; i++)
        take_row(p, &c->target.refuse[i]);
    each_file(p, "mutants", take_script);
    check_clauses(p);
    if (!each_file(p, "solve", check_solver))
        problem_add(p->problems, c->dir, (struct place){0},
                    "no solver; put a script that earns the flag into solve/");
    if (c->target.identify == IDENTIFY_NOBODY)
        problem_warn(p->problems, c->target.file, c->target.identify_at,
                     "identify: nobody gives everybody the same flag");
    if (target_by_source(&c->target) && !c->target.practice) /* nothing is won by it there */
        problem_warn(p->problems, c->target.file, c->target.identify_at,
                     "identify: %s believes the sender's address, which anybody can write",
                     target_identify_text(c->target.identify));
    if (c->n_flags)
        problem_warn(p->problems, c->file, c->name_at,
                     "its flags are the same for everybody and stand in the file; the target hands out each "
                     "student's own");
}

/* CTFd 3.8.7: a static flag is compared as it is, or without case when its data says so. 1 accepted, 0 not,
 * -1 when a regex may accept it. */
static int answer_accepted(const struct challenge *c, const char *answer)
{
    int found = 0;

    for (size_t i = 0; i < c->n_flags; i++) {
        const struct challenge_flag *flag = &c->flags[i];
        if (!strcmp(flag->type, "regex"))
            found = -1;
        else if (flag->data ? !strcasecmp(flag->content, answer) : !strcmp(flag->content, answer))
            return 1;
    }
    return found;
}

static void check_answers(struct proof *p)
{
    const struct challenge *c = p->challenge;
    const struct target_spec *t = &c->target;

    if (c->has_target_file && !t->n_accept_answers && !t->n_refuse_answers)
        return; /* it may be no question */
    if (!c->n_flags) {
        problem_add(p->problems, c->file, c->name_at,
                    "a knowledge question needs flags, the answers that the scoreboard accepts");
        return;
    }
    for (size_t i = 0; i < t->n_accept_answers; i++)
        if (answer_accepted(c, t->accept_answers[i].text) == 0)
            problem_add(p->problems, t->file, t->accept_answers[i].at,
                        "answer \"%.60s\" should be accepted, but no flag of challenge.yml equals it",
                        t->accept_answers[i].text);
    for (size_t i = 0; i < t->n_refuse_answers; i++)
        if (answer_accepted(c, t->refuse_answers[i].text) == 1)
            problem_add(p->problems, t->file, t->refuse_answers[i].at,
                        "answer \"%.60s\" should be refused, but a flag of challenge.yml equals it",
                        t->refuse_answers[i].text);
    if (c->has_target_file && !t->n_refuse_answers)
        problem_add(p->problems, t->file, (struct place){1, 1},
                    "no wrong answer is listed; add refuse: [...] with what students will try");
}

void proof_check(const struct challenge *challenge, struct problems *problems)
{
    struct proof p = {.challenge = challenge, .problems = problems};

    if (challenge->target.kind == TARGET_NONE)
        check_answers(&p);
    else
        check_wire(&p);
}
