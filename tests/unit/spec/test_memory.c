/* Every allocation of lib/spec fails once: linked with --wrap, so that only calls from our own objects are
 * counted (libfyaml's are its own affair). */
#include "unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "spec/class.h"
#include "spec/course.h"
#include "spec/roster.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);

static long until; /* the allocation that fails; 0: none, or it has failed */

static bool fails(void)
{
    return until > 0 && --until == 0;
}

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return fails() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t n)
{
    return fails() ? NULL : __real_strndup(text, n);
}

/* Loads everything with the nth allocation failing. True when there were fewer than n. */
static bool load(long n)
{
    struct problems problems = {0};
    struct course course;
    struct class class;
    struct roster roster;

    until = n;
    bool ok = course_load(&course, files_dir(), &problems);
    ok = class_load(&class, files_path("class.yml"), &problems) && ok;
    ok = roster_load(&roster, files_path("roster.csv"), &problems) && ok;
    bool all = until > 0;
    until = 0;
    CU_ASSERT_EQUAL(ok, all);
    CU_ASSERT_EQUAL(ok, problems.errors == 0);
    course_free(&course);
    class_free(&class);
    roster_free(&roster);
    problems_free(&problems);
    return all;
}

static void no_failed_allocation_goes_unseen(void)
{
    long n = 1;

    files_begin();
    files_write("course.yml", "id: a\nname: b\npass: 1\noutcomes: [x, y]\n");
    files_write("a/challenge.yml",
                "name: x\ncategory: y\ndescription: z\nvalue: 1\nlogic: any\nstate: hidden\n"
                "flags: [a, {content: b, type: regex, data: case_insensitive}]\n");
    files_write("a/target.yml", "accept: [a]\nrefuse: [b]\n");
    files_write("b/challenge.yml", "name: x\ncategory: y\ndescription: z\nvalue: 1\nconnection_info: i\n");
    files_write("b/target.yml", "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  a: {in: [1, 2]}\n"
                                "  b: {mask: 1, value: 1}\n  c: {param: u8, per: class}\n"
                                "  d: {text: \"{student}\", encoding: hex}\ndeliver: {connect: 1}\n"
                                "refuse: [{a: 3, why: X}, {d: {encoding: hex}, why: Y}]\n");
    files_write("c/challenge.yml", "name: z\ncategory: y\ndescription: z\nvalue: 1\n");
    files_write(
        "c/target.yml",
        "kind: stream\nlisten: {tcp.dstport: 16}\nsteps:\n- expect: {payload: {text: \"{student}\"}}\n"
        "  draw: {w: word, n: u8}\n  say: {text: \"{w} {n}\", encoding: hex}\n- repeat: 2\n  steps:\n"
        "  - expect: {payload: {bind: x}, tcp.srcport: {bound: n, plus: 1}}\n"
        "- expect: {payload: {text: \"{w} {x}\"}}\nrefuse: [{step: 2, payload: empty, why: A}]\n");
    files_write("class.yml", "class: a\ncourse: .\nnetworks: {target: 1.2.3.4, students: [10.0.0.0/24]}\n"
                             "journals: [j]\nkey_file: k\nroster: r\nstore: s\n"
                             "scoreboard: {url: http://c, token_file: t}\n");
    files_write("roster.csv", "handle,name,email,address,role\na,A,a@b.c,10.0.0.1,staff\nb,B,b@b.c,,\n");
    while (n < 10000 && !load(n))
        n++;
    CU_ASSERT_TRUE(n > 100 && n < 10000);
    files_done();
}

static const struct unit_case cases[] = {
    {"no_failed_allocation_goes_unseen", no_failed_allocation_goes_unseen},
};
UNIT_GROUP(memory_cases, cases);
