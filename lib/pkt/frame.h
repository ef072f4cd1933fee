/* frame.h - one captured frame, as an interface and every kind of file hand it over. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "pkt/decode.h"

/* The most bytes of one packet in a file: what tcpdump and Wireshark allow. */
enum { FRAME_MAX = 262144 };

struct frame {
    const uint8_t *bytes; /* borrowed until the next call on the capture; none where link is LINK_UNKNOWN */
    size_t length;
    size_t wire_length;
    int64_t utc_us;     /* 0 where the file gives no time, or one that is none */
    uint32_t link_type; /* the LINKTYPE_ number of the interface that saw it */
    enum link link;
};
