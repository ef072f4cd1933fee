/* packing.h - how the values of a header may have been packed, and the header that they make; private to
 * lib/explain. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pkt/decode.h"

enum { PACKING_VALUES_MAX = 10, PACKING_HEADER_MAX = 20 };

/* A header's usual format; of: its n values in wire order. text: bytes that no byte order turns round. */
struct form {
    enum layer layer;
    const char *format; /* struct's */
    size_t size, n;
    struct {
        const char *name;
        uint8_t at, width;
        bool text;
    } of[PACKING_VALUES_MAX];
};

/* How a form's values were packed. */
struct packing {
    const struct form *form;
    bool little;
    bool joined; /* data offset and flags were one value of two bytes */
    struct {
        uint8_t width; /* bytes on the wire; 0: left out */
        uint8_t zeros; /* bytes of 0 before it */
        bool twice;
    } as[PACKING_VALUES_MAX + 1]; /* the last: zeros behind the header */
};

/* Where the header was sent; borrowed. */
struct place_sent {
    const uint8_t *bytes;
    size_t length;
    size_t at; /* in the frame */
};

/* The i-th form, NULL behind the last. */
const struct form *packing_form(size_t i);

/* As the form says. */
struct packing packing_usual(const struct form *form);

/* Bytes on the wire. */
size_t packing_size(const struct packing *p);

/* The header as it should have been packed. unknown: a bit for each of its bytes that was not sent, or that
 * the kernel wrote over; sum_at: where its checksum was sent, 0 for nowhere. False when bytes that have no
 * place are not 0, or too few were sent. */
bool packing_undo(const struct packing *p, const struct place_sent *sent, uint8_t header[PACKING_HEADER_MAX],
                  uint64_t *unknown, size_t *sum_at);
