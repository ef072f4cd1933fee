#include "grader/export/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "spec/yaml.h"
#include "unit.h"

static const char *const texts[] = {
    "smith",
    "0x1234",
    "SYN|ACK",
    "10.10.0.0/24",
    "any",
    "null",
    "true",
    "~",
    "",
    " ",
    "- a",
    "a: b",
    "a #b",
    "# a",
    "{student}",
    "[1, 2]",
    "\"quoted\" and \\ and 'single'",
    "tab\there",
    "caf\xc3\xa9",
    "one line\n",
    "two\nlines\n",
    "two\nlines",
    "an empty\n\nline between\n",
    "more after it\n\n\n",
    "\nbefore it\n",
    "  led by blanks\nand not\n",
    "a blank at the end \nof a line\n",
    "  \n",
    "first\n  deeper\n    deepest\nback\n",
    "control \x01 and \x7f in it\nof two lines\n",
    "| a | table |\n|---|---|\n",
    "--- \n...\n",
};

static void every_text_reads_back_as_it_was(void)
{
    char path[] = "/tmp/wiregrade-words-XXXXXX";
    struct problems problems = {0};
    struct buf out;
    char key[16];

    CU_ASSERT_TRUE_FATAL(mkstemp(path) >= 0);
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        snprintf(key, sizeof(key), "k%zu", i);
        words_put_key(&out, key, texts[i]);
        buf_printf(&out, "f%zu: {text: ", i);
        words_put(&out, texts[i]);
        buf_puts(&out, "}\n");
    }
    words_put_key(&out, "nothing", NULL);
    CU_ASSERT_EQUAL_FATAL(file_replace(path, out.data, out.len, 0600, NULL), ST_OK);
    struct yaml *root = yaml_load(path, NULL, &problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT_EQUAL(problems.n, 0);
    CU_ASSERT_PTR_NULL(yaml_find(root, "nothing"));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        snprintf(key, sizeof(key), "k%zu", i);
        const struct yaml *block = yaml_find(root, key);
        key[0] = 'f';
        const struct yaml *flow = yaml_find(yaml_find(root, key), "text");
        CU_ASSERT_PTR_NOT_NULL_FATAL(block);
        CU_ASSERT_PTR_NOT_NULL_FATAL(flow);
        CU_ASSERT_EQUAL(block->kind, YAML_SCALAR);
        CU_ASSERT_STRING_EQUAL(block->text, texts[i]);
        CU_ASSERT_STRING_EQUAL(flow->text, texts[i]);
        /* `any` unquoted would be a matcher */
        CU_ASSERT_FALSE(flow->plain && strcmp(texts[i], "any") == 0);
    }
    yaml_free(root);
    problems_free(&problems);
    buf_free(&out);
    unlink(path);
}

static const struct unit_case cases[] = {
    {"every_text_reads_back_as_it_was", every_text_reads_back_as_it_was},
};
extern const struct unit_group words_cases;
UNIT_GROUP(words_cases, cases);
