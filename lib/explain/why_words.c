/* Mistakes with the words of a text, once what was put around them is off: left out, added, misspelt,
 * another challenge's. */
#include "explain/drawn.h"
#include "explain/words.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "judge/near.h"
#include "judge/rules_private.h"
#include "judge/talk.h"
#include "judge/text.h"

static const char FLAG[] = "flag{";

enum fit why_words_http(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);

    if (!w || !w->spoken)
        return FIT_NONE;
    if (strcmp(w->spoken, "TLS") == 0) {
        suspect_say(d, "TLS was spoken: what came is its first message, a ClientHello, and no text");
        suspect_mend(d, "a plain connection: nc, ncat without --ssl; no https://, no wrap_socket()");
    } else if (strcmp(w->spoken, "SSH") == 0) {
        suspect_say(d, "SSH was spoken: what came is the version that its client says first");
        suspect_mend(d, "a plain connection: nc TARGET PORT, not ssh -p PORT TARGET");
    }
    return FIT_STRONG;
}

/* Any word is what a challenge takes that asks for the handle alone. */
static enum fit other_fit(const struct suspect *s, const struct challenge *other)
{
    return (s->verdict->student[0] && !s->verdict->uncertain) || near_says(other) ? FIT_STRONG : FIT_GOOD;
}

enum fit why_words_other(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);

    if (!w || !w->other)
        return FIT_NONE;
    const struct clause_spec *listen = w->other->target.listen;
    const char *port =
        w->other->target.n_listen && listen->matcher.n_values ? listen->matcher.values[0].text : "";
    bool is_port = strstr(listen->field.text, "port") != NULL;
    suspect_say(d, "this is what %s takes (%s%s%s)", w->other->slug,
                strncmp(listen->field.text, "udp", 3) == 0   ? "UDP "
                : strncmp(listen->field.text, "tcp", 3) == 0 ? "TCP "
                                                             : "",
                is_port ? "port " : "protocol ", port);
    char want[WORDS_SIZE];
    if (w->want[0])
        suspect_mend(d, "%s takes %s%s", rules_slug(s->rules),
                     words_shown((const uint8_t *)w->want, strlen(w->want), want), words_how(s));
    return other_fit(s, w->other);
}

enum fit why_words_case(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);

    if (!w || w->kind == WORDING_NONE)
        return FIT_NONE;
    if (peel_has(&w->way, PEEL_BASE64_CASE) || (w->kind == WORDING_CASE && w->encoded)) {
        suspect_say(
            d, "letters of the Base64 are capitals where they were small, or small: in Base64 they differ");
        suspect_mend(d, "no upper() and no lower() after the encoding");
        return words_fit(s);
    }
    return w->kind == WORDING_CASE ? words_fit(s) : FIT_NONE;
}

enum fit why_words_blanks(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);

    if (w && w->kind != WORDING_NONE && peel_has(&w->way, PEEL_SPACED) && s->length > 1 &&
        s->bytes[1] == ' ') {
        suspect_say(d, "a blank stands between each two letters of the text");
        suspect_mend(d, "send the text itself: ' '.join(text) takes it letter by letter");
        return words_fit(s);
    }
    if (!w || (w->kind != WORDING_BLANKS && (w->kind == WORDING_NONE || !peel_has(&w->way, PEEL_BLANKS))))
        return FIT_NONE;
    if (w->kind == WORDING_BLANKS && w->length < strlen(w->want))
        return FIT_NONE;
    if (w->kind == WORDING_BLANKS) {
        suspect_say(d, memchr(w->text, '\t', w->length) ? "a tab stands in the text where a blank belongs"
                                                        : "more blanks stand in the text than belong there");
        words_mend_whole(s, d);
    } else {
        suspect_say(d, peel_is_encoding(w->way.steps[0]) ? "blanks were encoded together with the text"
                                                         : "blanks stand before or behind the text");
    }
    return words_fit(s);
}

