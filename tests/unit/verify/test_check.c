#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "grader/verify/check.h"

static void what_is_written_is_read(void)
{
    const struct check check = {.group = CHECK_SOLVER,
                                .blame = BLAME_PROGRAM,
                                .name = "solve/a \"b\".py",
                                .clause = "ip.id",
                                .code = "BYTE_SWAPPED",
                                .text = "it printed \\ and\n\xC3\xA9",
                                .file = "challenges/x/target.yml",
                                .line = 7,
                                .ms = 12};
    struct check back;
    struct buf line;

    buf_init(&line, CHECK_LINE_MAX);
    check_write(&check, &line);
    CU_ASSERT_EQUAL(strcspn(buf_text(&line), "\n"), line.len - 1);
    CU_ASSERT_TRUE(check_read(&back, buf_text(&line), line.len - 1));
    CU_ASSERT_EQUAL(back.group, CHECK_SOLVER);
    CU_ASSERT_EQUAL(back.blame, BLAME_PROGRAM);
    CU_ASSERT_STRING_EQUAL(back.name, check.name);
    CU_ASSERT_STRING_EQUAL(back.text, check.text);
    CU_ASSERT_STRING_EQUAL(back.clause, check.clause);
    CU_ASSERT_STRING_EQUAL(back.code, check.code);
    CU_ASSERT_STRING_EQUAL(back.file, check.file);
    CU_ASSERT_EQUAL(back.line, 7);
    CU_ASSERT_EQUAL(back.ms, 12);
    buf_free(&line);
}

static void the_longest_check_fits_into_a_line(void)
{
    static struct check check;
    struct buf line;

    /* every byte becomes six */
    memset(check.name, 1, sizeof(check.name) - 1);
    memset(check.text, 1, sizeof(check.text) - 1);
    memset(check.file, '"', sizeof(check.file) - 1);
    buf_init(&line, CHECK_LINE_MAX);
    check_write(&check, &line);
    CU_ASSERT_FALSE(line.failed);
    CU_ASSERT_TRUE(check_read(&check, buf_text(&line), line.len - 1));
    buf_free(&line);
}

static void other_lines_are_refused(void)
{
    static const char *const lines[] = {
        "",
        "done",
        "{}",
        "[1]",
        "{\"group\":99,\"blame\":0,\"name\":\"\",\"clause\":\"\",\"text\":\"\",\"file\":\"\",\"line\":0,"
        "\"ms\":0}",
        "{\"group\":1,\"blame\":9,\"name\":\"\",\"clause\":\"\",\"text\":\"\",\"file\":\"\",\"line\":0,"
        "\"ms\":0}",
        "{\"group\":1,\"blame\":-1,\"name\":\"\",\"clause\":\"\",\"text\":\"\",\"file\":\"\",\"line\":0,"
        "\"ms\":0}",
        "{\"group\":1,\"blame\":0,\"name\":3,\"clause\":\"\",\"text\":\"\",\"file\":\"\",\"line\":0,\"ms\":"
        "0}",
        "{\"group\":1,\"blame\":0,\"name\":\"\",\"clause\":\"\",\"text\":\"\",\"file\":\"\",\"line\":0}",
    };
    struct check check;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        CU_ASSERT_FALSE(check_read(&check, lines[i], strlen(lines[i])));
}

static const struct unit_case cases[] = {
    {"what_is_written_is_read", what_is_written_is_read},
    {"the_longest_check_fits_into_a_line", the_longest_check_fits_into_a_line},
    {"other_lines_are_refused", other_lines_are_refused},
};
extern const struct unit_group check_cases;
UNIT_GROUP(check_cases, cases);
