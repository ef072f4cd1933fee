/* rulebook.h - the challenges of a class, compiled: which one a packet is for. */
#pragma once

#include "flag/keyring.h"
#include "judge/rules.h"
#include "pkt/decode.h"
#include "spec/problem.h"

/* All challenges of a class. */
struct rulebook;

/* Compiles every challenge that has a target (only those in `only`, when n_only is not 0). Borrows course,
 * class, roster (may be NULL) and ring until rulebook_free. ring NULL: parameters have no values (lint).
 * Problems are added with file and place; the result is NULL when there were errors. Also proves that no
 * packet is for two challenges and that no packet challenge listens where a stream or datagram target binds
 * or the kernel may. */
struct rulebook *rulebook_compile(const struct course *course, const struct class *class,
                                  const struct roster *roster, const struct keyring *ring,
                                  const char *const *only, size_t n_only, struct problems *problems);
/* What class and roster, borrowed, now say anew, after they were changed in place: the feedback level, and
 * whose value a wrong one is. False: no memory, and where it fails nobody's is told. */
bool rulebook_renew(struct rulebook *book);
void rulebook_free(struct rulebook *book);

/* The compiled challenges, in the order of slugs. */
size_t rulebook_count(const struct rulebook *book);
const struct rules *rulebook_at(const struct rulebook *book, size_t i);
const struct rules *rulebook_find(const struct rulebook *book, const char *slug);

/* The challenge whose socket has this port, of TCP for TARGET_STREAM and UDP for TARGET_DATAGRAM; NULL when
 * none has. 0 is no port: a socket file has none. */
const struct rules *rulebook_served(const struct rulebook *book, enum target_kind kind, uint64_t port);

/* The packet challenge whose listen clauses this packet meets; of ARP that a program made (by_hand.h), and
 * that meets none, the first challenge of ARP, whatever is wrong with its frame; NULL when there is none.
 * Cost does not depend on the number of challenges. */
const struct rules *rulebook_select(const struct rulebook *book, const struct packet *packet);

/* Gives the value of a made clause, from now on for everybody: for whoever has no key, but was told his
 * value. False when these rules have no parameter on that field. */
bool rulebook_give(struct rulebook *book, size_t i, const struct field *field, uint64_t value);
