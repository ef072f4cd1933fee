/* line.h - one line of a target's journal (docs/journal.md), taken apart. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/names.h"

enum { JOURNAL_LINE_MAX_BYTES = 4096, JOURNAL_REASONS_MAX = 12, JOURNAL_FLAGS_MAX = 16 };

enum journal_event {
    JOURNAL_CUT,   /* no line of a journal: cut by a full disk or a crash */
    JOURNAL_OTHER, /* an event that says nothing about a student */
    JOURNAL_START,
    JOURNAL_ATTEMPT,
    JOURNAL_REPEAT,
    JOURNAL_DELIVERY,
    JOURNAL_SUBMIT,
};

/* One failed finding. */
struct journal_reason {
    char field[64], code[48]; /* code: "" when the line names none */
};

/* A flag that was sent. */
struct journal_flag {
    char slug[NAME_MAX_LEN + 1], student[NAME_MAX_LEN + 1];
};

/* What a line says; what its event has not is "" or 0. slugs and handles are well-formed names. */
struct journal_line {
    enum journal_event event;
    int64_t time_us;
    char time[CLOCK_TEXT_SIZE]; /* as written */
    char class[64], course[64]; /* start */
    int64_t ceiling;            /* start: bytes; 0 when it tells none */
    int64_t n;                  /* attempt: 1; repeat: how many */
    char slug[NAME_MAX_LEN + 1], student[NAME_MAX_LEN + 1];
    char source[46], port[8]; /* delivery: the listener's */
    char key[8], proof[32];   /* submit */
    bool pass;                /* attempt; repeat: true */
    struct journal_reason reasons[JOURNAL_REASONS_MAX];
    size_t n_reasons;
    struct journal_flag flags[JOURNAL_FLAGS_MAX]; /* delivered with this line */
    size_t n_flags;
    struct journal_flag told; /* whose near miss was answered with this line, "" for nobody's */
};

/* Reads text[0, len), without its newline. Every value is checked for its form; a line that lacks what its
 * event must have is JOURNAL_CUT. */
void journal_line_read(const char *text, size_t len, struct journal_line *out);
