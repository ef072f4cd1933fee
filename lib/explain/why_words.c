/* Mistakes with the words of a text, once what was put around them is off: left out, added, misspelt,
 * another challenge's. */
#include "explain/drawn.h"
#include "explain/said.h"
#include "explain/words.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
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
    } else if (strcmp(w->spoken, "HTTP answer") == 0) {
        suspect_say(d, "HTTP was spoken: what came begins with the status line of a web server's answer");
        suspect_mend(d, "the text alone, c.sendall(answer): no http.server, no status line, no headers");
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
        return words_sure(s);
    }
    const enum target_kind by = rules_transport(s->rules);
    const char *how = by == TARGET_PACKET ? ""
                      : by == TARGET_DATAGRAM
                          ? ", or sent in several datagrams"
                          : ", sent in pieces, or ended too early, by a line end or a close";
    if (letters == 1 && !w->way.n && w->text[0] >= '0' && w->text[0] <= '9')
        suspect_say(d, "one digit came, and no text: the number that send() or len() returns, or the text is "
                       "cut");
    else if (letters == 1)
        suspect_say(d, "the text is cut%s: one letter came, and no more", how);
    else
        suspect_say(d, "the text is cut%s: its first %zu letters%s are there, no more", how, letters,
                    w->encoded ? ", encoded," : "");
    if (w->want[0] && letters == 1 && by != TARGET_PACKET && !w->encoded && !s->clause->unfilled)
        suspect_mend(
            d, "send %s%s whole and at once; text[0] and struct.pack's 's' are one letter, '%zus' all",
            words_shown((const uint8_t *)w->want, strlen(w->want), want), words_how(s), strlen(w->want));
    else if (w->want[0])
        suspect_mend(d, "send %s%s whole%s", words_shown((const uint8_t *)w->want, strlen(w->want), want),
                     words_how(s),
                     s->clause->unfilled && by == TARGET_DATAGRAM
                         ? ": recvfrom(1024), so that all that is told is read, and one sendto"
                     : s->clause->unfilled ? ": recv(1024), so that all that is told is read, and one sendall"
                     : by == TARGET_PACKET ? ""
                     : by == TARGET_DATAGRAM ? " and at once: one sendto"
                                             : " and at once: one send, or sendall");
    return w->line ? FIT_GOOD : words_sure(s);
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

