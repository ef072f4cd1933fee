#include "explain/alike.h"

#include <string.h>
#include <strings.h>

#include "judge/peel.h"

bool alike_in_another_order(const uint8_t *text, size_t length, const char *want, size_t n)
{
    enum { WORDS_MAX = 8 };
    bool used[WORDS_MAX] = {false};
    size_t at = 0, words = 0;

    if (length != n || !memchr(want, ' ', n))
        return false;
    for (size_t end; at <= n; at = end + 1, words++) {
        const char *blank = memchr(want + at, ' ', n - at);
        end = blank ? (size_t)(blank - want) : n;
        bool found = false;
        size_t k = 0, k_end;
        for (size_t i = 0; k <= length && i < WORDS_MAX && !found; k = k_end + 1, i++) {
            const uint8_t *next = memchr(text + k, ' ', length - k);
            k_end = next ? (size_t)(next - text) : length;
            found = !used[i] && k_end - k == end - at &&
                    strncasecmp((const char *)text + k, want + at, end - at) == 0;
            used[i] = used[i] || found;
        }
        if (!found)
            return false;
    }
    return words > 1;
}

bool alike_word_ends(const uint8_t *text, size_t length, size_t at)
{
    uint8_t c = at < length ? text[at] : ' ';

    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_');
}

size_t alike_find_word(const uint8_t *text, size_t length, const char *word, size_t n)
{
    for (size_t i = 0; n && i + n <= length; i++)
        if (strncasecmp((const char *)text + i, word, n) == 0 && alike_word_ends(text, length, i + n) &&
            (i == 0 || alike_word_ends(text, length, i - 1)))
            return i;
    return length;
}

bool alike_but_for_blanks(const uint8_t *text, size_t length, const char *want, size_t n)
{
    size_t k = 0, blank;

    for (size_t i = 0; i < length; i++) {
        if ((blank = peel_blank_at(text, i, length)) && text[i] != '\r' && text[i] != '\n') {
            i += blank - 1;
            continue;
        }
        while (k < n && want[k] == ' ')
            k++;
        if (k == n || (text[i] | 0x20) != ((uint8_t)want[k] | 0x20))
            return false;
        k++;
    }
    while (k < n && want[k] == ' ')
        k++;
    return k == n;
}

bool alike_but_for_case(const uint8_t *text, const char *want, size_t n)
{
    enum { LATIN1 = 0xC3, SHARP_S = 0x9F, CASE = 0x20 };
    const uint8_t *w = (const uint8_t *)want;

    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && w[i] == LATIN1) {
            const bool sharp = w[i + 1] == SHARP_S && strncasecmp((const char *)text + i, "ss", 2) == 0;
            const bool other = text[i] == LATIN1 && w[i + 1] != SHARP_S && text[i + 1] != SHARP_S &&
                               (w[i + 1] | CASE) == (text[i + 1] | CASE);
            if (!sharp && !other && memcmp(text + i, w + i, 2) != 0)
                return false;
            i++;
        } else if (strncasecmp((const char *)text + i, want + i, 1) != 0) {
            return false;
        }
    }
    return true;
}

size_t alike_with_two_s(const uint8_t *text, size_t length, uint8_t *out, size_t size)
{
    size_t k = 0;

    for (size_t i = 0; i < length && k + 2 <= size; i++)
        if (length - i >= 3 && memcmp(text + i, "\xE1\xBA\x9E", 3) == 0) {
            out[k++] = 'S';
            out[k++] = 'S';
            i += 2;
        } else {
            out[k++] = text[i];
        }
    return k;
}
