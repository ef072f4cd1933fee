/* What is told of a wrong number: the code that comes first, and a mend that leads to the right one. */
#include "unit.h"

#include "told.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/reasons.h"
#include "explain/report.h"
#include "judge/params.h"
#include "pkt/csum.h"
#include "tree.h"

static const struct tree_file PACKETS[] = {
    {"chaos",
     "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  ip.dsfield.dscp: 23\n  ip.id: {param: u16, per: "
     "student}\n  ip.flags: 0\n  ip.frag_offset: 0\n  ip.ttl: {range: [1, 255]}\n  payload: {text: "
     "\"{student}\", encoding: "
     "hex}\ndeliver: {connect: 1111}\n"},
    {"syn", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.seq_raw: 90210\n  tcp.ack_raw: "
            "8675309\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"},
};

/* The clauses of what is a student's own that a packet with this payload and identification fails: the first
 * reason of ip.id. */
static struct told of_payload(const struct tree *tree, const char *payload, uint16_t id, uint64_t *own)
{
    const struct rules *rules = rulebook_at(tree->book, 0);
    uint8_t bytes[64] = {0x45, 23 << 2};
    struct packet p;
    struct verdict v;

    store_be16(bytes + 4, id);
    bytes[8] = 64;
    bytes[9] = 16;
    store_be32(bytes + 12, STUDENT);
    store_be32(bytes + 16, TARGET);
    memcpy(bytes + 20, payload, strlen(payload));
    store_be16(bytes + 2, (uint16_t)(20 + strlen(payload)));
    store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
    packet_decode(&p, LINK_RAW, bytes, 20 + strlen(payload), 20 + strlen(payload));
    judge_packet(rules, &p, STUDENT, &v);
    CU_ASSERT_STRING_EQUAL(v.student, "smith");
    CU_ASSERT_TRUE_FATAL(params_value(rules, "smith", field_find("ip.id"), own));
    return told_of(rules, &p, &v, "ip.id");
}

