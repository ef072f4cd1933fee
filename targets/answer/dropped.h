/* dropped.h - packets to a socket of ours that the kernel drops before it: only the capture sees them. */
#pragma once

#include "pkt/decode.h"
#include "targets/state/runtime.h"

/* Keeps for `seen` why a packet to a stream's or a datagram's port never reaches it: its length or a checksum
 * is wrong (RFC 768; RFC 9293, section 3.1; RFC 1122, sections 3.2.1.2, 4.1.3.4 and 4.2.2.7). Of TCP a SYN
 * alone is looked at: whatever else comes is some connection's. False when nothing is wrong with it. */
bool dropped_note(struct runtime *runtime, const struct packet *packet);
