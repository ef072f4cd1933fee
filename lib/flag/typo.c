#include "flag/typo.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Neighbours that changed places are two letters that differ, though one slip. */
static size_t letters(const char *a, const char *b)
{
    size_t n = 0;

    if (strlen(a) != strlen(b))
        return names_distance(a, b);
    for (size_t i = 0; a[i]; i++)
        n += a[i] != b[i];
    return n;
}

unsigned typo_letters(const struct flag_context *context, const struct keyring *ring,
                      const struct flag_parts *parts, const char *student)
{
    char right[FLAG_SIZE], typed[FLAG_SIZE];
    struct key key;

    if (!parts->slug[0] || !keyring_challenge(ring, parts->slug, &key))
        return 0;
    bool made = flag_make(right, context, &key, parts->slug, student);
    key_wipe(&key);
    if (!made)
        return 0;
    flag_text(typed, context, parts);
    /* both begin alike, up to the handle; the whole of a long one is more than names_distance takes */
    size_t alike = strlen(typed) - strlen("}") - strlen(parts->mac) - strlen(".") - strlen(parts->student);
    size_t n = letters(typed + alike, right + alike);
    sodium_memzero(right, sizeof(right));
    return n <= TYPO_LETTERS ? (unsigned)n : 0;
}

const char *typo_text(unsigned letters, char out[TYPO_TEXT])
{
    snprintf(out, TYPO_TEXT, "Nearly your flag: %u letter%s of it %s mistyped; copy it anew", letters,
             letters == 1 ? "" : "s", letters == 1 ? "is" : "are");
    return out;
}