/* A number that is somebody's own is told to him, and not while any word may be a handle. */
static void a_number_of_ones_own_is_told_where_it_is_known_whose(void)
{
    struct tree tree;
    char number[32];
    uint64_t own;

    tree_open(&tree, PACKETS, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    struct told sure = of_payload(&tree, "736d697468", 9999, &own);
    snprintf(number, sizeof(number), "that is 0x%04x (%u)", (unsigned)own, (unsigned)own);
    told_check(&sure, "right text", "WRONG_VALUE", number, "pack");
    struct told unsure = of_payload(&tree, "smith", 9999, &own);
    snprintf(number, sizeof(number), "%u", (unsigned)own);
    told_check(&unsure, "any word", "WRONG_VALUE", "", "");
    CU_ASSERT_PTR_NULL(strstr(unsure.text, number));
    CU_ASSERT_PTR_NULL(strstr(unsure.mend, number));
    tree_close(&tree);
}

/* It is told in hex, and may have been typed so: the last two digits of the first own number that has four of
 * them, these two unlike; of two like ones before them each byte would have its halves exchanged. */
static void hex_digits_that_slipped_are_told(void)
{
    enum { CLASSES = 100 };
    struct told t = {.code = ""};
    bool found = false;

    for (int class = 0; class < CLASSES && !found; class ++) {
        struct tree tree;
        uint64_t own;
        tree_open(&tree, PACKETS, 1, true);
        CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
        of_payload(&tree, "736d697468", 9999, &own);
        found = own > 0x0FFF && (own >> 4 & 0x0F) != (own & 0x0F) && (own >> 12) != (own >> 8 & 0x0F);
        t = of_payload(&tree, "736d697468",
                       (uint16_t)((own & 0xFF00) | (own << 4 & 0xF0) | (own >> 4 & 0x0F)), &own);
        tree_close(&tree);
    }
    CU_ASSERT_TRUE(found);
    told_check(&t, "hex digits", "WRONG_VALUE", "two digits changed places, of the hex ones: 0x", "0x");
}

static const struct packet_row PACKET_ROWS[] = {
    {"the kernel's own header", 0, 0, 16, 0x8A31, 0x4000, 0, 0, "ip.dsfield.dscp", "KERNEL_PICKED",
     "the kernel wrote this IPv4 header", "IP_HDRINCL"},
    {"the kernel's own header", 0, 0, 16, 0x8A31, 0x4000, 0, 0, "ip.flags", "KERNEL_PICKED",
     "the kernel wrote this IPv4 header", "IP_HDRINCL"},
    {"one's own header, DSCP left out", 0, 0, 16, 4321, 0, 0, 0, "ip.dsfield.dscp", "NOT_SET", "", ""},
    {"one's own header, don't fragment set", 0, 23 << 2, 16, 4321, 0x4000, 0, 0, "ip.flags", "EXTRA_FLAGS",
     "", ""},
    {"don't fragment in the host's order", 0, 23 << 2, 16, 4321, 0x0040, 0, 0, "ip.frag_offset",
     "BYTE_SWAPPED", "0x0040 is the flag 0x4000 in the host's byte order", "0x0000"},
    {"scapy's own identification", 0, 23 << 2, 16, 1, 0, 0, 0, "ip.id", "KERNEL_PICKED",
     "is what scapy fills in", "id="},
    {"ack one too high", 1, 0, 6, 1, 0, 90210, 8675310, "tcp.ack_raw", "OFF_BY_ONE", "one more",
     "one was added too many"},
    {"ack one too low", 1, 0, 6, 1, 0, 90210, 8675308, "tcp.ack_raw", "OFF_BY_ONE", "one less",
     "a SYN counts as one"},
    {"seq one too high", 1, 0, 6, 1, 0, 90211, 8675309, "tcp.seq_raw", "OFF_BY_ONE", "one more",
     "a SYN carries the first number itself"},
    {"seq one too low", 1, 0, 6, 1, 0, 90209, 8675309, "tcp.seq_raw", "OFF_BY_ONE", "one less",
     "take nothing off"},
};

static void what_the_kernel_wrote_and_which_way_a_number_is_off(void)
{
    struct tree tree;

    tree_open(&tree, PACKETS, 2, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(PACKET_ROWS) / sizeof(PACKET_ROWS[0]); i++) {
        const struct packet_row *r = &PACKET_ROWS[i];
        const struct rules *rules = rulebook_find(tree.book, PACKETS[r->of].slug);
        uint8_t bytes[128];
        struct packet p;
        struct verdict v;
        size_t n = told_packet(r, bytes);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        judge_packet(rules, &p, STUDENT, &v);
        struct told t = told_of(rules, &p, &v, r->field);
        told_check(&t, r->name, r->code, r->says, r->tries);
    }
    tree_close(&tree);
}

/* What stands behind the header is taken for UDP's then, with a length of its own that is wrong. */
static void the_field_that_is_wrong_tells_it_and_comes_first(void)
{
    const struct packet_row row = {.ds = 23 << 2, .proto = 17, .id = 5};
    struct reasons reasons;
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;
    struct buf out;
    size_t n = told_packet(&row, bytes);

    tree_open(&tree, PACKETS, 2, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_find(tree.book, "chaos");
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rules, &p, STUDENT, &v);
    reasons_begin(&reasons, rules, &p, &v);
    buf_init(&out, 4096);
    report_text(&reasons, FEEDBACK_FULL, &out);
    const char *first = strstr(buf_text(&out), "ip.");
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_EQUAL(strncmp(first, "ip.proto (Protocol)\n", 20), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(first, "17 (UDP) follows, not 16 (CHAOS)"));
    CU_ASSERT_PTR_NOT_NULL(strstr(first, "as for ip.proto [WRONG_PROTOCOL]"));
    CU_ASSERT_PTR_NULL(strstr(first, "AF_PACKET"));
    bytes[3] = 99; /* now the total length itself cannot be the kernel's */
    bytes[9] = 16;
    store_be16(bytes + 10, 0);
    store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rules, &p, STUDENT, &v);
    reasons_begin(&reasons, rules, &p, &v);
    buf_clear(&out);
    report_text(&reasons, FEEDBACK_FULL, &out);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "AF_PACKET"));
    buf_free(&out);
    tree_close(&tree);
}

