/* places.h - the places of what waits to be called back, and whose place goes when there are no more. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"
#include "base/names.h"
#include "flag/flag.h"

enum {
    QUEUE_FLAGS = 6,      /* at one place */
    QUEUE_NEAR_MAX = 900, /* bytes of a report */
    QUEUE_FLOWS = 8,      /* own ports that are remembered */
    PLACES_A_HANDLE = 8,
    PLACES_NETS =
        65536, /* a network is a /16 here: what a class has many of at most; of IPv6 a /64, by a hash */
};

struct queue_flag {
    char slug[NAME_MAX_LEN + 1];
    char student[NAME_MAX_LEN + 1];
    char text[FLAG_SIZE];
};

/* One (address, port). All times are monotonic milliseconds. Read by others, written by queue.c alone. */
struct queue_place {
    ipaddr address;
    uint16_t port;
    bool open;                            /* a connection is being made or drained */
    bool sure;                            /* a flag was put here by its student's own host */
    struct queue_flag flags[QUEUE_FLAGS]; /* the first `sent_flags` go with the open connection */
    size_t n_flags, sent_flags;
    bool has_near, near_claims, near_sent;
    char near[QUEUE_NEAR_MAX + 1];
    char near_slug[NAME_MAX_LEN + 1];
    char near_student[NAME_MAX_LEN + 1];
    uint32_t left_out, sent_left_out; /* older near misses */
    bool near_replaced;               /* while it was under way: left out unless it arrives */
    bool sent_near;                   /* a near miss goes with the open connection: of whom, for what */
    char sent_slug[NAME_MAX_LEN + 1];
    char sent_student[NAME_MAX_LEN + 1];
    unsigned tries;         /* of the flags, since the last one was put */
    int64_t not_before;     /* a second after the last connection */
    int64_t flags_at;       /* when the flags want a connection; INT64_MAX: given up */
    int64_t flags_until;    /* when they are forgotten */
    bool probe, probe_sent; /* the student asks whether his listener can be reached */
    int64_t near_free;      /* when the next near miss may leave for this address */
    int64_t touched;
    uint16_t flows[QUEUE_FLOWS]; /* local ports of the last connections */
    unsigned n_flows;
};

struct places_table {
    size_t n, max;
    uint64_t *keys; /* of (address, port), beside the places, so that a search reads few cache lines */
    struct queue_place **at;
    uint16_t *of_net; /* how many places each network has */
};

/* Room for max places, at most 65,535. False on no memory; places_done either way. */
bool places_init(struct places_table *places, size_t max);
void places_done(struct places_table *places);

uint32_t places_net(ipaddr address);

/* True when the i-th place is of an address. */
bool places_is_at(const struct places_table *places, size_t i, ipaddr address);

struct queue_place *places_find(const struct places_table *places, ipaddr address, uint16_t port);

/* A new place, empty but for its address, port and `touched`. When there are no more, one goes: first what
 * nothing is lost with, longest untouched. For a flag (flag: true) then flags that were given up, near
 * misses, and the longest untouched place of the network that has most. What is open or tries a listener
 * stays. NULL when none goes, or on no memory. */
struct queue_place *places_add(struct places_table *places, ipaddr address, uint16_t port, bool flag,
                               int64_t now);

/* The last one moves to i. */
void places_drop(struct places_table *places, size_t i);

bool places_holds(const struct queue_place *place, const char *student);

/* Whether student's flags may wait at one place more. Where he has PLACES_A_HANDLE, his flags at another one
 * are forgotten for it: given up, else longest untouched, never of his own host, never open. His own host
 * (sure) always gets one. */
bool places_admit(struct places_table *places, const char *student, bool sure);
