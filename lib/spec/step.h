/* step.h - one step of a conversation, as target.yml writes it. */
#pragma once

#include "spec/clause_spec.h"

enum target_kind { TARGET_NONE, TARGET_STREAM, TARGET_DATAGRAM, TARGET_PACKET };

enum draw_type { DRAW_U8, DRAW_U16, DRAW_U32, DRAW_WORD, DRAW_HEX };

/* A value that the target chooses, fresh for each try. */
struct draw_spec {
    struct scalar name;
    enum draw_type type;
};

/* What ends a stream's message. */
enum ending {
    ENDING_DEFAULT, /* newline, half-close, 200 ms of silence or a ceiling, whichever is first */
    ENDING_NEWLINE,
    ENDING_CLOSE, /* the half-close */
    ENDING_SILENCE,
    ENDING_LENGTH, /* so many bytes */
};

enum {
    STEPS_MAX = 16,
    STEP_NAMES_MAX = 8,
    STEP_NAME_LEN = 16,
    STEP_ROUNDS_MAX = 100,
    STEP_WITHIN_MS = 30000,
    STEP_BYTES_MAX = 4096,
    SAY_MAX = 400,
    WITHIN_MS_MIN = 100,
    WITHIN_MS_MAX = 10 * 60 * 1000,
};

/* One step of a conversation: the target waits for `expect`, then draws, says or replies, and dials. */
struct step_spec {
    struct place at;
    struct clause_spec *expect;
    size_t n_expect; /* 0: it waits for nothing */
    struct place expect_at;
    struct draw_spec *draws;
    size_t n_draws;
    struct scalar say; /* text NULL: nothing */
    enum text_encoding say_encoding;
    struct clause_spec *reply; /* of a packet challenge: what the packet that is sent back holds */
    size_t n_reply;            /* 0: none is sent */
    struct place reply_at;
    enum target_kind dial; /* TARGET_STREAM or TARGET_DATAGRAM: the next steps are spoken with the student's
                              port `dial_port`; TARGET_NONE: where it was asked */
    uint16_t dial_port;    /* rules_dial_port is what is dialled */
    struct place dial_at;
    unsigned within_ms; /* from the step before to the whole message */
    struct place within_at;
    enum ending ending;
    size_t ending_bytes; /* ENDING_LENGTH */
    struct place ending_at;
    unsigned rounds;    /* how often the steps first..last come, this one among them; 1: once */
    size_t first, last; /* of its repeat; itself without one */
};

/* The step whose message comes first; NULL when none of n expects one. */
const struct step_spec *step_first(const struct step_spec *steps, size_t n);
