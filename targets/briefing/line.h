/* line.h - one line that a student typed at the briefing, taken apart. Pure: no socket, no state. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { BRIEFING_LINE_MAX = 512, BRIEFING_ARGS = 2, BRIEFING_ARG_SIZE = 160 };

enum briefing_word {
    WORD_HELP,
    WORD_LIST,
    WORD_READ,
    WORD_TRIES,
    WORD_SEEN,
    WORD_LISTEN,
    WORD_FLAGS,
    WORD_AGAIN,
    WORD_SUBMIT,
    WORD_I,
    WORD_QUIT,
    /* ADD A WORD HERE: its row is in line.c, its function's name in briefing.c's table, its declaration in
     * session.h, its body in the file of its kind (words.c, told.c, waiting.c, hand_in.c) */
    N_WORDS,
};

/* Of a word. */
struct word_row {
    const char *word, *usage, *does;
    unsigned args_min, args_max;
    bool rest; /* everything behind the word is one argument, blanks included */
};

extern const struct word_row WORD_ROWS[N_WORDS];

enum line_result {
    LINE_WORD,    /* *out is filled */
    LINE_EMPTY,   /* nothing but blanks */
    LINE_UNKNOWN, /* out->near is the nearest word's row, or NULL */
    LINE_ARGS,    /* a word with too few or too many arguments; out->word is filled */
    LINE_BYTES,   /* not text: control characters, or longer than a line may be */
};

struct briefing_command {
    enum briefing_word word;
    const struct word_row *near;
    unsigned n_args;
    char args[BRIEFING_ARGS][BRIEFING_ARG_SIZE];
};

/* Takes apart length bytes without their newline (a CR before it may be there). Words are compared without
 * case. */
enum line_result briefing_line(const char *bytes, size_t length, struct briefing_command *out);
