#include "targets/answer/spoken.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "forge/reset.h"
#include "judge/anew.h"
#include "judge/identify.h"
#include "judge/tries.h"
#include "targets/answer/ports.h"
#include "targets/state/memory.h"
#include "targets/state/talks.h"

/* The tries of the source, and which one it is. */
struct spoken_choice {
    struct talk_seat *seats[TALKS_OF_MAX];
    size_t n;
    struct talk_seat *seat; /* NULL: a fresh one */
    struct talk_seat *left; /* ... in whose place that is: a wrong one counts there all the same */
};

static struct talk_seat *fitting(struct runtime *rt, const struct spoken_choice *c, const struct attempt *a,
                                 bool port)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->seats[i]->live && (c->seats[i]->port == a->port) == port &&
            turn_fits(rt, a->rules, &c->seats[i]->talk, a))
            return c->seats[i];
    return NULL;
}

static struct talk_seat *newest_live(const struct spoken_choice *c, const struct attempt *a, bool port)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->seats[i]->live && (!port || c->seats[i]->port == a->port))
            return c->seats[i];
    return NULL;
}

/* Whom it names as a first message; "" for nobody. */
static void name_of(const struct attempt *a, char student[NAME_MAX_LEN + 1])
{
    if (!identify_student(a->rules, a->packet, a->source, false, student))
        student[0] = '\0';
}

/* Whoever changes his program and runs it again has left his try, also where its first message is wrong, from
 * a port of its own. */
static bool begins_anew(struct runtime *rt, const struct talk_seat *seat, const struct attempt *a)
{
    return rules_kind(a->rules) == TARGET_DATAGRAM && seat->port != a->port &&
           rules_challenge(a->rules)->target.identify == IDENTIFY_TEXT && runtime_may_search(rt, a->source) &&
           anew_says(rt->sought, a->rules, &seat->talk, a->packet, a->source);
}

static void choose(struct runtime *rt, const struct attempt *a, const struct talk *fresh,
                   struct spoken_choice *c)
{
    char student[NAME_MAX_LEN + 1];

    c->n = talks_of(rt->talks, a->source, (uint16_t)rules_index(a->rules), clock_ms(), c->seats);
    c->seat = fitting(rt, c, a, true);
    if (!c->seat)
        c->seat = fitting(rt, c, a, false);
    if (c->seat)
        return;
    struct talk_seat *mine = newest_live(c, a, true);
    name_of(a, student);
    /* without a roster every word is a handle: from a port with a try under way another's is a near miss */
    if (turn_fits(rt, a->rules, fresh, a) && (!mine || strcmp(mine->talk.student, student) == 0))
        return;
    /* a near miss that names somebody is one of a first message, whoever else is under way */
    const bool named = student[0] && rules_challenge(a->rules)->target.identify == IDENTIFY_TEXT;
    if (mine && named && tries_begins(rt->sought, a->rules, &mine->talk, a->packet, student)) {
        mine->live = false;
        return;
    }
    c->seat = mine || named ? mine : newest_live(c, a, false);
    if (c->seat && begins_anew(rt, c->seat, a)) {
        c->left = c->seat;
        c->seat = NULL;
    }
}

/* Of a datagram none: its answer is not made again. */
static uint64_t fingerprint(const struct attempt *a)
{
    return rules_kind(a->rules) == TARGET_PACKET ? tries_print(a->rules, a->packet) : 0;
}

/* due: where the try stood before the message. */
static void go_on(struct talk_seat *seat, const struct talk_turn *turn, const struct attempt *a,
                  const struct talk *due)
{
    seat->at_ms = clock_ms();
    if (turn->went) {
        seat->step = due->step;
        seat->round = due->round;
        seat->heard = fingerprint(a);
        seat->port = a->port;
        seat->live = turn->next == TALK_WAITS;
    } else if (++seat->wrong == TRIES_WRONG_MAX) {
        seat->live = false;
    }
}

/* Whoever begins anew has left his other try. */
static void begin(struct runtime *rt, const struct spoken_choice *c, struct talk_seat *seat,
                  const struct talk_turn *turn, const struct attempt *a, const struct talk *due)
{
    /* where all are one name, the port tells them apart */
    const bool all = rules_challenge(a->rules)->target.identify != IDENTIFY_NOBODY;
    for (size_t i = 0; i < c->n; i++)
        if (c->seats[i]->live && strcmp(c->seats[i]->talk.student, seat->talk.student) == 0 &&
            (all || c->seats[i]->port == a->port)) {
            ports_note_anew(rt, a->rules, c->seats[i], a);
            c->seats[i]->live = false;
        }
    seat->source = a->source;
    seat->index = (uint16_t)rules_index(a->rules);
    seat->trusted = memory_trusts(rt->memory, a->source, clock_ms());
    go_on(seat, turn, a, due);
    talks_keep(rt->talks, seat, runtime_counted(rt, a->source), runtime_sharing(rt, a->source));
}

