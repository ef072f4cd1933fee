/* dump.h - the frame in hex, with what is wrong marked. */
#pragma once

#include "base/buf.h"
#include "judge/verdict.h"

/* The frame in hex as text2pcap reads it, the bytes of failed findings marked in comment lines below. At most
 * 256 bytes, which hold the first marked one; what is left out is said. */
void dump_frame(const struct packet *packet, const struct verdict *verdict, struct buf *out);
