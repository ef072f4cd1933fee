/* answer.h - what becomes of one attempt, for every kind of target: judge, may it be answered, answer,
 * remember, write. */
#pragma once

#include "judge/talk.h"
#include "judge/verdict.h"
#include "pkt/decode.h"
#include "targets/state/runtime.h"

/* What came in. Everything is borrowed during the call. */
struct attempt {
    const struct rules *rules;
    const struct packet *packet;
    enum link link;
    ipaddr source;          /* host order */
    uint16_t port;          /* of the source; 0 where there is none */
    const char *end;        /* how a stream's message ended; NULL for others */
    struct talk_turn *turn; /* of a conversation; NULL: one message is all */
    bool step;              /* right, and not its last: no solve; answer_attempt's to say */
};

/* What the sender is owed. */
enum answer {
    ANSWER_NONE, /* a near miss of which the class's feedback says nothing */
    ANSWER_FLAG,
    ANSWER_REPORT,
    ANSWER_STEP,     /* right, and not the last step: what the target says next */
    ANSWER_WITHHELD, /* right, but not known to be from the student's own host (bind: enforce) */
};

#define ANSWER_SENT ((const char *)0)
#define ANSWER_UNSENT "unsent" /* the kernel did not take it */

/* The try of a conversation that an attempt belongs to. rules: a rulebook's. */
struct talk_turn {
    const struct rules *rules;
    struct talk *talk;
    bool again;          /* the message has come before, and has its answer again: nothing is drawn anew */
    const char *ends;    /* what to say beside a near miss: of the try that ends, or has ended; NULL */
    bool went;           /* out: the message was right, and its answer left */
    const char *beside;  /* out: what to say beside a near miss, or NULL; lives forever */
    size_t meant;        /* out: the step (from 1) that a near miss was meant for */
    bool follows;        /* out: and it came right behind what should have been there first and was wrong */
    const char *whose;   /* out: of a message for a try that was over, whom that was of; else NULL */
    enum talk_next next; /* out, when it went */
};

/* A kind's way back to the sender. */
struct way {
    void *context;
    /* True when an answer that may leave takes tokens of the budget; NULL: never, since a handshake has
     * proved the source and an answer costs it a whole connection. */
    bool (*costs)(void *context, const struct attempt *attempt, enum answer answer);
    /* Sends text (a flag or a report, each with its newline), or keeps it to be called back. Returns the
     * journal's word for what became of it: ANSWER_SENT ("flag" or "report" is made of it), ANSWER_UNSENT,
     * "queued", "limited". */
    const char *(*send)(void *context, const struct attempt *attempt, const struct verdict *verdict,
                        enum answer answer, struct buf *text);
    bool named; /* only to somebody whom the attempt names: a scan must not be called back */
};

/* Where the answer to a packet goes whose challenge says `deliver: {to: own-host}`: the roster's address of
 * whom it names, or one's own host; 0 where nobody is named or has none, who is not answered. */
ipaddr answer_home(struct runtime *runtime, const struct rules *rules, const struct packet *packet);

/* The challenge that a packet was meant for which none takes; NULL when none is like it, or there is no time
 * for it. */
const struct rules *answer_meant(struct runtime *runtime, const struct packet *packet);

/* Judges the attempt, for another packet challenge where it names nobody in its own and is more like that,
 * and lets it have what it is owed. text is empty, and holds the answer afterwards; it is emptied again when
 * nothing may leave. */
void answer_attempt(struct runtime *runtime, const struct attempt *attempt, const struct way *way,
                    struct buf *text);
