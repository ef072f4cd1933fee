/* recording.h - a file of frames, of whichever kind. */
#pragma once

#include "base/err.h"
#include "pkt/frame.h"

struct recording;

/* Opens a pcap or pcapng file, packed by gzip or not; "-" is standard input. What it is is seen by its first
 * bytes. ST_INPUT when it is none, with what it is instead; ST_ENV on no memory. */
enum status recording_open(struct recording **out, const char *path, struct err *err);
void recording_close(struct recording *recording);

/* The next frame: 1, 0 at the end, -1 with *err when the file is cut or damaged. */
int recording_next(struct recording *recording, struct frame *frame, struct err *err);

/* The link type that all of the file has, where it has but one: a pcap file. False for pcapng. */
bool recording_link_type(const struct recording *recording, uint32_t *out);

/* How far the file is read, in its own bytes. */
uint64_t recording_offset(const struct recording *recording);
