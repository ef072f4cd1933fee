/* What stands around a text, or between its letters. */
#include <string.h>

#include "base/codec.h"
#include "judge/peel_private.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static ptrdiff_t copy(uint8_t *out, const uint8_t *in, size_t n)
{
    memcpy(out, in, n);
    return (ptrdiff_t)n;
}

ptrdiff_t peel_newline(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t left = n;

    while (left && (in[left - 1] == '\n' || in[left - 1] == '\r'))
        left--;
    return left && left < n ? copy(out, in, left) : -1;
}

ptrdiff_t peel_nul(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t left = n;

    while (left && in[left - 1] == 0)
        left--;
    return left && left < n ? copy(out, in, left) : -1;
}

ptrdiff_t peel_blanks(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t first = 0, end = n;

    while (first < n && is_blank(in[first]))
        first++;
    while (end > first && (in[end - 1] == ' ' || in[end - 1] == '\t'))
        end--;
    return end > first && end - first < n ? copy(out, in + first, end - first) : -1;
}

/* b'...' and b"..." with Python's escapes. */
ptrdiff_t peel_repr(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0;

    if (n < 4 || in[0] != 'b' || (in[1] != '\'' && in[1] != '"') || in[n - 1] != in[1])
        return -1;
    for (size_t i = 2; i + 1 < n; i++) {
        if (in[i] != '\\' || i + 2 >= n) {
            out[k++] = in[i];
            continue;
        }
        uint8_t c = in[++i];
        if (c == 'x' && i + 3 < n && hex_decode(out + k, 1, (const char *)in + i + 1, 2) == 1) {
            k++;
            i += 2;
            continue;
        }
        out[k++] = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
    }
    return (ptrdiff_t)k;
}

ptrdiff_t peel_quotes(const uint8_t *in, size_t n, uint8_t *out)
{
    if (n < 3 || (in[0] != '"' && in[0] != '\'') || in[n - 1] != in[0])
        return -1;
    return copy(out, in + 1, n - 2);
}

/* One line of xxd or hexdump -C: an offset, groups of hex digits, two blanks or a bar before the letters. */
static ptrdiff_t dump_line(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t i = 0, k = 0;

    while (i < n && is_hex(in[i]))
        i++;
    if (i < 7 || i > 8 || i == n || (in[i] != ':' && in[i] != ' '))
        return i == n && i == 8 ? 0 : -1; /* hexdump's last line is an offset alone */
    bool bar = in[i] == ' ';
    while (++i < n) {
        if (in[i] == '|' || (!bar && k && in[i] == ' ' && i + 1 < n && in[i + 1] == ' '))
            break;
        if (in[i] == ' ')
            continue;
        if (!is_hex(in[i]))
            return -1;
        out[k++] = in[i];
    }
    return (ptrdiff_t)k;
}

ptrdiff_t peel_xxd(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0;

    for (size_t i = 0; i < n;) {
        const uint8_t *end = memchr(in + i, '\n', n - i);
        size_t length = end ? (size_t)(end - in) - i : n - i;
        ptrdiff_t digits = dump_line(in + i, length, out + k);
        if (digits < 0)
            return -1;
        k += (size_t)digits;
        i += length + 1;
    }
    return k ? (ptrdiff_t)k : -1;
}

ptrdiff_t peel_separators(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        bool prefix = i + 2 < n && (in[i] == '0' || in[i] == '\\') && (in[i + 1] == 'x' || in[i + 1] == 'X');
        if (prefix)
            i++;
        else if (is_hex(in[i]))
            out[k++] = in[i];
        else if (!is_blank(in[i]) && !strchr(":,-", in[i]))
            return -1;
    }
    /* blanks at the ends alone are another mistake */
    return k && k < n && k % 2 == 0 && !is_blank(in[n - 1]) && !is_blank(in[0]) ? (ptrdiff_t)k : -1;
}

static bool is_base64(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
}

ptrdiff_t peel_urlsafe(const uint8_t *in, size_t n, uint8_t *out)
{
    bool found = false;

    for (size_t i = 0; i < n; i++) {
        bool other = in[i] == '-' || in[i] == '_';
        if (!other && !is_base64(in[i]) && in[i] != '=')
            return -1;
        found = found || other;
        out[i] = in[i] == '-' ? '+' : in[i] == '_' ? '/' : in[i];
    }
    return found ? (ptrdiff_t)n : -1;
}

ptrdiff_t peel_unpadded(const uint8_t *in, size_t n, uint8_t *out)
{
    if (n % 4 < 2 || n + 2 > PEEL_BYTES)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (!is_base64(in[i]) && !(in[i] == '=' && i + 1 == n))
            return -1;
    memcpy(out, in, n);
    while (n % 4)
        out[n++] = '=';
    return (ptrdiff_t)n;
}

/* One group has two = at most, and none where its letters are four. */
ptrdiff_t peel_overpadded(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t left = n;

    while (left && in[left - 1] == '=')
        left--;
    size_t belong = (4 - left % 4) % 4;
    if (left % 4 == 1 || n - left <= belong || !left)
        return -1;
    for (size_t i = 0; i < left; i++)
        if (!is_base64(in[i]))
            return -1;
    return copy(out, in, left + belong);
}

ptrdiff_t peel_wrapped(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0;

    if (!memchr(in, '\n', n ? n - 1 : 0))
        return -1;
    for (size_t i = 0; i < n; i++)
        if (in[i] == '\n' || in[i] == '\r')
            continue;
        else if (is_base64(in[i]) || in[i] == '=')
            out[k++] = in[i];
        else
            return -1;
    return (ptrdiff_t)k;
}
