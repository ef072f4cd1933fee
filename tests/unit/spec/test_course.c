#include "unit.h"

#include <string.h>
#include <unistd.h>

#include "files.h"
#include "spec/course.h"

#define COURSE "id: sockets\nname: Sockets\npass: 56\n"
#define CHALLENGE "name: Raw\ncategory: RAW\ndescription: |\n  Send it.\nvalue: 10\ntype: standard\n"
#define TARGET "kind: stream\nlisten: {tcp.dstport: 5309}\nexpect: {payload: {text: \"{student}\"}}\n"

struct row {
    const char *text, *want;
};

static void check_file(const char *name, const struct row *rows, size_t n)
{
    files_begin();
    files_write("course.yml", COURSE);
    files_write("raw/challenge.yml", CHALLENGE);
    for (size_t i = 0; i < n; i++) {
        struct problems problems = {0};
        struct course course;
        files_write(name, rows[i].text);
        bool ok = course_load(&course, files_dir(), &problems);
        CU_ASSERT_EQUAL(ok, problems.errors == 0);
        course_free(&course);
        const char *got = files_problems(&problems);
        if (strcmp(got, rows[i].want) != 0)
            fprintf(stderr, "input:\n%s\ngot:\n%s\nwant:\n%s\n", rows[i].text, got, rows[i].want);
        CU_ASSERT_STRING_EQUAL(got, rows[i].want);
    }
    files_done();
}

#define CHECK(name, rows) check_file(name, rows, sizeof(rows) / sizeof((rows)[0]))

static void course_yml_is_checked(void)
{
    static const struct row rows[] = {
        {COURSE, ""},
        {COURSE "flag_prefix: net_26\noutcomes: [one, two]\n", ""},
        {"name: Sockets\n", "course.yml:1:1: error: key \"id\" is missing in course.yml\n"
                            "course.yml:1:1: error: key \"pass\" is missing in course.yml\n"},
        {"id: Sockets\nname: x\npass: 1\n",
         "course.yml:1:5: error: id \"Sockets\": write 1 to 32 of a-z, 0-9 and -, not beginning with -\n"},
        {"id: a\nname: x\npass: -1\n",
         "course.yml:3:7: error: pass: \"-1\" is not a number; write one from 0 to 100000000\n"},
        {COURSE "flag_prefix: Flag\n",
         "course.yml:4:14: error: flag_prefix \"Flag\": write 1 to 16 of a-z, 0-9 and _\n"},
        {COURSE "flag_prefix: abcdefghijklmnopq\n",
         "course.yml:4:14: error: flag_prefix has 17 characters; at most 16 are allowed\n"},
        {COURSE "outcomes: all\n", "course.yml:4:11: error: outcomes is a text; it must be a list\n"},
        {COURSE "flagprefix: x\n",
         "course.yml:4:1: error: unknown key \"flagprefix\"; did you mean \"flag_prefix\"?\n"},
        {COURSE "name: x\n",
         "course.yml:4:1: error: key \"name\" stands twice; the first one is at line 2, column 1\n"},
    };
    CHECK("course.yml", rows);
}

#define F "raw/challenge.yml:"

