#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "forge/exchange.h"
#include "forge/follow.h"
#include "judge/filled.h"
#include "tree.h"

#define TARGET 0xAC10010Fu
#define STUDENT 0x0A0A0028u
#define HEAD "kind: packet\nlisten: {tcp.dstport: 8090}\ndeliver: {connect: 1111}\nsteps:\n"
#define SYN                                                                                                  \
    HEAD "- expect: {tcp.srcport: {bind: p}, tcp.seq_raw: {bind: s}, payload: {text: \"{student}\"}}\n"      \
         "  draw: {t: u32, w: word}\n"
#define REPLY                                                                                                \
    "  reply: {tcp.flags: SYN|ACK, tcp.seq_raw: {bound: t}, tcp.ack_raw: {bound: s, plus: 1}, payload: "     \
    "{text: \"{student}: {w}\", encoding: hex}}\n"
#define ACK                                                                                                  \
    "- expect: {tcp.srcport: {bound: p}, tcp.ack_raw: {bound: t, plus: 1}, payload: {text: \"{w}\"}}\n"

static uint64_t value_of(const struct packet *packet, const char *field)
{
    uint64_t value = UINT64_MAX;

    CU_ASSERT_EQUAL(packet_value(packet, field_find(field), &value), FIELD_OK);
    return value;
}

/* The packet that a student begins with, and what it is answered. */
static void hear(const struct rules *rules, uint32_t seed, struct filled *filled, struct talk *talk,
                 struct exchange *asked, struct exchange *answer)
{
    struct packet packet;
    struct buf said;

    talk_begin(talk);
    const struct rules *due = filled_make(filled, rules, talk);
    filled_suggest(filled, seed);
    CU_ASSERT_PTR_NULL(exchange_build(due, "smith", STUDENT, TARGET, NULL, asked));
    packet_decode(&packet, LINK_RAW, asked->bytes, asked->length, asked->length);
    talk_hear(talk, due, &packet, "smith");
    buf_init(&said, 100);
    CU_ASSERT_EQUAL(talk_go(talk, rules, 1000, &said), TALK_WAITS);
    CU_ASSERT_EQUAL(said.len, 0);
    buf_free(&said);
    CU_ASSERT_PTR_NULL(exchange_reply(filled_reply(filled, rules, talk, 1), "smith", &packet, answer));
}

