/* The text of target.yml is laid over what came and over what belongs there: its own words must be in both,
 * and what stands in the place of a {name} is compared. */
#include "explain/drawn.h"

#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/str.h"
#include "explain/alike.h"
#include "explain/misread.h"
#include "explain/words.h"
#include "judge/rules_private.h"
#include "judge/talk.h"
#include "judge/text.h"
#include "spec/matcher.h"

enum { PARTS_MAX = 12, TRIES_MAX = 2000, WORD_LETTERS = 8, HEX_DIGITS = 16, VALUE_LEAST = 6 };

static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789";

/* The file's own words, or a name. */
struct part {
    const char *words;
    size_t n;
    char name[STEP_NAME_LEN + 1];
};

struct template
{
    struct part parts[PARTS_MAX];
    size_t n;
};

/* Where each part is in a text. */
struct laid {
    const uint8_t *text;
    size_t length;
    size_t at[PARTS_MAX + 1];
    unsigned tries;
};

static bool add(struct template *t, const char *words, size_t n, const char *name)
{
    if (!n && !*name)
        return true;
    if (t->n == PARTS_MAX)
        return false;
    t->parts[t->n] = (struct part){.words = words, .n = n};
    str_copy(t->parts[t->n++].name, STEP_NAME_LEN + 1, name);
    return true;
}

static bool read_template(const struct suspect *s, struct template *t)
{
    const struct matcher *m = s->clause->spec ? &s->clause->spec->matcher : NULL;
    char name[STEP_NAME_LEN + 1];

    t->n = 0;
    if (!m || !m->n_values)
        return false;
    const char *from = m->values[0].text;
    if (m->kind == MATCH_BOUND)
        return add(t, NULL, 0, from);
    for (const char *at = from; matcher_name(&at, name); from = at)
        if (!add(t, from, (size_t)(at - from) - strlen(name) - 2, "") || !add(t, NULL, 0, name))
            return false;
    return add(t, from, strlen(from), "");
}

/* Lays the parts from the i-th on over what begins at at[i]; a name is as short as it can be. */
static bool lay(const struct template *t, struct laid *l, size_t i)
{
    const struct part *p = &t->parts[i];
    const size_t at = l->at[i];

    if (i == t->n)
        return at == l->length;
    if (p->n) {
        if (l->length - at < p->n || strncasecmp((const char *)l->text + at, p->words, p->n) != 0)
            return false;
        l->at[i + 1] = at + p->n;
        return lay(t, l, i + 1);
    }
    for (size_t end = i + 1 == t->n ? l->length : at + 1; end > at && end <= l->length; end++) {
        l->at[i + 1] = end;
        if (l->tries++ == TRIES_MAX)
            return false;
        if (lay(t, l, i + 1))
            return true;
    }
    return false;
}

static bool is_drawn_word(const uint8_t *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!text[i] || !strchr(i % 2 ? "aeiou" : "bdfghklmnprstvwz", text[i] | 0x20))
            return false;
    return n == WORD_LETTERS;
}

static bool is_drawn_hex(const uint8_t *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!text[i] || !strchr("0123456789abcdef", text[i]))
            return false;
    return n == HEX_DIGITS;
}

/* As the target draws it (talk.c), under this name or, without one, under any. A number of another try is
 * like any that was reckoned wrongly. */
static bool has_form(const struct rules *rules, const char *name, const uint8_t *text, size_t n)
{
    const struct target_spec *target = &rules->challenge->target;

    for (size_t i = 0; i < target->n_steps; i++)
        for (size_t k = 0; k < target->steps[i].n_draws; k++) {
            const struct draw_spec *draw = &target->steps[i].draws[k];
            if (name && strcmp(draw->name.text, name) != 0)
                continue;
            if ((draw->type == DRAW_WORD && is_drawn_word(text, n)) ||
                (draw->type == DRAW_HEX && is_drawn_hex(text, n)))
                return true;
        }
    return false;
}

bool drawn_has_form(const struct rules *rules, const uint8_t *text, size_t n)
{
    return has_form(rules, NULL, text, n);
}

/* The right handle stands there, and more beside it, apart from it: that much is too many. */
static bool holds_handle(const struct drawn *part)
{
    const size_t at = alike_find_word(part->got, part->n_got, part->want, part->n_want);

    return part->handle && at < part->n_got;
}

/* The text as it is inside the encoding that is asked for; 0 bytes when it is not so encoded. */
static size_t text_inside(const struct suspect *s, uint8_t *room)
{
    size_t length;

    if (!words_judged(s, &length) || length > TEXT_MAX)
        return 0;
    ptrdiff_t n = text_decode(s->clause->encoding, s->clause->trim, s->bytes, s->length, room);
    return n > 0 ? trim_newline(room, (size_t)n) : 0;
}

