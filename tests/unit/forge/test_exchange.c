#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "explain/diagnose.h"
#include "forge/exchange.h"
#include "judge/judge.h"
#include "tree.h"

/* The practice class's, of the version that the challenge is for. */
static ipaddr source_of(const struct rules *rules)
{
    ipaddr address = 0x0A0A0028;

    if (rules_ip_version(rules) == 6)
        ipaddr_parse("fd00:10:10::40", &address);
    return address;
}

static ipaddr target_of(const struct rules *rules)
{
    ipaddr address = 0xAC10010F;

    if (rules_ip_version(rules) == 6)
        ipaddr_parse("fd00:172:16:1::15", &address);
    return address;
}

static const struct tree_file FILES[] = {
    {"chaos",
     "kind: packet\nlisten: {ip.proto: CHAOS}\nexpect:\n  ip.hdr_len: 20\n"
     "  ip.dsfield.dscp: {param: [8, 56], per: class}\n  ip.dsfield.ecn: 0\n"
     "  ip.id: {param: u16, per: student}\n  ip.flags: 0\n  ip.frag_offset: 0\n  ip.ttl: {range: [3, 9]}\n"
     "  payload: {text: \"{student}\", encoding: hex}\nrefuse:\n"
     "  - {ip.hdr_len: 24, why: WRONG_VALUE}\n  - {ip.dsfield.dscp: unshifted, why: NOT_SHIFTED}\n"
     "  - {ip.dsfield.ecn: 1, why: OFF_BY_ONE}\n  - {ip.id: swapped, why: BYTE_SWAPPED}\n"
     "  - {ip.flags: 2, why: WRONG_VALUE}\n  - {ip.frag_offset: 1, why: OFF_BY_ONE}\n"
     "  - {ip.ttl: off_by_one, why: OFF_BY_ONE}\n  - {ip.ttl: 2, why: OFF_BY_ONE}\n"
     "  - {payload: {encoding: base64}, why: WRONG_ENCODING}\n"
     "  - {payload: {newline: inside}, why: TRAILING_NEWLINE}\n"
     "  - {payload: {newline: outside}, why: TRAILING_NEWLINE}\n"
     "  - {payload: {text: nobody}, why: WRONG_STUDENT}\ndeliver: {connect: 1111}\n"},
    {"segment",
     "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: {param: u16, per: class}\n"
     "  tcp.seq_raw: {in: [5, 6]}\n  tcp.ack_raw: {param: u32, per: student}\n  tcp.hdr_len: 24\n"
     "  tcp.flags: SYN\n  tcp.window_size_value: {not: [0, 5840]}\n  tcp.checksum.status: good\n"
     "  tcp.urgent_pointer: {mask: 0xFF00, value: 0x1200}\n"
     "  payload: {text: \"I am {student}.\", encoding: base64}\nrefuse:\n"
     "  - {tcp.srcport: swapped, why: BYTE_SWAPPED}\n  - {tcp.seq_raw: 7, why: OFF_BY_ONE}\n"
     "  - {tcp.ack_raw: zero, why: NOT_SET}\n  - {tcp.hdr_len: 20, why: WRONG_VALUE}\n"
     "  - {tcp.flags: SYN|ACK, why: WRONG_VALUE}\n  - {tcp.window_size_value: zero, why: NOT_SET}\n"
     "  - {tcp.checksum.status: zero, why: CHECKSUM_ZERO}\n"
     "  - {tcp.checksum.status: no_pseudo_header, why: CHECKSUM_NO_PSEUDO_HEADER}\n"
     "  - {tcp.checksum.status: not_complemented, why: CHECKSUM_NOT_COMPLEMENTED}\n"
     "  - {tcp.checksum.status: little_endian, why: CHECKSUM_LITTLE_ENDIAN}\n"
     "  - {tcp.checksum.status: no_payload, why: CHECKSUM_NO_PAYLOAD}\n"
     "  - {tcp.urgent_pointer: 0x1300, why: WRONG_VALUE}\n"
     "  - {payload: {text: \"I am nobody.\"}, why: WRONG_STUDENT}\ndeliver: {connect: 1111}\n"},
    {"options", "kind: packet\nlisten: {tcp.dstport: 8082}\nexpect:\n  tcp.options.mss_val: 1460\n"
                "  tcp.options.wscale.shift: {range: [1, 14]}\n  tcp.options.timestamp.tsval: 0x01020304\n"
                "  payload: {text: \"{student}\"}\nrefuse:\n"
                "  - {tcp.options.mss_val: swapped, why: BYTE_SWAPPED}\n"
                "  - {tcp.options.wscale.shift: 15, why: OFF_BY_ONE}\n"
                "  - {tcp.options.timestamp.tsval: swapped, why: BYTE_SWAPPED}\n"
                "  - {payload: {text: nobody}, why: WRONG_STUDENT}\ndeliver: {connect: 1111}\n"},
    {"ping6",
     "kind: packet\nlisten: {icmpv6.type: 128}\nexpect:\n  ipv6.hlim: {range: [1, 255]}\n"
     "  ipv6.tclass.dscp: 46\n  ipv6.flow: {param: u16, per: student}\n"
     "  ipv6.src: fd00:10:10::7\n  ipv6.dst: {not: \"::1\"}\n"
     "  icmpv6.echo.identifier: {param: u16, per: class}\n  icmpv6.checksum.status: good\n"
     "  payload: {text: \"{student}\"}\nrefuse:\n"
     "  - {icmpv6.type: 129, why: WRONG_VALUE}\n"
     "  - {ipv6.hlim: zero, why: NOT_SET}\n  - {ipv6.tclass.dscp: unshifted, why: NOT_SHIFTED}\n"
     "  - {ipv6.src: \"fd00:10:10::8\", why: WRONG_VALUE}\n  - {ipv6.dst: \"::1\", why: WRONG_VALUE}\n"
     "  - {icmpv6.echo.identifier: swapped, why: BYTE_SWAPPED}\n"
     "  - {icmpv6.checksum.status: no_pseudo_header, why: CHECKSUM_NO_PSEUDO_HEADER}\n"
     "  - {payload: {text: nobody}, why: WRONG_STUDENT}\ndeliver: {connect: 1111}\n"},
    {"chain6", "kind: packet\nlisten: {ipv6.nxt: IPV6-OPTS, udp.dstport: 9}\nexpect:\n  ipv6.hopopts.len: 1\n"
               "  ipv6.fraghdr.ident: 0xCAFE0001\n  ah.spi: {in: [5, 6]}\n"
               "  udp.checksum.status: good\n  payload: {text: \"{student}\"}\nrefuse:\n"
               "  - {ipv6.fraghdr.ident: swapped, why: BYTE_SWAPPED}\n  - {ah.spi: 7, why: WRONG_VALUE}\n"
               "  - {udp.checksum.status: not_complemented, why: CHECKSUM_NOT_COMPLEMENTED}\n"
               "  - {payload: {text: nobody}, why: WRONG_STUDENT}\ndeliver: {connect: 1111}\n"},
};
enum { N_FILES = sizeof(FILES) / sizeof(FILES[0]) };

