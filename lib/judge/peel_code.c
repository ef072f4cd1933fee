/* A text in other letters. What any bytes could decode to by chance is taken only where letters come out. */
#include <string.h>

#include "base/codec.h"
#include "base/str.h"
#include "judge/peel_private.h"

bool peel_reads(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((bytes[i] < 0x20 && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t') || bytes[i] > 0x7E)
            return false;
    return n > 0;
}

/* Letters, and what mistakes put beside them: a byte order mark before, NULs behind. */
static ptrdiff_t if_reads(const uint8_t *out, size_t n)
{
    size_t first = n > 3 && memcmp(out, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, end = n;

    while (end > first && out[end - 1] == 0)
        end--;
    return peel_reads(out + first, end - first) ? (ptrdiff_t)n : -1;
}

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

ptrdiff_t peel_hex(const uint8_t *in, size_t n, uint8_t *out)
{
    return n ? hex_decode(out, PEEL_BYTES, (const char *)in, n) : -1;
}

ptrdiff_t peel_base64(const uint8_t *in, size_t n, uint8_t *out)
{
    return n ? base64_decode(out, PEEL_BYTES, (const char *)in, n) : -1;
}

/* How likely a letter is in what students send; 0: it is none. */
static int likely(uint8_t c)
{
    return is_lower(c) ? 4 : is_digit(c) || c == ' ' || c == '_' || c == '-' ? 3 : peel_reads(&c, 1) ? 1 : 0;
}

/* One group of four in the cases that make the likeliest letters; false where none makes letters. */
static bool recase_group(const uint8_t in[4], uint8_t out[4])
{
    int best = 0;

    for (unsigned cases = 0; cases < 16; cases++) {
        uint8_t group[4], bytes[3];
        for (unsigned i = 0; i < 4; i++)
            group[i] = !is_upper(in[i]) && !is_lower(in[i]) ? in[i]
                       : cases >> i & 1                     ? (uint8_t)(in[i] | 0x20)
                                                            : (uint8_t)(in[i] & ~0x20);
        ptrdiff_t n = base64_decode(bytes, sizeof(bytes), (const char *)group, 4);
        int score = 0, worst = n > 0;
        for (ptrdiff_t i = 0; i < n; i++) {
            score += likely(bytes[i]);
            worst = likely(bytes[i]) ? worst : 0;
        }
        if (!worst || score <= best)
            continue;
        best = score;
        memcpy(out, group, 4);
    }
    return best > 0;
}

ptrdiff_t peel_base64_case(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t upper = 0, lower = 0;

    for (size_t i = 0; i < n; i++) {
        upper += is_upper(in[i]);
        lower += is_lower(in[i]);
    }
    if (n < 4 || n % 4 || (upper && lower) || upper + lower < 2)
        return -1;
    for (size_t i = 0; i < n; i += 4)
        if (!recase_group(in + i, out + i))
            return -1;
    return memcmp(in, out, n) == 0 ? -1 : (ptrdiff_t)n;
}

/* RFC 4648, section 6, in one case, with its padding or without. */
ptrdiff_t peel_base32(const uint8_t *in, size_t n, uint8_t *out)
{
    uint32_t acc = 0;
    unsigned bits = 0;
    size_t k = 0;

    while (n && in[n - 1] == '=')
        n--;
    for (size_t i = 0; i < n; i++) {
        bool letter = is_lower(in[0] | 0x20) && (is_lower(in[i]) || is_upper(in[i]));
        if (!letter && !(in[i] >= '2' && in[i] <= '7'))
            return -1;
        acc = acc << 5 | (letter ? (uint32_t)(in[i] | 0x20) - 'a' : (uint32_t)in[i] - '2' + 26);
        bits += 5;
        if (bits >= 8)
            out[k++] = (uint8_t)(acc >> (bits -= 8));
    }
    return n % 8 == 1 || n % 8 == 3 || n % 8 == 6 || (acc & ((1u << bits) - 1)) ? -1 : if_reads(out, k);
}

/* The value of a letter in one of the two alphabets; -1: it is none of them. */
static int value85(uint8_t c, bool ascii85)
{
    static const char B85[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
    const char *at = c ? strchr(B85, c) : NULL;

    if (ascii85)
        return c >= '!' && c <= 'u' ? c - '!' : -1;
    return at ? (int)(at - B85) : -1;
}

static ptrdiff_t decode85(const uint8_t *in, size_t n, bool ascii85, uint8_t *out)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i += 5) {
        uint64_t v = 0;
        size_t left = n - i < 5 ? n - i : 5;
        for (size_t j = 0; j < 5; j++) {
            int d = j < left ? value85(in[i + j], ascii85) : 84;
            if (d < 0)
                return -1;
            v = v * 85 + (uint64_t)d;
        }
        if (left == 1 || v > UINT32_MAX)
            return -1;
        for (size_t j = 0; j + 1 < left; j++)
            out[k++] = (uint8_t)(v >> (24 - 8 * j));
    }
    return if_reads(out, k);
}

ptrdiff_t peel_base85(const uint8_t *in, size_t n, uint8_t *out)
{
    if (n >= 6 && memcmp(in, "<~", 2) == 0 && memcmp(in + n - 2, "~>", 2) == 0)
        return decode85(in + 2, n - 4, true, out);
    ptrdiff_t k = n < 3 ? -1 : decode85(in, n, false, out);
    return k > 0 || n < 3 ? k : decode85(in, n, true, out);
}

/* One number that stands alone; false where it is no letter's code in this base. */
static bool code_of(const uint8_t *digits, size_t n, unsigned base, uint8_t *out)
{
    unsigned v = 0;

    for (size_t i = 0; i < n && v < 256; i++) {
        if (!is_digit(digits[i]) || digits[i] >= '0' + base)
            return false;
        v = v * base + digits[i] - '0';
    }
    *out = (uint8_t)v;
    return n && n <= (base == 2 ? 8 : 3) && (base != 2 || n >= 7) && v < 256 &&
           (peel_reads(out, 1) || !v || v >= 0xFE);
}

/* Letters, or such as have a NUL behind them or between them, as in UTF-16 with its mark. */
static ptrdiff_t if_letters(const uint8_t *out, size_t k)
{
    uint8_t text[PEEL_BYTES + 4];

    return peel_reads(out, k) || if_reads(out, k) > 0 || peel_utf16(out, k, text) > 0 ||
                   peel_utf32(out, k, text) > 0
               ? (ptrdiff_t)k
               : -1;
}

/* Numbers with something between them: "115, 109", "\163\155", "&#115;", "0b1110011 0b1101101". */
static ptrdiff_t apart(const uint8_t *in, size_t n, unsigned base, uint8_t *out)
{
    size_t k = 0, i = 0;

    while (i < n) {
        if (!is_digit(in[i])) {
            if (!strchr(" \t\r\n,;[](){}\\&#-", in[i]) || !in[i])
                return -1;
            i++;
            continue;
        }
        if (in[i] == '0' && i + 1 < n && (in[i + 1] == 'b' || in[i + 1] == 'o'))
            i += 2;
        size_t first = i;
        while (i < n && is_digit(in[i]))
            i++;
        if (!code_of(in + first, i - first, base, out + k))
            return -1;
        k++;
    }
    return k > 1 ? if_letters(out, k) : -1;
}

/* Three octal digits a letter, as %03o prints them. */
static ptrdiff_t octal_together(const uint8_t *in, size_t n, uint8_t *out)
{
    enum { DIGITS = 3, LEAST = 9 };
    size_t k = 0;

    if (n < LEAST || n % DIGITS)
        return -1;
    for (size_t i = 0; i < n; i += DIGITS)
        if (!code_of(in + i, DIGITS, 8, out + k++))
            return -1;
    return if_letters(out, k);
}

/* Digits alone: eight a letter, or two or three as decimal codes have, or octal ones. */
static ptrdiff_t together(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0, step;

    for (size_t i = 0; i < n; i++)
        if (!is_digit(in[i]))
            return -1;
    for (size_t i = 0; n >= 16 && n % 8 == 0 && i < n && code_of(in + i, 8, 2, out + k); i += 8)
        k++;
    if (k && k == n / 8 && if_letters(out, k) > 0)
        return (ptrdiff_t)k;
    k = 0;
    for (size_t i = 0; i < n; i += step) {
        step = in[i] == '1' ? 3 : 2;
        if (n - i < step || !code_of(in + i, step, 10, out + k))
            return octal_together(in, n, out);
        k++;
    }
    return k > 2 && peel_reads(out, k) ? (ptrdiff_t)k : -1;
}

/* 73 66 75: two digits each, which are capitals as decimal codes and small letters as hex. */
static bool is_rather_hex(const uint8_t *in, size_t n)
{
    size_t run = 0;

    for (size_t i = 0; i <= n; i++) {
        if (i < n && is_digit(in[i])) {
            run++;
            continue;
        }
        const unsigned code = run == 2 ? (in[i - 2] - '0') * 16u + in[i - 1] - '0' : 0;
        if (run && code != '_' && code != '-' && code != ' ' && !is_lower((uint8_t)code))
            return false;
        run = 0;
    }
    return true;
}

/* int.from_bytes(text, 'big'), or int() of its hex digits, and that in decimal. */
ptrdiff_t peel_integer(const uint8_t *in, size_t n, uint8_t *out)
{
    enum { DIGITS_LEAST = 10, DIGITS_MAX = 160, BYTES = 68 };
    uint8_t number[BYTES] = {0}; /* its least significant byte first */
    size_t k = 0;

    if (n < DIGITS_LEAST || n > DIGITS_MAX || in[0] == '0')
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(in[i]))
            return -1;
        unsigned carry = in[i] - '0';
        for (size_t j = 0; j < k || carry; j++) {
            k = j < k ? k : j + 1;
            carry += number[j] * 10u;
            number[j] = (uint8_t)carry;
            carry >>= 8;
        }
    }
    for (size_t j = 0; j < k; j++)
        out[j] = number[k - 1 - j];
    return peel_reads(out, k) ? (ptrdiff_t)k : -1;
}

