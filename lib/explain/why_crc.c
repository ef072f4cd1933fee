/* Mistakes with SCTP's CRC32c: each wrong way to make it is gone again over the packet's own bytes. */
#include <string.h>

#include "base/cursor.h"
#include "explain/crc.h"
#include "explain/said.h"
#include "explain/suspect.h"
#include "pkt/crc32.h"
#include "pkt/sctp.h"

enum { IP_LEAST = 20, IP_MOST = 60, ZEROED_MAX = 1600 };

#define PACK "struct.pack('!HHL', sport, dport, tag) + struct.pack('<L', crc) + chunk"

static void mend(enum recipe recipe, struct diagnosis *d)
{
    if (recipe == RECIPE_ZERO)
        suspect_mend(d, "compute the CRC32c over header and chunks with checksum 0, then pack again: " PACK);
    else if (recipe == RECIPE_NOT_COMPLEMENTED) {
        suspect_say(d, "it is the CRC32c without the complement at its end");
        suspect_mend(d, "begin with 0xffffffff, and end with crc ^ 0xffffffff");
    } else if (recipe == RECIPE_FIELD_NOT_ZEROED) {
        suspect_say(d, "it was computed a second time, over a header that held the right one already");
        suspect_mend(d, "compute it once, over header and chunks with checksum 0");
    } else if (recipe == RECIPE_NO_PAYLOAD) {
        suspect_say(d, "it was computed over the common header alone: the chunks behind it count, too");
        suspect_mend(d, "crc32c(common_header + chunks), the header with checksum 0");
    } else if (recipe == RECIPE_WITH_PSEUDO_HEADER) {
        suspect_say(d, "it was computed with a pseudo-header, which SCTP does not have");
        suspect_mend(d, "crc32c(common_header + chunks), the header with checksum 0");
    }
}

enum fit why_crc(enum recipe recipe, const struct suspect *s, struct diagnosis *d)
{
    const struct span *sctp = &s->packet->layers[LAYER_SCTP], *payload = &s->packet->layers[LAYER_PAYLOAD],
                      *ip = &s->packet->layers[LAYER_IP];
    const uint8_t *bytes = s->packet->frame + sctp->offset;
    struct crc_over over = {.bytes = bytes, .length = sctp->length};
    uint32_t values[CRC_SUMS_MAX];

    if (!s->clause || s->field->kind != FIELD_CHECKSUM_STATUS || s->finding->absent || !sctp->complete ||
        s->packet->faults & FAULT_TRUNCATED)
        return FIT_NONE;
    over.payload_end =
        payload->present ? (size_t)payload->offset + payload->length - sctp->offset : sctp->length;
    if (ip->present && ip->complete)
        over.addresses = s->packet->frame + ip->offset + 12;
    size_t n = crc_sums(recipe, &over, values);
    for (size_t i = 0; i < n; i++)
        if (values[i] == load_be32(bytes + 8)) {
            mend(recipe, d);
            return FIT_STRONG;
        }
    return FIT_NONE;
}

/* The register begun with 0, ended with its complement or not. */
static bool is_begun_with_0(const uint8_t *zeroed, size_t length, uint32_t got)
{
    const uint32_t crc = crc32_add(CRC32C_POLYNOMIAL, 0, zeroed, length);

    return got == crc || got == ~crc || got == __builtin_bswap32(crc) || got == __builtin_bswap32(~crc);
}

/* The IPv4 header as it was sent, and with what the kernel fills in still 0: the checksum alone, and length,
 * identification and source, as they stand in programs. */
