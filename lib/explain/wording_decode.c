/* What encoded bytes say, for whoever shows them: no text is looked for. */
#include <string.h>

#include "explain/alike.h"
#include "explain/wording.h"

enum { LOOKED_MAX = 256 };

const char *wording_encoding_text(enum peel encoding)
{
    switch (encoding) {
    case PEEL_HEX:
        return "hex";
    case PEEL_BASE64:
        return "Base64";
    case PEEL_BASE32:
        return "Base32";
    case PEEL_BASE85:
        return "Base85";
    case PEEL_CODES:
        return "numbers, its letters' codes";
    case PEEL_INTEGER:
        return "decimal, as one number that is made of its bytes";
    case PEEL_PERCENT:
        return "percent-encoding";
    case PEEL_QUOTED:
        return "quoted-printable";
    case PEEL_ENTITIES:
        return "HTML entities";
    case PEEL_ROT13:
        return "ROT13";
    default:
        return "plain UTF-8";
    }
}

struct decoding {
    uint8_t *out;
    size_t length;
    enum peel how;
};

static bool reads(void *context, const uint8_t *text, size_t length, const struct peeled *way)
{
    struct decoding *d = context;

    if (!way->n || way->steps[way->n - 1] >= N_PEELS || !peel_is_encoding(way->steps[way->n - 1]) ||
        peel_has(way, PEEL_BASE64_CASE) || peel_has(way, PEEL_REVERSED) || !peel_reads(text, length))
        return false;
    /* in Base85 letters come out of many words by chance */
    for (size_t i = 0; way->steps[way->n - 1] == PEEL_BASE85 && i < length; i++)
        if (alike_word_ends(text, length, i) && text[i] != ' ' && text[i] != '-')
            return false;
    d->length = length < WORDING_SHOWN ? length : WORDING_SHOWN;
    memcpy(d->out, text, d->length);
    for (size_t i = way->n; i-- > 0;)
        if (peel_is_encoding(way->steps[i]))
            d->how = way->steps[i];
    return true;
}

size_t wording_decode(const uint8_t *bytes, size_t length, uint8_t *out, enum peel *how)
{
    struct decoding d = {.out = out};
    struct peeled way;

    if (length < 4 || length > 2 * LOOKED_MAX || !peel_find(bytes, length, reads, &d, &way))
        return 0;
    *how = d.how;
    return d.length;
}
