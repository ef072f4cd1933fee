#include "base/str.h"

#include <stdio.h>
#include <string.h>

static int digit_of(char c, unsigned base)
{
    int v = -1;

    if (c >= '0' && c <= '9')
        v = c - '0';
    else if (c >= 'a' && c <= 'f')
        v = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
        v = c - 'A' + 10;
    return v >= 0 && (unsigned)v < base ? v : -1;
}

enum parse_result parse_u64(const char *text, uint64_t max, uint64_t *out)
{
    unsigned base = 10;
    uint64_t value = 0;
    const char *p = text;

    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        base = 16;
        p += 2;
    } else if (p[0] == '0' && p[1] != '\0') {
        for (const char *q = p; *q; q++)
            if (digit_of(*q, 10) < 0)
                return PARSE_NOT_A_NUMBER;
        return PARSE_LEADING_ZERO;
    }
    if (!*p)
        return PARSE_NOT_A_NUMBER;
    bool large = false;
    for (; *p; p++) {
        int d = digit_of(*p, base);
        if (d < 0)
            return PARSE_NOT_A_NUMBER;
        if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
            __builtin_add_overflow(value, (uint64_t)d, &value))
            large = true;
    }
    if (large || value > max)
        return PARSE_TOO_LARGE;
    *out = value;
    return PARSE_OK;
}

/* Reads a decimal part of at most three digits that ends at one of `ends`; NULL when it is not one. */
static const char *parse_part(const char *p, unsigned max, const char *ends, unsigned *out)
{
    unsigned v = 0;
    const char *start = p;

    while (*p >= '0' && *p <= '9' && p - start < 3)
        v = v * 10 + (unsigned)(*p++ - '0');
    if (p == start || (p - start > 1 && *start == '0') || v > max || !strchr(ends, *p))
        return NULL;
    *out = v;
    return p;
}

bool parse_ipv4(const char *text, uint32_t *out)
{
    uint32_t addr = 0;

    for (int i = 0; i < 4; i++) {
        unsigned part;
        text = parse_part(text, 255, i < 3 ? "." : "", &part);
        if (!text || (i < 3 && *text != '.'))
            return false;
        addr = addr << 8 | part;
        text += i < 3;
    }
    *out = addr;
    return true;
}

bool str_copy(char *out, size_t size, const char *text)
{
    size_t len = strlen(text);

    if (len >= size) {
        out[0] = '\0';
        return false;
    }
    memcpy(out, text, len + 1);
    return true;
}

/* The number of bytes of the UTF-8 sequence at p (RFC 3629, section 4), 0 when it is malformed. */
static size_t utf8_step(const uint8_t *p, size_t left)
{
    uint8_t lo = 0x80, hi = 0xBF;
    size_t n;

    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        n = 2;
    } else if ((p[0] & 0xF0) == 0xE0) {
        n = 3;
        lo = p[0] == 0xE0 ? 0xA0 : lo;
        hi = p[0] == 0xED ? 0x9F : hi;
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        n = 4;
        lo = p[0] == 0xF0 ? 0x90 : lo;
        hi = p[0] == 0xF4 ? 0x8F : hi;
    } else {
        return 0;
    }
    if (left < n || p[1] < lo || p[1] > hi)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

bool utf8_valid(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < len;) {
        size_t n = utf8_step(p + i, len - i);
        if (!n)
            return false;
        i += n;
    }
    return true;
}

/* Whether p[0, n) is the beginning of a letter of more than n bytes. */
static bool begins_letter(const uint8_t *p, size_t n)
{
    static const struct {
        uint8_t first, last, bytes;
    } leads[] = {{0xC2, 0xDF, 2}, {0xE0, 0xEF, 3}, {0xF0, 0xF4, 4}};

    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return false;
    for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++)
        if (p[0] >= leads[i].first && p[0] <= leads[i].last)
            return n < leads[i].bytes;
    return false;
}

void utf8_mend(char *text)
{
    size_t len = strlen(text), n;

    for (size_t i = 0; i < len; i += n) {
        uint8_t *p = (uint8_t *)text + i;
        n = utf8_step(p, len - i);
        if (n)
            continue;
        if (begins_letter(p, len - i)) {
            *p = '\0';
            return;
        }
        *p = '?';
        n = 1;
    }
}

size_t trim_newline(const void *text, size_t len)
{
    const char *p = text;

    if (len && p[len - 1] == '\n') {
        len--;
        if (len && p[len - 1] == '\r')
            len--;
    }
    return len;
}

void ascii_lower(char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}
