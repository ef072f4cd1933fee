/* An INIT says the length of what follows its fixed part twice, and padding says it a third time: where two
 * agree, the third is wrong. */
#include "pkt/sctp.h"

#include "base/cursor.h"
#include "pkt/layers.h"

enum { SCTP_HEADER = 12, CHUNK_HEADER = 4, DATA_HEADER = 12, INIT_HEADER = 16, PARAMETER_HEADER = 4 };
enum { CHUNK_DATA = 0, CHUNK_INIT = 1, CHUNK_LAST = 14 };
enum { INIT_FIXED = CHUNK_HEADER + INIT_HEADER, DATA_FIXED = CHUNK_HEADER + DATA_HEADER };

static size_t padded(size_t length)
{
    return (length + 3) / 4 * 4;
}

/* All zero, and no more than fills a word up. */
static bool is_padding(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i])
            return false;
    return length < 4;
}

/* Another chunk begins here: a type of RFC 9260, with a length that it can have. */
static bool is_chunk(const uint8_t *bytes, size_t have)
{
    if (have < CHUNK_HEADER || bytes[0] > CHUNK_LAST)
        return false;
    size_t length = load_be16(bytes + 2);
    return length <= have && length >= CHUNK_HEADER && (bytes[0] != CHUNK_DATA || length > DATA_FIXED);
}

/* Parameters one behind the other up to the end, of which the last one's padding is not counted. */
static bool are_parameters(const uint8_t *bytes, size_t have)
{
    while (have) {
        size_t length = have >= PARAMETER_HEADER ? load_be16(bytes + 2) : 0;
        if (length < PARAMETER_HEADER || length > have || (length < have && padded(length) >= have))
            return false;
        if (length == have)
            return true;
        bytes += padded(length);
        have -= padded(length);
    }
    return false;
}

/* chunk: where the INIT begins, whose fixed part is there; have: bytes from there to the packet's end. */
static void init_read(struct sctp_init *out, const uint8_t *chunk, size_t have)
{
    const size_t says = load_be16(chunk + 2), rest = have - INIT_FIXED;
    const bool fits = says >= INIT_FIXED && says <= have;

    *out = (struct sctp_init){.chunk = (unsigned)says, .chunk_right = (unsigned)says};
    if (fits && padded(says) < have && is_chunk(chunk + padded(says), have - padded(says)))
        out->behind = (unsigned)(have - padded(says));
    /* what is the chunk's by its own word, if that can be */
    const bool ends = fits && (out->behind || is_padding(chunk + says, have - says));
    const size_t inside = ends ? says - INIT_FIXED : rest;
    if (inside < PARAMETER_HEADER) {
        out->chunk_right = (unsigned)(INIT_FIXED + (ends && !inside ? 0 : rest));
        return;
    }
    const uint8_t *first = chunk + INIT_FIXED;
    const size_t parameter = load_be16(first + 2);
    out->parameter = out->parameter_right = (unsigned)parameter;
    if (ends && are_parameters(first, inside))
        return;
    /* the parameters agree with what is there; zeros at the end are padding where one of the two says so */
    for (size_t cut = 0; !out->behind && cut < 4 && cut < rest; cut++)
        if (is_padding(first + rest - cut, cut) && are_parameters(first, rest - cut) &&
            !(ends && rest - cut > inside)) {
            out->chunk_right = (unsigned)(INIT_FIXED + rest - cut);
            return;
        }
    out->parameter_right = (unsigned)inside;
    if (!ends)
        out->chunk_right = (unsigned)have;
}

/* As init_read, and whether the whole is a multiple of 4: the padding of an INIT that is alone must be sent,
 * too (section 3.2). */
static void init_find(struct sctp_init *out, const uint8_t *chunk, size_t have)
{
    init_read(out, chunk, have);
    if (!out->behind && out->chunk_right <= have && have < padded(out->chunk_right))
        out->missing = (unsigned)(padded(out->chunk_right) - have);
}

static void decode_init(struct packet *p, size_t offset, size_t end, bool more)
{
    const uint8_t *chunk = p->frame + offset;
    struct sctp_init init;

    init_find(&init, chunk, end - offset);
    if (!more && (init.chunk != init.chunk_right || init.missing || init.behind))
        p->faults |= FAULT_BAD_CHUNK;
    if (!more && init.parameter != init.parameter_right)
        p->faults |= FAULT_BAD_PARAMETER;
    offset += INIT_FIXED;
    if (!init.parameter_right) {
        layer_set(p, LAYER_PAYLOAD, offset, init.behind ? 0 : end - offset, 0);
        return;
    }
    layer_set(p, LAYER_SCTP_PARAMETER, offset, PARAMETER_HEADER, PARAMETER_HEADER);
    layer_set(p, LAYER_PAYLOAD, offset + PARAMETER_HEADER, init.parameter_right - PARAMETER_HEADER, 0);
}

void sctp_decode(struct packet *p, size_t offset, size_t end, bool more)
{
    size_t have = end - offset;

    /* all of it, which its checksum is over: chunks are padded, and payload ends before */
    if (!layer_set(p, LAYER_SCTP, offset, have, SCTP_HEADER)->complete)
        return;
    offset += SCTP_HEADER;
    have -= SCTP_HEADER;
    if (!have) {
        layer_set(p, LAYER_PAYLOAD, offset, 0, 0);
        return;
    }
    if (!layer_set(p, LAYER_SCTP_CHUNK, offset, at_most(have, CHUNK_HEADER), CHUNK_HEADER)->complete)
        return;
    const uint8_t kind = p->frame[offset];
    const size_t length = load_be16(p->frame + offset + 2), at = offset;
    offset += CHUNK_HEADER;
    have -= CHUNK_HEADER;
    /* an INIT ACK has the same, under other names */
    if (kind == CHUNK_INIT &&
        layer_set(p, LAYER_SCTP_INIT, offset, at_most(have, INIT_HEADER), INIT_HEADER)->complete) {
        decode_init(p, at, end, more);
        return;
    }
    if (length < CHUNK_HEADER || (length > have + CHUNK_HEADER && !more))
        p->faults |= FAULT_BAD_CHUNK;
    if (kind == CHUNK_DATA &&
        layer_set(p, LAYER_SCTP_DATA, offset, at_most(have, DATA_HEADER), DATA_HEADER)->complete) {
        offset += DATA_HEADER;
        /* what follows is padding, and other chunks */
        if (!(p->faults & FAULT_BAD_CHUNK) && length >= DATA_FIXED)
            end = at_most(end, at + length);
    }
    layer_set(p, LAYER_PAYLOAD, offset, end - offset, 0);
}

bool sctp_init_read(struct sctp_init *out, const struct packet *p)
{
    const struct span *sctp = &p->layers[LAYER_SCTP], *init = &p->layers[LAYER_SCTP_INIT];
    const size_t at = (size_t)sctp->offset + SCTP_HEADER, end = (size_t)sctp->offset + sctp->length;

    if (!init->present || !init->complete || end > p->length || end < at + INIT_FIXED)
        return false;
    init_find(out, p->frame + at, end - at);
    return true;
}
