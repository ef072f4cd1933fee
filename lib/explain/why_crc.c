/* Mistakes with SCTP's CRC32c: each wrong way to make it is gone again over the packet's own bytes. */
#include <string.h>

#include "base/cursor.h"
#include "explain/crc.h"
#include "explain/said.h"
#include "explain/suspect.h"
#include "pkt/crc32.h"

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

/* The register begun with 0, ended with its complement or not; the IPv4 header before it, as it was sent and
 * as it was before the kernel filled in length and checksum. */
static bool is_begun_with_0(const uint8_t *zeroed, size_t length, uint32_t got)
{
    const uint32_t crc = crc32_add(CRC32C_POLYNOMIAL, 0, zeroed, length);

    return got == crc || got == ~crc || got == __builtin_bswap32(crc) || got == __builtin_bswap32(~crc);
}

static bool is_with_ip(const uint8_t *ip, size_t ip_length, const uint8_t *zeroed, size_t length,
                       uint32_t got)
{
    uint8_t header[IP_MOST];
    bool found = false;

    if (ip_length < IP_LEAST || ip_length > IP_MOST)
        return false;
    memcpy(header, ip, ip_length);
    for (int filled = 1; filled >= 0 && !found; filled--) {
        if (!filled)
            store_be16(header + 2, 0);
        store_be16(header + 10, filled ? load_be16(ip + 10) : 0);
        const uint32_t crc = ~crc32_add(
            CRC32C_POLYNOMIAL, crc32_add(CRC32C_POLYNOMIAL, UINT32_MAX, header, ip_length), zeroed, length);
        found = got == crc || got == __builtin_bswap32(crc);
    }
    return found;
}

bool why_crc_says(const struct suspect *s, struct diagnosis *d)
{
    const struct span *sctp = &s->packet->layers[LAYER_SCTP], *ip = &s->packet->layers[LAYER_IP];
    uint8_t zeroed[ZEROED_MAX];

    if (!sctp->complete || sctp->length > sizeof(zeroed) || s->packet->faults & FAULT_TRUNCATED)
        return false;
    memcpy(zeroed, s->packet->frame + sctp->offset, sctp->length);
    const uint32_t got = load_be32(zeroed + 8);
    store_be32(zeroed + 8, 0);
    if (is_begun_with_0(zeroed, sctp->length, got)) {
        suspect_say(d, "it is the CRC32c begun with 0: its register begins with 0xffffffff");
        suspect_mend(d, "crc = 0xffffffff before the first byte, crc ^ 0xffffffff behind the last");
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
