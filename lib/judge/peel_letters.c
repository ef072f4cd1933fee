/* A text's letters in other bytes than UTF-8's. */
#include <string.h>

#include "base/str.h"
#include "judge/peel_private.h"

/* A code point as UTF-8; returns its bytes. */
static size_t put_utf8(uint32_t c, uint8_t out[4])
{
    static const uint8_t first[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (uint8_t)(0x80 | (c & 0x3F));
    out[0] = (uint8_t)(first[n > 1 ? n : 0] | c);
    return n;
}

/* RFC 2781. Without a byte order mark the first letter must be ASCII: it tells the order. */
ptrdiff_t peel_utf16(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0, first = 0;
    uint32_t high = 0;

    if (n < 4 || n % 2 || n / 2 * 3 > PEEL_BYTES)
        return -1;
    if ((in[0] == 0xFF && in[1] == 0xFE) || (in[0] == 0xFE && in[1] == 0xFF))
        first = 2;
    else if (!in[0] == !in[1])
        return -1;
    size_t low = first ? in[0] == 0xFE : in[0] == 0; /* which byte of a unit is its lower half */
    for (size_t i = first; i < n; i += 2) {
        uint32_t unit = (uint32_t)in[i + 1 - low] << 8 | in[i + low];
        bool second = unit >= 0xDC00 && unit <= 0xDFFF;
        if (unit == 0 || second != (high != 0))
            return -1;
        if (unit >= 0xD800 && unit <= 0xDBFF) {
            high = unit;
            continue;
        }
        k += put_utf8(second ? 0x10000 + ((high & 0x3FF) << 10 | (unit & 0x3FF)) : unit, out + k);
        high = 0;
    }
    return high ? -1 : (ptrdiff_t)k;
}

/* The same in units of four bytes, of which three at most are ever used. */
ptrdiff_t peel_utf32(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0, first = 0;

    if (n < 4 || n % 4 || n > PEEL_BYTES)
        return -1;
    const bool big = in[0] == 0;
    if (memcmp(in, "\xFF\xFE\0", 4) == 0 || memcmp(in, "\0\0\xFE\xFF", 4) == 0)
        first = 4;
    for (size_t i = first; i < n; i += 4) {
        const uint8_t *u = in + i;
        uint32_t c = big ? (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3]
                         : (uint32_t)u[3] << 24 | (uint32_t)u[2] << 16 | (uint32_t)u[1] << 8 | u[0];
        if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
            return -1;
        k += put_utf8(c, out + k);
    }
    return (ptrdiff_t)k;
}

ptrdiff_t peel_bom(const uint8_t *in, size_t n, uint8_t *out)
{
    if (n <= 3 || memcmp(in, "\xEF\xBB\xBF", 3) != 0)
        return -1;
    memcpy(out, in + 3, n - 3);
    return (ptrdiff_t)n - 3;
}

ptrdiff_t peel_latin1(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0;

    if (utf8_valid(in, n) || 2 * n > PEEL_BYTES)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (in[i] >= 0x80)
            out[k++] = (uint8_t)(0xC0 | in[i] >> 6);
        out[k++] = in[i] >= 0x80 ? (uint8_t)(0x80 | (in[i] & 0x3F)) : in[i];
    }
    return (ptrdiff_t)k;
}
