#include "grader/lint/texts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "spec/matcher.h"

/* ADD A WORD OF TEXTS HERE: what stands between braces for something else */
static const char *const WORDS[] = {"student"};

enum { N_WORDS = sizeof(WORDS) / sizeof(WORDS[0]), WORD_MAX = 32 };

struct text {
    const struct challenge *challenge;
    const struct step_spec *step;
    const struct matcher *matcher;
    struct problems *problems;
};

static bool is_word(const char *at, size_t len)
{
    bool ok = len > 0 && len < WORD_MAX && isalpha((unsigned char)*at);

    for (size_t i = 0; ok && i < len; i++)
        ok = isalnum((unsigned char)at[i]) || strchr("_-.", at[i]);
    return ok;
}

static void check_word(const struct text *t, const char *word, bool twice)
{
    char known[100] = "", lower[WORD_MAX];
    const char *near = names_nearest(word, WORDS, N_WORDS);
    size_t n = 0;

    for (size_t i = 0; i <= strlen(word); i++)
        lower[i] = (char)tolower((unsigned char)word[i]);
    for (size_t i = 0; i < N_WORDS; i++) {
        if (strcmp(word, WORDS[i]) == 0 && !twice)
            return;
        n += (size_t)snprintf(known + n, sizeof(known) - n, "%s{%s}", i ? ", " : "", WORDS[i]);
        if (strcmp(lower, WORDS[i]) == 0)
            near = WORDS[i];
    }
    const char *open = twice ? "{{" : "{", *close = twice ? "}}" : "}";
    if (near)
        problem_add(t->problems, t->challenge->target.file, t->matcher->values[0].at,
                    "text: %s%s%s stands for nothing; did you mean {%s}?", open, word, close, near);
    else
        problem_add(t->problems, t->challenge->target.file, t->matcher->values[0].at,
                    "text: %s%s%s stands for nothing here; known: %s", open, word, close, known);
}

/* One word between braces, blanks beside it or not: other braces are just text. */
static void check_words(const struct text *t, const char *text)
{
    char word[WORD_MAX], taken[STEP_NAME_LEN + 1];

    for (const char *at = text; (at = strchr(at, '{')); at++) {
        bool twice = at > text && at[-1] == '{';
        const char *from = at + 1 + strspn(at + 1, " ");
        size_t len = strcspn(from, "{} ");
        const char *end = from + len + strspn(from + len, " ");
        if (*end != '}' || !is_word(from, len))
            continue;
        memcpy(word, from, len);
        word[len] = '\0';
        /* of a conversation its steps have said already which names there are (step_names.c) */
        const char *name = at;
        if (t->challenge->target.talks && !twice && matcher_name(&name, taken) && name == at + len + 2)
            continue;
        check_word(t, word, twice && end[1] == '}');
    }
}

/* A stream's message ends with its first LF, and trim takes LF or CR LF from the end of any message. */
static void check_newlines(const struct text *t, const char *text)
{
    const struct target_spec *target = &t->challenge->target;
    bool stream = target->kind == TARGET_STREAM &&
                  (t->step->ending == ENDING_DEFAULT || t->step->ending == ENDING_NEWLINE);
    bool trim =
        t->matcher->trim == TRIM_DEFAULT ? target->kind != TARGET_PACKET : t->matcher->trim == TRIM_NEWLINE;
    const char *lf = strchr(text, '\n');
    size_t len = strlen(text);

    if (t->matcher->encoding != ENCODING_UTF8 || len == 0)
        return;
    if (stream && lf && lf[1])
        problem_add(t->problems, target->file, t->matcher->values[0].at,
                    "text holds a newline with more behind it, and a stream's message ends with its first "
                    "newline: no "
                    "message can be it; ask for one line, or encode it");
    else if (trim && text[len - 1] == '\n')
        problem_add(t->problems, target->file, t->matcher->values[0].at,
                    "text ends in a newline, and one at the end of a message does not count: no message can "
                    "be it; leave "
                    "it out, or write trim: none");
    else if (trim && text[len - 1] == '\r')
        problem_add(t->problems, target->file, t->matcher->values[0].at,
                    "text ends in a carriage return, which a newline behind it takes away; leave it out, or "
                    "write trim: "
                    "none");
    else if (stream && strchr(text, '\r') && strchr(text, '\r')[1] != '\n')
        problem_warn(t->problems, target->file, t->matcher->values[0].at,
                     "text holds a carriage return that ends no line: who types cannot send it");
}

static void check_step(const struct challenge *challenge, const struct step_spec *step,
                       struct problems *problems)
{
    for (size_t i = 0; i < step->n_expect; i++) {
        const struct matcher *m = &step->expect[i].matcher;
        const struct text t = {challenge, step, m, problems};
        bool plain = m->kind == MATCH_EQUAL && strcmp(step->expect[i].field.text, "payload") == 0;
        if (!m->n_values || (m->kind != MATCH_TEXT && !plain))
            continue;
        check_words(&t, m->values[0].text);
        check_newlines(&t, m->values[0].text);
    }
}

void texts_check(const struct challenge *challenge, struct problems *problems)
{
    for (size_t i = 0; i < challenge->target.n_steps; i++)
        check_step(challenge, &challenge->target.steps[i], problems);
}
