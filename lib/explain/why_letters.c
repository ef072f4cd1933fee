/* Letters beyond ASCII that came otherwise than in UTF-8, and bytes that are not in the encoding that is
 * asked for: which of them, and why. */
#include "explain/why_letters.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "explain/words.h"
#include "judge/text.h"

/* What Base64 says that was made of several texts, each on its own, one behind the other: the text's length,
 * or -1 where one of them is none. */
static ptrdiff_t pieces_decode(const uint8_t *bytes, size_t length, uint8_t text[TEXT_MAX])
{
    size_t n = 0;

    for (size_t at = 0, end; at < length; at = end) {
        if (bytes[at] == '\n' || bytes[at] == '\r') {
            end = at + 1;
            continue;
        }
        for (end = at; end < length && bytes[end] != '=' && bytes[end] != '\n'; end++)
            ;
        while (end < length && bytes[end] == '=')
            end++;
        const ptrdiff_t k = base64_decode(text + n, TEXT_MAX - n, (const char *)bytes + at, end - at);
        if (k <= 0)
            return -1;
        n += (size_t)k;
    }
    return (ptrdiff_t)n;
}

/* Pieces that were encoded one by one; true where together they say the text that is asked for. */
static bool say_pieces(const struct suspect *s, size_t length, struct diagnosis *d)
{
    const char *want = words_of(s)->want;
    char handle[NAME_MAX_LEN + 1];
    uint8_t text[TEXT_MAX];
    const ptrdiff_t n = pieces_decode(s->bytes, length, text);

    if (n < 0) {
        suspect_say(d, "this is not valid Base64: a = stands before its end");
        return false;
    }
    suspect_say(d, "the text was encoded in pieces, each on its own: a = ends the first, before the last");
    suspect_mend(d, "join the whole text first, then encode it once");
    return *want ? strlen(want) == (size_t)n && memcmp(text, want, (size_t)n) == 0
                 : s->clause->after && text_handle(s->clause, text, (size_t)n, handle);
}

/* Where Base64 breaks off: the sentence for letters that are all of the alphabet. True where that is all that
 * is wrong. */
static bool say_groups(const struct suspect *s, size_t length, struct diagnosis *d)
{
    size_t letters = length, pad;

    while (letters && s->bytes[letters - 1] == '=')
        letters--;
    pad = length - letters;
    if (memchr(s->bytes, '=', letters))
        return say_pieces(s, length, d);
    if (length % 4)
        suspect_say(d, "this is not valid Base64: %zu characters, padding included, are no groups of four",
                    length);
    else if (pad > 2)
        suspect_say(d, "this is not valid Base64: it ends in %zu =, and two are the most", pad);
    else if (pad)
        suspect_say(d, "this is not valid Base64: its last letter, \"%c\", holds bits that belong to no byte",
                    s->bytes[letters - 1]);
    else
        suspect_say(d, "%zu characters of Base64: too long a text", length);
    return false;
}

/* The text itself, taken for Base64 and decoded; Python leaves out what is no letter of Base64. */
static bool says_decoded_first(const struct suspect *s, const uint8_t *bytes, size_t length,
                               struct diagnosis *d)
{
    enum { LEAST = 3, MOST = 48 };
    const char *known = *words_of(s)->want ? words_of(s)->want : s->clause->before;
    char letters[HEX_SIZE(MOST)];
    size_t k = 0;

    if (s->clause->encoding != ENCODING_BASE64 || length > MOST)
        return false;
    base64_encode(letters, bytes, length);
    for (; *known; known++) {
        if (*known == ' ')
            continue;
        if (!letters[k] || letters[k++] != *known)
            return false;
    }
    if (k < LEAST)
        return false;
    suspect_say(d, "the text was decoded as if it were Base64 already: encoded it is asked for");
    suspect_mend(d, "base64.b64encode(text.encode()), not b64decode; base64 without -d");
    return true;
}

