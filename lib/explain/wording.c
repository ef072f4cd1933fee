/* One walk over all that can be taken off the bytes; each text on the way is compared with the one asked for,
 * and the nearest is kept. */
#include "explain/wording.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/str.h"
#include "explain/alike.h"
#include "judge/near.h"
#include "judge/rules_private.h"
#include "judge/text.h"

enum { CUT_LEAST = 3, WITHIN_LEAST = 3, MISSPELT_LEAST = 4, TWO_EDITS_LEAST = 8, LOOKED_MAX = 256 };

struct comparison {
    const struct rules *rules;
    const struct clause *clause;
    const char *student;
    struct wording *out;
    size_t n_want;
};

/* Keeps what is nearer than what was found before. */
static void keep(struct comparison *s, enum wording_kind kind, const struct peeled *way, const uint8_t *text,
                 size_t length, size_t at, size_t n)
{
    struct wording *w = s->out;

    if (kind >= w->kind)
        return;
    w->kind = kind;
    w->way = *way;
    w->at = at;
    w->n = n;
    w->encoded = w->line = w->tail = false;
    w->length = length < WORDING_SHOWN ? length : WORDING_SHOWN;
    memcpy(w->text, text, w->length);
}

/* The words around the handle in other cases: the handle itself is compared without case. */
static bool is_other_case(const struct comparison *s, const uint8_t *came, size_t n)
{
    const struct clause *c = s->clause;
    uint8_t text[LOOKED_MAX];
    const char *at = (const char *)text;
    const size_t length = alike_with_two_s(came, n, text, sizeof(text));
    size_t before = strlen(c->before), after = c->after ? strlen(c->after) : 0;

    return length >= before + after && (c->after || length == before) &&
           alike_but_for_case(text, c->before, before) &&
           (!c->after ||
            (length > before + after && alike_but_for_case(text + length - after, c->after, after))) &&
           (memcmp(at, c->before, before) != 0 ||
            (after && memcmp(at + length - after, c->after, after) != 0));
}

static bool is_right(const struct comparison *s, const uint8_t *text, size_t length)
{
    char handle[NAME_MAX_LEN + 1];

    if (!s->clause->after)
        return length == s->n_want && memcmp(text, s->out->want, length) == 0;
    if (!text_handle(s->clause, text, length, handle))
        return false;
    return *s->student ? strcmp(handle, s->student) == 0 : !near_placeholder(s->rules, handle);
}

/* One or two letters: of short texts one, for others are words of their own. */
static bool few_edits(const uint8_t *text, size_t length, const char *want, size_t n, struct edit *edit)
{
    return n >= MISSPELT_LEAST && edits_find(text, length, (const uint8_t *)want, n, true, edit) &&
           edit->kind != EDIT_NONE &&
           (edit->kind != EDIT_SEVERAL || (n >= TWO_EDITS_LEAST && length < n + 2 && n < length + 2));
}

/* The text, but for letters beyond ASCII that came otherwise. */
static void compare_letters(struct comparison *s, const uint8_t *text, size_t length,
                            const struct peeled *way)
{
    const char *before = s->clause->before, *after = s->clause->after ? s->clause->after : "";
    char handle[NAME_MAX_LEN + 1];

    for (enum letters_kind kind = LETTERS_NONE + 1; kind < N_LETTERS && s->out->kind > WORDING_LETTERS;
         kind++) {
        struct letters letters = {.kind = LETTERS_NONE};
        size_t at = letters_match(kind, text, length, before, &letters), end = at;
        while (s->clause->after && at != SIZE_MAX && end < length && end - at < NAME_MAX_LEN &&
               (!alike_word_ends(text, length, end) || text[end] == '-'))
            end++;
        if (at == SIZE_MAX || (s->clause->after && end == at) ||
            letters_match(kind, text + end, length - end, after, &letters) != length - end || !letters.kind)
            continue;
        snprintf(handle, sizeof(handle), "%.*s", (int)(end - at), (const char *)text + at);
        if (s->clause->after && *s->student && strcasecmp(handle, s->student) != 0)
            continue;
        keep(s, WORDING_LETTERS, way, text, length, 0, length);
        s->out->letters = letters;
    }
    struct letters coded = {.kind = LETTERS_NONE};
    if (s->out->kind > WORDING_LETTERS && s->n_want && letters_punycode(text, length, s->out->want, &coded)) {
        keep(s, WORDING_LETTERS, way, text, length, 0, length);
        s->out->letters = coded;
    }
}

