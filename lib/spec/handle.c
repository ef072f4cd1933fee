#include "spec/handle.h"

#include <stdio.h>
#include <stdint.h>
#include <string.h>

enum { FIRST = 0xc0, LAST = 0x17f };

/* U+00C0 to U+017F (Latin-1, Latin Extended-A) as people write them where only ASCII goes. */
static const char *const latin[LAST - FIRST + 1] = {
    "a", "a", "a",  "a",  "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",  "i",  /* À */
    "d", "n", "o",  "o",  "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "ss", /* Ð */
    "a", "a", "a",  "a",  "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",  "i",  /* à */
    "d", "n", "o",  "o",  "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "y",  /* ð */
    "a", "a", "a",  "a",  "a",  "a", "c",  "c", "c", "c", "c", "c", "c",  "c", "d",  "d",  /* Ā */
    "d", "d", "e",  "e",  "e",  "e", "e",  "e", "e", "e", "e", "e", "g",  "g", "g",  "g",  /* Đ */
    "g", "g", "g",  "g",  "h",  "h", "h",  "h", "i", "i", "i", "i", "i",  "i", "i",  "i",  /* Ġ */
    "i", "i", "ij", "ij", "j",  "j", "k",  "k", "k", "l", "l", "l", "l",  "l", "l",  "l",  /* İ */
    "l", "l", "l",  "n",  "n",  "n", "n",  "n", "n", "n", "n", "n", "o",  "o", "o",  "o",  /* ŀ */
    "o", "o", "oe", "oe", "r",  "r", "r",  "r", "r", "r", "s", "s", "s",  "s", "s",  "s",  /* Ő */
    "s", "s", "t",  "t",  "t",  "t", "t",  "t", "u", "u", "u", "u", "u",  "u", "u",  "u",  /* Š */
    "u", "u", "u",  "u",  "w",  "w", "y",  "y", "y", "z", "z", "z", "z",  "z", "z",  "s",  /* Ű */
};

/* The next code point of valid UTF-8. */
static uint32_t next(const unsigned char **at)
{
    uint32_t c = *(*at)++;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

    if (more)
        c &= 0x3fu >> more;
    for (; more && (**at & 0xc0) == 0x80; more--)
        c = c << 6 | (*(*at)++ & 0x3fu);
    return c;
}

static void put(char out[NAME_MAX_LEN + 1], size_t *len, const char *text)
{
    for (; *text && *len < NAME_MAX_LEN; text++)
        out[(*len)++] = *text;
    out[*len] = '\0';
}

void handle_of_name(const char *name, char out[NAME_MAX_LEN + 1])
{
    const unsigned char *at = (const unsigned char *)name;
    bool ended = false, comma = strchr(name, ',') != NULL;
    size_t len = 0;

    out[0] = '\0';
    while (*at) {
        uint32_t c = next(&at);
        char one[2] = {(char)c, '\0'};
        if (c == ',')
            break;
        if (c == ' ' || c == '\t' || c == 0xa0) {
            ended = true;
            continue;
        }
        /* a new word begins: only the last one counts, but before a comma all of them */
        if (ended && !comma)
            len = 0;
        ended = false;
        if (c >= 'A' && c <= 'Z')
            one[0] = (char)(c + 32);
        if ((one[0] >= 'a' && one[0] <= 'z' && c < 0x80) || (c >= '0' && c <= '9') || (c == '-' && len))
            put(out, &len, one);
        else if (c >= FIRST && c <= LAST)
            put(out, &len, latin[c - FIRST]);
    }
    out[len] = '\0';
    while (len && out[len - 1] == '-')
        out[--len] = '\0';
}

void handle_number(const char *base, bool (*taken)(const char *handle, void *context), void *context,
                   char out[NAME_MAX_LEN + 1])
{
    char number[16] = "";

    for (unsigned n = 2;; n++) {
        snprintf(out, NAME_MAX_LEN + 1, "%.*s%s", (int)(NAME_MAX_LEN - strlen(number)), base, number);
        if (!taken(out, context))
            return;
        snprintf(number, sizeof(number), "%u", n);
    }
}
