#include "targets/answer/spoken.h"

#include <string.h>

#include "base/clock.h"
#include "judge/identify.h"
#include "targets/state/memory.h"
#include "targets/state/talks.h"

/* The tries of the source, and which one it is. */
struct spoken_choice {
    struct talk_seat *seats[TALKS_OF_MAX];
    size_t n;
    struct talk_seat *seat; /* NULL: a fresh one */
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
    c->seat = mine || named ? mine : newest_live(c, a, false);
}

static void go_on(struct talk_seat *seat, const struct talk_turn *turn, const struct attempt *a)
{
    seat->at_ms = clock_ms();
    if (turn->went) {
        seat->port = a->port;
        seat->live = turn->next == TALK_WAITS;
    } else if (++seat->wrong == SPOKEN_WRONG_MAX) {
        seat->live = false;
    }
}

/* Whoever begins anew has left his other try. */
static void begin(struct runtime *rt, const struct spoken_choice *c, struct talk_seat *seat,
                  const struct talk_turn *turn, const struct attempt *a)
{
    /* where all are one name, the port tells them apart */
    const bool all = rules_challenge(a->rules)->target.identify != IDENTIFY_NOBODY;
    for (size_t i = 0; i < c->n; i++)
        if (c->seats[i]->live && strcmp(c->seats[i]->talk.student, seat->talk.student) == 0 &&
            (all || c->seats[i]->port == a->port))
            c->seats[i]->live = false;
    seat->source = a->source;
    seat->index = (uint16_t)rules_index(a->rules);
    seat->trusted = memory_trusts(rt->memory, a->source, clock_ms());
    go_on(seat, turn, a);
    talks_keep(rt->talks, seat, runtime_sharing(rt, a->source));
}

bool spoken_take(struct runtime *rt, const struct attempt *attempt, const struct way *way, struct buf *text,
                 struct talk *dialling)
{
    struct talk_seat fresh = {.live = true};
    struct spoken_choice c = {.n = 0};

    turn_begin(attempt->rules, &fresh.talk, text);
    choose(rt, attempt, &fresh.talk, &c);
    struct talk_turn turn = {.rules = attempt->rules, .talk = c.seat ? &c.seat->talk : &fresh.talk};
    turn_take(rt, &turn, attempt, way, text);
    const bool dials = turn.went && turn.next == TALK_DIALS;
    if (dials)
        *dialling = *turn.talk;
    if (c.seat)
        go_on(c.seat, &turn, attempt);
    else if (turn.went)
        begin(rt, &c, &fresh, &turn, attempt);
    return dials;
}