/* Which digit or letter is missing, or one too many, where the text is known. */
static void say_which(const struct suspect *s, const char *count, struct diagnosis *d)
{
    const struct edit *e = &words_of(s)->edit;

    if (words_lost(s) && e->kind == EDIT_MISSING)
        suspect_say(d, "%s: \"%c\" is missing as character %zu", count, e->want, e->at + 1);
    else if (words_lost(s) && e->kind == EDIT_EXTRA)
        suspect_say(d, "%s: character %zu, \"%c\", is one too many", count, e->at + 1, e->got);
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
    if (says_decoded_first(s, s->bytes, length, d))
        return FIT_STRONG;
    bool hex = s->clause->encoding == ENCODING_HEX;
    const char *digits = hex ? "0123456789abcdefABCDEF" : BASE64, *name = hex ? "hex" : "Base64";
    while (i < length && s->bytes[i] && strchr(digits, s->bytes[i]))
        i++;
    words_mend_encoding(s, d);
    bool alone = false;
    if (!hex && i && i < length && s->bytes[i] == '\n' && s->bytes[i - 1] == '=' &&
        pieces_decode(s->bytes, length, text) > 0)
        alone = say_pieces(s, length, d);
    else if (i < length && s->bytes[i] > 0x20 && s->bytes[i] < 0x7F)
        suspect_say(d, "this is not valid %s: character %zu is \"%c\"", name, i + 1, s->bytes[i]);
    else if (i < length)
        suspect_say(d, "this is not valid %s: byte %zu is 0x%02x", name, i + 1, s->bytes[i]);
    else if (hex)
        suspect_say(d,
                    length % 2 ? "%zu hex digits: an odd number, two make a byte"
                               : "%zu hex digits: too long a text",
                    length);
    else
        alone = say_groups(s, length, d);
    if (i == length && words_lost(s)) {
        char count[WORDS_SIZE];
        snprintf(count, sizeof(count),
                 hex ? "%zu hex digits, an odd number" : "%zu characters, no groups of four", length);
        say_which(s, count, d);
    }
    return words_lost(s) || alone ? words_fit(s) : FIT_WEAK;
}

/* Which code each way of writing a letter has, and its words. */
enum letters_code { CHARSET = 1, DECOMPOSED, TWICE, ESCAPED, REPLACED };

static const char ONCE[] = "text.encode('utf-8') once; .decode('utf-8') what is bytes already";
static const char ESCAPE[] = "an escape was sent as the characters it is written with";
static const char RAW[] =
    "write the letter itself, in \"...\".encode(): no r'...', no repr(), no b'...'; echo -e, not echo";
static const char ENTITY[] = "an entity of HTML stands for a letter";
static const char UNESCAPE[] = "html.unescape(text).encode('utf-8')";
static const char OTHERS[] = "other letters stand for those beyond ASCII";
static const char AS_TOLD[] = "write each letter as the challenge has it, then text.encode('utf-8')";

static const char BY_HAND[] = "of two bytes the last is 0x80 | number & 0x3f; or text.encode('utf-8')";
static const char ALL_BYTES[] =
    "each letter beyond ASCII has two bytes and more: data = text.encode(), and len(data) of them";
static const char EIGHT_BITS[] = "no & 0x7f, no chr() of a smaller number: text.encode('utf-8') as it is";
static const char CONSOLE[] =
    "chcp 65001 in a console of Windows; save the file and read it as UTF-8; then encode once";
static const char LATEX[] = "a letter came as LaTeX writes it";

static const char ONE_KEY[] = "write the letter as one: copy it from the challenge, or \"\\u00fc\" in Python";

