/* What a student sends at the challenges for practice who makes one mistake, and what it is told as. */
#include "unit.h"

#include "mangled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/noise.h"
#include "explain/reading.h"
#include "explain/reasons.h"
#include "forge/exchange.h"
#include "pkt/crc32.h"
#include "pkt/csum.h"

enum { ETHERNET = 14, IP6 = 40, PROTO_UDP = 17, PROTO_SCTP = 132 };

/* Whoever makes the mistake computes his own sum over it. */
static void sum_udp(struct made *m)
{
    const bool six = m->bytes[0] >> 4 == 6;
    const size_t at = six ? IP6 : (size_t)(m->bytes[0] & 15) * 4, length = m->length - at;
    const uint64_t pseudo =
        six ? csum_pseudo6(m->bytes + 8, m->bytes + 24, PROTO_UDP, (uint32_t)length)
            : csum_pseudo(load_be32(m->bytes + 12), load_be32(m->bytes + 16), PROTO_UDP, (uint16_t)length);

    store_be16(m->bytes + at + 6, 0);
    store_be16(m->bytes + at + 6, csum_finish(csum_add(pseudo, m->bytes + at, length)));
}

static void sum_icmp(struct made *m)
{
    store_be16(m->bytes + IP + 2, 0);
    store_be16(m->bytes + IP + 2, csum_finish(csum_add(0, m->bytes + IP, m->length - IP)));
}

static void as_echo(struct made *m, uint8_t type, uint8_t code)
{
    m->bytes[IP] = type;
    m->bytes[IP + 1] = code;
    sum_icmp(m);
}

static void echo_reply(struct made *m)
{
    as_echo(m, 0, 0);
}

static void echo_exchanged(struct made *m)
{
    as_echo(m, 0, 8);
}

static void echo_timestamp(struct made *m)
{
    as_echo(m, 13, 0);
}

/* An address in the packet, and with it in the sum. */
static void spoof_from(struct made *m, uint32_t source)
{
    store_be32(m->bytes + 12, source);
    as_the_kernel(m);
    sum_udp(m);
}

static void spoof_target(struct made *m)
{
    spoof_from(m, load_be32(m->bytes + 16));
}

static void ports_exchanged(struct made *m)
{
    const size_t at = m->bytes[0] >> 4 == 6 ? IP6 : IP;
    const uint16_t source = load_be16(m->bytes + at);

    store_be16(m->bytes + at, load_be16(m->bytes + at + 2));
    store_be16(m->bytes + at + 2, source);
    if (m->bytes[9] != PROTO_SCTP)
        sum_udp(m);
}

static void sctp_type(struct made *m, uint8_t type, uint8_t flags)
{
    m->bytes[IP + 12] = type;
    m->bytes[IP + 13] = flags;
}

static void init_ack(struct made *m)
{
    sctp_type(m, 2, 0);
}

static void type_and_flags(struct made *m)
{
    sctp_type(m, 0, 1);
}

/* Eight bytes of another header between IPv6's and UDP's. */
static void put_extension(struct made *m, uint8_t number, const uint8_t bytes[8])
{
    memmove(m->bytes + IP6 + 8, m->bytes + IP6, m->length - IP6);
    memcpy(m->bytes + IP6, bytes, 8);
    m->bytes[6] = number;
    m->length += 8;
    store_be16(m->bytes + 4, (uint16_t)(m->length - IP6));
}

static void hop_by_hop(struct made *m)
{
    put_extension(m, 0, (const uint8_t[]){PROTO_UDP, 0, 1, 4, 0, 0, 0, 0});
}

static void destination_options(struct made *m)
{
    put_extension(m, 60, (const uint8_t[]){PROTO_UDP, 0, 1, 4, 0, 0, 0, 0});
}

static void fragment_header(struct made *m)
{
    put_extension(m, 44, (const uint8_t[]){PROTO_UDP, 0, 0, 0, 0, 0, 0, 1});
}

static void set_plen(struct made *m, size_t length)
{
    store_be16(m->bytes + 4, (uint16_t)length);
}