/* Which letter it is for who counts letters, not the bytes of UTF-8. */
static size_t letter_at(const struct wording *w)
{
    return 1 + words_letters(w->text, w->edit.at < w->length ? w->edit.at : w->length);
}

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
    if (!w || w->kind != WORDING_MISSPELT || w->other || words_lost(s))
        return FIT_NONE;
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
        suspect_say(d, "two letters %s are others than asked for, the first is character %zu, %s", where, at,
                    got);
    }
    if (!w->encoded)
        words_mend_whole(s, d);
    /* a digit that was lost, or a case that was, comes to the same in what is encoded */
    const enum fit fit = words_fit(s);
    return s->clause->encoding != ENCODING_UTF8 && fit > FIT_GOOD ? FIT_GOOD : fit;
}

/* Whose handle it is was guessed from this very text: then so is what stands around it. */
static enum fit sure_of(const struct suspect *s)
{
    return s->verdict->uncertain                                               ? FIT_WEAK
           : words_shifted(s) || (!s->verdict->student[0] && s->clause->after) ? FIT_GOOD
                                                                               : FIT_STRONG;
}

/* One part of it is another, and the rest of it right: nothing is missing, and nothing too many. */
static bool is_part(const struct suspect *s)
{
    uint8_t room[TEXT_MAX];
    struct drawn part;

    return drawn_find(s, room, &part) && (!part.alone || part.form);
}

/* The first line that a format puts before Base64: it ended the message. */
static bool is_first_line(const struct suspect *s)
{
    static const char *const lines[] = {"-----BEGIN ", "begin-base64 "};
    size_t length;

    if (!words_judged(s, &length))
        return false;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (length > strlen(lines[i]) && memcmp(s->bytes, lines[i], strlen(lines[i])) == 0)
            return true;
    return false;
}

/* A text of which only the beginning came. */
static enum fit cut(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    char want[WORDS_SIZE];
    const size_t letters = words_letters(w->text, w->length);
    const size_t asked = words_letters((const uint8_t *)w->want, strlen(w->want));

    if (w->length == asked && asked < strlen(w->want) && !w->encoded) {
        suspect_say(d, "as many bytes came as the text has letters, %zu, and in UTF-8 it has %zu bytes",
                    asked, strlen(w->want));
        suspect_mend(d, "data = text.encode(), and len(data), not len(text)");
        return sure_of(s);
    }
    const bool packet = rules_transport(s->rules) == TARGET_PACKET;
    const char *how = packet ? "" : ", sent in pieces, or ended too early, by a line end or a close";
    if (letters == 1)
        suspect_say(d, "the text is cut%s: one letter came, and no more", how);
    else
        suspect_say(d, "the text is cut%s: its first %zu letters%s are there, no more", how, letters,
                    w->encoded ? ", encoded," : "");
    if (w->want[0])
        suspect_mend(d, "send %s%s whole%s", words_shown((const uint8_t *)w->want, strlen(w->want), want),
                     words_how(s),
                     s->clause->unfilled ? ": recv(1024), so that all that is told is read, and one sendall"
                     : packet            ? ""
                                         : " and at once: one send, or sendall");
    return w->line ? FIT_GOOD : sure_of(s);
}

/* len(text), as digits, in the place of the text. */
static bool is_length(const struct suspect *s, const struct wording *w, struct diagnosis *d)
{
    const size_t n = strlen(w->want);
    size_t length;
    char digits[24];

    if (!n || !words_judged(s, &length) || (size_t)snprintf(digits, sizeof(digits), "%zu", n) != length ||
        memcmp(s->bytes, digits, length) != 0)
        return false;
    suspect_say(d, "%s is the length of the text: the text itself is missing", digits);
    words_mend_whole(s, d);
    return true;
}

