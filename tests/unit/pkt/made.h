/* made.h - capture files that a test makes byte by byte. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "pkt/capture.h"

/* A file that grows; big is the byte order of what is added next. */
struct made {
    struct buf bytes;
    bool big;
};

void made_begin(struct made *made, bool big);
void made_16(struct made *made, unsigned v);
void made_32(struct made *made, uint32_t v);

/* Blocks of pcapng. options: whole ones, already padded. */
void made_block(struct made *made, uint32_t type, const void *body, size_t size);
void made_section(struct made *made);
void made_interface(struct made *made, unsigned link_type, uint32_t snaplen, const void *options,
                    size_t size);

/* type 2 and 6: obsolete and enhanced; 3: simple, which says neither interface nor time. The packet has
 * `length` bytes, all of them `fill`. */
void made_packet(struct made *made, uint32_t type, unsigned interface, uint64_t ticks, uint8_t fill,
                 size_t length, uint32_t wire_length);

/* A pcap file's header, and a packet in it. */
void made_classic(struct made *made, uint32_t magic, uint32_t link_type);
void made_record(struct made *made, uint32_t seconds, uint32_t fraction, uint8_t fill, size_t length);

/* The bytes as one gzip member, not compressed: added to out. */
void made_gzip(struct buf *out, const void *bytes, size_t size);

/* What reading gave. */
enum { SEEN_MAX = 16 };
struct seen {
    struct frame frames[SEEN_MAX];
    uint8_t fills[SEEN_MAX]; /* the first byte of each; 0 when it has none */
    int n;
    int result; /* of capture_open_file, as -1, or of the last capture_read */
    enum status status;
    struct err err;
    uint64_t unread;
    char unread_text[600];
    int64_t offset;
};

/* Reads the bytes as a file, and the frames' bytes while they are there. */
void made_read(const void *bytes, size_t size, struct seen *seen);