static void plen_of_all(struct made *m)
{
    set_plen(m, m->length);
}

static void plen_of_the_text(struct made *m)
{
    set_plen(m, m->length - IP6 - 8);
}

static void plen_large(struct made *m)
{
    set_plen(m, 1000);
}

static void version_4(struct made *m)
{
    m->bytes[0] = 0x40 | (m->bytes[0] & 15);
}

/* RFC 2460's pseudo-header with another number. */
static void pseudo_58(struct made *m)
{
    const size_t length = m->length - IP6;

    store_be16(m->bytes + IP6 + 6, 0);
    store_be16(m->bytes + IP6 + 6,
               csum_finish(csum_add(csum_pseudo6(m->bytes + 8, m->bytes + 24, 58, (uint32_t)length),
                                    m->bytes + IP6, length)));
}

static void flow_of_the_kernel(struct made *m)
{
    store_be32(m->bytes, 0x6002D9B0);
}

static void datagram_of_the_kernel(struct made *m)
{
    store_be16(m->bytes + 4, load_be16(m->bytes + 4) ^ 0x5A3C);
    store_be16(m->bytes + 6, 0x4000);
    as_the_kernel(m);
}

static void ports_turned(struct made *m)
{
    store_be16(m->bytes + IP, __builtin_bswap16(load_be16(m->bytes + IP)));
    store_be16(m->bytes + IP + 2, __builtin_bswap16(load_be16(m->bytes + IP + 2)));
    sum_udp(m);
}

static void padded_in_front(struct made *m)
{
    const size_t n = m->length - IP;
    uint8_t padded[64] = {0};

    store_be16(m->bytes + IP + 6, 0);
    memcpy(padded, m->bytes + IP, 8);
    memcpy(padded + 9, m->bytes + IP + 8, n - 8);
    store_be16(m->bytes + IP + 6,
               csum_finish(csum_add(
                   csum_pseudo(load_be32(m->bytes + 12), load_be32(m->bytes + 16), PROTO_UDP, (uint16_t)n),
                   padded, n + 1)));
}

static void spoof_own(struct made *m)
{
    spoof_from(m, SRC);
}

static void spoof_without_a_digit(struct made *m)
{
    spoof_from(m, 0xC0000207);
}

static void spoof_another_digit(struct made *m)
{
    spoof_from(m, 0xC600024D);
}

static void spoof_tutorial(struct made *m)
{
    spoof_from(m, 0xC0A8024D);
}

static void spoof_loopback(struct made *m)
{
    spoof_from(m, 0x7F000001);
}

static void pseudo_of_the_target(struct made *m)
{
    const uint32_t source = load_be32(m->bytes + 12);

    spoof_target(m);
    store_be32(m->bytes + 12, source);
    as_the_kernel(m);
}

/* Other options in the header of practice-options, and a length that counts them. */
static void put_options(struct made *m, const void *options, size_t n)
{
    const size_t was = (size_t)(m->bytes[0] & 15) * 4;

    memmove(m->bytes + IP + n, m->bytes + was, m->length - was);
    memcpy(m->bytes + IP, options, n);
    m->length = m->length - was + IP + n;
    m->bytes[0] = (uint8_t)(0x45 + n / 4);
    store_be16(m->bytes + 2, (uint16_t)m->length);
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP + n)));
}

#define OPTIONS(name, bytes)                                                                                 \
    static void name(struct made *m)                                                                         \
    {                                                                                                        \
        put_options(m, bytes, sizeof(bytes) - 1);                                                            \
    }

OPTIONS(options_nop, "\1\1\x94\4\0\0\1\1\x88\4\x47\x57")
OPTIONS(options_end, "\x94\4\0\0\x88\4\x47\x57\0\0\0\0")
OPTIONS(options_end_between, "\x94\4\0\0\0\0\0\0\x88\4\x47\x57")
OPTIONS(options_order, "\x88\4\x47\x57\x94\4\0\0")
OPTIONS(options_length, "\x94\2\0\0\x88\2\x47\x57")
OPTIONS(options_three, "\x94\3\0\x88\4\x47\x57\0")
OPTIONS(options_little, "\x94\4\0\0\x88\4\x57\x47")
OPTIONS(options_one, "\x94\4\0\1\x88\4\x47\x57")
OPTIONS(options_uncopied, "\x94\4\0\0\x08\4\x47\x57")
OPTIONS(options_wide, "\x94\0\4\0\x88\4\x47\x57")
OPTIONS(options_first, "\x94\4\0\0")