/* One of the words that are asked for is left out between the others. */
static bool left_out(const struct wording *w, char what[WORDS_SIZE])
{
    const size_t n = strlen(w->want);

    for (size_t at = 0, end; at < n; at = end + 1) {
        const char *blank = memchr(w->want + at, ' ', n - at);
        end = blank ? (size_t)(blank - w->want) : n;
        if (!blank || !at || w->length + (end - at) + 1 != n || memcmp(w->text, w->want, at) != 0 ||
            memcmp(w->text + at, w->want + end + 1, n - end - 1) != 0)
            continue;
        words_shown((const uint8_t *)w->want + at, end - at, what);
        return true;
    }
    return false;
}

/* The words around it came, and nothing where the value belongs that was told. */
static bool is_value_empty(const struct suspect *s, const struct wording *w, struct diagnosis *d)
{
    const struct talk *talk = s->rules->talk;
    const size_t n = strlen(w->want);

    if (!talk || !s->clause->unfilled || w->kind != WORDING_CUT)
        return false;
    for (size_t i = 0; i < s->rules->n_names; i++) {
        const struct talk_value *v = &talk->values[i];
        if (!v->length || v->length >= n || memcmp(w->want + n - v->length, v->text, v->length) != 0 ||
            (w->length + v->length != n && w->length + v->length + 1 != n))
            continue;
        suspect_say(d, "the text is cut before the word that was told: what should hold it is empty, or it "
                       "was sent by itself, too late");
        suspect_mend(d,
                     "first data = recv(1024), then all of the answer at once; print it before you send it");
        return true;
    }
    return false;
}

enum fit why_words_missing(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    char what[WORDS_SIZE], other[WORDS_SIZE];
    const struct clause *c = s->clause;

    if (!w || w->other || is_part(s))
        return FIT_NONE;
    if (is_length(s, w, d) || is_value_empty(s, w, d))
        return FIT_STRONG;
    if (w->kind == WORDING_WORDS && left_out(w, what)) {
        suspect_say(d, "%s is missing in the text", what);
        words_mend_whole(s, d);
        return sure_of(s);
    }
    if (w->tail)
        suspect_say(d, "%s is missing before it",
                    words_shown((const uint8_t *)w->want, strlen(w->want) - w->length, what));
    else if (w->kind == WORDING_CUT)
        return cut(s, d);
    else if (w->kind == WORDING_BLANKS && w->length < strlen(w->want))
        suspect_say(d, "a blank is missing in the text");
    else if (w->kind == WORDING_MISSING && c->before[0] && w->at == 0)
        suspect_say(d, "%s is missing before the handle%s%s",
                    words_shown((const uint8_t *)c->before, strlen(c->before), what),
                    c->after[0] ? ", or behind it " : "",
                    c->after[0] ? words_shown((const uint8_t *)c->after, strlen(c->after), other) : "");
    else if (w->kind == WORDING_MISSING)
        suspect_say(d, "%s is missing behind the handle",
                    words_shown((const uint8_t *)c->after, strlen(c->after), what));
    else
        return FIT_NONE;
    words_mend_whole(s, d);
    return w->line ? FIT_GOOD : sure_of(s);
}

/* "X before and Y behind". */
static void say_around(const struct suspect *s, const char *what, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    const char *words = s->clause->before;
    char before[WORDS_SIZE], behind[WORDS_SIZE];
    size_t end = w->at + w->n < w->length ? w->at + w->n : w->length, from = strlen(words);

    /* the words that belong before it, or behind it, are not what is too many */
    if (from >= w->at || memcmp(w->text, words, from) != 0)
        from = 0;
    const char *after = s->clause->after ? s->clause->after : "";
    size_t rest = w->length - end;
    if (w->kind == WORDING_WORDS && rest > strlen(after) &&
        memcmp(w->text + w->length - strlen(after), after, strlen(after)) == 0)
        rest -= strlen(after);
    words_shown(w->text + from, w->at - from, before);
    words_shown(w->text + end, rest, behind);
    if (w->at && end < w->length)
        suspect_say(d, "%s stands in it, with %s before and %s behind it", what, before, behind);
    else
        suspect_say(d, "%s stands in it, with %s %s it", what, w->at ? before : behind,
                    w->at ? "before" : "behind");
}

