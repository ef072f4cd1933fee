/* conversation.h - tries of conversations by packets, as a capture shows them: both directions are there, and
 * what the target has drawn is read from its replies. */
#pragma once

#include "judge/rulebook.h"
#include "judge/talk.h"

/* What a packet of a try is. */
enum conversation_what {
    CONVERSATION_NOTHING, /* none that can be judged: its kernel's reset, or a step whose reply is not in the
                       capture */
    CONVERSATION_NEAR,    /* not what is asked for where the try stands */
    CONVERSATION_STEP,    /* right, and more must come */
    CONVERSATION_LAST,    /* right, and the last */
};

/* Where a try stands when a packet comes, and where that would be right. */
struct conversation_at {
    struct talk talk;
    size_t
        belongs; /* the step, from 1, that asks for the packet, where it is not the one due; 0: none known */
    bool late;   /* ... of a try whose time was over */
};

/* At most 256 tries, the oldest gives way. */
struct conversations;

/* NULL on no memory. */
struct conversations *conversations_new(void);
void conversations_free(struct conversations *conversations);

/* Takes a student's packet for a challenge of several steps (the rulebook's rules). student: whose it must
 * be, or NULL: whom the first packet names. *at is where its try stood before it: with filled_make the rules
 * by which it is judged, and filled_belongs. at_ms: when it was sent. */
enum conversation_what conversations_take(struct conversations *conversations, const struct rules *rules,
                                          const struct packet *packet, const char *student, int64_t at_ms,
                                          struct conversation_at *at);

/* Takes a packet that the target sent. */
void conversations_reply(struct conversations *conversations, const struct packet *packet, int64_t at_ms);
