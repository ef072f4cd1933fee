#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "files.h"
#include "spec/roster.h"

#define TOP "handle,name,email\n"

/* style: one table, longer for being one row a line */
static void rosters_are_checked_line_by_line(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {TOP "smith,Ann Smith,ann@example.org\n", ""},
        {"\xef\xbb\xbf" TOP "smith,\"Smith, Ann\",ann@example.org\r\n\r\n", ""},
        {TOP "\"a\",\"the \"\"A\"\"\",a@b.c", ""},
        {"", "r.csv:1:1: error: the file is empty; its first line must name handle, name and email\n"},
        {"\n\n", "r.csv:1:1: error: the file is empty; its first line must name handle, name and email\n"},
        {TOP, "r.csv:1:1: warning: nobody is in this roster\n"},
        {"handle,name\na,A\n",
         "r.csv:1:1: error: column \"email\" is missing; the first line must name handle, "
         "name and email\n"},
        {"handle,name,mail,email\na,A,x,a@b.c\n", "r.csv:1:13: error: unknown column \"mail\"; did you mean "
                                                  "\"email\"?\n"},
        {"handle,name,email,grade\na,A,a@b.c,1\n", "r.csv:1:19: error: unknown column \"grade\"; known are "
                                                   "handle, name, email, address, team, external_id, "
                                                   "section, role\n"},
        {"handle,name,email,name\na,A,a@b.c,1\n", "r.csv:1:19: error: column \"name\" stands twice\n"},
        {TOP "a,A\n", "r.csv:2:1: error: 2 cells, but the first line has 3\n"},
        {TOP ",A,a@b.c\n", "r.csv:2:1: error: handle is empty\n"},
        {TOP "a,,a@b.c\n", "r.csv:2:3: error: name is empty\n"},
        {TOP "a,A,\n", "r.csv:2:5: error: email of A is empty\n"},
        {TOP "-a,A,a@b.c\n",
         "r.csv:2:1: error: handle \"-a\": write 1 to 32 of a-z, 0-9, _ and -, beginning with a "
         "letter or digit\n"},
        {TOP "everyone,A,a@b.c\n",
         "r.csv:2:1: error: handle \"everyone\" is reserved for challenges that ask nobody's name\n"},
        {TOP "a,A,ab.c\n", "r.csv:2:5: error: email \"ab.c\" is not an address like name@example.org\n"},
        {TOP "a,A,a@b\n", "r.csv:2:5: error: email \"a@b\" is not an address like name@example.org\n"},
        {TOP "a,A,a b@b.c\n",
         "r.csv:2:5: error: email \"a b@b.c\" is not an address like name@example.org\n"},
        {TOP "a,A,a@b.c\nb,B,b@b.c\nA,C,c@b.c\n",
         "r.csv:4:1: error: handle \"a\" stands in line 2 already\n"},
        {TOP "a,A,a@b.c\nb,B,A@B.C\n", "r.csv:3:1: error: email \"A@B.C\" stands in line 2 already\n"},
        {"handle,name,email,address\na,A,a@b.c,10.10.0.3 10.10.0.4\n",
         "r.csv:2:11: error: address \"10.10.0.3 10.10.0.4\" is not an address like 10.10.0.40 or "
         "fd00:10::40\n"},
        {"handle,name,email,address,role\na,A,a@b.c,10.10.0.300,tutor\n",
         "r.csv:2:11: error: address \"10.10.0.300\" is not an address like 10.10.0.40 or fd00:10::40\n"
         "r.csv:2:23: error: role \"tutor\" is neither student nor staff\n"},
        {TOP "a,A\xff,a@b.c\n",
         "r.csv:2:4: error: the byte 0xff is not UTF-8; save the file as \"CSV UTF-8\"\n"},
        {TOP "a,A\xe2\x80\xae"
             "B,a@b.c\n",
         "r.csv:2:3: error: name holds a line break, or another character that is not shown\n"},
        {TOP "a,\"A\nB\",a@b.c\nb,,b@b.c\n",
         "r.csv:2:3: error: name holds a line break, or another character that is not shown\n"
         "r.csv:4:3: error: name is empty\n"},
        {TOP "a,\"A,a@b.c\n", "r.csv:2:3: error: a quote is opened here and never closed\n"},
        {TOP "a,A \"B\",a@b.c\n",
         "r.csv:2:5: error: a quote inside a cell; quote the whole cell and write \"\" for one\n"},
        {TOP "a,\"A\" x,a@b.c\n",
         "r.csv:2:6: error: a quote closes here; a comma or the line's end must follow\n"},
        {"handle;name;email\na;A;a@b.c\n",
         "r.csv:1:1: error: the cells are separated by \";\"; save the file with commas\n"
         "r.csv:1:1: error: column \"handle\" is missing; the first line must name handle, name and email\n"
         "r.csv:1:1: error: column \"name\" is missing; the first line must name handle, name and email\n"
         "r.csv:1:1: error: column \"email\" is missing; the first line must name handle, name and email\n"},
    };
    files_begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct problems problems = {0};
        struct roster roster;
        files_write("r.csv", rows[i].text);
        bool ok = roster_load(&roster, files_path("r.csv"), &problems);
        CU_ASSERT_EQUAL(ok, problems.errors == 0);
        roster_free(&roster);
        const char *got = files_problems(&problems);
        if (strcmp(got, rows[i].want) != 0)
            fprintf(stderr, "input:\n%s\ngot:\n%s\nwant:\n%s\n", rows[i].text, got, rows[i].want);
        CU_ASSERT_STRING_EQUAL(got, rows[i].want);
    }
    files_done();
}

