/* capture.h - frames from an interface, through libpcap, or from a file. */
#pragma once

#include "base/err.h"
#include "pkt/frame.h"

struct capture;

/* Opens an interface: immediate mode, snaplen 2048, 11 MiB, non-blocking, incoming frames only, with a BPF
 * filter expression ("" for none). Needs CAP_NET_RAW until it returns. ST_ENV when not permitted, with the
 * mend. */
enum status capture_open_live(struct capture **out, const char *interface, const char *filter,
                              struct err *err);

/* Opens a pcap or pcapng file, packed by gzip or not; "-" is standard input. ST_INPUT when it cannot be read,
 * with what it is instead. */
enum status capture_open_file(struct capture **out, const char *path, struct err *err);
void capture_close(struct capture *capture);

/* How far the file is read, in its own bytes (packed ones, where it is packed), for a progress line; 0 for an
 * interface. */
int64_t capture_offset(const struct capture *capture);

/* The descriptor to poll for a live capture; -1 for files. */
int capture_fd(const struct capture *capture);

/* Called per frame by capture_read: also for those of an interface in a pcapng file whose link type is not
 * read, so that frames are counted as elsewhere. */
typedef void capture_fn(void *context, const struct frame *frame);

/* Hands over at most max frames (all that are there, when max is 0). Returns how many; 0 at a file's end or
 * when nothing waits; -1 with *err when the file is cut or damaged, when none of its frames could be read, or
 * when the interface went away. */
int capture_read(struct capture *capture, int max, capture_fn *each, void *context, struct err *err);

/* Frames whose link type is not read; when there are any, out tells them in one sentence, by link types. */
uint64_t capture_unread(const struct capture *capture, char *out, size_t size);

/* Frames that the kernel dropped since the capture began. */
uint64_t capture_dropped(const struct capture *capture);
