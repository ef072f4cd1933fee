#include "judge/own_host.h"

#include "flag/param.h"
#include "judge/rules_private.h"

static const char MEND[] = "write `connect: 4711`, or another free port, into class.yml";

/* A call to a port that the kernel hands out may meet itself (simultaneous open, RFC 9293, section 3.5); one
 * to a port of our own would be an attempt, and no `nc -lvp` can have that port. */
static void check_connect(struct rules *const *rules, size_t n, const struct rules *packet,
                          struct problems *problems)
{
    const struct class *class = packet->class;
    const struct target_spec *target = &packet->challenge->target;
    const char *file = class->connect ? class->file : target->file, *slug = packet->challenge->slug;
    struct place at = class->connect ? class->connect_at : target->connect.at;

    if (packet->connect >= PARAM_EPHEMERAL_LO && packet->connect <= PARAM_EPHEMERAL_HI)
        problem_add(problems, file, at,
                    "connect: %u is a port that the kernel hands out (%d to %d): on one host the call of %s "
                    "may meet itself; %s",
                    packet->connect, PARAM_EPHEMERAL_LO, PARAM_EPHEMERAL_HI, slug, MEND);
    if (packet->connect == class->briefing)
        problem_add(problems, file, at, "connect: %u of %s is the briefing's port on the same host; %s",
                    packet->connect, slug, MEND);
    for (size_t i = 0; i < n; i++)
        if (rules[i]->challenge->target.kind == TARGET_STREAM && rules[i]->port == packet->connect)
            problem_add(problems, file, at, "connect: %u of %s is where %s listens on the same host; %s",
                        packet->connect, slug, rules[i]->challenge->slug, MEND);
}

void own_host_check(struct rules *const *rules, size_t n, size_t i, struct problems *problems)
{
    const struct target_spec *target = &rules[i]->challenge->target;

    if (target->identify == IDENTIFY_SOURCE)
        problem_add(problems, target->file, target->identify_at,
                    "identify: source looks at addresses, and on a student's own host (target: own in "
                    "class.yml) there is one for everybody; write identify: own-host");
    if (target->kind == TARGET_PACKET)
        check_connect(rules, n, rules[i], problems);
}
