/* Mistakes with a text: what was put around it is taken off again until the text is there. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/str.h"
#include "explain/suspect.h"
#include "judge/peel.h"
#include "judge/text.h"

static const char *const ENCODINGS[] = {
    [ENCODING_UTF8] = "plain UTF-8", [ENCODING_HEX] = "hex", [ENCODING_BASE64] = "Base64"};

struct wanted {
    const struct clause *clause;
    const char *student;
};

static bool is_text(void *context, const uint8_t *text, size_t length)
{
    const struct wanted *w = context;
    char handle[NAME_MAX_LEN + 1];

    if (!w->clause->after)
        return length == strlen(w->clause->before) && memcmp(text, w->clause->before, length) == 0;
    return text_handle(w->clause, text, length, handle) && strcmp(handle, w->student) == 0;
}

/* How the text was wrapped, and the place of the outermost encoding among the steps (n: none). */
struct reading {
    struct peeled way;
    size_t encoding, n_encodings;
};

static bool is_encoding(enum peel p)
{
    return p == PEEL_HEX || p == PEEL_BASE64;
}

/* The bytes as they are judged: a newline that does not count is none. */
static bool judged_bytes(const struct suspect *s, size_t *length)
{
    if (!s->clause || s->clause->kind != MATCH_TEXT || !s->bytes || !s->length)
        return false;
    *length = s->clause->trim ? trim_newline(s->bytes, s->length) : s->length;
    return *length > 0;
}

/* The same, when they are not too many for anything to be sought in them. */
static bool sought_bytes(const struct suspect *s, size_t *length)
{
    return judged_bytes(s, length) && *length <= text_farthest(s->clause);
}

static bool read_text(const struct suspect *s, struct reading *r)
{
    struct wanted wanted = {s->clause, s->verdict->student};
    size_t length;

    *r = (struct reading){.n_encodings = 0};
    if (!sought_bytes(s, &length))
        return false;
    if (!s->text->sought)
        s->text->found = peel_find(s->bytes, length, is_text, &wanted, &s->text->way);
    s->text->sought = true;
    if (!s->text->found)
        return false;
    r->way = s->text->way;
    r->encoding = r->way.n;
    for (size_t i = r->way.n; i-- > 0;)
        if (is_encoding(r->way.steps[i])) {
            r->encoding = i;
            r->n_encodings++;
        }
    return true;
}

static enum text_encoding encoding_of(enum peel p)
{
    return p == PEEL_HEX ? ENCODING_HEX : ENCODING_BASE64;
}

/* One line a student can type for this encoding. */
static void mend_encoding(const struct suspect *s, struct diagnosis *d)
{
    if (s->clause->encoding == ENCODING_HEX)
        suspect_mend(d, "printf %%s TEXT | xxd -p   or   text.encode().hex().encode()");
    else if (s->clause->encoding == ENCODING_BASE64)
        suspect_mend(d, "printf %%s TEXT | base64   or   base64.b64encode(text.encode())");
    else
        suspect_mend(d, "text.encode()   # no hex, no Base64");
}

enum fit why_text_not_encoded(const struct suspect *s, struct diagnosis *d)
{
    struct reading r;

    if (!read_text(s, &r) || r.n_encodings || s->clause->encoding == ENCODING_UTF8)
        return FIT_NONE;
    suspect_say(d, "the text was sent as it is, %s is asked for", ENCODINGS[s->clause->encoding]);
    mend_encoding(s, d);
    return FIT_STRONG;
}

enum fit why_text_wrong_encoding(const struct suspect *s, struct diagnosis *d)
{
    struct reading r;

    if (!read_text(s, &r) || r.n_encodings != 1)
        return FIT_NONE;
    enum text_encoding got = encoding_of(r.way.steps[r.encoding]);
    if (got == s->clause->encoding)
        return FIT_NONE;
    suspect_say(d, "the text was sent in %s, %s is asked for", ENCODINGS[got],
                ENCODINGS[s->clause->encoding]);
    mend_encoding(s, d);
    return FIT_STRONG;
}

