/* Mistakes with a text: what was put around it is taken off again until the text is there. */
#include <string.h>

#include "base/codec.h"
#include "explain/drawn.h"
#include "explain/said.h"
#include "explain/why_letters.h"
#include "explain/words.h"
#include "judge/text.h"

/* How the text was wrapped, and the place of the outermost encoding among the steps (n: none). */
struct unwrapped {
    const struct wording *wording;
    size_t encoding, n_encodings;
};

/* False when nothing like the text was found in the bytes. */
static bool read_text(const struct suspect *s, struct unwrapped *r)
{
    const struct wording *w = words_of(s);

    if (!w || w->kind == WORDING_NONE || w->encoded)
        return false;
    *r = (struct unwrapped){.wording = w, .encoding = w->way.n};
    for (size_t i = w->way.n; i-- > 0;)
        if (peel_is_encoding(w->way.steps[i])) {
            r->encoding = i;
            r->n_encodings++;
        }
    return true;
}

static enum peel asked(const struct suspect *s)
{
    return s->clause->encoding == ENCODING_HEX      ? PEEL_HEX
           : s->clause->encoding == ENCODING_BASE64 ? PEEL_BASE64
                                                    : PEEL_NOTHING;
}

/* One word of it is encoded, and the others stand as they are. */
static bool is_part(const struct unwrapped *r)
{
    /* the whole text in that word is no part of it */
    return !r->wording->other && peel_has(&r->wording->way, PEEL_PART) && r->wording->kind != WORDING_EXTRA;
}

enum fit why_text_not_encoded(const struct suspect *s, struct diagnosis *d)
{
    struct unwrapped r;

    if (read_text(s, &r) && is_part(&r) && !r.n_encodings && s->clause->encoding != ENCODING_UTF8) {
        suspect_say(
            d, "a word of it was encoded by itself: the whole text, blanks included, goes into %s at once",
            wording_encoding_text(asked(s)));
        words_mend_encoding(s, d);
        return words_fit(s);
    }
    struct diagnosis unused = *d;
    if (!read_text(s, &r) || r.n_encodings || s->clause->encoding == ENCODING_UTF8 || r.wording->other ||
        why_digits_says(s, &unused) || why_typed_says(s, &unused) || peel_has(&r.wording->way, PEEL_XXD) ||
        peel_has(&r.wording->way, PEEL_REVERSED) || peel_has(&r.wording->way, PEEL_PART))
        return FIT_NONE;
    suspect_say(d, "the text was sent as it is, %s is asked for", wording_encoding_text(asked(s)));
    words_mend_encoding(s, d);
    return words_fit(s);
}

/* "begin 644 name", of which a stream's message has no more than that line. */
static bool is_uuencode(const struct suspect *s)
{
    enum { MODE = 6, LEAST = 10 };
    size_t length;

    return words_judged(s, &length) && length > LEAST && memcmp(s->bytes, "begin ", MODE) == 0 &&
           s->bytes[MODE] >= '0' && s->bytes[MODE] <= '7' && s->bytes[MODE + 3] == ' ';
}

/* A line of it, as binascii.b2a_uu() makes one, that says the text which is asked for, of any handle. */
static bool is_line_of_uuencode(const struct suspect *s)
{
    enum { FIRST = 0x20, LAST = 0x60, GROUP = 4, BITS = 0x3F };
    uint8_t text[TEXT_MAX + 3];
    char handle[NAME_MAX_LEN + 1];
    size_t length, k = 0;

    if (!words_judged(s, &length) || length < 1 + GROUP || length > TEXT_MAX || length % GROUP != 1 ||
        !s->clause->after || !text_says(s->clause))
        return false;
    const size_t n = (s->bytes[0] - FIRST) & BITS;
    for (size_t i = 0; i < length; i++)
        if (s->bytes[i] < FIRST || s->bytes[i] > LAST)
            return false;
    for (size_t i = 1; i + GROUP <= length; i += GROUP) {
        uint32_t group = 0;
        for (size_t j = 0; j < GROUP; j++)
            group = group << 6 | ((s->bytes[i + j] - FIRST) & BITS);
        text[k++] = (uint8_t)(group >> 16);
        text[k++] = (uint8_t)(group >> 8);
        text[k++] = (uint8_t)group;
    }
    return n && n <= k && n + 3 > k && text_handle(s->clause, text, n, handle);
}

enum fit why_text_wrong_encoding(const struct suspect *s, struct diagnosis *d)
{
    struct unwrapped r;

