#include "unit.h"

#include <string.h>

#include "files.h"
#include "spec/target.h"

#define PACKET "kind: packet\nlisten: {tcp.dstport: 7}\ndeliver: {connect: 1111}\nsteps:\n"
#define HEAD "kind: stream\nlisten: {tcp.dstport: 5309}\nsteps:\n"
#define UDP "kind: datagram\nlisten: {udp.dstport: 2222}\nsteps:\n"
#define WHO "- expect: {payload: {text: \"{student}\"}}\n"
#define AT "target.yml:"

struct row {
    const char *text, *want;
};

static void check_rows(const struct row *rows, size_t n)
{
    files_begin();
    for (size_t i = 0; i < n; i++) {
        struct problems problems = {0};
        struct target_spec spec;
        files_write("target.yml", rows[i].text);
        bool ok = target_spec_load(&spec, files_path("target.yml"), files_dir(), &problems);
        CU_ASSERT_EQUAL(ok, !*rows[i].want);
        const char *got = files_problems(&problems);
        if (strcmp(got, rows[i].want) != 0)
            fprintf(stderr, "input:\n%s\ngot:\n%s\nwant:\n%s\n", rows[i].text, got, rows[i].want);
        CU_ASSERT_STRING_EQUAL(got, rows[i].want);
        target_spec_free(&spec);
    }
    files_done();
}