static void challenge_yml_parts_are_checked(void)
{
    static const struct row rows[] = {
        {CHALLENGE
         "tags: [x, y]\ntopics: [raw sockets]\nnext: Raw\nhints: [one, {content: two, title: t, key: k, "
         "cost: "
         "5},"
         " {content: three, requirements: [k]}]\nextra: {function: linear, initial: 9, minimum: 1, decay: 2,"
         " position: 3}\nrequirements: []\n",
         ""},
        {CHALLENGE "tags: [x, y, x]\n", F "7:14: error: tags: \"x\" stands twice\n"},
        {CHALLENGE "next: z\n", F "7:7: error: no challenge of this course is called \"z\"\n"},
        {CHALLENGE "requirements: {prerequisites: [z], anonymize: previw}\n",
         F "7:32: error: no challenge of this course is called \"z\"\n" F
           "7:47: error: unknown anonymize \"previw\"; did you mean \"preview\"?\n"},
        {CHALLENGE "requirements: [Raw]\n",
         F "7:16: error: this challenge waits for itself: nobody could see it\n"},
        {CHALLENGE "hints: [{content: a, requirements: [k]}, {content: b, key: k}, {content: c, key: k}]\n",
         F "7:37: error: no hint above this one has the key \"k\"\n" F
           "7:64: error: two hints have the key \"k\"\n"},
        {CHALLENGE "extra: {initial: 5}\n", F "7:1: warning: extra: initial, minimum and decay mean nothing "
                                              "without function: linear or logarithmic\n"},
        {CHALLENGE "extra: {function: linear}\n",
         F "7:1: error: extra: function linear needs minimum and decay\n"},
        {CHALLENGE "files: [no.txt, ../course.yml, /etc/passwd, .]\n",
         F "7:9: error: \"no.txt\": no such file in the challenge's folder\n" F
           "7:17: error: \"../course.yml\" lies outside the challenge's folder\n" F
           "7:32: error: \"/etc/passwd\" lies outside the challenge's folder\n" F
           "7:45: error: \".\": not a regular file\n"},
        {CHALLENGE "solution: no.md\n", F "7:11: error: \"no.md\": no such file in the challenge's folder\n"},
    };
    CHECK("raw/challenge.yml", rows);
}

static void challenge_yml_is_checked(void)
{
    static const struct row rows[] = {
        {CHALLENGE, ""},
        {CHALLENGE
         "author: me\nattribution: x\nconnection_info: nc {{target}} {{port}}\nattempts: 3\nlogic: any\n"
         "state: hidden\nversion: \"0.1\"\nflags: [a, {type: regex, content: b, data: case_insensitive}]\n"
         "tags: []\nhints:\nimage: null\nhost: \"\"\n",
         ""},
        {CHALLENGE "attribution: \"\"\nconnection_info: \"\"\nflags: [{content: x, data: \"\"}]\n", ""},
        {"name: x\n", F "1:1: error: key \"category\" is missing in challenge.yml\n" F
                        "1:1: error: key \"description\" is missing in challenge.yml\n" F
                        "1:1: error: key \"value\" is missing in challenge.yml\n"},
        {CHALLENGE "valu: 1\n", F "7:1: warning: unknown key \"valu\"; did you mean \"value\"?\n"},
        {CHALLENGE "image: x\nmodule: y\n",
         F "7:1: warning: image is not sent by this version; it stays in the file\n" F
           "8:1: warning: module is not sent by this version; it stays in the file\n"},
        {"name: x\ncategory: y\ndescription: z\nvalue: 0\n",
         F "4:8: error: value is 0, which is for practice alone: write 1 or more, or assessed: false in "
           "target.yml\n"},
        {"name: x\ncategory: y\ndescription: z\nvalue: 1000001\n",
         F "4:8: error: value: \"1000001\" is outside 0 to 1000000\n"},
        {"name: x\ncategory: y\ndescription: z\nvalue: 010\n",
         F "4:8: error: value: \"010\" has a leading zero, which is octal to some and ten to others; write 8 "
           "or 10\n"},
        {"name: x\ncategory: y\ndescription: z\nvalue: ten\n",
         F "4:8: error: value: \"ten\" is not a number; write one from 0 to 1000000\n"},
        {"name:\ncategory: y\ndescription: z\nvalue: 1\n",
         F "1:1: error: name is empty; it must be a text or a number\n"},
        {"name: [x]\ncategory: y\ndescription: z\nvalue: 1\n",
         F "1:7: error: name is a list; it must be a single value\n"},
        {"name: 123456789012345678901234567890123456789012345678901234567890123456789012345678901\ncategory: "
         "y\n"
         "description: z\nvalue: 1\n",
         F "1:7: error: name has 81 characters; at most 80 are allowed\n"},
        {"name: \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
         "1234567890123456789012345678901234567890123456789012345678901234567890\ncategory: y\n"
         "description: z\nvalue: 1\n",
         ""},
        {"name: x\ncategory: y\ndescription: z\ntype: dynamic\nextra: {initial: 100, minimum: 10, decay: "
         "5}\n",
         ""},
        {"name: x\ncategory: y\ndescription: z\ntype: dynamic\n",
         F "1:1: error: type dynamic needs extra: {initial: ...}, the points of the first solver\n"},
        {CHALLENGE "state: locked\n",
         F "7:8: error: unknown state \"locked\"; known here: visible, hidden\n"},
        {CHALLENGE "flags: [{type: static}]\n", F "7:9: error: key \"content\" is missing in a flag\n"},
        {CHALLENGE "attempts: -1\n",
         F "7:11: error: attempts: \"-1\" is not a number; write one from 0 to 1000000\n"},
    };
    CHECK("raw/challenge.yml", rows);
}