    if (drawn_is_misread(s, d) || why_digits_says(s, d))
        return FIT_STRONG;
    if (is_uuencode(s) || is_line_of_uuencode(s)) {
        suspect_say(d, "uuencode made this, and %s is asked for", wording_encoding_text(asked(s)));
        words_mend_encoding(s, d);
        return FIT_STRONG;
    }
    if (read_text(s, &r) && is_part(&r) && !r.n_encodings && s->clause->encoding == ENCODING_UTF8) {
        suspect_say(d, "one word of it was encoded, and plain UTF-8 is asked for");
        words_mend_encoding(s, d);
        return words_fit(s);
    }
    if (!read_text(s, &r) || r.n_encodings != 1 || r.wording->other)
        return FIT_NONE;
    enum peel got = r.wording->way.steps[r.encoding];
    if (got == asked(s))
        return FIT_NONE;
    suspect_say(d, "the text was sent in %s, %s is asked for", wording_encoding_text(got),
                wording_encoding_text(asked(s)));
    words_mend_encoding(s, d);
    if (got == PEEL_HEX && asked(s) == PEEL_NOTHING && !s->clause->unfilled && s->length > 3 &&
        memcmp(s->bytes, "\\x", 2) == 0) {
        suspect_say(d,
                    "escapes, \\x%.2s and so on, were sent as they are written: they are bytes in a program "
                    "alone",
                    (const char *)s->bytes + 2);
        suspect_mend(d, "text.encode(), no r'...' and no repr(); printf, or echo -e, not echo");
    }
    return words_fit(s);
}

enum fit why_text_encoded_twice(const struct suspect *s, struct diagnosis *d)
{
    struct unwrapped r;
    size_t inner;

    if (why_letters_twice(s, d) != FIT_NONE)
        return words_fit(s);
    if (!read_text(s, &r) || r.wording->other)
        return FIT_NONE;
    if (is_part(&r) && r.n_encodings) {
        suspect_say(d, "one word of it was encoded by itself, and then the whole text again");
        words_mend_encoding(s, d);
        return words_fit(s);
    }
    if (r.n_encodings < 2)
        return FIT_NONE;
    const enum peel *steps = r.wording->way.steps;
    for (inner = r.encoding + 1; !peel_is_encoding(steps[inner]); inner++)
        ;
    suspect_say(d, "the text was encoded %s: %s, and that in %s again",
                r.n_encodings == 2 ? "twice" : "more than twice", wording_encoding_text(steps[inner]),
                wording_encoding_text(steps[r.encoding]));
    words_mend_encoding(s, d);
    return words_fit(s);
}

/* Where this wrapping is among the steps; false when it is not. */
static bool wrapped_in(const struct suspect *s, enum peel peel, bool *inside)
{
    struct unwrapped r;

    if (!read_text(s, &r))
        return false;
    const struct peeled *way = &r.wording->way;
    for (size_t i = 0; i < way->n; i++)
        if (way->steps[i] == peel) {
            *inside = i > r.encoding;
            return true;
        }
    return false;
}

/* How many line ends follow the text. */
static unsigned line_ends(const struct suspect *s)
{
    unsigned n = 0;

    for (size_t i = s->length; i > 0 && (s->bytes[i - 1] == '\n' || s->bytes[i - 1] == '\r'); i--)
        n += s->bytes[i - 1] == '\n';
    return n;
}

enum fit why_text_newline(const struct suspect *s, struct diagnosis *d)
{
    bool inside, of_dump;

    if (!wrapped_in(s, PEEL_NEWLINE, &inside))
        return FIT_NONE;
    /* every dump ends with one, and so does what is broken into lines */
    if (!inside && (wrapped_in(s, PEEL_XXD, &of_dump) || wrapped_in(s, PEEL_WRAPPED, &of_dump)))
        return FIT_NONE;
    suspect_say(d, inside ? "a line end was encoded together with the text: echo adds one, and the encoder "
                            "takes it for a part of the text"
                          : "a line end follows the text");
    if (!inside && s->clause->trim && line_ends(s) > 1)
        suspect_say(d, "one line end behind the text does no harm, but %u came", line_ends(s));
    if (!inside && !line_ends(s)) {
        suspect_say(d, "a carriage return follows the text: alone it ends no line");
        suspect_mend(d, "\"\\n\" ends a line, or \"\\r\\n\", not \"\\r\"");
    }
    if (inside)
        suspect_mend(d, "printf %%s TEXT | base64 (or xxd -p), or echo -n; in Python text.strip() before");
    return words_fit(s);
}

