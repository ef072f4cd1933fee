/* Which codes a mistake with a number or with bytes has, and that what is right has none. */
#include "unit.h"

#include "diagnosed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/diagnose.h"
#include "forge/exchange.h"
#include "judge/params.h"
#include "pkt/csum.h"

static const struct {
    const char *slug, *field, *value, *codes;
} VALUES[] = {
    {"chaos", "ip.dsfield.dscp", "6", "NOT_SHIFTED"},
    {"chaos", "ip.dsfield.dscp", "36", "SHIFTED_TWICE!"},
    {"chaos", "ip.dsfield.dscp", "37", "DECIMAL_AS_HEX"},
    {"chaos", "ip.dsfield.dscp", "26", "OFF_BY_ONE"},
    {"chaos", "ip.dsfield.dscp", "0", "NOT_SET!"},
    {"chaos", "ip.id", "0x3412", "BYTE_SWAPPED!"},
    {"chaos", "ip.id", "0x2143", "NIBBLES_SWAPPED!"},
    {"chaos", "ip.id", "0x2C48", "BITS_REVERSED!"},
    {"chaos", "ip.id", "0xFFFF", "ALL_ONES!"},
    {"chaos", "ip.id", "0xEDCB", "INVERTED!"},
    {"chaos", "ip.id", "0x2468", "WRONG_SHIFT!"},
    {"chaos", "ip.id", "0x3400", "WRONG_SHIFT"},
    {"chaos", "ip.id", "0x12", "WRONG_VALUE TRUNCATED_VALUE KERNEL_PICKED"},
    {"chaos", "ip.id", "0xEDCC", "INVERTED!"},
    {"chaos", "ip.id", "0x9999", "WRONG_VALUE KERNEL_PICKED"},
    {"chaos", "ip.id", "1234", "HEX_AS_DECIMAL!"},
    {"chaos", "ip.proto", "255", "SOCKET_CONSTANT WRONG_PROTOCOL!"},
    {"chaos", "ip.proto", "3", "SOCKET_CONSTANT WRONG_PROTOCOL!"},
    {"chaos", "ip.proto", "17", "WRONG_PROTOCOL! OFF_BY_ONE"},
    {"chaos", "ip.proto", "0x16", "DECIMAL_AS_HEX WRONG_PROTOCOL!"},
    {"chaos", "ip.proto", "10", "HEX_AS_DECIMAL WRONG_PROTOCOL!"},
    {"chaos", "ip.hdr_len", "24", "HAS_OPTIONS! OFF_BY_ONE"},
    {"chaos", "ip.hdr_len", "16", "BAD_IHL! WRONG_UNITS OFF_BY_ONE"},
    {"chaos", "ip.flags", "0", "NOT_SET! MISSING_FLAGS!"},
    {"chaos", "ip.flags", "3", "FRAGMENT! EXTRA_FLAGS!"},
    {"chaos", "ip.frag_offset", "64", "FRAGMENT!"},
    {"piece", "ip.flags.mf", "0", "MISSING_FLAGS!"},
    {"piece", "ip.frag_offset", "64", "WRONG_VALUE"},
    {"chaos", "ip.ttl", "62", "TTL_DECREMENTED"},
    {"chaos", "ip.ttl", "63", "TTL_DECREMENTED OFF_BY_ONE"},
    {"chaos", "ip.ttl", "0x64", "DECIMAL_AS_HEX"},
    {"bits", "ip.dsfield.ecn", "3", "ECN_SET!"},
    {"bits", "ip.dsfield.ecn", "1", "ECN_SET! OFF_BY_ONE"},
    {"bits", "ip.dsfield.ecn", "2", "ECN_SET!"},
    {"chunk", "ip.frag_offset", "23", "WRONG_UNITS!"},
    {"chunk", "ip.frag_offset", "1472", "WRONG_UNITS!"},
    {"chunk", "ip.ttl", "10", "NOT_IN_RANGE! OFF_BY_ONE"},
    {"chunk", "ip.ttl", "2", "NOT_IN_RANGE! TTL_DECREMENTED OFF_BY_ONE"},
    {"chunk", "ip.ttl", "200", "NOT_IN_RANGE!"},
    {"chunk", "ip.src", "40.0.10.10", "ADDRESS_REVERSED!"},
    {"chunk", "ip.src", "172.16.1.15", "SWAPPED_WITH!"},
    {"chunk", "ip.src", "10.10.0.41", "OFF_BY_ONE"},
    {"chunk", "ip.src", "10.10.0.99", "WRONG_VALUE"},
    {"chunk", "ip.id", "0x9999", "WRONG_VALUE WRONG_STUDENT KERNEL_PICKED"},
    {"chunk", "ip.id", "54321", "WRONG_VALUE WRONG_STUDENT KERNEL_PICKED"},
    {"chunk", "ip.id", "999", "WRONG_VALUE WRONG_STUDENT KERNEL_PICKED"},
    {"segment", "tcp.srcport", "8081", "SWAPPED_WITH!"},
    {"segment", "tcp.srcport", "40000", "WRONG_VALUE KERNEL_PICKED"},
    {"segment", "tcp.srcport", "1111", "LISTENER_PORT!"},
    {"segment", "tcp.srcport", "0x3533", "WRONG_FORMAT!"},
    {"segment", "tcp.srcport", "189", "TRUNCATED_VALUE"},
    {"segment", "tcp.srcport", "5312", "COUNTED_UP"},
    {"segment", "tcp.srcport", "3", "WRONG_VALUE SOCKET_CONSTANT"},
    {"segment", "tcp.srcport", "5310", "OFF_BY_ONE"},
    {"segment", "tcp.srcport", "21257", "DECIMAL_AS_HEX!"},
    {"segment", "tcp.dstport", "8181", "WRONG_VALUE"},
    {"segment", "tcp.seq_raw", "0x075BCD15", "BYTE_SWAPPED!"},
    {"segment", "tcp.seq_raw", "0x15CD5B08", "OFF_BY_ONE"},
    {"segment", "tcp.seq_raw", "0x5B0715CD", "HALVES_SWAPPED!"},
    {"segment", "tcp.seq_raw", "0x5B07", "TRUNCATED_VALUE!"},
    {"segment", "tcp.seq_raw", "0x15CD", "TRUNCATED_VALUE WRONG_SHIFT"},
    {"segment", "tcp.seq_raw", "0x15CD0000", "TRUNCATED_VALUE!"},
    {"segment", "tcp.seq_raw", "0xCD5B0700", "WRONG_SHIFT!"},
    {"segment", "tcp.seq_raw", "65779719", "TRUNCATED_VALUE!"},
    {"segment", "tcp.seq_raw", "36577971", "TRUNCATED_VALUE!"},
    {"segment", "tcp.seq_raw", "0x65779719", "DECIMAL_AS_HEX!"},
    {"segment", "tcp.seq_raw", "0x33363537", "WRONG_FORMAT!"},
    {"segment", "tcp.seq_raw", "0x4DAE6AD8", "WRONG_FORMAT!"},
    {"segment", "tcp.seq_raw", "0x15CD5B00", "TRUNCATED_VALUE!"},
    {"segment", "tcp.seq_raw", "0x15CD5B0C", "COUNTED_UP"},
    {"segment", "tcp.seq_raw", "2", "WRONG_VALUE"},
    {"segment", "tcp.seq_raw", "0x2B9AB60E", "WRONG_SHIFT!"},
    {"segment", "tcp.seq_raw", "0", "NOT_SET!"},
    {"segment", "tcp.ack_raw", "6", "OFF_BY_ONE"},
    {"segment", "tcp.ack_raw", "0xE8030000", "BYTE_SWAPPED!"},
    {"segment", "tcp.ack_raw", "77", "WRONG_VALUE"},
    {"segment", "tcp.hdr_len", "24", "HAS_OPTIONS! OFF_BY_ONE"},
    {"segment", "tcp.flags", "SYN|ACK", "EXTRA_FLAGS!"},
    {"segment", "tcp.flags", "RST", "WRONG_SHIFT EXTRA_FLAGS! MISSING_FLAGS!"},
    {"segment", "tcp.flags", "0x020", "WRONG_SHIFT EXTRA_FLAGS! MISSING_FLAGS!"},
    {"segment", "tcp.flags", "ACK", "EXTRA_FLAGS! MISSING_FLAGS! BITS_REVERSED WRONG_SHIFT"},
    {"segment", "tcp.flags", "0x040", "BITS_REVERSED! EXTRA_FLAGS! MISSING_FLAGS!"},
    {"segment", "tcp.flags", "0", "NOT_SET! MISSING_FLAGS!"},
    {"segment", "tcp.window_size_value", "5840", "NOT_ALLOWED!"},
    {"segment", "tcp.window_size_value", "0", "NOT_SET! NOT_ALLOWED!"},
    {"segment", "tcp.urgent_pointer", "0x1300", "EXTRA_FLAGS!"},
    {"segment", "tcp.urgent_pointer", "0x0200", "MISSING_FLAGS!"},
    {"datagram", "udp.dstport", "4445", "OFF_BY_ONE"},
    {"datagram", "udp.srcport", "40000", "KERNEL_PICKED"},
    {"datagram", "udp.srcport", "61000", "WRONG_VALUE OTHER_CLASS"}, /* no value's lower byte */
};

