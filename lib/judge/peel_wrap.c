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

/* As it is written in a program: a shell's echo and single quotes leave it so. */
ptrdiff_t peel_escape(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t left = n;

    while (left > 2 && in[left - 2] == '\\' && in[left - 1] && strchr("nrt0", in[left - 1]))
        left -= 2;
    return left < n ? copy(out, in, left) : -1;
}

ptrdiff_t peel_nul(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t left = n;

    while (left && in[left - 1] == 0)
        left--;
    return left && left < n ? copy(out, in, left) : -1;
}

ptrdiff_t peel_nuls_before(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t first = 0;

    while (first < n && in[first] == 0)
        first++;
    return first && first < n ? copy(out, in + first, n - first) : -1;
}

/* U+00A0 and U+202F are the wide ones: what is not seen at all is no blank, and strip() leaves it. */
size_t peel_blank_at(const uint8_t *in, size_t at, size_t n)
{
    static const char *const wide[] = {"\xC2\xA0", "\xE2\x80\xAF"};

    if (at < n && is_blank(in[at]))
        return 1;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (at + strlen(wide[i]) <= n && memcmp(in + at, wide[i], strlen(wide[i])) == 0)
            return strlen(wide[i]);
    return 0;
}

ptrdiff_t peel_blanks(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t first = 0, end = n;

    for (size_t one; (one = peel_blank_at(in, first, n)) > 0;)
        first += one;
    for (bool more = true; more;) {
        size_t size = end > first + 2 && in[end - 1] >= 0x80 ? (in[end - 2] == 0xC2 ? 2 : 3) : 1;
        more = end >= first + size && in[end - 1] != '\n' && in[end - 1] != '\r' &&
               peel_blank_at(in, end - size, end) == size;
        end -= more ? size : 0;
    }
    return end > first && end - first < n ? copy(out, in + first, end - first) : -1;
}

/* bytearray(b'...'), [b'...'], (b'...',): what a value looks like within others, when it is shown. */
static void skip_brackets(const uint8_t **in, size_t *n)
{
    for (bool found = true; found;) {
        const uint8_t *at = *in;
        size_t name = 0, end = *n;
        while (name < end && ((at[name] >= 'a' && at[name] <= 'z') || at[name] == '_'))
            name++;
        found = name + 2 < end && (at[name] == '(' || at[name] == '[') &&
                at[end - 1] == (at[name] == '(' ? ')' : ']');
        if (!found)
            return;
        end -= at[end - 2] == ',' ? 2 : 1;
        *in = at + name + 1;
        *n = end - name - 1;
    }
}