static void what_others_keep_in_challenge_yml_is_a_warning(void)
{
    static const struct row rows[] = {
        {CHALLENGE "id: x\nhosting: {containers: [{expose: 80}]}\nhints: [{content: x, colour: red}]\n"
                   "flags: [{content: x, tpye: static, id: 3}]\n",
         F "7:1: warning: unknown key \"id\"; it stays in the file and is not sent\n" F
           "8:1: warning: unknown key \"hosting\"; it stays in the file and is not sent\n" F
           "9:22: warning: unknown key \"colour\"; it stays in the file and is not sent\n" F
           "10:22: warning: unknown key \"tpye\"; did you mean \"type\"?\n" F
           "10:36: warning: unknown key \"id\"; it stays in the file and is not sent\n"},
        {CHALLENGE "author:\nextra:\nflags: [{content: x, data: case_sensitive}]\n", ""},
        {"name: x\ncategory: y\ndescription: z\nvalue: 5\ntype: dynamic\nminimum: 1\n", F
         "1:1: warning: type dynamic without extra: {initial: ...}: value is taken for the points of the "
         "first solver\n" F "6:1: warning: unknown key \"minimum\"; it stays in the file and is not sent\n"},
        {"name: x\ncategory: y\ndescription: z\ntype: dynamics\nextra: {initial: 5, state: locked}\n",
         F "4:7: warning: type \"dynamics\" is sent as it is: a type that a plugin of the scoreboard must "
           "have; did "
           "you mean \"dynamic\"?\n" F
           "5:21: warning: extra: \"state\" has its place outside of extra; it is not sent from here\n"},
        {"name: x\ncategory: y\ndescription: z\ntype: container\nextra: {image: x}\n",
         F "1:1: error: key \"value\" is missing in challenge.yml\n" F
           "4:7: warning: type \"container\" is sent as it is: a type that a plugin of the scoreboard must "
           "have\n"},
        {"name: x\ncategory: y\ndescription: z\nvalue: 1\ntype: plug\nextra: [x]\n", F
         "5:7: warning: type \"plug\" is sent as it is: a type that a plugin of the scoreboard must have\n" F
         "6:8: error: extra is a list; it must be a mapping of keys to values\n"},
        {CHALLENGE "flags: [{type: regexp, content: x}]\n",
         F "7:16: warning: type \"regexp\" is sent as it is: a type that a plugin of the scoreboard must "
           "have; did "
           "you mean \"regex\"?\n"},
        {CHALLENGE "flags: [{content: x, data: nocase}]\n",
         F "7:28: warning: data \"nocase\" is sent as it is: case counts\n"},
    };
    CHECK("raw/challenge.yml", rows);
}

static void a_plugins_extra_is_kept_as_json(void)
{
    struct problems problems = {0};
    struct course c;

    files_begin();
    files_write("course.yml", COURSE);
    files_write("raw/challenge.yml",
                "extra:\n  initial: 300\n  image: \"a \\\"b\\\"\"\n  ports: [80, '80', 0x50, 1.5, -2]\n"
                "  env: {DEBUG: true, NAME: ~, odd: 010}\n  name: no\n  keep: no\n"
                "name: Raw\ncategory: R\ndescription: d\ntype: container\n");
    CU_ASSERT_TRUE(course_load(&c, files_dir(), &problems));
    CU_ASSERT_EQUAL_FATAL(c.n_challenges, 1);
    CU_ASSERT_STRING_EQUAL(c.challenges[0].type, "container");
    CU_ASSERT_EQUAL(c.challenges[0].value, 300);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c.challenges[0].extra.plugin);
    CU_ASSERT_STRING_EQUAL(c.challenges[0].extra.plugin,
                           "{\"initial\":300,\"image\":\"a \\\"b\\\"\",\"ports\":[80,\"80\",\"0x50\",1.5,-2],"
                           "\"env\":{\"DEBUG\":true,\"NAME\":null,\"odd\":\"010\"},\"keep\":false}");
    CU_ASSERT_EQUAL(problems.errors, 0);
    CU_ASSERT_EQUAL(problems.warnings, 2);
    problems_strict(&problems);
    CU_ASSERT_EQUAL(problems.errors, 2);
    CU_ASSERT_EQUAL(problems_err(&problems, NULL), ST_INPUT);
    course_free(&c);
    problems_free(&problems);
    files_done();
}