static void options_behind(struct made *m)
{
    uint8_t moved[8];
    const size_t text = m->length - IP - sizeof(moved);

    memcpy(moved, m->bytes + IP, sizeof(moved));
    memmove(m->bytes + IP, m->bytes + IP + sizeof(moved), text);
    memcpy(m->bytes + IP + text, moved, sizeof(moved));
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP + sizeof(moved))));
}

static void sum_sctp(struct made *m, uint32_t crc)
{
    store_be32(m->bytes + IP + 8, __builtin_bswap32(crc));
}

static void crc_from_0(struct made *m)
{
    store_be32(m->bytes + IP + 8, 0);
    sum_sctp(m, ~crc32_add(CRC32C_POLYNOMIAL, 0, m->bytes + IP, m->length - IP));
}

static void crc_with_ip(struct made *m)
{
    store_be32(m->bytes + IP + 8, 0);
    sum_sctp(m, ~crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, m->bytes, m->length));
}

enum {
    OPCODE = ETHERNET + 6,
    SENDER_IP = ETHERNET + 14,
    TARGET_MAC = ETHERNET + 18,
    TARGET_IP = ETHERNET + 24
};

static void arp_request(struct made *m)
{
    store_be16(m->bytes + OPCODE, 1);
}

static void arp_reverse(struct made *m)
{
    store_be16(m->bytes + OPCODE, 4);
}

static void arp_opcode_little(struct made *m)
{
    store_be16(m->bytes + OPCODE, 0x0200);
}

static void arp_as_ipv4(struct made *m)
{
    store_be16(m->bytes + 12, 0x0800);
}

static void arp_type_little(struct made *m)
{
    store_be16(m->bytes + 12, 0x0608);
}

static void arp_as_rarp(struct made *m)
{
    store_be16(m->bytes + 12, 0x8035);
}

static void arp_sizes_exchanged(struct made *m)
{
    m->bytes[ETHERNET + 4] = 4;
    m->bytes[ETHERNET + 5] = 6;
}

static void arp_of_arp(struct made *m)
{
    store_be16(m->bytes + ETHERNET + 2, 0x0806);
}

static void arp_to_one(struct made *m)
{
    memcpy(m->bytes, "\x2a\6\xda\xec\t\xbb", 6);
}

static void arp_broadcast_inside(struct made *m)
{
    memset(m->bytes + TARGET_MAC, 0xFF, 6);
}

static void arp_addresses_exchanged(struct made *m)
{
    const uint32_t sender = load_be32(m->bytes + SENDER_IP);

    store_be32(m->bytes + SENDER_IP, load_be32(m->bytes + TARGET_IP));
    store_be32(m->bytes + TARGET_IP, sender);
}

static void arp_of_himself(struct made *m)
{
    store_be32(m->bytes + TARGET_IP, SRC);
}

static void arp_of_the_gateway(struct made *m)
{
    store_be32(m->bytes + TARGET_IP, 0x0A0A0001);
}

static void arp_reversed(struct made *m)
{
    store_be32(m->bytes + SENDER_IP, __builtin_bswap32(SRC));
}

static void arp_address_first(struct made *m)
{
    uint8_t mac[6];

    memcpy(mac, m->bytes + SENDER_IP - 6, 6);
    store_be32(m->bytes + SENDER_IP - 6, SRC);
    memcpy(m->bytes + SENDER_IP - 2, mac, 6);
}

/* Other chunks in the place of practice-sctp's, with the CRC32c over them. */
static void put_chunks(struct made *m, const uint8_t *chunks, size_t n)
{
    memcpy(m->bytes + IP + 12, chunks, n);
    m->length = IP + 12 + n;
    store_be16(m->bytes + 2, (uint16_t)m->length);
    as_the_kernel(m);
    store_be32(m->bytes + IP + 8, 0);
    sum_sctp(m, ~crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, m->bytes + IP, m->length - IP));
}

