#include "unit.h"

#include "mangled.h"

#include <string.h>

#include "base/codec.h"
#include "pkt/csum.h"

/* A student's own sum over what he sends. */
void sum_tcp(struct made *m)
{
    const size_t length = m->length - IP;

    store_be16(m->bytes + IP + SUM_AT, 0);
    store_be16(m->bytes + IP + SUM_AT,
               csum_finish(csum_add(
                   csum_pseudo(load_be32(m->bytes + 12), load_be32(m->bytes + 16), 6, (uint16_t)length),
                   m->bytes + IP, length)));
}

void reverse(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        const uint8_t first = bytes[i];
        bytes[i] = bytes[n - 1 - i];
        bytes[n - 1 - i] = first;
    }
}

static void insert(struct made *m, size_t at, const void *bytes, size_t n)
{
    memmove(m->bytes + at + n, m->bytes + at, m->length - at);
    memcpy(m->bytes + at, bytes, n);
    m->length += n;
}

static void offset_of(struct made *m, uint8_t first, uint8_t second)
{
    m->bytes[IP + 12] = first;
    m->bytes[IP + 13] = second;
    sum_tcp(m);
}

void offset_plain(struct made *m)
{
    offset_of(m, 5, 2);
}

void offset_bytes(struct made *m)
{
    offset_of(m, 20, 2);
}

void offset_by_four(struct made *m)
{
    offset_of(m, 0, 5 << 4 | 2);
}

void offset_swapped(struct made *m)
{
    offset_of(m, 2, 0x50);
}

void offset_none(struct made *m)
{
    offset_of(m, 0, 2);
}

void offset_six(struct made *m)
{
    offset_of(m, 0x60, 2);
}

void ihl_six(struct made *m)
{
    m->bytes[0] = 0x46;
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP + 4)));
}

void ihl_sum(struct made *m)
{
    m->bytes[0] = (4 << 4) + 20;
}

void length_of_the_header(struct made *m)
{
    store_be16(m->bytes + 2, IP);
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP)));
}

void protocol_udp(struct made *m)
{
    m->bytes[9] = 17;
    as_the_kernel(m);
}

void kernels_header(struct made *m)
{
    uint8_t outer[IP];

    memcpy(outer, m->bytes, IP);
    outer[1] = 0;
    outer[4] = 0x3F;
    outer[5] = 0x11;
    outer[6] = 0x40;
    store_be16(m->bytes + 2, 0);
    store_be16(m->bytes + 10, 0);
    insert(m, 0, outer, IP);
    as_the_kernel(m);
}

void ethernet_inside(struct made *m)
{
    static const uint8_t ether[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};

    kernels_header(m);
    insert(m, IP, ether, sizeof(ether));
    as_the_kernel(m);
}

void udp_before(struct made *m)
{
    uint8_t udp[8] = {0x04, 0xD2, 0x11, 0x5C, 0, (uint8_t)(m->length - IP + 8), 0, 0};

    insert(m, IP, udp, sizeof(udp));
    as_the_kernel(m);
}

void tcp_before(struct made *m)
{
    uint8_t tcp[TCP] = {0x04, 0xD2, 0x1F, 0x91, [12] = 0x50, [13] = 2, [14] = 0x16, [15] = 0xD0};

    insert(m, IP, tcp, sizeof(tcp));
    as_the_kernel(m);
}

/* TCP()/TCP(): the checksum is over all that follows. */
void tcp_twice(struct made *m)
{
    const uint8_t tcp[TCP] = {0, 20, 0, 80, [12] = 0x50, [13] = 2, [14] = 0x20};

    insert(m, IP + TCP, tcp, sizeof(tcp));
    sum_tcp(m);
    as_the_kernel(m);
}

/* IP(...)/IP(proto=...): the first one says that IPv4 follows. */
void ip_twice(struct made *m)
{
    uint8_t inner[IP];

    memcpy(inner, m->bytes, IP);
    memset(inner + 1, 0, 7);
    store_be16(inner + 2, (uint16_t)m->length);
    store_be16(inner + 4, 1);
    store_be16(inner + 10, 0);
    store_be16(inner + 10, csum_finish(csum_add(0, inner, IP)));
    insert(m, IP, inner, IP);
    m->bytes[9] = 4;
    as_the_kernel(m);
}

/* IP()/Raw()/TCP(): nothing says what follows, and no checksum is made. */
void text_before_tcp(struct made *m)
{
    uint8_t tcp[TCP];

    memcpy(tcp, m->bytes + IP, TCP);
    store_be16(tcp + SUM_AT, 0);
    memmove(m->bytes + IP, m->bytes + IP + TCP, m->length - IP - TCP);
    memcpy(m->bytes + m->length - TCP, tcp, TCP);
    m->bytes[9] = 0;
    as_the_kernel(m);
}

void two_packets(struct made *m)
{
    struct made other = *m;

    put(m, other.bytes, other.length);
    as_the_kernel(m);
}

void no_header(struct made *m)
{
    memmove(m->bytes + IP, m->bytes + IP + TCP, m->length - IP - TCP);
    m->length -= TCP;
    as_the_kernel(m);
}

void ttl_and_protocol(struct made *m)
{
    reverse(m->bytes + 8, 2);
    as_the_kernel(m);
}

void mss_option(struct made *m)
{
    const uint8_t mss[] = {2, 4, 0x05, 0xB4};

    insert(m, IP + TCP, mss, sizeof(mss));
    m->bytes[IP + 12] = 6 << 4;
    sum_tcp(m);
    as_the_kernel(m);
}

/* The option is there, and the data offset does not count it. */
void mss_behind(struct made *m)
{
    mss_option(m);
    offset_of(m, 0x50, m->bytes[IP + 13]);
}

/* The kernel writes the total length over the identification. */
void id_and_length(struct made *m)
{
    store_be16(m->bytes + 4, (uint16_t)m->length);
    as_the_kernel(m);
}

void nop_option(struct made *m)
{
    const uint8_t nop[] = {1, 0, 0, 0};

    insert(m, IP, nop, sizeof(nop));
    m->bytes[0] = 0x46;
    as_the_kernel(m);
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP + sizeof(nop))));
}

/* The handle as it is, where hex is asked for, behind a header of UDP. */
void udp_and_text(struct made *m)
{
    uint8_t text[64];
    const ptrdiff_t n = hex_decode(text, sizeof(text), (const char *)m->bytes + IP, m->length - IP);

    CU_ASSERT_TRUE_FATAL(n > 0);
    m->length = IP;
    put(m, text, (size_t)n);
    udp_before(m);
}

/* The kernel fills in the 0 that stands where the identification belongs. */
void id_and_flags(struct made *m)
{
    memcpy(m->bytes + 6, m->bytes + 4, 2);
    store_be16(m->bytes + 4, 0x3F11);
    as_the_kernel(m);
}

void both_numbers(struct made *m)
{
    uint8_t first[4];

    memcpy(first, m->bytes + IP + 4, 4);
    memcpy(m->bytes + IP + 4, m->bytes + IP + 8, 4);
    memcpy(m->bytes + IP + 8, first, 4);
}

/* The IPv4 header without one of its values, or with one too wide: the kernel writes its own over it. */
void id_left_out(struct made *m)
{
    memmove(m->bytes + 4, m->bytes + 6, m->length - 6);
    m->length -= 2;
    as_the_kernel(m);
}

void tos_as_h(struct made *m)
{
    insert(m, 1, "", 1);
    as_the_kernel(m);
}
