/* captures.h - what students hand in as files: a capture, or a folder of them as a learning platform exports
 * it. Judged by the live target's own code, each with the values of the student who handed it in. */
#pragma once

#include <stdint.h>

#include "grader/captures/keep.h"

enum captures_kind {
    CAPTURES_RIGHT,  /* a packet is right for him: kept.text says what became of it */
    CAPTURES_WRONG,  /* none is: text has the findings */
    CAPTURES_NOBODY, /* nobody on the roster, or several, have such a name */
    CAPTURES_UNREAD, /* no capture, or a damaged one */
};

/* One thing that is told. All borrowed. */
struct captures_row {
    enum captures_kind kind;
    const char *file;        /* below the folder that was handed in; the file itself */
    const char *student;     /* "" when nobody is known */
    const struct kept *kept; /* CAPTURES_RIGHT, and a packet that is right for another; else NULL */
    const char *text;        /* one sentence; of CAPTURES_WRONG all findings, in lines */
};

struct captures_sum {
    size_t files, students, right, wrong, nobody, unread;
};

struct captures_options {
    const struct desk *desk;
    struct store *store;
    const char *path;
    const char *student; /* whose it is; NULL: the names of file and folders say it */
    const char *answers; /* a folder for HANDLE.txt, what each student is to read; NULL */
    void (*told)(void *context, const struct captures_row *row);
    void *context;
};

/* Reads path and keeps what is right; handed in a second time it changes nothing. A file that cannot be read
 * holds nothing up. ST_OK: all is right. ST_NO: something is not, or is nobody's. ST_INPUT: nothing could be
 * read, or path is not there; ST_USAGE: --student is needed, or unknown; ST_ENV: store or answers. */
enum status captures_take(const struct captures_options *options, struct captures_sum *sum, struct err *err);
