#include "pkt/classic.h"

#include "pkt/order.h"

enum { FILE_HEADER = 24, PACKET_HEADER = 16, US_A_SECOND = 1000000, NS_A_SECOND = 1000000000 };
#define MAGIC_US UINT32_C(0xA1B2C3D4)
#define MAGIC_NS UINT32_C(0xA1B23C4D)

/* The rest of that word says how long a frame check sequence is. */
#define LINK_TYPE_BITS UINT32_C(0x03FFFFFF)

static bool magic_in(bool big, const uint8_t *bytes)
{
    uint32_t magic = order_32(big, bytes);

    return magic == MAGIC_US || magic == MAGIC_NS;
}

bool classic_magic(const uint8_t *bytes, size_t length)
{
    return length >= 4 && (magic_in(false, bytes) || magic_in(true, bytes));
}

enum status classic_open(struct classic *classic, struct source *source, struct err *err)
{
    const uint8_t *header = source_peek(source, FILE_HEADER);

    if (!header) {
        source_cut(source, 0, "the header", err);
        return ST_INPUT;
    }
    bool big = magic_in(true, header);
    *classic = (struct classic){.big = big,
                                .nano = order_32(big, header) == MAGIC_NS,
                                .link_type = order_32(big, header + 20) & LINK_TYPE_BITS};
    classic->link = link_of_dlt((int)classic->link_type);
    unsigned major = order_16(big, header + 4), minor = order_16(big, header + 6);
    /* 2.3 and before have lengths in the other order, or not, by who wrote them */
    if (major != 2 || minor != 4)
        return err_set(err, ST_INPUT, "pcap version %u.%u is not read, 2.4 is; editcap converts it", major,
                       minor);
    source_take(source, FILE_HEADER);
    return ST_OK;
}

/* A fraction that is none makes no time. */
static int64_t time_of(const struct classic *classic, uint32_t seconds, uint32_t fraction)
{
    if (fraction >= (classic->nano ? NS_A_SECOND : US_A_SECOND))
        return 0;
    return (int64_t)seconds * US_A_SECOND + (classic->nano ? fraction / 1000 : fraction);
}

int classic_next(struct classic *classic, struct source *source, struct frame *frame, struct err *err)
{
    const uint8_t *header = source_peek(source, PACKET_HEADER);
    bool big = classic->big;

    if (!header)
        return source_cut(source, source_at(source), "a packet's header", err);
    uint32_t length = order_32(big, header + 8);
    if (length > FRAME_MAX)
        return source_damaged(source, source_at(source) + 8, err,
                              "a packet says that it has %u bytes, at most %d can be", length, FRAME_MAX);
    header = source_peek(source, PACKET_HEADER + length);
    if (!header)
        return source_cut(source, source_at(source), "a packet", err);
    *frame = (struct frame){.bytes = header + PACKET_HEADER,
                            .length = length,
                            .wire_length = order_32(big, header + 12),
                            .utc_us = time_of(classic, order_32(big, header), order_32(big, header + 4)),
                            .link = classic->link,
                            .link_type = classic->link_type};
    source_take(source, PACKET_HEADER + length);
    return 1;
}
