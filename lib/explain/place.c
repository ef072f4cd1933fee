#include "explain/place.h"

#include <inttypes.h>
#include <string.h>

#include "judge/clause.h"

/* The usual format string of each header, and the first byte of each of its values. */
static const struct {
    enum layer layer;
    const char *format;
    uint8_t starts[12], n;
} FORMATS[] = {
    {LAYER_ETH, "!6s6sH", {0, 6, 12}, 3},
    {LAYER_IP, "!BBHHHBBH4s4s", {0, 1, 2, 4, 6, 8, 9, 10, 12, 16}, 10},
    {LAYER_IP6, "!LHBB16s16s", {0, 4, 6, 7, 8, 24}, 6},
    {LAYER_TCP, "!HHLLBBHHH", {0, 2, 4, 8, 12, 13, 14, 16, 18}, 9},
    {LAYER_UDP, "!HHHH", {0, 2, 4, 6}, 4},
    {LAYER_SCTP, "!HHLL", {0, 2, 4, 8}, 4},
    {LAYER_SCTP_CHUNK, "!BBH", {0, 1, 2}, 3},
    {LAYER_SCTP_INIT, "!LLHHL", {0, 4, 8, 10, 12}, 5},
    {LAYER_SCTP_PARAMETER, "!HH", {0, 2}, 2},
    {LAYER_ICMP, "!BBHHH", {0, 1, 2, 4, 6}, 5},
    {LAYER_ICMP6, "!BBHHH", {0, 1, 2, 4, 6}, 5},
};

/* Bytes that several fields share, as people call them. */
static const struct {
    enum layer layer;
    uint16_t byte, bytes;
    const char *name;
} SHARED[] = {
    {LAYER_IP, 0, 1, "the version and IHL byte"},
    {LAYER_IP, 1, 1, "the DS byte"},
    {LAYER_IP, 6, 1, "the byte of flags and fragment offset"},
    {LAYER_IP, 6, 2, "the two bytes of flags and fragment offset"},
    {LAYER_TCP, 12, 1, "the data offset byte"},
    {LAYER_TCP, 12, 2, "the two bytes of data offset and flags"},
    {LAYER_TCP, 13, 1, "the flags byte"},
};

static unsigned first_byte(const struct field *field)
{
    return field->bit / 8u;
}

static unsigned n_bytes(const struct field *field)
{
    return (field->bit % 8u + field->bits + 7u) / 8u;
}

void place_of(const struct finding *f, struct buf *out)
{
    unsigned byte = first_byte(f->field);

    if (f->field->layer == LAYER_PAYLOAD || f->field->layer == LAYER_FRAME || f->absent || !f->length)
        return;
    buf_printf(out, "byte %u of the %s header", byte, layer_text(f->field->layer));
    for (size_t i = 0; i < sizeof(FORMATS) / sizeof(FORMATS[0]); i++) {
        unsigned value = 0;
        if (FORMATS[i].layer != f->field->layer || f->field->kind == FIELD_BYTES)
            continue;
        while (value < FORMATS[i].n && FORMATS[i].starts[value] <= byte)
            value++;
        buf_printf(out, ", value %u of '%s'", value, FORMATS[i].format);
    }
}

static unsigned below(const struct field *field)
{
    return n_bytes(field) * 8 - field->bit % 8u - field->bits;
}

uint64_t place_mask(const struct field *field)
{
    unsigned bytes = n_bytes(field);

    if (field->bits == 0 || bytes > 4 || field->bits == bytes * 8)
        return 0;
    return ((UINT64_C(1) << field->bits) - 1) << below(field);
}

void place_shared(const struct field *field, uint64_t value, struct buf *out)
{
    const char *name = n_bytes(field) == 1 ? "its byte" : "its bytes";

    if (!place_mask(field))
        return;
    for (size_t i = 0; i < sizeof(SHARED) / sizeof(SHARED[0]); i++)
        if (SHARED[i].layer == field->layer && SHARED[i].byte == first_byte(field) &&
            SHARED[i].bytes == n_bytes(field))
            name = SHARED[i].name;
    buf_printf(out, ", that is 0x%0*" PRIx64 " in %s", (int)n_bytes(field) * 2,
               value / field->scale << below(field), name);
}

/* A clause on a header's length speaks in the place of its fault: what is summed over all that follows cannot
 * be read then. */
static bool hides_its_own(const struct packet *packet, const struct finding *f)
{
    return (packet->faults & FAULT_BAD_OFFSET && strcmp(f->field->name, "tcp.hdr_len") == 0) ||
           (packet->faults & FAULT_BAD_IHL && strcmp(f->field->name, "ip.hdr_len") == 0) ||
           (packet->faults & FAULT_BAD_LENGTH && strcmp(f->field->name, "udp.length") == 0);
}

/* Whose failure hides a header: the first failed finding of a lower one, or of this one's fixed part. */
const char *place_blocked_by(const struct packet *packet, const struct verdict *v, const struct finding *f)
{
    if (f->status != FINDING_BLOCKED)
        return NULL;
    if (f->clause && f->clause->kind == MATCH_PARAM && f->clause->per_student && !v->student[0])
        return "payload";
    for (size_t i = 0; i < v->n; i++) {
        const struct finding *other = &v->findings[i];
        if (other->status == FINDING_FAIL &&
            (other->fault || (other->clause && other->field->layer < f->field->layer) ||
             hides_its_own(packet, other)))
            return other->field->name;
    }
    /* no failure below: a later fragment, or bytes that the capture did not keep */
    if (!(packet->faults & FAULT_FRAGMENT))
        return NULL;
    return packet->layers[LAYER_IP6].present ? "ipv6.fraghdr.offset" : "ip.frag_offset";
}
