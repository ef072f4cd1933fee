/* pcapng.h - pcapng files: sections of blocks, each packet with the link type of its own interface. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "pkt/frame.h"
#include "pkt/source.h"

struct pcapng {
    bool big;              /* byte order of the section */
    struct buf interfaces; /* of the section, in the order of their numbers */
};

/* True when bytes begin as such a file does. */
bool pcapng_magic(const uint8_t *bytes, size_t length);

/* Ready for pcapng_next, which reads the first section's header as any other. */
void pcapng_open(struct pcapng *pcapng);
void pcapng_close(struct pcapng *pcapng);

/* The next packet of any section (draft-ietf-opsawg-pcapng: enhanced and simple packet blocks, and the
 * obsolete one): 1, 0 at the end, -1 with *err when the file is cut or damaged. Other blocks are stepped
 * over, whatever they are. A packet of a link type that is not read has no bytes. */
int pcapng_next(struct pcapng *pcapng, struct source *source, struct frame *frame, struct err *err);