/* One more than asked for, and what the other field must have: either may be the mistake. */
static void a_neighbour_that_is_something_else_as_well_is_not_certain(void)
{
    static const struct tree_file pair = {
        "pair", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.seq_raw: 90210\n  tcp.ack_raw: "
                "90211\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"};
    const struct packet_row row = {.proto = 6, .id = 1, .seq = 90211, .ack = 90211};
    struct reasons reasons;
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;
    const struct finding *of;
    size_t n = told_packet(&row, bytes);

    tree_open(&tree, &pair, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, 0);
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rules, &p, STUDENT, &v);
    reasons_begin(&reasons, rules, &p, &v);
    const struct diagnosis *d = reasons_first(&reasons, &of);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    d = reasons_of(&reasons, of, &n);
    CU_ASSERT_TRUE_FATAL(n >= 2);
    CU_ASSERT_STRING_EQUAL(d[0].code->name, "SWAPPED_WITH");
    CU_ASSERT_STRING_EQUAL(d[1].code->name, "OFF_BY_ONE");
    CU_ASSERT_EQUAL(d[0].confidence, CONFIDENCE_LIKELY);
    tree_close(&tree);
}

/* One word of the header and its checksum change places: the sum stays good. Any identification may be a
 * student's own choice. */
static void numbers_that_are_somebodys_own_and_a_sum_in_another_place(void)
{
    static const struct tree_file pair = {
        "pair", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: 28131\n  "
                "tcp.urgent_pointer: 0\n  tcp.checksum.status: good\n  payload: {text: "
                "\"{student}\"}\ndeliver: {connect: 1111}\n"};
    const struct packet_row syn = {.proto = 6, .id = 1, .seq = 7, .ack = 8},
                            ids[] = {{.ds = 23 << 2, .proto = 16, .id = 46462},
                                     {.ds = 23 << 2, .proto = 16, .id = 12345}};
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;
    size_t n = told_packet(&syn, bytes);

    tree_open(&tree, &pair, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    store_be16(bytes + 20, 20);
    uint64_t sum = csum_add(0, bytes + 12, 8) + 6 + n - 20;
    store_be16(bytes + 38, csum_finish(csum_add(sum, bytes + 20, n - 20)));
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rulebook_at(tree.book, 0), &p, STUDENT, &v);
    struct told t = told_of(rulebook_at(tree.book, 0), &p, &v, "tcp.urgent_pointer");
    told_check(&t, "urgent pointer", "SWAPPED_WITH", "the checksum and the", "");
    t = told_of(rulebook_at(tree.book, 0), &p, &v, "tcp.srcport");
    told_check(&t, "source port", "KERNEL_PICKED", "20 is what scapy fills in", "sport=28131");
    tree_close(&tree);
    tree_open(&tree, PACKETS, 2, true);
    for (size_t i = 0; i < 2; i++) {
        n = told_packet(&ids[i], bytes);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        judge_packet(rulebook_find(tree.book, "chaos"), &p, STUDENT, &v);
        t = told_of(rulebook_find(tree.book, "chaos"), &p, &v, "ip.id");
        told_check(&t, "identification", "WRONG_VALUE", "is not your number here: that is", "as value 4");
        CU_ASSERT_PTR_NULL(strstr(t.text, "kernel"));
    }
    tree_close(&tree);
}