static enum fit wrapped(const struct suspect *s, struct diagnosis *d, enum peel peel, const char *inside,
                        const char *outside)
{
    bool in;

    if (!wrapped_in(s, peel, &in))
        return FIT_NONE;
    suspect_say(d, "%s", in ? inside : outside);
    return words_fit(s);
}

/* The right text, the NUL that ends it in C, and more: sizeof counts a buffer, or a pointer. */
static bool is_beyond_nul(const struct suspect *s)
{
    const struct clause *c = s->clause;
    uint8_t text[TEXT_MAX];
    size_t length;

    if (!words_judged(s, &length))
        return false;
    const uint8_t *nul = memchr(s->bytes, 0, length);
    if (!nul || nul == s->bytes || (size_t)(nul - s->bytes) + 1 >= length ||
        (size_t)(nul - s->bytes) > TEXT_MAX)
        return false;
    const ptrdiff_t n = text_decode(c->encoding, c->trim, s->bytes, (size_t)(nul - s->bytes), text);
    const char *want = words_of(s)->want;
    /* what begins with a letter and a NUL is a text of nobody's in particular */
    return n > 0 && *want && (size_t)n == strlen(want) && memcmp(text, want, (size_t)n) == 0;
}

enum fit why_text_nul(const struct suspect *s, struct diagnosis *d)
{
    size_t length;

    if (words_judged(s, &length) && !s->bytes[0] && memcmp(s->bytes, s->bytes + 1, length - 1) == 0) {
        suspect_say(d, "only NUL bytes came, %zu of them: a buffer into which nothing was written", length);
        suspect_mend(d, "bytes(5) are five NULs: text.encode() are its letters");
        return FIT_STRONG;
    }
    if (is_beyond_nul(s)) {
        suspect_say(
            d, "a NUL byte follows the text, and behind it what lay there: sizeof is not the text's length");
        return FIT_STRONG;
    }
    if (rules_transport(s->rules) == TARGET_PACKET)
        suspect_mend(
            d, "strlen() bytes, not the whole buffer; no 's' wider than the text; hping3 -d: its length");
    return wrapped(s, d, PEEL_NUL, "a NUL byte was encoded together with the text",
                   "a NUL byte follows the text");
}

/* A value that was told, in quotes where it belongs in the text; behind `before`. */
static bool is_quoted_part(const struct suspect *s, const char *before)
{
    const size_t n = strlen(before);
    uint8_t room[TEXT_MAX];
    struct drawn part;

    if (!drawn_find(s, room, &part) || part.n_got < n + 2 + part.n_want || memcmp(part.got, before, n) != 0)
        return false;
    const uint8_t quote = part.got[n], *last = part.got + part.n_got - 1,
                  *end = part.got + n + 1 + part.n_want;
    /* a line end in it is shown as two letters */
    return (quote == '\'' || quote == '"') && *last == quote &&
           memcmp(part.got + n + 1, part.want, part.n_want) == 0 &&
           (end == last || (end + 2 == last && memcmp(end, "\\n", 2) == 0));
}

/* <class 'str'>, <built-in function input>: what print() says of things that are no text. */
static bool is_thing(const struct suspect *s)
{
    static const char *const words[] = {"class '",       "built-in ",     "function ",
                                        "bound method ", " object at 0x", "module '"};
    size_t length;

    if (!words_judged(s, &length) || s->bytes[0] != '<' || s->bytes[length - 1] != '>')
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (memmem(s->bytes, length, words[i], strlen(words[i])))
            return true;
    return false;
}

enum fit why_text_repr(const struct suspect *s, struct diagnosis *d)
{
    if (is_thing(s)) {
        suspect_say(d, "Python's name of a thing was sent, not a text: of a function that was not called, or "
                       "of a type");
        suspect_mend(d, "input(), with its parentheses; the text itself, not type(text)");
        return FIT_STRONG;
    }
    if (words_repr(s)) {
        suspect_say(d, "b'...' stands in it, the handle inside: Python's way to show bytes");
        suspect_mend(d, "handle.decode(), or the handle without b before its quotes, in an f-string or +");
        return words_fit(s);
    }
    if (is_quoted_part(s, "b")) {
        suspect_say(d, "b'...' stands in it: Python's way to show bytes, quotes and b included");
        suspect_mend(d, "data.decode().strip() before it goes into another text");
        return FIT_STRONG;
    }
    return wrapped(s, d, PEEL_REPR, "b'...' was encoded: Python's way to show bytes, quotes and b included",
                   "b'...' was sent: Python's way to show bytes, quotes and b included");
}