/* [2:-1], which takes b' and ' off str(b'...'), of the text itself, as it is sent or before it is encoded. */
static bool is_sliced(const struct suspect *s, const struct wording *w, struct diagnosis *d)
{
    enum { FIRST = 2, LAST = 1, LEAST = 5 };
    char sent[HEX_SIZE(sizeof(w->want))];
    const size_t n_want = strlen(w->want);
    size_t length;

    if (!n_want || !words_judged(s, &length) || length < LEAST)
        return false;
    if (s->clause->encoding == ENCODING_HEX)
        hex_encode(sent, w->want, n_want);
    else if (s->clause->encoding == ENCODING_BASE64)
        base64_encode(sent, w->want, n_want);
    else
        memcpy(sent, w->want, n_want + 1);
    if (length + FIRST + LAST != strlen(sent) || memcmp(s->bytes, sent + FIRST, length) != 0)
        return false;
    suspect_say(d,
                "its first two characters and the last are missing: [2:-1] takes b' and ' off str(b'...'), "
                "and here of bytes it takes the text's own");
    suspect_mend(d, "no [2:-1] of bytes; data.decode() makes a text of them");
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

    if (!w || w->other || drawn_is_part(s))
        return FIT_NONE;
    if (is_length(s, w, d) || is_value_empty(s, w, d) || is_sliced(s, w, d))
        return FIT_STRONG;
    if (w->kind == WORDING_WORDS && left_out(w, what)) {
        suspect_say(d, "%s is missing in the text", what);
        words_mend_whole(s, d);
        return words_sure(s);
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
    else if (w->kind == WORDING_MISSING && c->trim && s->bytes[s->length - 1] == '\n' && c->after[0] == ' ')
        suspect_say(d,
                    "%s is missing behind the handle: a line end ended the text there, and a blank belongs "
                    "between words",
                    words_shown((const uint8_t *)c->after, strlen(c->after), what));
    else if (w->kind == WORDING_MISSING)
        suspect_say(d, "%s is missing behind the handle",
                    words_shown((const uint8_t *)c->after, strlen(c->after), what));
    else
        return FIT_NONE;
    words_mend_whole(s, d);
    return w->line ? FIT_GOOD : words_sure(s);
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

/* A port, packed, before the text: it belongs into the socket's address. */
static bool says_packed_port(const struct suspect *s, const struct wording *w, struct diagnosis *d)
{
    enum { PORT = 2, BYTE = 8 };

    if (w->kind != WORDING_EXTRA || w->at != PORT || w->n + PORT != w->length || w->way.n)
        return false;
    for (size_t i = 0; i < s->rules->n; i++) {
        const struct clause *c = &s->rules->clauses[i];
        uint64_t port;
        if (c->field->kind != FIELD_PORT || !suspect_asked(s, c, &port) ||
            (port != ((uint64_t)w->text[0] << BYTE | w->text[1]) &&
             port != ((uint64_t)w->text[1] << BYTE | w->text[0])))
            continue;
        suspect_say(d, "%llu, packed in two bytes, stands before the text: it is a port, and no text",
                    (unsigned long long)port);
        suspect_mend(d,
                     strstr(c->field->name, "src")
                         ? "s.bind(('', %llu)) sends from it; the text alone is sent"
                         : "it stands in connect() or sendto(): (target, %llu)",
                     (unsigned long long)port);
        return true;
    }
    return false;
}

/* flag{WORD}, as competitions have it. */
static bool says_braced(const struct suspect *s, const struct wording *w, struct diagnosis *d)
{
    char name[WORDS_SIZE];

    if (w->kind != WORDING_EXTRA || w->at < 2 || w->at + w->n + 1 != w->length || w->text[w->at - 1] != '{' ||
        w->text[w->length - 1] != '}')
        return false;
    for (size_t i = 0; i + 1 < w->at; i++)
        if ((w->text[i] | 0x20) < 'a' || (w->text[i] | 0x20) > 'z')
            return false;
    words_shown(w->text, w->at, name);
    suspect_say(d, "%s and \"}\" stand around it: the text is asked for as it is, the flag comes afterwards",
                name);
    words_mend_whole(s, d);
    return true;
}

/* More than the text, that a program put around it or behind it. */
static bool says_around_text(const struct suspect *s, const struct wording *w, struct diagnosis *d)
{
    if (peel_has(&w->way, PEEL_TWICE)) {
        size_t length;
        if (words_judged(s, &length) && w->way.n == 1 && length > 2 * w->length + 1) {
            suspect_say(d, "the same stands there %zu times, one behind the other", length / w->length);
            suspect_mend(d, "send it once: is it sent in a loop, or multiplied?");
        } else {
            suspect_say(d, "the same stands there twice, one behind the other");
        }
        return true;
    }
    if (peel_has(&w->way, PEEL_SPACED) && s->bytes[0] == '[') {
        suspect_say(d, "a list of its letters was sent: list() takes a text letter by letter");
        suspect_mend(d, "send the text itself, or ''.join(letters); no str() of a list");
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
    if (peel_has(&w->way, PEEL_NULS_BEFORE)) {
        suspect_say(d, "NUL bytes stand before the text: the number that it was made of was given more bytes "
                       "than the text has");
        suspect_mend(d, "bytes.fromhex(line); or number.to_bytes(LENGTH OF THE TEXT, 'big')");
        return true;
    }
    /* a dump's offset is no length */
    if (peel_has(&w->way, PEEL_COUNTED) && !(s->length > 9 && memcmp(s->bytes, "00000000:", 9) == 0)) {
        suspect_say(d, "its length stands before the text, as a number");
        suspect_mend(d, "send the text alone: no struct.pack of its length before it");
        return true;
    }
    return false;
}

enum fit why_words_extra(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);

    if (why_keys_says(s, d))
        return FIT_STRONG;
    if (is_first_line(s) && w->kind == WORDING_NONE) {
        suspect_say(d, "the first line came of those that a format puts around Base64");
        suspect_mend(d, "send what base64.b64encode() returns alone, nothing before it and nothing behind");
        return FIT_STRONG;
    }
    if (!w || w->kind == WORDING_NONE || w->other || drawn_is_part(s))
        return FIT_NONE;
    if (says_around_text(s, w, d))
        return words_fit(s);
    if (w->kind < WORDING_EXTRA || words_quoted(s) || words_repr(s))
        return FIT_NONE;
    if (says_packed_port(s, w, d) || says_braced(s, w, d))
        return words_sure(s);
    if (memmem(w->text, w->length, FLAG, strlen(FLAG))) {
        suspect_say(d, "a flag was sent here, where the text belongs that earns it");
        suspect_mend(d, "hand flags in on the page, or at the briefing: submit FLAG");
        return words_sure(s);
    }
    char word[WORDS_SIZE], other[WORDS_SIZE];
    if (w->kind == WORDING_WORDS && (left_out(w, word) || words_other(w, other, word)))
        return FIT_NONE;
    if (w->kind == WORDING_WORDS && s->verdict->student[0] && says_signs(s, w, d))
        return words_sure(s);
    if (words_goes_on(w))
        return FIT_NONE;
    bool whole = w->kind == WORDING_EXTRA && (w->want_before || w->want_after);
    say_around(s, whole ? "the text" : "the handle", d);
    words_mend_whole(s, d);
    /* what a wrong letter left of an encoding may hold a handle by chance, as a run of letters may be encoded
     */
    const enum fit sure = !w->encoded && utf8_valid(w->text, w->length) ? FIT_STRONG : FIT_GOOD,
                   fit = words_sure(s);
    return w->kind == WORDING_WITHIN ? FIT_WEAK : fit < sure ? fit : sure;
}
