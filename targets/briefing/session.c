/* What several words need of a session. */
#include "targets/briefing/session.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/str.h"
#include "targets/state/memory.h"

enum { SLOW = 60 };

/* A bucket's clock that runs sixty times slower: its one token a second is one a minute. */
bool session_may_fail(const struct briefing_session *s, struct buckets *buckets)
{
    return buckets_ready(buckets, ipaddr_fold(runtime_counted(s->rt, s->peer.address)), clock_ms() / SLOW,
                         runtime_sharing(s->rt, s->peer.address));
}

void session_failed(struct briefing_session *s, struct buckets *buckets)
{
    buckets_take(buckets, ipaddr_fold(runtime_counted(s->rt, s->peer.address)), clock_ms() / SLOW,
                 runtime_sharing(s->rt, s->peer.address));
}

void session_believe(struct briefing_session *s, const char *who, enum known known, struct buf *out)
{
    str_copy(s->who, sizeof(s->who), who);
    s->known = known;
    memory_prove(s->rt->memory, s->peer.address, who, clock_ms());
    buf_printf(out, "Hello, %s.\n", s->who);
}

bool session_lists(const struct runtime *rt, const struct challenge *challenge)
{
    return strcmp(challenge->state, "hidden") != 0 &&
           (challenge->target.kind == TARGET_NONE || rulebook_find(rt->book, challenge->slug));
}

void session_put_met(ipaddr address, const char *outcome, struct buf *out)
{
    enum { LOOPBACK = 127 };

    if (strcmp(outcome, "refused") == 0)
        buf_printf(out, "refused: nothing listens there%s",
                   address >> 24 == LOOPBACK ? "" : ", and a listener at 127.0.0.1 is not reached");
    else if (strcmp(outcome, "timeout") == 0)
        buf_puts(out,
                 "timeout: no answer at all; a firewall on your machine drops it, or your listener takes "
                 "connections and never reads");
    else if (strcmp(outcome, "unreachable") == 0)
        buf_puts(out, "unreachable: the network has no way to you, or something answers for you");
    else
        buf_printf(out, "%s: it took the connection and ended it before it had read", outcome);
}

/* Its port, as `list` tells it. */
static bool has_port(const struct briefing_session *s, const struct challenge *challenge, const char *text)
{
    const struct rules *rules = rulebook_find(s->rt->book, challenge->slug);
    uint64_t port;

    return rules && parse_u64(text, UINT16_MAX, &port) == PARSE_OK && port && rules_port(rules) == port;
}

const struct challenge *session_challenge(struct briefing_session *s, const char *name, struct buf *out)
{
    const struct course *course = &s->rt->course;
    const char *slugs[256];
    size_t n = 0;

    for (size_t i = 0; i < course->n_challenges; i++) {
        const struct challenge *challenge = &course->challenges[i];
        if (!session_lists(s->rt, challenge))
            continue;
        if (strcasecmp(challenge->slug, name) == 0 || strcasecmp(challenge->name, name) == 0 ||
            has_port(s, challenge, name))
            return challenge;
        if (n < sizeof(slugs) / sizeof(slugs[0]))
            slugs[n++] = challenge->slug;
    }
    const char *near = names_nearest(name, slugs, n);
    if (near)
        buf_printf(out, "No challenge of that name here. Did you mean:  %s\n", near);
    else
        buf_puts(out, "No challenge of that name here. All of them:  list\n");
    return NULL;
}
