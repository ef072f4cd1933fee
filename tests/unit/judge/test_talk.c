#include "unit.h"

#include <string.h>

#include "base/str.h"
#include "judge/filled.h"
#include "judge/judge.h"
#include "tree.h"

#define HEAD "kind: stream\nlisten: {tcp.dstport: 5309}\nsteps:\n"
#define WHO "- expect: {payload: {text: \"{student}\"}}\n"

/* One try of the only challenge, with what was said last. */
struct rig {
    struct tree tree;
    const struct rules *rules;
    struct filled *filled;
    struct talk talk;
    struct buf said;
    int64_t now;
};

static void open_rig(struct rig *rig, const char *target)
{
    const struct tree_file file = {"one", target};

    *rig = (struct rig){.now = 1000};
    tree_open(&rig->tree, &file, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig->tree.book);
    rig->rules = rulebook_at(rig->tree.book, 0);
    rig->filled = filled_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig->filled);
    buf_init(&rig->said, 1000);
}

static void close_rig(struct rig *rig)
{
    buf_free(&rig->said);
    filled_free(rig->filled);
    tree_close(&rig->tree);
}

/* Judges a message at the step that is due; goes on when it is right. */
static bool hear(struct rig *rig, const char *text, uint16_t port, enum talk_next *next)
{
    uint8_t storage[MESSAGE_HEADERS + 600];
    struct packet packet;
    struct verdict v;

    memcpy(storage + MESSAGE_HEADERS, text, strlen(text));
    packet_of_message(&packet, storage, strlen(text), true, 0x0A0A0028, port, 0xAC10010F, 5309);
    const struct rules *rules = filled_make(rig->filled, rig->rules, &rig->talk);
    if (rig->talk.student[0])
        judge_packet_for(rules, &packet, rig->talk.student, &v);
    else
        judge_packet(rules, &packet, 0x0A0A0028, &v);
    if (!v.pass)
        return false;
    talk_hear(&rig->talk, rules, &packet, v.student);
    buf_clear(&rig->said);
    *next = talk_go(&rig->talk, rig->rules, rig->now, &rig->said);
    return true;
}

static void begin(struct rig *rig)
{
    talk_begin(&rig->talk);
    buf_clear(&rig->said);
    CU_ASSERT_EQUAL(talk_go(&rig->talk, rig->rules, rig->now, &rig->said), TALK_WAITS);
}

static void a_word_is_drawn_said_and_asked_for(void)
{
    struct rig rig;
    enum talk_next next;
    char word[64], first[64];

    open_rig(&rig, HEAD "- say: \"who?\"\n" WHO "  draw: {w: word}\n  say: \"{student}: {w}\"\n"
                        "- expect: {payload: {text: \"{w}!\", encoding: hex}}\n  within: 2s\n");
    begin(&rig);
    CU_ASSERT_STRING_EQUAL(buf_text(&rig.said), "who?\n");
    CU_ASSERT_EQUAL(rig.talk.due_ms, 1000 + 30000);
    CU_ASSERT_FALSE(hear(&rig, "deadbeef", 40000, &next) && next == TALK_OVER);
    begin(&rig);
    CU_ASSERT_TRUE_FATAL(hear(&rig, "smith\n", 40000, &next));
    CU_ASSERT_EQUAL(next, TALK_WAITS);
    CU_ASSERT_EQUAL(rig.talk.due_ms, 1000 + 2000);
    CU_ASSERT_EQUAL_FATAL(strncmp(buf_text(&rig.said), "smith: ", 7), 0);
    str_copy(word, sizeof(word), buf_text(&rig.said) + 7);
    word[strcspn(word, "\n")] = '\0';
    CU_ASSERT_EQUAL(strlen(word), 8);
    str_copy(first, sizeof(first), word);
    CU_ASSERT_FALSE(hear(&rig, "smith", 40000, &next));
    CU_ASSERT_FALSE(hear(&rig, word, 40000, &next));
    char coded[64] = "";
    for (size_t i = 0; word[i]; i++)
        snprintf(coded + 2 * i, 3, "%02x", word[i]);
    snprintf(coded + 16, sizeof(coded) - 16, "21\n");
    CU_ASSERT_TRUE_FATAL(hear(&rig, coded, 40000, &next));
    CU_ASSERT_EQUAL(next, TALK_OVER);
    /* another try has another word, and the first one's is no answer to it */
    begin(&rig);
    CU_ASSERT_TRUE(hear(&rig, "smith", 40000, &next));
    CU_ASSERT_PTR_NULL(strstr(buf_text(&rig.said), first));
    CU_ASSERT_FALSE(hear(&rig, coded, 40000, &next));
    close_rig(&rig);
}

