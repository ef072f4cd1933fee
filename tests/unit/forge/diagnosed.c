#include "unit.h"

#include "diagnosed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/diagnose.h"

/* 0x15CD5B07 and the others are no palindromes, so that each mistake gives another value. */
const struct tree_file FILES[N_FILES] = {
    {"chaos", "kind: packet\nlisten: {ip.proto: CHAOS}\nexpect:\n  ip.hdr_len: 20\n  ip.dsfield.dscp: 25\n"
              "  ip.id: 0x1234\n  ip.flags: 2\n  ip.frag_offset: 0\n  ip.ttl: 64\n"
              "  payload: {text: \"{student}\", encoding: hex}\ndeliver: {connect: 1111}\n"},
    {"chunk", "kind: packet\nlisten: {ip.proto: 40}\nexpect:\n  ip.version: 4\n  ip.frag_offset: 184\n"
              "  ip.ttl: {range: [3, 9]}\n  ip.src: 10.10.0.40\n  ip.dst: 172.16.1.15\n"
              "  ip.id: {param: u16, per: student}\n"
              "  payload: {text: \"{student}\", encoding: utf-8}\ndeliver: {connect: 1111}\n"},
    {"segment",
     "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: 5309\n"
     "  tcp.seq_raw: 0x15CD5B07\n  tcp.ack_raw: {in: [5, 1000]}\n  tcp.hdr_len: 20\n  tcp.flags: SYN\n"
     "  tcp.window_size_value: {not: [0, 5840]}\n  tcp.checksum.status: good\n"
     "  tcp.urgent_pointer: {mask: 0xFF00, value: 0x1200}\n"
     "  payload: {text: \"{student}\", encoding: utf-8}\ndeliver: {connect: 1111}\n"},
    {"bits", "kind: packet\nlisten: {ip.proto: 41}\nexpect:\n  ip.dsfield.dscp: 49\n  ip.dsfield.ecn: 0\n"
             "  ip.ttl: {range: [1, 255]}\n  payload: {text: \"{student}\", encoding: utf-8}\n"
             "deliver: {connect: 1111}\n"},
    {"piece", "kind: packet\nlisten: {ip.proto: 42}\nexpect:\n  ip.flags.mf: 1\n  ip.frag_offset: 0\n"
              "  payload: {text: \"{student}\", encoding: utf-8}\ndeliver: {connect: 1111}\n"},
    {"datagram",
     "kind: packet\nlisten: {udp.dstport: 4444}\nexpect:\n  udp.srcport: {param: u16, per: class}\n"
     "  payload: {text: \"{student}\", encoding: utf-8}\ndeliver: {connect: 1111}\n"},
};

const char *codes_of(const struct rules *rules, const uint8_t *bytes, size_t length, const char *field,
                     char out[CODES_SIZE])
{
    struct diagnosis d[DIAGNOSES_MAX];
    struct packet p;
    struct verdict v;
    size_t used = 0;

    snprintf(out, CODES_SIZE, "-");
    packet_decode(&p, rules_below_ip(rules) ? LINK_ETHERNET : LINK_RAW, bytes, length, length);
    judge_packet(rules, &p, SRC, &v);
    for (size_t i = 0; i < v.n; i++) {
        size_t n = diagnose(rules, &p, &v, &v.findings[i], d);
        CU_ASSERT_EQUAL(n > 0, v.findings[i].status == FINDING_FAIL);
        CU_ASSERT_TRUE(n <= DIAGNOSES_MAX);
        for (size_t k = 0; k < n; k++) {
            CU_ASSERT_TRUE(d[k].text[0] && d[k].mend[0] && d[k].see[0]);
            if (getenv("WIREGRADE_SHOW"))
                printf("%-12s %-22s %-18s %d %s | %s | %s\n", rules_slug(rules), v.findings[i].field->name,
                       d[k].code->name, (int)d[k].confidence, d[k].text, d[k].mend, d[k].see);
        }
        if (v.findings[i].status != FINDING_FAIL || strcmp(v.findings[i].field->name, field) != 0)
            continue;
        for (size_t k = 0; k < n; k++)
            used += (size_t)snprintf(out + used, CODES_SIZE - used, "%s%s%s", k ? " " : "", d[k].code->name,
                                     d[k].confidence == CONFIDENCE_CERTAIN ? "!" : "");
    }
    return out;
}

void expect_codes(const char *what, const char *got, const char *want)
{
    CU_ASSERT_STRING_EQUAL(got, want);
    if (strcmp(got, want) != 0)
        printf("%s: got %s, not %s\n", what, got, want);
}
