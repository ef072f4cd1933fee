/* peel_private.h - the wrappings one by one; for peel.c alone. */
#pragma once

#include "judge/peel.h"

/* Each takes one wrapping off `in`, n bytes of at most PEEL_BYTES, and writes what is left to out
 * (PEEL_BYTES + 4 bytes): returns its length, or -1 (or 0) when the bytes are not so wrapped. */
typedef ptrdiff_t peel_step(const uint8_t *in, size_t n, uint8_t *out);

/* peel_wrap.c */
peel_step peel_newline, peel_escape, peel_nul, peel_nuls_before, peel_blanks, peel_repr, peel_quotes,
    peel_xxd, peel_separators, peel_twice, peel_spaced, peel_counted, peel_pickle, peel_framed, peel_urlsafe,
    peel_unpadded, peel_overpadded, peel_wrapped;

/* peel_code.c */
peel_step peel_hex, peel_base64, peel_base64_case, peel_base32, peel_base85, peel_codes, peel_integer,
    peel_percent, peel_quoted, peel_entities, peel_part, peel_rot13, peel_pairs, peel_reversed;

/* peel_letters.c */
peel_step peel_utf16, peel_utf32, peel_bom, peel_latin1, peel_alike, peel_utf7, peel_wide;
