/* diagnosed.h - the codes that are told of a packet's field, and challenges to ask for them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sent.h"
#include "tree.h"

#define DST 0xAC10010Fu

enum { N_FILES = 6, CODES_SIZE = 256 };
extern const struct tree_file FILES[N_FILES];

/* "NOT_SHIFTED!" of the field's finding: ! after what is certain; "-" when it did not fail.
 * Checks what holds for every diagnosis. */
const char *codes_of(const struct rules *rules, const uint8_t *bytes, size_t length, const char *field,
                     char out[CODES_SIZE]);

void expect_codes(const char *what, const char *got, const char *want);
