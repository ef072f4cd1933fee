/* Mistakes with SCTP's CRC32c: each wrong way to make it is gone again over the packet's own bytes. */
#include "base/cursor.h"
#include "explain/crc.h"
#include "explain/suspect.h"

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
