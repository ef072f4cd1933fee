#include "base/names.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

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

/* Edits between two words, where two neighbours that changed places are one (optimal string alignment): the
 * commonest slip of a typist. Words longer than WORD_MAX are as far as can be. */
size_t names_distance(const char *a, const char *b)
{
    size_t rows[3][WORD_MAX + 1], la = strlen(a), lb = strlen(b);

    if (la > WORD_MAX || lb > WORD_MAX)
        return WORD_MAX;
    for (size_t i = 0; i <= la; i++) {
        size_t *row = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            if (i == 0) {
                row[j] = j;
                continue;
            }
            row[j] = min3(up[j] + 1, row[j - 1] + 1, up[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && up2[j - 2] + 1 < row[j])
                row[j] = up2[j - 2] + 1;
        }
    }
    return rows[la % 3][lb];
}

/* In small letters; what is too long for names_distance stays so. */
static const char *folded(const char *word, char out[WORD_MAX + 2])
{
    snprintf(out, WORD_MAX + 2, "%s", word);
    ascii_lower(out);
    return out;
}

const char *names_nearest(const char *word, const char *const *candidates, size_t n)
{
    char small[WORD_MAX + 2], other[WORD_MAX + 2];
    const char *best = NULL;
    size_t nearest = 0;
    size_t len = strlen(word);
    size_t limit = len < 3 ? 1 : len / 3;

    for (size_t i = 0; len <= WORD_MAX && i < n; i++) {
        size_t d = names_distance(folded(word, small), folded(candidates[i], other));
        if (d > limit || (best && d >= nearest))
            continue;
        best = candidates[i];
        nearest = d;
    }
    return best;
}
