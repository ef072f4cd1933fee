/* show.h - what check found, for people and for programs. */
#pragma once

#include <stdio.h>

#include "grader/check/heard.h"
#include "grader/check/tally.h"
#include "json/write.h"
#include "judge/verdict.h"

enum { SHOWN_MAX = 1000 }; /* packets that are told in full */

/* A judged packet. Borrows all. */
struct judged {
    const struct rules *rules; /* by which it was judged: of several steps, those of its step, for now */
    const struct rules *of;    /* the rulebook's */
    const struct packet *packet;
    const struct verdict *verdict;
    const struct sighting *sighting;
    bool step;                 /* right for its step, and not the last: no pass */
    uint64_t follows;          /* the number of the wrong packet that it only came behind; 0: of none */
    const char *remark;        /* what a target says beside a near miss, or NULL */
    const struct class *class; /* packets to another address than its target's are told so */
};

/* What the whole file gave. */
struct outcome {
    const char *file;
    const struct tally *tally;
    const struct heard *heard;
    uint64_t packets, judged, from_target;
    uint64_t unread;         /* packets of link types that are not read */
    const char *unread_text; /* which, in one sentence, when there are any */
    uint64_t not_shown;      /* packets beyond SHOWN_MAX */
    const char *trouble;     /* why the file could not be read to its end; NULL */
    enum status status;      /* before trouble */
};

/* A way to show results; `packet` is called for each packet that is told, `end` once. */
struct show_form {
    void (*begin)(void *context);
    void (*packet)(void *context, const struct judged *judged);
    void (*end)(void *context, const struct outcome *outcome);
};

/* Human: written to a FILE at once. JSON: one object, written at the end by show_json_put. */
struct show_human {
    FILE *out;
    size_t shown;
};

struct show_json {
    struct buf text;
    struct json_writer w;
    FILE *out;
};

extern const struct show_form show_human, show_json;
