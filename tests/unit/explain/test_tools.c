/* What is told of packets that nmap, hping3 or the program of another challenge made. */
#include "unit.h"

#include "told.h"

#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"
#include "tree.h"

static const struct tree_file FILES[] = {
    {"segment", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: 4755\n  tcp.seq_raw: "
                "2240366791\n  tcp.ack_raw: 1868381611\n  tcp.hdr_len: 20\n  tcp.flags: SYN\n  "
                "tcp.checksum.status: good\n  payload: {text: "
                "\"{student}\"}\ndeliver: {connect: 1112}\n"},
    {"chaos", "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  ip.dsfield.dscp: 23\n  ip.id: 40210\n  "
              "payload: {text: \"{student}\", encoding: hex}\ndeliver: {connect: 1112}\n"},
    {"none", "kind: packet\nlisten: {tcp.dstport: 8082}\nexpect:\n  tcp.ack_raw: 0\n  payload: {text: "
             "\"{student}\"}\ndeliver: {connect: 1112}\n"},
    {"port", "kind: stream\nlisten: {tcp.dstport: 6111}\nexpect:\n  tcp.srcport: 13623\n  payload: {text: "
             "\"{student}\"}\n"},
    {"sender", "kind: stream\nlisten: {tcp.dstport: 5511}\nexpect:\n  payload: {text: \"{student}\"}\n"},
    {"asks", "kind: stream\nlisten: {tcp.dstport: 5112}\nsteps:\n- expect: {payload: {text: \"{student}\"}}\n"
             "  draw: {w: word}\n  say: \"hello\"\n  dial: {transport: stream, port: 2211}\n- say: \"{w}\"\n"
             "- expect: {payload: {text: \"{w}\"}}\n"},
};
enum { ASKS, CHAOS, NONE, PORT, SEGMENT, SENDER, N_FILES }; /* by their names */

struct segment {
    uint16_t from, window;
    uint32_t seq, ack;
    uint8_t flags, mss; /* mss: with that option */
    const char *payload;
};

static size_t make(const struct segment *s, uint8_t out[128])
{
    const size_t header = s->mss ? 24 : 20, n = 20 + header + strlen(s->payload);

    memset(out, 0, 128);
    out[0] = 0x45;
    store_be16(out + 2, (uint16_t)n);
    store_be16(out + 4, 4321);
    out[8] = 43;
    out[9] = 6;
    store_be32(out + 12, STUDENT);
    store_be32(out + 16, TARGET);
    store_be16(out + 20, s->from);
    store_be16(out + 22, 8081);
    store_be32(out + 24, s->seq);
    store_be32(out + 28, s->ack);
    out[32] = (uint8_t)(header * 4);
    out[33] = s->flags;
    store_be16(out + 34, s->window);
    if (s->mss)
        memcpy(out + 40, "\x02\x04\x05\xb4", 4);
    memcpy(out + 20 + header, s->payload, strlen(s->payload));
    store_be16(out + 10, csum_finish(csum_add(0, out, 20)));
    uint8_t pseudo[12];
    memcpy(pseudo, out + 12, 8);
    store_be16(pseudo + 8, 6);
    store_be16(pseudo + 10, (uint16_t)(n - 20));
    store_be16(out + 36, csum_finish(csum_add(csum_add(0, pseudo, 12), out + 20, n - 20)));
    return n;
}

static void check(const struct rules *rules, const uint8_t *bytes, size_t n, const char *field,
                  const char *row, const char *code, const char *says, const char *tries)
{
    struct packet p;
    struct verdict v;

    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet_for(rules, &p, "smith", &v);
    const struct told t = told_of(rules, &p, &v, field);
    told_check(&t, row, code, says, tries);
}

enum { SYN = 2, ACK = 16 };

static const struct {
    struct segment segment;
    const char *field, *code, *says, *tries;
} CHOSEN[] = {
    /* nmap -sS */
    {{61442, 1024, 2027543329, 0, SYN, 1, ""}, "tcp.srcport", "KERNEL_PICKED", "nmap -sS", "your script"},
    {{61442, 1024, 2027543329, 0, SYN, 1, ""}, "tcp.seq_raw", "KERNEL_PICKED", "nmap -sS", "your script"},
    {{4755, 1024, 2027543329, 0, SYN, 1, "smith"}, "tcp.seq_raw", "KERNEL_PICKED", "nmap -sS", ""},
    {{4755, 1024, 2240366791, 0, SYN, 1, "smith"}, "tcp.ack_raw", "NOT_SET", "", ""},
    /* hping3 -S, and two packets with -s */
    {{2794, 512, 902754131, 1147219804, SYN, 0, ""},
     "tcp.srcport",
     "KERNEL_PICKED",
     "hping3 takes",
     "-s 4755 -k"},
    {{2794, 512, 902754131, 1147219804, SYN, 0, ""}, "tcp.seq_raw", "KERNEL_PICKED", "hping3", "-M"},
    {{2794, 512, 902754131, 1147219804, SYN, 0, ""}, "tcp.ack_raw", "KERNEL_PICKED", "hping3", "-L"},
    {{2794, 512, 2240366791, 1868381611, SYN, 0, "smith"},
     "tcp.srcport",
     "KERNEL_PICKED",
     "hping3 takes",
     "-s 4755 -k"},
    {{9794, 512, 2240366791, 1868381611, SYN, 0, "smith"}, "tcp.srcport", "WRONG_VALUE", "", ""},
    {{4756, 512, 2240366791, 1868381611, SYN, 0, "smith"},
     "tcp.srcport",
     "KERNEL_PICKED",
     "counts the source port up",
     "-k"},
    {{4756, 5840, 2240366791, 1868381611, SYN, 0, "smith"},
     "tcp.srcport",
     "OFF_BY_ONE",
     "one more",
     "4755, with nothing added to it"},
    {{2794, 5840, 2240366791, 1868381611, SYN, 0, "smith"}, "tcp.srcport", "WRONG_VALUE", "", ""},
    /* the six flags from the other end */
    {{4755, 5840, 2240366791, 1868381611, ACK, 0, "smith"},
     "tcp.flags",
     "EXTRA_FLAGS",
     "ACK",
     "from URG on, 1 to 32, it would be what came"},
    {{4755, 5840, 2240366791, 1868381611, 'S', 0, "smith"},
     "tcp.flags",
     "EXTRA_FLAGS",
     "the letter \"S\"",
     "flags = 0x002 (SYN)"},
    {{4755, 5840, 2240366791, 1868381611, ACK | SYN, 0, "smith"},
     "tcp.flags",
     "EXTRA_FLAGS",
     "ACK",
     "flags = 0x002 (SYN)"},
};

