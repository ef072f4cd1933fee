/* A block is looked at as a whole before anything of it is believed: its length stands at both ends. */
#include "pkt/pcapng.h"

#include <string.h>

#include "pkt/interface.h"
#include "pkt/order.h"

enum { BLOCK_MIN = 12, BLOCK_HEADER = 8, BLOCK_TRAILER = 4, INTERFACES_MAX = 1 << 16 };
enum { INTERFACE = 1, PACKET_OBSOLETE = 2, PACKET_SIMPLE = 3, PACKET_ENHANCED = 6 };
#define SECTION UINT32_C(0x0A0D0D0A) /* the same in either order */
#define ORDER UINT32_C(0x1A2B3C4D)

struct block {
    uint32_t type;
    uint32_t size;        /* all of it */
    uint64_t at;          /* of its first byte */
    const uint8_t *bytes; /* the whole; NULL when it is larger than can be looked at in one piece */
};

bool pcapng_magic(const uint8_t *bytes, size_t length)
{
    return length >= 4 && load_be32(bytes) == SECTION;
}

void pcapng_open(struct pcapng *ng)
{
    *ng = (struct pcapng){.big = false};
    buf_init(&ng->interfaces, INTERFACES_MAX * sizeof(struct interface));
}

void pcapng_close(struct pcapng *ng)
{
    buf_free(&ng->interfaces);
}

/* Finds the next block's type and size. 1, 0 at the file's end, or -1. */
static int begin(struct pcapng *ng, struct source *source, struct block *block, struct err *err)
{
    const uint8_t *head = source_peek(source, BLOCK_MIN);

    block->at = source_at(source);
    if (!head)
        return source_cut(source, block->at, "a block", err);
    if (load_be32(head) == SECTION) {
        ng->big = load_be32(head + BLOCK_HEADER) == ORDER;
        if (order_32(ng->big, head + BLOCK_HEADER) != ORDER)
            return source_damaged(source, block->at + BLOCK_HEADER, err,
                                  "a section that does not say its byte order");
    }
    block->type = order_32(ng->big, head);
    block->size = order_32(ng->big, head + 4);
    if (block->size < BLOCK_MIN || block->size % 4)
        return source_damaged(source, block->at + 4, err, "a block says that it has %u bytes", block->size);
    return 1;
}

static int check_end(const struct pcapng *ng, struct source *source, const struct block *block,
                     const uint8_t *trailer, struct err *err)
{
    uint32_t size = order_32(ng->big, trailer);

    if (size == block->size)
        return 1;
    return source_damaged(source, block->at + block->size - BLOCK_TRAILER, err,
                          "a block says that it has %u bytes, and at its end that it has %u", block->size,
                          size);
}

/* Steps over a block unseen. */
static int skip(const struct pcapng *ng, struct source *source, const struct block *block, struct err *err)
{
    const uint8_t *trailer =
        source_skip(source, block->size - BLOCK_TRAILER) ? source_peek(source, BLOCK_TRAILER) : NULL;

    if (!trailer)
        return source_cut(source, block->at, "a block", err);
    int r = check_end(ng, source, block, trailer, err);
    source_take(source, BLOCK_TRAILER);
    return r;
}

static int read_section(struct pcapng *ng, struct source *source, const struct block *block, struct err *err)
{
    if (block->size < 28)
        return source_damaged(source, block->at, err, "a section's header of %u bytes", block->size);
    unsigned major = order_16(ng->big, block->bytes + 12), minor = order_16(ng->big, block->bytes + 14);
    if (major != 1 || (minor != 0 && minor != 2))
        return source_damaged(source, block->at + 12, err, "pcapng version %u.%u is not read, 1.0 is", major,
                              minor);
    buf_clear(&ng->interfaces);
    return 1;
}

static int read_interface(struct pcapng *ng, struct source *source, const struct block *block,
                          struct err *err)
{
    struct interface interface;

    if (!interface_read(&interface, ng->big, block->bytes + BLOCK_HEADER, block->size - BLOCK_MIN))
        return source_damaged(source, block->at, err, "an interface whose description contradicts itself");
    if (buf_add(&ng->interfaces, &interface, sizeof(interface)))
        return 1;
    return source_damaged(source, block->at, err, "more than %d interfaces", INTERFACES_MAX);
}

