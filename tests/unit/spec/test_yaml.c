#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "spec/yaml.h"

/* Prints got beside want when they differ, since CUnit shows only the expression. */
static void check_text(const char *input, const char *got, const char *want)
{
    if (strcmp(got, want) != 0)
        fprintf(stderr, "input:\n%s\ngot:\n%s\nwant:\n%s\n", input, got, want);
    CU_ASSERT_STRING_EQUAL(got, want);
}

static const char *load(const char *bytes, size_t len)
{
    struct problems problems = {0};

    files_write_bytes("f.yml", bytes, len);
    struct yaml *root = yaml_load(files_path("f.yml"), files_dir(), &problems);
    yaml_free(root);
    return files_problems(&problems);
}

static void what_is_not_plain_yaml_is_refused_with_its_place(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"a: 1\n", ""},
        {"a: 1\r\nb: |\r\n  x\r\n", ""},
        {"\xef\xbb\xbf"
         "a: 1\n",
         ""},
        {"expect: {\n  a: 1,\n  b: 2\n}\n", ""},
        {"a: [\n1,\n2\n]\n", ""},
        {"", "f.yml:1:1: error: the file is empty\n"},
        {"# nothing\n", "f.yml:1:1: error: the file is empty\n"},
        {"---\n...\n", "f.yml:1:1: error: the file is empty\n"},
        {"a: &x 1\nb: 2\n",
         "f.yml:1:4: error: anchor &x is not allowed here; write the value where it is needed\n"},
        {"a: 1\nb: *x\n", "f.yml:2:4: error: aliases (*) are not allowed here; write the value itself\n"},
        {"*x : 1\n", "f.yml:1:1: error: aliases (*) are not allowed here; write the value itself\n"},
        {"a: !!str 1\n", "f.yml:1:4: error: tags (!) are not allowed here; leave it out\n"},
        {"a: !x {b: 1}\n", "f.yml:1:4: error: tags (!) are not allowed here; leave it out\n"},
        {"a: 1\n<<: {b: 1}\n",
         "f.yml:2:1: error: merge keys (<<) are not allowed here; write the keys where they "
         "are needed\n"},
        {"a: 1\n---\nb: 1\n", "f.yml:2:1: error: a second document begins here; one file holds one\n"},
        {"a: 1\nb: 2\na: 3\n",
         "f.yml:3:1: error: key \"a\" stands twice; the first one is at line 1, column 1\n"},
        {"x: {a: 1, a: 2}\n",
         "f.yml:1:11: error: key \"a\" stands twice; the first one is at line 1, column 5\n"},
        {"? [a]\n: 1\n", "f.yml:1:3: error: a key must be a plain word, not a list or a mapping\n"},
        {"{: 1}\n", "f.yml:1:1: error: a key is empty; write a word before the colon\n"},
        {"a: {b: 1\nc: 2\n", "f.yml:2:2: error: not readable as YAML: missing comma in flow mapping; look at "
                             "this line and the one above or below\n"},
        {"a:\n    b: 1\n  c: 2\n", "f.yml:3:3: error: not readable as YAML: invalid indentation in mapping; "
                                   "look at this line and the one above or below\n"},
        {"a:\n  - 1\n - 2\nb: 3\n", "f.yml:3:2: error: not readable as YAML: wrong indendation in sequence "
                                    "while in mapping; look at this line and the one above or below\n"},
        {"a: b: c\n",
         "f.yml:1:5: error: not readable as YAML: invalid nested block mapping on the same line\n"},
        {"a: \"x\n", "f.yml:1:5: error: not readable as YAML: double-quoted scalar without closing quote\n"},
        {"a: @x\n", "f.yml:1:4: error: not readable as YAML: plain scalar cannot start with '@'\n"},
        {"%YAML 3.0\n---\na: 1\n", "f.yml:1:1: error: not readable as YAML 1.2 from here on\n"},
        {"a: \"x\\0y\"\n", "f.yml:1:5: error: a text may not hold a NUL character\n"},
        {"a: 1\nb: \x1b[31m\n", "f.yml:2:4: error: control character 0x1b; the file must be text\n"},
        {"a: 1\nb: \xff\n", "f.yml:2:1: error: this line is not UTF-8; save the file as UTF-8\n"},
        {"a: &b 1\nc: *b\nd: !!int 3\n",
         "f.yml:1:4: error: anchor &b is not allowed here; write the value where it is needed\n"
         "f.yml:2:4: error: aliases (*) are not allowed here; write the value itself\n"
         "f.yml:3:4: error: tags (!) are not allowed here; leave it out\n"},
    };
    files_begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check_text(rows[i].text, load(rows[i].text, strlen(rows[i].text)), rows[i].want);
    check_text("NUL", load("a: \0x\n", 7),
               "f.yml:1:4: error: control character 0x00; the file must be text\n");
    files_done();
}

static void depth_and_size_have_a_ceiling(void)
{
    size_t len = YAML_FILE_MAX + 1;
    char *text = malloc(len);

    files_begin();
    memset(text, '[', len);
    check_text("[[[", load(text, 40), "f.yml:1:17: error: nested deeper than 16 levels\n");
    check_text("[[[...", load(text, 100000), "f.yml:1:17: error: nested deeper than 16 levels\n");
    memset(text, '#', len);
    check_text("###", load(text, len), "f.yml: error: larger than 256 KiB\n");
    for (size_t i = 0; i < 300; i++)
        memcpy(text + 2 * i, "- ", 2);
    check_text("- - -", load(text, 600), "f.yml:1:33: error: nested deeper than 16 levels\n");
    free(text);
    files_done();
}

