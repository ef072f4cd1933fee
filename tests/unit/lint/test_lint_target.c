/* What is said of target.yml: its clauses, its texts, and the near misses that must show what each refuses.
 */
#include "unit.h"

#include "sound.h"

#include <stdio.h>
#include <string.h>

#include "forge/refuse.h"

#define T "raw/target.yml:"
#define SHOWS(field)                                                                                         \
    " error: " field ": nothing shows that a wrong value is refused; add refuse: {" field                    \
    ": CHANGE, why: CODE} (`wiregrade fields " field "` lists the changes) or a script in mutants/\n"

#define ICMP(clause, row)                                                                                    \
    "kind: packet\nlisten: {ip.proto: 1}\nexpect: {" clause "payload: {text: \"{student}\"}}\n"              \
    "deliver: {connect: 1111}\nrefuse: [{ip.proto: 17, why: NOT_SET}, {payload: empty, why: NO_PAYLOAD}" row \
    "]\n"
#define UDP(clause, row)                                                                                     \
    "kind: packet\nlisten: {udp.dstport: 9}\nexpect: { " clause ", payload: {text: \"{student}\"}}\n"        \
    "deliver: {connect: 1111}\nrefuse: [{udp.dstport: 10, why: OFF_BY_ONE}, {payload: empty, why: "          \
    "NO_PAYLOAD}, "                                                                                          \
    "{" row "}]\n"

static void every_clause_needs_a_near_miss(void)
{
    static const struct sound_row rows[] = {
        {TARGET ROWS, ""},
        {TARGET "- {ip.ttl: 0, why: NOT_SET}\n", T "2:10:" SHOWS("ip.proto") T
         "4:3: error: ip.ttl: nothing shows that a value above its range is refused; add refuse: {ip.ttl: "
         "VALUE, why: CODE} or a script in mutants/\n" T "5:3:" SHOWS("payload")},
        {TARGET ROWS "- {ip.ttl: 64, why: WRONG_VALUE}\n",
         T "12:12: error: ip.ttl: 64 is right by line 4, so nothing would refuse it\n"},
        {TARGET ROWS "- {ip.proto: CHAOS, why: WRONG_VALUE}\n",
         T "12:14: error: ip.proto: CHAOS is right by line 2, so nothing would refuse it\n"},
        {TARGET ROWS "- {ip.id: swapped, why: BYTE_SWAPPED}\n",
         T "12:4: error: ip.id is neither in listen nor in expect, so nothing would refuse this\n"},
        {TARGET ROWS "- {ip.len: off_by_one, why: BAD_LENGTH}\n", ""},
        {TARGET ROWS "- {ip.ttl: 0, why: NOT_SETT}\n",
         T "12:20: error: no diagnosis code is named NOT_SETT; did you mean NOT_SET?\n"},
        {"kind: packet\nlisten: {ip.proto: 16}\nexpect: {ip.ttl: {range: [0, 255]}, payload: {text: "
         "\"{student}\"}}\n"
         "deliver: {connect: 1111}\nrefuse: [{ip.proto: 17, why: NOT_SET}, {payload: empty, why: "
         "NO_PAYLOAD}]\n",
         T "3:18: error: ip.ttl: this range holds every value; write any\n"},
        {"kind: packet\nlisten: {ip.proto: 16}\nexpect: {ip.ttl: any, payload: {text: \"{student}\"}}\n"
         "deliver: {connect: 1111}\nrefuse: [{ip.proto: 17, why: NOT_SET}, {payload: empty, why: "
         "NO_PAYLOAD}]\n",
         ""},
        {"kind: packet\nlisten: {ip.proto: 16}\nexpect: {ip.tttl: any, payload: {text: \"{student}\"}}\n"
         "deliver: {connect: 1111}\nrefuse: [{ip.proto: 17, why: NOT_SET}, {payload: empty, why: "
         "NO_PAYLOAD}]\n",
         T "3:10: error: no field is named ip.tttl; did you mean ip.ttl?\n"},
        /* the name comes first, and nothing is said of a clause that is none */
        {ICMP("icmp.id: 7, ", ""), T "3:10: error: no field is named icmp.id; did you mean icmp.ident?\n"},
        {ICMP("", ", {icmp.id: 7, why: WRONG_VALUE}"),
         T "5:76: error: no field is named icmp.id; did you mean icmp.ident?\n"},
        {UDP("udp.checksum: good", "udp.checksum: 0, why: CHECKSUM_ZERO"),
         T "3:25: error: udp.checksum: good is not a number; did you mean udp.checksum.status?\n"},
        {UDP("udp.checksum.status: good", "udp.checksum.status: no_payload, why: CHECKSUM_NO_PAYLOAD"), ""},
        {UDP("udp.checksum.status: good", "udp.checksum: no_payload, why: CHECKSUM_NO_PAYLOAD"),
         T "3:11:" SHOWS("udp.checksum.status") T
         "5:96: error: udp.checksum: no_payload is not a number, and no "
         "change of that name is known for it; did you mean udp.checksum.status?\n"},
    };
    CHECK("raw/target.yml", rows);
}

