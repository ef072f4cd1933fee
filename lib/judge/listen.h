/* listen.h - which challenge a packet is for. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "judge/rules.h"
#include "pkt/decode.h"
#include "spec/problem.h"

enum { SHAPES_MAX = 32 };

/* A set of one or two fields that some listen uses; its challenges stand in one hash table. */
struct shape {
    const struct field *fields[2]; /* [1] is NULL for one */
    uint8_t layer, at, width; /* where [0] stands, when it is a port or IPv4's protocol; width 0: elsewhere */
    uint64_t last_bits;       /* bit n: some challenge has a first value whose last six bits are n */
};

struct listen_slot {
    const struct rules *rules; /* NULL: empty */
    uint32_t shape;
    uint64_t values[2];
};

/* Start from {0}. The number of look-ups for a packet is the number of shapes, whatever the number of
 * challenges. */
struct listen_table {
    struct shape shapes[SHAPES_MAX];
    size_t n_shapes;
    struct listen_slot *slots;
    size_t n_slots; /* a power of two */
};

/* Fills the table with the packet challenges among n rules. False on no memory or too many shapes. */
bool listen_build(struct listen_table *table, struct rules *const *rules, size_t n);
void listen_free(struct listen_table *table);
const struct rules *listen_find(const struct listen_table *table, const struct packet *packet);

/* The i-th value (from 0) that a listen names of a field: of its own clause, or the protocol that a transport
 * field implies. False: it says nothing of it, or names no more. */
bool listen_names(const struct rules *rules, const char *field, size_t i, uint64_t *out);

/* Adds a problem for every packet that would be for two challenges, and for every packet challenge that
 * listens where a kernel socket may answer. */
void listen_check(struct rules *const *rules, size_t n, const struct class *class, struct problems *problems);
