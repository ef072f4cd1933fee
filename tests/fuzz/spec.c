/* Input: a byte for the file, its text. A course that loads is compiled as well, and its texts filled in. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "explain/challenge_fill.h"

enum { TARGET, CHALLENGE, COURSE, CLASS, ROSTER, N_FILES };

static struct {
    const char *name, *usual;
} files[N_FILES] = {
    [TARGET] = {"course/one/target.yml",
                "kind: stream\nlisten: {tcp.dstport: 1111}\nexpect:\n  payload: {text: \"{student}\"}\n"},
    [CHALLENGE] = {"course/one/challenge.yml",
                   "name: One\ncategory: c\ndescription: to {{target}}\nvalue: 10\ntype: standard\n"},
    [COURSE] = {"course/course.yml", "id: sockets\nname: Sockets\npass: 1\n"},
    [CLASS] = {"class.yml", "class: w1\ncourse: course\nnetworks: {target: 172.16.1.15, students: "
                            "[10.10.0.0/24]}\n"},
    [ROSTER] = {"roster.csv", "handle,name,email\nsmith,S,s@example.edu\n"},
};
static char *class_file, *roster_file, *course_dir;
static struct class practice;

void fuzz_open(void)
{
    for (size_t i = 0; i < N_FILES; i++)
        fuzz_put(files[i].name, files[i].usual, strlen(files[i].usual));
    class_file = path_join(fuzz_dir(), "class.yml");
    roster_file = path_join(fuzz_dir(), "roster.csv");
    course_dir = path_join(fuzz_dir(), "course");
    class_practice(&practice, course_dir);
}

/* libfyaml 0.7.12 leaks 4 KiB when a long quoted scalar has no end (regressions/spec/quote-without-end). The
 * grader reads a dozen files and ends, so that is all it costs; what is ours to free is found by the unit
 * tests. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml.so\n";
}

/* Names of folders differ from process to process. */
static void put_problems(const struct problems *problems, struct buf *said)
{
    for (size_t i = 0; i < problems->n; i++) {
        const struct problem *p = &problems->items[i];
        if (!p->text[0] || p->at.line < 0 || p->at.column < 0)
            fuzz_fail("a problem without a sentence or place");
        buf_printf(said, "%d:%d: %s\n", p->at.line, p->at.column, p->text);
    }
}

static void put_course(struct problems *problems, struct buf *said)
{
    struct course course;

    bool good = course_load(&course, course_dir, problems);
    struct rulebook *book = good ? rulebook_compile(&course, &practice, NULL, NULL, NULL, 0, problems) : NULL;
    for (size_t i = 0; good && i < course.n_challenges; i++) {
        const struct challenge *c = &course.challenges[i];
        const struct rules *rules = book ? rulebook_find(book, c->slug) : NULL;
        buf_printf(said, "%s %s %lld ", c->slug, c->name, (long long)c->value);
        if (book)
            challenge_fill(said, c->description, c, rules, &practice, NULL, c->description_at, problems);
    }
    rulebook_free(book);
    course_free(&course);
}

static void put_class(struct problems *problems, struct buf *said)
{
    char target[IPADDR_TEXT_SIZE], other[IPADDR_TEXT_SIZE];
    struct class class;

    if (class_load(&class, class_file, problems))
        buf_printf(said, "%s %s %s %zu %u %zu", class.word, ipaddr_text(class.target, target),
                   ipaddr_text(class.other_target, other), class.n_students, class.briefing,
                   class.n_journals);
    class_free(&class);
}

static void put_roster(struct problems *problems, struct buf *said)
{
    struct roster roster;

    bool good = roster_load(&roster, roster_file, problems);
    for (size_t i = 0; good && i < roster.n; i++) {
        const struct student *s = &roster.students[i];
        if (roster_find(&roster, s->handle) != s)
            fuzz_fail("a student that is not found");
        char address[IPADDR_TEXT_SIZE];
        buf_printf(said, "%s|%s|%s|%s|%s\n", s->handle, s->name, s->email, ipaddr_text(s->address, address),
                   s->team);
    }
    roster_free(&roster);
}

void fuzz_once(const uint8_t *data, size_t size, struct buf *said)
{
    struct problems problems = {0};

    if (size < 1)
        return;
    size_t which = data[0] % N_FILES;
    fuzz_put(files[which].name, data + 1, size - 1);
    if (which == CLASS)
        put_class(&problems, said);
    else if (which == ROSTER)
        put_roster(&problems, said);
    else
        put_course(&problems, said);
    put_problems(&problems, said);
    problems_free(&problems);
    fuzz_put(files[which].name, files[which].usual, strlen(files[which].usual));
}