#define M "raw/mutants/m.py:"
#define SAY                                                                                                  \
    " error: this line must say what is wrong with the packet: # expect: FIELD CODE, like # expect: ip.id "  \
    "BYTE_SWAPPED\n"

static void mutants_say_what_must_be_found(void)
{
    static const struct sound_row rows[] = {
        {"# expect: ip.ttl NOT_SET\n", ""},
        {"#!/usr/bin/env python3\n#expect: ip.ttl NOT_SET\nimport socket\n", ""},
        {"// expect: ip.checksum CHECKSUM_ZERO", ""},
        {"", M "1:1:" SAY},
        {"#!/bin/sh\necho\n# expect: ip.ttl NOT_SET\n", M "2:1:" SAY},
        {"# expect: ip.ttl\n", M "1:1:" SAY},
        {"# expect: ip.ttl NOT_SET now\n", M "1:1:" SAY},
        {"# expected: ip.ttl NOT_SET\n", M "1:1:" SAY},
        {"# expect: ip.id BYTE_SWAPED\n",
         M "1:1: error: expect: ip.id is neither in listen nor in expect of target.yml\n" M
           "1:1: error: expect: no diagnosis code is named BYTE_SWAPED; did you mean BYTE_SWAPPED?\n"},
    };
    CHECK("raw/mutants/m.py", rows);
}

static void a_mutant_stands_for_a_near_miss(void)
{
    sound_begin();
    files_write("raw/target.yml",
                TARGET "- {ip.ttl: 0, why: NOT_SET}\n- {payload: empty, why: NO_PAYLOAD}\n");
    files_write("raw/mutants/above", "# expect: ip.ttl WRONG_VALUE\n");
    files_write("raw/mutants/proto.sh", "#!/bin/sh\n# expect: ip.proto WRONG_VALUE\n");
    CU_ASSERT_STRING_EQUAL(sound_lint(), "");
    files_done();
}

#define STREAM(text)                                                                                         \
    "kind: stream\nlisten: {tcp.dstport: 1111}\nexpect:\n  payload: {" text "}\n"                            \
    "refuse: [{tcp.dstport: off_by_one, why: OFF_BY_ONE}, {payload: {encoding: hex}, why: "                  \
    "WRONG_ENCODING}]\n"
#define DATAGRAM(text)                                                                                       \
    "kind: datagram\nlisten: {udp.dstport: 2222}\nexpect:\n  payload: {" text "}\n"                          \
    "refuse: [{udp.dstport: off_by_one, why: OFF_BY_ONE}, {payload: empty, why: NO_PAYLOAD}]\n"
#define TEXT_AT T "4:20: error: text"
#define LINES_APART                                                                                          \
    TEXT_AT " holds a newline with more behind it, and a stream's message ends with its first newline: no "  \
            "message can be it; ask for one line, or encode it\n"
#define ENDS_IN_NEWLINE                                                                                      \
    TEXT_AT " ends in a newline, and one at the end of a message does not count: no message can be it; "     \
            "leave it out, or write trim: none\n"