static void cookie_before(struct made *m)
{
    uint8_t chunks[128] = {10, 0, 0, 4};
    const size_t n = m->length - IP - 12;

    memcpy(chunks + 4, m->bytes + IP + 12, n);
    put_chunks(m, chunks, n + 4);
}

static void zeros_behind(struct made *m)
{
    uint8_t chunks[128] = {0};
    const size_t n = m->length - IP - 12;

    memcpy(chunks, m->bytes + IP + 12, n);
    put_chunks(m, chunks, n + 4);
}

static void padding_in_both_lengths(struct made *m)
{
    uint8_t chunks[128] = {0};
    const size_t n = m->length - IP - 12;

    memcpy(chunks, m->bytes + IP + 12, n);
    store_be16(chunks + 2, (uint16_t)n);
    store_be16(chunks + 22, (uint16_t)(n - 20));
    put_chunks(m, chunks, n);
}

static void length_and_sum_exchanged(struct made *m)
{
    const uint16_t length = load_be16(m->bytes + IP + 4);

    store_be16(m->bytes + IP + 4, load_be16(m->bytes + IP + 6) | 0x8000);
    store_be16(m->bytes + IP + 6, length);
}

static void window_little(struct made *m)
{
    store_be16(m->bytes + IP + 14, __builtin_bswap16(4242));
    sum_tcp(m);
}

static void window_as_urgent(struct made *m)
{
    store_be16(m->bytes + IP + 14, 1024);
    store_be16(m->bytes + IP + 18, 4242);
    sum_tcp(m);
}

static void identification_little(struct made *m)
{
    store_be16(m->bytes + 4, 0x0007);
    as_the_kernel(m);
}

static void time_to_live(struct made *m)
{
    m->bytes[8] = 64;
    as_the_kernel(m);
}

static void arp_of_another_station(struct made *m)
{
    memcpy(m->bytes + SENDER_IP - 6, "\6\0\0\0\0\1", 6);
}

