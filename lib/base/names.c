#include "base/names.h"

#include <string.h>

static bool name_valid(const char *text, bool underscore)
{
    size_t i = 0;

    for (; text[i]; i++) {
        char c = text[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        bool joint = i > 0 && (c == '-' || (underscore && c == '_'));
        if (i == NAME_MAX_LEN || !(plain || joint))
            return false;
    }
    return i > 0;
}

bool handle_valid(const char *text)
{
    return name_valid(text, true);
}

bool slug_valid(const char *text)
{
    return name_valid(text, false);
}

enum { WORD_MAX = 63 };

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;

    return m < c ? m : c;
}

/* Levenshtein's distance in one row of memory; words longer than WORD_MAX are as far as can be. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], la = strlen(a), lb = strlen(b);

    if (la > WORD_MAX || lb > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= lb; j++)
        row[j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t up = row[j];
            row[j] = min3(up + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = up;
        }
    }
    return row[lb];
}

const char *name_nearest(const char *word, const char *const *candidates, size_t n)
{
    const char *best = NULL;
    size_t len = strlen(word);
    size_t limit = len < 3 ? 1 : len / 3;

    for (size_t i = 0; i < n; i++) {
        size_t d = distance(word, candidates[i]);
        if (d <= limit && (!best || d < distance(word, best)))
            best = candidates[i];
    }
    return best;
}
