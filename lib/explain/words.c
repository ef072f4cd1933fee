#include "explain/words.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "judge/rules_private.h"
#include "judge/text.h"

bool words_judged(const struct suspect *s, size_t *length)
{
    if (!s->clause || s->clause->kind != MATCH_TEXT || !s->bytes || !s->length)
        return false;
    *length = s->clause->trim ? trim_newline(s->bytes, s->length) : s->length;
    return *length > 0;
}

const struct wording *words_of(const struct suspect *s)
{
    size_t length;

    if (!words_judged(s, &length))
        return NULL;
    if (!s->text->sought)
        wording_find(s->rules, s->clause, s->verdict->student, s->bytes, length, length < s->length,
                     &s->text->wording);
    s->text->sought = true;
    return &s->text->wording;
}

const char *words_shown(const uint8_t *bytes, size_t length, char out[WORDS_SIZE])
{
    enum { ROOM = 10 }; /* for one letter, the dots and the quote */
    size_t k = 0, i = 0;

    out[k++] = '"';
    for (; i < length && k + ROOM < WORDS_SIZE; i++) {
        uint8_t c = bytes[i];
        size_t letter = letters_shown(bytes + i, length - i);
        if (c >= 0x20 && c <= 0x7E) {
            out[k++] = (char)c;
        } else if (letter) {
            memcpy(out + k, bytes + i, letter);
            k += letter;
            i += letter - 1;
        } else
            k += (size_t)snprintf(out + k, 5, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\x%02x", c);
    }
    snprintf(out + k, WORDS_SIZE - k, "%s\"", i < length ? "..." : "");
    return out;
}

const char *words_how(const struct suspect *s)
{
    static const char *const how[] = {
        [ENCODING_UTF8] = "", [ENCODING_HEX] = " in hex", [ENCODING_BASE64] = " in Base64"};

    return how[s->clause->encoding];
}

size_t words_letters(const uint8_t *text, size_t length)
{
    size_t n = 0;

    for (size_t i = 0; i < length; i++)
        n += (text[i] & 0xC0) != 0x80;
    return n;
}

/* How what is told in a try is encoded; plain UTF-8 where nothing of it is. */
static enum text_encoding told_in(const struct suspect *s)
{
    const struct target_spec *target = &s->rules->challenge->target;

    for (size_t i = 0; i < target->n_steps; i++)
        if (target->steps[i].say.text && target->steps[i].say_encoding != ENCODING_UTF8)
            return target->steps[i].say_encoding;
    return ENCODING_UTF8;
}

/* It came as it was told, or as a number that was made of that. */
static bool is_as_told(const struct suspect *s, enum text_encoding told)
{
    const struct wording *w = words_of(s);

    return !w || w->kind == WORDING_NONE || peel_has(&w->way, PEEL_INTEGER) ||
           peel_has(&w->way, told == ENCODING_HEX ? PEEL_HEX : PEEL_BASE64);
}

static void mend_told(const struct suspect *s, struct diagnosis *d)
{
    const enum text_encoding told = told_in(s);

    if (told == ENCODING_UTF8)
        suspect_mend(d, "send it as it is: no .hex(), no b64encode(), no str() or list() of it");
    else if (is_as_told(s, told))
        suspect_mend(d, "what was told is decoded first: %s",
                     told == ENCODING_HEX ? "bytes.fromhex(line.decode())" : "base64.b64decode(line)");
    else
        suspect_mend(
            d, "send what decoding gives as it is: no .hex(), no b64encode(), no str() or list() of it");
}

void words_mend_encoding(const struct suspect *s, struct diagnosis *d)
{
    if (s->clause->encoding == ENCODING_HEX)
        suspect_mend(d, "printf %%s TEXT | xxd -p   or   text.encode().hex().encode()");
    else if (s->clause->encoding == ENCODING_BASE64)
        suspect_mend(d, "printf %%s TEXT | base64   or   base64.b64encode(text.encode())");
    else if (s->clause->unfilled)
        mend_told(s, d);
    else
        suspect_mend(d, "text.encode()   # no hex, no Base64");
}

void words_mend_whole(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    char want[WORDS_SIZE];

    if (w->want[0])
        suspect_mend(d, "send %s%s and nothing else%s",
                     words_shown((const uint8_t *)w->want, strlen(w->want), want), words_how(s),
                     s->clause->unfilled ? ": what is told is another in each try" : "");
}

bool words_lost(const struct suspect *s)
{
    const struct wording *w = words_of(s);
    size_t length;

    return w && words_judged(s, &length) && w->kind == WORDING_MISSPELT && w->encoded &&
           length % (s->clause->encoding == ENCODING_HEX ? 2 : 4) != 0;
}

bool words_nibbles(const struct suspect *s)
{
    const struct wording *w = words_of(s);

    for (size_t i = 0; w && w->kind != WORDING_NONE && i + 2 < w->way.n; i++)
        if (w->way.steps[i] == PEEL_REVERSED && w->way.steps[i + 1] == PEEL_HEX &&
            w->way.steps[i + 2] == PEEL_REVERSED)
            return true;
    return false;
}

/* Of a text that was asked for as it is. */
static bool is_in_pairs(const struct suspect *s, const struct wording *w)
{
    enum { LEAST = 6 }; /* of fewer letters chance exchanges some */
    size_t n = strlen(w->want), length;

    if (n < LEAST || n % 2 || !words_judged(s, &length) || length != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (s->bytes[i] != (uint8_t)w->want[i ^ 1])
            return false;
    return memcmp(s->bytes, w->want, n) != 0;
}

bool words_pairs(const struct suspect *s)
{
    const struct wording *w = words_of(s);

    if (w && is_in_pairs(s, w))
        return true;
    return w && w->kind != WORDING_NONE && peel_has(&w->way, PEEL_PAIRS);
}

bool words_quoted(const struct suspect *s)
{
    const struct wording *w = words_of(s);
    const struct clause *c = s->clause;

    if (!w || w->kind != WORDING_WORDS || w->at < 1 || w->at + w->n >= w->length || !c->after)
        return false;
    const uint8_t quote = w->text[w->at - 1];
    const size_t end = w->at + w->n + 1;
    return (quote == '\'' || quote == '"' || quote == '`') && w->text[end - 1] == quote &&
           w->at - 1 == strlen(c->before) && memcmp(w->text, c->before, w->at - 1) == 0 &&
           w->length - end == strlen(c->after) && memcmp(w->text + end, c->after, w->length - end) == 0;
}

bool words_repr(const struct suspect *s)
{
    enum { OPEN = 2 };
    const struct wording *w = words_of(s);
    const struct clause *c = s->clause;

    if (!w || w->kind != WORDING_WORDS || !c->after || w->at < OPEN || w->at + w->n >= w->length)
        return false;
    const uint8_t *open = w->text + w->at - OPEN;
    size_t end = w->at + w->n;
    if (open[0] != 'b' || (open[1] != '\'' && open[1] != '"'))
        return false;
    while (end + 2 < w->length && w->text[end] == '\\' &&
           (w->text[end + 1] == 'n' || w->text[end + 1] == 'r'))
        end += 2;
    if (w->text[end++] != open[1])
        return false;
    return w->at - OPEN == strlen(c->before) && memcmp(w->text, c->before, w->at - OPEN) == 0 &&
           w->length - end == strlen(c->after) && memcmp(w->text + end, c->after, w->length - end) == 0;
}

bool words_shifted(const struct suspect *s)
{
    static const char *const before[] = {"ip.version", "ip.hdr_len", "ip.proto", "tcp.hdr_len"};

    for (size_t i = 0; i < s->verdict->n; i++)
        for (size_t k = 0; k < sizeof(before) / sizeof(before[0]); k++)
            if (s->verdict->findings[i].status == FINDING_FAIL &&
                strcmp(s->verdict->findings[i].field->name, before[k]) == 0)
                return true;
    /* padding is 0 */
    const size_t end = (size_t)s->finding->offset + (size_t)s->finding->length;
    return !s->finding->absent && end < s->packet->length && s->packet->frame[end] != 0;
}

enum fit words_fit(const struct suspect *s)
{
    const bool known = s->verdict->student[0] && !s->verdict->uncertain;
    const enum wording_kind kind = words_of(s)->kind;

    if (words_shifted(s))
        return FIT_GOOD;
    return known || !s->clause->after || (kind <= WORDING_BLANKS && text_says(s->clause)) ? FIT_STRONG
                                                                                          : FIT_GOOD;
}

enum fit words_sure(const struct suspect *s)
{
    return s->verdict->uncertain                                               ? FIT_WEAK
           : words_shifted(s) || (!s->verdict->student[0] && s->clause->after) ? FIT_GOOD
                                                                               : FIT_STRONG;
}

bool words_other(const struct wording *w, char got[WORDS_SIZE], char want[WORDS_SIZE])
{
    const size_t n = strlen(w->want);
    size_t same = 0, tail = 0;

    while (same < n && same < w->length && w->text[same] == (uint8_t)w->want[same])
        same++;
    while (same && w->want[same - 1] != ' ')
        same--;
    while (tail < n - same && tail < w->length - same &&
           w->text[w->length - 1 - tail] == (uint8_t)w->want[n - 1 - tail])
        tail++;
    while (tail && w->want[n - tail] != ' ')
        tail--;
    if ((!same && !tail) || n <= same + tail || w->length <= same + tail || w->length > WORDING_SHOWN ||
        memchr(w->want + same, ' ', n - same - tail) ||
        memchr(w->text + same, ' ', w->length - same - tail) || (w->at >= same && w->at < w->length - tail))
        return false;
    words_shown(w->text + same, w->length - same - tail, got);
    words_shown((const uint8_t *)w->want + same, n - same - tail, want);
    return true;
}

bool words_goes_on(const struct wording *w)
{
    enum { LEAST = 3 }; /* a blank and a letter are soon met by chance */
    const size_t n = strlen(w->want), begin = n - w->want_after + LEAST;

    return (w->kind == WORDING_WORDS || w->kind == WORDING_WITHIN) && n && w->want_after > LEAST &&
           w->length >= begin && memcmp(w->text, w->want, begin) == 0;
}
