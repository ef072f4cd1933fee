#include "targets/briefing/line.h"

#include <string.h>

#include "base/names.h"
#include "base/str.h"

const struct word_row WORD_ROWS[N_WORDS] = {
    [WORD_HELP] = {"help", "help", "these words", 0, 0, false},
    [WORD_LIST] = {"list", "list", "the challenges", 0, 0, false},
    [WORD_READ] = {"read", "read NAME", "a challenge's text, with your values", 1, 1, true},
    [WORD_TRIES] = {"tries", "tries [NAME]", "what you tried, and how right it was", 0, 1, true},
    [WORD_SEEN] = {"seen", "seen", "what reached me from you in 15 minutes, and why it matched nothing", 0, 0,
                   false},
    [WORD_LISTEN] = {"listen", "listen [NAME]", "I call your listener now and say what I met", 0, 1, true},
    [WORD_FLAGS] = {"flags", "flags", "flags that wait because no listener took them", 0, 0, false},
    [WORD_AGAIN] = {"again", "again", "I call back again what waits", 0, 0, false},
    [WORD_SUBMIT] = {"submit", "submit FLAG", "hand a flag in", 1, 1, true},
    [WORD_I] = {"i", "i HANDLE [PIN]", "say who you are; i alone: who I take you for", 0, 2, false},
    [WORD_QUIT] = {"quit", "quit", "the end; so is Ctrl-C", 0, 0, false},
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The next run of characters that are no blanks; its length, 0 at the end. */
static size_t take(const char **at, const char *end, const char **word)
{
    while (*at < end && is_blank(**at))
        (*at)++;
    *word = *at;
    while (*at < end && !is_blank(**at))
        (*at)++;
    return (size_t)(*at - *word);
}

static bool put_arg(struct briefing_command *out, const char *text, size_t length)
{
    if (out->n_args == BRIEFING_ARGS || length >= BRIEFING_ARG_SIZE)
        return false;
    memcpy(out->args[out->n_args], text, length);
    out->args[out->n_args++][length] = '\0';
    return true;
}

/* What other programs call it. */
static const struct {
    const char *word;
    enum briefing_word is;
} OTHERS[] = {{"?", WORD_HELP}, {"man", WORD_HELP},    {"exit", WORD_QUIT}, {"bye", WORD_QUIT},
              {"q", WORD_QUIT}, {"logout", WORD_QUIT}, {"ls", WORD_LIST},   {"cat", WORD_READ}};

static const struct word_row *near_of(const char *word)
{
    const char *words[N_WORDS];
    const char *near;

    for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++)
        if (strcmp(word, OTHERS[i].word) == 0)
            return &WORD_ROWS[OTHERS[i].is];

    for (size_t i = 0; i < N_WORDS; i++)
        words[i] = WORD_ROWS[i].word;
    near = names_nearest(word, words, N_WORDS);
    for (size_t i = 0; near && i < N_WORDS; i++)
        if (strcmp(near, words[i]) == 0)
            return &WORD_ROWS[i];
    return NULL;
}

static bool is_text(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == 0x7F)
            return false;
    return true;
}

static enum line_result take_args(const char *at, const char *end, struct briefing_command *out)
{
    const struct word_row *row = &WORD_ROWS[out->word];
    const char *word;
    size_t n;

    if (row->rest) {
        while (at < end && is_blank(*at))
            at++;
        while (at < end && is_blank(end[-1]))
            end--;
        if (at < end && !put_arg(out, at, (size_t)(end - at)))
            return LINE_ARGS;
    }
    while (!row->rest && (n = take(&at, end, &word)))
        if (!put_arg(out, word, n))
            return LINE_ARGS;
    return out->n_args < row->args_min || out->n_args > row->args_max ? LINE_ARGS : LINE_WORD;
}

enum line_result briefing_line(const char *bytes, size_t length, struct briefing_command *out)
{
    char text[32] = "";
    const char *at = bytes, *end, *word;

    *out = (struct briefing_command){.word = N_WORDS};
    if (length && bytes[length - 1] == '\r')
        length--;
    if (length > BRIEFING_LINE_MAX || !is_text(bytes, length))
        return LINE_BYTES;
    end = bytes + length;
    size_t n = take(&at, end, &word);
    if (n == 0)
        return LINE_EMPTY;
    if (n < sizeof(text)) {
        memcpy(text, word, n);
        text[n] = '\0';
        ascii_lower(text);
    }
    for (size_t i = 0; i < N_WORDS; i++)
        if (strcmp(text, WORD_ROWS[i].word) == 0)
            out->word = (enum briefing_word)i;
    if (out->word == N_WORDS) {
        out->near = *text ? near_of(text) : NULL;
        return LINE_UNKNOWN;
    }
    return take_args(at, end, out);
}
