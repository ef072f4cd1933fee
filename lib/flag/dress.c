#include "flag/dress.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"

/* https://www.unicode.org/charts/: Latin-1, General Punctuation and the compatibility forms. */
static const struct {
    uint32_t first, last;
    char to; /* '\0': left out */
} rows[] = {
    {'\t', '\r', '\0'}, /* tab, line feed, carriage return */
    {' ', ' ', '\0'},       {'"', '"', '\0'},       {'\'', '\'', '\0'},
    {'`', '`', '\0'},       {0xA0, 0xA0, '\0'},     /* no-break space */
    {0xAB, 0xAB, '\0'},                             /* guillemets, with 0xBB and 0x2039 */
    {0xAD, 0xAD, '\0'},                             /* soft hyphen: marks where a line may break */
    {0xB4, 0xB4, '\0'},                             /* acute accent */
    {0xBB, 0xBB, '\0'},     {0x1680, 0x1680, '\0'}, /* spaces */
    {0x180E, 0x180E, '\0'}, {0x2000, 0x200F, '\0'}, /* spaces, zero width, directions */
    {0x2010, 0x2015, '-'},                          /* hyphens and dashes */
    {0x2018, 0x201F, '\0'},                         /* quotes */
    {0x2028, 0x202F, '\0'},                         /* separators, directions, narrow no-break space */
    {0x2032, 0x2037, '\0'},                         /* primes */
    {0x2039, 0x203A, '\0'}, {0x205F, 0x206F, '\0'}, /* spaces, invisible operators */
    {0x2212, 0x2212, '-'},                          /* minus */
    {0x3000, 0x3000, '\0'}, {0xFE58, 0xFE58, '-'},  {0xFE63, 0xFE63, '-'},
    {0xFEFF, 0xFEFF, '\0'}, /* byte order mark */
    {0xFF0D, 0xFF0D, '-'},
};

/* The length of the character at text, and *point: 0 for what is no UTF-8, or of four bytes. */
static size_t decode(const unsigned char *text, size_t len, uint32_t *point)
{
    size_t n = text[0] >= 0xE0 && text[0] < 0xF0 ? 3 : text[0] >= 0xC0 && text[0] < 0xE0 ? 2 : 1;

    *point = text[0] < 0x80 ? text[0] : 0;
    if (n == 1)
        return 1;
    if (n > len || !utf8_valid(text, n))
        return 1;
    *point = text[0] & (n == 3 ? 0x0FU : 0x1FU);
    for (size_t i = 1; i < n; i++)
        *point = *point << 6 | (text[i] & 0x3FU);
    return n;
}

/* Whether a row has the character, and what it becomes. */
static bool mended(uint32_t point, char *to)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (point >= rows[i].first && point <= rows[i].last) {
            *to = rows[i].to;
            return true;
        }
    return false;
}

static void cut(char *text)
{
    static const char before[] = "flag:";
    size_t n = strlen(text);

    if (strncmp(text, before, strlen(before)) == 0) {
        n -= strlen(before);
        memmove(text, text + strlen(before), n + 1);
    }
    while (n && strchr(".,;", text[n - 1]))
        text[--n] = '\0';
}

bool dress_off(char *out, size_t size, const char *text, size_t len)
{
    size_t n = 0, step;

    for (size_t i = 0; i < len; i += step) {
        uint32_t point;
        char to = '\0';
        step = decode((const unsigned char *)text + i, len - i, &point);
        bool mend = mended(point, &to);
        size_t add = !mend ? step : to ? 1 : 0;
        if (!text[i] || n + add >= size)
            return false;
        memcpy(out + n, mend ? &to : text + i, add);
        n += add;
    }
    out[n] = '\0';
    ascii_lower(out);
    cut(out);
    return true;
}
