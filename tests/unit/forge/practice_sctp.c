/* Mistakes with SCTP. */
#include "practice.h"

#include <string.h>

#include "base/cursor.h"
#include "pkt/crc32.h"

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

static void sum_sctp(struct made *m, uint32_t crc)
{
    store_be32(m->bytes + IP + 8, __builtin_bswap32(crc));
}

/* The sum over what begins at `from`, by this polynomial, begun with this. */
static void sum_from(struct made *m, size_t from, uint32_t polynomial, uint32_t begin)
{
    store_be32(m->bytes + IP + 8, 0);
    sum_sctp(m, ~crc32_add(polynomial, begin, m->bytes + from, m->length - from));
}

static void crc_from_0(struct made *m)
{
    sum_from(m, IP, CRC32C_POLYNOMIAL, 0);
}

static void crc_with_ip(struct made *m)
{
    sum_from(m, 0, CRC32C_POLYNOMIAL, UINT32_MAX);
}

/* Other chunks in the place of practice-sctp's, with the CRC32c over them. */
static void put_chunks(struct made *m, const uint8_t *chunks, size_t n)
{
    memcpy(m->bytes + IP + 12, chunks, n);
    m->length = IP + 12 + n;
    store_be16(m->bytes + 2, (uint16_t)m->length);
    as_the_kernel(m);
    sum_from(m, IP, CRC32C_POLYNOMIAL, UINT32_MAX);
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

/* As a program has it before the kernel fills in checksum, length and identification. */
static void crc_with_early_ip(struct made *m)
{
    uint8_t early[128];

    memcpy(early, m->bytes, m->length);
    store_be16(early + 2, 0);
    store_be16(early + 10, 0);
    store_be32(early + IP + 8, 0);
    sum_sctp(m, ~crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, early, m->length));
}

static void crc_with_ip_sum_0(struct made *m)
{
    const uint16_t sum = load_be16(m->bytes + 10);

    store_be16(m->bytes + 10, 0);
    crc_with_ip(m);
    store_be16(m->bytes + 10, sum);
}

static void crc_zlib_of_chunks(struct made *m)
{
    store_be32(m->bytes + IP + 8,
               ~crc32_add(CRC32_POLYNOMIAL, UINT32_MAX, m->bytes + IP + 12, m->length - IP - 12));
}

static void crc_of_header_plain(struct made *m)
{
    store_be32(m->bytes + IP + 8, 0);
    sum_sctp(m, crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, m->bytes + IP, 12));
}

static void crc_big_twice(struct made *m)
{
    for (int i = 0; i < 2; i++) {
        if (!i)
            store_be32(m->bytes + IP + 8, 0);
        store_be32(m->bytes + IP + 8,
                   ~crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, m->bytes + IP, m->length - IP));
    }
}

static void crc_zlib_plain(struct made *m)
{
    store_be32(m->bytes + IP + 8, 0);
    sum_sctp(m, crc32_add(CRC32_POLYNOMIAL, UINT32_MAX, m->bytes + IP, m->length - IP));
}

static void crc_unreflected(struct made *m)
{
    sum_from(m, IP, 0x1EDC6F41, UINT32_MAX);
}

/* smith's last three bytes are padding. */
static void without_padding(struct made *m)
{
    uint8_t chunks[128];
    const size_t n = m->length - IP - 12 - 3;

    memcpy(chunks, m->bytes + IP + 12, n);
    put_chunks(m, chunks, n);
}

static void padding_summed_alone(struct made *m)
{
    const uint32_t sum = load_be32(m->bytes + IP + 8);

    without_padding(m);
    store_be32(m->bytes + IP + 8, sum);
}

static void text_for_a_parameter(struct made *m)
{
    uint8_t chunks[128] = {0};

    memcpy(chunks, m->bytes + IP + 12, 20);
    memcpy(chunks + 20, "smith", 5);
    store_be16(chunks + 2, 25);
    put_chunks(m, chunks, 28);
}

static const struct edit ROWS[] = {
    {"practice-sctp", "sctp.dstport", "SWAPPED_WITH", "source port and destination port", ports_exchanged},
    {"practice-sctp", "sctp.chunk_type", "WRONG_VALUE", "2 is INIT ACK, 1 INIT", init_ack},
    {"practice-sctp", "sctp.chunk_type", "SWAPPED_WITH", "type and First chunk's flags", type_and_flags},
    {"practice-sctp", "sctp.chunk_type", "BUNDLED_CHUNK", "type 10 stands before the INIT", cookie_before},
    {"practice-sctp", "sctp.chunk_length", "BAD_LENGTH", "4 zero bytes too many", zeros_behind},
    {"practice-sctp", "payload", "PADDING_COUNTED", "count the zero bytes that fill up",
     padding_in_both_lengths},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG", "the CRC32c begun with 0", crc_from_0},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG", "with the IPv4 header before", crc_with_ip},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG", "with the IPv4 header before",
     crc_with_early_ip},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG", "with the IPv4 header before",
     crc_with_ip_sum_0},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG", "made with 0x1edc6f41", crc_unreflected},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG",
     "zlib's CRC32, not CRC32c, over the chunks without the common header", crc_zlib_of_chunks},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG",
     "CRC32c, over the common header alone, without the complement", crc_of_header_plain},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG",
     "a second time over a header that held the first, its most", crc_big_twice},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG",
     "zlib's CRC32, not CRC32c, without the complement", crc_zlib_plain},
    {"practice-sctp", "sctp.checksum.status", "CHECKSUM_WRONG", "it counts 3 zero bytes",
     padding_summed_alone},
    {"practice-sctp", "sctp.chunk_length", "BAD_LENGTH", "3 zero bytes must fill it up", without_padding},
    {"practice-sctp", "sctp.parameter_type", "MISSING_HEADER", "a text begins here", text_for_a_parameter},
};
const struct edits practice_sctp = {ROWS, sizeof(ROWS) / sizeof(ROWS[0])};