/* b'...' and b"..." with Python's escapes. */
ptrdiff_t peel_repr(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0;

    skip_brackets(&in, &n);
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

/* Those of a keyboard, those that a word processor puts in their place, and the ones of Markdown. */
ptrdiff_t peel_quotes(const uint8_t *in, size_t n, uint8_t *out)
{
    static const char *const typeset[][2] = {
        {"\xE2\x80\x9C", "\xE2\x80\x9D"}, {"\xE2\x80\x98", "\xE2\x80\x99"}, {"\xE2\x80\x9E", "\xE2\x80\x9C"}};

    for (size_t i = 0; n > 6 && i < sizeof(typeset) / sizeof(typeset[0]); i++)
        if (memcmp(in, typeset[i][0], 3) == 0 && memcmp(in + n - 3, typeset[i][1], 3) == 0)
            return copy(out, in + 3, n - 6);
    if (n < 3 || (in[0] != '"' && in[0] != '\'' && in[0] != '`') || in[n - 1] != in[0])
        return -1;
    return copy(out, in + 1, n - 2);
}

static unsigned digit_of(uint8_t c)
{
    return c <= (unsigned)'9' ? c - (unsigned)'0' : (c | 0x20u) - 'a' + 10;
}

/* The columns of od and hexdump behind their offset: words of two bytes in the host's order, in hex (four
 * digits) or octal (six), or single bytes in octal (three), as hex. An odd last byte is a word with 0. */
static ptrdiff_t words_line(const uint8_t *in, size_t n, uint8_t *out)
{
    static const char digits[] = "0123456789abcdef";
    enum { WORD_HEX = 4, WORD_OCTAL = 6, BYTE_OCTAL = 3 };
    size_t k = 0, width = 1;
    unsigned value = 0;

    while (n && in[n - 1] == ' ')
        n--;
    while (width < n && in[width] != ' ')
        width++;
    width--;
    if (width != WORD_HEX && width != WORD_OCTAL && width != BYTE_OCTAL)
        return -1;
    for (size_t i = 0; i < n; i += width + 1) {
        if (n - i <= width || in[i] != ' ')
            return -1;
        value = 0;
        for (size_t d = i + 1; d <= i + width; d++) {
            if (!is_hex(in[d]) || (width != WORD_HEX && in[d] > '7'))
                return -1;
            value = value << (width == WORD_HEX ? 4 : 3) | digit_of(in[d]);
        }
        if (value >> (width == BYTE_OCTAL ? 8 : 16))
            return -1;
        for (unsigned bits = 0; bits < (width == BYTE_OCTAL ? 8u : 16u); bits += 8) {
            out[k++] = (uint8_t)digits[value >> (bits + 4) & 15];
            out[k++] = (uint8_t)digits[value >> bits & 15];
        }
    }
    return (ptrdiff_t)(width != BYTE_OCTAL && k > 2 && value >> 8 == 0 ? k - 2 : k);
}

/* The columns of od -c, four letters wide: a letter, \n and the like, or three octal digits; as hex. */
static ptrdiff_t letters_line(const uint8_t *in, size_t n, uint8_t *out)
{
    static const char digits[] = "0123456789abcdef", escaped[] = "0abtnvfr", values[] = "\0\a\b\t\n\v\f\r";
    enum { WIDTH = 4 };
    size_t k = 0;

    if (n % WIDTH)
        return -1;
    for (size_t i = 0; i < n; i += WIDTH) {
        const uint8_t *c = in + i;
        unsigned value = c[3];
        if (c[0] != ' ' || (c[1] != ' ' && (c[1] < '0' || c[1] > '3')))
            return -1;
        if (c[1] == ' ' && c[2] == '\\') {
            const char *at = memchr(escaped, c[3], sizeof(escaped) - 1);
            if (!at)
                return -1;
            value = (uint8_t)values[at - escaped];
        } else if (c[1] != ' ') {
            if (c[2] < '0' || c[2] > '7' || c[3] < '0' || c[3] > '7')
                return -1;
            value = (unsigned)(c[1] - '0') << 6 | (unsigned)(c[2] - '0') << 3 | (unsigned)(c[3] - '0');
        } else if (c[2] != ' ') {
            return -1;
        }
        out[k++] = (uint8_t)digits[value >> 4 & 15];
        out[k++] = (uint8_t)digits[value & 15];
    }
    return (ptrdiff_t)k;
}

/* One line of xxd, od, hexdump or scapy's hexdump(), whose offset has four digits: an offset, groups of
 * digits, two blanks or a bar before the letters. */
static ptrdiff_t dump_line(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t i = 0, k = 0;

    while (i < n && is_hex(in[i]))
        i++;
    const bool scapy = i == 4 && n > 6 && in[4] == ' ' && in[5] == ' ';
    if ((!scapy && (i < 7 || i > 8)) || i == n || (in[i] != ':' && in[i] != ' '))
        return i == n && (i == 7 || i == 8) ? 0 : -1; /* the last line is an offset alone */
    bool bar = in[i] == ' ' && !scapy;
    const ptrdiff_t words = i == 7 ? words_line(in + i, n - i, out) : -1;
    if (words > 0)
        return words;
    const ptrdiff_t letters = i == 7 ? letters_line(in + i, n - i, out) : -1;
    if (letters > 0)
        return letters;
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

/* unsigned char text[] = { 0x73, 0x6d }; as xxd -i writes it for a C program. */
static ptrdiff_t in_braces(const uint8_t *in, size_t n, uint8_t *out)
{
    static const char start[] = "unsigned char ";
    const uint8_t *from = n > sizeof(start) ? memchr(in, '{', n) : NULL;
    const uint8_t *to = from ? memchr(from, '}', n - (size_t)(from - in)) : NULL;

    if (!to || memcmp(in, start, sizeof(start) - 1) != 0)
        return -1;
    for (from++; from < to && is_blank(*from);)
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    return peel_separators(from, (size_t)(to - from), out);
}

ptrdiff_t peel_xxd(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0;

    const ptrdiff_t braced = in_braces(in, n, out);
    if (braced > 0)
        return braced;

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
        else if (!is_blank(in[i]) && (!strchr(":,-;._|{}[]()'\"", in[i]) || !in[i]))
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

/* Lines, or blanks, which stand between words as well: what has no capitals is words. */
/* Hex digits, two a byte, are no Base64, whatever stands between them. */
static bool is_bytes_apart(const uint8_t *in, size_t n)
{
    size_t run = 0;

    for (size_t i = 0; i <= n; i++) {
        if (i < n && is_hex(in[i])) {
            run++;
            continue;
        }
        if ((run && run != 2) || (i < n && !is_blank(in[i])))
            return false;
        run = 0;
    }
    return true;
}

ptrdiff_t peel_wrapped(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0, last = 0;
    bool encoded = false;

    if (is_bytes_apart(in, n))
        return -1;

    for (size_t i = 0; i < n; i++) {
        encoded = encoded || in[i] == '\n' || (in[i] >= 'A' && in[i] <= 'Z');
        if (is_blank(in[i]))
            continue;
        if (!is_base64(in[i]) && in[i] != '=')
            return -1;
        out[k++] = in[i];
        last = i;
    }
    /* blanks at the ends alone are another mistake */
    return encoded && k && !is_blank(in[0]) && last + 1 > k ? (ptrdiff_t)k : -1;
}

/* What a tool or a format puts around Base64: data:text/plain;base64, or a first and a last line. */
ptrdiff_t peel_framed(const uint8_t *in, size_t n, uint8_t *out)
{
    static const char *const starts[] = {"data:", "-----BEGIN ", "begin-base64 "};
    size_t first = 0, end;
    bool found = false;

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]) && !found; i++)
        found = n > strlen(starts[i]) && memcmp(in, starts[i], strlen(starts[i])) == 0;
    const uint8_t *line = found ? memchr(in, in[0] == 'd' ? ',' : '\n', n) : NULL;
    if (!line)
        return -1;
    first = (size_t)(line - in) + 1;
    for (end = first;
         end < n && (is_base64(in[end]) || (in[end] == '=' && end > first && in[end - 1] != '\n'));)
        end++;
    return end > first ? copy(out, in + first, end - first) : -1;
}

