#include "base/shown.h"

#include <stdbool.h>

/* U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F; U+061C; U+FEFF. ZWJ and ZWNJ too: names do without
 * them. */
static bool turns(const unsigned char *c)
{
    if (c[0] == 0xe2 && c[1] == 0x80)
        return (c[2] >= 0x8b && c[2] <= 0x8f) || (c[2] >= 0xa8 && c[2] <= 0xae);
    if (c[0] == 0xe2 && c[1] == 0x81)
        return c[2] >= 0xa0 && c[2] <= 0xaf;
    return c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf;
}

size_t shown_unfit(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;

    if (*c && (*c < 0x20 || *c == 0x7f))
        return 1;
    if ((c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) || (c[0] == 0xd8 && c[1] == 0x9c))
        return 2;
    return c[0] >= 0xe2 && turns(c) ? 3 : 0;
}

void shown_plain(char *text)
{
    char *out = text;

    while (*text) {
        size_t unfit = shown_unfit(text);
        *out++ = unfit ? '?' : *text;
        text += unfit ? unfit : 1;
    }
    *out = '\0';
}