bool drawn_part(const struct suspect *s, uint8_t *room, struct drawn *out)
{
    const struct wording *w = words_of(s);
    struct template t;
    struct laid got, want;
    size_t other = PARTS_MAX;

    /* out of a try no value is known */
    if (!w || !s->rules->others || !w->want[0] || !read_template(s, &t))
        return false;
    got = (struct laid){.text = room, .length = text_inside(s, room)};
    want = (struct laid){.text = (const uint8_t *)w->want, .length = strlen(w->want)};
    if (!got.length || !lay(&t, &got, 0) || !lay(&t, &want, 0))
        return false;
    for (size_t i = 0; i < t.n; i++) {
        const size_t n = got.at[i + 1] - got.at[i], n_want = want.at[i + 1] - want.at[i];
        if (t.parts[i].n ||
            (n == n_want && strncasecmp((const char *)got.text + got.at[i], w->want + want.at[i], n) == 0))
            continue;
        if (other < PARTS_MAX)
            return false;
        other = i;
    }
    if (other == PARTS_MAX)
        return false;
    *out = (struct drawn){.handle = strcmp(t.parts[other].name, "student") == 0,
                          .alone = t.n == 1,
                          .got = got.text + got.at[other],
                          .n_got = got.at[other + 1] - got.at[other],
                          .want = w->want + want.at[other],
                          .n_want = want.at[other + 1] - want.at[other]};
    if (holds_handle(out))
        return false;
    out->form = !out->handle && has_form(s->rules, t.parts[other].name, out->got, out->n_got);
    return true;
}

bool drawn_find(const struct suspect *s, uint8_t *room, struct drawn *out)
{
    const struct wording *w = words_of(s);

    return w && w->kind >= WORDING_MISSING && w->kind != WORDING_EXTRA && drawn_part(s, room, out);
}

bool drawn_is_example(const struct suspect *s, struct diagnosis *d)
{
    const char *text = s->rules->challenge->description, *at = text;
    char got[WORDS_SIZE], want[WORDS_SIZE], word[WORD_LETTERS + HEX_DIGITS];
    uint8_t room[TEXT_MAX];
    struct drawn part;

    if (!text || !drawn_find(s, room, &part) || !part.form || part.n_got >= sizeof(word))
        return false;
    memcpy(word, part.got, part.n_got);
    word[part.n_got] = '\0';
    while (at && (at = strcasestr(at, word)) && strchr(LETTERS, at[part.n_got] | 0x20))
        at++;
    if (!at || !at[0])
        return false;
    suspect_say(d, "%s is the example of the challenge's text: in this try %s was told",
                words_shown(part.got, part.n_got, got),
                words_shown((const uint8_t *)part.want, part.n_want, want));
    words_mend_whole(s, d);
    return true;
}

bool drawn_is_misread(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    char digits[HEX_SIZE(WORDING_SHOWN)];
    uint8_t bytes[WORDING_SHOWN];
    size_t length;

    if (!w || !s->rules->talk || !s->clause->unfilled || !words_judged(s, &length) ||
        strlen(w->want) < VALUE_LEAST || strlen(w->want) > WORDING_SHOWN)
        return false;
    hex_encode(digits, w->want, strlen(w->want));
    const ptrdiff_t n = base64_decode(bytes, sizeof(bytes), digits, strlen(digits));
    if (n <= 0 || (size_t)n != length || memcmp(bytes, s->bytes, length) != 0)
        return false;
    suspect_say(d, "it is what Base64 makes of the hex digits that were told");
    suspect_mend(d, "bytes.fromhex(told), not base64.b64decode(told)");
    return true;
}

static bool is_xor(const uint8_t *line, const char *want, const uint8_t *got, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((line[i] ^ (uint8_t)want[i]) != got[i])
            return false;
    return true;
}

/* What a program made of another line, decoded; NULL for nothing known. */
static const char *made_of(const uint8_t *line, size_t n, const char *want, const uint8_t *got, size_t n_got)
{
    enum { CUT_LEAST = 3 };
    const size_t n_want = strlen(want);

    if (n_got == n + n_want && ((memcmp(got, line, n) == 0 && memcmp(got + n, want, n_want) == 0) ||
                                (memcmp(got, want, n_want) == 0 && memcmp(got + n_want, line, n) == 0)))
        return "both lines that were told in this try, decoded as one: the word is in one of them alone";
    if (n_got >= CUT_LEAST && n_got < n && memcmp(got, line, n_got) == 0)
        return "the beginning of another line that was told in this try, decoded, and not the word";
    if (n_got == n && n == n_want && is_xor(line, want, got, n))
        return "the word and another line that was told in this try, XORed: the word is no key";
    return NULL;
}

