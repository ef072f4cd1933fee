#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "unit.h"

static void put(const char *dir, const char *name, const char *text)
{
    char *path = path_join(dir, name);

    CU_ASSERT_EQUAL_FATAL(file_replace(path, text, strlen(text), 0644, NULL), ST_OK);
    free(path);
}

void tree_open(struct tree *tree, const struct tree_file *files, size_t n, bool with_key)
{
    *tree = (struct tree){.dir = "/tmp/wiregrade-judge-XXXXXX"};
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(tree->dir));
    put(tree->dir, "course.yml", "id: sockets\nname: Sockets\npass: 1\n");
    for (size_t i = 0; i < n; i++) {
        char *dir = path_join(tree->dir, files[i].slug), text[256];
        CU_ASSERT_EQUAL_FATAL(mkdir(dir, 0755), 0);
        snprintf(
            text, sizeof(text),
            "name: %s\ncategory: test\ndescription: test, as 40123 bofanuse\nvalue: 10\ntype: standard\n",
            files[i].slug);
        put(dir, "challenge.yml", text);
        put(dir, "target.yml", files[i].target);
        free(dir);
    }
    class_practice(&tree->class, tree->dir);
    bool loaded = course_load(&tree->course, tree->dir, &tree->problems);
    if (with_key)
        CU_ASSERT_EQUAL_FATAL(keyring_random(&tree->ring, NULL), ST_OK);
    if (loaded)
        tree->book =
            rulebook_compile(&tree->course, &tree->class, NULL, tree->ring, NULL, 0, &tree->problems);
}

static void remove_file(const char *dir, const char *name)
{
    char *path = path_join(dir, name);

    unlink(path);
    rmdir(path);
    free(path);
}

void tree_course(struct tree *tree, const char *dir)
{
    *tree = (struct tree){0};
    class_practice(&tree->class, dir);
    CU_ASSERT_TRUE_FATAL(course_load(&tree->course, dir, &tree->problems));
    CU_ASSERT_EQUAL_FATAL(keyring_random(&tree->ring, NULL), ST_OK);
    tree->book = rulebook_compile(&tree->course, &tree->class, NULL, tree->ring, NULL, 0, &tree->problems);
}

void tree_close(struct tree *tree)
{
    for (size_t i = 0; tree->dir[0] && i < tree->course.n_challenges; i++) {
        remove_file(tree->course.challenges[i].dir, "challenge.yml");
        remove_file(tree->course.challenges[i].dir, "target.yml");
        rmdir(tree->course.challenges[i].dir);
    }
    if (tree->dir[0]) {
        remove_file(tree->dir, "course.yml");
        rmdir(tree->dir);
    }
    rulebook_free(tree->book);
    keyring_free(tree->ring);
    course_free(&tree->course);
    class_free(&tree->class);
    problems_free(&tree->problems);
}

bool tree_told(const struct tree *tree, const char *text)
{
    for (size_t i = 0; i < tree->problems.n; i++)
        if (strstr(tree->problems.items[i].text, text))
            return true;
    for (size_t i = 0; i < tree->problems.n; i++)
        fprintf(stderr, "told: %s:%d:%d: %s\n", tree->problems.items[i].file, tree->problems.items[i].at.line,
                tree->problems.items[i].at.column, tree->problems.items[i].text);
    return false;
}