static void what_a_tool_chose_is_told(void)
{
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(CHOSEN) / sizeof(CHOSEN[0]); i++) {
        uint8_t bytes[128];
        const size_t n = make(&CHOSEN[i].segment, bytes);
        check(rulebook_at(tree.book, SEGMENT), bytes, n, CHOSEN[i].field, CHOSEN[i].field, CHOSEN[i].code,
              CHOSEN[i].says, CHOSEN[i].tries);
    }
    tree_close(&tree);
}

static void an_acknowledgment_number_that_nobody_asked_for_is_hping3s(void)
{
    const struct segment sent = {4755, 512, 1000, 1147219804, 2, 0, "smith"};
    struct tree tree;
    uint8_t bytes[128];
    const size_t n = make(&sent, bytes);

    tree_open(&tree, FILES, N_FILES, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    check(rulebook_at(tree.book, NONE), bytes, n, "tcp.ack_raw", "hping3", "KERNEL_PICKED", "hping3", "-L 0");
    tree_close(&tree);
}

static void a_scan_of_protocols_is_told(void)
{
    static const struct {
        uint8_t ttl;
        uint16_t id;
        const char *payload, *field, *code, *says;
    } rows[] = {
        {43, 4321, "", "ip.dsfield.dscp", "KERNEL_PICKED", "nmap -sO"},
        {43, 4321, "", "ip.id", "KERNEL_PICKED", "nmap -sO"},
        {64, 4321, "", "ip.dsfield.dscp", "NOT_SET", ""},
        {43, 40210, "", "ip.dsfield.dscp", "NOT_SET", ""},
        {43, 4321, "736d697468", "ip.dsfield.dscp", "NOT_SET", ""},
    };
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bytes[64] = {0x45};
        const size_t n = 20 + strlen(rows[i].payload);
        store_be16(bytes + 2, (uint16_t)n);
        store_be16(bytes + 4, rows[i].id);
        bytes[8] = rows[i].ttl;
        bytes[9] = 16;
        store_be32(bytes + 12, STUDENT);
        store_be32(bytes + 16, TARGET);
        memcpy(bytes + 20, rows[i].payload, strlen(rows[i].payload));
        store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
        check(rulebook_at(tree.book, CHAOS), bytes, n, rows[i].field, rows[i].field, rows[i].code,
              rows[i].says, "");
    }
    tree_close(&tree);
}

/* A program of another challenge, with that one's port, or its receiver's. */
static void a_port_of_another_challenge_is_no_source(void)
{
    static const struct {
        uint16_t from;
        const char *code, *says, *tries;
    } rows[] = {
        {13623, "", "", ""},
        {2211, "SWAPPED_WITH", "2211 is the port at which your receiver waits, in asks", "13623"},
        {5511, "SWAPPED_WITH", "5511 is the port of the target's, in sender", "13623"},
        {6111, "SWAPPED_WITH", "tcp.dstport", ""},
        {13624, "OFF_BY_ONE", "one more", "13623, with nothing added to it"},
        {40083, "KERNEL_PICKED", "the kernel hands out", "htons(), not htonl()"},
    };
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t storage[MESSAGE_HEADERS + 8];
        struct packet p;
        struct verdict v;
        memcpy(storage + MESSAGE_HEADERS, "smith", 5);
        packet_of_message(&p, storage, 5, true, STUDENT, rows[i].from, TARGET, 6111);
        judge_packet_for(rulebook_at(tree.book, PORT), &p, "smith", &v);
        const struct told t = told_of(rulebook_at(tree.book, PORT), &p, &v, "tcp.srcport");
        told_check(&t, rows[i].says, rows[i].code, rows[i].says, rows[i].tries);
    }
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"what_a_tool_chose_is_told", what_a_tool_chose_is_told},
    {"an_acknowledgment_number_that_nobody_asked_for_is_hping3s",
     an_acknowledgment_number_that_nobody_asked_for_is_hping3s},
    {"a_scan_of_protocols_is_told", a_scan_of_protocols_is_told},
    {"a_port_of_another_challenge_is_no_source", a_port_of_another_challenge_is_no_source},
};
extern const struct unit_group tool_cases;
UNIT_GROUP(tool_cases, cases);
