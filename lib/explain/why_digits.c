/* Hex in which a byte has another number of digits than two: what a program's own format made of it. */
#include <string.h>

#include "base/codec.h"
#include "explain/said.h"
#include "explain/words.h"
#include "judge/near.h"
#include "judge/text.h"

static bool is_digits(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!bytes[i] || !strchr("0123456789abcdefABCDEF", bytes[i]))
            return false;
    return length > 0;
}

static unsigned digit(uint8_t c)
{
    return c <= '9' ? c - (unsigned)'0' : (c | 0x20u) - 'a' + 10;
}

/* The text that is asked for; "" where it is not known, or was read from these very digits. */
static const char *asked(const struct suspect *s, const uint8_t *bytes, size_t length)
{
    const char *want = words_of(s)->want;

    return strlen(want) == length && memcmp(want, bytes, length) == 0 ? "" : want;
}

/* Of each byte one digit alone: all that is known of the text is compared. */
static bool is_half(const struct suspect *s, const uint8_t *bytes, size_t length, unsigned shift)
{
    const char *want = asked(s, bytes, length), *known = *want ? want : s->clause->before;
    const size_t n = strlen(known);

    if (*want ? length != n : !text_says(s->clause) || length <= n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (digit(bytes[i]) != ((uint8_t)known[i] >> shift & 0xFu))
            return false;
    return true;
}

/* The text in groups of so many digits, a byte each. */
static bool is_wide(const struct suspect *s, const uint8_t *bytes, size_t length, size_t width)
{
    const char *want = asked(s, bytes, length);
    char handle[NAME_MAX_LEN + 1];
    uint8_t text[TEXT_MAX];
    size_t n = 0;

    if (length % width || length / width > sizeof(text))
        return false;
    for (size_t at = 0; at < length; at += width) {
        unsigned value = 0;
        for (size_t i = at; i < at + width; i++)
            value = value > UINT8_MAX ? value : value << 4 | digit(bytes[i]);
        if (value > UINT8_MAX)
            return false;
        text[n++] = (uint8_t)value;
    }
    if (*want)
        return n == strlen(want) && memcmp(text, want, n) == 0;
    return s->clause->after && text_handle(s->clause, text, n, handle) &&
           (text_says(s->clause) || near_typed(text + strlen(s->clause->before), strlen(handle)));
}

bool why_digits_says(const struct suspect *s, struct diagnosis *d)
{
    enum { THREE = 3, MOST = 8, LEAST = 4 };
    size_t length;

    if (!words_judged(s, &length) || s->clause->encoding != ENCODING_HEX || length < LEAST ||
        !is_digits(s->bytes, length))
        return false;
    for (unsigned shift = 0; shift <= 4; shift += 4)
        if (is_half(s, s->bytes, length, shift)) {
            suspect_say(d, "one hex digit of each byte came, the %s: a byte has two",
                        shift ? "first" : "second");
            suspect_mend(d,
                         "'%%02x' %% byte, or text.encode().hex(): both digits of each, no [2] and no [3]");
            return true;
        }
    /* four and eight are those of UTF-16 and UTF-32, which are told by themselves */
    for (size_t width = THREE; width < MOST; width += width == THREE ? 2 : 1)
        if (is_wide(s, s->bytes, length, width)) {
            suspect_say(d, "each byte came with %zu hex digits, as '%%0%zux' prints it: a byte has two",
                        width, width);
            suspect_mend(d, "'%%02x' %% byte, or text.encode().hex(): not '%%0%zux'", width);
            return true;
        }
    return false;
}
