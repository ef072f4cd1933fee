/* What was made for somebody else: another student, who may not be on the roster, or another class. */
#include <stdio.h>
#include <string.h>

#include "explain/drawn.h"
#include "explain/words.h"
#include "judge/params.h"
#include "judge/rules_private.h"
#include "judge/text.h"

enum { WIDE = 16 };

/* What stands where the handle belongs is shown: it may be the name of a variable, or encoded otherwise. */
static void say_stranger(const struct suspect *s, struct diagnosis *d)
{
    const struct clause *c = s->clause;
    uint8_t text[TEXT_MAX];
    char handle[NAME_MAX_LEN + 1], shown[WORDS_SIZE];
    const ptrdiff_t n = s->bytes ? text_decode(c->encoding, c->trim, s->bytes, s->length, text) : -1;

    if (n > 0 && text_handle(c, text, (size_t)n, handle))
        suspect_say(
            d,
            "%s stands where the handle belongs, and is not on the roster: is it whole, and spelt as there?",
            words_shown((const uint8_t *)handle, strlen(handle), shown));
    else
        suspect_say(d, "no handle of the roster is in it: is yours whole, and spelt as there?");
    suspect_mend(d, "write your handle exactly as the roster has it");
}

/* Nobody is named: whose value it is must not be learned from a report. */
enum fit why_whose_student(const struct suspect *s, struct diagnosis *d)
{
    char got[WORDS_SIZE];
    uint8_t room[TEXT_MAX];
    struct drawn part;

    if (s->clause && drawn_find(s, room, &part) && part.handle && !words_of(s)->placeholder) {
        suspect_say(d, "%s stands where the handle belongs, and this try is %s's: the rest is right",
                    words_shown(part.got, part.n_got, got), s->verdict->student);
        words_mend_whole(s, d);
        return FIT_STRONG;
    }
    if (s->clause && s->clause == s->rules->named && s->verdict->stranger) {
        const struct wording *w = words_of(s);
        /* a word that stands for a handle is no stranger's */
        if (w && w->placeholder)
            return FIT_NONE;
        say_stranger(s, d);
        return FIT_WEAK; /* what was read as a handle may be what a mistake left of one */
    }
    if (!s->one || !s->clause || s->kind != MATCH_PARAM || !s->clause->per_student)
        return FIT_NONE;
    if (!s->rules->roster) {
        suspect_say(
            d, "each student has a number of his own here: was this one made for another handle than yours?");
        return FIT_LAST;
    }
    if (!params_is_someones(s->clause, s->got))
        return FIT_NONE;
    suspect_say(d,
                "this value was made for another student: the handle in the packet and the value must both "
                "be yours");
    return suspect_price(s, s->clause->n_everyone);
}

/* Where a class's word is two numbers, as 26-04 is, the classes before it are tried. */
static bool earlier_class(const char *word, unsigned back, char out[16])
{
    unsigned year, month, now;

    if (strlen(word) != 5 || word[2] != '-')
        return false;
    for (size_t i = 0; i < 5; i++)
        if (i != 2 && (word[i] < '0' || word[i] > '9'))
            return false;
    year = (unsigned)(word[0] - '0') * 10 + (unsigned)(word[1] - '0');
    month = (unsigned)(word[3] - '0') * 10 + (unsigned)(word[4] - '0');
    if (month < 1 || month > 12 || year * 12 + month - 1 < back)
        return false;
    now = year * 12 + month - 1 - back;
    snprintf(out, 16, "%02u-%02u", now / 12 % 100, now % 12 + 1);
    return true;
}

/* The clause's value in another class; of one's own, what the student had there. */
static bool made_in(const struct suspect *s, const char *class, uint64_t *out)
{
    const struct clause *c = s->clause;

    if (!c->per_student)
        return params_other_class(s->rules, c, class, out);
    return s->rules->has_key && s->verdict->student[0] &&
           param_make(&s->rules->key, class, rules_slug(s->rules), c->field->name, s->verdict->student,
                      &c->rule, out);
}

enum fit why_whose_class(const struct suspect *s, struct diagnosis *d)
{
    enum { MONTHS = 36 };
    uint64_t value;
    char word[16];

    if (!s->one || !s->clause || s->kind != MATCH_PARAM)
        return FIT_NONE;
    for (unsigned back = 1; s->field->bits >= WIDE && !suspect_is_of_tutorial(s) && back <= MONTHS; back++) {
        if (!earlier_class(s->rules->class->word, back, word) || !made_in(s, word, &value) || value != s->got)
            continue;
        suspect_say(d, "this is the value of the class %s: every class has its own", word);
        /* so small a one may be anything, and one of so many months has it */
        return s->got <= UINT8_MAX ? FIT_GOOD : suspect_price(s, MONTHS);
    }
    if (s->clause->per_student)
        return FIT_NONE;
    suspect_say(d, "each class has a value of its own here: was this one read in the text of another class?");
    return FIT_LAST;
}