/* Nothing is around it but the encoding that is asked for. */
static bool is_asked(const struct comparison *s, const struct peeled *way)
{
    return way->n == 1 && ((s->clause->encoding == ENCODING_HEX && way->steps[0] == PEEL_HEX) ||
                           (s->clause->encoding == ENCODING_BASE64 && way->steps[0] == PEEL_BASE64));
}

/* The beginning of the text; of what only decoding gave, enough of it that chance is no cause. Where it ends
 * with the handle, words are missing behind it. */
static bool is_beginning(const struct comparison *s, const uint8_t *text, size_t length,
                         const struct peeled *way)
{
    const struct wording *w = s->out;
    const size_t handle = s->n_want - w->want_after;

    if (length >= s->n_want || strncasecmp((const char *)text, w->want, length) != 0 ||
        (w->want_after && length == handle))
        return false;
    return length >= CUT_LEAST || !way->n || (length == 1 && is_asked(s, way));
}

/* The end of the text, from one of its words on, and not only the handle. */
static bool is_end(const struct comparison *s, const uint8_t *text, size_t length)
{
    const char *want = s->out->want;

    return length >= CUT_LEAST && length < s->n_want && s->out->want_before + length != s->n_want &&
           strncasecmp((const char *)text, want + s->n_want - length, length) == 0 &&
           (want[s->n_want - length - 1] == ' ' || text[0] == ' ');
}

/* Of any handle, and the beginning of the words behind it. */
static bool is_beginning_of_any(const struct clause *c, const uint8_t *text, size_t length)
{
    const size_t before = strlen(c->before), after = strlen(c->after);
    size_t end = before;

    if (!text_says(c) || length <= before || memcmp(text, c->before, before) != 0)
        return false;
    while (end < length && !alike_word_ends(text, length, end))
        end++;
    const size_t rest = length - end;
    return end > before && rest >= CUT_LEAST && rest < after && memcmp(text + end, c->after, rest) == 0;
}

/* Two letters stand among any signs by chance. */
static bool among_signs(const uint8_t *text, size_t length)
{
    enum { SIGNS_MOST = 3 };
    size_t signs = 0;

    for (size_t i = 0; i < length; i++)
        signs += text[i] != ' ' && alike_word_ends(text, length, i);
    return signs > SIGNS_MOST;
}

/* How near a text is to the one that is asked for of a student who is known. */
static void compare(struct comparison *s, const uint8_t *text, size_t length, const struct peeled *way)
{
    struct wording *w = s->out;
    const char *handle = w->want + w->want_before;
    size_t n_handle = s->n_want - w->want_before - w->want_after;
    struct edit edit;
    size_t at;

    compare_letters(s, text, length, way);
    /* ss for a sharp s is a matter of letters where no case is another */
    if (w->kind != WORDING_LETTERS && is_other_case(s, text, length))
        keep(s, WORDING_CASE, way, text, length, 0, length);
    if (alike_but_for_blanks(text, length, w->want, s->n_want))
        keep(s, WORDING_BLANKS, way, text, length, 0, length);
    if (alike_in_another_order(text, length, w->want, s->n_want))
        keep(s, WORDING_ORDER, way, text, length, 0, length);
    at = alike_find_word(text, length, w->want, s->n_want);
    if (at < length)
        keep(s, WORDING_EXTRA, way, text, length, at, s->n_want);
    else if (w->kind > WORDING_MISSPELT && few_edits(text, length, w->want, s->n_want, &edit)) {
        keep(s, WORDING_MISSPELT, way, text, length, 0, length);
        w->edit = edit;
    }
    if (is_beginning(s, text, length, way))
        keep(s, WORDING_CUT, way, text, length, 0, length);
    if (is_end(s, text, length)) {
        keep(s, WORDING_MISSING, way, text, length, 0, length);
        w->tail = w->kind == WORDING_MISSING;
        return;
    }
    at = s->clause->after ? alike_find_word(text, length, handle, n_handle) : length;
    if (at == length && s->clause->after) {
        const char *in = n_handle >= WITHIN_LEAST ? memmem(text, length, handle, n_handle) : NULL;
        if (in)
            keep(s, WORDING_WITHIN, way, text, length, (size_t)(in - (const char *)text), n_handle);
    }
    if (at == length)
        return;
    if (n_handle < WITHIN_LEAST && among_signs(text, length))
        return;
    bool left_out = (at == 0 && w->want_before) || (at + n_handle == length && w->want_after);
    keep(s, left_out ? WORDING_MISSING : WORDING_WORDS, way, text, length, at, n_handle);
}

