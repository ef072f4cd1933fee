/* RFC 9260's CRC32c is the only checksum of the Internet's transports that is no sum: its mistakes are its
 * own. */
#include "explain/crc.h"

#include "base/cursor.h"
#include "pkt/crc32.h"
#include "pkt/csum.h"

enum { FIELD_AT = 8, FIELD_END = 12, ADLER_PRIME = 65521, PROTO_SCTP = 132 };

/* RFC 1950, with the checksum field taken for 0; RFC 2960's, which RFC 3309 replaced. */
static uint32_t adler32(const uint8_t *packet, size_t length)
{
    uint32_t a = 1, b = 0;

    for (size_t i = 0; i < length; i++) {
        a = (a + (i >= FIELD_AT && i < FIELD_END ? 0 : packet[i])) % ADLER_PRIME;
        b = (b + a) % ADLER_PRIME;
    }
    return b << 16 | a;
}

static uint32_t over_itself(const uint8_t *packet, size_t length)
{
    uint8_t field[FIELD_END - FIELD_AT];
    uint32_t crc = crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, packet, FIELD_AT);

    store_be32(field, crc32_sctp(packet, length));
    crc = crc32_add(CRC32C_POLYNOMIAL, crc, field, sizeof(field));
    return ~crc32_add(CRC32C_POLYNOMIAL, crc, packet + FIELD_END, length - FIELD_END);
}

static uint32_t internet_sum(const uint8_t *packet, size_t length)
{
    return csum_finish(csum_add(csum_add(0, packet, FIELD_AT), packet + FIELD_END, length - FIELD_END));
}

/* A number in both orders of bytes, the one that goes out from struct.pack('!L') first or last. */
static size_t both(uint32_t value, bool little_first, uint32_t *out)
{
    out[little_first] = value;
    out[!little_first] = __builtin_bswap32(value);
    return 2;
}

static uint32_t with_pseudo_header(const struct crc_over *over)
{
    static const uint8_t zero[FIELD_END - FIELD_AT];
    uint8_t rest[4] = {0, PROTO_SCTP, (uint8_t)(over->length >> 8), (uint8_t)over->length};
    uint32_t crc = crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, over->addresses, 8);

    crc = crc32_add(CRC32C_POLYNOMIAL, crc, rest, sizeof(rest));
    crc = crc32_add(CRC32C_POLYNOMIAL, crc, over->bytes, FIELD_AT);
    crc = crc32_add(CRC32C_POLYNOMIAL, crc, zero, sizeof(zero));
    return ~crc32_add(CRC32C_POLYNOMIAL, crc, over->bytes + FIELD_END, over->length - FIELD_END);
}

static uint32_t field_left_out(const struct crc_over *over)
{
    uint32_t crc = crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, over->bytes, FIELD_AT);

    return ~crc32_add(CRC32C_POLYNOMIAL, crc, over->bytes + FIELD_END, over->length - FIELD_END);
}

/* The right CRC over a part of what it is to be made over. */
static size_t over_a_part(enum recipe recipe, const struct crc_over *over, uint32_t *out)
{
    const size_t end = over->payload_end;

    switch (recipe) {
    case RECIPE_NO_PADDING:
        return end < over->length && end >= FIELD_END
                   ? both(crc32_packet(CRC32C_POLYNOMIAL, over->bytes, end), true, out)
                   : 0;
    case RECIPE_NO_PAYLOAD:
        return both(crc32_packet(CRC32C_POLYNOMIAL, over->bytes, FIELD_END), true, out);
    case RECIPE_CHUNK_ALONE:
        return both(
            ~crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, over->bytes + FIELD_END, over->length - FIELD_END),
            true, out);
    case RECIPE_FIELD_LEFT_OUT:
        return both(field_left_out(over), true, out);
    case RECIPE_WITH_PSEUDO_HEADER:
        return over->addresses ? both(with_pseudo_header(over), true, out) : 0;
    default:
        return 0;
    }
}

static size_t values_of(enum recipe recipe, const struct crc_over *over, uint32_t *out)
{
    const uint8_t *packet = over->bytes;
    const size_t length = over->length;

    switch (recipe) {
    case RECIPE_ZERO:
        out[0] = 0;
        return 1;
    case RECIPE_BIG_ENDIAN:
        out[0] = crc32_packet(CRC32C_POLYNOMIAL, packet, length);
        return 1;
    case RECIPE_CRC32:
        return both(crc32_packet(CRC32_POLYNOMIAL, packet, length), false, out);
    case RECIPE_ADLER32:
        return both(adler32(packet, length), false, out);
    case RECIPE_NOT_COMPLEMENTED:
        return both(~crc32_packet(CRC32C_POLYNOMIAL, packet, length), true, out);
    case RECIPE_FIELD_NOT_ZEROED:
        return both(over_itself(packet, length), true, out);
    case RECIPE_INTERNET_SUM:
        out[2] = internet_sum(packet, length) << 16;
        out[3] = __builtin_bswap32(out[2]);
        return 2 + both(internet_sum(packet, length), false, out);
    default:
        return over_a_part(recipe, over, out);
    }
}

size_t crc_sums(enum recipe recipe, const struct crc_over *over, uint32_t out[CRC_SUMS_MAX])
{
    const uint32_t right = crc32_sctp(over->bytes, over->length);
    uint32_t values[CRC_SUMS_MAX];
    size_t n = 0, all = values_of(recipe, over, values);

    for (size_t i = 0; i < all; i++)
        if (values[i] != right)
            out[n++] = values[i];
    return n;
}