static void students_are_found_by_handle_and_by_their_own_address(void)
{
    struct problems problems = {0};
    struct roster r;

    files_begin();
    files_write("r.csv", "role,email,name,handle,address,team,section,external_id\n"
                         "student,z@b.c,Zoe,Zoe,10.10.0.3,red,s1,77\n"
                         "staff,a@b.c,\" Ann \"\"A\"\" \",ann, 10.10.0.2 ,,,\n"
                         ",b@b.c,Bob,bob,10.10.0.3,,,\n"
                         ",c@b.c,Cy,cy,,,,\n");
    CU_ASSERT_TRUE_FATAL(roster_load(&r, files_path("r.csv"), &problems));
    CU_ASSERT_EQUAL(r.n, 4);
    const struct student *zoe = roster_find(&r, "ZOE"), *ann = roster_find(&r, "ann");
    CU_ASSERT_PTR_NOT_NULL_FATAL(zoe);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ann);
    CU_ASSERT_STRING_EQUAL(zoe->handle, "zoe");
    CU_ASSERT_STRING_EQUAL(zoe->team, "red");
    CU_ASSERT_STRING_EQUAL(zoe->section, "s1");
    CU_ASSERT_STRING_EQUAL(zoe->external_id, "77");
    CU_ASSERT_EQUAL(zoe->line, 2);
    CU_ASSERT_FALSE(zoe->staff);
    CU_ASSERT_STRING_EQUAL(ann->name, " Ann \"A\" ");
    CU_ASSERT_STRING_EQUAL(ann->address_text, "10.10.0.2");
    CU_ASSERT_STRING_EQUAL(ann->team, "");
    CU_ASSERT_TRUE(ann->staff);
    CU_ASSERT_PTR_EQUAL(roster_find_address(&r, 0x0a0a0002), ann);
    CU_ASSERT_PTR_NULL(roster_find_address(&r, 0x0a0a0003)); /* of two */
    CU_ASSERT_PTR_NULL(roster_find_address(&r, 0x0a0a0004));
    CU_ASSERT_PTR_NULL(roster_find_address(&r, 0));
    CU_ASSERT_EQUAL(roster_sharing(&r, 0x0a0a0002), 1);
    CU_ASSERT_EQUAL(roster_sharing(&r, 0x0a0a0003), 2);
    CU_ASSERT_EQUAL(roster_sharing(&r, 0x0a0a0004), 1); /* nobody's */
    CU_ASSERT_EQUAL(roster_sharing(&r, 0), 1);
    CU_ASSERT_PTR_NULL(roster_find(&r, "an"));
    CU_ASSERT_PTR_NULL(roster_find(&r, ""));
    roster_free(&r);
    CU_ASSERT_PTR_NULL(roster_find(&r, "ann"));
    files_done();
}