/* Judges what was built; writes the names of the failed and blocked fields. */
static bool judge(const struct rules *rules, const struct exchange *e, char *names, size_t size)
{
    struct packet p;
    struct verdict v;
    size_t n = 0;

    packet_decode(&p, LINK_RAW, e->bytes, e->length, e->length);
    judge_packet(rules, &p, source_of(rules), &v);
    names[0] = '\0';
    for (size_t i = 0; i < v.n; i++)
        if (v.findings[i].status == FINDING_FAIL)
            n += (size_t)snprintf(names + n, size - n, "%s ", v.findings[i].field->name);
    return v.pass && strcmp(v.student, "smith") == 0;
}

static void the_right_exchange_passes(void)
{
    struct tree tree;
    char names[512];

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < N_FILES; i++) {
        const struct rules *rules = rulebook_at(tree.book, i);
        struct exchange e;
        CU_ASSERT_PTR_NULL(exchange_build(rules, "smith", source_of(rules), target_of(rules), NULL, &e));
        CU_ASSERT_TRUE(judge(rules, &e, names, sizeof(names)));
        CU_ASSERT_STRING_EQUAL(names, "");
    }
    tree_close(&tree);
}

static void every_refuse_row_breaks_its_field_and_no_other(void)
{
    struct tree tree;
    char names[512], want[64];
    size_t same = 0;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < N_FILES; i++) {
        const struct rules *rules = rulebook_at(tree.book, i);
        const struct target_spec *target = &rules_challenge(rules)->target;
        struct exchange right;
        CU_ASSERT_PTR_NULL(exchange_build(rules, "smith", source_of(rules), target_of(rules), NULL, &right));
        for (size_t k = 0; k < target->n_refuse; k++) {
            struct exchange e;
            struct change change;
            CU_ASSERT_PTR_NULL(change_of_refuse(rules, "smith", &target->refuse[k], &change));
            CU_ASSERT_PTR_NULL(
                exchange_build(rules, "smith", source_of(rules), target_of(rules), &change, &e));
            /* a drawn number, or a sum, may read alike both ways: one word in 256 */
            if (e.length == right.length && memcmp(e.bytes, right.bytes, e.length) == 0) {
                same++;
                continue;
            }
            CU_ASSERT_FALSE(judge(rules, &e, names, sizeof(names)));
            snprintf(want, sizeof(want), "%s ", target->refuse[k].field.text);
            /* another handle is another student with numbers of his own */
            if (!strstr(target->refuse[k].why.text, "STUDENT"))
                CU_ASSERT_STRING_EQUAL(names, want);
        }
    }
    CU_ASSERT_TRUE(same <= 2);
    tree_close(&tree);
}

static void an_icmp_type_of_the_other_version_is_named(void)
{
    static const struct {
        uint64_t type;
        const char *text;
    } rows[] = {{8, "8 is the echo request of IPv4's ICMP, 128 ICMPv6's echo request"},
                {0, "0 is the echo reply of IPv4's ICMP, 128 ICMPv6's echo request"},
                {129, "129 is ICMPv6's echo reply, 128 ICMPv6's echo request"}};
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_find(tree.book, "ping6");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct change change = {
            .field = field_find("icmpv6.type"), .kind = CHANGE_VALUE, .value = rows[i].type};
        struct diagnosis told[DIAGNOSES_MAX] = {0};
        struct exchange e;
        struct packet p;
        struct verdict v;
        CU_ASSERT_PTR_NULL(exchange_build(rules, "smith", source_of(rules), target_of(rules), &change, &e));
        packet_decode(&p, LINK_RAW, e.bytes, e.length, e.length);
        judge_packet(rules, &p, source_of(rules), &v);
        for (size_t k = 0; k < v.n; k++)
            if (v.findings[k].field == change.field)
                diagnose(rules, &p, &v, &v.findings[k], told);
        CU_ASSERT_STRING_EQUAL(told[0].text, rows[i].text);
    }
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"the_right_exchange_passes", the_right_exchange_passes},
    {"an_icmp_type_of_the_other_version_is_named", an_icmp_type_of_the_other_version_is_named},
    {"every_refuse_row_breaks_its_field_and_no_other", every_refuse_row_breaks_its_field_and_no_other},
};
extern const struct unit_group exchange_cases;
UNIT_GROUP(exchange_cases, cases);
