/* told.h - what is told first of a field, and the packets of which it is told. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "explain/diagnose.h"
#include "judge/judge.h"

enum { STUDENT = 0x0A0A0028, TARGET = 0xAC10010F };

/* The first diagnosis of the field, "" and "" when it did not fail. */
struct told {
    const char *code;
    char text[sizeof(((struct diagnosis *)0)->text)], mend[sizeof(((struct diagnosis *)0)->mend)];
};

struct told told_of(const struct rules *rules, const struct packet *packet, const struct verdict *v,
                    const char *field);

/* Its code is the one, and its text and its mend hold what they must; row names it when they do not. */
void told_check(const struct told *t, const char *row, const char *code, const char *says, const char *tries);

/* A packet, and what must be told of it. of: which file of the course; ds, id, word: IPv4's DS byte,
 * identification, and flags with offset; seq, ack: TCP's, when proto is 6. */
struct packet_row {
    const char *name;
    uint8_t of, ds, proto;
    uint16_t id, word;
    uint32_t seq, ack;
    const char *field, *code, *says, *tries;
};

/* The packet's bytes, smith's, with a good sum of the IPv4 header and none of TCP's: how many. */
size_t told_packet(const struct packet_row *r, uint8_t out[128]);
