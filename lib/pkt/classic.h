/* classic.h - pcap files: one header with one link type, then packets. */
#pragma once

#include "base/err.h"
#include "pkt/frame.h"
#include "pkt/source.h"

struct classic {
    bool big;  /* byte order */
    bool nano; /* the fraction is of nanoseconds */
    uint32_t link_type;
    enum link link;
};

/* True when bytes begin as such a file does. */
bool classic_magic(const uint8_t *bytes, size_t length);

/* Reads the header (draft-ietf-opsawg-pcap, section 4). ST_INPUT when it is cut or of another version. */
enum status classic_open(struct classic *classic, struct source *source, struct err *err);

/* The next packet: 1, 0 at the end, -1 with *err when the file is cut or damaged. */
int classic_next(struct classic *classic, struct source *source, struct frame *frame, struct err *err);