static const struct edit EDITS[] = {
    {"practice-echo", "icmp.type", "NOT_SET", "0 is an echo reply, 8 an echo request", echo_reply},
    {"practice-echo", "icmp.type", "SWAPPED_WITH", "ICMP type and ICMP code are exchanged", echo_exchanged},
    {"practice-echo", "icmp.code", "SWAPPED_WITH", "ICMP type and ICMP code are exchanged", echo_exchanged},
    {"practice-echo", "icmp.type", "WRONG_VALUE", "13 is a timestamp, 8 an echo request", echo_timestamp},
    {"practice-spoof", "ip.src", "SWAPPED_WITH", "the target's address, which stands in both", spoof_target},
    {"practice-spoof", "udp.dstport", "SWAPPED_WITH", "source port and destination port", ports_exchanged},
    {"practice-sctp", "sctp.dstport", "SWAPPED_WITH", "source port and destination port", ports_exchanged},
    {"practice-sctp", "sctp.chunk_type", "WRONG_VALUE", "2 is INIT ACK, 1 INIT", init_ack},
    {"practice-sctp", "sctp.chunk_type", "SWAPPED_WITH", "type and First chunk's flags", type_and_flags},
    {"practice-ipv6", "ipv6.nxt", "WRONG_VALUE", "0 is a hop-by-hop options header", hop_by_hop},
    {"practice-ipv6", "ipv6.nxt", "WRONG_VALUE", "60 is a destination options", destination_options},
    {"practice-ipv6", "ipv6.nxt", "WRONG_VALUE", "44 is a fragment header, and", fragment_header},
    {"practice-ipv6", "ipv6.plen", "BAD_LENGTH", "with the 40 bytes of the IPv6 header: 13 follow",
     plen_of_all},
    {"practice-ipv6", "ipv6.plen", "BAD_LENGTH", "is 5, the text alone", plen_of_the_text},
    {"practice-ipv6", "ipv6.plen", "BAD_LENGTH", "that 1000 bytes follow the IPv6 header, and 13",
     plen_large},
    {"practice-ipv6", "ipv6.version", "BAD_VERSION", "the IP version is 4, not 6", version_4},
    {"practice-ipv6", "udp.checksum.status", "CHECKSUM_WRONG_PROTOCOL", "58 (ICMPv6)", pseudo_58},
    {"practice-ipv6", "ipv6.flow", "KERNEL_PICKED", "an ordinary UDP socket's kernel", flow_of_the_kernel},
    {"practice-udp", "ip.id", "KERNEL_PICKED", "an ordinary UDP socket's kernel", datagram_of_the_kernel},
    {"practice-udp", "udp.srcport", "BYTE_SWAPPED", "or by htons() before", ports_turned},
    {"practice-udp", "udp.checksum.status", "CHECKSUM_WRONG", "between header and payload", padded_in_front},
    {"practice-spoof", "ip.src", "WRONG_VALUE", "a student's address, perhaps your own", spoof_own},
    {"practice-spoof", "ip.src", "WRONG_VALUE", "a digit is missing: 192.0.2.7", spoof_without_a_digit},
    {"practice-spoof", "ip.src", "WRONG_VALUE", "a digit is another: 198.0.2.77", spoof_another_digit},
    {"practice-spoof", "ip.src", "WRONG_VALUE", "its second part is 168", spoof_tutorial},
    {"practice-spoof", "ip.src", "WRONG_VALUE", "127.0.0.1 is the loopback's", spoof_loopback},
    {"practice-spoof", "udp.checksum.status", "CHECKSUM_WRONG_ADDRESS", "address was 172.16.1.15, not",
     pseudo_of_the_target},
    {"practice-arp", "arp.opcode", "WRONG_VALUE", "1 is a request, 2 a reply", arp_request},
    {"practice-arp", "arp.opcode", "WRONG_VALUE", "4 is a reply of RARP, 2 a reply", arp_reverse},
    {"practice-arp", "arp.opcode", "BYTE_SWAPPED", "0x0200 has its bytes", arp_opcode_little},
    {"practice-arp", "ip.version", "MISSING_HEADER", "the EtherType is 0x0800, IPv4's", arp_as_ipv4},
    {"practice-arp", "arp.opcode", "MISSING_HEADER", "the EtherType is 0x0800, IPv4's", arp_as_ipv4},
    {"practice-arp", "arp.opcode", "MISSING_HEADER", "0x0608, ARP's with its two bytes", arp_type_little},
    {"practice-arp", "arp.opcode", "MISSING_HEADER", "the EtherType is 0x8035, RARP's", arp_as_rarp},
    {"practice-arp", "arp.dst.hw_mac", "MISSING_HEADER", "the two address lengths are exchanged",
     arp_sizes_exchanged},
    {"practice-arp", "frame", "FILTER_SAYS_NO", "ARP protocol type is 2054 (0x0806)", arp_of_arp},
    {"practice-arp", "eth.dst", "WRONG_VALUE", "2a:06:da:ec:09:bb is one station's", arp_to_one},
    {"practice-arp", "arp.dst.hw_mac", "ALL_ONES", "it is the broadcast address", arp_broadcast_inside},
    {"practice-arp", "arp.src.proto_ipv4", "SWAPPED_WITH", "exchanged", arp_addresses_exchanged},
    {"practice-arp", "arp.dst.proto_ipv4", "NOT_IN_RANGE", "the sender itself", arp_of_himself},
    {"practice-arp", "arp.dst.proto_ipv4", "NOT_IN_RANGE", "10.10.0.1 is another's", arp_of_the_gateway},
    {"practice-arp", "arp.src.proto_ipv4", "ADDRESS_REVERSED", "is 10.10.0.40 in reverse", arp_reversed},
    {"practice-arp", "arp.src.proto_ipv4", "SWAPPED_WITH", "IPv4 address and its Ethernet",
     arp_address_first},
    {"practice-arp", "frame", "FILTER_SAYS_NO", "ARP sender's Ethernet address 0x06000000",
     arp_of_another_station},
    {"practice-sctp", "sctp.chunk_type", "BUNDLED_CHUNK", "type 10 stands before the INIT", cookie_before},
    {"practice-sctp", "sctp.chunk_length", "BAD_LENGTH", "4 zero bytes too many", zeros_behind},
    {"practice-sctp", "payload", "PADDING_COUNTED", "count the zero bytes that fill up",
     padding_in_both_lengths},
    {"practice-udp", "ip.len", "BAD_LENGTH", "stands in the checksum's place", length_and_sum_exchanged},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "is 37392 (0x9210): in the other order", window_little},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "and 4242 in Urgent pointer", window_as_urgent},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "7 (0x0007): in the other order", identification_little},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "ip[8] < 32; Time to live is 64 (0x40)", time_to_live},
    {"practice-options", "ip.hdr_len", "HAS_OPTIONS", "4 bytes of NOP (1) fill the options up", options_nop},
    {"practice-options", "ip.options", "WRONG_VALUE", "4 bytes of NOP (1) fill the options up", options_nop},
    {"practice-options", "ip.hdr_len", "HAS_OPTIONS", "4 bytes of end (0) fill the options up", options_end},
    {"practice-options", "ip.hdr_len", "HAS_OPTIONS", "4 bytes of end (0)", options_end_between},
    {"practice-options", "ip.options", "WRONG_VALUE", "in another order", options_order},
    {"practice-options", "ip.options", "WRONG_VALUE", "router alert) is 2: its type, its length",
     options_length},
    {"practice-options", "ip.options", "WRONG_VALUE", "router alert) is 3: its type", options_three},
    {"practice-options", "ip.options", "WRONG_VALUE", "stream ID) is 0x5747: 0x4757", options_little},
    {"practice-options", "ip.options", "WRONG_VALUE", "is 1, and 0 is asked for", options_one},
    {"practice-options", "ip.options", "WRONG_VALUE", "without the copied flag: 128 + 8", options_uncopied},
    {"practice-options", "ip.options", "BAD_OPTIONS", "are a byte each: they were packed", options_wide},
    {"practice-options", "ip.options", "WRONG_VALUE", "option 136 (stream ID) is missing", options_first},
    {"practice-options", "ip.hdr_len", "BAD_IHL", "option 136 (stream ID) is missing", options_first},
    {"practice-options", "ip.options", "BAD_OPTIONS", "the options stand behind the payload", options_behind},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG", "the CRC32c begun with 0", crc_from_0},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG", "with the IPv4 header before", crc_with_ip},
};

