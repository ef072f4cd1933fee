/* Something stands where a value belongs: the name that a text has for it, an example's, or what a tool fills
 * in. */
#include <stdio.h>
#include <string.h>

#include "explain/drawn.h"
#include "explain/words.h"
#include "judge/near.h"
#include "judge/rules_private.h"
#include "judge/text.h"

static void say_none(const char *none, struct diagnosis *d)
{
    suspect_say(d, "\"%s\" is what a variable says that was given no value, or what print() returns", none);
    suspect_mend(d, "print the variable before it is sent");
}

/* {word}, <word> or WORD where a value that was told belongs. */
static bool stands_for_value(const struct suspect *s, struct diagnosis *d)
{
    char got[WORDS_SIZE];
    uint8_t room[TEXT_MAX];
    struct drawn part;

    /* what was told, in brackets, is no name for it */
    if (!drawn_find(s, room, &part) || part.handle || part.n_got < 2 ||
        memmem(part.got, part.n_got, part.want, part.n_want))
        return false;
    const uint8_t first = part.got[0], last = part.got[part.n_got - 1];
    if (part.n_got == 4 && memcmp(part.got, "None", 4) == 0) {
        say_none("None", d);
        return true;
    }
    if (!(first == '{' && last == '}') && !(first == '<' && last == '>') &&
        !(part.n_got == 4 && memcmp(part.got, "WORD", 4) == 0))
        return false;
    suspect_say(d, "%s stands where the value belongs that was told", words_shown(part.got, part.n_got, got));
    suspect_mend(d, "send what was told in its place; in Python an f-string fills {...} in");
    return true;
}

/* A number that was told in a try is none of the text's, which has one as an example. */
static bool number_is_example(const struct suspect *s, struct diagnosis *d)
{
    const char *text = s->rules->challenge->description;
    char digits[24];

    if (!suspect_is_bound(s) || !text || s->got <= UINT8_MAX)
        return false;
    const int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)s->got);
    for (const char *at = text; (at = strstr(at, digits)); at += n) {
        if ((at > text && at[-1] >= '0' && at[-1] <= '9') || (at[n] >= '0' && at[n] <= '9'))
            continue;
        suspect_say(d, "%s is the example of the challenge's text: in this try it is %llu", digits,
                    (unsigned long long)s->expected);
        suspect_mend(d, "read the number in this very conversation, and reckon with that");
        return true;
    }
    return false;
}

/* What stands where the handle belongs; 0 bytes when nothing does. */
static size_t in_its_place(const struct suspect *s, size_t length, uint8_t text[TEXT_MAX])
{
    const struct clause *c = s->clause;
    const ptrdiff_t n =
        length <= TEXT_MAX && c->after ? text_decode(c->encoding, c->trim, s->bytes, length, text) : -1;
    const size_t before = strlen(c->before), after = c->after ? strlen(c->after) : 0;

    if (n <= 0 || (size_t)n <= before + after || memcmp(text, c->before, before) != 0 ||
        memcmp(text + (size_t)n - after, c->after, after) != 0)
        return 0;
    memmove(text, text + before, (size_t)n - before - after);
    return (size_t)n - before - after;
}

/* The name of a variable in the place of its value, or the value of one that has none. */
static bool is_variable(const struct suspect *s, struct diagnosis *d)
{
    static const char *const names[] = {"None", "null", "undefined", "True", "False",
                                        "name", "data", "text",      "msg",  "payload"};
    enum { WITHOUT = 3, TRUTH = 5 };
    uint8_t text[TEXT_MAX];
    size_t length;

    if (!words_judged(s, &length))
        return false;
    const size_t n = in_its_place(s, s->length, text);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        /* nothing but what has no value is it that was asked for, wherever a handle belongs, or nowhere */
        const bool all = i < TRUTH && strlen(names[i]) == length && memcmp(s->bytes, names[i], length) == 0;
        if (!all && (!n || strlen(names[i]) != n || memcmp(text, names[i], n) != 0))
            continue;
        if (i < WITHOUT) {
            say_none(names[i], d);
            return true;
        }
        if (i < TRUTH) {
            suspect_say(d, "\"%s\" is what a comparison or a test gives, and no text", names[i]);
            suspect_mend(d, "print the variable before it is sent");
            return true;
        }
        suspect_say(d, "\"%s\" looks like a variable's name: in quotes it is the name, not the value",
                    names[i]);
        suspect_mend(d, "%s.encode(), not b'%s'", names[i], names[i]);
        return true;
    }
    return false;
}

/* hping3 -d LENGTH fills up behind what -e or -E gave it. */
static bool is_filled_up(const struct suspect *s, struct diagnosis *d)
{
    enum { FILLED_LEAST = 4 };
    uint8_t text[TEXT_MAX];
    char handle[NAME_MAX_LEN + 1];
    size_t length, n;

    if (!words_judged(s, &length) || !s->clause->after)
        return false;
    for (n = length; n && s->bytes[n - 1] == 'X'; n--)
        ;
    const ptrdiff_t k = n && n + FILLED_LEAST <= length && n <= TEXT_MAX
                            ? text_decode(s->clause->encoding, false, s->bytes, n, text)
                            : -1;
    if (k <= 0 || !text_handle(s->clause, text, (size_t)k, handle))
        return false;
    suspect_say(d, "behind the text stand %zu X: hping3 fills up to the length of -d", length - n);
    suspect_mend(d, "hping3 -d %zu, as many bytes as the text has", n);
    return true;
}

enum fit why_words_placeholder(const struct suspect *s, struct diagnosis *d)
{
    const struct wording *w = words_of(s);

    if (stands_for_value(s, d) || (s->clause && drawn_is_example(s, d)) || number_is_example(s, d) ||
        is_variable(s, d) || is_filled_up(s, d))
        return FIT_STRONG;
    /* "Enter your handle: smith" has the handle, too: it is a prompt that was sent along */
    if (!w || !w->placeholder || w->kind == WORDING_RIGHT ||
        (s->verdict->student[0] && (w->kind == WORDING_EXTRA || w->kind == WORDING_WORDS)))
        return FIT_NONE;
    const char *tool = near_filler(s->bytes, s->length);
    if (tool) {
        suspect_say(d, "no text was given: %s fills a packet with such bytes by itself", tool);
        suspect_mend(d, *tool == 'h'
                            ? "hping3 -d LENGTH -E FILE, the text's bytes in that file; or --sign TEXT"
                            : "build the packet yourself, with the text behind its headers");
        return FIT_STRONG;
    }
    if (s->length && memchr(s->bytes, '$', s->length)) {
        suspect_say(d, "a variable or a command of the shell came as it is written: it was not filled in");
        suspect_mend(d, "double quotes, \"$HANDLE\" or \"$(cat FILE)\": single ones leave the $ as it is");
    } else if (s->length && memchr(s->bytes, '{', s->length) && memchr(s->bytes, '}', s->length)) {
        suspect_say(d, "the placeholder {...} came, not the handle: nothing was filled in");
        suspect_mend(d, "f'{handle} ...': the f before the quotes fills in what stands in braces");
    }
    return words_shifted(s) ? FIT_GOOD : FIT_STRONG;
}