static void an_error_is_not_lost_among_warnings(void)
{
    struct problems problems = {0};
    struct err err;

    for (int i = 0; i < 2 * PROBLEMS_MAX; i++)
        problem_warn(&problems, "a", (struct place){i + 1, 1}, "small");
    problem_add(&problems, "b", (struct place){7, 1}, "large");
    CU_ASSERT_EQUAL(problems_err(&problems, &err), ST_INPUT);
    CU_ASSERT_STRING_EQUAL(err.text, "b:7:1: large");
    CU_ASSERT_EQUAL(problems.n + problems.dropped, 2 * PROBLEMS_MAX + 1);
    problems_free(&problems);
}

static void a_course_is_read_in_the_order_of_slugs(void)
{
    struct problems problems = {0};
    struct course c;

    files_begin();
    files_write("course.yml", COURSE "outcomes: [one, two]\n");
    files_write("raw/challenge.yml", CHALLENGE "flags: [{content: x, data: case_insensitive}]\n");
    files_write("ask/challenge.yml", "name: Ask\ncategory: C\ndescription: d\nvalue: 5\nflags: [yes]\n");
    files_write("ask/target.yml", "accept: [yes]\n");
    files_write("stream-sender/challenge.yml", CHALLENGE);
    files_write("stream-sender/target.yml", TARGET);
    files_write("_template/challenge.yml", "broken: [\n");
    files_write(".git/challenge.yml", "broken: [\n");
    files_write("pictures/a.txt", "x");
    CU_ASSERT_TRUE(course_load(&c, files_dir(), &problems));
    CU_ASSERT_STRING_EQUAL(c.id, "sockets");
    CU_ASSERT_EQUAL(c.pass, 56);
    CU_ASSERT_STRING_EQUAL(c.flag_prefix, "flag");
    CU_ASSERT_EQUAL(c.n_outcomes, 2);
    CU_ASSERT_EQUAL_FATAL(c.n_challenges, 3);
    CU_ASSERT_STRING_EQUAL(c.challenges[0].slug, "ask");
    CU_ASSERT_EQUAL(c.challenges[0].target.kind, TARGET_NONE);
    CU_ASSERT_EQUAL(c.challenges[0].target.n_accept_answers, 1);
    CU_ASSERT_TRUE(c.challenges[0].has_target_file);
    const struct challenge *raw = course_find(&c, "raw");
    CU_ASSERT_PTR_EQUAL_FATAL(raw, &c.challenges[1]);
    CU_ASSERT_STRING_EQUAL(raw->description, "Send it.\n");
    CU_ASSERT_EQUAL(raw->description_at.line, 4);
    CU_ASSERT_EQUAL(raw->description_at.column, 3);
    CU_ASSERT_STRING_EQUAL(raw->attribution, "");
    CU_ASSERT_PTR_NULL(raw->connection_info);
    CU_ASSERT_STRING_EQUAL(raw->type, "standard");
    CU_ASSERT_STRING_EQUAL(raw->state, "visible");
    CU_ASSERT_STRING_EQUAL(raw->flags[0].type, "static");
    CU_ASSERT_STRING_EQUAL(raw->flags[0].data, "case_insensitive");
    CU_ASSERT_FALSE(raw->has_target_file);
    CU_ASSERT_EQUAL(course_find(&c, "stream-sender")->target.kind, TARGET_STREAM);
    CU_ASSERT_PTR_NULL(course_find(&c, "none"));
    course_free(&c);
    problems_free(&problems);
    files_done();
}