enum fit why_text_encoded_twice(const struct suspect *s, struct diagnosis *d)
{
    struct reading r;
    size_t inner;

    if (!read_text(s, &r) || r.n_encodings < 2)
        return FIT_NONE;
    for (inner = r.encoding + 1; !is_encoding(r.way.steps[inner]); inner++)
        ;
    suspect_say(d, "the text was encoded %s: %s, and that in %s again",
                r.n_encodings == 2 ? "twice" : "more than twice", ENCODINGS[encoding_of(r.way.steps[inner])],
                ENCODINGS[encoding_of(r.way.steps[r.encoding])]);
    mend_encoding(s, d);
    return FIT_STRONG;
}

/* Where this wrapping is among the steps; false when it is not. */
static bool wrapped_in(const struct suspect *s, enum peel peel, bool *inside)
{
    struct reading r;

    if (!read_text(s, &r))
        return false;
    for (size_t i = 0; i < r.way.n; i++)
        if (r.way.steps[i] == peel) {
            *inside = i > r.encoding;
            return true;
        }
    return false;
}

enum fit why_text_newline(const struct suspect *s, struct diagnosis *d)
{
    bool inside;

    if (!wrapped_in(s, PEEL_NEWLINE, &inside))
        return FIT_NONE;
    suspect_say(d, inside ? "a line end was encoded together with the text: echo adds one, and the encoder "
                            "takes it for a part of the text"
                          : "a line end follows the text");
    if (inside)
        suspect_mend(d, "printf %%s TEXT | base64 (or xxd -p), or echo -n; in Python text.strip() before");
    return FIT_STRONG;
}

static enum fit wrapped(const struct suspect *s, struct diagnosis *d, enum peel peel, const char *inside,
                        const char *outside)
{
    bool in;

    if (!wrapped_in(s, peel, &in))
        return FIT_NONE;
    suspect_say(d, "%s", in ? inside : outside);
    return FIT_STRONG;
}

enum fit why_text_nul(const struct suspect *s, struct diagnosis *d)
{
    return wrapped(s, d, PEEL_NUL, "a NUL byte was encoded together with the text",
                   "a NUL byte follows the text");
}

enum fit why_text_repr(const struct suspect *s, struct diagnosis *d)
{
    return wrapped(s, d, PEEL_REPR, "b'...' was encoded: Python's way to show bytes, quotes and b included",
                   "b'...' was sent: Python's way to show bytes, quotes and b included");
}

enum fit why_text_quotes(const struct suspect *s, struct diagnosis *d)
{
    return wrapped(s, d, PEEL_QUOTES, "quotes were encoded together with the text",
                   "the text was sent in quotes");
}

enum fit why_text_blanks(const struct suspect *s, struct diagnosis *d)
{
    return wrapped(s, d, PEEL_BLANKS, "blanks were encoded together with the text",
                   "blanks stand before or behind the text");
}

#define RECOGNISER(name, peel, text)                                                                         \
    enum fit why_text_##name(const struct suspect *s, struct diagnosis *d)                                   \
    {                                                                                                        \
        return wrapped(s, d, peel, text, text);                                                              \
    }

RECOGNISER(xxd, PEEL_XXD, "the output of xxd or hexdump was sent, with its offsets and columns")
RECOGNISER(separators, PEEL_SEPARATORS,
           "something stands between or before the hex digits: 0x, \\x, blanks, colons")
RECOGNISER(urlsafe, PEEL_URLSAFE, "Base64 with the alphabet for URLs: - and _ for + and /")
RECOGNISER(unpadded, PEEL_UNPADDED, "Base64 without the = at its end")
RECOGNISER(wrapped, PEEL_WRAPPED, "the Base64 is broken into lines")
RECOGNISER(utf16, PEEL_UTF16, "the text is in UTF-16: two bytes a letter")
RECOGNISER(bom, PEEL_BOM, "a byte order mark, ef bb bf, stands before the text")
RECOGNISER(latin1, PEEL_LATIN1, "the text is in Latin-1, one byte a letter, where UTF-8 has two")

