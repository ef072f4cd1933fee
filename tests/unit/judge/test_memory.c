/* Every allocation of compiling fails once: linked with --wrap, as unit/spec/test_memory.c is. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "tree.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
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

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t n)
{
    return fails() ? NULL : __real_strndup(text, n);
}

/* A clause without its values would take every packet, or none. */
static void no_rules_are_made_without_their_memory(void)
{
    static const struct tree_file files[] = {
        {"one", "kind: stream\nlisten: {tcp.dstport: 1111}\nexpect:\n  payload: {text: \"{student}\"}\n"},
        {"two", "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  ip.ttl: {not: [0, 64]}\n  ip.dsfield.dscp: "
                "{in: [8, 16]}\n  ip.id: {param: u16, per: student}\n  payload: {text: \"{student}\"}\n"
                "deliver: {connect: 1111}\n"},
        {"three",
         "kind: stream\nlisten: {tcp.dstport: 1112}\nsteps:\n- expect: {payload: {text: \"{student}\"}}\n"
         "  draw: {w: word}\n  say: \"{w}\"\n- expect: {payload: {text: \"{w}\", encoding: hex}}\n"
         "- expect: {payload: {contains: a}}\n"},
    };
    struct tree tree;
    bool all = false;
    long n = 1;

    tree_open(&tree, files, 3, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (; !all && n < 1000; n++) {
        struct problems problems = {0};
        until = n;
        struct rulebook *book =
            rulebook_compile(&tree.course, &tree.class, NULL, tree.ring, NULL, 0, &problems);
        all = until > 0;
        until = 0;
        CU_ASSERT_EQUAL(book != NULL, all);
        CU_ASSERT_EQUAL(problems.errors == 0, all);
        rulebook_free(book);
        problems_free(&problems);
    }
    CU_ASSERT_TRUE(all && n > 8);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"no_rules_are_made_without_their_memory", no_rules_are_made_without_their_memory},
};
extern const struct unit_group memory_cases;
UNIT_GROUP(memory_cases, cases);