static void right_for(const struct shop *s, const char *slug, struct made *m)
{
    struct exchange e;
    const struct rules *rules = rulebook_find(s->book, slug);
    ipaddr src = SRC;

    if (rules_ip_version(rules) == 6)
        ipaddr_parse("fd00:10:10::40", &src);
    CU_ASSERT_PTR_NULL_FATAL(exchange_build(
        rules, "smith", src, ipaddr_is6(src) ? s->class.other_target : s->class.target, NULL, &e));
    memcpy(m->bytes, e.bytes, e.length);
    m->length = e.length;
}

/* Whether it is the first reason of the finding on the field that the row names. */
static bool is_told(const struct shop *s, const struct edit *row)
{
    const struct rules *rules = rulebook_find(s->book, row->slug);
    struct packet p;
    struct verdict v;
    struct reasons reasons;
    struct made m;
    bool told = false;

    right_for(s, row->slug, &m);
    row->make(&m);
    if (rules_ip_version(rules) == 6) { /* without a frame its own first bits say what it is */
        memmove(m.bytes + ETHERNET, m.bytes, m.length);
        memset(m.bytes, 0, ETHERNET);
        store_be16(m.bytes + ETHERNET - 2, 0x86DD);
        m.length += ETHERNET;
    }
    packet_decode(&p, rules_below_ip(rules) || rules_ip_version(rules) == 6 ? LINK_ETHERNET : LINK_RAW,
                  m.bytes, m.length, m.length);
    judge_packet(rules, &p, packet_src(&p), &v);
    CU_ASSERT_FALSE(v.pass);
    if (rules_is_arp(rules))
        CU_ASSERT_PTR_EQUAL(rulebook_select(s->book, &p), rules);
    reasons_begin(&reasons, rules, &p, &v);
    for (size_t i = 0; i < v.n; i++) {
        size_t n;
        const struct diagnosis *d = reasons_of(&reasons, &v.findings[i], &n);
        if (n && getenv("WIREGRADE_SHOW"))
            printf("%s %s: %s | %s | %s\n", row->slug, v.findings[i].field->name, d->code->name, d->text,
                   d->mend);
        told = told || (n && strcmp(v.findings[i].field->name, row->name) == 0 &&
                        strcmp(d->code->name, row->code) == 0 && strstr(d->text, row->text));
    }
    return told;
}