#define NOT_FOLLOWED ", and links are not followed here; put what it leads to there itself\n"

static void folders_that_cannot_be_challenges_are_told(void)
{
    struct problems problems = {0};
    struct course c;

    files_begin();
    files_write("course/course.yml", COURSE);
    files_write("course/Raw_1/challenge.yml", CHALLENGE);
    files_write("course/half/target.yml", TARGET);
    files_write("course/gone/challenge.yml", CHALLENGE);
    files_write("elsewhere/challenge.yml", CHALLENGE);
    files_write("course/kept/a", "");
    CU_ASSERT_EQUAL(symlink("../elsewhere", files_path("course/linked")), 0);
    CU_ASSERT_EQUAL(symlink("kept", files_path("course/within")), 0);
    CU_ASSERT_EQUAL(symlink("/nowhere", files_path("course/dangling")), 0);
    CU_ASSERT_EQUAL(symlink("course.yml", files_path("course/readme")), 0);
    CU_ASSERT_EQUAL(symlink("/nowhere", files_path("course/_left_out")), 0);
    CU_ASSERT_EQUAL(symlink("/nowhere", files_path("course/gone/target.yml")), 0);
    CU_ASSERT_FALSE(course_load(&c, files_path("course"), &problems));
    course_free(&c);
    CU_ASSERT_STRING_EQUAL(files_problems(&problems),
                           "course/Raw_1: error: a challenge's folder is named with 1 to 32 of a-z, 0-9 and "
                           "-, not beginning with -\n"
                           "course/dangling: error: is a link, to /nowhere" NOT_FOLLOWED
                           "course/gone/target.yml: error: is a link, to /nowhere" NOT_FOLLOWED
                           "course/half: error: target.yml without challenge.yml\n"
                           "course/linked: error: is a link, to ../elsewhere" NOT_FOLLOWED
                           "course/within: error: is a link, to kept" NOT_FOLLOWED);
    CU_ASSERT_FALSE(course_load(&c, files_path("nothing"), &problems));
    course_free(&c);
    CU_ASSERT_STRING_EQUAL(files_problems(&problems),
                           "nothing: error: no such folder; a course is the folder of course.yml: go to "
                           "where `challenges` is, or name "
                           "yours in a class.yml (`course:`, --class)\n");
    files_done();
}

static void errors_of_all_files_come_in_one_run(void)
{
    struct problems problems = {0};
    struct err err;
    struct course c;

    files_begin();
    files_write("course.yml", "id: a\nname: b\n");
    files_write("b/challenge.yml", "name: x\nbad: 1\n");
    files_write("b/target.yml", TARGET "bad: 1\n");
    CU_ASSERT_FALSE(course_load(&c, files_dir(), &problems));
    course_free(&c);
    CU_ASSERT_EQUAL(problems.errors, 5);
    CU_ASSERT_EQUAL(problems.warnings, 1);
    CU_ASSERT_EQUAL(problems_err(&problems, &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(
        err.text, "b/challenge.yml:1:1: key \"category\" is missing in challenge.yml (and 4 more errors)"));
    problems_free(&problems);
    CU_ASSERT_EQUAL(problems_err(&problems, &err), ST_OK);
    files_done();
}

static const struct unit_case cases[] = {
    {"course_yml_is_checked", course_yml_is_checked},
    {"challenge_yml_is_checked", challenge_yml_is_checked},
    {"challenge_yml_parts_are_checked", challenge_yml_parts_are_checked},
    {"what_others_keep_in_challenge_yml_is_a_warning", what_others_keep_in_challenge_yml_is_a_warning},
    {"a_plugins_extra_is_kept_as_json", a_plugins_extra_is_kept_as_json},
    {"an_error_is_not_lost_among_warnings", an_error_is_not_lost_among_warnings},
    {"a_course_is_read_in_the_order_of_slugs", a_course_is_read_in_the_order_of_slugs},
    {"folders_that_cannot_be_challenges_are_told", folders_that_cannot_be_challenges_are_told},
    {"errors_of_all_files_come_in_one_run", errors_of_all_files_come_in_one_run},
};
UNIT_GROUP(course_cases, cases);
