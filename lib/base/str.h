/* str.h - strict parsers and small text helpers; the only place that turns text into numbers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a number was refused. */
enum parse_result {
    PARSE_OK,
    PARSE_NOT_A_NUMBER,
    PARSE_LEADING_ZERO, /* 010 is octal to some and ten to others: neither is guessed */
    PARSE_TOO_LARGE,
};

/* Decimal or 0x text, no sign, no blanks, at most max. Writes *out only on PARSE_OK. */
enum parse_result parse_u64(const char *text, uint64_t max, uint64_t *out);

/* "192.0.2.7" to the address in host order; each part 0..255 without leading zero. */
bool parse_ipv4(const char *text, uint32_t *out);

/* Copies with NUL; false, and out holds "", when it does not fit in size bytes. */
bool str_copy(char *out, size_t size, const char *text);

/* True when the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates). */
bool utf8_valid(const void *bytes, size_t len);

/* Makes text well-formed: a letter that is cut at its end goes, any other byte that is of no letter is '?'.
 */
void utf8_mend(char *text);

/* The length of [text, text+len) without one trailing "\r\n" or "\n". */
size_t trim_newline(const void *text, size_t len);

/* Lower-cases ASCII in place. */
void ascii_lower(char *text);