ptrdiff_t peel_codes(const uint8_t *in, size_t n, uint8_t *out)
{
    static const unsigned bases[] = {2, 10, 8};
    ptrdiff_t k = -1;

    if (is_rather_hex(in, n))
        return -1;
    for (size_t i = 0; k < 0 && i < sizeof(bases) / sizeof(bases[0]); i++)
        k = apart(in, n, bases[i], out);
    return k < 0 ? together(in, n, out) : k;
}

/* A byte's two hex digits behind a mark, among letters that stand for themselves. */
static ptrdiff_t marked(const uint8_t *in, size_t n, uint8_t mark, uint8_t *out)
{
    size_t k = 0, found = 0;

    for (size_t i = 0; i < n; i++) {
        bool coded = in[i] == mark && i + 2 < n && hex_decode(out + k, 1, (const char *)in + i + 1, 2) == 1;
        if (!coded)
            out[k] = in[i] == '+' && mark == '%' ? ' ' : in[i];
        i += coded ? 2 : 0;
        found += coded;
        k++;
    }
    return found && utf8_valid(out, k) ? (ptrdiff_t)k : -1;
}

ptrdiff_t peel_percent(const uint8_t *in, size_t n, uint8_t *out)
{
    return marked(in, n, '%', out);
}

ptrdiff_t peel_quoted(const uint8_t *in, size_t n, uint8_t *out)
{
    return marked(in, n, '=', out);
}