/* The words around the handle decide: the handle itself is compared without case, and where they are others
 * nobody is named. */
static bool is_other_case(void *context, const uint8_t *text, size_t length)
{
    const struct clause *c = ((const struct wanted *)context)->clause;
    const char *at = (const char *)text;
    size_t before = strlen(c->before), after = c->after ? strlen(c->after) : 0;

    return length >= before + after && (c->after || length == before) &&
           strncasecmp(at, c->before, before) == 0 &&
           (!c->after ||
            (length > before + after && strncasecmp(at + length - after, c->after, after) == 0)) &&
           (memcmp(at, c->before, before) != 0 ||
            (after && memcmp(at + length - after, c->after, after) != 0));
}

enum fit why_text_case(const struct suspect *s, struct diagnosis *d)
{
    struct wanted wanted = {s->clause, s->verdict->student};
    struct reading r;
    struct peeled way;
    size_t length;

    (void)d;
    if (!sought_bytes(s, &length) || read_text(s, &r))
        return FIT_NONE;
    return peel_find(s->bytes, length, is_other_case, &wanted, &way) ? FIT_STRONG : FIT_NONE;
}

static bool is_placeholder(void *context, const uint8_t *text, size_t length)
{
    static const char *const words[] = {"{student}",  "your_handle", "your-handle", "your handle",
                                        "yourhandle", "<handle>",    "{handle}"};

    (void)context;
    for (size_t k = 0; k < length; k++) {
        if (text[k] != '{' && text[k] != '<' && text[k] != 'y' && text[k] != 'Y')
            continue;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            if (strlen(words[i]) <= length - k &&
                strncasecmp((const char *)text + k, words[i], strlen(words[i])) == 0)
                return true;
    }
    return false;
}

enum fit why_text_placeholder(const struct suspect *s, struct diagnosis *d)
{
    struct peeled way;
    size_t length;

    (void)d;
    if (!sought_bytes(s, &length) || !s->clause->after)
        return FIT_NONE;
    return peel_find(s->bytes, length, is_placeholder, NULL, &way) ? FIT_STRONG : FIT_NONE;
}

/* Why the bytes are not in the encoding that is asked for: told when no usual mistake explains them. */
enum fit why_text_invalid(const struct suspect *s, struct diagnosis *d)
{
    static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    struct reading r;
    uint8_t text[TEXT_MAX];
    size_t length, i = 0;

    if (!judged_bytes(s, &length) || s->clause->encoding == ENCODING_UTF8 || read_text(s, &r) ||
        text_decode(s->clause->encoding, false, s->bytes, length, text) >= 0)
        return FIT_NONE;
    bool hex = s->clause->encoding == ENCODING_HEX;
    const char *digits = hex ? "0123456789abcdefABCDEF" : BASE64;
    while (i < length && s->bytes[i] && strchr(digits, s->bytes[i]))
        i++;
    if (i < length && s->bytes[i] > 0x20 && s->bytes[i] < 0x7F)
        suspect_say(d, "this is not valid %s: character %zu is \"%c\"", ENCODINGS[s->clause->encoding], i + 1,
                    s->bytes[i]);
    else if (i < length)
        suspect_say(d, "this is not valid %s: byte %zu is 0x%02x", ENCODINGS[s->clause->encoding], i + 1,
                    s->bytes[i]);
    else if (hex)
        suspect_say(d,
                    length % 2 ? "%zu hex digits: an odd number, two make a byte"
                               : "%zu hex digits: too long a text",
                    length);
    else
        suspect_say(
            d, "this is not valid Base64: %zu characters, or padding, that do not end with a group of four",
            length);
    mend_encoding(s, d);
    return FIT_WEAK;
}