static void a_reply_is_made_right_where_nothing_is_named(void)
{
    const struct tree_file file = {"one", SYN REPLY ACK};
    struct filled *filled = filled_new();
    struct tree tree;
    struct talk talk;
    struct exchange asked, answer;
    struct packet sent, reply;

    tree_open(&tree, &file, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (uint32_t seed = 1; seed < 200; seed++) {
        hear(rulebook_at(tree.book, 0), seed, filled, &talk, &asked, &answer);
        packet_decode(&sent, LINK_RAW, asked.bytes, asked.length, asked.length);
        packet_decode(&reply, LINK_RAW, answer.bytes, answer.length, answer.length);
        CU_ASSERT_EQUAL(reply.faults, 0);
        CU_ASSERT_EQUAL(packet_src(&reply), TARGET);
        CU_ASSERT_EQUAL(packet_dst(&reply), STUDENT);
        CU_ASSERT_EQUAL(value_of(&reply, "tcp.srcport"), 8090);
        CU_ASSERT_EQUAL(value_of(&reply, "tcp.dstport"), value_of(&sent, "tcp.srcport"));
        CU_ASSERT_EQUAL(value_of(&reply, "tcp.ack_raw"), (value_of(&sent, "tcp.seq_raw") + 1) & UINT32_MAX);
        CU_ASSERT_EQUAL(value_of(&reply, "tcp.flags"), 0x12);
        uint64_t good = 0;
        CU_ASSERT_PTR_NULL(field_parse(field_find("tcp.checksum.status"), "good", &good));
        CU_ASSERT_EQUAL(value_of(&reply, "tcp.checksum.status"), good);
    }
    filled_free(filled);
    tree_close(&tree);
}

static void what_was_drawn_is_read_from_a_reply_and_a_wrong_one_is_told(void)
{
    const struct tree_file file = {"one", SYN REPLY ACK};
    struct filled *filled = filled_new();
    struct tree tree;
    struct talk talk, read;
    struct exchange asked, answer;
    struct packet sent, reply;
    enum talk_next next;

    tree_open(&tree, &file, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, 0);
    hear(rules, 7, filled, &talk, &asked, &answer);
    packet_decode(&sent, LINK_RAW, asked.bytes, asked.length, asked.length);
    for (int wrong = 0; wrong < 3; wrong++) {
        if (wrong) /* its ACK flag, then its acknowledgment number */
            answer.bytes[wrong == 1 ? 33 : 31] ^= 0x10;
        packet_decode(&reply, LINK_RAW, answer.bytes, answer.length, answer.length);
        talk_begin(&read);
        talk_hear(&read, filled_make(filled, rules, &read), &sent, "smith");
        const char *told = follow_reply(&read, rules, &reply, &next);
        CU_ASSERT_EQUAL(told != NULL, wrong > 0);
        CU_ASSERT_EQUAL(next, TALK_WAITS);
        CU_ASSERT_EQUAL(read.step, 1);
        for (size_t i = 0; !wrong && i < 4; i++) {
            CU_ASSERT_EQUAL(read.values[i].length, talk.values[i].length);
            CU_ASSERT_EQUAL(memcmp(read.values[i].text, talk.values[i].text, talk.values[i].length), 0);
        }
    }
    filled_free(filled);
    tree_close(&tree);
}

static void what_a_reply_cannot_hold_is_told(void)
{
    static const struct {
        const char *reply, *told;
    } rows[] = {
        {"{ip.dst: 10.10.0.41}", "ip.dst cannot be chosen in a reply: its addresses are those of the packet"},
        {"{ip.src: 10.10.0.41}", "ip.src cannot be chosen in a reply"},
        {"{ip.len: 40}", "ip.len cannot be chosen in a reply: the target's kernel writes it"},
        {"{ip.id: 0}", "ip.id: 0 cannot be"},
        {"{ip.version: 6}", "ip.version cannot be chosen in a reply, which is one whole packet"},
        {"{ip.flags.mf: 1}", "ip.flags.mf cannot be chosen in a reply, which is one whole packet"},
        {"{ip.frag_offset: 8}", "ip.frag_offset cannot be chosen in a reply, which is one whole packet"},
        {"{tcp.hdr_len: 8}", "tcp.hdr_len cannot be chosen in a reply, which is one whole packet"},
        {"{udp.length: 3}", "udp.length cannot be chosen in a reply, which is one whole packet"},
        {"{tcp.checksum: 5}", "tcp.checksum cannot be chosen in a reply: its checksums are made right"},
        {"{udp.checksum.status: bad}", "udp.checksum.status cannot be chosen in a reply: its checksums are"},
        {"{ipv6.hlim: 3}", "ipv6.hlim cannot be in a reply, which is an IPv4 packet"},
        {"{tcp.flags: ACK, udp.srcport: 5}", "no packet has this field"},
        {"{tcp.flag: ACK}", "no field is named tcp.flag"},
        {"{tcp.srcport: {bound: t}}", "\"t\" has 32 bits, more than the field's 16"},
        {"{tcp.seq_raw: {bound: w}}", "\"w\" stands for a text, and a number is asked for"},
        {"{tcp.flags: ACK}\n- expect: {ipv6.hlim: 5}",
         "a packet that answers a step is of IPv4, so no step is answered over IPv6"},
    };
    char target[1000];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tree tree;
        snprintf(target, sizeof(target), "%s- expect: {tcp.ack_raw: 5}\n  reply: %s\n%s", SYN REPLY,
                 rows[i].reply, ACK);
        const struct tree_file file = {"one", target};
        tree_open(&tree, &file, 1, true);
        CU_ASSERT_PTR_NULL(tree.book);
        CU_ASSERT_TRUE(tree_told(&tree, rows[i].told));
        if (!tree_told(&tree, rows[i].told))
            problems_print(&tree.problems, stdout);
        tree_close(&tree);
    }
}

static const struct unit_case cases[] = {
    {"a_reply_is_made_right_where_nothing_is_named", a_reply_is_made_right_where_nothing_is_named},
    {"what_was_drawn_is_read_from_a_reply_and_a_wrong_one_is_told",
     what_was_drawn_is_read_from_a_reply_and_a_wrong_one_is_told},
    {"what_a_reply_cannot_hold_is_told", what_a_reply_cannot_hold_is_told},
};
extern const struct unit_group reply_cases;
UNIT_GROUP(reply_cases, cases);