static void numbers_are_bound_and_more_is_added_within_their_width(void)
{
    struct rig rig;
    enum talk_next next;

    open_rig(&rig, HEAD "- expect: {tcp.srcport: {bind: p}, payload: {text: \"{student}\"}}\n"
                        "- expect: {tcp.srcport: {bound: p, plus: 1}, payload: {bound: p, plus: 2}}\n");
    begin(&rig);
    CU_ASSERT_TRUE(hear(&rig, "smith", 65535, &next));
    CU_ASSERT_FALSE(hear(&rig, "1", 65535, &next));
    CU_ASSERT_FALSE(hear(&rig, "65537", 0, &next));
    CU_ASSERT_TRUE(hear(&rig, "1", 0, &next));
    CU_ASSERT_EQUAL(next, TALK_OVER);
    close_rig(&rig);
}

static void a_repeat_draws_anew_in_every_round(void)
{
    struct rig rig;
    enum talk_next next = TALK_WAITS;
    char answer[64], place[RULES_PLACE_SIZE], last[16] = "";
    unsigned fresh = 0;

    open_rig(&rig, HEAD WHO "- repeat: 20\n  steps:\n  - draw: {n: u32}\n    say: \"{n}\"\n"
                            "  - expect: {payload: {bound: n, plus: 1}}\n");
    begin(&rig);
    CU_ASSERT_TRUE(hear(&rig, "smith", 40000, &next));
    for (int round = 1; round <= 20; round++) {
        CU_ASSERT_EQUAL_FATAL(next, TALK_WAITS);
        snprintf(answer, sizeof(answer), "step 3 of 3, round %d of 20", round);
        CU_ASSERT_EQUAL(
            strncmp(rules_place(filled_make(rig.filled, rig.rules, &rig.talk), place), answer, 64), 0);
        CU_ASSERT_EQUAL(rig.talk.round, round - 1);
        uint64_t n = 0;
        char said[16];
        str_copy(said, sizeof(said), buf_text(&rig.said));
        said[strcspn(said, "\n")] = '\0';
        CU_ASSERT_EQUAL_FATAL(parse_u64(said, UINT32_MAX, &n), PARSE_OK);
        fresh += strcmp(said, last) != 0;
        str_copy(last, sizeof(last), said);
        snprintf(answer, sizeof(answer), "%u", (uint32_t)(n + 1));
        CU_ASSERT_TRUE_FATAL(hear(&rig, answer, 40000, &next));
    }
    CU_ASSERT_EQUAL(next, TALK_OVER);
    CU_ASSERT_EQUAL(fresh, 20);
    close_rig(&rig);
}

static void what_is_said_in_a_dialled_conversation_is_that_alone(void)
{
    struct rig rig;
    enum talk_next next;

    open_rig(&rig, HEAD WHO "  say: \"I call you\"\n  dial: {transport: datagram, port: "
                            "2222}\n- say: {text: ab, encoding: base64}\n"
                            "- expect: {payload: {text: \"got it\"}}\n");
    CU_ASSERT_EQUAL(rules_transport(rules_of_step(rig.rules, 3)), TARGET_DATAGRAM);
    CU_ASSERT_TRUE(rules_dialled(rules_of_step(rig.rules, 3)));
    CU_ASSERT_PTR_NULL(rules_of_step(rig.rules, 2));
    begin(&rig);
    CU_ASSERT_TRUE(hear(&rig, "smith", 40000, &next));
    CU_ASSERT_EQUAL(next, TALK_DIALS);
    CU_ASSERT_STRING_EQUAL(buf_text(&rig.said), "I call you\n");
    CU_ASSERT_EQUAL(talk_dial(&rig.talk, rig.rules)->dial_port, 2222);
    buf_clear(&rig.said);
    CU_ASSERT_EQUAL(talk_go(&rig.talk, rig.rules, rig.now, &rig.said), TALK_WAITS);
    CU_ASSERT_STRING_EQUAL(buf_text(&rig.said), "YWI=");
    close_rig(&rig);
}

static void bytes_are_matched_as_they_are_asked_for(void)
{
    static const struct {
        const char *matcher, *message;
        bool right;
    } rows[] = {
        {"{bytes: \"0x616263\"}", "abc", true},     {"{bytes: \"0x616263\"}", "abc\n", true},
        {"{bytes: \"0x6162630a\"}", "abc\n", true}, {"{bytes: \"0x616263\"}", "abcd", false},
        {"{bytes: \"0x616263\"}", "ab", false},     {"{contains: \"b c\"}", "a b c d", true},
        {"{contains: \"b c\"}", "bc", false},       {"{length: [2, 3]}", "ab", true},
        {"{length: [2, 3]}", "abc\n", true},        {"{length: [2, 3]}", "a", false},
        {"{length: [2, 3]}", "abcd", false},        {"any", "x", true},
    };
    enum talk_next next;
    char target[300];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;
        snprintf(target, sizeof(target), HEAD WHO "- expect: {payload: %s}\n", rows[i].matcher);
        open_rig(&rig, target);
        begin(&rig);
        CU_ASSERT_TRUE(hear(&rig, "smith", 40000, &next));
        CU_ASSERT_EQUAL(hear(&rig, rows[i].message, 40000, &next), rows[i].right);
        close_rig(&rig);
    }
}

