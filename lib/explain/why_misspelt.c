/* A text of which a letter or a word is another, or stands elsewhere. */
#include "explain/drawn.h"
#include "explain/said.h"
#include "explain/words.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/str.h"
#include "judge/peel.h"
#include "judge/text.h"

/* The bytes of the letter beyond ASCII that holds this one; 1 for others. */
static size_t letter_around(const uint8_t *text, size_t length, size_t *at)
{
    size_t n = 1;

    while (*at && (text[*at] & 0xC0) == 0x80)
        --*at;
    while (*at + n < length && (text[*at + n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* Which letter it is for who counts letters, not the bytes of UTF-8. */
static size_t letter_at(const struct wording *w)
{
    size_t at = w->edit.at;

    if (at >= w->length)
        return 1 + words_letters(w->text, w->length);
    if (utf8_valid(w->text, w->length))
        letter_around(w->text, w->length, &at);
    return 1 + words_letters(w->text, at);
}

/* One letter beyond ASCII for another: its bytes are no two letters. Which it is a terminal may not show. */
static bool one_letter(const struct wording *w, const char *where, struct diagnosis *d)
{
    const uint8_t *want = (const uint8_t *)w->want;
    const size_t n_want = strlen(w->want);
    char must[WORDS_SIZE], is[WORDS_SIZE];
    size_t at = w->edit.at, same = at;

    if (w->encoded || (w->edit.kind != EDIT_ANOTHER && w->edit.kind != EDIT_SEVERAL) || at >= w->length ||
        at >= n_want || !utf8_valid(w->text, w->length))
        return false;
    const size_t got_bytes = letter_around(w->text, w->length, &at),
                 want_bytes = letter_around(want, n_want, &same);
    if (same != at || got_bytes + want_bytes < 3 || w->length - at - got_bytes != n_want - at - want_bytes ||
        memcmp(w->text + at + got_bytes, want + at + want_bytes, n_want - at - want_bytes) != 0)
        return false;
    const size_t letter = 1 + words_letters(w->text, at);
    words_shown(want + at, want_bytes, must);
    words_shown(w->text + at, got_bytes, is);
    if (letters_shown(w->text + at, got_bytes) || got_bytes == 1)
        suspect_say(d, "character %zu %s is %s and must be %s", letter, where, is, must);
    else
        suspect_say(d, "character %zu %s is another that looks alike, U+%04X, and must be %s", letter, where,
                    letters_code(w->text + at), must);
    return true;
}

/* Several letters are others: which is the first, and what belongs there. at: of the first byte that differs.
 */
static void say_first(const struct wording *w, size_t at, const char *what, struct diagnosis *d)
{
    const uint8_t *want = (const uint8_t *)w->want;
    const size_t n_want = strlen(w->want);
    const bool valid = utf8_valid(w->text, w->length);
    char must[WORDS_SIZE], is[WORDS_SIZE];
    size_t here = at, there = at, n_here = 1, n_there = 0;

    if (at < n_want)
        n_there = letter_around(want, n_want, &there);
    /* what both begin with is whole letters up to there */
    here = there;
    if (here >= w->length)
        n_here = 0;
    else if (valid)
        n_here = letter_around(w->text, w->length, &here);
    words_shown(w->text + here, n_here, is);
    words_shown(want + there, n_there, must);
    suspect_say(d, "%s, the first is character %zu, %s%s%s%s", what, 1 + words_letters(want, there),
                n_here ? is : "which is missing", n_here && !valid ? ", which is no UTF-8" : "",
                n_there ? ", and must be " : "", n_there ? must : "");
}

/* Letters of other alphabets: a terminal shows them as the ones that are meant, so their codes are told. */
static bool say_alike(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    uint8_t text[TEXT_MAX], like = 0;
    size_t length, size, at = 0, letter = 1;

    if (!w || w->kind == WORDING_NONE || w->other || !peel_has(&w->way, PEEL_ALIKE) ||
        !words_judged(s, &length))
        return false;
    const bool plain = s->clause->encoding == ENCODING_UTF8;
    const ptrdiff_t n =
        plain ? -1 : text_decode(s->clause->encoding, s->clause->trim, s->bytes, s->length, text);
    const uint8_t *bytes = plain ? s->bytes : text;
    length = plain ? length : n > 0 ? (size_t)n : 0;
    for (; at < length && !like; at += size, letter++)
        like = peel_alike_of(bytes + at, length - at, &size);
    if (like == PEEL_UNSEEN)
        suspect_say(d, "character %zu of the text is one that nobody sees, U+%04X: it does not belong there",
                    letter - 1, letters_code(bytes + at - size));
    else if (like)
        suspect_say(d, "character %zu of the text is another that looks alike, U+%04X, and must be \"%c\"",
                    letter - 1, letters_code(bytes + at - size), like);
    else
        suspect_say(d, "letters of another alphabet stand in the text, which look like those that are meant");
    suspect_mend(d, "type it anew with a keyboard: a copied letter was another one");
    return true;
}

/* The first byte that is another. */
static size_t first_other(const struct wording *w)
{
    size_t at = 0;

    while (at < w->length && w->want[at] && w->text[at] == (uint8_t)w->want[at])
        at++;
    return at;
}

static void say_several(const struct wording *w, const char *where, struct diagnosis *d)
{
    char what[WORDS_SIZE], got[WORDS_SIZE];

    snprintf(what, sizeof(what), "two letters %s are others than asked for", where);
    if (!w->encoded)
        say_first(w, w->edit.at, what, d);
    else
        suspect_say(d, "%s, the first is character %zu, %s", what, letter_at(w),
                    words_shown(&w->edit.got, 1, got));
}

static bool look_alike(char a, char b)
{
    static const char *const groups[] = {"O0", "l1I", "5S", "2Z", "8B"};

    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        if (a && b && strchr(groups[i], a) && strchr(groups[i], b))
            return true;
    return false;
}

/* One letter of the Base64 was typed for one that looks like it: what it decodes to was typed by nobody. */
static bool say_typed(const struct suspect *s, const struct wording *w, struct diagnosis *d)
{
    char want[BASE64_SIZE(sizeof(w->want))];
    size_t length, other = SIZE_MAX;

    if (s->clause->encoding != ENCODING_BASE64 || !w->want[0] || !words_judged(s, &length) ||
        !peel_has(&w->way, PEEL_BASE64) || w->way.n != 1)
        return false;
    base64_encode(want, w->want, strlen(w->want));
    if (strlen(want) != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (s->bytes[i] == (uint8_t)want[i])
            continue;
        if (other != SIZE_MAX || !look_alike((char)s->bytes[i], want[i]))
            return false;
        other = i;
    }
    if (other == SIZE_MAX)
        return false;
    suspect_say(d, "character %zu of the Base64 is \"%c\" and must be \"%c\", which looks like it", other + 1,
                s->bytes[other], want[other]);
    suspect_mend(d, "copy the Base64, or pipe it: printf %%s TEXT | base64 | nc; do not type it");
    return true;
}

enum fit why_words_misspelt(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    char got[WORDS_SIZE], want[WORDS_SIZE];

    if (w && w->kind == WORDING_ORDER && !w->other) {
        suspect_say(d, "its words are the right ones, in another order");
        words_mend_whole(s, d);
        return words_fit(s);
    }
    if (say_alike(s, d))
        return words_fit(s);
    if (w && w->kind == WORDING_WORDS && !w->other && !drawn_is_part(s) && words_other(w, got, want)) {
        suspect_say(d, "%s stands where %s belongs; the other words are right", got, want);
        words_mend_whole(s, d);
        return words_sure(s);
    }
    if (w && !w->other && !drawn_is_part(s) && words_goes_on(w)) {
        say_first(w, first_other(w), "the right text begins so, and goes on with other letters", d);
        words_mend_whole(s, d);
        /* a word that is left out, or signs between them, says more */
        const enum fit sure = words_sure(s);
        return sure > FIT_GOOD ? FIT_GOOD : sure;
    }
    if (!w || w->kind != WORDING_MISSPELT || w->other || words_lost(s))
        return FIT_NONE;
    /* what a program made of all of it may differ in a letter or two only */
    if ((w->edit.kind == EDIT_ANOTHER || w->edit.kind == EDIT_SEVERAL) && why_decoded_says(s, d))
        return FIT_NONE;
    if (say_typed(s, w, d))
        return words_fit(s);
    const char *where = w->encoded ? "of the encoded text" : "of the text";
    const size_t at = letter_at(w);
    words_shown(&w->edit.got, 1, got);
    words_shown(&w->edit.want, 1, want);
    switch (one_letter(w, where, d) ? EDIT_NONE : w->edit.kind) {
    case EDIT_NONE:
        break;
    case EDIT_ANOTHER:
        suspect_say(d, "character %zu %s is %s and must be %s", at, where, got, want);
        break;
    case EDIT_MISSING:
        suspect_say(d, "%s is missing as character %zu %s", want, at, where);
        break;
    case EDIT_EXTRA:
        suspect_say(d, "character %zu %s, %s, is one too many", at, where, got);
        break;
    case EDIT_EXCHANGED:
        suspect_say(d, "characters %zu and %zu %s changed places", at, at + 1, where);
        break;
    default:
        say_several(w, where, d);
    }
    if (!w->encoded)
        words_mend_whole(s, d);
    /* a digit that was lost, or a case that was, comes to the same in what is encoded */
    const enum fit fit = words_fit(s);
    return s->clause->encoding != ENCODING_UTF8 && fit > FIT_GOOD ? FIT_GOOD : fit;
}