/* Where an ordinary socket sends, no struct.pack stands in the way: the source port is bound. */
static void a_port_in_the_wrong_place_of_a_stream_is_told(void)
{
    static const struct tree_file one = {
        "one", "kind: stream\nlisten: {tcp.dstport: 6111}\nexpect:\n  tcp.srcport: {param: u16, per: class}\n"
               "  payload: {text: \"{student}\"}\n"};
    uint8_t storage[MESSAGE_HEADERS + 8];
    char port[8];
    struct packet p;
    struct verdict v;
    struct tree tree;

    tree_open(&tree, &one, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, 0);
    snprintf(port, sizeof(port), "%u", (unsigned)clause_of(rules, field_find("tcp.srcport"))->a);
    memcpy(storage + MESSAGE_HEADERS, port, strlen(port));
    packet_of_message(&p, storage, strlen(port), true, STUDENT, 6111, TARGET, 6111);
    judge_packet_for(rules, &p, "smith", &v);
    struct told t = told_of(rules, &p, &v, "payload");
    told_check(&t, "port as text", "SWAPPED_WITH", "is the port, and was sent as the text", "s.bind");
    t = told_of(rules, &p, &v, "tcp.srcport");
    told_check(&t, "target's port", "SWAPPED_WITH", "tcp.dstport must have", "s.bind(('', source port))");
    tree_close(&tree);
}

static void the_window_in_the_urgent_pointer_is_told_as_exchanged(void)
{
    static const struct tree_file one = {
        "one",
        "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.seq_raw: 90210\n  tcp.ack_raw: 8675309\n"
        "  tcp.window_size_value: {not: 0}\n  tcp.urgent_pointer: 0\n  payload: {text: \"{student}\"}\n"
        "deliver: {connect: 1111}\n"};
    const struct packet_row syn = {.proto = 6, .id = 1, .seq = 90210, .ack = 90211};
    uint8_t bytes[128];
    struct tree tree;
    struct packet p;
    struct verdict v;
    const size_t n = told_packet(&syn, bytes);

    tree_open(&tree, &one, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, 0);
    store_be16(bytes + 38, 0xFFFF);
    packet_decode(&p, LINK_RAW, bytes, n, n);
    judge_packet(rules, &p, STUDENT, &v);
    struct told t = told_of(rules, &p, &v, "tcp.window_size_value");
    told_check(&t, "window", "SWAPPED_WITH", "tcp.window_size_value is 0 and tcp.urgent_pointer is 65535",
               "order");
    t = told_of(rules, &p, &v, "tcp.urgent_pointer");
    told_check(&t, "urgent pointer", "SWAPPED_WITH", "the two are exchanged", "order");
    t = told_of(rules, &p, &v, "tcp.ack_raw");
    told_check(&t, "seq + 1", "SWAPPED_WITH", "and one more", "no + 1");
    tree_close(&tree);
}