static void a_row_has_one_address_or_one_of_each_ip_version(void)
{
    static const struct {
        const char *text, *address, *other; /* address "": the text is refused */
    } rows[] = {
        {"10.10.0.40", "10.10.0.40", ""},
        {"fd00:10::40", "fd00:10::40", ""},
        {"10.10.0.40 fd00:10::40", "10.10.0.40", "fd00:10::40"},
        {"fd00:10::40 10.10.0.40", "fd00:10::40", "10.10.0.40"},
        {"10.10.0.40 10.10.0.41", "", ""},
        {"fd00:10::40 fd00:10::41", "", ""},
        {"10.10.0.40 fd00:10::40 10.10.0.41", "", ""},
        {"10.10.0.40  fd00:10::40", "", ""},
        {"10.10.0.40 ", "", ""},
        {" fd00:10::40", "", ""},
        {"10.10.0.40 smith", "", ""},
        {"0.0.0.0", "", ""},
        {"0.0.0.0 fd00:10::40", "", ""},
        {"10.10.0.40 ::", "", ""},
        {"fd00:0010:0000:0000:0000:0000:0000:0000:0000:0000:0040 10.10.0.40", "", ""},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[80];
        struct student student = {.address_text = text};
        ipaddr address = 0, other = 0;
        snprintf(text, sizeof(text), "%s", rows[i].text);
        if (*rows[i].address)
            CU_ASSERT_TRUE(ipaddr_parse(rows[i].address, &address));
        if (*rows[i].other)
            CU_ASSERT_TRUE(ipaddr_parse(rows[i].other, &other));
        CU_ASSERT_EQUAL(roster_read_address(&student), *rows[i].address != '\0');
        CU_ASSERT_TRUE(student.address == address && student.other == other);
    }
}

static void bytes_have_a_ceiling_and_rows_have_none(void)
{
    enum { ROWS = 200000 };
    struct problems problems = {0};
    struct roster roster;
    struct buf text;

    files_begin();
    buf_init(&text, 8 * 1024 * 1024);
    buf_puts(&text, TOP);
    for (int i = 0; i < ROWS; i++)
        buf_printf(&text, "s%d,S,s%d@b.c\n", i, i);
    files_write_bytes("r.csv", text.data, text.len);
    CU_ASSERT_TRUE(roster_load(&roster, files_path("r.csv"), &problems));
    CU_ASSERT_EQUAL(roster.n, ROWS);
    CU_ASSERT_PTR_NOT_NULL(roster_find(&roster, "s199999"));
    roster_free(&roster);
    CU_ASSERT_STRING_EQUAL(files_problems(&problems), "");
    CU_ASSERT_EQUAL(truncate(files_path("r.csv"), ROSTER_FILE_MAX + 1), 0);
    CU_ASSERT_FALSE(roster_load(&roster, files_path("r.csv"), &problems));
    roster_free(&roster);
    CU_ASSERT_STRING_EQUAL(files_problems(&problems), "r.csv: error: larger than 65536 KiB\n");
    buf_free(&text);
    files_done();
}

static const struct unit_case cases[] = {
    {"rosters_are_checked_line_by_line", rosters_are_checked_line_by_line},
    {"students_are_found_by_handle_and_by_their_own_address",
     students_are_found_by_handle_and_by_their_own_address},
    {"a_row_has_one_address_or_one_of_each_ip_version", a_row_has_one_address_or_one_of_each_ip_version},
    {"bytes_have_a_ceiling_and_rows_have_none", bytes_have_a_ceiling_and_rows_have_none},
};
UNIT_GROUP(roster_cases, cases);
