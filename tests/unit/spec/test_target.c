#include "unit.h"

#include <string.h>

#include "files.h"
#include "spec/target.h"

#define PACKET(listen) "kind: packet\nlisten: {" listen "}\n" BODY "deliver: {connect: 1111}\n"
#define HOME(body, to) "kind: packet\nlisten: {ip.proto: 16}\n" body "deliver: {connect: 1111, to: " to "}\n"
#define HEAD "kind: stream\nlisten: {tcp.dstport: 5309}\n"
#define BODY "expect: {payload: {text: \"{student}\"}}\n"

static const char *load(const char *text)
{
    struct problems problems = {0};
    struct target_spec spec;

    files_write("target.yml", text);
    bool ok = target_spec_load(&spec, files_path("target.yml"), files_dir(), &problems);
    CU_ASSERT_EQUAL(ok, problems.errors == 0);
    target_spec_free(&spec);
    return files_problems(&problems);
}

struct row {
    const char *text, *want;
};

static void check_rows(const struct row *rows, size_t n)
{
    files_begin();
    for (size_t i = 0; i < n; i++) {
        const char *got = load(rows[i].text);
        if (strcmp(got, rows[i].want) != 0)
            fprintf(stderr, "input:\n%s\ngot:\n%s\nwant:\n%s\n", rows[i].text, got, rows[i].want);
        CU_ASSERT_STRING_EQUAL(got, rows[i].want);
    }
    files_done();
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void keys_and_their_values_are_checked(void)
{
    static const struct row rows[] = {
        {HEAD BODY, ""},
        {HEAD BODY "feedback: none\nrefuse:\n- payload: empty\n  why: NO_PAYLOAD\n", ""},
        {"- 1\n", "target.yml:1:1: error: target.yml is a list; it must be a mapping of keys to values\n"},
        {"hello\n", "target.yml:1:1: error: target.yml is a text; it must be a mapping of keys to values\n"},
        {"feedback: full\n", "target.yml:1:1: error: key \"kind\" is missing in target.yml\n"
                             "target.yml:1:1: error: key \"listen\" is missing in target.yml\n"
                             "target.yml:1:1: error: key \"expect\" is missing in target.yml\n"},
        {HEAD BODY "refuze: []\n",
         "target.yml:4:1: error: unknown key \"refuze\"; did you mean \"refuse\"?\n"},
        {HEAD BODY "points: 8\n",
         "target.yml:4:1: error: unknown key \"points\"; known here: kind, listen, expect, steps, "
         "refuse, deliver, feedback, identify, assessed\n"},
        {"kind: strem\nlisten: {tcp.dstport: 1}\n" BODY,
         "target.yml:1:7: error: unknown kind \"strem\"; did you mean \"stream\"?\n"},
        {"kind:\nlisten: {tcp.dstport: 1}\n" BODY,
         "target.yml:1:1: error: kind is empty; it must be a text or a number\n"},
        {"kind: [stream]\nlisten: {tcp.dstport: 1}\n" BODY,
         "target.yml:1:7: error: kind is a list; it must be a single value\n"},
        {"kind: stream\nlisten: 5309\n" BODY,
         "target.yml:2:9: error: listen is a text; it must be a mapping of keys to values\n"},
        {"kind: stream\nlisten: {}\n" BODY,
         "target.yml:2:9: error: listen is empty; it must name at least one field\n"},
        {"kind: stream\nlisten: {a: 1, b: 2, c: 3}\n" BODY,
         "target.yml:2:9: error: listen has 3 fields; one or two say what is meant for it\n"},
        {"kind: stream\nlisten: {tcp.dstport: {not: 2}}\n" BODY,
         "target.yml:2:23: error: listen compares tcp.dstport with one value, or a port with several, {in: "
         "[...]}; other matchers belong into expect\n"},
        {HEAD BODY "feedback: yes\n",
         "target.yml:4:11: error: unknown feedback \"yes\"; known here: none, fields, full\n"},
        {HEAD BODY "deliver: {connect: 1111}\n", "target.yml:4:1: error: deliver is for packet targets; a "
                                                 "stream target answers where it was asked\n"},
        {"kind: packet\nlisten: {ip.proto: 16}\n" BODY,
         "target.yml:1:7: error: a packet target needs deliver: {connect: PORT}, the student's port for the "
         "flag\n"},
        {"kind: packet\nlisten: {ip.proto: 16}\n" BODY "deliver: {conect: 1111}\n",
         "target.yml:4:10: error: key \"connect\" is missing in deliver\n"
         "target.yml:4:11: error: unknown key \"conect\"; did you mean \"connect\"?\n"},
        {"kind: packet\nlisten: {ip.proto: 16}\n" BODY "deliver: {connect: 0}\n",
         "target.yml:4:20: error: connect: \"0\" is outside 1 to 65535\n"},
        {"kind: packet\nlisten: {ip.proto: 16}\n" BODY "deliver: {connect: 65536}\n",
         "target.yml:4:20: error: connect: \"65536\" is outside 1 to 65535\n"},
        {"kind: packet\nlisten: {ip.proto: 16}\n" BODY "deliver: {connect: 01111}\n",
         "target.yml:4:20: error: connect: \"01111\" has a leading zero, which is octal to some and ten to "
         "others; "
         "write 8 or 10\n"},
        {"kind: packet\nlisten: {ip.proto: 16}\n" BODY "deliver: {connect: x}\n",
         "target.yml:4:20: error: connect: \"x\" is not a number; write one from 1 to 65535\n"},
        {"kind: strem\nlisen: {tcp.dstport: 5309}\nexpect: {payload: &a any}\nfeedback: some\n",
         "target.yml:1:1: error: key \"listen\" is missing in target.yml\n"
         "target.yml:1:7: error: unknown kind \"strem\"; did you mean \"stream\"?\n"
         "target.yml:2:1: error: unknown key \"lisen\"; did you mean \"listen\"?\n"
         "target.yml:3:19: error: anchor &a is not allowed here; write the value where it is needed\n"
         "target.yml:4:11: error: unknown feedback \"some\"; known here: none, fields, full\n"},
    };
    CHECK(rows);
}

static void of_one_field_several_values_are_listened_for(void)
{
    static const struct row rows[] = {
        {PACKET("udp.srcport: 9, udp.dstport: {in: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]}"),
         ""},
        {PACKET("udp.dstport: {in: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]}"),
         "target.yml:2:23: error: listen names up to 16 values, and of one field; one value of any other\n"},
        {PACKET("udp.dstport: {in: [1, 2]}, udp.srcport: {in: [1, 2]}"),
         "target.yml:2:50: error: listen names up to 16 values, and of one field; one value of any other\n"},
    };
    CHECK(rows);
}

static void a_flag_goes_home_for_one_packet_that_says_whose_it_is(void)
{
    static const struct row rows[] = {
        {HOME(BODY, "own-host"), ""},
        {HOME(BODY, "source"), ""},
        {HOME(BODY, "own_host"),
         "target.yml:4:30: error: unknown to \"own_host\"; did you mean \"own-host\"?\n"},
        {HOME("identify: source\nexpect: {ip.ttl: 64}\n", "own-host"),
         "target.yml:5:30: error: to: own-host needs a text with {student} in it: identify: source asks for "
         "no name\n"},
        {HOME("steps: [{expect: {payload: {text: \"{student}\"}}}, {expect: {payload: {text: x}}}]\n",
              "own-host"),
         "target.yml:4:30: error: to: own-host is for one packet: a try of several steps is kept by its "
         "source, which must be the student's own; leave `to: own-host` out, or write `expect:` in place of "
         "`steps:`\n"},
    };
    CHECK(rows);
}

static void a_socket_file_is_a_name_and_stands_alone(void)
{
    static const struct row rows[] = {
        {"kind: datagram\nlisten: {unix.path: news-1.sock}\n" BODY, ""},
        {"kind: stream\nlisten: {unix.path: ../x}\n" BODY,
         "target.yml:2:21: error: unix.path is a name such as news.sock: 1 to 32 of a-z, 0-9, -, _ and ., "
         "not "
         "\"reply\"; its folder is `unix:` in class.yml\n"},
        {"kind: stream\nlisten: {unix.path: x, tcp.dstport: 1}\n" BODY,
         "target.yml:2:9: error: a socket file is listened on alone; unix.path: NAME and nothing beside "
         "it\n"},
    };
    CHECK(rows);
}

#define WITH(matcher) HEAD "expect:\n  payload: {text: \"{student}\"}\n  ip.ttl: " matcher "\n"

static void matchers_are_checked(void)
{
    static const struct row rows[] = {
        {WITH("64"), ""},
        {WITH("any"), ""},
        {WITH("{in: [1, 2]}"), ""},
        {WITH("{range: [1, 255]}"), ""},
        {WITH("{mask: 0x3f, value: 2}"), ""},
        {WITH("{not: 1}"), ""},
        {WITH("{not: [1, 2]}"), ""},
        {WITH("{param: u16, per: student}"), ""},
        {WITH("{param: [8, 56], per: class}"), ""},
        {WITH("{text: hello, encoding: base64, trim: none}"), ""},
        {WITH(""), "target.yml:5:3: error: ip.ttl is empty; it must be a text or a number\n"},
        {WITH("[1, 2]"),
         "target.yml:5:11: error: ip.ttl is a list; write {in: [...]} for any of several values\n"},
        {WITH("{}"),
         "target.yml:5:11: error: ip.ttl says nothing to match; write a value, any, or one of in, range, "
         "not, mask, param, text, bytes, contains, length, bind, bound, matches, rejects\n"},
        {WITH("{rnage: [1, 2]}"), "target.yml:5:12: error: unknown key \"rnage\"; did you mean \"range\"?\n"},
        {WITH("{between: [1, 2]}"),
         "target.yml:5:12: error: unknown key \"between\"; known here: in, range, not, mask, "
         "value, param, per, text, encoding, trim, bytes, contains, length, bind, bound, plus, matches, "
         "rejects, example\n"},
        {WITH("{rang: [1, 2]}"), "target.yml:5:12: error: unknown key \"rang\"; did you mean \"range\"?\n"},
        {WITH("{in: [1], not: 2}"),
         "target.yml:5:11: error: ip.ttl has both in and not; a field has one matcher\n"},
        {WITH("{in: []}"), "target.yml:5:16: error: in is an empty list\n"},
        {WITH("{in: 5}"), "target.yml:5:16: error: in is a text; it must be a list\n"},
        {WITH("{in: [1, ]}"), ""},
        {WITH("{in: [1, ~]}"),
         "target.yml:5:20: error: a value of in is empty; it must be a text or a number\n"},
        {WITH("{range: [1]}"),
         "target.yml:5:19: error: range has 1 values; it needs two, the first and the last: [8, 56]\n"},
        {WITH("{range: 5}"),
         "target.yml:5:19: error: range needs a list of two values, the first and the last: [8, 56]\n"},
        {WITH("{range: [1, 2], per: class}"), "target.yml:5:27: error: per does not go with range\n"},
        {WITH("{mask: 3}"), "target.yml:5:11: error: mask needs a value: {mask: 0x3f, value: 2}\n"},
        {WITH("{value: 3}"),
         "target.yml:5:11: error: ip.ttl says nothing to match; write a value, any, or one of "
         "in, range, not, mask, param, text, bytes, contains, length, bind, bound, matches, rejects\n"},
        {WITH("{param: u16}"), "target.yml:5:11: error: param needs per: class or per: student\n"},
        {WITH("{param: u17, per: class}"),
         "target.yml:5:19: error: unknown type of param \"u17\"; did you mean \"u16\"?\n"},
        {WITH("{param: u16, per: section}"),
         "target.yml:5:29: error: unknown per \"section\"; known here: class, student\n"},
        {WITH("{text: x, encoding: bas64}"),
         "target.yml:5:31: error: unknown encoding \"bas64\"; did you mean \"base64\"?\n"},
        {WITH("{text: x, trim: all}"),
         "target.yml:5:27: error: unknown trim \"all\"; known here: none, newline\n"},
        {WITH("{text: ''}"), "target.yml:5:19: error: text is empty; it must be a text or a number\n"},
        {WITH("{text: '{\"a\": {}}'}"), ""},
    };
    CHECK(rows);
}

static void who_it_is_is_said_exactly_once(void)
{
    static const struct row rows[] = {
        {HEAD "expect: {payload: {text: x}}\nidentify: source\n", ""},
        {HEAD "expect: {payload: {text: x}}\nidentify: own-host\n", ""},
        {HEAD "expect: {payload: any}\nidentify: nobody\n", ""},
        {HEAD "expect: {payload: {text: x}}\n",
         "target.yml:3:1: error: nothing says who it is; put "
         "{student} into one text, or write identify: source, identify: own-host or "
         "identify: nobody\n"},
        {HEAD BODY "identify: source\n", "target.yml:4:11: error: two ways to say who it is: identify here, "
                                         "and {student} at line 3, column 27; "
                                         "keep one\n"},
        {HEAD "expect:\n  payload: {text: \"{student}\"}\n  tcp.options: {text: \"{student}\"}\n",
         "target.yml:5:24: error: a second {student}; the first at line 4, column 20 already says who it "
         "is\n"},
        {HEAD "expect:\n  payload: {text: \"{student} {student}\"}\n",
         "target.yml:4:20: error: text holds {student} twice; once says who it is, twice may contradict "
         "itself\n"},
        {HEAD "expect: {payload: {text: \"{student}\", encodng: hex}}\nidentify: source\n",
         "target.yml:3:39: error: unknown key \"encodng\"; did you mean \"encoding\"?\n"
         "target.yml:4:11: error: two ways to say who it is: identify here, and {student} at line 3, column "
         "27; "
         "keep one\n"},
        {HEAD "expect: {payload: any}\nidentify: text\n",
         "target.yml:4:11: error: unknown identify \"text\"; known here: source, nobody, own-host\n"},
    };
    CHECK(rows);
}

#define REFUSE(row) HEAD BODY "refuse:\n- " row "\n"

static void refuse_rows_are_checked(void)
{
    static const struct row rows[] = {
        {REFUSE("{ip.id: swapped, why: BYTE_SWAPPED}"), ""},
        {REFUSE("{payload: {encoding: base64}, why: WRONG_ENCODING}"), ""},
        {HEAD BODY "refuse: []\n", "target.yml:4:9: error: refuse is an empty list\n"},
        {REFUSE("5"),
         "target.yml:5:3: error: a row of refuse is a text; it must be a mapping of keys to values\n"},
        {REFUSE("{ip.id: 5}"),
         "target.yml:5:3: error: a refuse row without why: say the code that must be given\n"},
        {REFUSE("{why: NOT_SET}"),
         "target.yml:5:3: error: a refuse row names no field; write {ip.ttl: 0, why: CODE}\n"},
        {REFUSE("{ip.id: 1, ip.ttl: 2, why: X}"), "target.yml:5:14: error: a refuse row changes one field; "
                                                  "this one changes ip.id at line 5, column 4 and "
                                                  "ip.ttl\n"},
        {REFUSE("{ip.id: , why: X}"),
         "target.yml:5:4: error: ip.id is empty; it must be a text or a number\n"},
        {REFUSE("{ip.id: {}, why: X}"), "target.yml:5:11: error: ip.id: an empty mapping changes nothing\n"},
        {REFUSE("{ip.id: 1, why: swapped}"),
         "target.yml:5:19: error: why: \"swapped\" is not a code; codes look like BYTE_SWAPPED\n"},
    };
    CHECK(rows);
}

static void knowledge_questions_hold_answers_alone(void)
{
    static const struct row rows[] = {
        {"accept: [SOCK_RAW]\n", ""},
        {"accept: [SOCK_RAW]\nrefuse: [SOCK_STREAM, raw]\n", ""},
        {"accept: []\n", "target.yml:1:9: error: accept is an empty list\n"},
        {"accept: [a]\nrefuse: [b, a]\n",
         "target.yml:2:13: error: answer \"a\" is refused here and accepted at line 1, column 10\n"},
        {"accept: [a]\nkind: stream\n",
         "target.yml:1:1: error: accept is for knowledge questions, but kind at line "
         "2, column 1 is for a target on the wire\n"},
        {"accept: [a]\nfeedback: none\n",
         "target.yml:2:1: error: unknown key \"feedback\"; known here: accept, refuse\n"},
    };
    CHECK(rows);
}

static void a_packet_target_is_read_as_it_is_written(void)
{
    struct problems problems = {0};
    struct target_spec t;

    files_begin();
    files_write("target.yml", "kind: packet\n"
                              "listen: {ip.proto: 16}\n"
                              "expect:\n"
                              "  ip.dsfield.dscp: {param: [8, 56], per: class}\n"
                              "  ip.id: {param: u16, per: student}\n"
                              "  ip.ttl: {range: [1, 255]}\n"
                              "  tcp.flags: {mask: 0x3f, value: SYN}\n"
                              "  ip.src: any\n"
                              "  payload: {text: \"{student}\", encoding: hex}\n"
                              "refuse:\n"
                              "  - {ip.dsfield.dscp: unshifted, why: NOT_SHIFTED}\n"
                              "  - {payload: {encoding: base64}, why: WRONG_ENCODING}\n"
                              "deliver: {connect: 1111}\n");
    CU_ASSERT_TRUE_FATAL(target_spec_load(&t, files_path("target.yml"), files_dir(), &problems));
    CU_ASSERT_EQUAL(t.kind, TARGET_PACKET);
    CU_ASSERT_EQUAL(t.n_listen, 1);
    CU_ASSERT_STRING_EQUAL(t.listen[0].field.text, "ip.proto");
    CU_ASSERT_STRING_EQUAL(t.listen[0].matcher.values[0].text, "16");
    static const struct {
        const char *field;
        enum matcher_kind kind;
        const char *values[2];
    } want[] = {
        {"ip.dsfield.dscp", MATCH_PARAM, {"8", "56"}},
        {"ip.id", MATCH_PARAM, {"u16"}},
        {"ip.ttl", MATCH_RANGE, {"1", "255"}},
        {"tcp.flags", MATCH_MASK, {"0x3f", "SYN"}},
        {"ip.src", MATCH_ANY, {NULL}},
        {"payload", MATCH_TEXT, {"{student}"}},
    };
    CU_ASSERT_EQUAL_FATAL(t.steps[0].n_expect, 6);
    for (size_t i = 0; i < 6; i++) {
        const struct matcher *m = &t.steps[0].expect[i].matcher;
        CU_ASSERT_STRING_EQUAL(t.steps[0].expect[i].field.text, want[i].field);
        CU_ASSERT_EQUAL(t.steps[0].expect[i].field.at.line, (int)i + 4);
        CU_ASSERT_EQUAL(m->kind, want[i].kind);
        for (size_t v = 0; v < 2; v++)
            CU_ASSERT_TRUE(want[i].values[v] ? !strcmp(m->values[v].text, want[i].values[v])
                                             : m->n_values <= v);
    }
    CU_ASSERT_EQUAL(t.steps[0].expect[0].matcher.per, PER_CLASS);
    CU_ASSERT_EQUAL(t.steps[0].expect[1].matcher.per, PER_STUDENT);
    CU_ASSERT_EQUAL(t.steps[0].expect[5].matcher.encoding, ENCODING_HEX);
    CU_ASSERT_EQUAL_FATAL(t.n_refuse, 2);
    CU_ASSERT_STRING_EQUAL(t.refuse[0].change.text, "unshifted");
    CU_ASSERT_STRING_EQUAL(t.refuse[0].why.text, "NOT_SHIFTED");
    CU_ASSERT_EQUAL(t.refuse[1].n_pairs, 1);
    CU_ASSERT_STRING_EQUAL(t.refuse[1].keys[0].text, "encoding");
    CU_ASSERT_STRING_EQUAL(t.refuse[1].values[0].text, "base64");
    CU_ASSERT_STRING_EQUAL(t.connect.text, "1111");
    CU_ASSERT_EQUAL(t.identify, IDENTIFY_TEXT);
    CU_ASSERT_EQUAL(t.feedback, FEEDBACK_FIELDS);
    target_spec_free(&t);
    files_done();
}

static const struct unit_case cases[] = {
    {"keys_and_their_values_are_checked", keys_and_their_values_are_checked},
    {"of_one_field_several_values_are_listened_for", of_one_field_several_values_are_listened_for},
    {"a_flag_goes_home_for_one_packet_that_says_whose_it_is",
     a_flag_goes_home_for_one_packet_that_says_whose_it_is},
    {"a_socket_file_is_a_name_and_stands_alone", a_socket_file_is_a_name_and_stands_alone},
    {"matchers_are_checked", matchers_are_checked},
    {"who_it_is_is_said_exactly_once", who_it_is_is_said_exactly_once},
    {"refuse_rows_are_checked", refuse_rows_are_checked},
    {"knowledge_questions_hold_answers_alone", knowledge_questions_hold_answers_alone},
    {"a_packet_target_is_read_as_it_is_written", a_packet_target_is_read_as_it_is_written},
};
UNIT_GROUP(target_cases, cases);
