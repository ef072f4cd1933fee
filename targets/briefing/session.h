/* session.h - one student at the briefing, and what each word does for him; private to briefing/. */
#pragma once

#include "net/dialog.h"
#include "targets/briefing/line.h"
#include "targets/state/runtime.h"

/* How a name was given. With a roster a claim is never enough; without one there is nothing more. */
enum known { KNOWN_NOBODY, KNOWN_CLAIMED, KNOWN_PROVED /* by the roster's address, or a PIN */ };

/* Of one connection; lives in the dialog's state. */
struct briefing_session {
    struct briefing *briefing;
    struct runtime *rt;
    struct dialog *dialog;
    struct net_peer peer;
    enum known known;
    char who[NAME_MAX_LEN + 1];   /* "" for nobody */
    uint16_t probing;             /* the port that is being tried; 0: none */
    int64_t due_ms;               /* when `claim` is answered; 0: nothing waits */
    char claim[NAME_MAX_LEN + 1]; /* a handle that came with a PIN */
    bool claim_right;
    struct briefing_session *next, **link; /* those that wait for a try, or for their PIN */
};

struct handed {
    char slug[NAME_MAX_LEN + 1], student[NAME_MAX_LEN + 1];
};

enum { HANDED_MAX = 8192, BRIEFING_VERSIONS = 2 /* of IP: IPv4's server, then IPv6's */ };

struct briefing {
    struct runtime *rt;
    struct dialog_server *servers[BRIEFING_VERSIONS];
    bool stopped;
    struct limit limit;
    struct buckets pins, wrong; /* wrong PINs and flags a source may still show */
    struct briefing_session *probing;
    struct {
        uv_timer_t timer;
        struct briefing_session *first, **last;
    } slow;                /* PINs that wait */
    struct handed *handed; /* flags that were handed in since the start */
    size_t n_handed;
    struct buf text;
};

/* One bucket of wrong answers: five, then one a minute. True when a source may still be wrong. */
bool session_may_fail(const struct briefing_session *session, struct buckets *buckets);
void session_failed(struct briefing_session *session, struct buckets *buckets);

/* From now on it is who. */
void session_believe(struct briefing_session *session, const char *who, enum known known, struct buf *out);

/* A PIN from a source that has shown too many wrong ones is answered so late, be it right or wrong: 5 wrong
 * ones at once, then one a minute, and eight slow ones a minute, one for each connection. Of 10^8 PINs a
 * guesser finds one of one handle, or one of all, with at most
 *
 *      3 hours, one address                   5 +   9 * 180 =   1,625 guesses   p = 0.000016
 *      3 hours, 64 addresses, all 512 places  64 * 185 + 512 * 180 = 104,000    p = 0.0010
 *      15 weeks without a pause, one address  9 * 151,200 = 1,360,800           p = 0.014
 *
 * An address that the roster gives to n students has n times as many. */
enum { PINS_SLOW_MS = 60000 };

void pins_open(struct briefing *briefing);

/* Those that wait are not answered any more. The timer is gone when the loop has run. */
void pins_stop(struct briefing *briefing);
enum dialog_next pins_try(struct briefing_session *s, const char *handle, const char *pin, struct buf *out);

/* The connection is gone. */
void pins_forget(struct briefing_session *s);

/* What a word does: appends its answer. */
enum dialog_next words_help(struct briefing_session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next words_list(struct briefing_session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next words_read(struct briefing_session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next told_tries(struct briefing_session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next told_seen(struct briefing_session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next waiting_listen(struct briefing_session *s, const struct briefing_command *c,
                                struct buf *out);
enum dialog_next waiting_flags(struct briefing_session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next waiting_again(struct briefing_session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next hand_in_submit(struct briefing_session *s, const struct briefing_command *c,
                                struct buf *out);
enum dialog_next words_i(struct briefing_session *s, const struct briefing_command *c, struct buf *out);
enum dialog_next words_quit(struct briefing_session *s, const struct briefing_command *c, struct buf *out);

/* True for a challenge that is served here, or a question, and shown to students at all. */
bool session_lists(const struct runtime *rt, const struct challenge *challenge);

/* Appends what a call to a listener at an address (host order) met: the journal's word and what it means. */
void session_put_met(ipaddr address, const char *outcome, struct buf *out);

/* A challenge that a word named; NULL, and the answer says so, when there is none. */
const struct challenge *session_challenge(struct briefing_session *s, const char *name, struct buf *out);

/* deliver's word about a try; context: the briefing. */
void waiting_probed(void *context, ipaddr address, uint16_t port, const char *outcome);

/* The connection is gone: forgets a try that it waits for. */
void waiting_forget(struct briefing_session *s);
