#include "judge/own_host.h"

#include <stdio.h>

#include "flag/param.h"
#include "judge/listen.h"
#include "judge/rules_private.h"

static const char MEND[] = "write `connect: 4711`, or another free port, into class.yml";

/* A port of the student's host that something of the target's wants to reach. */
struct wanted {
    const struct rules *of;
    uint16_t port;
    enum target_kind by; /* TARGET_STREAM or TARGET_DATAGRAM */
    const char *file;
    struct place at;
    char what[64]; /* "connect: 4711 of raw-tcp" */
};

static void refuse(const struct wanted *w, const char *before, const char *slug, const char *after,
                   struct problems *problems)
{
    problem_add(problems, w->file, w->at, "%s is %s%s%s on the same host; %s", w->what, before, slug, after,
                MEND);
}

/* Whose the port is already. Of packets the target hears its own as well: when a call has ended, what is left
 * of it would be taken for the student's. */
static void check_other(const struct wanted *w, const struct rules *other, struct problems *problems)
{
    const char *slug = other->challenge->slug;
    const char *field = w->by == TARGET_STREAM ? "tcp.dstport" : "udp.dstport";
    uint64_t port;

    if (other->challenge->target.kind == w->by && other->port == w->port)
        refuse(w, "where ", slug, " listens", problems);
    for (size_t i = 0; other->challenge->target.kind == TARGET_PACKET && listen_names(other, field, i, &port);
         i++)
        if (port == w->port)
            refuse(w, "in packets that ", slug, " listens for", problems);
}

/* A call to a port that the kernel hands out may meet itself (simultaneous open, RFC 9293, section 3.5; a
 * datagram's socket its own port); one to a port of our own would be an attempt, and no `nc -lvp` or receiver
 * can have that port. */
static void check_port(struct rules *const *rules, size_t n, const struct wanted *w,
                       struct problems *problems)
{
    if (w->port >= PARAM_EPHEMERAL_LO && w->port <= PARAM_EPHEMERAL_HI)
        problem_add(problems, w->file, w->at,
                    "%s is a port that the kernel hands out (%d to %d): on one host a call there may meet "
                    "itself; %s",
                    w->what, PARAM_EPHEMERAL_LO, PARAM_EPHEMERAL_HI, MEND);
    if (w->by == TARGET_STREAM && w->port == w->of->class->briefing)
        refuse(w, "the briefing's port", "", "", problems);
    for (size_t i = 0; i < n; i++)
        check_other(w, rules[i], problems);
}

static const struct step_spec *dialling_step(const struct target_spec *target)
{
    for (size_t i = 0; i < target->n_steps; i++)
        if (target->steps[i].dial)
            return &target->steps[i];
    return NULL;
}

/* False: this challenge reaches no port of the student's. */
static bool take_wanted(const struct rules *rules, struct wanted *w)
{
    const struct target_spec *target = &rules->challenge->target;
    const struct class *class = rules->class;
    const struct step_spec *step = dialling_step(target);
    const bool packet = target->kind == TARGET_PACKET;

    if (!packet && !step)
        return false;
    *w = (struct wanted){.of = rules,
                         .port = packet ? rules->connect : rules_dial_port(rules),
                         .by = packet ? TARGET_STREAM : step->dial,
                         .file = class->connect ? class->file : target->file,
                         .at = class->connect ? class->connect_at
                               : packet       ? target->connect.at
                                              : step->dial_at};
    snprintf(w->what, sizeof(w->what), "%s: %u of %s", packet || class->connect ? "connect" : "dial", w->port,
             rules->challenge->slug);
    return true;
}

void own_host_check(struct rules *const *rules, size_t n, struct problems *problems)
{
    struct wanted wanted;

    for (size_t i = 0; i < n; i++) {
        const struct target_spec *target = &rules[i]->challenge->target;
        if (target->identify == IDENTIFY_SOURCE)
            problem_add(problems, target->file, target->identify_at,
                        "identify: source looks at addresses, and on a student's own host (target: own in "
                        "class.yml) there is one for everybody; write identify: own-host");
        if (take_wanted(rules[i], &wanted))
            check_port(rules, n, &wanted, problems);
    }
}