/* Nobody is named: what can be said of any handle. What decoding gives by chance is none. */
static bool any_handle(const struct comparison *s, const uint8_t *text, size_t length,
                       const struct peeled *way)
{
    size_t before = strlen(s->clause->before), beside = before + strlen(s->clause->after);

    return length > beside &&
           (text_says(s->clause) ||
            ((!way->n || near_typed(text + before, length - beside)) && !peel_has(way, PEEL_BASE85)));
}

/* One of the ports that the challenge names, in digits: alone, or where the handle belongs. */
static unsigned find_port(const struct comparison *s, const uint8_t *text, size_t length)
{
    const struct rules *r = s->rules;
    unsigned ports[2 * CLAUSES_MAX + 2] = {r->connect, rules_dial_port(r)};
    const struct clause *c = s->clause;
    size_t n = 2, before = strlen(c->before), after = c->after ? strlen(c->after) : 0;
    char digits[8];

    for (size_t i = 0; i < r->n; i++)
        if (r->clauses[i].field->kind == FIELD_PORT &&
            (r->clauses[i].kind == MATCH_EQUAL ||
             (r->clauses[i].kind == MATCH_PARAM && !r->clauses[i].per_student && r->clauses[i].known))) {
            ports[n++] = (unsigned)r->clauses[i].a;
            /* the number that was told, to which more is to be added */
            ports[n++] = (unsigned)(r->clauses[i].a - r->clauses[i].plus) & UINT16_MAX;
        }
    if (c->after && length > before + after && memcmp(text, c->before, before) == 0 &&
        memcmp(text + length - after, c->after, after) == 0) {
        text += before;
        length -= before + after;
    }
    for (size_t i = 0; i < n; i++)
        if (ports[i] && (size_t)snprintf(digits, sizeof(digits), "%u", ports[i]) == length &&
            memcmp(text, digits, length) == 0)
            return ports[i];
    return 0;
}

