/* exchange.h - makes what a student would have to send, from the compiled clauses alone; or the same with one
 * thing changed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forge/change.h"
#include "judge/rules.h"
#include "pkt/decode.h"

enum { EXCHANGE_MAX = 1500 };

/* What is sent. packet: an IP packet, or below IP an Ethernet frame; stream and datagram: the message alone.
 */
struct exchange {
    enum target_kind kind;
    uint8_t bytes[EXCHANGE_MAX];
    size_t length;
    enum link link; /* packet: what the bytes begin with */
    uint16_t port;  /* stream, datagram: where to */
    uint16_t sport; /* from which port; 0: any will do */
};

/* Builds the exchange of `student` from src to dst (host order). Lengths and checksums are right unless they
 * are the change. Returns NULL, or why no exchange can meet the clauses ("…: no value fits"), borrowed until
 * the next call in this thread. */
const char *exchange_build(const struct rules *rules, const char *student, ipaddr src, ipaddr dst,
                           const struct change *change, struct exchange *out);

/* Builds the packet that answers `to` (filled_reply's rules): what is not named is made right, with addresses
 * and ports exchanged. Returns as exchange_build. */
const char *exchange_reply(const struct rules *reply, const char *student, const struct packet *to,
                           struct exchange *out);

/* The right value of a fixed field in the right exchange; false when the rules have no clause on it. */
bool params_value(const struct rules *rules, const char *student, const struct field *field, uint64_t *out);

/* The right bytes of a text clause's field, encoded as asked for. Returns the length, 0 without such a
 * clause. */
size_t exchange_text(const struct rules *rules, const char *student, const struct field *field, uint8_t *out,
                     size_t size);
