/* capture.h - frames from an interface or a file, through libpcap. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "pkt/decode.h"

struct capture;

/* Opens an interface: immediate mode, snaplen 2048, 11 MiB, non-blocking, incoming frames only, with a BPF
 * filter expression ("" for none). Needs CAP_NET_RAW until it returns. ST_ENV when not permitted, with the
 * mend. */
enum status capture_open_live(struct capture **out, const char *interface, const char *filter,
                              struct err *err);

/* Opens a pcap or pcapng file; "-" is standard input. ST_INPUT when it cannot be read. */
enum status capture_open_file(struct capture **out, const char *path, struct err *err);
void capture_close(struct capture *capture);

enum link capture_link(const struct capture *capture);

/* Bytes of the file that were read, for a progress line; 0 for what has no position (an interface, a pipe).
 */
int64_t capture_offset(const struct capture *capture);

/* The descriptor to poll for a live capture; -1 for files. */
int capture_fd(const struct capture *capture);

struct frame {
    const uint8_t *bytes; /* borrowed until the next call on the capture */
    size_t length;
    size_t wire_length;
    int64_t utc_us;
};

/* Called per frame by capture_read. */
typedef void capture_fn(void *context, const struct frame *frame);

/* Hands over at most max frames (all that are there, when max is 0). Returns how many; 0 at a file's end or
 * when nothing waits; -1 with *err when the file is damaged or the interface went away. */
int capture_read(struct capture *capture, int max, capture_fn *each, void *context, struct err *err);

/* Frames that the kernel dropped since the capture began. */
uint64_t capture_dropped(const struct capture *capture);