/* A text or bytes alone, of protocol 2 or later: their opcode, their length, they themselves, and at the end
 * a full stop. */
ptrdiff_t peel_pickle(const uint8_t *in, size_t n, uint8_t *out)
{
    enum { PROTO = 0x80, SHORT_TEXT = 0x8C, SHORT_BYTES = 'C', TEXT = 'X', FRAME = 11 };

    if (n < 6 || in[0] != PROTO || in[1] < 2 || in[1] > 5 || in[n - 1] != '.')
        return -1;
    for (size_t i = 2; i + 2 < n && i <= FRAME; i++) {
        const size_t head = in[i] == SHORT_TEXT || in[i] == SHORT_BYTES ? 2 : in[i] == TEXT ? 5 : 0;
        if (head && in[i + 1] && i + head + in[i + 1] < n && n - (i + head + in[i + 1]) <= 4)
            return copy(out, in + i + head, in[i + 1]);
    }
    return -1;
}

/* With a sign between the two, or none. */
/* A loop that sends the same, or a text that was multiplied. */
static ptrdiff_t often(const uint8_t *in, size_t n, uint8_t *out)
{
    enum { LEAST = 3, TIMES_MAX = 10 };

    for (size_t times = 3; times <= TIMES_MAX && n / times >= LEAST; times++)
        if (n % times == 0 && memcmp(in, in + n / times, n - n / times) == 0)
            return copy(out, in, n / times);
    return -1;
}

/* ['s', 'm']: str(list(text)). */
static ptrdiff_t listed(const uint8_t *in, size_t n, uint8_t *out)
{
    enum { EACH = 5, LETTER = 2 };
    size_t k = 0;

    if (n < 2 * EACH || n % EACH || in[0] != '[' || in[n - 1] != ']')
        return -1;
    for (size_t i = 1; i < n; i += EACH) {
        if (in[i] != '\'' || in[i + LETTER] != '\'' || (i + EACH < n && memcmp(in + i + 3, ", ", 2) != 0))
            return -1;
        out[k++] = in[i + 1];
    }
    return (ptrdiff_t)k;
}

/* ' '.join(text) takes it letter by letter. */
ptrdiff_t peel_spaced(const uint8_t *in, size_t n, uint8_t *out)
{
    enum { LEAST = 5 };
    size_t k = 0;

    if (n && in[0] == '[')
        return listed(in, n, out);
    if (n < LEAST || n % 2 == 0 || !in[1] || !strchr(" ,;:-|/.", in[1]))
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (i % 2 && in[i] != in[1])
            return -1;
        if (i % 2 == 0)
            out[k++] = in[i];
    }
    return (ptrdiff_t)k;
}

ptrdiff_t peel_twice(const uint8_t *in, size_t n, uint8_t *out)
{
    enum { LEAST = 2 };
    const size_t half = n / 2;
    const bool sign = half < n && in[half] != '_' && in[half] > ' ' - 1 && in[half] < '0';

    if (half < LEAST || (n % 2 && !sign) || (n % 2 == 0 && half <= LEAST) ||
        memcmp(in, in + half + n % 2, half) != 0)
        return often(in, n, out);
    return copy(out, in, half);
}

/* One byte or two, in either order, that are how many follow; or one behind the tag of protobuf's first
 * field. */
ptrdiff_t peel_counted(const uint8_t *in, size_t n, uint8_t *out)
{
    enum { FIRST_FIELD = 0x0A };

    if (n > 3 && in[0] == FIRST_FIELD && in[1] == n - 2)
        return copy(out, in + 2, n - 2);
    for (size_t bytes = 1; bytes <= 4 && bytes + 2 <= n; bytes *= 2) {
        size_t big = 0, little = 0;
        for (size_t i = 0; i < bytes; i++) {
            big = big << 8 | in[i];
            little |= (size_t)in[i] << 8 * i;
        }
        if (big == n - bytes || little == n - bytes)
            return copy(out, in + bytes, n - bytes);
    }
    return -1;
}
