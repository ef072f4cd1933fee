/* Every wrapping that applies is tried, deeper each time, so that the way with the fewest mistakes is found
 * first. Each takes bytes away, and the tries are counted: hostile bytes cost no more than a fixed amount. */
#include "judge/peel.h"

#include "judge/peel_private.h"

enum { TRIES_MAX = 120 };

static peel_step *const PEELS[] = {
    [PEEL_HEX] = peel_hex,
    [PEEL_BASE64] = peel_base64,
    [PEEL_NEWLINE] = peel_newline,
    [PEEL_NUL] = peel_nul,
    [PEEL_BLANKS] = peel_blanks,
    [PEEL_REPR] = peel_repr,
    [PEEL_QUOTES] = peel_quotes,
    [PEEL_XXD] = peel_xxd,
    [PEEL_SEPARATORS] = peel_separators,
    [PEEL_URLSAFE] = peel_urlsafe,
    [PEEL_UNPADDED] = peel_unpadded,
    [PEEL_OVERPADDED] = peel_overpadded,
    [PEEL_WRAPPED] = peel_wrapped,
    [PEEL_BASE64_CASE] = peel_base64_case,
    [PEEL_UTF16] = peel_utf16,
    [PEEL_UTF32] = peel_utf32,
    [PEEL_BOM] = peel_bom,
    [PEEL_LATIN1] = peel_latin1,
    [PEEL_BASE32] = peel_base32,
    [PEEL_BASE85] = peel_base85,
    [PEEL_CODES] = peel_codes,
    [PEEL_INTEGER] = peel_integer,
    [PEEL_PERCENT] = peel_percent,
    [PEEL_QUOTED] = peel_quoted,
    [PEEL_ENTITIES] = peel_entities,
    [PEEL_TWICE] = peel_twice,
    [PEEL_SPACED] = peel_spaced,
    [PEEL_COUNTED] = peel_counted,
    [PEEL_PICKLE] = peel_pickle,
    [PEEL_FRAMED] = peel_framed,
    [PEEL_ESCAPE] = peel_escape,
    [PEEL_PART] = peel_part,
    [PEEL_ALIKE] = peel_alike,
    [PEEL_NULS_BEFORE] = peel_nuls_before,
    [PEEL_UTF7] = peel_utf7,
    [PEEL_WIDE] = peel_wide,
    [PEEL_ROT13] = peel_rot13,
    [PEEL_PAIRS] = peel_pairs,
    [PEEL_REVERSED] = peel_reversed,
};

struct search {
    peel_fn *is;
    void *context;
    struct peeled way;
    unsigned tries;
};

bool peel_is_encoding(enum peel peel)
{
    return peel == PEEL_HEX || peel == PEEL_BASE64 || peel == PEEL_BASE32 || peel == PEEL_BASE85 ||
           peel == PEEL_CODES || peel == PEEL_INTEGER || peel == PEEL_PERCENT || peel == PEEL_QUOTED ||
           peel == PEEL_ENTITIES || peel == PEEL_ROT13;
}

bool peel_has(const struct peeled *way, enum peel peel)
{
    for (size_t i = 0; i < way->n; i++)
        if (way->steps[i] == peel)
            return true;
    return false;
}

/* What is left after it is no text, but the letters of an encoding. */
static bool leaves_letters(enum peel peel)
{
    return peel == PEEL_XXD || peel == PEEL_SEPARATORS || peel == PEEL_URLSAFE || peel == PEEL_UNPADDED ||
           peel == PEEL_OVERPADDED || peel == PEEL_WRAPPED || peel == PEEL_FRAMED || peel == PEEL_BASE64_CASE;
}

/* The bytes at the end of a way, and the same in the disguises that any text may be in. */
static bool is_it(struct search *s, const uint8_t *bytes, size_t length)
{
    uint8_t other[PEEL_BYTES + 4];

    if (s->way.n && leaves_letters(s->way.steps[s->way.n - 1]))
        return false;
    if (s->is(s->context, bytes, length, &s->way))
        return true;
    for (enum peel p = PEEL_ROT13; p <= PEEL_REVERSED && s->way.n < PEEL_STEPS; p++) {
        const bool hex = s->way.n && s->way.steps[s->way.n - 1] == PEEL_HEX;
        ptrdiff_t n = p == PEEL_PAIRS && !hex ? -1 : PEELS[p](bytes, length, other);
        if (n <= 0)
            continue;
        s->way.steps[s->way.n++] = p;
        if (s->is(s->context, other, (size_t)n, &s->way))
            return true;
        s->way.n--;
    }
    return false;
}

/* At most PEEL_STEPS deep: that many buffers on the stack. */
static bool look(struct search *s, const uint8_t *bytes, size_t length, size_t deeper)
{
    uint8_t inner[PEEL_BYTES + 4];

    if (deeper == 0)
        return is_it(s, bytes, length);
    /* backwards is what an encoder made, too, where it was turned around as the last thing */
    for (int i = 0; i <= PEEL_REVERSED && s->tries < TRIES_MAX; i++) {
        if (i >= N_PEELS && (i != PEEL_REVERSED || s->way.n))
            continue;
        ptrdiff_t n = PEELS[i](bytes, length, inner);
        if (n <= 0)
            continue;
        s->tries++;
        s->way.steps[s->way.n++] = (enum peel)i;
        if (look(s, inner, (size_t)n, deeper - 1))
            return true;
        s->way.n--;
    }
    return false;
}

bool peel_find(const uint8_t *bytes, size_t length, peel_fn *is, void *context, struct peeled *out)
{
    struct search s = {.is = is, .context = context};

    if (length == 0 || length > PEEL_BYTES)
        return false;
    for (size_t depth = 0; depth <= PEEL_STEPS && s.tries < TRIES_MAX; depth++)
        if (look(&s, bytes, length, depth)) {
            *out = s.way;
            return true;
        }
    return false;
}
