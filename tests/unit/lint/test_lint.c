/* What is said of a course's files, of challenges beside each other, and of challenge.yml and the class. */
#include "unit.h"

#include "sound.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "grader/lint/lint.h"

/* With a class that binds flags to hosts. */
static void students_without_address_are_told_under_enforce(void)
{
    static const struct {
        enum bind_rule bind;
        const char *addresses[3]; /* of amy, bob, kim; NULL: no roster at all */
        const char *want;
    } rows[] = {
        {BIND_RECORD, {"", "", ""}, ""},
        {BIND_ENFORCE, {"10.10.0.1", "10.10.0.2", "10.10.0.3"}, ""},
        {BIND_ENFORCE,
         {"10.10.0.1", "", "10.10.0.3"},
         "bob has no address, and bind: enforce in class.yml gives no flag to who has none (1 of 3 rows)"},
        {BIND_ENFORCE,
         {"10.10.0.1", "", ""},
         "bob, as others, has no address, and bind: enforce in class.yml gives no flag to who has none (2 of "
         "3 rows)"},
        {BIND_ENFORCE,
         {NULL, "", ""},
         "bind: enforce does nothing without a roster: add roster, a file with the column \"address\""},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct problems problems = {0};
        struct roster roster = {0};
        struct course course;
        struct class class;
        char text[300];

        sound_begin();
        snprintf(text, sizeof(text),
                 "handle,name,email,address\namy,A,a@example.org,%s\nbob,B,b@example.org,%s\nkim,K,k@example."
                 "org,%s\n",
                 rows[i].addresses[0] ? rows[i].addresses[0] : "", rows[i].addresses[1],
                 rows[i].addresses[2]);
        files_write("roster.csv", text);
        CU_ASSERT_TRUE_FATAL(class_practice(&class, files_dir()));
        class.bind = rows[i].bind;
        free(class.file);
        class.file = strdup("class.yml");
        free(class.roster_file);
        class.roster_file = strdup("roster.csv");
        course_load(&course, files_dir(), &problems);
        CU_ASSERT_TRUE(roster_load(&roster, files_path("roster.csv"), &problems));
        lint_course(&course, &class, rows[i].addresses[0] ? &roster : NULL, &problems);
        CU_ASSERT_EQUAL(problems.errors, 0);
        CU_ASSERT_EQUAL_FATAL(problems.warnings, *rows[i].want ? 1 : 0);
        if (*rows[i].want)
            CU_ASSERT_STRING_EQUAL(problems.items[0].text, rows[i].want);
        if (i == 2)
            CU_ASSERT_EQUAL(problems.items[0].at.line, 3);
        problems_free(&problems);
        roster_free(&roster);
        course_free(&course);
        class_free(&class);
        files_done();
    }
}

static void what_an_own_hosts_flag_proves_is_told(void)
{
    static const enum paste_rule rows[] = {PASTE_OFF, PASTE_AUDIT};

    for (size_t i = 0; i < 2; i++) {
        struct problems problems = {0};
        struct course course;
        struct class class;

        sound_begin();
        CU_ASSERT_TRUE_FATAL(class_practice(&class, files_dir()));
        class.file = strdup("class.yml");
        class.own_host = true;
        class.paste = rows[i];
        course_load(&course, files_dir(), &problems);
        lint_course(&course, &class, NULL, &problems);
        CU_ASSERT_EQUAL(problems.errors, 0);
        CU_ASSERT_EQUAL_FATAL(problems.warnings, rows[i] == PASTE_OFF ? 2 : 1);
        CU_ASSERT_PTR_NOT_NULL(
            strstr(problems.items[0].text,
                   "may be root of that machine and read his key there, so a flag proves that "
                   "he has it, and no packet: for practice"));
        problems_free(&problems);
        course_free(&course);
        class_free(&class);
        files_done();
    }
}

#define NOT_EXECUTABLE ": warning: not executable"

