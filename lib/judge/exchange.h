/* exchange.h - makes what a student would have to send, from the compiled clauses alone; or the same with one
 * thing changed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/rules.h"

enum { EXCHANGE_MAX = 1500 };

/* What is sent. packet: an IPv4 packet; stream and datagram: the message alone. */
struct exchange {
    enum target_kind kind;
    uint8_t bytes[EXCHANGE_MAX];
    size_t length;
    uint16_t port; /* stream, datagram: where to */
};

/* One thing that differs from the right exchange. All zero changes nothing. */
struct change {
    const struct field *field; /* NULL: nothing */
    enum {
        CHANGE_VALUE,    /* the field holds `value` */
        CHANGE_CHECKSUM, /* the checksum is computed by the wrong recipe `recipe` */
        CHANGE_BYTES,    /* the field's bytes are `bytes` */
    } kind;
    uint64_t value;
    const char *recipe; /* a word of changes.def: "zero", "no_pseudo_header", … */
    uint8_t bytes[512];
    size_t length;
};

/* Builds the exchange of `student` from src to dst (host order). Lengths and checksums are right unless they
 * are the change. Returns NULL, or why no exchange can meet the clauses ("…: no value fits"), borrowed until
 * the next call in this thread. */
const char *exchange_build(const struct rules *rules, const char *student, uint32_t src, uint32_t dst,
                           const struct change *change, struct exchange *out);

/* The right value of a fixed field in the right exchange; false when the rules have no clause on it. */
bool params_value(const struct rules *rules, const char *student, const struct field *field, uint64_t *out);

/* The right bytes of a text clause's field, encoded as asked for. Returns the length, 0 without such a
 * clause. */
size_t exchange_text(const struct rules *rules, const char *student, const struct field *field, uint8_t *out,
                     size_t size);

/* Reads a refuse row into a change of this student's right exchange. Returns NULL, or why it cannot be. */
const char *change_of_refuse(const struct rules *rules, const char *student, const struct refuse_spec *row,
                             struct change *out);