bool drawn_is_another(const struct suspect *s, struct diagnosis *d)
{
    const struct talk *talk = s->rules->talk;
    char got[WORDS_SIZE];
    uint8_t bytes[TALK_VALUE_MAX];
    size_t length;

    if (!talk || !s->clause->unfilled || !words_judged(s, &length))
        return false;
    const char *want = words_of(s)->want;
    for (size_t i = 0; i < s->rules->n_names; i++) {
        const struct talk_value *v = &talk->values[i];
        /* what is asked for, or a part of it, is wrong in another way */
        if (v->length < VALUE_LEAST || memmem(want, strlen(want), v->text, v->length))
            continue;
        /* its last byte may be a line end, which is not judged */
        const ptrdiff_t n = hex_decode(bytes, sizeof(bytes), v->text, v->length);
        const char *made = n > 0 ? made_of(bytes, (size_t)n, want, s->bytes, length) : NULL;
        const char *how = n > 0 && !made ? misread_how(bytes, (size_t)n, s->bytes, length) : NULL;
        if (made || how) {
            suspect_say(d, "this is %s%s", made ? made : "another line that was told in this try, ",
                        made ? "" : how);
            suspect_mend(d, "look at the lines again, each by itself: which one is the word in?");
            return true;
        }
        const bool hex = n > 0 && ((size_t)n == length || (size_t)n == s->length) &&
                         memcmp(bytes, s->bytes, (size_t)n) == 0;
        if (!hex && (v->length != length || memcmp(v->text, s->bytes, length) != 0))
            continue;
        suspect_say(d, "%s%s is another line that was told in this try, and not the one with the word",
                    words_shown((const uint8_t *)v->text, v->length, got), hex ? ", decoded," : "");
        suspect_mend(d, "look at the lines again: which one is the word in?");
        return true;
    }
    return false;
}

/* A word of an earlier round beside this one's: a program that goes on adding to its answer. */
static bool say_collected(const struct suspect *s, const struct drawn *part, struct diagnosis *d)
{
    char word[WORDS_SIZE];

    if (!s->rules->talk || !memmem(part->got, part->n_got, part->want, part->n_want))
        return false;
    for (size_t i = 0; i + part->n_want <= part->n_got; i++) {
        const unsigned earlier = talk_earlier(s->rules->talk, part->got + i, part->n_want);
        if (!earlier)
            continue;
        suspect_say(d, "%s, round %u's word, stands in it beside the one of this round: what is sent grows",
                    words_shown(part->got + i, part->n_want, word), earlier);
        suspect_mend(d, "make each answer anew: answer = ... in the loop, no += and no list before it");
        return true;
    }
    return false;
}

/* The handle of the try, encoded, where the word belongs. */
static bool say_encoded_handle(const struct suspect *s, const struct drawn *part, struct diagnosis *d)
{
    const char *student = s->rules->talk && s->rules->step ? s->rules->talk->student : "";
    uint8_t decoded[WORDING_SHOWN];
    char got[WORDS_SIZE];
    enum peel how;
    const size_t n = *student ? wording_decode(part->got, part->n_got, decoded, &how) : 0;

    if (!n || n != strlen(student) || memcmp(decoded, student, n) != 0)
        return false;
    suspect_say(d, "%s is your handle in %s, and the word that was told belongs there",
                words_shown(part->got, part->n_got, got), wording_encoding_text(how));
    suspect_mend(d, "receive the line that is told, and answer with the word in it");
    return true;
}

void drawn_say_wrong(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);
    char got[WORDS_SIZE], want[WORDS_SIZE];
    uint8_t room[TEXT_MAX];
    struct drawn part;

    if (!w)
        return;
    const bool found = drawn_find(s, room, &part);
    const unsigned earlier = found && s->rules->talk ? talk_earlier(s->rules->talk, part.got, part.n_got) : 0;
    if (earlier) {
        suspect_say(d, "%s is round %u's word, and this is round %u: an answer came twice, or late",
                    words_shown(part.got, part.n_got, got), earlier, s->rules->round + 1u);
        suspect_mend(d, "in a loop: receive a word, answer it once, with that word");
        return;
    }
    if (found && say_collected(s, &part, d))
        return;
    const size_t handle = found && s->rules->talk && s->rules->step ? strlen(s->rules->talk->student) : 0;
    if (handle && part.n_got == handle && memcmp(part.got, s->rules->talk->student, handle) == 0) {
        suspect_say(d, "%s is your handle, and the word that was told belongs there: %s",
                    words_shown(part.got, part.n_got, got),
                    words_shown((const uint8_t *)part.want, part.n_want, want));
        suspect_mend(d, "receive the line that is told, and answer with that word");
        return;
    }
    if (found && say_encoded_handle(s, &part, d))
        return;
    if (found && part.form)
        suspect_say(d, "%s is not the word that was told in this try%s: that is %s",
                    words_shown(part.got, part.n_got, got), s->rules->round ? ", in this round" : "",
                    words_shown((const uint8_t *)part.want, part.n_want, want));
    else if (found && !part.alone)
        suspect_say(d, "%s stands where %s belongs; the words around it are right",
                    words_shown(part.got, part.n_got, got),
                    words_shown((const uint8_t *)part.want, part.n_want, want));
    else
        suspect_say(
            d,
            "another text came than the one asked for, and none of the usual mistakes makes it of that one");
    words_mend_whole(s, d);
}

bool drawn_is_part(const struct suspect *s)
{
    uint8_t room[TEXT_MAX];
    struct drawn part;

    return drawn_find(s, room, &part) && (!part.alone || part.form);
}