static void a_mistake_with_a_number_is_named(void)
{
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(VALUES) / sizeof(VALUES[0]); i++) {
        const struct rules *rules = rulebook_find(tree.book, VALUES[i].slug);
        struct change change = {.field = field_find(VALUES[i].field), .kind = CHANGE_VALUE};
        struct exchange e;
        char codes[CODES_SIZE], what[96];
        CU_ASSERT_PTR_NULL_FATAL(field_parse(change.field, VALUES[i].value, &change.value));
        CU_ASSERT_PTR_NULL_FATAL(exchange_build(rules, "smith", SRC, DST, &change, &e));
        codes_of(rules, e.bytes, e.length, VALUES[i].field, codes);
        snprintf(what, sizeof(what), "%s %s", VALUES[i].field, VALUES[i].value);
        expect_codes(what, codes, VALUES[i].codes);
    }
    tree_close(&tree);
}

/* Bytes of the right packet written over. */
static const struct {
    const char *what, *slug, *field, *codes;
    uint16_t at, n;
    uint8_t bytes[28];
    uint16_t length;   /* of the packet, told in its header too; 0: as it was */
    uint16_t captured; /* 0: all */
} PATCHES[] = {
    {"version and IHL exchanged",
     "chunk",
     "ip.version",
     "WRONG_UNITS NIBBLES_SWAPPED BAD_VERSION!",
     0,
     1,
     {0x54},
     0,
     0},
    {"version and IHL exchanged, no clause",
     "chaos",
     "ip.version",
     "WRONG_UNITS NIBBLES_SWAPPED BAD_VERSION!",
     0,
     1,
     {0x54},
     0,
     0},
    {"version not shifted", "chunk", "ip.version", "NOT_SHIFTED! BAD_VERSION! NOT_SET!", 0, 1, {4 | 5}, 0, 0},
    {"version 7", "chunk", "ip.version", "BAD_VERSION!", 0, 1, {0x75}, 0, 0},
    {"IHL 3", "chunk", "ip.hdr_len", "BAD_IHL!", 0, 1, {0x43}, 0, 0},
    {"IHL beyond the end", "chaos", "ip.hdr_len", "BAD_IHL! ALL_ONES", 0, 1, {0x4F}, 0, 0},
    {"total length swapped",
     "chaos",
     "ip.len",
     "BYTE_SWAPPED! BAD_LENGTH! TRUNCATED!",
     2,
     2,
     {0x1E, 0},
     0,
     0},
    {"total length too long", "chaos", "ip.len", "BAD_LENGTH! TRUNCATED!", 2, 2, {2, 0}, 0, 0},
    {"DF in host order", "chaos", "ip.flags", "BYTE_SWAPPED! NOT_SET! MISSING_FLAGS!", 6, 2, {0, 0x40}, 0, 0},
    {"DF in host order, offset", "chaos", "ip.frag_offset", "BYTE_SWAPPED! FRAGMENT!", 6, 2, {0, 0x40}, 0, 0},
    {"DF not shifted", "chaos", "ip.flags", "NOT_SHIFTED! NOT_SET! MISSING_FLAGS!", 6, 2, {0, 2}, 0, 0},
    {"DS byte unshifted", "bits", "ip.dsfield.dscp", "NOT_SHIFTED!", 1, 1, {49}, 0, 0},
    {"DS byte unshifted, ECN", "bits", "ip.dsfield.ecn", "NOT_SHIFTED!", 1, 1, {49}, 0, 0},
    {"DSCP << 4", "bits", "ip.dsfield.dscp", "SHIFTED_TWICE!", 1, 1, {49 << 4 & 0xFF}, 0, 0},
    {"DSCP << 3", "bits", "ip.dsfield.dscp", "WRONG_SHIFT", 1, 1, {49 << 3 & 0xFF}, 0, 0},
    {"DSCP << 1", "bits", "ip.dsfield.ecn", "WRONG_SHIFT", 1, 1, {49 << 1}, 0, 0},
    {"DSCP >> 2", "bits", "ip.dsfield.dscp", "WRONG_SHIFT", 1, 1, {49 >> 2}, 0, 0},
    {"DSCP, its digits behind 0x, unshifted", "bits", "ip.dsfield.ecn", "DECIMAL_AS_HEX", 1, 1, {0x49}, 0, 0},
    {"hping3 -o 196", "bits", "ip.dsfield.dscp", "DECIMAL_AS_HEX", 1, 1, {0x96}, 0, 0},
    {"hping3 -o 196, ECN", "bits", "ip.dsfield.ecn", "DECIMAL_AS_HEX", 1, 1, {0x96}, 0, 0},
    {"TTL and protocol exchanged", "bits", "ip.proto", "SWAPPED_WITH! WRONG_PROTOCOL!", 8, 2, {41, 64}, 0, 0},
    {"identification two bytes late", "chaos", "ip.id", "MISPLACED!", 4, 4, {0x11, 0x99, 0x12, 0x34}, 0, 0},
    {"no payload", "chaos", "payload", "NO_PAYLOAD!", 0, 0, {0}, 20, 0},
    {"ports exchanged", "segment", "tcp.srcport", "SWAPPED_WITH!", 20, 4, {0x1F, 0x91, 0x14, 0xBD}, 0, 0},
    {"ports exchanged, destination",
     "segment",
     "tcp.dstport",
     "SWAPPED_WITH!",
     20,
     4,
     {0x1F, 0x91, 0x14, 0xBD},
     0,
     0},
    {"sequence number two bytes late",
     "segment",
     "tcp.seq_raw",
     "MISPLACED!",
     24,
     6,
     {0, 0, 0x15, 0xCD, 0x5B, 7},
     0,
     0},
    {"data offset in the lower half",
     "segment",
     "tcp.hdr_len",
     "NOT_SHIFTED NIBBLES_SWAPPED BAD_OFFSET!",
     32,
     1,
     {5},
     0,
     0},
    {"20 for 5 << 4",
     "segment",
     "tcp.hdr_len",
     "NOT_SHIFTED WRONG_UNITS WRONG_SHIFT BAD_OFFSET!",
     32,
     1,
     {20},
     0,
     0},
    {"(5 << 4) | SYN in two bytes",
     "segment",
     "tcp.hdr_len",
     "WRONG_SHIFT BAD_OFFSET!",
     32,
     2,
     {0, 0x52},
     0,
     0},
    {"offset and flags in host order",
     "segment",
     "tcp.hdr_len",
     "BYTE_SWAPPED! BAD_OFFSET!",
     32,
     2,
     {2, 0x50},
     0,
     0},
    {"data offset 3", "segment", "tcp.hdr_len", "BAD_OFFSET!", 32, 1, {0x30}, 0, 0},
    {"data offset beyond the end", "segment", "tcp.hdr_len", "BAD_OFFSET! ALL_ONES", 32, 1, {0xF0}, 0, 0},
    {"text taken for options", "segment", "tcp.options", "BAD_OPTIONS!", 32, 1, {0x60}, 0, 0},
    {"a kernel's SYN",
     "segment",
     "tcp.hdr_len",
     "NOT_RAW! HAS_OPTIONS!",
     32,
     28,
     {0xA0, 2, 0xFA, 0xF0, 0, 0, 0, 0, 2, 4, 5, 0xB4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7},
     60,
     0},
    {"cut", "segment", "ip.len", "BAD_LENGTH! TRUNCATED!", 0, 0, {0}, 0, 30},
    {"another protocol", "segment", "tcp.dstport", "MISSING_HEADER!", 9, 1, {17}, 0, 0},
    {"UDP length without the header", "datagram", "ip.len", "BAD_LENGTH!", 24, 2, {0, 5}, 0, 0},
    {"UDP length of the packet", "datagram", "ip.len", "BAD_LENGTH!", 24, 2, {0, 33}, 0, 0},
};