static void an_alias_bomb_is_read_at_once(void)
{
    char bomb[4096];
    size_t n = (size_t)snprintf(bomb, sizeof(bomb), "a: &a [x,x,x,x,x,x,x,x,x]\n");

    for (char c = 'b'; c <= 'z'; c++)
        n += (size_t)snprintf(bomb + n, sizeof(bomb) - n, "%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c,
                              c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1);
    files_begin();
    CU_ASSERT_PTR_NOT_NULL(strstr(load(bomb, n), "f.yml:2:8: error: aliases (*) are not allowed here"));
    files_done();
}

static void what_is_not_a_file_of_the_folder_is_refused(void)
{
    struct problems problems = {0};

    files_begin();
    files_write("in/a.yml", "a: 1\n");
    files_write("out.yml", "a: 1\n");
    CU_ASSERT_EQUAL(symlink("a.yml", files_path("in/same.yml")), 0);
    CU_ASSERT_EQUAL(symlink("../out.yml", files_path("in/leaves.yml")), 0);
    CU_ASSERT_EQUAL(mkfifo(files_path("in/fifo.yml"), 0600), 0);
    static const char NO[] = "and links are not followed here; put what it leads to there itself";
    char wanted[400];
    CU_ASSERT_PTR_NULL(yaml_load(files_path("in/same.yml"), files_path("in"), &problems));
    snprintf(wanted, sizeof(wanted), "in/same.yml: error: is a link, to a.yml, %s\n", NO);
    check_text("link", files_problems(&problems), wanted);
    CU_ASSERT_PTR_NULL(yaml_load(files_path("in/leaves.yml"), files_path("in"), &problems));
    snprintf(wanted, sizeof(wanted), "in/leaves.yml: error: is a link, to ../out.yml, %s\n", NO);
    check_text("leaves", files_problems(&problems), wanted);
    CU_ASSERT_PTR_NULL(yaml_load(files_path("in/fifo.yml"), files_path("in"), &problems));
    check_text("fifo", files_problems(&problems), "in/fifo.yml: error: not a regular file\n");
    /* the folder itself may be one: its owner named it */
    CU_ASSERT_EQUAL(symlink("in", files_path("named")), 0);
    struct yaml *root = yaml_load(files_path("named/a.yml"), files_path("named"), &problems);
    CU_ASSERT_PTR_NOT_NULL(root);
    yaml_free(root);
    CU_ASSERT_PTR_NULL(yaml_load(files_path("in"), NULL, &problems));
    check_text("folder", files_problems(&problems), "in: error: a folder, where a file is wanted\n");
    CU_ASSERT_PTR_NULL(yaml_load(files_path("none.yml"), NULL, &problems));
    check_text("missing", files_problems(&problems), "none.yml: error: No such file or directory\n");
    files_done();
}

static void values_keep_their_text_kind_and_place(void)
{
    struct problems problems = {0};

    files_begin();
    files_write("f.yml", "a: '010'\nb: 010\nc:\nd: \"null\"\ne: |\n\n    x\n    y\nf: [1, {g: 2}]\n");
    struct yaml *root = yaml_load(files_path("f.yml"), NULL, &problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    static const struct {
        const char *key;
        enum yaml_kind kind;
        bool plain;
        const char *text;
        struct place at, text_at;
    } rows[] = {
        {"a", YAML_SCALAR, false, "010", {1, 5}, {1, 5}},
        {"b", YAML_SCALAR, true, "010", {2, 4}, {2, 4}},
        {"c", YAML_NULL, true, "", {3, 1}, {3, 1}},
        {"d", YAML_SCALAR, false, "null", {4, 5}, {4, 5}},
        {"e", YAML_SCALAR, false, "\nx\ny\n", {6, 1}, {6, 1}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct yaml *v = yaml_find(root, rows[i].key);
        CU_ASSERT_PTR_NOT_NULL_FATAL(v);
        CU_ASSERT_EQUAL(v->kind, rows[i].kind);
        CU_ASSERT_EQUAL(v->plain, rows[i].plain);
        CU_ASSERT_STRING_EQUAL(v->text, rows[i].text);
        CU_ASSERT_EQUAL(v->at.line, rows[i].at.line);
        CU_ASSERT_EQUAL(v->at.column, rows[i].at.column);
    }
    const struct yaml *f = yaml_find(root, "f");
    CU_ASSERT_EQUAL(f->n, 2);
    CU_ASSERT_EQUAL(f->last->first->at.column, 12);
    CU_ASSERT_PTR_NULL(yaml_find(f, "g"));
    yaml_free(root);
    problems_free(&problems);
    files_done();
}

static const struct unit_case cases[] = {
    {"what_is_not_plain_yaml_is_refused_with_its_place", what_is_not_plain_yaml_is_refused_with_its_place},
    {"depth_and_size_have_a_ceiling", depth_and_size_have_a_ceiling},
    {"an_alias_bomb_is_read_at_once", an_alias_bomb_is_read_at_once},
    {"what_is_not_a_file_of_the_folder_is_refused", what_is_not_a_file_of_the_folder_is_refused},
    {"values_keep_their_text_kind_and_place", values_keep_their_text_kind_and_place},
};
UNIT_GROUP(yaml_cases, cases);
