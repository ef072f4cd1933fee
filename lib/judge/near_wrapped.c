/* Without a roster the hex of a handle, 736d697468, has itself the form of a handle. Whoever is really called
 * so is rarer by far than who encoded his handle once too often; what may be chance is left alone. */
#include <string.h>

#include "judge/near.h"
#include "judge/peel_private.h"

enum {
    HEX_LEAST = 4,
    BASE64_LEAST = 6,
    BASE32_LEAST = 7,
    CODES_LEAST = 9,
    WORDS_LEAST = 4,
    FRAME_LEAST = 14
};

/* From how many characters on chance makes no handle of a handle: a pair of hex digits is a letter of one in
 * six times, eight letters of Base32 are five in one of sixty thousand. */
enum { HEX_SURE = 14, BASE32_SURE = 16 };

struct counts {
    size_t upper, lower, digit, hex;
};

static struct counts count(const uint8_t *text, size_t n)
{
    struct counts c = {0};

    for (size_t i = 0; i < n; i++) {
        uint8_t low = text[i] | 0x20;
        bool digit = text[i] >= '0' && text[i] <= '9', letter = low >= 'a' && low <= 'z';
        c.upper += letter && text[i] != low;
        c.lower += letter && text[i] == low;
        c.digit += digit;
        c.hex += digit || (letter && low <= 'f');
    }
    return c;
}

static unsigned pair(const uint8_t *text)
{
    uint8_t out[4];

    return peel_hex(text, 2, out) == 1 ? out[0] : 0xFF;
}

/* Whether hex digits may be a text: all of its bytes are letters, or what mistakes put beside letters. */
static bool may_be_hex(const uint8_t *text, size_t n)
{
    size_t letters = 0, odd = 0;

    if (n < HEX_LEAST || n % 2)
        return false;
    for (size_t i = 0; i < n; i += 2) {
        unsigned c = pair(text + i);
        letters += c >= 0x20 && c <= 0x7E;
        bool mark = i < 6 && (c == 0xEF || c == 0xBB || c == 0xBF || c == 0xFE || c == 0xFF);
        odd += (c < 0x20 && c != 0 && c != '\n' && c != '\r') || (c > 0x7E && !mark);
    }
    return odd == 0 && letters * 2 + 2 >= n / 2 && letters > 1;
}

/* 73-6d-69: two hex digits each, as bytes.hex('-') joins them, and a handle may have a - in it, too. */
static bool is_dashed(const uint8_t *text, size_t n)
{
    enum { LEAST = 8, MOST = 3 * NAME_MAX_LEN };
    uint8_t digits[2 * NAME_MAX_LEN + 2];
    size_t k = 0;

    if (n < LEAST || n > MOST || n % 3 != 2)
        return false;
    for (size_t i = 0; i < n; i++) {
        if ((i % 3 == 2) != (text[i] == '-'))
            return false;
        if (i % 3 != 2)
            digits[k++] = text[i];
    }
    return count(digits, k).hex == k && may_be_hex(digits, k);
}

static bool may_be_wrapped(const uint8_t *text, size_t n)
{
    struct counts c = count(text, n);
    size_t from = n > 2 && text[0] == '0' && (text[1] | 0x20) == 'x' ? 2 : 0;

    if (c.hex + from / 2 == n && may_be_hex(text + from, n - from))
        return true;
    if (n > FRAME_LEAST && text[4] == ':' && memcmp(text, "data", 4) == 0)
        return true;
    if (n > 2 && text[2] == '-' && is_dashed(text, n))
        return true;
    if (c.digit == n)
        return n >= CODES_LEAST;
    if (n && text[n - 1] == '=')
        return n >= BASE64_LEAST;
    bool mixed = c.upper && (c.lower || c.digit);
    /* as encoders write it: handles in small letters with digits are Base32, too */
    bool base32 = n >= BASE32_LEAST && c.upper && !c.lower && c.digit;
    return (n >= BASE64_LEAST && mixed) || base32;
}

struct wrapped {
    const struct rules *rules;
    const uint8_t *text;
    bool padded; /* the = says that it is Base64 */
    bool hex;    /* its first wrapping is that */
    bool digits; /* a number is a handle, too: of students at many schools */
    bool said;   /* words that a challenge asks for are in it, or a placeholder */
    char *out;
};

static bool take(void *context, const struct near_handle *near)
{
    struct wrapped *w = context;

    const bool said = (near->kind == NEAR_TEXT || near->kind == NEAR_OTHER) && near->at >= WORDS_LEAST;

    if (near->kind == NEAR_WORD ||
        (!said && (!near_typed(w->text + near->at, near->length) || (!w->hex && near->kind > NEAR_BARE))))
        return false;
    w->said = said;
    for (size_t i = 0; !said && w->digits && i < near->length; i++)
        if (near->handle[i] < 'a')
            return false;
    memcpy(w->out, near->handle, sizeof(near->handle));
    return true;
}