static void a_mistake_with_bytes_is_named(void)
{
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(PATCHES) / sizeof(PATCHES[0]); i++) {
        const struct rules *rules = rulebook_find(tree.book, PATCHES[i].slug);
        struct exchange e;
        char codes[CODES_SIZE];
        CU_ASSERT_PTR_NULL_FATAL(exchange_build(rules, "smith", SRC, DST, NULL, &e));
        memcpy(e.bytes + PATCHES[i].at, PATCHES[i].bytes, PATCHES[i].n);
        if (PATCHES[i].length) {
            e.length = PATCHES[i].length;
            store_be16(e.bytes + 2, PATCHES[i].length);
        }
        store_be16(e.bytes + 10, 0);
        store_be16(e.bytes + 10, csum_finish(csum_add(0, e.bytes, 20)));
        codes_of(rules, e.bytes, PATCHES[i].captured ? PATCHES[i].captured : e.length, PATCHES[i].field,
                 codes);
        expect_codes(PATCHES[i].what, codes, PATCHES[i].codes);
    }
    tree_close(&tree);
}

/* The codes for smith's packet with somebody else's number in the field. */
static void owned(const struct rules *rules, const char *field, uint64_t value, const char *want)
{
    struct change change = {.field = field_find(field), .kind = CHANGE_VALUE, .value = value};
    struct exchange e;
    char codes[CODES_SIZE];

    CU_ASSERT_PTR_NULL_FATAL(exchange_build(rules, "smith", SRC, DST, &change, &e));
    codes_of(rules, e.bytes, e.length, field, codes);
    /* among 65,536 values another mistake may give the same: then both are told */
    bool known = strstr(codes, want) && !strstr(codes, "WRONG_VALUE");
    CU_ASSERT_TRUE(known);
    if (!known)
        printf("%s: got %s, not %s\n", field, codes, want);
}