enum fit why_text_quotes(const struct suspect *s, struct diagnosis *d)
{
    if (is_quoted_part(s, "")) {
        suspect_say(d, "the value that was told stands in quotes");
        return FIT_STRONG;
    }
    if (words_quoted(s)) {
        suspect_say(d, "the handle stands in quotes");
        words_mend_whole(s, d);
        return words_fit(s);
    }
    return wrapped(s, d, PEEL_QUOTES, "quotes were encoded together with the text",
                   "the text was sent in quotes");
}

#define RECOGNISER(name, peel, text)                                                                         \
    enum fit why_text_##name(const struct suspect *s, struct diagnosis *d)                                   \
    {                                                                                                        \
        return wrapped(s, d, peel, text, text);                                                              \
    }

/* What `xxd -e` prints: an offset, then words of four bytes in the host's order; the first of the text. */
static bool is_little_dump(const struct suspect *s)
{
    enum { OFFSET = 10, WORD = 4, DIGITS = 2 * WORD };
    const struct wording *w = words_of(s);
    uint8_t first[WORD];
    size_t length;

    if (!w || !words_judged(s, &length) || length <= OFFSET + DIGITS ||
        memcmp(s->bytes, "00000000: ", OFFSET) != 0 || s->bytes[OFFSET + DIGITS] != ' ' ||
        hex_decode(first, WORD, (const char *)s->bytes + OFFSET, DIGITS) != WORD)
        return false;
    const char *known = *w->want ? w->want : s->clause->before;
    for (size_t i = 0; i < WORD; i++)
        if (!known[i] || first[WORD - 1 - i] != (uint8_t)known[i])
            return false;
    return true;
}

enum fit why_text_xxd(const struct suspect *s, struct diagnosis *d)
{
    static const char says[] = "the output of xxd, od or hexdump was sent, with its offsets and columns";

    if (is_little_dump(s)) {
        suspect_say(d,
                    "the output of xxd -e was sent, with its offset and columns, and each four bytes in the "
                    "host's order");
        return words_fit(s);
    }
    return wrapped(s, d, PEEL_XXD, says, says);
}

RECOGNISER(separators, PEEL_SEPARATORS,
           "something stands between or before the hex digits: 0x, \\x, blanks, colons")
RECOGNISER(urlsafe, PEEL_URLSAFE, "Base64 with the alphabet for URLs: - and _ for + and /")
RECOGNISER(unpadded, PEEL_UNPADDED, "Base64 without the = at its end")
RECOGNISER(overpadded, PEEL_OVERPADDED, "more = stand at the end of the Base64 than belong there")
RECOGNISER(bom, PEEL_BOM, "a byte order mark, ef bb bf, stands before the text")
RECOGNISER(latin1, PEEL_LATIN1,
           "the text is in Latin-1 (or Windows-1252), one byte a letter, where UTF-8 has two")

enum fit why_text_reversed(const struct suspect *s, struct diagnosis *d)
{
    static const char says[] = "the text stands there backwards";

    return words_nibbles(s) ? FIT_NONE : wrapped(s, d, PEEL_REVERSED, says, says);
}

/* A stream's message ends with its first line, so that of Base64 in lines only that one comes. */
enum fit why_text_wrapped(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    bool inside;

    if (w && w->kind == WORDING_CUT && w->line) {
        suspect_say(d, "the Base64 is broken into lines, and the first of them ended the message");
        return FIT_GOOD;
    }
    if (!wrapped_in(s, PEEL_WRAPPED, &inside) || !peel_has(&w->way, PEEL_BASE64))
        return FIT_NONE;
    suspect_say(d, "%s",
                memchr(s->bytes, '\n', s->length) ? "the Base64 is broken into lines"
                                                  : "blanks stand between the letters of the Base64");
    return words_fit(s);
}

enum fit why_text_utf16(const struct suspect *s, struct diagnosis *d)
{
    bool inside;

    if (!wrapped_in(s, PEEL_UTF16, &inside) && !wrapped_in(s, PEEL_UTF32, &inside))
        return FIT_NONE;
    suspect_say(d, "%s",
                peel_has(&words_of(s)->way, PEEL_UTF16)
                    ? "the text is in UTF-16: two bytes a letter"
                    : "the text is in UTF-32: four bytes a letter, as struct.pack's I and C's int have");
    suspect_mend(d, "text.encode('utf-8'); and no struct.pack of each letter: bytes are sent as they are");
    if (s->clause->encoding == ENCODING_HEX && s->bytes[0] == '0' && s->bytes[1] == '0')
        suspect_mend(d, "text.encode('utf-8').hex(); by hand '%%02x' for each byte, not '%%04x' or '%%08x'");
    return words_fit(s);
}
