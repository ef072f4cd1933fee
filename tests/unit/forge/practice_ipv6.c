/* Mistakes with IPv6. */
#include "practice.h"

#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"

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

/* Other bytes in the pseudo-header's place. */
static void sum_behind(struct made *m, const uint8_t *pseudo, size_t n)
{
    uint8_t laid[256] = {0};

    store_be16(m->bytes + IP6 + 6, 0);
    memcpy(laid, pseudo, n);
    memcpy(laid + n, m->bytes + IP6, m->length - IP6);
    store_be16(m->bytes + IP6 + 6, csum_finish(csum_add(0, laid, n + m->length - IP6)));
}

static void pseudo_with(struct made *m, size_t length, uint8_t next)
{
    uint8_t pseudo[40] = {[39] = next};

    memcpy(pseudo, m->bytes + 8, 32);
    store_be32(pseudo + 32, (uint32_t)length);
    sum_behind(m, pseudo, sizeof(pseudo));
}

/* RFC 2460's pseudo-header with another number. */
static void pseudo_58(struct made *m)
{
    pseudo_with(m, m->length - IP6, 58);
}

static void pseudo_41(struct made *m)
{
    pseudo_with(m, m->length - IP6, 41);
}

static void pseudo_of_all(struct made *m)
{
    pseudo_with(m, m->length, PROTO_UDP);
}

static void pseudo_without_zeros(struct made *m)
{
    uint8_t pseudo[37] = {[35] = 13, [36] = PROTO_UDP};

    memcpy(pseudo, m->bytes + 8, 32);
    sum_behind(m, pseudo, sizeof(pseudo));
}

static void whole_header_for_pseudo(struct made *m)
{
    sum_behind(m, m->bytes, IP6);
}

static void pseudo_of_the_source(struct made *m)
{
    uint8_t pseudo[24] = {[19] = 13, [23] = PROTO_UDP};

    memcpy(pseudo, m->bytes + 8, 16);
    sum_behind(m, pseudo, sizeof(pseudo));
}

static void pseudo_of_the_loopback(struct made *m)
{
    uint8_t pseudo[40] = {[15] = 1, [35] = 13, [39] = PROTO_UDP};

    memcpy(pseudo + 16, m->bytes + 24, 16);
    sum_behind(m, pseudo, sizeof(pseudo));
}

static void pseudo_next_first(struct made *m)
{
    uint8_t pseudo[40] = {[35] = 13, [36] = PROTO_UDP};

    memcpy(pseudo, m->bytes + 8, 32);
    sum_behind(m, pseudo, sizeof(pseudo));
}

static void flow_of_the_kernel(struct made *m)
{
    store_be32(m->bytes, 0x6002D9B0);
}

static void first_word_native(struct made *m)
{
    store_be32(m->bytes, __builtin_bswap32(load_be32(m->bytes)));
}

static uint32_t flow_of(const struct made *m)
{
    return load_be32(m->bytes) & 0xFFFFF;
}

static void flow_by_eight(struct made *m)
{
    store_be32(m->bytes, 6u << 28 | flow_of(m) << 8);
}

static void flow_by_twelve(struct made *m)
{
    store_be32(m->bytes, 6u << 28 | flow_of(m) << 12);
}

static void version_by_24(struct made *m)
{
    store_be32(m->bytes, 6u << 24 | flow_of(m));
}

static void version_plain(struct made *m)
{
    store_be32(m->bytes, 6u | flow_of(m));
}

static void flow_htons(struct made *m)
{
    store_be32(m->bytes, 6u << 28 | __builtin_bswap16((uint16_t)flow_of(m)));
}

static void flow_htonl(struct made *m)
{
    store_be32(m->bytes, 6u << 28 | __builtin_bswap32(flow_of(m)));
}

static void from_nobody(struct made *m)
{
    memset(m->bytes + 8, 0, 16);
}

static void next_of_tcp(struct made *m)
{
    m->bytes[6] = 6;
}