static bool is_inside(void *context, const uint8_t *text, size_t length, const struct peeled *way)
{
    struct wrapped *w = context;
    bool encoded = false;

    if (way->n == 0 || way->steps[way->n - 1] >= N_PEELS || peel_has(way, PEEL_LATIN1) ||
        peel_has(way, PEEL_REVERSED) || peel_has(way, PEEL_BASE85) ||
        (peel_has(way, PEEL_BASE64_CASE) && !w->padded))
        return false;
    for (size_t i = 0; i < way->n; i++)
        encoded = encoded || peel_is_encoding(way->steps[i]);
    /* capitals come out of chance oftener than out of handles */
    if (way->steps[0] != PEEL_HEX && way->steps[0] != PEEL_SEPARATORS && count(text, length).upper > 1)
        return false;
    w->out[0] = '\0';
    w->text = text;
    w->hex = way->steps[0] == PEEL_HEX || way->steps[0] == PEEL_SEPARATORS;
    w->said = encoded && near_has_placeholder(w->rules, text, length);
    return encoded && (w->said || near_each(w->rules, text, length, take, context));
}

enum near_wrap near_wrapped(const struct rules *rules, const uint8_t *text, size_t length, char *out)
{
    struct wrapped w = {.rules = rules, .padded = length && text[length - 1] == '=', .out = out};
    const struct counts c = count(text, length);
    struct peeled way;

    w.digits = c.digit == length;
    if (!may_be_wrapped(text, length) || !peel_find(text, length, is_inside, &w, &way))
        return NEAR_NOT_WRAPPED;
    /* people do not write handles in mixed cases; encoders do */
    const bool mixed = !near_typed(text, length) && c.upper;
    const bool base32 = c.upper && !c.lower && length >= BASE32_SURE;
    const bool prefix = length > 9 && text[0] == '0' && text[1] == 'x';
    return w.said || w.padded || mixed || base32 || prefix || is_dashed(text, length) ||
                   (w.hex && !w.digits && length >= HEX_SURE)
               ? NEAR_WRAPPED_SURELY
               : NEAR_WRAPPED;
}

/* Hex of which one digit is missing or another letter. */
static bool is_broken_hex(const uint8_t *text, size_t length, struct counts c)
{
    enum { LEAST = 3, OTHER_LEAST = 5 };
    size_t letters = 0;

    if (length < LEAST || c.hex + (length >= OTHER_LEAST) < length || (c.hex == length && length % 2 == 0))
        return false;
    for (size_t i = 0; i + 1 < length; i += 2)
        letters += pair(text + i) >= 'a' && pair(text + i) <= 'z';
    return letters * 2 >= length / 2;
}

bool near_is_digest(const uint8_t *text, size_t length)
{
    static const uint8_t sizes[] = {32, 40, 56, 64, 96, 128};
    const struct counts c = count(text, length);

    for (size_t i = 0; i < sizeof(sizes); i++)
        if (sizes[i] == length)
            return c.hex == length && c.digit && c.digit < length && !may_be_hex(text, length);
    return false;
}

bool near_is_letters(const uint8_t *text, size_t length)
{
    enum {
        LEAST = 8,
        MOST = 2 * NAME_MAX_LEN,
        LOOKED = 16 /* tell it well enough */,
        HEX_CODED = 12,
        HEX_BROKEN = 17
    };
    uint8_t out[MOST + 4];
    struct counts c = count(text, length);

    if (is_broken_hex(text, length, c) || near_is_digest(text, length))
        return true;
    if (length < LEAST || length > MOST)
        return false;
    bool hex = c.hex == length;
    /* nobody is called by so many hex digits, and people do not write names in mixed cases: whatever was
     * encoded, it was encoded */
    if ((hex && c.digit && c.digit < length && length >= (length % 2 ? HEX_BROKEN : HEX_CODED)) ||
        (c.upper > 1 && c.lower > 1 && length % 4 == 0 && !near_typed(text, length) &&
         c.upper + c.lower + c.digit == length))
        return true;
    length = length < LOOKED ? length : LOOKED;
    ptrdiff_t n = hex ? peel_hex(text, length - length % 2, out) : -1;
    if (n > 0 && peel_reads(out, (size_t)n))
        return true;
    n = c.upper && c.lower ? peel_base64(text, length - length % 4, out) : -1;
    return n > 0 && peel_reads(out, (size_t)n);
}