static bool is_with_ip(const uint8_t *ip, size_t ip_length, const uint8_t *zeroed, size_t length,
                       uint32_t got)
{
    static const struct {
        uint8_t at, n;
    } filled[] = {{10, 2}, {2, 2}, {4, 2}, {12, 4}};
    enum { FILLED = sizeof(filled) / sizeof(filled[0]) };
    uint8_t header[IP_MOST];

    if (ip_length < IP_LEAST || ip_length > IP_MOST)
        return false;
    for (unsigned set = 0; set < 1u << FILLED; set++) {
        memcpy(header, ip, ip_length);
        for (size_t i = 0; i < FILLED; i++)
            if (set >> i & 1)
                memset(header + filled[i].at, 0, filled[i].n);
        const uint32_t crc = ~crc32_add(
            CRC32C_POLYNOMIAL, crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, header, ip_length), zeroed, length);
        if (got == crc || got == __builtin_bswap32(crc))
            return true;
    }
    return false;
}

/* How many zero bytes, which should fill up and were not sent, were summed all the same; 0: none. */
static unsigned unsent_padding(const struct suspect *s, const uint8_t *zeroed, size_t length, uint32_t got)
{
    static const uint8_t zeros[3];
    struct sctp_init init;

    if (!sctp_init_read(&init, s->packet) || !init.missing)
        return 0;
    const uint32_t crc = ~crc32_add(
        CRC32C_POLYNOMIAL, crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, zeroed, length), zeros, init.missing);
    return got == crc || got == __builtin_bswap32(crc) ? init.missing : 0;
}

/* The polynomial as RFC 9260 writes it, its bits the other way round: shifted to the right as if it were the
 * reflected one, or to the left, which takes the bits of each byte from the wrong end. */
static bool is_unreflected(const uint8_t *zeroed, size_t length, uint32_t got)
{
    enum { TOP = 31 };
    const uint32_t polynomial = UINT32_C(0x1EDC6F41),
                   right = crc32_add(polynomial, UINT32_MAX, zeroed, length);
    uint32_t left = UINT32_MAX;

    for (size_t i = 0; i < length; i++) {
        left ^= (uint32_t)zeroed[i] << 24;
        for (int bit = 0; bit < 8; bit++)
            left = left << 1 ^ (left >> TOP ? polynomial : 0);
    }
    const uint32_t sums[] = {right, ~right, left, ~left};
    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
        if (got == sums[i] || got == __builtin_bswap32(sums[i]))
            return true;
    return false;
}

/* One way to make a CRC: of two mistakes at once each alone is told by a code of its own. */
struct crc_way {
    bool zlib, plain, big; /* another polynomial; without the complement; most significant byte first */
};

/* As it stands in the field. */
static uint32_t crc_of(struct crc_way way, const uint8_t *bytes, size_t from, size_t end)
{
    const uint32_t polynomial = way.zlib ? CRC32_POLYNOMIAL : CRC32C_POLYNOMIAL,
                   crc = crc32_add(polynomial, UINT32_MAX, bytes + from, end - from),
                   value = way.plain ? crc : ~crc;

    return way.big ? value : __builtin_bswap32(value);
}

/* Over which bytes the way gives what came, in words; NULL when over none. */
static const char *over_what(struct crc_way way, uint8_t *zeroed, size_t length, size_t text, size_t text_end,
                             uint32_t got)
{
    enum { FIELD = 8, HEADER = 12, ROOM = ZEROED_MAX };
    uint8_t without[ROOM];
    const uint32_t whole = crc_of(way, zeroed, 0, length);

    if (got == whole)
        return "";
    if (got == crc_of(way, zeroed, 0, HEADER))
        return ", over the common header alone";
    if (got == crc_of(way, zeroed, HEADER, length))
        return ", over the chunks without the common header";
    if (text_end > text && got == crc_of(way, zeroed, text, text_end))
        return ", over the text alone";
    if (text_end > text && got == crc_of(way, zeroed, 0, text_end))
        return ", over all but the padding";
    memcpy(without, zeroed, FIELD);
    memcpy(without + FIELD, zeroed + HEADER, length - HEADER);
    if (got == crc_of(way, without, 0, length - (HEADER - FIELD)))
        return ", without the four bytes of the checksum";
    store_be32(zeroed + FIELD, whole);
    const uint32_t again = crc_of(way, zeroed, 0, length);
    store_be32(zeroed + FIELD, 0);
    return got == again ? ", made a second time over a header that held the first" : NULL;
}

