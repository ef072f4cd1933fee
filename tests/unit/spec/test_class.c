#include "unit.h"

#include <stdlib.h>

#include <string.h>

#include "files.h"
#include "spec/class.h"

#define TOP "class: 26-04\ncourse: challenges\n"
#define NETS "networks: {target: 172.16.1.15, students: [10.10.0.0/24]}\n"
#define WITH(students) TOP "networks: {target: 172.16.1.15, students: [" students "]}\n"
#define PASSWORD                                                                                             \
    "c.yml:4:8: error: store: has a password in it, which all who read this file would know; put it into a " \
    "file of mode 0600 that the parameter passfile= or the variable PGPASSFILE names\n"
#define BOARD(url) TOP NETS "scoreboard: {url: \"" url "\", token_file: t}\n"

/* style: one table, longer for being one row a line */
static void class_yml_is_checked(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {TOP NETS, ""},
        {"course: c\nnetworks: {target: 1.2.3.4}\n",
         "c.yml:1:1: error: key \"class\" is missing in class.yml\n"
         "c.yml:2:11: error: key \"students\" is missing in networks\n"},
        {TOP, "c.yml:1:1: error: key \"networks\" is missing in class.yml\n"},
        {TOP "networks: 10.10.0.0/24\n",
         "c.yml:3:11: error: networks is a text; it must be a mapping of keys to values\n"},
        {"class: Spring 26\ncourse: c\n" NETS,
         "c.yml:1:8: error: class \"Spring 26\": write 1 to 32 of a-z, 0-9 and -, not beginning with -\n"},
        {TOP NETS "brief: 1110\n",
         "c.yml:4:1: error: unknown key \"brief\"; known here: class, course, networks, "
         "briefing, feedback, bind, paste, scoreboard, key_file, roster, store, journals, captures, "
         "connect, unix\n"},
        {TOP NETS "briefing: 70000\n", "c.yml:4:11: error: briefing: \"70000\" is outside 1 to 65535\n"},
        {TOP NETS "bind: strict\n",
         "c.yml:4:7: error: unknown bind \"strict\"; known here: off, record, enforce\n"},
        {TOP NETS "unix: run\n", "c.yml:4:7: error: unix: \"run\" is no absolute path of at most 40 bytes; a "
                                 "socket's path ends at 107, "
                                 "so write one like /run/wiregrade\n"},
        {TOP NETS "captures: {rule: accept, days: 0}\n",
         "c.yml:4:32: error: days: \"0\" is outside 1 to 3650\n"},
        {TOP NETS "feedback: ful\n", "c.yml:4:11: error: unknown feedback \"ful\"; did you mean \"full\"?\n"},
        {TOP NETS "journals: a.jsonl\n", "c.yml:4:11: error: journals is a text; it must be a list\n"},
        {TOP NETS "store: postgresql://w@/db?host=/run/postgresql\n", ""},
        {TOP NETS "store: postgresql://w@db:5432/db?sslmode=verify-full\n", ""},
        {TOP NETS "store: postgres://w@/db\n",
         "c.yml:4:8: error: store: neither a file nor PostgreSQL's URL, which begins with postgresql://\n"},
        {TOP NETS "store: postgresql://w:geheim@/db\n", PASSWORD},
        {TOP NETS "store: postgresql:///db?user=w&password=geheim\n", PASSWORD},
        {TOP NETS "roster:\n", "c.yml:4:1: error: roster is empty; it must be a text or a number\n"},
        {TOP "networks: {target: localhost, students: [10.10.0.0/24]}\n",
         "c.yml:3:20: error: target \"localhost\" is not an address like 172.16.1.15 or fd00:172::15, nor "
         "the word "
         "own\n"},
        {TOP "networks: {target: 224.0.0.1, students: [10.10.0.0/24]}\n",
         "c.yml:3:20: error: target 224.0.0.1 is multicast; write the address that students send to\n"},
        {TOP "networks: {target: 1.2.3.4, students: []}\n", "c.yml:3:39: error: students is an empty list\n"},
        {WITH("10.10.0.0/24, 10.11.0.7"), ""},
        {WITH("10.10.0.1/24"), "c.yml:3:44: error: students \"10.10.0.1/24\" is not a network like "
                               "10.10.0.0/24 or fd00:10::/64, with zeros after its /24 or /64\n"},
        {TOP "networks: {target: [1.2.3.4, \"fd00::1\"], students: [10.10.0.0/24, \"fd00:1::/64\"]}\n", ""},
        {TOP "networks: {target: \"fd00::1\", students: [\"fd00:1::/64\"]}\n", ""},
        {WITH("\"fd00:1::/64\""),
         "c.yml:3:45: error: students \"fd00:1::/64\" is IPv6, and the target has no such "
         "address; write target: [172.16.1.15, fd00:172::15]\n"},
        {TOP "networks: {target: [1.2.3.4, 1.2.3.5], students: [10.10.0.0/24]}\n",
         "c.yml:3:30: error: target has two IPv4 addresses; name one, and beside it at most one of IPv6\n"},
        {TOP "networks: {target: \"fe80::1\", students: [\"fd00:1::/64\"]}\n",
         "c.yml:3:21: error: target fe80::1 is link-local, which means a host only on one link; write the "
         "address that students send to\n"},
        {TOP "networks: {target: \"fd00::1\", students: [\"fc00::/8\"]}\n",
         "c.yml:3:43: error: students \"fc00::/8\" is wider than /32; name the class's own networks, they "
         "are the "
         "only ones ever answered\n"},
        {TOP "networks: {target: \"fd00::1\", students: [\"fd00::/64\"]}\n",
         "c.yml:3:43: error: students \"fd00::/64\" holds the target's own address (line 3, column 21); "
         "nothing "
         "may be sent to it; where each student runs the target himself, write target: own and no "
         "students\n"},
        {WITH("0.0.0.0/0"),
         "c.yml:3:44: error: students \"0.0.0.0/0\" is wider than /8; name the class's own "
         "networks, they are the only ones ever answered\n"},
        {WITH("10.10.0.0/24, 224.0.0.0/24, 255.255.255.255, 0.0.0.0"),
         "c.yml:3:58: error: students \"224.0.0.0/24\" is multicast; nothing may be sent there\n"
         "c.yml:3:72: error: students \"255.255.255.255\" is broadcast or reserved; nothing may be sent "
         "there\n"
         "c.yml:3:89: error: students \"0.0.0.0\" is no host's address; nothing may be sent there\n"},
        {WITH("172.16.0.0/16"),
         "c.yml:3:44: error: students \"172.16.0.0/16\" holds the target's own address (line "
         "3, column 20); nothing may be sent to it; where each student runs the target himself, write "
         "target: own "
         "and no students\n"},
        {WITH("127.0.0.0/8"),
         "c.yml:3:44: error: students \"127.0.0.0/8\" is loopback, from where nobody reaches the target\n"},
        {TOP "networks: {target: 127.0.0.1, students: [127.0.0.2]}\n", ""},
        {TOP "networks: {target: own}\nbind: record\nconnect: 4711\n", ""},
        {TOP "networks: {target: own, students: [127.0.0.0/8]}\n",
         "c.yml:3:25: error: target: own is each student's own machine, which alone is answered; leave "
         "students out\n"},
        {TOP "networks: {target: own}\nbind: enforce\n",
         "c.yml:4:7: error: bind: enforce looks at addresses, and on a student's own host (target: own, line "
         "3) there is one for everybody; write bind: off\n"},
        {TOP NETS "connect: 0\n", "c.yml:4:10: error: connect: \"0\" is outside 1 to 65535\n"},
        {BOARD("http://127.0.0.1:8000"), ""},
        {BOARD("https://ctf.example.org/sub/"), ""},
        {BOARD("ctf.example.org"),
         "c.yml:4:20: error: url \"ctf.example.org\" must begin with http:// or https://\n"},
        {BOARD("ftp://x"), "c.yml:4:20: error: url \"ftp://x\" must begin with http:// or https://\n"},
        {BOARD("http:///x"), "c.yml:4:20: error: url \"http:///x\" names no host\n"},
        {BOARD("http://:80"), "c.yml:4:20: error: url \"http://:80\" names no host\n"},
        {BOARD("http://a:b@c"),
         "c.yml:4:20: error: url \"http://a:b@c\" holds a user or password; the token alone, "
         "in token_file, says who asks\n"},
        {BOARD("http://c/?x"),
         "c.yml:4:20: error: url \"http://c/?x\" holds ? or #; write the board's address alone\n"},
        {BOARD("http://c d"), "c.yml:4:20: error: url \"http://c d\" holds a character that no URL has\n"},
        {TOP NETS "scoreboard: {url: http://c, mode: team}\n",
         "c.yml:4:13: error: key \"token_file\" is missing in scoreboard\n"
         "c.yml:4:35: error: unknown mode \"team\"; did you mean \"teams\"?\n"},
    };
    files_begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct problems problems = {0};
        struct class class;
        files_write("c.yml", rows[i].text);
        bool ok = class_load(&class, files_path("c.yml"), &problems);
        CU_ASSERT_EQUAL(ok, problems.errors == 0);
        class_free(&class);
        const char *got = files_problems(&problems);
        if (strcmp(got, rows[i].want) != 0)
            fprintf(stderr, "input:\n%s\ngot:\n%s\nwant:\n%s\n", rows[i].text, got, rows[i].want);
        CU_ASSERT_STRING_EQUAL(got, rows[i].want);
    }
    files_done();
}