/* A word of the packet is another: what a tool put there, or a table was read wrongly for. */
static void what_tools_and_tables_put_there_is_told(void)
{
    static const struct tree_file one = {
        "one", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  ip.dsfield.dscp: 34\n  "
               "ip.dsfield.ecn: 0\n  tcp.flags: SYN\n  payload: {text: "
               "\"{student}\"}\n"
               "deliver: {connect: 1111}\n"};
    static const struct {
        size_t at;
        uint16_t word;
        const char *field, *code, *says, *tries;
    } rows[] = {
        {32, 0x5004, "tcp.flags", "WRONG_SHIFT", "(RST) is set, and 0x002 (SYN) is asked for",
         "SYN 2, RST 4"},
        {32, 0x5200, "tcp.flags", "EXTRA_FLAGS", "stands in the byte of the data offset, 0x52", "5 << 4, 2"},
        {32, 0x500A, "tcp.flags", "EXTRA_FLAGS", "(PSH) is set and must not be", "0x002"},
        {32, 0x500A, "tcp.flags", "EXTRA_FLAGS", "or 10 was written in decimal", "0x002"},
        {22, 0, "tcp.dstport", "NOT_SET", "it is 0", "htonl() leaves 0 in 16 bits"},
        {0, 0x4500 + 43 * 4, "ip.dsfield.dscp", "WRONG_VALUE", "its two digits changed places", "34 << 2"},
        {22, 80, "tcp.dstport", "KERNEL_PICKED", "80 is what scapy fills in", "dport=8081"},
        {0, 0x4513, "ip.dsfield.dscp", "DECIMAL_AS_HEX", "of its digits two: 0x13", "-o 88"},
        {0, 0x4500 + 135, "ip.dsfield.dscp", "OFF_BY_ONE", "the whole byte is 135, one less than 136",
         "0x88"},
        {0, 0x4500 + 135, "ip.dsfield.ecn", "OFF_BY_ONE", "the whole byte is 135, one less than 136", "0x88"},
        {0, 0x4500 + 137, "ip.dsfield.ecn", "ECN_SET", "", ""},
        {0, 0x4500 + 41 * 4, "ip.dsfield.dscp", "WRONG_VALUE", "the number in the name AF41",
         "8 * 4 + 2 * 1"},
        {0, 0x4500 + 33 * 4, "ip.dsfield.dscp", "OFF_BY_ONE", "one less", "8 * 4 + 2 * 1"},
    };
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;

    tree_open(&tree, &one, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct packet_row syn = {.ds = 34 << 2, .proto = 6, .id = 1};
        const size_t n = told_packet(&syn, bytes);
        store_be16(bytes + rows[i].at, rows[i].word);
        store_be16(bytes + 10, 0);
        store_be16(bytes + 10, csum_finish(csum_add(0, bytes, 20)));
        packet_decode(&p, LINK_RAW, bytes, n, n);
        judge_packet_for(rulebook_at(tree.book, 0), &p, "smith", &v);
        struct told t = told_of(rulebook_at(tree.book, 0), &p, &v, rows[i].field);
        told_check(&t, rows[i].says, rows[i].code, rows[i].says, rows[i].tries);
    }
    tree_close(&tree);
}

static void digits_that_slipped_are_told(void)
{
    static const struct {
        uint32_t seq;
        const char *says;
    } rows[] = {{92010, "two digits changed places: 92010, and 90210 is asked for"},
                {9210, "one digit is missing"},
                {902110, "one digit is too many"},
                {90810, "one digit is another"},
                {77777, "none of the usual mistakes"}};
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;

    tree_open(&tree, PACKETS, 2, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct packet_row syn = {.proto = 6, .id = 1, .seq = rows[i].seq, .ack = 8675309};
        const size_t n = told_packet(&syn, bytes);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        judge_packet(rulebook_find(tree.book, "syn"), &p, STUDENT, &v);
        struct told t = told_of(rulebook_find(tree.book, "syn"), &p, &v, "tcp.seq_raw");
        told_check(&t, "digits", "WRONG_VALUE", rows[i].says, "");
    }
    tree_close(&tree);
}

