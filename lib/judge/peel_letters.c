/* A text's letters in other bytes than UTF-8's. */
#include <string.h>

#include "base/cursor.h"
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

/* The letter at the beginning of a text that is valid UTF-8, of two or three bytes; 0 for others. */
static uint32_t letter_at(const uint8_t *text, size_t length, size_t *size)
{
    *size = text[0] < 0x80 ? 1 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
    if (*size > length)
        return 0;
    if (*size == 2)
        return (uint32_t)(text[0] & 0x1F) << 6 | (text[1] & 0x3F);
    return *size == 3 ? (uint32_t)(text[0] & 0x0F) << 12 | (uint32_t)(text[1] & 0x3F) << 6 | (text[2] & 0x3F)
                      : 0;
}

uint8_t peel_alike_of(const uint8_t *text, size_t length, size_t *size)
{
    enum { WIDE_FIRST = 0xFF01, WIDE_LAST = 0xFF5E };
    /* Cyrillic, Greek, the dotless i, the hyphens of word processors, and what pages have for a blank or
     * where a line may break */
    static const struct {
        uint16_t code;
        char like;
    } table[] = {
        {0x430, 'a'},          {0x435, 'e'},          {0x43E, 'o'},          {0x440, 'p'},
        {0x441, 'c'},          {0x443, 'y'},          {0x445, 'x'},          {0x455, 's'},
        {0x456, 'i'},          {0x458, 'j'},          {0x4BB, 'h'},          {0x501, 'd'},
        {0x51B, 'q'},          {0x51D, 'w'},          {0x432, 'b'},          {0x43A, 'k'},
        {0x43C, 'm'},          {0x43D, 'h'},          {0x442, 't'},          {0x410, 'A'},
        {0x412, 'B'},          {0x415, 'E'},          {0x41A, 'K'},          {0x41C, 'M'},
        {0x41D, 'H'},          {0x41E, 'O'},          {0x420, 'P'},          {0x421, 'C'},
        {0x422, 'T'},          {0x425, 'X'},          {0x405, 'S'},          {0x406, 'I'},
        {0x408, 'J'},          {0x3B1, 'a'},          {0x3B9, 'i'},          {0x3BA, 'k'},
        {0x3BD, 'v'},          {0x3BF, 'o'},          {0x3C1, 'p'},          {0x3C5, 'u'},
        {0x131, 'i'},          {0x2010, '-'},         {0x2011, '-'},         {0x2012, '-'},
        {0x2013, '-'},         {0x2014, '-'},         {0x2212, '-'},         {0xA0, ' '},
        {0x2002, ' '},         {0x2003, ' '},         {0x2009, ' '},         {0x202F, ' '},
        {0x3000, ' '},         {0xAD, PEEL_UNSEEN},   {0x200B, PEEL_UNSEEN}, {0x200C, PEEL_UNSEEN},
        {0x200D, PEEL_UNSEEN}, {0x2060, PEEL_UNSEEN}, {0xFEFF, PEEL_UNSEEN},
    };
    const uint32_t code = letter_at(text, length, size);

    if (code >= WIDE_FIRST && code <= WIDE_LAST)
        return (uint8_t)(code - WIDE_FIRST + '!');
    for (size_t i = 0; code && i < sizeof(table) / sizeof(table[0]); i++)
        if (table[i].code == code)
            return (uint8_t)table[i].like;
    return 0;
}

static bool is_ascii(const uint8_t *in, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (in[i] >= 0x80)
            return false;
    return true;
}

ptrdiff_t peel_alike(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0, size;
    bool found = false;

    if (is_ascii(in, n) || !utf8_valid(in, n))
        return -1;
    for (size_t i = 0; i < n; i += size) {
        const uint8_t like = peel_alike_of(in + i, n - i, &size);
        if (like == PEEL_UNSEEN)
            ;
        else if (like)
            out[k++] = like;
        else
            for (size_t j = 0; j < size; j++)
                out[k++] = in[i + j];
        found = found || like;
    }
    return found ? (ptrdiff_t)k : -1;
}

static int value64(uint8_t c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(letters, c) : NULL;

    return at ? (int)(at - letters) : -1;
}

/* RFC 2152: + and the Base64 of UTF-16, up to the - behind it. Only letters beyond ASCII are so. */
ptrdiff_t peel_utf7(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0, found = 0;

    if (!memchr(in, '+', n) || !is_ascii(in, n) || n * 2 > PEEL_BYTES)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (in[i] != '+') {
            out[k++] = in[i];
            continue;
        }
        uint32_t acc = 0, bits = 0;
        for (i++; i < n && value64(in[i]) >= 0; i++) {
            acc = acc << 6 | (uint32_t)value64(in[i]);
            bits += 6;
            if (bits < 16)
                continue;
            bits -= 16;
            const uint32_t code = acc >> bits & 0xFFFF;
            if (code < 0x80 || (code >= 0xD800 && code <= 0xDFFF))
                return -1;
            k += put_utf8(code, out + k);
            found++;
        }
        if (bits >= 6 || acc & ((1u << bits) - 1) || i == n || in[i] != '-')
            return -1;
    }
    return found ? (ptrdiff_t)k : -1;
}

/* struct.pack('!H', ord(c)) for what is beyond ASCII, in either order, among letters of one byte. */
ptrdiff_t peel_wide(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0, big = 0, little = 0;

    if (!memchr(in, 0, n) || 2 * n > PEEL_BYTES)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (in[i] && in[i] < 0x80) {
            out[k++] = in[i];
            continue;
        }
        if (i + 1 == n || (!in[i] ? in[i + 1] < 0xA0 : in[i] < 0xA0 || in[i + 1]))
            return -1;
        big += !in[i];
        little += in[i] != 0;
        k += put_utf8(in[i] ? in[i] : in[i + 1], out + k);
        i++;
    }
    return big && little ? -1 : (ptrdiff_t)k;
}

/* RFC 2781. Without a byte order mark the first letter must be ASCII: it tells the order. What a buffer was
 * filled up with is left as one NUL. */
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
        if (k && !high && all_zero(in + i, n - i)) {
            out[k++] = 0;
            break;
        }
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

/* As many as stand there: an editor adds one to what has one. */
ptrdiff_t peel_bom(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t first = 0;

    while (n > first + 3 && memcmp(in + first, "\xEF\xBB\xBF", 3) == 0)
        first += 3;
    memcpy(out, in + first, n - first);
    return first ? (ptrdiff_t)(n - first) : -1;
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