/* The seat whose last right packet came again: one that waits for the next, or has had the last. */
static struct talk_seat *heard_before(struct talk_seat *const *seats, size_t n, const struct attempt *a)
{
    const uint64_t print = fingerprint(a);

    for (size_t i = 0; i < n; i++)
        if (seats[i]->heard == print && seats[i]->port == a->port &&
            (seats[i]->live || seats[i]->step + 1u == rules_steps(a->rules)) &&
            clock_ms() - seats[i]->at_ms <= TRIES_AGAIN_MS)
            return seats[i];
    return NULL;
}

/* As his kernel does not know what the student does by hand, it resets what it takes for a mistake. */
static bool is_reset(struct runtime *rt, struct talk_seat *const *seats, size_t n, const struct attempt *a)
{
    for (size_t i = 0; i < n; i++)
        if (seats[i]->heard &&
            reset_is_kernels(rt->sought, a->rules, &seats[i]->talk, seats[i]->step + 1u, a->packet) &&
            !(seats[i]->live && turn_fits(rt, a->rules, &seats[i]->talk, a)))
            return true;
    return false;
}

void spoken_packet(struct runtime *rt, const struct attempt *a, const struct way *way, struct buf *text)
{
    struct talk_seat *seats[TALKS_OF_MAX];
    size_t n = talks_of(rt->talks, a->source, (uint16_t)rules_index(a->rules), clock_ms(), seats);
    struct talk dialling;

    if (is_reset(rt, seats, n, a)) {
        char what[MEMORY_WHAT_SIZE];
        snprintf(what, sizeof(what), "a TCP reset from your port %u, after the reply of %s", a->port,
                 rules_slug(a->rules));
        const struct memory_note note = {
            .source = a->source,
            .slug = "",
            .what = what,
            .why =
                "your own kernel sent it: it knows of no connection that this reply could be for; it is no "
                "attempt of yours and ends none",
            .mend = "nothing is to be done; go on with the next step"};
        memory_note(rt->memory, &note, clock_ms());
        return;
    }
    const struct talk_seat *again = heard_before(seats, n, a);
    /* two steps may ask for the same packet: then it is the next one's */
    if (!again || (again->live && turn_fits(rt, a->rules, &again->talk, a))) {
        spoken_take(rt, a, way, text, &dialling);
        return;
    }
    struct talk talk = again->talk;
    talk.step = again->step;
    talk.round = again->round;
    struct talk_turn turn = {.rules = a->rules, .talk = &talk, .again = true};
    turn_take(rt, &turn, a, way, text);
}

/* What is to be said of the number of near misses, should this be one more. Whose port it was knows it is
 * his. */
static const char *ends_of(const struct runtime *rt, const struct spoken_choice *c, const struct attempt *a)
{
    const bool alone = runtime_sharing(rt, a->source) <= 1;

    if (c->seat)
        return tries_end(true, c->seat->wrong);
    for (size_t i = 0; i < c->n; i++)
        if (alone || c->seats[i]->port == a->port)
            return c->seats[i]->live ? NULL : tries_end(false, c->seats[i]->wrong);
    return NULL;
}

bool spoken_take(struct runtime *rt, const struct attempt *attempt, const struct way *way, struct buf *text,
                 struct talk *dialling)
{
    struct talk_seat fresh = {.live = true};
    struct spoken_choice c = {.n = 0};

    turn_begin(attempt->rules, &fresh.talk, text);
    choose(rt, attempt, &fresh.talk, &c);
    struct talk_turn turn = {.rules = attempt->rules,
                             .talk = c.seat ? &c.seat->talk : &fresh.talk,
                             .ends = ends_of(rt, &c, attempt)};
    const struct talk due = *turn.talk;
    turn_take(rt, &turn, attempt, way, text);
    const bool dials = turn.went && turn.next == TALK_DIALS;
    if (dials)
        *dialling = *turn.talk;
    if (c.seat)
        go_on(c.seat, &turn, attempt, &due);
    else if (turn.went)
        begin(rt, &c, &fresh, &turn, attempt, &due);
    else if (c.left && ++c.left->wrong == TRIES_WRONG_MAX)
        c.left->live = false;
    return dials;
}
