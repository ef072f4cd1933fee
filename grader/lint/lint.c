#include "grader/lint/lint.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "explain/challenge_fill.h"
#include "grader/lint/proof.h"
#include "judge/rulebook.h"

struct lint {
    const struct course *course;
    const struct class *class;
    const struct roster *roster;
    struct problems *problems;
    const char **good; /* slugs of targets that compile by themselves */
    size_t n_good;
    char **names; /* filled in; NULL where that failed */
};

/* True when loading found no error in a file of this challenge. */
static bool loaded_well(const struct problems *problems, size_t n, const struct challenge *challenge)
{
    size_t len = strlen(challenge->dir);

    for (size_t i = 0; i < n; i++) {
        const struct problem *p = &problems->items[i];
        if (!p->warning && !strncmp(p->file, challenge->dir, len) && strchr("/", p->file[len]))
            return false;
    }
    return true;
}

enum { TEXT_MAX_BYTES = 128 * 1024 };

/* The text as the scoreboard will show it, to free(); NULL after a problem. */
static char *filled(struct lint *l, const struct challenge *c, const struct rules *rules, const char *text,
                    struct place at)
{
    struct buf out;
    char *taken = NULL;

    if (!text)
        return NULL;
    buf_init(&out, TEXT_MAX_BYTES);
    if (challenge_fill(&out, text, c, rules, l->class, NULL, at, l->problems))
        taken = buf_take(&out);
    buf_free(&out);
    return taken;
}

static void lint_texts(struct lint *l, size_t i, const struct rules *rules)
{
    const struct challenge *c = &l->course->challenges[i];

    l->names[i] = filled(l, c, rules, c->name, c->name_at);
    free(filled(l, c, rules, c->category, c->category_at));
    free(filled(l, c, rules, c->description, c->description_at));
    free(filled(l, c, rules, c->connection_info, c->connection_info_at));
}

/* By itself first, so that a fault in one challenge hides nothing in the others. */
static void lint_challenge(struct lint *l, size_t i)
{
    const struct challenge *c = &l->course->challenges[i];
    const char *slug = c->slug;
    struct rulebook *book = NULL;

    /* the public course for students has no proofs: it is told once, in lint_course */
    if (!l->course->is_public)
        proof_check(c, l->problems);
    if (c->target.kind == TARGET_NONE) {
        lint_texts(l, i, NULL);
        return;
    }
    book = rulebook_compile(l->course, l->class, l->roster, NULL, &slug, 1, l->problems);
    if (book) {
        l->good[l->n_good++] = slug;
        lint_texts(l, i, rulebook_find(book, slug));
    }
    rulebook_free(book);
}

/* The scoreboard knows a challenge by its name alone. */
static void lint_names(struct lint *l)
{
    const struct course *course = l->course;

    for (size_t i = 0; i < course->n_challenges; i++)
        for (size_t k = 0; l->names[i] && k < i; k++)
            if (l->names[k] && !strcmp(l->names[i], l->names[k])) {
                const struct challenge *a = &course->challenges[k], *b = &course->challenges[i];
                problem_add(
                    l->problems, b->file, b->name_at,
                    "name \"%.80s\" is taken by %s (line %d, column %d); the scoreboard tells challenges "
                    "apart by their names",
                    l->names[i], a->slug, a->name_at.line, a->name_at.column);
                break;
            }
}

static void lint_points(struct lint *l)
{
    int64_t sum = 0;

    if (!l->course->n_challenges)
        problem_add(l->problems, l->course->file, (struct place){0},
                    "the course has no challenge: a folder beside this file with challenge.yml");
    for (size_t i = 0; i < l->course->n_challenges; i++)
        if (!strcmp(l->course->challenges[i].state, "visible"))
            sum += l->course->challenges[i].value;
    if (l->course->n_challenges && l->course->pass > sum)
        problem_add(l->problems, l->course->file, (struct place){0},
                    "pass is %lld, but all visible challenges together give %lld", (long long)l->course->pass,
                    (long long)sum);
}

/* Under bind: enforce a flag goes nowhere but to its student's own host. */
static void lint_addresses(const struct class *class, const struct roster *roster, struct problems *problems)
{
    const struct student *first = NULL;
    size_t without = 0;

    if (class->bind != BIND_ENFORCE)
        return;
    if (!roster) {
        problem_warn(problems, class->file, (struct place){0},
                     "bind: enforce does nothing without a roster: add roster, a file with the column "
                     "\"address\"");
        return;
    }
    for (size_t i = 0; i < roster->n; i++) {
        const struct student *student = &roster->students[i];
        if (student->address)
            continue;
        without++;
        if (!first || student->line < first->line)
            first = student;
    }
    if (without)
        problem_warn(
            problems, class->roster_file, (struct place){first->line, 1},
            "%s%s has no address, and bind: enforce in %s gives no flag to who has none (%zu of %zu rows)",
            first->handle, without > 1 ? ", as others," : "", class->file, without, roster->n);
}

/* Whose address is outside is never answered, whatever he sends. */
static void lint_outside(const struct class *class, const struct roster *roster, struct problems *problems)
{
    for (size_t i = 0; i < roster->n && !class->own_host; i++) {
        const struct student *s = &roster->students[i];
        const ipaddr outside = s->address && !class_has_student(class, s->address) ? s->address : s->other;
        char address[IPADDR_TEXT_SIZE];
        if (outside && !class_has_student(class, outside))
            problem_warn(problems, class->roster_file, (struct place){s->line, 1},
                         "%s has the address %s, and networks.students in %s has it not: nothing is ever "
                         "sent there",
                         s->handle, ipaddr_text(outside, address), class->file);
    }
}

/* What a flag is worth where its student may be root of the machine that makes it. */
static void lint_own_host(const struct class *class, struct problems *problems)
{
    if (!class->own_host)
        return;
    problem_warn(
        problems, class->file, class->target_at,
        "target: own: its student may be root of that machine and read his key there, so a flag proves "
        "that he has it, and no packet: for practice, or for whom you trust; else hand in captures");
    if (class->paste == PASTE_OFF)
        problem_warn(problems, class->file, class->target_at,
                     "target: own: nobody reads what is handed in to a student's own target, and paste: off "
                     "leaves `wiregrade submit` and the intake alone; write paste: flags or paste: audit");
}

void lint_course(const struct course *course, const struct class *class, const struct roster *roster,
                 struct problems *problems)
{
    size_t n = course->n_challenges, loading = problems->n;
    bool sound = !problems->errors;
    struct lint l = {.course = course, .class = class, .roster = roster, .problems = problems};

    l.good = calloc(n + 1, sizeof(*l.good));
    l.names = calloc(n + 1, sizeof(*l.names));
    if (!l.good || !l.names) {
        problem_add(problems, course->file, (struct place){0}, "out of memory");
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        if (loaded_well(problems, loading, &course->challenges[i]))
            lint_challenge(&l, i);
    if (l.n_good > 1)
        rulebook_free(rulebook_compile(course, class, roster, NULL, l.good, l.n_good, problems));
    lint_names(&l);
    lint_addresses(class, roster, problems);
    if (roster)
        lint_outside(class, roster, problems);
    lint_own_host(class, problems);
    if (course->is_public)
        problem_warn(
            problems, course->file, (struct place){0},
            "public: true: the course for students, without near misses, answers and solvers; nothing "
            "here shows that what is wrong is refused, and no class can be graded with it");
    else if (sound)
        lint_points(&l);
out:
    for (size_t i = 0; l.names && i < n; i++)
        free(l.names[i]);
    free(l.names);
    free(l.good);
}
