/* Who says who he is, by a PIN. A right one is never refused, and so every answer tells a guesser something:
 * what bounds him is how many answers he gets. Beyond a source's bucket of wrong ones each answer, right or
 * wrong, keeps its connection for a minute, of which a source has eight; nothing counts against a handle, so
 * that nobody's guesses lock another out. A neighbour's behind the same address cost a minute, and no more.
 */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "flag/pin.h"
#include "targets/briefing/session.h"

static void on_timer(uv_timer_t *timer);

/* The first of those that wait is due first: all wait as long. */
static void set_timer(struct briefing *b)
{
    int64_t left = b->slow.first ? b->slow.first->due_ms - clock_ms() : 0;

    if (b->slow.first)
        uv_timer_start(&b->slow.timer, on_timer, left > 0 ? (uint64_t)left : 0, 0);
    else
        uv_timer_stop(&b->slow.timer);
}

void pins_open(struct briefing *b)
{
    b->slow.last = &b->slow.first;
    uv_timer_init(&b->rt->loop, &b->slow.timer);
    b->slow.timer.data = b;
}

void pins_stop(struct briefing *b)
{
    if (!uv_is_closing((uv_handle_t *)&b->slow.timer))
        uv_close((uv_handle_t *)&b->slow.timer, NULL);
}

void pins_forget(struct briefing_session *s)
{
    struct briefing *b = s->briefing;

    if (!s->due_ms)
        return;
    *s->link = s->next;
    if (s->next)
        s->next->link = s->link;
    else
        b->slow.last = s->link;
    s->link = NULL;
    s->next = NULL;
    s->due_ms = 0;
}

static void wait_for_it(struct briefing_session *s)
{
    struct briefing *b = s->briefing;

    s->due_ms = clock_ms() + PINS_SLOW_MS;
    s->link = b->slow.last;
    s->next = NULL;
    *s->link = s;
    b->slow.last = &s->next;
    set_timer(b);
}

static void answer_pin(struct briefing_session *s, const char *handle, bool right, struct buf *out)
{
    if (right)
        session_believe(s, handle, KNOWN_PROVED, out);
    else
        buf_puts(out, "That is not the PIN of that handle. Your instructor has it.\n");
}

static void on_timer(uv_timer_t *timer)
{
    struct briefing *b = timer->data;

    while (b->slow.first && b->slow.first->due_ms <= clock_ms()) {
        struct briefing_session *s = b->slow.first;
        pins_forget(s);
        buf_clear(&b->text);
        answer_pin(s, s->claim, s->claim_right, &b->text);
        dialog_resume(s->dialog, &b->text);
    }
    set_timer(b);
}

enum dialog_next pins_try(struct briefing_session *s, const char *handle, const char *pin, struct buf *out)
{
    const struct flag_context context = {s->rt->course.flag_prefix, s->rt->course.id, s->rt->class.word};
    char any[PIN_SIZE];

    bool can = pin_make(any, &context, s->rt->ring, handle);
    explicit_bzero(any, sizeof(any));
    if (!can) {
        buf_puts(out, "PINs cannot be checked here: the target's key file was exported without --pins. "
                      "Tell your instructor.\n");
        return DIALOG_MORE;
    }
    bool right = pin_right(pin, &context, s->rt->ring, handle) &&
                 (!s->rt->has_roster || roster_find(&s->rt->roster, handle));
    if (session_may_fail(s, &s->briefing->pins)) {
        if (!right)
            session_failed(s, &s->briefing->pins);
        answer_pin(s, handle, right, out);
        return DIALOG_MORE;
    }
    str_copy(s->claim, sizeof(s->claim), handle);
    s->claim_right = right;
    wait_for_it(s);
    buf_puts(out, "Many wrong PINs came from your address: I look at yours in a minute. Leave this open.\n");
    return DIALOG_WAIT;
}
