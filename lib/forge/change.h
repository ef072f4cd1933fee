/* change.h - one thing that is made wrong in a right exchange. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "judge/rules.h"

enum { CHANGE_FIELDS_MAX = 8 };

/* One thing that differs from the right exchange. All zero changes nothing. */
struct change {
    const struct field *field; /* NULL: nothing */
    enum {
        CHANGE_VALUE,    /* the field holds `value` */
        CHANGE_CHECKSUM, /* the checksum is computed by the wrong recipe `recipe` */
        CHANGE_BYTES,    /* the field's bytes are `bytes` */
        CHANGE_FIELDS, /* of the frame: `fields` hold other values, and the payload `bytes`, where payload */
    } kind;
    uint64_t value;
    const char *recipe; /* a word of changes.def: "zero", "no_pseudo_header", … */
    uint8_t bytes[512];
    size_t length;
    bool payload;
    size_t n_fields;
    struct {
        const struct field *field;
        uint64_t value;
    } fields[CHANGE_FIELDS_MAX];
};

/* Reads a refuse row into a change of this student's right exchange. Returns NULL, or why it cannot be. */
const char *change_of_refuse(const struct rules *rules, const char *student, const struct refuse_spec *row,
                             struct change *out);