static void a_text_that_no_message_can_be_is_told(void)
{
    static const struct sound_row rows[] = {
        {STREAM("text: \"{student}\""), ""},
        {STREAM("text: \"hello\\n{student}\""), LINES_APART},
        {STREAM("text: \"{student}\\r\\nhello\""), LINES_APART},
        {STREAM("text: \"{student}\\n\\n\", trim: none"), LINES_APART},
        {STREAM("text: \"{student}\\n\""), ENDS_IN_NEWLINE},
        {STREAM("text: \"{student}\\r\\n\""), ENDS_IN_NEWLINE},
        {STREAM("text: \"{student}\\r\\n\", trim: none"), ""},
        {STREAM("text: \"{student}\\r\""),
         TEXT_AT " ends in a carriage return, which a newline behind it takes "
                 "away; leave it out, or write trim: none\n"},
        {STREAM("text: \"a\\r{student}\""),
         T "4:20: warning: text holds a carriage return that ends no line: who types cannot send it\n"},
        {STREAM("text: \"hello\\n{student}\", encoding: base64"), ""},
        {DATAGRAM("text: \"hello\\n{student}\""), ""},
        {DATAGRAM("text: \"{student}\\n\""), ENDS_IN_NEWLINE},
        {TARGET ROWS, ""},
    };
    CHECK("raw/target.yml", rows);
}

static void a_word_between_braces_stands_for_something(void)
{
    static const struct sound_row rows[] = {
        {STREAM("text: \"{student} {handle}\""),
         TEXT_AT ": {handle} stands for nothing here; known: {student}\n"},
        {STREAM("text: \"{student} {stundent}\""),
         TEXT_AT ": {stundent} stands for nothing; did you mean {student}?\n"},
        {STREAM("text: \"{student} {STUDENT}\""),
         TEXT_AT ": {STUDENT} stands for nothing; did you mean {student}?\n"},
        {STREAM("text: \"{student} {ip.ttl}\""),
         TEXT_AT ": {ip.ttl} stands for nothing here; known: {student}\n"},
        {STREAM("text: \"{{student}}\""),
         TEXT_AT ": {{student}} stands for nothing; did you mean {student}?\n"},
        {STREAM("text: \"{student} {a b} {} {\\\"a\\\": 1} {1}\""), ""},
    };
    CHECK("raw/target.yml", rows);
}

struct example {
    char rows[8000];
    size_t n;
};

static void add_example(void *context, const char *meaning, const char *row)
{
    struct example *e = context;

    CU_ASSERT_NOT_EQUAL(*meaning, '\0');
    e->n += (size_t)snprintf(e->rows + e->n, sizeof(e->rows) - e->n, "- %s\n", row);
}

/* What `wiregrade fields` shows is what refuse: takes. */
static void every_example_of_a_change_is_a_row(void)
{
    static struct example e;
    char text[9000];

    for (size_t i = 0; i < N_FIELDS; i++) {
        e.n = 0;
        refuse_each(&FIELDS[i], add_example, &e);
        snprintf(text, sizeof(text), TARGET ROWS "%s", e.rows);
        sound_begin();
        files_write("raw/target.yml", text);
        const char *got = sound_lint();
        if (e.n == 0 || strstr(got, "no change") || strstr(got, "no diagnosis code") || strstr(got, "is no"))
            fprintf(stderr, "%s:\n%s%s", FIELDS[i].name, e.rows, got);
        CU_ASSERT_TRUE(e.n > 0);
        CU_ASSERT_PTR_NULL(strstr(got, "no change"));
        CU_ASSERT_PTR_NULL(strstr(got, "no diagnosis code"));
        CU_ASSERT_PTR_NULL(strstr(got, "is no"));
        files_done();
    }
}

static const struct unit_case cases[] = {
    {"every_clause_needs_a_near_miss", every_clause_needs_a_near_miss},
    {"mutants_say_what_must_be_found", mutants_say_what_must_be_found},
    {"a_mutant_stands_for_a_near_miss", a_mutant_stands_for_a_near_miss},
    {"a_text_that_no_message_can_be_is_told", a_text_that_no_message_can_be_is_told},
    {"a_word_between_braces_stands_for_something", a_word_between_braces_stands_for_something},
    {"every_example_of_a_change_is_a_row", every_example_of_a_change_is_a_row},
};
extern const struct unit_group lint_target_cases;
UNIT_GROUP(lint_target_cases, cases);