static const struct {
    enum letters_code code;
    const char *what, *mend;
} WAYS[N_LETTERS] = {
    [LETTERS_CP850] = {CHARSET, "the text is in CP850, which Windows' consoles have, not in UTF-8",
                       "text.encode('utf-8'); in a console of Windows chcp 65001 first"},
    [LETTERS_CP1252] = {CHARSET, "the text is in Windows-1252, one byte a letter, not in UTF-8",
                        "text.encode('utf-8')"},
    [LETTERS_MAC] = {CHARSET, "the text is in Mac Roman, one byte a letter, not in UTF-8",
                     "text.encode('utf-8')"},
    [LETTERS_DECOMPOSED] = {DECOMPOSED, "a letter and its mark came as two characters (Unicode's NFD)",
                            "unicodedata.normalize('NFC', text).encode('utf-8')"},
    [LETTERS_TWICE] = {TWICE, "the text was encoded in UTF-8 twice, its bytes read as Latin-1 between", ONCE},
    [LETTERS_TWICE_1252] = {TWICE,
                            "the text was encoded in UTF-8 twice, its bytes read as Windows-1252 between",
                            ONCE},
    [LETTERS_ESCAPE_X] = {ESCAPED, ESCAPE, RAW},
    [LETTERS_ESCAPE_U] = {ESCAPED, ESCAPE, RAW},
    [LETTERS_ESCAPE_XX] = {ESCAPED, ESCAPE, RAW},
    [LETTERS_ESCAPE_N] = {ESCAPED, "a letter's number in Unicode was sent in its place", AS_TOLD},
    [LETTERS_NAMED] = {ESCAPED, "a letter's name in Unicode was sent in its place",
                       "text.encode('utf-8'), not encode('ascii', 'namereplace')"},
    [LETTERS_HTML_NAME] = {ESCAPED, ENTITY, UNESCAPE},
    [LETTERS_HTML_NUMBER] = {ESCAPED, ENTITY, UNESCAPE},
    [LETTERS_HTML_HEX] = {ESCAPED, ENTITY, UNESCAPE},
    [LETTERS_TRANSCRIBED] = {REPLACED, OTHERS, AS_TOLD},
    [LETTERS_PLAIN] = {REPLACED, OTHERS, AS_TOLD},
    [LETTERS_PLAIN_S] = {REPLACED, OTHERS, AS_TOLD},
    [LETTERS_STRIPPED] = {REPLACED, OTHERS, AS_TOLD},
    [LETTERS_QUESTION] = {REPLACED, "letters beyond ASCII were replaced",
                          "text.encode('utf-8'), not encode('ascii', 'replace')"},
    [LETTERS_BESIDE] = {DECOMPOSED, "a letter and its mark came as two characters", ONE_KEY},
    [LETTERS_BEFORE] = {DECOMPOSED, "a letter and its mark came as two characters", ONE_KEY},
    [LETTERS_QUOTE] = {DECOMPOSED, "a quote stands for a letter's two dots", ONE_KEY},
    [LETTERS_TEX] = {DECOMPOSED, "a quote stands for a letter's two dots", ONE_KEY},
    [LETTERS_DOUBLED] = {REPLACED, "a letter of Hungarian stands there, with two strokes for two dots",
                         AS_TOLD},
    [LETTERS_PUNYCODE] = {CHARSET, "the text is in Punycode, which names of hosts are in",
                          "text.encode('utf-8'), not 'punycode' or 'idna'"},
    [LETTERS_UNKNOWN] = {REPLACED, "letters were lost before: bytes were read that were no UTF-8",
                         "save the file and read the input as UTF-8; no errors='replace'"},
    [LETTERS_RAW_LAST] = {CHARSET,
                          "UTF-8 by hand: the letter's number itself stands in the place of its last byte",
                          BY_HAND},
    [LETTERS_NO_MARK] = {CHARSET, "UTF-8 by hand: in what follows a letter's first byte bit 8 is not set",
                         BY_HAND},
    [LETTERS_OVERLONG] =
        {CHARSET, "UTF-8 by hand: a letter has three bytes where two are enough",
         "below 0x800 two bytes: 0xc0 | number >> 6, 0x80 | number & 0x3f; or text.encode()"},
    [LETTERS_EXCHANGED] =
        {CHARSET, "the bytes of a letter are exchanged",
         "0xc0 | number >> 6 is the first, 0x80 | number & 0x3f the second; or text.encode()"},
    [LETTERS_LAST_BYTE] = {CHARSET, "of a letter's bytes only the last came", ALL_BYTES},
    [LETTERS_FIRST_BYTE] = {CHARSET, "of a letter's bytes only the first came", ALL_BYTES},
    [LETTERS_SEVEN_BITS] = {CHARSET, "bit 8 of each byte was cut off", EIGHT_BITS},
    [LETTERS_SEVEN_BITS_LATIN1] = {CHARSET, "it was Latin-1, and bit 8 of each byte was cut off", EIGHT_BITS},
    [LETTERS_TWICE_437] = {TWICE, "the text was encoded in UTF-8 twice, its bytes read as CP437 between",
                           CONSOLE},
    [LETTERS_TWICE_850] = {TWICE, "the text was encoded in UTF-8 twice, its bytes read as CP850 between",
                           CONSOLE},
    [LETTERS_THRICE] = {TWICE, "the text was encoded in UTF-8 three times, its bytes read as Latin-1 between",
                        ONCE},
    [LETTERS_LATEX] = {ESCAPED, LATEX, AS_TOLD},
    [LETTERS_LATEX_BRACED] = {ESCAPED, LATEX, AS_TOLD},
    [LETTERS_LEFT_OUT] = {REPLACED, "letters beyond ASCII were left out",
                          "text.encode('utf-8'), not encode('ascii', 'ignore')"},
};

