/* headless.h - what stands where a TCP or UDP header belongs, and is none; private to lib/explain. */
#pragma once

#include "explain/noise.h"
#include "pkt/decode.h"

/* Puts code, why and what to try for an IPv4 packet of TCP or UDP in which the text, or the pseudo-header of
 * the checksum, stands in the header's place; for one without a protocol in which the text stands first; for
 * a header of UDP whose length and port are exchanged, or that follows another protocol's number; and for a
 * later fragment. False for others. */
bool headless_tell(const struct rulebook *book, const struct packet *packet, struct noise *out);
