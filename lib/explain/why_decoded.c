/* A word that was told in hex or Base64, taken out of it in another way than bytes.fromhex() or b64decode().
 */
#include <string.h>

#include "base/codec.h"
#include "explain/said.h"
#include "explain/words.h"
#include "judge/rules_private.h"

enum { WORD_LEAST = 4, WORD_MOST = 64 };

struct decoded {
    const uint8_t *want, *got;
    size_t n_want, n_got;
    char digits[HEX_SIZE(WORD_MOST)];
};

static unsigned digit(const struct decoded *w, size_t i)
{
    return (unsigned)(w->want[i / 2] >> (i % 2 ? 0 : 4)) & 0xFU;
}

static bool is_digit_a_byte(const struct decoded *w)
{
    for (size_t i = 0; i < w->n_got && w->n_got == 2 * w->n_want; i++)
        if (w->got[i] != digit(w, i))
            return false;
    return w->n_got == 2 * w->n_want;
}

/* Each second digit, as its value, or as the letter that it is written with. */
static bool is_each_second(const struct decoded *w)
{
    for (size_t from = 0; from < 2 && w->n_got == w->n_want; from++) {
        size_t values = 0, letters = 0;
        for (size_t i = 0; i < w->n_got; i++) {
            values += w->got[i] == digit(w, 2 * i + from);
            letters += w->got[i] == (uint8_t)w->digits[2 * i + from];
        }
        if (values == w->n_got || letters == w->n_got)
            return true;
    }
    return false;
}

/* From the second digit on, or with one put before the first. */
static bool is_shifted(const struct decoded *w)
{
    size_t later = 0, earlier = 0;

    if (w->n_got > w->n_want + 1 || w->n_got + 1 < w->n_want)
        return false;
    for (size_t i = 0; i < w->n_got; i++) {
        const size_t at = 2 * i + 1, end = 2 * w->n_want;
        const unsigned first = at < end ? digit(w, at) : 0, second = at + 1 < end ? digit(w, at + 1) : 0;
        later += w->got[i] == (first << 4 | second);
        const unsigned before = i ? digit(w, at - 2) : 0, here = at - 1 < end ? digit(w, at - 1) : 0;
        earlier += w->got[i] == (before << 4 | here);
    }
    return later == w->n_got || earlier == w->n_got;
}

static bool is_halved(const struct decoded *w)
{
    const size_t half = w->n_want / 2;

    return w->n_got == w->n_want && w->n_want % 2 == 0 && memcmp(w->got, w->want + half, half) == 0 &&
           memcmp(w->got + half, w->want, half) == 0 && memcmp(w->want, w->want + half, half) != 0;
}

static bool is_sorted(const struct decoded *w)
{
    int count[UINT8_MAX + 1] = {0};

    for (size_t i = 0; i < w->n_got && w->n_got == w->n_want; i++) {
        if (i && w->got[i] < w->got[i - 1])
            return false;
        count[w->got[i]]++;
        count[w->want[i]]--;
    }
    for (size_t i = 0; i <= UINT8_MAX; i++)
        if (count[i])
            return false;
    return w->n_got == w->n_want;
}

/* Base64 of which all letters were made small, or capitals, before it was decoded; its whole groups, for bits
 * that belong to no byte are left out by some decoders and refused by others. */
