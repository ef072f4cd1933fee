/* session.h - one student at the briefing, and what each word does for him; private to briefing/. */
#pragma once

#include "net/dialog.h"
#include "targets/briefing/line.h"
#include "targets/state/runtime.h"

/* How a name was given. With a roster a claim is never enough; without one there is nothing more. */
enum known { KNOWN_NOBODY, KNOWN_CLAIMED, KNOWN_PROVED /* by the roster's address, or a PIN */ };

/* Of one connection; lives in the dialog's state. */
struct session {
    struct briefing *briefing;
    struct runtime *rt;
    struct dialog *dialog;
    struct net_peer peer;
    enum known known;
    char who[NAME_MAX_LEN + 1];   /* "" for nobody */
    uint16_t probing;             /* the port that is being tried; 0: none */
    struct session *next, **link; /* those that wait for a try */
};

struct handed {
    char slug[NAME_MAX_LEN + 1], student[NAME_MAX_LEN + 1];
};

enum { HANDED_MAX = 8192 };

struct briefing {
    struct runtime *rt;
    struct dialog_server *server;
    struct limit limit;
    struct buckets pins, wrong; /* wrong PINs and flags a source may still show */
    struct session *probing;
    struct handed *handed; /* flags that were handed in since the start */
    size_t n_handed;
    struct buf text;
};

/* One bucket of wrong answers: five, then one a minute. True when a source may still be wrong. */
bool session_may_fail(const struct session *session, struct buckets *buckets);
void session_failed(struct session *session, struct buckets *buckets);

/* What a word does: appends its answer. */
enum dialog_next words_help(struct session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next words_list(struct session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next words_read(struct session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next told_tries(struct session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next told_seen(struct session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next waiting_listen(struct session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next waiting_flags(struct session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next waiting_again(struct session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next hand_in_submit(struct session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next words_i(struct session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next words_quit(struct session *s, const struct briefing_command *c, struct buf *out);

/* True for a challenge that is served here, or a question, and shown to students at all. */
bool session_lists(const struct runtime *rt, const struct challenge *challenge);

/* A challenge that a word named; NULL, and the answer says so, when there is none. */
const struct challenge *session_challenge(struct session *s, const char *name, struct buf *out);

/* deliver's word about a try; context: the briefing. */
void waiting_probed(void *context, uint32_t address, uint16_t port, const char *outcome);

/* The connection is gone: forgets a try that it waits for. */
void waiting_forget(struct session *s);
