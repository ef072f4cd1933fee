/* Every wrapping that applies is tried, deeper each time, so that the way with the fewest mistakes is found
 * first. Each takes bytes away, and the tries are counted: hostile bytes cost no more than a fixed amount. */
#include "judge/peel.h"

#include <string.h>

#include "base/codec.h"
#include "base/str.h"

enum { TRIES_MAX = 120 };

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

static ptrdiff_t peel_hex(const uint8_t *in, size_t n, uint8_t *out)
{
    return n ? hex_decode(out, PEEL_BYTES, (const char *)in, n) : -1;
}

static ptrdiff_t peel_base64(const uint8_t *in, size_t n, uint8_t *out)
{
    return n ? base64_decode(out, PEEL_BYTES, (const char *)in, n) : -1;
}

static ptrdiff_t peel_newline(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t left = n;

    while (left && (in[left - 1] == '\n' || in[left - 1] == '\r'))
        left--;
    return left && left < n ? copy(out, in, left) : -1;
}

static ptrdiff_t peel_nul(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t left = n;

    while (left && in[left - 1] == 0)
        left--;
    return left && left < n ? copy(out, in, left) : -1;
}

static ptrdiff_t peel_blanks(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t first = 0, end = n;

    while (first < n && is_blank(in[first]))
        first++;
    while (end > first && (in[end - 1] == ' ' || in[end - 1] == '\t'))
        end--;
    return end > first && end - first < n ? copy(out, in + first, end - first) : -1;
}

/* b'...' and b"..." with Python's escapes. */
static ptrdiff_t peel_repr(const uint8_t *in, size_t n, uint8_t *out)
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

static ptrdiff_t peel_quotes(const uint8_t *in, size_t n, uint8_t *out)
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

static ptrdiff_t peel_xxd(const uint8_t *in, size_t n, uint8_t *out)
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

static ptrdiff_t peel_separators(const uint8_t *in, size_t n, uint8_t *out)
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

static ptrdiff_t peel_urlsafe(const uint8_t *in, size_t n, uint8_t *out)
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

static ptrdiff_t peel_unpadded(const uint8_t *in, size_t n, uint8_t *out)
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

static ptrdiff_t peel_wrapped(const uint8_t *in, size_t n, uint8_t *out)
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
static ptrdiff_t peel_utf16(const uint8_t *in, size_t n, uint8_t *out)
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

static ptrdiff_t peel_bom(const uint8_t *in, size_t n, uint8_t *out)
{
    return n > 3 && memcmp(in, "\xEF\xBB\xBF", 3) == 0 ? copy(out, in + 3, n - 3) : -1;
}

static ptrdiff_t peel_latin1(const uint8_t *in, size_t n, uint8_t *out)
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

static ptrdiff_t (*const PEELS[N_PEELS])(const uint8_t *in, size_t n, uint8_t *out) = {
    [PEEL_HEX] = peel_hex,         [PEEL_BASE64] = peel_base64,     [PEEL_NEWLINE] = peel_newline,
    [PEEL_NUL] = peel_nul,         [PEEL_BLANKS] = peel_blanks,     [PEEL_REPR] = peel_repr,
    [PEEL_QUOTES] = peel_quotes,   [PEEL_XXD] = peel_xxd,           [PEEL_SEPARATORS] = peel_separators,
    [PEEL_URLSAFE] = peel_urlsafe, [PEEL_UNPADDED] = peel_unpadded, [PEEL_WRAPPED] = peel_wrapped,
    [PEEL_UTF16] = peel_utf16,     [PEEL_BOM] = peel_bom,           [PEEL_LATIN1] = peel_latin1,
};

struct search {
    bool (*is)(void *context, const uint8_t *text, size_t length);
    void *context;
    struct peeled way;
    unsigned tries;
};

/* At most PEEL_STEPS deep: that many buffers on the stack. */
static bool look(struct search *s, const uint8_t *bytes, size_t length, size_t deeper)
{
    uint8_t inner[PEEL_BYTES + 4];

    if (deeper == 0)
        return s->is(s->context, bytes, length);
    for (int i = 0; i < N_PEELS && s->tries < TRIES_MAX; i++) {
        ptrdiff_t n = PEELS[i](bytes, length, inner);
        if (n <= 0)
            continue;
        s->tries++;
        s->way.steps[s->way.n++] = (enum peel)i;
        if (look(s, inner, (size_t)n, deeper - 1))
            return true;
        s->way.n--;
    }
    return false;
}

bool peel_find(const uint8_t *bytes, size_t length,
               bool (*is)(void *context, const uint8_t *text, size_t length), void *context,
               struct peeled *out)
{
    struct search s = {.is = is, .context = context};

    if (length == 0 || length > PEEL_BYTES)
        return false;
    for (size_t depth = 0; depth <= PEEL_STEPS && s.tries < TRIES_MAX; depth++)
        if (look(&s, bytes, length, depth)) {
            *out = s.way;
            return true;
        }
    return false;
}
