#include "base/codec.h"

static const char HEX[] = "0123456789abcdef";
static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char BASE32[] = "abcdefghijklmnopqrstuvwxyz234567";

void hex_encode(char *out, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < len; i++) {
        *out++ = HEX[p[i] >> 4];
        *out++ = HEX[p[i] & 15];
    }
    *out = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

ptrdiff_t hex_decode(uint8_t *out, size_t size, const char *text, size_t len)
{
    if (len % 2 || len / 2 > size)
        return -1;
    for (size_t i = 0; i < len; i += 2) {
        int hi = hex_value(text[i]), lo = hex_value(text[i + 1]);
        if (hi < 0 || lo < 0)
            return -1;
        out[i / 2] = (uint8_t)(hi << 4 | lo);
    }
    return (ptrdiff_t)(len / 2);
}

void base64_encode(char *out, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t v = (uint32_t)p[i] << 16 | (n > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (n > 2 ? p[i + 2] : 0);
        *out++ = BASE64[v >> 18];
        *out++ = BASE64[v >> 12 & 63];
        *out++ = n > 1 ? BASE64[v >> 6 & 63] : '=';
        *out++ = n > 2 ? BASE64[v & 63] : '=';
    }
    *out = '\0';
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

ptrdiff_t base64_decode(uint8_t *out, size_t size, const char *text, size_t len)
{
    size_t written = 0;

    if (len % 4)
        return -1;
    for (size_t i = 0; i < len; i += 4) {
        size_t pad = 0;
        uint32_t v = 0;
        if (i + 4 == len)
            pad = text[i + 2] == '=' && text[i + 3] == '=' ? 2 : text[i + 3] == '=' ? 1 : 0;
        for (size_t k = 0; k < 4; k++) {
            int d = k >= 4 - pad ? 0 : base64_value(text[i + k]);
            if (d < 0)
                return -1;
            v = v << 6 | (uint32_t)d;
        }
        /* RFC 4648, section 3.5: bits that the padding leaves unused must be zero */
        if (v & (pad == 2 ? 0xFFFFu : pad == 1 ? 0xFFu : 0) || written + 3 - pad > size)
            return -1;
        for (size_t k = 0; k < 3 - pad; k++)
            out[written++] = (uint8_t)(v >> (16 - 8 * k));
    }
    return (ptrdiff_t)written;
}

void base32_encode(char *out, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    uint32_t acc = 0;
    unsigned bits = 0;

    for (size_t i = 0; i < len; i++) {
        acc = acc << 8 | p[i];
        for (bits += 8; bits >= 5; bits -= 5)
            *out++ = BASE32[acc >> (bits - 5) & 31];
    }
    if (bits)
        *out++ = BASE32[acc << (5 - bits) & 31];
    *out = '\0';
}
