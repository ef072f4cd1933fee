/* talk.h - one try of a conversation: at which step it stands, and what was drawn and bound in it. It keeps
 * no time and sends nothing: whoever does gives it the time and carries what it says. */
#pragma once

#include "base/buf.h"
#include "base/names.h"
#include "judge/rules.h"
#include "pkt/decode.h"

enum { TALK_VALUE_MAX = 64, TALK_SAYS_MAX = 950, TALK_EARLIER_MAX = 8 };

/* What a name stands for: of numbers both, the number and its text. */
struct talk_value {
    uint64_t number;
    uint8_t length; /* 0: not yet */
    char text[TALK_VALUE_MAX];
};

/* Of fixed size, so that who keeps a number of them knows how many bytes that are. */
struct talk {
    uint8_t step;  /* from 0 */
    uint8_t round; /* of its repeat, from 0 */
    bool heard;    /* the step's message has come */
    bool over;
    char student[NAME_MAX_LEN + 1]; /* "" before the first message */
    int64_t since_ms, due_ms;       /* when it began to wait for the step's message, and until when */
    struct talk_value values[STEP_NAMES_MAX];
    uint64_t earlier[TALK_EARLIER_MAX]; /* hashes of what the last rounds had drawn: round r at r % MAX */
};

/* What it does next. */
enum talk_next {
    TALK_WAITS, /* for the step's message, until due_ms */
    TALK_DIALS, /* the target opens the conversation that the step names: talk_dial; then talk_go again */
    TALK_OVER,  /* the last step is done: the flag */
};

/* Begins a try of a rulebook's rules. */
void talk_begin(struct talk *talk);

/* Draws, and appends to out what is said, until a message must come. What is said ends with a newline unless
 * it is said in a dialled conversation. rules: a rulebook's. */
enum talk_next talk_go(struct talk *talk, const struct rules *rules, int64_t now_ms, struct buf *out);

/* As talk_go, for who only follows a conversation: `act` is called for each step whose message has come, in
 * place of drawing and saying; false ends it, which is then TALK_OVER's. */
enum talk_next talk_follow(struct talk *talk, const struct rules *rules, int64_t now_ms,
                           bool (*act)(void *context, struct talk *talk, const struct step_spec *step,
                                       bool dialled),
                           void *context);

/* Goes on as if all had been said, and nothing drawn: for where the talk stands then, not for its values.
 * *says (may be NULL): whether something is said or replied before it waits again, or dials. */
enum talk_next talk_skip(struct talk *talk, const struct rules *rules, bool *says);

/* True when the message that it waits for comes too late at now_ms. */
bool talk_is_late(const struct talk *talk, int64_t now_ms);

/* Which of the names a text of the file means; n_names of rules when none. */
size_t talk_name(const struct rules *rules, const char *name);

/* The step's message was right: `filled` are the rules by which it was judged (filled.h), packet holds it.
 * talk_go is due. */
void talk_hear(struct talk *talk, const struct rules *filled, const struct packet *packet,
               const char *student);

/* Which round of this try, from 1, drew this text and is over; of the last TALK_EARLIER_MAX. 0: none did. */
unsigned talk_earlier(const struct talk *talk, const void *text, size_t length);

/* The step that dials when talk_go has said so. */
const struct step_spec *talk_dial(const struct talk *talk, const struct rules *rules);

/* True when the step that it waits for is the last, in its last round. */
bool talk_at_last(const struct talk *talk, const struct rules *rules);

/* Appends text with what its {names} stand for; what has no value, and {student} without one, stays. */
void talk_fill(const struct talk *talk, const struct rules *rules, const char *text, bool student,
               struct buf *out);
