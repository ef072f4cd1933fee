/* conversation.h - tries of conversations by packets, as a capture shows them: both directions are there, and
 * what the target has drawn is read from its replies. */
#pragma once

#include "judge/filled.h"
#include "judge/rulebook.h"
#include "judge/talk.h"
#include "judge/verdict.h"

/* What a packet of a try is. */
enum conversation_what {
    CONVERSATION_NOTHING, /* none that can be judged: a kernel's reset, or the reply is not in the capture */
    CONVERSATION_NEAR,    /* not what is asked for where the try stands */
    CONVERSATION_STEP,    /* right, and more must come */
    CONVERSATION_LAST,    /* right, and the last */
};

/* Where a try stands when a packet comes, and where that would be right. */
struct conversation_at {
    struct talk talk;
    size_t belongs; /* the step, from 1, that asks for the packet and is not the one due; 0: none known */
    bool late;      /* ... of a try whose time was over */
    struct talk others[FILLED_OTHERS_MAX]; /* further tries of the source, for who explains a near miss */
    size_t n_others;
    size_t meant;       /* the step, from 1, that a near miss was for */
    uint64_t follows;   /* the number of the wrong packet that it only came behind; 0: of none */
    const char *remark; /* what a target says beside a near miss, or NULL; lives forever */
};

/* A student's packet. Borrows all. */
struct conversation_packet {
    const struct rules *rules; /* a rulebook's, of several steps */
    const struct packet *packet;
    const char *student; /* whose it must be; NULL: whom the first packet names */
    uint64_t number;     /* in the capture, from 1 */
    int64_t at_ms;       /* when it was sent */
};

/* At most 256 tries, the oldest gives way. */
struct conversations;

/* NULL on no memory. */
struct conversations *conversations_new(void);
void conversations_free(struct conversations *conversations);

/* Takes a student's packet as a target does (targets/answer/spoken.h, turn.h). *at is where its try stood
 * before it: conversations_rules makes the rules by which it is judged. */
enum conversation_what conversations_take(struct conversations *conversations,
                                          const struct conversation_packet *sent, struct conversation_at *at);

/* The rules by which a packet is judged and explained, in filled; borrowed from there. */
const struct rules *conversations_rules(struct filled *filled, const struct rules *rules,
                                        const struct conversation_at *at);

/* The verdict of a near miss that follows none (judged by conversations_rules, which are `due`): what comes
 * behind it may be for a later step. */
void conversations_wrong(struct conversations *conversations, const struct conversation_packet *sent,
                         const struct conversation_at *at, const struct rules *due, const struct verdict *v);

/* Takes a packet that the target sent. */
void conversations_reply(struct conversations *conversations, const struct packet *packet, int64_t at_ms);