static const struct edit ROWS[] = {
    {"practice-ipv6", "ipv6.nxt", "WRONG_VALUE", "0 is a hop-by-hop options header", hop_by_hop},
    {"practice-ipv6", "ipv6.nxt", "WRONG_VALUE", "60 is a destination options", destination_options},
    {"practice-ipv6", "ipv6.nxt", "WRONG_VALUE", "44 is a fragment header, and", fragment_header},
    {"practice-ipv6", "ipv6.plen", "BAD_LENGTH", "with the 40 bytes of the IPv6 header: 13 follow",
     plen_of_all},
    {"practice-ipv6", "ipv6.plen", "BAD_LENGTH", "is 5, the text alone", plen_of_the_text},
    {"practice-ipv6", "ipv6.plen", "BAD_LENGTH", "that 1000 bytes follow the IPv6 header, and 13",
     plen_large},
    {"practice-ipv6", "ipv6.version", "BAD_VERSION", "the IP version is 4, not 6", version_4},
    {"practice-ipv6", "ipv6.version", "BAD_VERSION", "in the host's order, the version last",
     first_word_native},
    {"practice-ipv6", "ipv6.flow", "BYTE_SWAPPED", "in the host's order, the version last",
     first_word_native},
    {"practice-ipv6", "ipv6.flow", "WRONG_SHIFT", "<< 8): the version is shifted by 28", flow_by_eight},
    {"practice-ipv6", "ipv6.flow", "WRONG_SHIFT", "<< 12): the version is shifted by 28", flow_by_twelve},
    {"practice-ipv6", "ipv6.version", "BAD_VERSION", "are (6 << 24) | ", version_by_24},
    {"practice-ipv6", "ipv6.version", "BAD_VERSION", ", are 6 | ", version_plain},
    {"practice-ipv6", "ipv6.flow", "BYTE_SWAPPED", "are (6 << 28) | htons(", flow_htons},
    {"practice-ipv6", "ipv6.version", "BAD_VERSION", "are (6 << 28) | htonl(", flow_htonl},
    {"practice-ipv6", "ipv6.src", "NOT_SET", ":: stands for no address", from_nobody},
    {"practice-ipv6", "ipv6.plen", "WRONG_PROTOCOL", "says that 6 (TCP) follows, not 17", next_of_tcp},
    {"practice-ipv6", "ipv6.nxt", "WRONG_PROTOCOL", "says that 6 (TCP) follows, not 17", next_of_tcp},
    {"practice-ipv6", "udp.checksum.status", "CHECKSUM_WRONG_PROTOCOL", "58 (ICMPv6)", pseudo_58},
    {"practice-ipv6", "udp.checksum.status", "CHECKSUM_WRONG", "what 41, IPv6's own number", pseudo_41},
    {"practice-ipv6", "udp.checksum.status", "CHECKSUM_WRONG", "the whole packet's length", pseudo_of_all},
    {"practice-ipv6", "udp.checksum.status", "CHECKSUM_WRONG", "without the three zero bytes",
     pseudo_without_zeros},
    {"practice-ipv6", "udp.checksum.status", "CHECKSUM_WRONG", "the whole IPv6 header gives",
     whole_header_for_pseudo},
    {"practice-ipv6", "udp.checksum.status", "CHECKSUM_WRONG", "without the destination in the pseudo-header",
     pseudo_of_the_source},
    {"practice-ipv6", "udp.checksum.status", "CHECKSUM_WRONG", "what ::1 gives", pseudo_of_the_loopback},
    {"practice-ipv6", "udp.checksum.status", "CHECKSUM_PSEUDO_LAYOUT", "behind three zero bytes",
     pseudo_next_first},
    {"practice-ipv6", "ipv6.flow", "KERNEL_PICKED", "an ordinary UDP socket's kernel", flow_of_the_kernel},
};
const struct edits practice_ipv6 = {ROWS, sizeof(ROWS) / sizeof(ROWS[0])};
