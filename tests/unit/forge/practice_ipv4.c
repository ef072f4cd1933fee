/* Mistakes with ICMP, UDP and TCP in IPv4, and with the IPv4 header that carries them. */
#include "practice.h"

#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"

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

static void echo_of_icmp6(struct made *m)
{
    m->bytes[IP] = 128;
    sum_icmp(m);
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

void ports_exchanged(struct made *m)
{
    const size_t at = m->bytes[0] >> 4 == 6 ? IP6 : IP;
    const uint16_t source = load_be16(m->bytes + at);

    store_be16(m->bytes + at, load_be16(m->bytes + at + 2));
    store_be16(m->bytes + at + 2, source);
    if (m->bytes[9] != PROTO_SCTP)
        sum_udp(m);
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

/* scapy's IP()/ICMP()/text: 1 is 16 with its hex digits exchanged, but ICMP's message follows. */
static void icmp_between(struct made *m)
{
    static const uint8_t echo[8] = {8};

    memmove(m->bytes + IP + sizeof(echo), m->bytes + IP, m->length - IP);
    memcpy(m->bytes + IP, echo, sizeof(echo));
    m->length += sizeof(echo);
    m->bytes[9] = 1;
    store_be16(m->bytes + IP + 2, csum_finish(csum_add(0, m->bytes + IP, m->length - IP)));
    as_the_kernel(m);
}

static void port_at_the_bound(struct made *m)
{
    store_be16(m->bytes + IP, 1024);
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

static void flags_of_data(struct made *m)
{
    m->bytes[IP + 13] = 0x18;
    sum_tcp(m);
}

static void dont_fragment(struct made *m)
{
    store_be16(m->bytes + 6, 0x4000);
    as_the_kernel(m);
}

static void from_its_own_port(struct made *m)
{
    store_be16(m->bytes + IP, 4949);
    sum_udp(m);
}

static void from_a_kernels_port(struct made *m)
{
    store_be16(m->bytes + IP, 40000);
    sum_udp(m);
}

static void fragment_at(struct made *m, uint16_t flags_offset)
{
    store_be16(m->bytes + 6, flags_offset);
    as_the_kernel(m);
}

static void fragment_overlaps(struct made *m)
{
    fragment_at(m, 1);
}

static void fragment_leaves_a_hole(struct made *m)
{
    fragment_at(m, 3);
}

static void fragment_flags_behind(struct made *m)
{
    fragment_at(m, 2 << 3);
}

static void fragment_df_behind(struct made *m)
{
    fragment_at(m, 2 << 3 | 2);
}

static const struct edit ROWS[] = {
    {"raw-ipv4", "ip.proto", "WRONG_PROTOCOL", "1 (ICMP) follows", icmp_between},
    {"practice-echo", "icmp.type", "NOT_SET", "0 is an echo reply, 8 an echo request", echo_reply},
    {"practice-echo", "icmp.type", "WRONG_VALUE", "128 is ICMPv6's echo request, 8 an echo request",
     echo_of_icmp6},
    {"practice-echo", "icmp.type", "SWAPPED_WITH", "ICMP type and ICMP code are exchanged", echo_exchanged},
    {"practice-echo", "icmp.code", "SWAPPED_WITH", "ICMP type and ICMP code are exchanged", echo_exchanged},
    {"practice-echo", "icmp.type", "WRONG_VALUE", "13 is a timestamp, 8 an echo request", echo_timestamp},
    {"practice-spoof", "ip.src", "SWAPPED_WITH", "the target's address, which stands in both", spoof_target},
    {"practice-spoof", "udp.dstport", "SWAPPED_WITH", "source port and destination port", ports_exchanged},
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
    {"practice-udp", "ip.len", "BAD_LENGTH", "stands in the checksum's place", length_and_sum_exchanged},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "is 37392 (0x9210): in the other order", window_little},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "Source port must be less than 1024", port_at_the_bound},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "and 4242 in Urgent pointer", window_as_urgent},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "7 (0x0007): in the other order", identification_little},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "ip[8] < 32; Time to live is 64 (0x40)", time_to_live},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "Time to live must be less than 32", time_to_live},
    {"practice-filter", "frame", "FILTER_SAYS_NO", "Flags & 0x028 (PSH|URG) must be 0x028", flags_of_data},
    {"practice-alarm", "frame", "FILTER_SAYS_YES", "Time to live must not be 64", time_to_live},
    {"practice-alarm", "frame", "FILTER_SAYS_YES", "byte 6 of the IPv4 header & 0x40 must be 0",
     dont_fragment},
    {"practice-alarm", "frame", "FILTER_SAYS_YES", "Source port must not be 4949", from_its_own_port},
    {"practice-alarm", "frame", "FILTER_SAYS_YES", "Source port must not be from 32768 to 60999",
     from_a_kernels_port},
    {"practice-fragments", "ip.frag_offset", "FRAGMENTS_APART",
     "at byte 16: the fragments overlap by 8 bytes", fragment_overlaps},
    {"practice-fragments", "ip.frag_offset", "FRAGMENTS_APART", "leave a hole of 8 bytes",
     fragment_leaves_a_hole},
    {"practice-fragments", "ip.frag_offset", "WRONG_UNITS", "or like << 3, as if the flags stood behind it",
     fragment_flags_behind},
    {"practice-fragments", "ip.frag_offset", "FRAGMENTS_APART", "18 is 2 << 3 | 2", fragment_df_behind},
};
const struct edits practice_ipv4 = {ROWS, sizeof(ROWS) / sizeof(ROWS[0])};
