/* filter_words.h - the words of a filter: which may stand in it, and where its parts begin; private to
 * filter.c. */
#pragma once

#include "pkt/filter.h"

enum filter_token_kind {
    FILTER_WORD,
    FILTER_ID,   /* a number or an address */
    FILTER_JOIN, /* and, or, &&, || */
    FILTER_NEGATION,
    FILTER_OPEN,
    FILTER_CLOSE,
    FILTER_OPERATOR, /* all else */
};

struct filter_token {
    enum filter_token_kind kind;
    bool is_or;
    int depth; /* how many parentheses and brackets are open before it */
    size_t at, length;
};

struct filter_words {
    struct filter_token tokens[FILTER_TEXT_MAX + 1];
    size_t n;
    bool of_link; /* it speaks of what stands before IP */
    bool shifts;  /* a word in it changes what all behind it means: vlan, mpls */
};

/* A part of the text: from `at`, length bytes. */
struct filter_span {
    size_t at, length;
};

/* Reads the words. False with *fault where one is a name, or cannot stand in a filter here. */
bool filter_words_read(struct filter_words *out, const char *text, struct filter_fault *fault);

/* Splits at the outermost joins of one kind, from the last: and, or are of equal rank and go from left to
 * right. Returns how many parts there are, at least 1; *is_or for which kind. */
size_t filter_words_split(const struct filter_words *words, struct filter_span out[FILTER_PARTS_MAX],
                          bool *is_or);