/* The obsolete block has a count of drops in the number's other half, and is else as the enhanced one. */
static const struct interface *sender_of(const struct pcapng *ng, const struct block *block,
                                         const uint8_t *body, uint32_t *number)
{
    *number = block->type == PACKET_SIMPLE     ? 0
              : block->type == PACKET_OBSOLETE ? order_16(ng->big, body)
                                               : order_32(ng->big, body);
    size_t n = ng->interfaces.len / sizeof(struct interface);

    return *number < n ? (const struct interface *)(const void *)ng->interfaces.data + *number : NULL;
}

/* A simple block says the length on the wire alone, and what is there of it is cut at the snapshot length. */
static void read_lengths(const struct pcapng *ng, const struct block *block, const struct interface *from,
                         struct frame *frame)
{
    const uint8_t *bytes = block->bytes;
    size_t room = block->size - BLOCK_MIN - 4;

    if (block->type != PACKET_SIMPLE) {
        frame->length = order_32(ng->big, bytes + 20);
        frame->wire_length = order_32(ng->big, bytes + 24);
        uint64_t ticks = (uint64_t)order_32(ng->big, bytes + 12) << 32 | order_32(ng->big, bytes + 16);
        frame->utc_us = interface_time(from, ticks);
        return;
    }
    frame->wire_length = order_32(ng->big, bytes + BLOCK_HEADER);
    frame->length = frame->wire_length < room ? frame->wire_length : room;
    if (from->snaplen && frame->length > from->snaplen)
        frame->length = from->snaplen;
}

static int read_packet(const struct pcapng *ng, struct source *source, const struct block *block,
                       struct frame *frame, struct err *err)
{
    const size_t fixed = block->type == PACKET_SIMPLE ? 4 : 20;
    uint32_t number;

    if (block->size < BLOCK_MIN + fixed)
        return source_damaged(source, block->at, err, "a packet's block of %u bytes", block->size);
    /* of a block that is too large for one piece this much is looked at: whose it is */
    const uint8_t *head = source_peek(source, BLOCK_HEADER + fixed);
    if (!head)
        return source_cut(source, block->at, "a packet", err);
    const struct interface *from = sender_of(ng, block, head + BLOCK_HEADER, &number);
    if (!from)
        return source_damaged(source, block->at, err, "a packet of interface %u, which is not described",
                              number);
    *frame = (struct frame){.link = from->link, .link_type = from->link_type};
    if (from->link == LINK_UNKNOWN)
        return skip(ng, source, block, err);
    if (!block->bytes)
        return source_damaged(source, block->at, err, "a packet's block says that it has %u bytes",
                              block->size);
    read_lengths(ng, block, from, frame);
    if (frame->length > block->size - BLOCK_MIN - fixed || frame->length > FRAME_MAX)
        return source_damaged(source, block->at, err, "a packet says that it has %zu bytes in a block of %u",
                              frame->length, block->size);
    frame->bytes = block->bytes + BLOCK_HEADER + fixed;
    source_take(source, block->size);
    return 1;
}

/* Reads what is no packet. */
static int read_other(struct pcapng *ng, struct source *source, const struct block *block, struct err *err)
{
    if (block->type != SECTION && block->type != INTERFACE)
        return skip(ng, source, block, err);
    if (!block->bytes)
        return source_damaged(source, block->at, err, "a block of %u bytes", block->size);
    int r = block->type == SECTION ? read_section(ng, source, block, err)
                                   : read_interface(ng, source, block, err);
    source_take(source, block->size);
    return r;
}

static bool is_packet(const struct block *block)
{
    return block->type == PACKET_ENHANCED || block->type == PACKET_SIMPLE || block->type == PACKET_OBSOLETE;
}

int pcapng_next(struct pcapng *ng, struct source *source, struct frame *frame, struct err *err)
{
    struct block block;
    int r;

    while ((r = begin(ng, source, &block, err)) > 0) {
        bool small = block.size <= SOURCE_PIECE_MAX;
        block.bytes = small ? source_peek(source, block.size) : NULL;
        if (small && !block.bytes)
            return source_cut(source, block.at, "a block", err);
        if (small && check_end(ng, source, &block, block.bytes + block.size - BLOCK_TRAILER, err) < 0)
            return -1;
        if (is_packet(&block))
            return read_packet(ng, source, &block, frame, err);
        if ((r = read_other(ng, source, &block, err)) < 0)
            return r;
    }
    return r;
}