/* "ü" and what came for it, in words that say which way of writing it that is. */
static enum fit told_as(enum letters_code code, const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    char got[WORDS_SIZE], want[WORDS_SIZE];

    if (!w || w->kind != WORDING_LETTERS || WAYS[w->letters.kind].code != code)
        return FIT_NONE;
    const struct letters *l = &w->letters;
    words_shown(l->want, l->n_want, want);
    if (l->n_got)
        suspect_say(d, "%s: %s came for %s", WAYS[l->kind].what, words_shown(l->got, l->n_got, got), want);
    else
        suspect_say(d, "%s: nothing came for %s", WAYS[l->kind].what, want);
    suspect_mend(d, "%s", WAYS[l->kind].mend);
    return words_fit(s);
}

static bool is_peeled(const struct suspect *s, enum peel peel)
{
    const struct wording *w = words_of(s);

    return w && w->kind != WORDING_NONE && !w->other && peel_has(&w->way, peel);
}

enum fit why_letters_charset(const struct suspect *s, struct diagnosis *d)
{
    if (is_peeled(s, PEEL_UTF7)) {
        suspect_say(d, "the text is in UTF-7, which writes letters beyond ASCII as + and Base64");
        return words_fit(s);
    }
    if (is_peeled(s, PEEL_WIDE)) {
        suspect_say(d, "each letter beyond ASCII came as its number in two bytes, which is not UTF-8");
        return words_fit(s);
    }
    return told_as(CHARSET, s, d);
}

enum fit why_letters_decomposed(const struct suspect *s, struct diagnosis *d)
{
    return told_as(DECOMPOSED, s, d);
}

enum fit why_letters_twice(const struct suspect *s, struct diagnosis *d)
{
    return told_as(TWICE, s, d);
}

enum fit why_letters_escaped(const struct suspect *s, struct diagnosis *d)
{
    if (is_peeled(s, PEEL_ESCAPE)) {
        suspect_say(d, "an escape, \"\\n\" or its like, was sent as the characters it is written with");
        suspect_mend(d, "printf, or echo -e; in Python \"\\n\" without r; in C \"\\n\", not \"\\\\n\"");
        return words_fit(s);
    }
    return told_as(ESCAPED, s, d);
}

enum fit why_letters_replaced(const struct suspect *s, struct diagnosis *d)
{
    return told_as(REPLACED, s, d);
}