static bool is_recased(const struct decoded *w)
{
    enum { BYTES = 3, LETTERS = 4, LEAST = 2 };
    const size_t groups = w->n_want / BYTES;

    for (int upper = 0; upper < 2 && w->n_got == w->n_want && groups >= LEAST; upper++) {
        char text[HEX_SIZE(WORD_MOST)];
        uint8_t out[WORD_MOST + BYTES];
        base64_encode(text, w->want, w->n_want);
        for (char *c = text; *c; c++)
            if ((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z')
                *c = (char)(upper ? *c & ~0x20 : *c | 0x20);
        const ptrdiff_t n = base64_decode(out, sizeof(out), text, groups * LETTERS);
        if (n > 0 && memcmp(out, w->got, groups * BYTES) == 0)
            return true;
    }
    return false;
}

/* The two digits of each byte exchanged. */
static bool is_nibbles(const struct decoded *w)
{
    for (size_t i = 0; i < w->n_got && w->n_got == w->n_want; i++)
        if (w->got[i] != (digit(w, 2 * i + 1) << 4 | digit(w, 2 * i)))
            return false;
    return w->n_got == w->n_want;
}

/* Each four bytes backwards: a number of 32 bits in the host's order. */
static bool is_quads(const struct decoded *w)
{
    enum { QUAD = 4 };

    if (w->n_got != w->n_want || w->n_want % QUAD || w->n_want == QUAD)
        return false;
    for (size_t i = 0; i < w->n_got; i++)
        if (w->got[i] != w->want[i ^ (QUAD - 1)])
            return false;
    return true;
}

/* Base64 decoded from its second, third or fourth letter on. */
static bool is_later(const struct decoded *w)
{
    enum { BYTES = 3, LETTERS = 4, LEAST = 4 };
    char text[HEX_SIZE(WORD_MOST)];
    uint8_t out[WORD_MOST + BYTES];

    base64_encode(text, w->want, w->n_want);
    const size_t letters = strcspn(text, "=");
    for (size_t from = 1; from < LETTERS && from + LETTERS < letters; from++) {
        const ptrdiff_t n =
            base64_decode(out, sizeof(out), text + from, (letters - from) / LETTERS * LETTERS);
        if (n >= LEAST && w->n_got >= (size_t)n && w->n_got < (size_t)n + BYTES &&
            memcmp(out, w->got, (size_t)n) == 0)
            return true;
    }
    return false;
}

static bool is_told_in(const struct suspect *s, enum text_encoding encoding)
{
    const struct target_spec *target = &s->rules->challenge->target;

    for (size_t i = 0; i < target->n_steps; i++)
        if (target->steps[i].say.text && target->steps[i].say_encoding == encoding)
            return true;
    return false;
}

bool why_decoded_says(const struct suspect *s, struct diagnosis *d)
{
    static const char hex[] = "bytes.fromhex(line.decode()): two digits are one byte";
    static const struct {
        enum text_encoding of; /* UTF-8: of any */
        bool (*is)(const struct decoded *w);
        const char *says, *mend;
    } rows[] = {
        {ENCODING_HEX, is_digit_a_byte, "each hex digit became a byte of its own: two of them are one", hex},
        {ENCODING_HEX, is_each_second, "each second hex digit was left out: two of them are one byte", hex},
        {ENCODING_HEX, is_shifted, "the hex digits were read one too far on, or one too early", hex},
        {ENCODING_HEX, is_nibbles,
         "the two hex digits of each byte are exchanged: the first is the upper half", hex},
        {ENCODING_BASE64, is_later, "the Base64 was decoded without its first letter, or more: each counts",
         "base64.b64decode(line): no line[1:]"},
        {ENCODING_HEX, is_quads, "each four bytes of the word are backwards: numbers in the host's order",
         hex},
        {ENCODING_BASE64, is_recased,
         "the Base64 was made all small letters, or capitals, before it was decoded: they differ there",
         "base64.b64decode(line): no lower() and no upper() before it"},
        {ENCODING_UTF8, is_halved, "the two halves of the word are exchanged",
         "send it as decoding gives it"},
        {ENCODING_UTF8, is_sorted, "these are the letters of the word, sorted",
         "send it as decoding gives it: no sorted()"},
    };
    struct decoded w = {.got = s->bytes};

    if (!s->rules->talk || !s->clause || !s->clause->unfilled || !words_judged(s, &w.n_got))
        return false;
    w.want = (const uint8_t *)words_of(s)->want;
    w.n_want = strlen(words_of(s)->want);
    if (w.n_want < WORD_LEAST || w.n_want > WORD_MOST)
        return false;
    hex_encode(w.digits, w.want, w.n_want);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if ((rows[i].of == ENCODING_UTF8 || is_told_in(s, rows[i].of)) && rows[i].is(&w)) {
            suspect_say(d, "%s", rows[i].says);
            suspect_mend(d, "%s", rows[i].mend);
            return true;
        }
    return false;
}