/* Nothing but commas and the like is too many. */
static bool says_signs(const struct suspect *s, const struct wording *w, struct diagnosis *d)
{
    size_t k = 0;
    uint8_t first = 0;

    for (size_t i = 0; i < w->length; i++) {
        if (w->want[k] && w->text[i] == (uint8_t)w->want[k]) {
            k++;
        } else if (w->text[i] && strchr(",;:.!?-", w->text[i])) {
            first = first ? first : w->text[i];
        } else {
            return false;
        }
    }
    if (!first || w->want[k])
        return false;
    suspect_say(d, "\"%c\" stands in the text, where no such sign is asked for", first);
    words_mend_whole(s, d);
    return true;
}

/* More than the text, that a program put around it or behind it. */
static bool says_around_text(const struct suspect *s, const struct wording *w, struct diagnosis *d)
{
    if (peel_has(&w->way, PEEL_TWICE)) {
        size_t length;
        if (words_judged(s, &length) && length > 2 * w->length + 1) {
            suspect_say(d, "the same stands there %zu times, one behind the other", length / w->length);
            suspect_mend(d, "send it once: is it sent in a loop, or multiplied?");
        } else {
            suspect_say(d, "the same stands there twice, one behind the other");
        }
        return true;
    }
    if (peel_has(&w->way, PEEL_SPACED) && s->length > 1 && s->bytes[1] != ' ') {
        suspect_say(d, "\"%c\" stands between each two letters of the text", s->bytes[1]);
        suspect_mend(d, "send the text itself: '%c'.join(text) takes it letter by letter", s->bytes[1]);
        return true;
    }
    if (peel_has(&w->way, PEEL_PICKLE)) {
        suspect_say(d,
                    "pickle.dumps() was sent: the text stands in it, and Python's notes on its kind around");
        suspect_mend(d, "text.encode(), without pickle");
        return true;
    }
    if (peel_has(&w->way, PEEL_FRAMED)) {
        suspect_say(d, "more was sent than the Base64: the lines or the name of a format around it");
        suspect_mend(d, "send what base64.b64encode() returns alone, nothing before it and nothing behind");
        return true;
    }
    if (peel_has(&w->way, PEEL_COUNTED)) {
        suspect_say(d, "its length stands before the text, as a number");
        suspect_mend(d, "send the text alone: no struct.pack of its length before it");
        return true;
    }
    return false;
}

enum fit why_words_extra(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);

    if (is_first_line(s) && w->kind == WORDING_NONE) {
        suspect_say(d, "the first line came of those that a format puts around Base64");
        suspect_mend(d, "send what base64.b64encode() returns alone, nothing before it and nothing behind");
        return FIT_STRONG;
    }
    if (!w || w->kind == WORDING_NONE || w->other || is_part(s))
        return FIT_NONE;
    if (says_around_text(s, w, d))
        return words_fit(s);
    if (w->kind < WORDING_EXTRA || words_quoted(s))
        return FIT_NONE;
    if (memmem(w->text, w->length, FLAG, strlen(FLAG))) {
        suspect_say(d, "a flag was sent here, where the text belongs that earns it");
        suspect_mend(d, "hand flags in on the page, or at the briefing: submit FLAG");
        return sure_of(s);
    }
    char missing[WORDS_SIZE];
    if (w->kind == WORDING_WORDS && left_out(w, missing))
        return FIT_NONE;
    if (w->kind == WORDING_WORDS && s->verdict->student[0] && says_signs(s, w, d))
        return sure_of(s);
    bool whole = w->kind == WORDING_EXTRA && (w->want_before || w->want_after);
    say_around(s, whole ? "the text" : "the handle", d);
    words_mend_whole(s, d);
    /* what a wrong letter left of an encoding may hold a handle by chance, as a run of letters may be encoded
     */
    const enum fit sure = !w->encoded && utf8_valid(w->text, w->length) ? FIT_STRONG : FIT_GOOD,
                   fit = sure_of(s);
    return w->kind == WORDING_WITHIN ? FIT_WEAK : fit < sure ? fit : sure;
}
