#include "made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "unit.h"

enum { FILE_MAX = 4 << 20 };

void made_begin(struct made *made, bool big)
{
    made->big = big;
    buf_init(&made->bytes, FILE_MAX);
}

void made_16(struct made *made, unsigned v)
{
    const uint8_t big[2] = {(uint8_t)(v >> 8), (uint8_t)v}, little[2] = {(uint8_t)v, (uint8_t)(v >> 8)};

    CU_ASSERT_TRUE_FATAL(buf_add(&made->bytes, made->big ? big : little, 2));
}

void made_32(struct made *made, uint32_t v)
{
    made_16(made, made->big ? v >> 16 : v & 0xFFFF);
    made_16(made, made->big ? v & 0xFFFF : v >> 16);
}

static void fill_with(struct made *made, uint8_t fill, size_t length)
{
    for (size_t i = 0; i < length; i++)
        CU_ASSERT_TRUE_FATAL(buf_add(&made->bytes, &fill, 1));
}

void made_block(struct made *made, uint32_t type, const void *body, size_t size)
{
    uint32_t total = (uint32_t)(12 + ((size + 3) & ~(size_t)3));

    made_32(made, type);
    made_32(made, total);
    buf_add(&made->bytes, body, size);
    fill_with(made, 0, total - 12 - size);
    made_32(made, total);
}

void made_section(struct made *made)
{
    made_32(made, 0x0A0D0D0A);
    made_32(made, 28);
    made_32(made, 0x1A2B3C4D);
    made_16(made, 1);
    made_16(made, 0);
    made_32(made, UINT32_MAX);
    made_32(made, UINT32_MAX);
    made_32(made, 28);
}

void made_interface(struct made *made, unsigned link_type, uint32_t snaplen, const void *options, size_t size)
{
    made_32(made, 1);
    made_32(made, (uint32_t)(20 + size));
    made_16(made, link_type);
    made_16(made, 0);
    made_32(made, snaplen);
    buf_add(&made->bytes, options, size);
    made_32(made, (uint32_t)(20 + size));
}

void made_packet(struct made *made, uint32_t type, unsigned interface, uint64_t ticks, uint8_t fill,
                 size_t length, uint32_t wire_length)
{
    size_t padded = (length + 3) & ~(size_t)3;
    uint32_t total = (uint32_t)((type == 3 ? 16 : 32) + padded);

    made_32(made, type);
    made_32(made, total);
    if (type == 2) {
        made_16(made, interface);
        made_16(made, 77); /* drops */
    } else if (type == 6) {
        made_32(made, interface);
    }
    if (type != 3) {
        made_32(made, (uint32_t)(ticks >> 32));
        made_32(made, (uint32_t)ticks);
        made_32(made, (uint32_t)length);
    }
    made_32(made, wire_length);
    fill_with(made, fill, length);
    fill_with(made, 0xEE, padded - length);
    made_32(made, total);
}

void made_classic(struct made *made, uint32_t magic, uint32_t link_type)
{
    made_32(made, magic);
    made_16(made, 2);
    made_16(made, 4);
    made_32(made, 0);
    made_32(made, 0);
    made_32(made, 65535);
    made_32(made, link_type);
}

void made_record(struct made *made, uint32_t seconds, uint32_t fraction, uint8_t fill, size_t length)
{
    made_32(made, seconds);
    made_32(made, fraction);
    made_32(made, (uint32_t)length);
    made_32(made, (uint32_t)length + 5);
    fill_with(made, fill, length);
}

/* RFC 1952, section 8, bit by bit. */
static uint32_t crc_of(const uint8_t *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

void made_gzip(struct buf *out, const void *bytes, size_t size)
{
    static const uint8_t header[10] = {0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3};
    struct made made = {.bytes = *out};

    CU_ASSERT_TRUE_FATAL(size < 65536);
    buf_add(&made.bytes, header, sizeof(header));
    fill_with(&made, 1, 1); /* the last block, stored (RFC 1951, section 3.2.4) */
    made_16(&made, (unsigned)size);
    made_16(&made, ~(unsigned)size & 0xFFFF);
    buf_add(&made.bytes, bytes, size);
    made_32(&made, crc_of(bytes, size));
    made_32(&made, (uint32_t)size);
    *out = made.bytes;
}

static void on_frame(void *context, const struct frame *frame)
{
    struct seen *seen = context;

    CU_ASSERT_FATAL(seen->n < SEEN_MAX);
    seen->frames[seen->n] = *frame;
    seen->fills[seen->n] = frame->length ? frame->bytes[0] : 0;
    for (size_t i = 0; i < frame->length; i++)
        CU_ASSERT_EQUAL(frame->bytes[i], frame->bytes[0]);
    seen->n++;
}

void made_read(const void *bytes, size_t size, struct seen *seen)
{
    char path[] = "/tmp/wiregrade-capture-XXXXXX";
    int fd = mkstemp(path);
    struct capture *capture;

    *seen = (struct seen){.result = -1};
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write_all(fd, bytes, size), 0);
    close(fd);
    seen->status = capture_open_file(&capture, path, &seen->err);
    if (seen->status == ST_OK) {
        while ((seen->result = capture_read(capture, 2, on_frame, seen, &seen->err)) > 0)
            ;
        seen->unread = capture_unread(capture, seen->unread_text, sizeof(seen->unread_text));
        seen->offset = capture_offset(capture);
        capture_close(capture);
    }
    unlink(path);
}
