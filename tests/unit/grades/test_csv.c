#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "grader/grades/form.h"

static void no_cell_begins_a_formula(void)
{
    static const struct {
        const char *text;
        bool quoted;
    } rows[] = {
        {"=1+1", true},
        {"+1", true},
        {"-1", true},
        {"@SUM(A1)", true},
        {"\t=1", true},
        {"\tx", true},
        {"\rx", true},
        {" =1", true},
        {"\n=1", true},
        {"\xef\xbc\x9d"
         "1",
         true},
        {"\xef\xbc\x8b"
         "1",
         true},
        {"\xef\xbc\x8d"
         "1",
         true},
        {"\xef\xbc\xa0"
         "a",
         true},
        {"\xe3\x80\x80=1", true},
        {"\xc2\xa0 \xef\xbc\x9d"
         "1",
         true},
        {"\xef\xb9\xa6"
         "1",
         true},
        {"\xe2\x81\xba"
         "1",
         true},
        {"\xe2\x80\x8b=1", true},
        {"ada", false},
        {"a=1", false},
        {" ada", false},
        {"\xc3\xa4", false},
        {"", false},
    };
    struct grades_student student = {.board_name = "", .note = ""};
    struct grades grades = {.students = &student, .n_students = 1};
    struct buf out;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char wanted[100];
        snprintf(student.handle, sizeof(student.handle), "%s", rows[i].text);
        snprintf(wanted, sizeof(wanted), "\r\n\"%s%s\",", rows[i].quoted ? "'" : "", rows[i].text);
        buf_init(&out, 4096);
        grades_csv(&grades, &out);
        if (!strstr(buf_text(&out), wanted)) {
            printf("row %zu: %s\n", i, buf_text(&out));
            CU_FAIL("a row");
        }
        buf_free(&out);
    }
}

static const struct unit_case cases[] = {
    {"no_cell_begins_a_formula", no_cell_begins_a_formula},
};
extern const struct unit_group csv_cases;
UNIT_GROUP(csv_cases, cases);
