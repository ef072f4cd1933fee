/* codec.h - hex, Base64 and Base32 as RFC 4648 writes them; decoding is strict. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes needed for the text of n bytes, with the NUL. */
#define HEX_SIZE(n) ((n)*2 + 1)
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)
#define BASE32_SIZE(n) (((n)*8 + 4) / 5 + 1)

/* Lower-case hex (section 8); out has HEX_SIZE(len) bytes. */
void hex_encode(char *out, const void *bytes, size_t len);

/* Pairs of hex digits in either case and nothing else. Returns the number of bytes written to out (at most
 * size), -1 when the text is not hex or does not fit. */
ptrdiff_t hex_decode(uint8_t *out, size_t size, const char *text, size_t len);

/* Standard alphabet with padding (section 4); out has BASE64_SIZE(len) bytes. */
void base64_encode(char *out, const void *bytes, size_t len);

/* Standard alphabet, padding required, unused bits zero, no blanks. Returns bytes written, -1 when refused.
 */
ptrdiff_t base64_decode(uint8_t *out, size_t size, const char *text, size_t len);

/* Lower-case Base32 (section 6) without padding; out has BASE32_SIZE(len) bytes. */
void base32_encode(char *out, const void *bytes, size_t len);