static void what_is_left_out_has_its_default(void)
{
    struct problems problems = {0};
    struct class c;

    files_begin();
    files_write("c.yml", TOP NETS);
    CU_ASSERT_TRUE_FATAL(class_load(&c, files_path("c.yml"), &problems));
    CU_ASSERT_STRING_EQUAL(c.word, "26-04");
    CU_ASSERT_STRING_EQUAL(c.course_dir, files_path("challenges"));
    CU_ASSERT_EQUAL(c.target, 0xac10010f);
    CU_ASSERT_EQUAL(c.briefing, 1110);
    CU_ASSERT_EQUAL(c.feedback, FEEDBACK_FULL);
    CU_ASSERT_EQUAL(c.bind, BIND_RECORD);
    CU_ASSERT_EQUAL(c.mode, MODE_USERS);
    CU_ASSERT_PTR_NULL(c.scoreboard_url);
    CU_ASSERT_PTR_NULL(c.key_file);
    CU_ASSERT_PTR_NULL(c.roster_file);
    CU_ASSERT_PTR_NULL(c.store_file);
    CU_ASSERT_EQUAL(c.n_journals, 0);
    class_free(&c);
    files_done();
}

static void paths_begin_in_the_folder_of_class_yml(void)
{
    struct problems problems = {0};
    struct class c, other;

    files_begin();
    files_write("c.yml", TOP NETS "briefing: 99\nfeedback: none\nbind: off\nkey_file: /etc/k\nroster: r.csv\n"
                                  "store: db/s.db\njournals: [a, /b]\n"
                                  "scoreboard: {url: http://c:80//, token_file: t, mode: teams}\n");
    CU_ASSERT_TRUE_FATAL(class_load(&c, files_path("c.yml"), &problems));
    CU_ASSERT_EQUAL(c.briefing, 99);
    CU_ASSERT_EQUAL(c.feedback, FEEDBACK_NONE);
    CU_ASSERT_EQUAL(c.bind, BIND_OFF);
    CU_ASSERT_EQUAL(c.mode, MODE_TEAMS);
    CU_ASSERT_STRING_EQUAL(c.key_file, "/etc/k");
    CU_ASSERT_STRING_EQUAL(c.roster_file, files_path("r.csv"));
    CU_ASSERT_STRING_EQUAL(c.store_file, files_path("db/s.db"));
    files_write("d.yml", TOP NETS "store: postgresql://w@/db?host=/run\n");
    CU_ASSERT_TRUE_FATAL(class_load(&other, files_path("d.yml"), &problems));
    CU_ASSERT_STRING_EQUAL(other.store_file, "postgresql://w@/db?host=/run");
    class_free(&other);
    CU_ASSERT_STRING_EQUAL(c.token_file, files_path("t"));
    CU_ASSERT_STRING_EQUAL(c.scoreboard_url, "http://c:80");
    CU_ASSERT_EQUAL_FATAL(c.n_journals, 2);
    CU_ASSERT_STRING_EQUAL(c.journals[0], files_path("a"));
    CU_ASSERT_STRING_EQUAL(c.journals[1], "/b");
    class_free(&c);
    files_done();
}