static void a_solver_can_be_run(void)
{
    static const char *const rows[][3] = {
        /* as docs/verify.md says: by their names, also where they say so themselves */
        {"raw/solve/a.py", "#!/usr/bin/env python3\n", ""},
        {"raw/solve/a.sh", "#!/bin/sh\necho x\n", ""},
        {"raw/solve/a.sh", "echo x\n", ""},
        {"raw/solve/a.c", "int main(void) { return 0; }\n", ""},
        {"raw/solve/a.py", "#!/usr/bin/perl\n",
         "raw/solve/a.py" NOT_EXECUTABLE
         ", so that its name says who runs it, and not its first line; chmod +x\n"},
        {"raw/solve/program",
         "\x7f"
         "ELF",
         "raw/solve/program" NOT_EXECUTABLE "; chmod +x\n"},
        {"raw/solve/a.pl", "#!/usr/bin/perl\n", "raw/solve/a.pl" NOT_EXECUTABLE "; chmod +x\n"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sound_begin();
        files_write(rows[i][0], rows[i][1]);
        CU_ASSERT_STRING_EQUAL(sound_lint(), rows[i][2]);
        CU_ASSERT_EQUAL(chmod(files_path(rows[i][0]), 0700), 0);
        CU_ASSERT_STRING_EQUAL(sound_lint(), "");
        files_done();
    }
}

static void files_of_nearly_the_right_name_are_told(void)
{
    static const char *const rows[][2] = {
        {"raw/targets.yml", "raw: error: targets.yml is not read; its name must be target.yml\n"},
        {"raw/target.yaml", "raw: error: target.yaml is not read; its name must be target.yml\n"},
        {"raw/challenge.yaml", "raw: error: challenge.yaml is not read; its name must be challenge.yml\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sound_begin();
        files_write(rows[i][0], "kind: packet\n");
        CU_ASSERT_STRING_EQUAL(sound_lint(), rows[i][1]);
        files_done();
    }
}

#define C "raw/challenge.yml:"
#define VERSION(at)                                                                                          \
    C at ":1: warning: version: this is read as ctfcli's format 0.1, the only one known here\n"

static void another_version_is_told(void)
{
    static const struct sound_row rows[] = {
        {TEXTS "version: \"0.1\"\n", ""},
        {TEXTS "version: 0.1\n", ""},
        {TEXTS "version:\n", ""},
        {TEXTS "version: \"0.2\"\n", VERSION("6")},
        {TEXTS "version: [1]\n", VERSION("6")},
    };
    CHECK("raw/challenge.yml", rows);
}

#define FILLED(text) "name: Raw\ncategory: RAW\ndescription: |\n  Send it.\n  " text "\nvalue: 10\n"

static void texts_name_only_what_has_a_value(void)
{
    static const struct sound_row rows[] = {
        {FILLED("{{target}} {{briefing}} {{connect}} {{ip.proto}}"), ""},
        {FILLED("to {{targt}}"),
         C "5:6: error: {{targt}} stands for nothing here; did you mean {{target}}?\n"},
        {FILLED("{{port}}"), C "5:3: error: {{port}} stands for nothing here; a packet challenge has "
                               "{{connect}}, the student's port\n"},
        {FILLED("{{ip.ttl}}"),
         C "5:3: error: {{ip.ttl}} stands for nothing here; its clause has no single value\n"},
        {FILLED("{{target"), C "5:3: error: {{ without a name and }} after it; write {{ip.ttl}}\n"},
        {"name: R {{x}}\ncategory: \"{{x}}\"\ndescription: >-\n  a {{x}}\nvalue: 10\nconnection_info: "
         "'{{x}}'\n",
         C "1:9: error: {{x}} stands for nothing here\n" C "2:12: error: {{x}} stands for nothing here\n" C
           "4:5: error: {{x}} stands for nothing here\n" C "6:19: error: {{x}} stands for nothing here\n"},
    };
    CHECK("raw/challenge.yml", rows);
}

#define ASK "name: Ask\ncategory: C\ndescription: d\nvalue: 5\n"

static void answers_are_compared_with_the_flags(void)
{
    static const struct {
        const char *challenge, *target, *want;
    } rows[] = {
        {ASK "flags: [a]\n", NULL, ""},
        {ASK, NULL,
         "ask/challenge.yml:1:7: error: a knowledge question needs flags, the answers that the scoreboard "
         "accepts\n"},
        {ASK "flags: [{content: SOCK_RAW, data: case_insensitive}]\n", "accept: [sock_raw]\nrefuse: [raw]\n",
         ""},
        {ASK "flags: [SOCK_RAW]\n", "accept: [sock_raw]\nrefuse: [SOCK_RAW]\n",
         "ask/target.yml:1:10: error: answer \"sock_raw\" should be accepted, but no flag of challenge.yml "
         "equals it\n"
         "ask/target.yml:2:10: error: answer \"SOCK_RAW\" should be refused, but a flag of challenge.yml "
         "equals it\n"},
        {ASK "flags: [{type: regex, content: 'a+'}]\n", "accept: [aaa]\nrefuse: [b]\n", ""},
        {ASK "flags: [a]\n", "accept: [a]\n",
         "ask/target.yml:1:1: error: no wrong answer is listed; add refuse: [...] with what students will "
         "try\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sound_begin();
        files_write("ask/challenge.yml", rows[i].challenge);
        if (rows[i].target)
            files_write("ask/target.yml", rows[i].target);
        CU_ASSERT_STRING_EQUAL(sound_lint(), rows[i].want);
        files_done();
    }
}

static void challenges_are_compared_with_each_other(void)
{
    sound_begin();
    files_write("twin/challenge.yml", "category: RAW\nname: Raw\ndescription: d\nvalue: 1\n");
    files_write("twin/target.yml", TARGET ROWS);
    CU_ASSERT_STRING_EQUAL(
        sound_lint(),
        "twin: error: no solver; put a script that earns the flag into solve/\n"
        "twin/challenge.yml:2:7: error: name \"Raw\" is taken by raw (line 1, column 7); the scoreboard "
        "tells "
        "challenges apart by their names\n"
        "twin/target.yml:2:10: error: a packet can be for this challenge and for raw: make their listen "
        "differ\n");
    files_done();
}

static void a_fault_in_one_challenge_hides_none_in_another(void)
{
    sound_begin();
    files_write("raw/target.yml", "kind: packet\n");
    files_write("half/challenge.yml",
                "name: Half\ncategory: c\ndescription: \"{{x}}\"\nvalue: 5\nflags: [a]\n");
    const char *got = sound_lint();
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "half/challenge.yml:3:15: error: {{x}} stands for nothing here\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(got, "raw/target.yml:1:1: error: key \"listen\" is missing in target.yml\n"));
    CU_ASSERT_PTR_NULL(strstr(got, "raw/target.yml:1:1: error: no solver"));
    files_done();
}

static void points_and_identity_are_checked(void)
{
    sound_begin();
    files_write("course.yml", "id: a\nname: b\npass: 11\n");
    files_write("raw/challenge.yml", TEXTS "flags: [x]\n");
    files_write("raw/target.yml",
                "kind: packet\nlisten: {ip.proto: 16}\nexpect: {ip.ttl: 64}\nidentify: nobody\n"
                "deliver: {connect: 1111}\n"
                "refuse: [{ip.proto: 17, why: NOT_SET}, {ip.ttl: 63, why: OFF_BY_ONE}]\n");
    CU_ASSERT_STRING_EQUAL(
        sound_lint(),
        "course.yml: error: pass is 11, but all visible challenges together give 10\n"
        "raw/challenge.yml:1:7: warning: its flags are the same for everybody and stand in the file; the "
        "target hands out each student's own\n"
        "raw/target.yml:4:11: warning: identify: nobody gives everybody the same flag\n");
    files_write("raw/target.yml",
                "kind: packet\nlisten: {ip.proto: 16}\nexpect: {ip.ttl: 64}\nidentify: nobody\n"
                "deliver: {connect: 1111}\nassessed: false\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(sound_lint(),
                                  "raw/target.yml:6:1: error: assessed: false is for practice, which "
                                  "earns nothing: write value: 0 in challenge.yml\n"));
    files_write("raw/challenge.yml",
                "name: Raw\ncategory: RAW\ndescription: d\nvalue: 0\nrequirements: [Other]\n");
    files_write("other/challenge.yml", "name: Other\ncategory: RAW\ndescription: d\nvalue: 20\nflags: [x]\n");
    CU_ASSERT_PTR_NULL(strstr(sound_lint(), "practice"));
    files_write("raw/challenge.yml", "name: Raw\ncategory: RAW\ndescription: d\nvalue: 0\n");
    files_write("other/challenge.yml",
                "name: Other\ncategory: RAW\ndescription: d\nvalue: 20\nflags: [x]\nrequirements: [Raw]\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(
        sound_lint(), "other/challenge.yml:6:16: error: \"Raw\" is practice (assessed: false), and points "
                      "must not wait for it: say it in the text, or give it points\n"));
    files_done();
    files_begin();
    files_write("course.yml", COURSE);
    CU_ASSERT_STRING_EQUAL(
        sound_lint(),
        "course.yml: error: the course has no challenge: a folder beside this file with challenge.yml\n");
    files_done();
}

static const struct unit_case cases[] = {
    {"students_without_address_are_told_under_enforce", students_without_address_are_told_under_enforce},
    {"what_an_own_hosts_flag_proves_is_told", what_an_own_hosts_flag_proves_is_told},
    {"a_solver_can_be_run", a_solver_can_be_run},
    {"files_of_nearly_the_right_name_are_told", files_of_nearly_the_right_name_are_told},
    {"another_version_is_told", another_version_is_told},
    {"texts_name_only_what_has_a_value", texts_name_only_what_has_a_value},
    {"answers_are_compared_with_the_flags", answers_are_compared_with_the_flags},
    {"challenges_are_compared_with_each_other", challenges_are_compared_with_each_other},
    {"a_fault_in_one_challenge_hides_none_in_another", a_fault_in_one_challenge_hides_none_in_another},
    {"points_and_identity_are_checked", points_and_identity_are_checked},
};
extern const struct unit_group lint_cases;
UNIT_GROUP(lint_cases, cases);
