/* UTF-8 as it comes when it is put together by hand, cut to fewer bytes or bits, or read in between as what
 * it is not. */
#include "explain/letters_bytes.h"

#include <stdio.h>
#include <string.h>

/* The upper halves of the character sets of IBM's code pages (unicode.org, CP437.TXT and CP850.TXT). */
static const uint16_t CP437[128] = {
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF, 0x00EE,
    0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9, 0x00FF, 0x00D6,
    0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA, 0x00F1, 0x00D1, 0x00AA,
    0x00BA, 0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB, 0x2591, 0x2592, 0x2593, 0x2502,
    0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255D, 0x255C, 0x255B, 0x2510, 0x2514,
    0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F, 0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550,
    0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518, 0x250C,
    0x2588, 0x2584, 0x258C, 0x2590, 0x2580, 0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4,
    0x03A6, 0x0398, 0x03A9, 0x03B4, 0x221E, 0x03C6, 0x03B5, 0x2229, 0x2261, 0x00B1, 0x2265, 0x2264, 0x2320,
    0x2321, 0x00F7, 0x2248, 0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0};
static const uint16_t CP850[128] = {
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF, 0x00EE,
    0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9, 0x00FF, 0x00D6,
    0x00DC, 0x00F8, 0x00A3, 0x00D8, 0x00D7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA, 0x00F1, 0x00D1, 0x00AA,
    0x00BA, 0x00BF, 0x00AE, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB, 0x2591, 0x2592, 0x2593, 0x2502,
    0x2524, 0x00C1, 0x00C2, 0x00C0, 0x00A9, 0x2563, 0x2551, 0x2557, 0x255D, 0x00A2, 0x00A5, 0x2510, 0x2514,
    0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x00E3, 0x00C3, 0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550,
    0x256C, 0x00A4, 0x00F0, 0x00D0, 0x00CA, 0x00CB, 0x00C8, 0x0131, 0x00CD, 0x00CE, 0x00CF, 0x2518, 0x250C,
    0x2588, 0x2584, 0x00A6, 0x00CC, 0x2580, 0x00D3, 0x00DF, 0x00D4, 0x00D2, 0x00F5, 0x00D5, 0x00B5, 0x00FE,
    0x00DE, 0x00DA, 0x00DB, 0x00D9, 0x00FD, 0x00DD, 0x00AF, 0x00B4, 0x00AD, 0x00B1, 0x2017, 0x00BE, 0x00B6,
    0x00A7, 0x00F7, 0x00B8, 0x00B0, 0x00A8, 0x00B7, 0x00B9, 0x00B3, 0x00B2, 0x25A0, 0x00A0};

size_t letters_bytes_of(uint32_t c, uint8_t *out)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xC0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3F));
        return 2;
    }
    out[0] = (uint8_t)(0xE0 | c >> 12);
    out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
    out[2] = (uint8_t)(0x80 | (c & 0x3F));
    return 3;
}

/* Each byte read as a character of a set whose upper half is given; NULL: Latin-1. */
static size_t read_as(const uint16_t *upper, const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        k += letters_bytes_of(upper && in[i] >= 0x80 ? upper[in[i] - 0x80] : in[i], out + k);
    return k;
}

/* Latin-1 two times makes four bytes of one. */
static size_t read_twice(const uint8_t *utf8, size_t n, uint8_t *out)
{
    uint8_t once[LETTER_BYTES];

    return read_as(NULL, once, read_as(NULL, utf8, n, once), out);
}

/* As a formula of bits puts it together that is wrong; of two bytes, which nearly all letters are that are
 * asked for, and of three. */
static size_t by_hand(enum letters_kind kind, const uint8_t *utf8, size_t n, uint8_t *out)
{
    const uint8_t last = utf8[n - 1] & 0x3F;

    memcpy(out, utf8, n);
    if (kind == LETTERS_RAW_LAST)
        out[n - 1] = (uint8_t)(utf8[n - 2] << 6 | last);
    else if (kind == LETTERS_NO_MARK)
        for (size_t i = 1; i < n; i++)
            out[i] = utf8[i] & 0x3F;
    else if (kind == LETTERS_EXCHANGED)
        for (size_t i = 0; i < n; i++)
            out[i] = utf8[n - 1 - i];
    else if (n != 2)
        return SIZE_MAX;
    else {
        out[0] = 0xE0;
        out[1] = 0x80 | (utf8[0] & 0x1F);
        out[2] = 0x80 | last;
        return 3;
    }
    return n;
}

static size_t seven_bits(const uint8_t *in, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = in[i] & 0x7F;
    return n;
}

/* \"u and \ss, as TeX has them; a word goes on behind the name only where something ends it. */
static size_t as_latex(bool braced, const char *base, const char *mark, const uint8_t *utf8, uint8_t *out)
{
    static const char marks[] = "`'^~ \"";
    int n;

    if (mark && *mark) {
        const uint8_t which = (uint8_t)mark[1];
        const char sign = which >= 0x80 && which <= 0x83 ? marks[which - 0x80] : which == 0x88 ? '"' : '\0';
        if (!sign)
            return SIZE_MAX;
        n = snprintf((char *)out, LETTER_BYTES, "\\%c%s", sign, base);
    } else if (memcmp(utf8, "\xC3\x9F", 2) == 0) {
        n = snprintf((char *)out, LETTER_BYTES, braced ? "{\\ss}" : "\\ss ");
    } else {
        return SIZE_MAX;
    }
    return n < 0 ? SIZE_MAX : (size_t)n;
}

size_t letters_bytes_put(enum letters_kind kind, const uint8_t *utf8, size_t n, const char *base,
                         const char *mark, uint8_t *out)
{
    uint8_t code;

    switch (kind) {
    case LETTERS_RAW_LAST:
    case LETTERS_NO_MARK:
    case LETTERS_EXCHANGED:
    case LETTERS_OVERLONG:
        return by_hand(kind, utf8, n, out);
    case LETTERS_LAST_BYTE:
    case LETTERS_FIRST_BYTE:
        out[0] = utf8[kind == LETTERS_LAST_BYTE ? n - 1 : 0];
        return 1;
    case LETTERS_SEVEN_BITS:
        return seven_bits(utf8, n, out);
    case LETTERS_SEVEN_BITS_LATIN1:
        code = (uint8_t)(utf8[0] << 6 | (utf8[1] & 0x3F));
        return n == 2 && utf8[0] <= 0xC3 ? seven_bits(&code, 1, out) : SIZE_MAX;
    case LETTERS_TWICE_437:
        return read_as(CP437, utf8, n, out);
    case LETTERS_TWICE_850:
        return read_as(CP850, utf8, n, out);
    case LETTERS_THRICE:
        return read_twice(utf8, n, out);
    case LETTERS_LATEX:
    case LETTERS_LATEX_BRACED:
        return as_latex(kind == LETTERS_LATEX_BRACED, base, mark, utf8, out);
    default:
        return SIZE_MAX;
    }
}