/* Values are another class's each time: of sums one in a hundred is another mistake's as well, and of a
 * length that a sum stands for one in eight. */
static void each_mistake_is_told_as_what_it_is(void)
{
    enum { SHOPS = 16, NEARLY = 8, N = sizeof(EDITS) / sizeof(EDITS[0]) };
    size_t told[N] = {0};

    for (size_t k = 0; k < SHOPS; k++) {
        struct shop shop;
        shop_open(&shop);
        for (size_t i = 0; i < N; i++)
            told[i] += is_told(&shop, &EDITS[i]);
        shop_close(&shop);
    }
    for (size_t i = 0; i < N; i++) {
        const struct edit *row = &EDITS[i];
        CU_ASSERT_TRUE(told[i] >= NEARLY);
        if (told[i] < NEARLY)
            printf("%s, %s: no %s \"%s\"\n", row->slug, row->name, row->code, row->text);
    }
}

/* All is right but the protocol, by which another challenge takes it. */
static void what_is_right_for_another_protocol_is_told_so(void)
{
    static const struct {
        const char *slug, *takes, *text;
        uint8_t protocol;
    } rows[] = {
        {"practice-options", "practice-fragments", "what practice-options asks for, whose protocol is 253",
         254},
        {"practice-fragments", "practice-options", "what practice-fragments asks for, whose", 253},
        {"practice-udp", "raw-ipv4", "what practice-udp asks for, whose protocol is 17 (UDP): this says 16",
         16},
        {"practice-options", "raw-ipv4", "what practice-options asks for", 16},
    };
    struct shop shop;

    shop_open(&shop);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct rules *takes = rulebook_find(shop.book, rows[i].takes);
        const struct finding *of;
        struct packet p;
        struct verdict v;
        struct reasons reasons;
        struct made m;
        right_for(&shop, rows[i].slug, &m);
        m.bytes[9] = rows[i].protocol;
        store_be16(m.bytes + 10, 0);
        store_be16(m.bytes + 10, csum_finish(csum_add(0, m.bytes, (size_t)(m.bytes[0] & 15) * 4)));
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        CU_ASSERT_PTR_EQUAL(rulebook_select(shop.book, &p), takes);
        judge_packet(takes, &p, SRC, &v);
        reasons_begin(&reasons, takes, &p, &v);
        const struct diagnosis *d = reasons_first(&reasons, &of);
        CU_ASSERT_PTR_NOT_NULL_FATAL(d);
        CU_ASSERT_STRING_EQUAL(d->code->name, "WRONG_PROTOCOL");
        CU_ASSERT_PTR_NOT_NULL(strstr(d->text, rows[i].text));
        if (!strstr(d->text, rows[i].text))
            printf("%s: %s %s\n", rows[i].slug, d->code->name, d->text);
    }
    shop_close(&shop);
}

static void hop_limit_first(struct made *m)
{
    m->bytes[6] = 64;
    m->bytes[7] = PROTO_UDP;
}

static void time_to_live_last(struct made *m)
{
    m->bytes[9] = m->bytes[8];
    m->bytes[8] = PROTO_UDP;
    as_the_kernel(m);
}

