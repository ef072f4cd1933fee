/* attempt.h - one attempt: judge it, decide what its sender may read, write it into the journal. */
#pragma once

#include "judge/verdict.h"
#include "pkt/decode.h"
#include "targets/state/runtime.h"

/* What came in. Everything is borrowed during the calls. */
struct attempt {
    const struct rules *rules;
    const struct packet *packet;
    enum link link;
    uint32_t source; /* host order */
    uint16_t port;   /* of the source; 0 where there is none */
    const char *end; /* how a stream's message ended; NULL for others */
};

/* What the sender is owed. */
enum answer {
    ANSWER_NONE, /* a near miss of which the class's feedback says nothing */
    ANSWER_FLAG,
    ANSWER_REPORT,
    ANSWER_WITHHELD, /* right, but not from the student's own host (bind: enforce) */
};

/* Judges into *verdict and appends to text the flag and a newline, or the report. */
enum answer attempt_judge(const struct runtime *runtime, const struct attempt *attempt,
                          struct verdict *verdict, struct buf *text);

/* Takes an answer's tokens; false, counted, when it may not leave now. */
bool attempt_may_answer(struct runtime *runtime, const struct attempt *attempt, const struct verdict *verdict,
                        enum answer answer);

/* The line in the journal. sent: what became of the answer: "flag", "report", "queued", "none", "limited",
 * "withheld". */
void attempt_write(struct runtime *runtime, const struct attempt *attempt, const struct verdict *verdict,
                   enum answer answer, const char *sent);