static bool says_two(const struct suspect *s, uint8_t *zeroed, size_t length, uint32_t got,
                     struct diagnosis *d)
{
    const struct span *sctp = &s->packet->layers[LAYER_SCTP], *payload = &s->packet->layers[LAYER_PAYLOAD];
    const size_t text = payload->present ? (size_t)payload->offset - sctp->offset : length,
                 end = payload->present && text + payload->length <= length ? text + payload->length : text;

    for (unsigned i = 0; i < 8; i++) {
        const struct crc_way way = {.zlib = i & 1, .plain = i & 2, .big = i & 4};
        const char *over = over_what(way, zeroed, length, text, end, got);
        if (!over)
            continue;
        suspect_say(d, "it is %s%s%s%s", way.zlib ? "zlib's CRC32, not CRC32c" : "the CRC32c", over,
                    way.plain ? ", without the complement" : "",
                    way.big && !way.zlib ? ", its most significant byte first" : "");
        suspect_mend(d, "crc32c(common_header + chunks), with checksum 0; then struct.pack('<L', crc)");
        return true;
    }
    return false;
}

bool why_crc_says(const struct suspect *s, struct diagnosis *d)
{
    const struct span *sctp = &s->packet->layers[LAYER_SCTP], *ip = &s->packet->layers[LAYER_IP];
    uint8_t zeroed[ZEROED_MAX];

    if (!sctp->complete || sctp->length < 12 || sctp->length > sizeof(zeroed) ||
        s->packet->faults & FAULT_TRUNCATED)
        return false;
    memcpy(zeroed, s->packet->frame + sctp->offset, sctp->length);
    const uint32_t got = load_be32(zeroed + 8);
    store_be32(zeroed + 8, 0);
    if (is_begun_with_0(zeroed, sctp->length, got)) {
        suspect_say(d, "it is the CRC32c begun with 0: its register begins with 0xffffffff");
        suspect_mend(d, "crc = 0xffffffff before the first byte, crc ^ 0xffffffff behind the last");
        return true;
    }
    if (says_two(s, zeroed, sctp->length, got, d))
        return true;
    const unsigned unsent = unsent_padding(s, zeroed, sctp->length, got);
    if (unsent) {
        suspect_say(d, "it counts %u zero byte%s that fill the chunk up, and %s not sent", unsent,
                    unsent == 1 ? "" : "s", unsent == 1 ? "was" : "were");
        suspect_mend(d, "s.sendto(common_header + chunk + bytes(-len(chunk) %% 4), (target, 0))");
        return true;
    }
    if (is_unreflected(zeroed, sctp->length, got)) {
        suspect_say(d,
                    "it was made with 0x1edc6f41: CRC32c takes the bits of a byte from the least significant "
                    "one on, and the polynomial with them");
        suspect_mend(d, "crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)");
        return true;
    }
    if (!ip->present || !ip->complete ||
        !is_with_ip(s->packet->frame + ip->offset, ip->length, zeroed, sctp->length, got))
        return false;
    suspect_say(d, "it was computed with the IPv4 header before it: SCTP's covers its own packet alone");
    suspect_mend(d, "crc32c(common_header + chunks), without the IPv4 header");
    return true;
}

#define RECOGNISER(name, recipe)                                                                             \
    enum fit why_crc_##name(const struct suspect *s, struct diagnosis *d)                                    \
    {                                                                                                        \
        return s->field->layer == LAYER_SCTP ? why_crc(recipe, s, d) : FIT_NONE;                             \
    }

RECOGNISER(big_endian, RECIPE_BIG_ENDIAN)
RECOGNISER(crc32, RECIPE_CRC32)
RECOGNISER(internet_sum, RECIPE_INTERNET_SUM)
RECOGNISER(adler32, RECIPE_ADLER32)
RECOGNISER(no_padding, RECIPE_NO_PADDING)
RECOGNISER(chunk_alone, RECIPE_CHUNK_ALONE)
RECOGNISER(field_left_out, RECIPE_FIELD_LEFT_OUT)