/* What an entity of HTML stands for, of n bytes with & and ;. False where it is none, or no letter. */
static bool entity_of(const uint8_t *in, size_t n, uint8_t *out)
{
    static const struct {
        const char *name;
        uint8_t is;
    } names[] = {{"&nbsp;", ' '}, {"&lt;", '<'},   {"&gt;", '>'},
                 {"&amp;", '&'},  {"&quot;", '"'}, {"&apos;", '\''}};
    char digits[8] = "";
    uint64_t code;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strlen(names[i].name) == n && memcmp(in, names[i].name, n) == 0) {
            *out = names[i].is;
            return true;
        }
    if (n < 4 || n > sizeof(digits) || in[1] != '#')
        return false;
    const bool hex = in[2] == 'x' || in[2] == 'X';
    digits[0] = '0';
    memcpy(digits + 1, in + 2, n - 3);
    if (!hex && digits[1] == '0')
        return false;
    if (parse_u64(hex ? digits : digits + 1, 0x7F, &code) != PARSE_OK)
        return false;
    *out = (uint8_t)code;
    return peel_reads(out, 1);
}

ptrdiff_t peel_entities(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t k = 0, found = 0;

    for (size_t i = 0; i < n; i++, k++) {
        const uint8_t *end = in[i] == '&' ? memchr(in + i, ';', n - i) : NULL;
        out[k] = in[i];
        if (!end || !entity_of(in + i, (size_t)(end - in) - i + 1, out + k))
            continue;
        i = (size_t)(end - in);
        found++;
    }
    return found ? (ptrdiff_t)k : -1;
}