static void a_drawn_word_is_sought_in_a_message(void)
{
    struct rig rig;
    enum talk_next next;
    char word[64], text[100];

    open_rig(&rig,
             HEAD WHO "  draw: {w: word}\n  say: \"{w}\"\n- expect: {payload: {contains: \"<{w}>\"}}\n");
    begin(&rig);
    CU_ASSERT_TRUE(hear(&rig, "smith", 40000, &next));
    str_copy(word, sizeof(word), buf_text(&rig.said));
    word[strcspn(word, "\n")] = '\0';
    CU_ASSERT_FALSE(hear(&rig, "a <{w}> b", 40000, &next));
    CU_ASSERT_FALSE(hear(&rig, word, 40000, &next));
    snprintf(text, sizeof(text), "a <%s> b", word);
    CU_ASSERT_TRUE(hear(&rig, text, 40000, &next));
    close_rig(&rig);
}

static void what_cannot_be_compiled_is_told(void)
{
    static const struct {
        const char *target, *told;
    } rows[] = {
        {HEAD WHO "  draw: {w: word}\n  say: \"{w}\"\n- expect: {tcp.srcport: {bound: w}, payload: any}\n",
         "\"w\" stands for a text, and a number is asked for"},
        {HEAD WHO "  draw: {w: u32}\n  say: \"{w}\"\n- expect: {tcp.srcport: {bound: w}, payload: any}\n",
         "\"w\" has 32 bits, more than the field's 16"},
        {HEAD WHO "- expect: {payload: {length: [9, 3]}}\n", "no pair of numbers"},
        {HEAD WHO "  dial: {transport: datagram, port: 2222}\n- expect: {udp.srcport: 2222, payload: any}\n",
         "nothing but what was dialled is heard"},
        {HEAD WHO "- expect: {payload: {length: [4097, 5000]}}\n", "no pair of numbers"},
        {HEAD WHO "- expect: {tcp.srcport: {contains: a}}\n", "holds a number, not a text"},
        {HEAD WHO "  draw: {a: hex, b: hex, c: hex, d: hex, e: hex, f: hex, g: hex}\n"
                  "  say: {text: \"{a}{b}{c}{d}{e}{f}{g}\", encoding: hex}\n- say: {text: \"{a}\"}\n"
                  "- expect: {payload: any}\n",
         "more than 950"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct tree_file file = {"one", rows[i].target};
        struct tree tree;
        tree_open(&tree, &file, 1, false);
        CU_ASSERT_PTR_NULL(tree.book);
        CU_ASSERT_TRUE(tree_told(&tree, rows[i].told));
        tree_close(&tree);
    }
}

static void count_values(void *context, const char *field, uint64_t value)
{
    size_t *n = context;

    (void)field, (void)value;
    (*n)++;
}

static void values_of_later_steps_are_told_once(void)
{
    char text[FIELD_TEXT_SIZE];
    struct rig rig;
    size_t n = 0;

    open_rig(&rig, HEAD WHO "- expect: {tcp.srcport: {param: [2000, 9000], per: student}, payload: any}\n"
                            "- expect: {tcp.srcport: 4444, payload: any}\n");
    CU_ASSERT_TRUE(rules_value_text(rig.rules, "tcp.srcport", "smith", text));
    rules_each_value(rig.rules, "smith", count_values, &n);
    CU_ASSERT_EQUAL(n, 2); /* tcp.dstport, and the first tcp.srcport */
    close_rig(&rig);
}

static const struct unit_case cases[] = {
    {"a_word_is_drawn_said_and_asked_for", a_word_is_drawn_said_and_asked_for},
    {"numbers_are_bound_and_more_is_added_within_their_width",
     numbers_are_bound_and_more_is_added_within_their_width},
    {"a_repeat_draws_anew_in_every_round", a_repeat_draws_anew_in_every_round},
    {"what_is_said_in_a_dialled_conversation_is_that_alone",
     what_is_said_in_a_dialled_conversation_is_that_alone},
    {"bytes_are_matched_as_they_are_asked_for", bytes_are_matched_as_they_are_asked_for},
    {"a_drawn_word_is_sought_in_a_message", a_drawn_word_is_sought_in_a_message},
    {"what_cannot_be_compiled_is_told", what_cannot_be_compiled_is_told},
    {"values_of_later_steps_are_told_once", values_of_later_steps_are_told_once},
};
UNIT_GROUP(talk_cases, cases);
