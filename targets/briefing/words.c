/* The words that tell about challenges, and about who asks. */
#include <string.h>

#include "base/str.h"
#include "explain/challenge_fill.h"
#include "flag/pin.h"
#include "targets/briefing/session.h"

enum dialog_next words_help(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    (void)s, (void)c;
    for (size_t i = 0; i < N_WORDS; i++)
        buf_printf(out, "%-15s %s\n", WORD_ROWS[i].usage, WORD_ROWS[i].does);
    return DIALOG_MORE;
}

enum dialog_next words_quit(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    (void)s, (void)c, (void)out;
    return DIALOG_END;
}

enum dialog_next words_list(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    const struct course *course = &s->rt->course;

    (void)c;
    for (size_t i = 0; i < course->n_challenges; i++) {
        const struct challenge *challenge = &course->challenges[i];
        const struct rules *rules = rulebook_find(s->rt->book, challenge->slug);
        if (!session_lists(s->rt, challenge))
            continue;
        buf_printf(out, "%-20s %3d points  %-9s", challenge->slug, (int)challenge->value,
                   rules ? target_kind_text(rules_kind(rules)) : "question");
        if (rules && rules_port(rules))
            buf_printf(out, " port %-5u", rules_port(rules));
        else
            buf_printf(out, " %10s", "");
        buf_printf(out, " %s\n", challenge->name);
    }
    return DIALOG_MORE;
}

struct own_values {
    const struct rules *rules;
    const char *student;
    struct buf *out;
    size_t n;
};

/* The values that are the student's alone; the class's stand in the text. */
static void put_own(void *context, const char *field, uint64_t value)
{
    struct own_values *own = context;
    char text[FIELD_TEXT_SIZE];

    (void)value;
    if (rules_value_text(own->rules, field, "", text) ||
        !rules_value_text(own->rules, field, own->student, text))
        return;
    if (own->n++ == 0)
        buf_printf(own->out, "\nYours alone, %s:\n", own->student);
    buf_printf(own->out, "  %-20s %s\n", field, text);
}

enum dialog_next words_read(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    const struct challenge *challenge = session_challenge(s, c->args[0], out);
    const struct rules *rules = challenge ? rulebook_find(s->rt->book, challenge->slug) : NULL;
    struct problems problems = {0};

    if (!challenge)
        return DIALOG_MORE;
    buf_printf(out, "%s, %d points\n\n", challenge->name, (int)challenge->value);
    challenge_fill(out, challenge->description, challenge, rules, &s->rt->class,
                   s->known == KNOWN_NOBODY ? NULL : s->who, challenge->description_at, &problems);
    problems_free(&problems);
    struct own_values own = {rules, s->who, out, 0};
    if (rules && s->known != KNOWN_NOBODY)
        rules_each_value(rules, s->who, put_own, &own);
    else if (rules)
        buf_printf(out, "\nYour own values are told when I know who you are:  i HANDLE%s\n",
                   s->rt->has_roster ? " PIN" : "");
    return DIALOG_MORE;
}

static enum dialog_next who(const struct briefing_session *s, struct buf *out)
{
    if (s->known == KNOWN_NOBODY)
        buf_printf(out, "Nobody I know. Say:  i HANDLE%s\n",
                   s->rt->has_roster ? " PIN   (your instructor has both)" : "");
    else
        buf_printf(out, "Your handle is %s, %s.\n", s->who,
                   s->known == KNOWN_PROVED ? "by your address or PIN" : "as you say");
    return DIALOG_MORE;
}

/* "I am smith", as one says it: no handle `am` with a PIN that cannot be one, and no guess. */
static bool is_sentence(const struct briefing_session *s, const char *handle, const char *pin)
{
    return strcmp(handle, "am") == 0 && !roster_find(&s->rt->roster, handle) &&
           (strspn(pin, "0123456789") != PIN_DIGITS || pin[PIN_DIGITS]);
}

/* Without a roster a handle is only a claim, and a packet may make it too: who claims one is told what a near
 * miss would tell him, and nothing else. */
enum dialog_next words_i(struct briefing_session *s, const struct briefing_command *c, struct buf *out)
{
    char handle[BRIEFING_ARG_SIZE];

    if (c->n_args == 0)
        return who(s, out);
    str_copy(handle, sizeof(handle), c->args[0]);
    ascii_lower(handle);
    if (c->n_args == 2 && is_sentence(s, handle, c->args[1])) {
        struct briefing_command meant = {.word = WORD_I, .n_args = 1};
        str_copy(meant.args[0], sizeof(meant.args[0]), c->args[1]);
        return words_i(s, &meant, out);
    }
    if (!handle_valid(handle))
        buf_puts(out, "A handle is 1 to 32 letters, digits, - or _, and begins with a letter or digit.\n");
    else if (c->n_args == 2)
        return pins_try(s, handle, c->args[1], out);
    else if (s->known == KNOWN_PROVED && strcmp(s->who, handle) == 0)
        session_believe(s, handle, KNOWN_PROVED, out);
    else if (s->rt->has_roster && !roster_find(&s->rt->roster, handle))
        buf_printf(out, "No handle of the roster is %s: is it spelt as there?\n", handle);
    else if (s->rt->has_roster)
        buf_printf(out, "Your address does not tell that you are %s; give the PIN too:  i %s PIN\n", handle,
                   handle);
    else
        session_believe(s, handle, KNOWN_CLAIMED, out);
    return DIALOG_MORE;
}