static void steps_are_checked_against_each_other(void)
{
    static const struct row rows[] = {
        {HEAD WHO, ""},
        {HEAD "- say: \"who?\"\n" WHO, ""},
        {HEAD "- expect: {payload: {text: \"{student}\"}}\n  draw: {w: word}\n  say: \"{w}\"\n"
              "- expect: {payload: {text: \"{w}\", encoding: hex}}\n  within: 500ms\n  end: 16\n",
         ""},
        {HEAD WHO "  draw: {n: u16}\n  say: \"{n}\"\n- repeat: 3\n  steps:\n"
                  "  - expect: {payload: {bound: n, plus: 1}}\n",
         ""},
        {HEAD "[]\n", AT "4:1: error: steps is an empty list\n"},
        {HEAD WHO "expect: {payload: {text: \"{student}\"}}\n",
         AT "3:1: error: steps and, at line 5, expect: expect is steps of one; keep one of the two\n"},
        {HEAD "- {}\n", AT "4:3: error: a step that does nothing: give it expect, say or dial\n"},
        {HEAD WHO "  wait: 3\n",
         AT "5:3: error: unknown key \"wait\"; known here: expect, draw, say, dial, within, end, reply\n"},
        {HEAD WHO "  draw: {w: u64}\n",
         AT "5:13: error: unknown type of draw \"u64\"; known here: u8, u16, u32, word, hex\n"},
        {HEAD WHO "  within: 30\n",
         AT "5:11: error: within: \"30\" is no time from 100ms to 10m; write it as 500ms, 30s or 2m\n"},
        {HEAD WHO "  within: 99ms\n",
         AT "5:11: error: within: \"99ms\" is no time from 100ms to 10m; write it as 500ms, 30s or 2m\n"},
        {HEAD WHO "  end: 0\n", AT "5:8: error: end: \"0\" is outside 1 to 4096\n"},
        {HEAD WHO "  end: silent\n", AT "5:8: error: unknown end \"silent\"; did you mean \"silence\"?\n"},
        {HEAD WHO "  say: \"\xc3\xa9\"\n",
         AT "5:9: error: say: printing ASCII and newlines alone are said\n"},
        {HEAD "- say: a\n  within: 3s\n" WHO, AT "5:3: error: within is for a step that expects something\n"},
        {HEAD "- expect: {payload: any}\n",
         AT "4:3: error: nothing says who it is; put {student} into one text of the first message, or write "
            "identify: source, identify: own-host or identify: nobody\n"},
        {HEAD WHO "- repeat: 1\n  steps: [{expect: {payload: any}}]\n",
         AT "5:11: error: repeat: \"1\" is outside 2 to 100\n"},
        {HEAD WHO "- repeat: 2\n  steps: [{repeat: 2, steps: []}]\n",
         AT "6:11: error: a repeat within a repeat\n"},
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void packets_have_replies_and_no_texts(void)
{
    static const struct row rows[] = {
        {PACKET WHO "  draw: {t: u32}\n  reply: {tcp.seq_raw: {bound: t}}\n- expect: {tcp.ack_raw: {bound: "
                    "t, plus: 1}}\n",
         ""},
        {PACKET WHO "  say: \"hello\"\n",
         AT "6:9: error: say is for streams and datagrams; a packet is answered by reply\n"},
        {PACKET WHO "  end: 3\n",
         AT "6:3: error: end is for the messages of a stream; a packet ends by itself\n"},
        {PACKET WHO "  reply: {tcp.flags: ACK}\n",
         AT "6:3: error: reply in the last step: the flag is its answer\n"},
        {PACKET WHO "  reply: {tcp.flags: {in: [1, 2]}}\n- expect: {tcp.flags: ACK}\n",
         AT "6:22: error: tcp.flags: a reply holds one value: write it, or {bound: NAME}, {text: ...}, "
            "{bytes: ...}\n"},
        {PACKET WHO "- reply: {tcp.flags: ACK}\n- expect: {tcp.flags: ACK}\n",
         AT "6:3: error: a step that expects no packet: there is none to reply to\n"},
        {PACKET WHO "  draw: {t: u32}\n- expect: {tcp.ack_raw: {bound: t}}\n",
         AT "7:33: error: the name \"t\" is asked for before it is said: nobody can know it\n"},
        {PACKET WHO "  reply: {tcp.seq_raw: {bound: t}}\n- expect: {tcp.flags: ACK}\n",
         AT "6:32: error: the name \"t\" stands for nothing: no step before binds or draws it\n"},
        {HEAD WHO "  reply: {tcp.flags: ACK}\n",
         AT "5:3: error: reply is for packet challenges; streams and datagrams have say\n"},
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* One sentence is sought in what is told. */
static void told(const char *text, const char *want)
{
    struct problems problems = {0};
    struct target_spec spec;

    files_write("target.yml", text);
    CU_ASSERT_FALSE(target_spec_load(&spec, files_path("target.yml"), files_dir(), &problems));
    const char *got = files_problems(&problems);
    if (!strstr(got, want))
        fprintf(stderr, "input:\n%s\ngot:\n%s\nwant:\n%s\n", text, got, want);
    CU_ASSERT_PTR_NOT_NULL(strstr(got, want));
    target_spec_free(&spec);
}

static void names_are_bound_once_before_use_and_used(void)
{
    files_begin();
    told(HEAD WHO "  draw: {w: word}\n  say: \"{w}\"\n- expect: {payload: {bind: w}}\n",
         AT "7:28: error: the name \"w\" is bound twice: here and at line 5, column 10\n");
    told(HEAD "- expect: {payload: {text: \"{student} {w}\"}}\n  draw: {w: word}\n  say: \"{w}\"\n",
         AT "4:29: error: the name \"w\" is used before it is bound, at line 5, column 10\n");
    told(HEAD WHO "- expect: {payload: {bound: w}}\n- expect: {payload: {bind: w}}\n",
         AT "5:29: error: the name \"w\" is used before it is bound, at line 6, column 28\n");
    told(HEAD WHO "  draw: {w: word}\n- expect: {payload: {text: \"{w}\"}}\n",
         AT "6:29: error: the name \"w\" is asked for before it is said: nobody can know it\n");
    told(HEAD WHO "  draw: {w: word}\n- expect: {payload: any}\n",
         AT "5:10: error: the name \"w\" is drawn and never used: say it and ask for it, or leave it out\n");
    told(HEAD WHO "- expect: {tcp.srcport: {bind: p}, payload: any}\n",
         AT "5:32: error: the name \"p\" is bound and never used: ask for it by bound, or write any\n");
    told(HEAD WHO "  draw: {word: word}\n  say: \"{wrod} {word}\"\n- expect: {payload: any}\n", AT
         "6:9: error: the name \"wrod\" stands for nothing: no step before binds or draws it; did you mean "
         "word?\n");
    told(HEAD WHO "  draw: {Word: word}\n- expect: {payload: any}\n", AT
         "5:16: error: \"Word\" is no name: a small letter, then small letters, digits and _, at most 16\n");
    told(HEAD WHO "  draw: {student: word}\n- expect: {payload: any}\n",
         AT "5:19: error: {student} is the handle already; take another name\n");
    files_done();
}

static void what_can_never_be_reached_is_told(void)
{
    files_begin();
    told(HEAD WHO "  end: close\n- expect: {payload: any}\n",
         AT "6:3: error: this step can never be reached: the student has closed his side in the step on line "
            "4\n");
    told(HEAD WHO "- repeat: 2\n  steps: [{expect: {payload: any}, end: close}]\n",
         "end: close within a repeat: a second round can never be reached\n");
    told(HEAD WHO "- say: bye\n",
         AT "5:3: error: the last step expects nothing: the flag would follow without an answer to it\n");
    told(HEAD WHO "  dial: {transport: stream, port: 1111}\n",
         AT "5:3: error: the last step dials: the flag would follow without an answer to it\n");
    told(UDP "- say: hello\n" WHO,
         AT "4:3: error: the first step expects nothing, and before a message there is nobody to speak to\n");
    told(UDP WHO "  end: newline\n",
         AT "5:3: error: end is for the messages of a stream; a datagram ends by itself\n");
    told(HEAD WHO "  dial: {transport: stream, port: 0}\n- expect: {payload: any}\n",
         "error: port: \"0\" is outside 1 to 65535\n");
    told(HEAD WHO "  dial: {transport: stream, port: 1111}\n- expect: {payload: any}\n  dial: {transport: "
                  "stream, port: 1112}\n- expect: {payload: any}\n",
         "error: a second dial; one conversation has one\n");
    files_done();
}

static void what_a_matcher_of_bytes_asks_for_is_checked(void)
{
    files_begin();
    told(HEAD "- expect: {payload: {bytes: \"0x1\"}}\n", "is not 0x and two hex digits for each byte");
    told(HEAD "- expect: {payload: {contains: \"a{student}\"}}\n",
         "contains: {student} says who it is in a whole text alone");
    told(HEAD "- expect: {payload: {length: 3}}\n", "length needs a list of two values");
    told(HEAD "- expect: {payload: {bind: a, plus: 3}}\n", "plus does not go with bind");
    files_done();
}

static const struct unit_case cases[] = {
    {"steps_are_checked_against_each_other", steps_are_checked_against_each_other},
    {"packets_have_replies_and_no_texts", packets_have_replies_and_no_texts},
    {"names_are_bound_once_before_use_and_used", names_are_bound_once_before_use_and_used},
    {"what_can_never_be_reached_is_told", what_can_never_be_reached_is_told},
    {"what_a_matcher_of_bytes_asks_for_is_checked", what_a_matcher_of_bytes_asks_for_is_checked},
};
UNIT_GROUP(steps_cases, cases);
