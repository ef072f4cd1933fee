/* Letters beyond ASCII that came otherwise than in UTF-8, and bytes that are not in the encoding that is
 * asked for: which of them, and why. */
#include "explain/why_letters.h"

#include <string.h>

#include "explain/words.h"
#include "judge/text.h"

/* Where Base64 breaks off: the sentence for letters that are all of the alphabet. */
static void say_groups(const struct suspect *s, size_t length, struct diagnosis *d)
{
    size_t letters = length, pad;

    while (letters && s->bytes[letters - 1] == '=')
        letters--;
    pad = length - letters;
    if (memchr(s->bytes, '=', letters))
        suspect_say(d, "this is not valid Base64: a = stands before its end");
    else if (length % 4)
        suspect_say(d, "this is not valid Base64: %zu characters, padding included, are no groups of four",
                    length);
    else if (pad > 2)
        suspect_say(d, "this is not valid Base64: it ends in %zu =, and two are the most", pad);
    else if (pad)
        suspect_say(d, "this is not valid Base64: its last letter, \"%c\", holds bits that belong to no byte",
                    s->bytes[letters - 1]);
    else
        suspect_say(d, "%zu characters of Base64: too long a text", length);
}

/* Why the bytes are not in the encoding that is asked for: told when no usual mistake explains them. */
enum fit why_letters_invalid(const struct suspect *s, struct diagnosis *d)
{
    static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    uint8_t text[TEXT_MAX];
    size_t length, i = 0;

    if (!words_judged(s, &length) || s->clause->encoding == ENCODING_UTF8 ||
        words_of(s)->kind == WORDING_RIGHT || words_of(s)->other ||
        text_decode(s->clause->encoding, false, s->bytes, length, text) >= 0)
        return FIT_NONE;
    bool hex = s->clause->encoding == ENCODING_HEX;
    const char *digits = hex ? "0123456789abcdefABCDEF" : BASE64, *name = hex ? "hex" : "Base64";
    while (i < length && s->bytes[i] && strchr(digits, s->bytes[i]))
        i++;
    if (i < length && s->bytes[i] > 0x20 && s->bytes[i] < 0x7F)
        suspect_say(d, "this is not valid %s: character %zu is \"%c\"", name, i + 1, s->bytes[i]);
    else if (i < length)
        suspect_say(d, "this is not valid %s: byte %zu is 0x%02x", name, i + 1, s->bytes[i]);
    else if (hex)
        suspect_say(d,
                    length % 2 ? "%zu hex digits: an odd number, two make a byte"
                               : "%zu hex digits: too long a text",
                    length);
    else
        say_groups(s, length, d);
    words_mend_encoding(s, d);
    return words_lost(s) ? words_fit(s) : FIT_WEAK;
}

/* "ü" and what came for it, in words that say which way of writing it that is. */
static enum fit say_letters(const struct suspect *s, struct diagnosis *d, const char *what, const char *mend)
{
    const struct letters *l = &words_of(s)->letters;
    char got[WORDS_SIZE], want[WORDS_SIZE];

    words_shown(l->want, l->n_want, want);
    if (l->n_got)
        suspect_say(d, "%s: %s came for %s", what, words_shown(l->got, l->n_got, got), want);
    else
        suspect_say(d, "%s: nothing came for %s", what, want);
    suspect_mend(d, "%s", mend);
    return words_fit(s);
}

static enum letters_kind kind_of(const struct suspect *s)
{
    const struct wording *w = words_of(s);

    return w && w->kind == WORDING_LETTERS ? w->letters.kind : LETTERS_NONE;
}

enum fit why_letters_charset(const struct suspect *s, struct diagnosis *d)
{
    switch (kind_of(s)) {
    case LETTERS_CP850:
        return say_letters(s, d, "the text is in CP850, which Windows' consoles have, not in UTF-8",
                           "text.encode('utf-8'); in a console of Windows chcp 65001 first");
    case LETTERS_CP1252:
        return say_letters(s, d, "the text is in Windows-1252, one byte a letter, not in UTF-8",
                           "text.encode('utf-8')");
    case LETTERS_MAC:
        return say_letters(s, d, "the text is in Mac Roman, one byte a letter, not in UTF-8",
                           "text.encode('utf-8')");
    default:
        return FIT_NONE;
    }
}

enum fit why_letters_decomposed(const struct suspect *s, struct diagnosis *d)
{
    return kind_of(s) == LETTERS_DECOMPOSED
               ? say_letters(s, d, "a letter and its mark came as two characters (Unicode's NFD)",
                             "unicodedata.normalize('NFC', text).encode('utf-8')")
               : FIT_NONE;
}

enum fit why_letters_twice(const struct suspect *s, struct diagnosis *d)
{
    switch (kind_of(s)) {
    case LETTERS_TWICE:
        return say_letters(s, d, "the text was encoded in UTF-8 twice, its bytes read as Latin-1 between",
                           "text.encode('utf-8') once; .decode('utf-8') what is bytes already");
    case LETTERS_TWICE_1252:
        return say_letters(s, d,
                           "the text was encoded in UTF-8 twice, its bytes read as Windows-1252 between",
                           "text.encode('utf-8') once; .decode('utf-8') what is bytes already");
    default:
        return FIT_NONE;
    }
}

enum fit why_letters_escaped(const struct suspect *s, struct diagnosis *d)
{
    switch (kind_of(s)) {
    case LETTERS_ESCAPE_X:
    case LETTERS_ESCAPE_U:
    case LETTERS_ESCAPE_XX:
        return say_letters(
            s, d, "an escape was sent as the characters it is written with",
            "write the letter itself: no r'...', no repr(), no 'unicode_escape'; echo -e, not echo");
    case LETTERS_HTML_NAME:
    case LETTERS_HTML_NUMBER:
    case LETTERS_HTML_HEX:
        return say_letters(s, d, "an entity of HTML stands for a letter",
                           "html.unescape(text).encode('utf-8')");
    default:
        return FIT_NONE;
    }
}

enum fit why_letters_replaced(const struct suspect *s, struct diagnosis *d)
{
    switch (kind_of(s)) {
    case LETTERS_TRANSCRIBED:
    case LETTERS_PLAIN:
    case LETTERS_PLAIN_S:
    case LETTERS_STRIPPED:
        return say_letters(s, d, "other letters stand for those beyond ASCII",
                           "write each letter as the challenge has it, then text.encode('utf-8')");
    case LETTERS_QUESTION:
        return say_letters(s, d, "letters beyond ASCII were replaced",
                           "text.encode('utf-8'), not encode('ascii', 'replace')");
    case LETTERS_UNKNOWN:
        return say_letters(s, d, "letters were lost before: bytes were read that were no UTF-8",
                           "save the file and read the input as UTF-8; no errors='replace'");
    case LETTERS_LEFT_OUT:
        return say_letters(s, d, "letters beyond ASCII were left out",
                           "text.encode('utf-8'), not encode('ascii', 'ignore')");
    default:
        return FIT_NONE;
    }
}