static void a_value_of_another_student_or_class_is_known(void)
{
    struct student students[] = {{.handle = (char[]){"jones"}}, {.handle = (char[]){"smith"}}};
    struct roster roster = {.students = students, .n = 2};
    struct tree tree;
    struct exchange e;
    uint64_t value = 0;
    char codes[CODES_SIZE];

    tree_open(&tree, FILES, N_FILES, true);
    free(tree.class.word);
    tree.class.word = strdup("26-04");
    struct rulebook *now =
        rulebook_compile(&tree.course, &tree.class, &roster, tree.ring, NULL, 0, &tree.problems);
    free(tree.class.word);
    tree.class.word = strdup("25-10");
    struct rulebook *before =
        rulebook_compile(&tree.course, &tree.class, &roster, tree.ring, NULL, 0, &tree.problems);
    CU_ASSERT_TRUE_FATAL(now && before);
    const struct rules *chunk = rulebook_find(before, "chunk"), *datagram = rulebook_find(before, "datagram");
    CU_ASSERT_TRUE(params_value(chunk, "jones", field_find("ip.id"), &value));
    owned(chunk, "ip.id", value, "WRONG_STUDENT");
    CU_ASSERT_TRUE(params_value(datagram, "smith", field_find("udp.srcport"), &value));
    free(tree.class.word);
    tree.class.word = strdup("26-04"); /* which rules read when they are asked */
    owned(rulebook_find(now, "datagram"), "udp.srcport", value, "OTHER_CLASS");
    CU_ASSERT_TRUE(params_value(rulebook_find(now, "chunk"), "smith", field_find("ip.id"), &value));
    owned(rulebook_find(now, "datagram"), "udp.srcport", value, "SWAPPED_WITH");
    tree.class.word[3] = '0', tree.class.word[4] = '3'; /* the month before */
    CU_ASSERT_TRUE(params_value(rulebook_find(now, "chunk"), "smith", field_find("ip.id"), &value));
    tree.class.word[4] = '4';
    owned(rulebook_find(now, "chunk"), "ip.id", value, "OTHER_CLASS");
    /* a handle that is on no roster */
    CU_ASSERT_PTR_NULL(exchange_build(chunk, "smiht", SRC, DST, NULL, &e));
    expect_codes("a stranger", codes_of(chunk, e.bytes, e.length, "payload", codes), "WRONG_STUDENT");
    rulebook_free(now);
    rulebook_free(before);
    tree_close(&tree);
}

static void what_is_right_has_no_diagnosis(void)
{
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < rulebook_count(tree.book); i++) {
        struct exchange e;
        struct packet p;
        struct verdict v;
        struct diagnosis d[DIAGNOSES_MAX];
        CU_ASSERT_PTR_NULL(exchange_build(rulebook_at(tree.book, i), "smith", SRC, DST, NULL, &e));
        packet_decode(&p, LINK_RAW, e.bytes, e.length, e.length);
        judge_packet(rulebook_at(tree.book, i), &p, SRC, &v);
        CU_ASSERT_TRUE(v.pass && v.n > 3);
        for (size_t k = 0; k < v.n; k++)
            CU_ASSERT_EQUAL(diagnose(rulebook_at(tree.book, i), &p, &v, &v.findings[k], d), 0);
    }
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"a_mistake_with_a_number_is_named", a_mistake_with_a_number_is_named},
    {"a_mistake_with_bytes_is_named", a_mistake_with_bytes_is_named},
    {"a_value_of_another_student_or_class_is_known", a_value_of_another_student_or_class_is_known},
    {"what_is_right_has_no_diagnosis", what_is_right_has_no_diagnosis},
};
extern const struct unit_group diagnose_cases;
UNIT_GROUP(diagnose_cases, cases);