static bool look_at(void *context, const uint8_t *text, size_t length, const struct peeled *way)
{
    struct comparison *s = context;
    bool disguised = way->n && way->steps[way->n - 1] >= N_PEELS;
    char inner[NAME_MAX_LEN + 1];

    /* the column of a dump that shows the letters is not how they were sent; in a packet NULs before the text
     * are rather a header's, whose length is wrong */
    if ((peel_has(way, PEEL_NULS_BEFORE) && rules_transport(s->rules) == TARGET_PACKET) ||
        length > LOOKED_MAX || (length > 8 && memcmp(text, "00000000", 8) == 0))
        return false;
    if (!s->out->port && way->n < 2)
        s->out->port = find_port(s, text, length);
    s->out->placeholder = s->out->placeholder ||
                          (!disguised && !peel_has(way, PEEL_PART) && s->clause->after &&
                           !memmem(text, length, "</", 2) && near_has_placeholder(s->rules, text, length));
    if (*s->student || !s->clause->after) {
        if (is_right(s, text, length)) {
            keep(s, WORDING_RIGHT, way, text, length, 0, length);
            return true;
        }
        if (!disguised)
            compare(s, text, length, way);
        return false;
    }
    if ((disguised && !text_says(s->clause)) || near_wrapped(s->rules, text, length, inner) ||
        (s->clause->encoding != ENCODING_UTF8 && way->n == 0 && near_is_letters(text, length)))
        return false;
    if (is_right(s, text, length) && any_handle(s, text, length, way)) {
        keep(s, WORDING_RIGHT, way, text, length, 0, length);
        return true;
    }
    if (text_says(s->clause))
        compare_letters(s, text, length, way);
    if (s->out->kind != WORDING_LETTERS && is_other_case(s, text, length))
        keep(s, WORDING_CASE, way, text, length, 0, length);
    /* nothing where the handle belongs */
    const char *before = s->clause->before;
    const size_t n = strlen(before);
    if ((text_says(s->clause) && length <= n && length + 1 >= n && memcmp(text, before, length) == 0) ||
        (text_says(s->clause) && is_asked(s, way) && length >= CUT_LEAST && length < n &&
         memcmp(text, before, length) == 0) ||
        is_beginning_of_any(s->clause, text, length) ||
        (length == 1 && n && is_asked(s, way) && text[0] == (uint8_t)before[0]) ||
        (length == 1 && !way->n && !n && !alike_word_ends(text, length, 0)))
        keep(s, WORDING_CUT, way, text, length, 0, length);
    return false;
}

/* Two letters of the text are others, or one, and of the encoded ones two neighbours are exchanged, or one is
 * another: that is the one slip. */
static bool is_one_slip(const struct wording *w, const uint8_t *bytes, size_t length, const char *want)
{
    struct edit edit;

    return w->kind == WORDING_MISSPELT && few_edits(bytes, length, want, strlen(want), &edit) &&
           (edit.kind == EDIT_EXCHANGED || (edit.kind == EDIT_ANOTHER && w->edit.kind == EDIT_SEVERAL));
}

/* The text as it would have come: a slip may be in the encoded letters, so that nothing can be decoded. */
static void compare_encoded(struct comparison *s, const uint8_t *bytes, size_t length)
{
    struct wording *w = s->out;
    char want[HEX_SIZE(sizeof(s->out->want))];
    const struct peeled none = {.n = 0};
    struct edit edit;

    /* what was decoded holds the whole text: so the letters are whole, and more of them came */
    if (s->clause->encoding == ENCODING_UTF8 || !s->n_want || w->kind == WORDING_EXTRA)
        return;
    if (s->clause->encoding == ENCODING_HEX)
        hex_encode(want, w->want, s->n_want);
    else
        base64_encode(want, w->want, s->n_want);
    size_t n = strlen(want);
    if (is_one_slip(w, bytes, length, want))
        w->kind = WORDING_NONE;
    else if (w->kind <= WORDING_CUT)
        return;
    if (s->clause->encoding == ENCODING_BASE64 && length == n &&
        strncasecmp((const char *)bytes, want, n) == 0) {
        keep(s, WORDING_CASE, &none, bytes, length, 0, length);
        w->encoded = w->kind == WORDING_CASE;
    } else if (few_edits(bytes, length, want, n, &edit)) {
        keep(s, WORDING_MISSPELT, &none, bytes, length, 0, length);
        w->edit = edit;
        w->encoded = w->kind == WORDING_MISSPELT;
    } else if (length >= n / 2 && length >= MISSPELT_LEAST && length < n &&
               strncasecmp((const char *)bytes, want, length) == 0) {
        keep(s, WORDING_CUT, &none, bytes, length, 0, length);
        w->encoded = w->kind == WORDING_CUT;
    }
}

static bool is_code_letter(uint8_t c)
{
    return !alike_word_ends(&c, 1, 0) ? c != '_' : c == '+' || c == '/';
}