static void only_hosts_of_the_networks_are_students(void)
{
    struct class c;

    CU_ASSERT_TRUE_FATAL(class_practice(&c, "challenges"));
    CU_ASSERT_STRING_EQUAL(c.word, "practice");
    static const struct {
        ipaddr addr;
        bool want;
    } rows[] = {
        {0x0a0a0028, true},  {0x0a0a0001, true},  {0x0a0a00fe, true},  {0x0a0a0000, false},
        {0x0a0a00ff, false}, {0x0a0a0100, false}, {0x0a09ffff, false}, {0xac10010f, false},
        {0, false},          {0xffffffff, false}, {0x7f000001, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(class_has_student(&c, rows[i].addr), rows[i].want);
    c.students[0] = (struct network){.net = 0x0a0a0007, .mask = 0xffffffff};
    CU_ASSERT_TRUE(class_has_student(&c, 0x0a0a0007));
    CU_ASSERT_FALSE(class_has_student(&c, 0x0a0a0008));
    c.students[0] = (struct network){.net = 0x0a0a0006, .mask = 0xfffffffe};
    CU_ASSERT_TRUE(class_has_student(&c, 0x0a0a0006));
    c.target = 0x0a0a0006;
    CU_ASSERT_FALSE(class_has_student(&c, 0x0a0a0006));
    class_free(&c);
}

/* The grader cannot know which addresses a student's machine has; its target fills them in. */
static void on_ones_own_host_target_and_student_are_one(void)
{
    struct problems problems = {0};
    char where[CLASS_HAND_IN_SIZE];
    struct class c;

    files_begin();
    files_write("c.yml", TOP "networks: {target: own}\nconnect: 4711\npaste: audit\n");
    CU_ASSERT_TRUE_FATAL(class_load(&c, files_path("c.yml"), &problems));
    CU_ASSERT_TRUE(c.own_host);
    CU_ASSERT_EQUAL(c.target, 0x7f000001);
    CU_ASSERT_EQUAL(c.connect, 4711);
    CU_ASSERT_EQUAL(c.bind, BIND_OFF);
    CU_ASSERT_STRING_EQUAL(class_hand_in(&c, where), "Flags are entered on the scoreboard's page.");
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_TRUE(class_has_student(&c, 0x7f000001) && class_has_target(&c, 0x7f000001));
        CU_ASSERT_TRUE(class_has_student(&c, 0x0a0a0028) && class_has_target(&c, 0x0a0a0028));
        CU_ASSERT_EQUAL(class_has_student(&c, 0x0a0a0029), i == 0);
        CU_ASSERT_FALSE(class_has_student(&c, 0xe0000001) || class_has_target(&c, 0));
        c.students = c.students ? c.students : calloc(2, sizeof(*c.students));
        c.students[0] = (struct network){.net = 0x7f000000, .mask = 0xff000000};
        c.students[1] = (struct network){.net = 0x0a0a0028, .mask = 0xffffffff};
        c.n_students = 2;
    }
    class_free(&c);
    files_done();
}

static const struct unit_case cases[] = {
    {"class_yml_is_checked", class_yml_is_checked},
    {"what_is_left_out_has_its_default", what_is_left_out_has_its_default},
    {"paths_begin_in_the_folder_of_class_yml", paths_begin_in_the_folder_of_class_yml},
    {"only_hosts_of_the_networks_are_students", only_hosts_of_the_networks_are_students},
    {"on_ones_own_host_target_and_student_are_one", on_ones_own_host_target_and_student_are_one},
};
UNIT_GROUP(class_cases, cases);
