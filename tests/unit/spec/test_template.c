#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "files.h"
#include "spec/template.h"

static const char *value(void *context, const char *name)
{
    static char text[32];

    snprintf(text, sizeof(text), "<%s%s>", name, (const char *)context);
    return strcmp(name, "port") == 0 || strcmp(name, "ip.ttl") == 0 ? text : NULL;
}

static const char *hint(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "hint") == 0 ? "try {{port}}" : NULL;
}

static void names_in_braces_are_replaced(void)
{
    static const struct {
        const char *text, *want, *problems;
    } rows[] = {
        {"", "", ""},
        {"plain {x} }}", "plain {x} }}", ""},
        {"nc {{port}}", "nc <port!>", ""},
        {"{{ip.ttl}}{{ port }}", "<ip.ttl!><port!>", ""},
        {"{{hint}}", "", "f:3:5: error: {{hint}} stands for nothing here; try {{port}}\n"},
        {"{{prot}}", "", "f:3:5: error: {{prot}} stands for nothing here\n"},
        {"one\ntwo {{x}}\n", "one\ntwo \n", "f:4:9: error: {{x}} stands for nothing here\n"},
        {"\xc3\xa9 {{x}}", "\xc3\xa9 ", "f:3:7: error: {{x}} stands for nothing here\n"},
        {"a {{port", "a port", "f:3:7: error: {{ without a name and }} after it; write {{ip.ttl}}\n"},
        {"{{}} {{\n}}", "}} \n}}",
         "f:3:5: error: {{ without a name and }} after it; write {{ip.ttl}}\n"
         "f:3:10: error: {{ without a name and }} after it; write {{ip.ttl}}\n"},
        {"{{ a {{port}}", " a <port!>",
         "f:3:5: error: {{ without a name and }} after it; write {{ip.ttl}}\n"},
    };
    const struct template_values values = {value, (char[]){"!"}, hint};
    files_begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct problems problems = {0};
        struct buf out;
        buf_init(&out, 1000);
        bool ok = template_fill(&out, rows[i].text, &values, "f", (struct place){3, 5}, &problems);
        CU_ASSERT_EQUAL(ok, problems.errors == 0);
        CU_ASSERT_STRING_EQUAL(buf_text(&out), rows[i].want);
        const char *got = files_problems(&problems);
        CU_ASSERT_STRING_EQUAL(got, rows[i].problems);
        CU_ASSERT_EQUAL(template_fill(&out, rows[i].text, &values, "f", (struct place){3, 5}, NULL), ok);
        buf_free(&out);
    }
    files_done();
}

static void what_grows_over_the_ceiling_is_a_problem(void)
{
    const struct template_values values = {value, (char[]){"!"}, hint};
    struct problems problems = {0};
    struct buf out;

    files_begin();
    buf_init(&out, 4);
    CU_ASSERT_FALSE(template_fill(&out, "{{port}}", &values, "f", (struct place){1, 1}, &problems));
    CU_ASSERT_STRING_EQUAL(files_problems(&problems),
                           "f:1:1: error: the text is larger than 4 bytes when it is filled in\n");
    buf_free(&out);
    files_done();
}

static void problems_have_a_ceiling_and_an_order(void)
{
    struct problems problems = {0};
    struct err err;

    files_begin();
    problem_warn(&problems, "b", (struct place){1, 1}, "w");
    problem_add(&problems, "b", (struct place){2, 3}, "x\x1b[31m\n");
    problem_add(&problems, "a", (struct place){0}, "y");
    CU_ASSERT_EQUAL(problems_err(&problems, &err), ST_INPUT);
    CU_ASSERT_STRING_EQUAL(err.text, "a: y (and 1 more error)");
    CU_ASSERT_STRING_EQUAL(files_problems(&problems),
                           "a: error: y\nb:1:1: warning: w\nb:2:3: error: x?[31m?\n");
    for (int i = 0; i < PROBLEMS_MAX + 5; i++)
        problem_add(&problems, "a", (struct place){i + 1, 1}, "z");
    CU_ASSERT_EQUAL(problems.n, PROBLEMS_MAX);
    CU_ASSERT_EQUAL(problems.errors, PROBLEMS_MAX + 5);
    const char *text = files_problems(&problems);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "a:200:1: error: z\nand 5 more\n"));
    files_done();
}

static const struct unit_case cases[] = {
    {"names_in_braces_are_replaced", names_in_braces_are_replaced},
    {"what_grows_over_the_ceiling_is_a_problem", what_grows_over_the_ceiling_is_a_problem},
    {"problems_have_a_ceiling_and_an_order", problems_have_a_ceiling_and_an_order},
};
UNIT_GROUP(template_cases, cases);