/* Numbers of one packet, wrong by themselves: their mends say how each came about. */
static void what_a_word_of_the_wrong_width_and_order_leaves_is_told(void)
{
    static const struct tree_file one = {
        "one", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  ip.dsfield.dscp: 41\n  tcp.seq_raw: "
               "4051915848\n  tcp.ack_raw: 775729676\n  tcp.flags: SYN\n  payload: {text: "
               "\"{student}\"}\ndeliver: {connect: 1111}\n"};
    static const struct {
        uint8_t ds;
        uint32_t seq, ack;
        const char *field, *code, *says, *tries;
    } rows[] = {
        {34 << 2, 4051915848, 775729676, "ip.dsfield.dscp", "WRONG_VALUE",
         "34 (AF41) is another number than 41", "41 << 2"},
        {41 << 2, 4051915848, 0xB20C0000, "tcp.ack_raw", "WRONG_SHIFT", "htons() in the place of htonl()",
         "htonl(775729676)"},
        {41 << 2, 0, 4051915848, "tcp.seq_raw", "MISPLACED", "stands in the place of tcp.ack_raw",
         "tcp.seq_raw, then tcp.ack_raw"},
    };
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;

    tree_open(&tree, &one, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct packet_row row = {
            .ds = rows[i].ds, .proto = 6, .id = 1, .seq = rows[i].seq, .ack = rows[i].ack};
        const size_t n = told_packet(&row, bytes);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        judge_packet_for(rulebook_at(tree.book, 0), &p, "smith", &v);
        struct told t = told_of(rulebook_at(tree.book, 0), &p, &v, rows[i].field);
        told_check(&t, rows[i].says, rows[i].code, rows[i].says, rows[i].tries);
    }
    tree_close(&tree);
}

static void the_number_in_a_name_as_cs6_is_told(void)
{
    static const struct tree_file one = {
        "one", "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  ip.dsfield.dscp: CS6\n  payload: {text: "
               "\"{student}\"}\ndeliver: {connect: 1111}\n"};
    static const struct {
        uint8_t ds;
        const char *says;
    } rows[] = {{6 << 2, "6 is the number in the name CS6, whose value is 48"},
                {6, "6 is the number in the name CS6, whose value is 48"},
                {(0x48 << 2) & 0xFF, "8 is what six bits hold of 0x48: 48 is meant"},
                {17 << 2, "none of the usual mistakes"}};
    struct tree tree;
    uint8_t bytes[128];
    struct packet p;
    struct verdict v;

    tree_open(&tree, &one, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct packet_row row = {.ds = rows[i].ds, .proto = 16, .id = 1};
        const size_t n = told_packet(&row, bytes);
        packet_decode(&p, LINK_RAW, bytes, n, n);
        judge_packet_for(rulebook_at(tree.book, 0), &p, "smith", &v);
        struct told t = told_of(rulebook_at(tree.book, 0), &p, &v, "ip.dsfield.dscp");
        told_check(&t, rows[i].says, "WRONG_VALUE", rows[i].says, "");
    }
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"a_port_in_the_wrong_place_of_a_stream_is_told", a_port_in_the_wrong_place_of_a_stream_is_told},
    {"the_window_in_the_urgent_pointer_is_told_as_exchanged",
     the_window_in_the_urgent_pointer_is_told_as_exchanged},
    {"what_tools_and_tables_put_there_is_told", what_tools_and_tables_put_there_is_told},
    {"hex_digits_that_slipped_are_told", hex_digits_that_slipped_are_told},
    {"digits_that_slipped_are_told", digits_that_slipped_are_told},
    {"a_number_of_ones_own_is_told_where_it_is_known_whose",
     a_number_of_ones_own_is_told_where_it_is_known_whose},
    {"numbers_that_are_somebodys_own_and_a_sum_in_another_place",
     numbers_that_are_somebodys_own_and_a_sum_in_another_place},
    {"a_neighbour_that_is_something_else_as_well_is_not_certain",
     a_neighbour_that_is_something_else_as_well_is_not_certain},
    {"the_field_that_is_wrong_tells_it_and_comes_first", the_field_that_is_wrong_tells_it_and_comes_first},
    {"what_the_kernel_wrote_and_which_way_a_number_is_off",
     what_the_kernel_wrote_and_which_way_a_number_is_off},
    {"what_a_word_of_the_wrong_width_and_order_leaves_is_told",
     what_a_word_of_the_wrong_width_and_order_leaves_is_told},
    {"the_number_in_a_name_as_cs6_is_told", the_number_in_a_name_as_cs6_is_told},
};
extern const struct unit_group told_cases;
UNIT_GROUP(told_cases, cases);