/* What one word says in hex or Base64; 0 bytes where it is none of them. */
static size_t decoded_word(const uint8_t *word, size_t n, uint8_t *out)
{
    enum { LEAST = 4 };
    ptrdiff_t k = n < LEAST ? -1 : peel_hex(word, n, out);

    if (k <= 0 || !peel_reads(out, (size_t)k))
        k = n < LEAST ? -1 : peel_base64(word, n, out);
    return k > 0 && peel_reads(out, (size_t)k) ? (size_t)k : 0;
}

/* Of several words the longest that is encoded: short ones may be so by chance. */
ptrdiff_t peel_part(const uint8_t *in, size_t n, uint8_t *out)
{
    size_t at = 0, end = 0, words = 0, encoded = 0;
    bool broken = true;

    if (!memchr(in, ' ', n))
        return -1;
    for (size_t first = 0, next; first < n; first = next + 1) {
        for (next = first; next < n && in[next] != ' ';)
            next++;
        size_t last = next;
        words += next > first;
        while (last > first && in[last - 1] && strchr(",.;:!?", in[last - 1]))
            last--;
        const bool is = decoded_word(in + first, last - first, out) > 0;
        encoded += is;
        broken = broken && (next == n || (is && in[last - 1] != '='));
        if (is && last - first > end - at) {
            at = first;
            end = last;
        }
    }
    /* all of it in pieces is no part of it; words that were encoded one by one end with a = each */
    if (!end || words < 2 || (encoded == words && broken))
        return -1;
    const size_t k = decoded_word(in + at, end - at, out + at);
    memcpy(out, in, at);
    memcpy(out + at + k, in + end, n - end);
    return (ptrdiff_t)(at + k + n - end);
}

ptrdiff_t peel_rot13(const uint8_t *in, size_t n, uint8_t *out)
{
    bool letters = false;

    for (size_t i = 0; i < n; i++) {
        uint8_t base = is_lower(in[i]) ? 'a' : is_upper(in[i]) ? 'A' : 0;
        out[i] = in[i];
        if (base)
            out[i] = (uint8_t)((in[i] - base + 13) % 26 + base);
        letters = letters || base;
    }
    return letters ? (ptrdiff_t)n : -1;
}

ptrdiff_t peel_pairs(const uint8_t *in, size_t n, uint8_t *out)
{
    if (n < 4 || n % 2)
        return -1;
    for (size_t i = 0; i < n; i += 2) {
        out[i] = in[i + 1];
        out[i + 1] = in[i];
    }
    return (ptrdiff_t)(out[n - 1] ? n : n - 1); /* an odd last byte is filled up with 0 */
}

ptrdiff_t peel_reversed(const uint8_t *in, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = in[n - 1 - i];
    return n > 1 && memcmp(in, out, n) != 0 ? (ptrdiff_t)n : -1;
}
