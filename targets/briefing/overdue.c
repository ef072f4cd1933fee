#include "targets/briefing/overdue.h"

#include <string.h>

#include "base/clock.h"
#include "targets/state/memory.h"
#include "targets/state/talks.h"

struct newest {
    const char *slug;
    int64_t at_ms; /* of what was remembered last of it */
};

static void note_newest(void *context, const struct memory_entry *entry)
{
    struct newest *newest = context;

    if (strcmp(entry->slug, newest->slug) == 0 && entry->at_ms > newest->at_ms)
        newest->at_ms = entry->at_ms;
}

/* A step of a datagram without payload, which most tools do not send. */
struct asked {
    size_t step;
    bool udp, empty;
};

static bool note_asked(void *context, size_t step, const struct clause_spec *clause)
{
    struct asked *asked = context;
    const struct matcher *m = &clause->matcher;

    asked->udp = asked->udp || strcmp(clause->field.text, "udp.dstport") == 0;
    if (step == asked->step && m->kind == MATCH_LENGTH && strcmp(clause->field.text, "payload") == 0)
        asked->empty = m->n_values == 2 && strcmp(m->values[1].text, "0") == 0;
    return true;
}

static void put(const struct rules *rules, const struct talk_seat *seat, struct buf *out)
{
    const struct step_spec *due = &rules_challenge(rules)->target.steps[seat->talk.step];
    struct asked asked = {.step = seat->talk.step + 1u};
    char when[CLOCK_TEXT_SIZE];

    clock_text(clock_utc_us() - (clock_ms() - seat->at_ms) * 1000, when);
    buf_printf(out, "%.8s  %s: step %u was heard, and step %u of %zu did not come within %u.%u s\n",
               when + 11, rules_slug(rules), seat->step + 1u, seat->talk.step + 1u, rules_steps(rules),
               due->within_ms / 1000, due->within_ms % 1000 / 100);
    target_each_clause(&rules_challenge(rules)->target, note_asked, &asked);
    if (asked.udp && asked.empty)
        buf_puts(out,
                 "          try: s.sendto(b'', (target, port)): nc sends nothing where its input is empty\n");
}

size_t overdue_put(const struct briefing_session *s, ipaddr source, struct buf *out)
{
    struct talk_seat *seats[TALKS_OF_MAX];
    const int64_t now = clock_ms();
    /* where no challenge is a conversation none is kept */
    const size_t n = s->rt->talks ? talks_late(s->rt->talks, source, now, seats) : 0;
    size_t told = 0;

    for (size_t i = 0; i < n; i++) {
        const struct rules *rules = rulebook_at(s->rt->book, seats[i]->index);
        struct newest newest = {.slug = rules_slug(rules)};
        bool last = true;
        memory_each(s->rt->memory, source, now, note_newest, &newest);
        for (size_t k = 0; k < n; k++)
            last = last && (seats[k]->index != seats[i]->index || seats[k]->at_ms <= seats[i]->at_ms);
        if (!last || seats[i]->wrong || newest.at_ms > seats[i]->at_ms)
            continue;
        put(rules, seats[i], out);
        told++;
    }
    return told;
}