static void what_no_challenge_took_is_meant_for_one_for_practice(void)
{
    static const struct edit rows[] = {
        {"practice-ipv6", "ipv6.nxt", "SWAPPED_WITH", "next header and hop limit are exchanged",
         hop_limit_first},
        {"practice-alarm", "udp.dstport", "SWAPPED_WITH", "exchanged", time_to_live_last},
        {"practice-udp", "udp.dstport", "SWAPPED_WITH", "exchanged", time_to_live_last},
        {"practice-spoof", "udp.dstport", "SWAPPED_WITH", "source port and destination port",
         ports_exchanged},
        {"practice-echo", "icmp.type", "NESTED_HEADER", "the kernel put its own before it", kernels_header},
    };
    struct shop shop;

    shop_open(&shop);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static struct reading_meant meant;
        struct made m;
        struct packet p;
        right_for(&shop, rows[i].slug, &m);
        rows[i].make(&m);
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        CU_ASSERT_PTR_NULL(rulebook_select(shop.book, &p));
        const bool found = reading_rules(shop.book, &p, &meant);
        CU_ASSERT_TRUE(found);
        const bool good = found && strcmp(rules_slug(meant.rules), rows[i].slug) == 0 &&
                          strcmp(meant.why.code->name, rows[i].code) == 0 &&
                          strstr(meant.why.text, rows[i].text) && strcmp(meant.student, "smith") == 0;
        CU_ASSERT_TRUE(good);
        CU_ASSERT_PTR_EQUAL(noise_meant(shop.book, &p), rulebook_find(shop.book, rows[i].slug));
        if (!found || !noise_meant(shop.book, &p))
            printf("%s: meant for nothing, or not told\n", rows[i].slug);
        else if (!good)
            printf("%s: %s %s %s %s: %s\n", rows[i].slug, rules_slug(meant.rules), meant.field->name,
                   meant.why.code->name, meant.student, meant.why.text);
    }
    shop_close(&shop);
}

static void what_kernels_say_of_their_neighbours_is_for_no_challenge(void)
{
    static const uint8_t nobody[6] = {0}, asker[6] = {2, 0, 0, 0, 0, 9};
    struct shop shop;
    struct packet p;
    struct made m;

    shop_open(&shop);
    right_for(&shop, "practice-arp", &m);
    arp_request(&m);
    memcpy(m.bytes + TARGET_MAC, nobody, 6);
    packet_decode(&p, LINK_ETHERNET, m.bytes, m.length, m.length);
    CU_ASSERT_PTR_NULL(rulebook_select(shop.book, &p)); /* who has this address? */
    memcpy(m.bytes, asker, 6);
    packet_decode(&p, LINK_ETHERNET, m.bytes, m.length, m.length);
    CU_ASSERT_PTR_NULL(rulebook_select(shop.book, &p)); /* the same, of one station */
    store_be16(m.bytes + OPCODE, 2);
    memcpy(m.bytes + TARGET_MAC, asker, 6);
    packet_decode(&p, LINK_ETHERNET, m.bytes, m.length, m.length);
    CU_ASSERT_PTR_NULL(rulebook_select(shop.book, &p)); /* its answer */
    m.bytes[SENDER_IP - 1] ^= 1;
    packet_decode(&p, LINK_ETHERNET, m.bytes, m.length, m.length);
    CU_ASSERT_PTR_NOT_NULL(rulebook_select(shop.book, &p)); /* of another station than it says */
    shop_close(&shop);
}

static const struct unit_case cases[] = {
    {"what_is_right_for_another_protocol_is_told_so", what_is_right_for_another_protocol_is_told_so},
    {"what_no_challenge_took_is_meant_for_one_for_practice",
     what_no_challenge_took_is_meant_for_one_for_practice},
    {"what_kernels_say_of_their_neighbours_is_for_no_challenge",
     what_kernels_say_of_their_neighbours_is_for_no_challenge},
    {"each_mistake_is_told_as_what_it_is", each_mistake_is_told_as_what_it_is},
};
extern const struct unit_group practice_cases;
UNIT_GROUP(practice_cases, cases);