/* The text stands there in the encoding that is asked for, whole, and more before it or behind it. */
static void compare_runs(struct comparison *s, const uint8_t *bytes, size_t length)
{
    enum { RUN_LEAST = 6 };
    const struct peeled none = {.n = 0}, one = {.n = 1, .steps = {PEEL_HEX}};
    char handle[NAME_MAX_LEN + 1];
    uint8_t text[TEXT_MAX];
    size_t n;

    if (s->clause->encoding == ENCODING_UTF8 || s->out->kind <= WORDING_EXTRA)
        return;
    for (size_t at = 0; at < length && at < WORDING_SHOWN; at += n + !n) {
        for (n = 0; at + n < length && is_code_letter(bytes[at + n]); n++)
            ;
        while (n && at + n < length && bytes[at + n] == '=')
            n++;
        const ptrdiff_t k =
            n >= RUN_LEAST && n < length ? text_decode(s->clause->encoding, false, bytes + at, n, text) : -1;
        /* who is named may be a word of what is too many */
        const bool says = k > 0 && text_says(s->clause) && text_handle(s->clause, text, (size_t)k, handle) &&
                          !near_placeholder(s->rules, handle);
        const bool known = *s->student || !s->clause->after;
        if (k <= 0 || (!says && !is_right(s, text, (size_t)k)) ||
            (!known && !any_handle(s, text, (size_t)k, &one)))
            continue;
        keep(s, WORDING_EXTRA, &none, bytes, length, at, n);
        s->out->encoded = true;
        return;
    }
}

/* The first line of Base64 that was broken into lines: a stream's message ends with it. Its letters are whole
 * groups, and the text that is asked for begins with what they say. */
static void compare_line(struct comparison *s, const uint8_t *bytes, size_t length)
{
    enum { LINE_LEAST = 8 };
    const struct peeled none = {.n = 0};
    const struct clause *c = s->clause;
    const char *want = s->n_want ? s->out->want : c->before;
    uint8_t text[TEXT_MAX];
    ptrdiff_t n = c->encoding == ENCODING_BASE64 && length >= LINE_LEAST && length % 4 == 0
                      ? text_decode(c->encoding, false, bytes, length, text)
                      : -1;

    if (n <= 0 || (size_t)n * 4 != length * 3)
        return;
    size_t least = s->n_want ? (size_t)n : strlen(want);
    if (s->n_want ? (size_t)n >= s->n_want : !text_says(c) || (size_t)n <= least)
        return;
    if (memcmp(text, want, least) != 0)
        return;
    s->out->kind = WORDING_NONE;
    keep(s, WORDING_CUT, &none, bytes, length, 0, length);
    s->out->encoded = s->out->line = true;
}

void wording_find(const struct rules *rules, const struct clause *clause, const char *student,
                  const uint8_t *bytes, size_t length, bool ended, struct wording *out)
{
    struct comparison s = {.rules = rules, .clause = clause, .student = student, .out = out};
    struct peeled way;

    *out = (struct wording){.kind = WORDING_NONE};
    if (*student || !clause->after) {
        int n = snprintf(out->want, sizeof(out->want), "%s%s%s", clause->before, clause->after ? student : "",
                         clause->after ? clause->after : "");
        if (n < 0 || (size_t)n >= sizeof(out->want))
            out->want[0] = '\0';
        s.n_want = strlen(out->want);
    }
    out->want_before = strlen(clause->before);
    out->want_after = clause->after ? strlen(clause->after) : 0;
    out->spoken = near_spoken(bytes, length);
    length = text_looked(clause, bytes, length);
    if (out->spoken || length > text_farthest(clause))
        return;
    peel_find(bytes, length, look_at, &s, &way);
    if (out->kind == WORDING_RIGHT)
        return;
    compare_encoded(&s, bytes, length);
    compare_runs(&s, bytes, length);
    if (ended && out->kind >= WORDING_MISSPELT)
        compare_line(&s, bytes, length);
    if (clause == rules->named)
        out->other = near_other(rules, bytes, length, student);
}
