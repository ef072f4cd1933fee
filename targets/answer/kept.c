/* Nothing of a flag stands in the journal: the names are there, and a proof that the targets wrote them,
 * since whoever could add a line to the file would else be called back with others' flags. */
#include "targets/answer/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "flag/proof.h"
#include "json/json.h"

enum { TAIL_MAX = 1 << 20 }; /* 1,024 places with six flags each, and the stop */

static const char EVENT[] = "waiting";

struct writing {
    struct runtime *rt;
    uint64_t n;
};

static struct flag_context context_of(const struct runtime *rt)
{
    return (struct flag_context){rt->course.flag_prefix, rt->course.id, rt->class.word};
}

static void put_flag(struct runtime *rt, struct json_writer *w, const struct queue_flag *flag,
                     const struct proof_of *place)
{
    const struct flag_context context = context_of(rt);
    struct proof_of of = *place;
    char proof[PROOF_SIZE] = "";
    struct key key;

    of.slug = flag->slug;
    of.student = flag->student;
    if (keyring_challenge(rt->ring, flag->slug, &key))
        flag_proof(proof, &context, &key, &of);
    key_wipe(&key);
    json_open_object(w, NULL);
    json_put_text(w, "slug", flag->slug);
    json_put_text(w, "student", flag->student);
    json_put_text(w, "proof", proof);
    json_close_object(w);
}

static void write_place(void *context, const struct queue_place *p)
{
    static const struct journal_cause cause = {.rank = JOURNAL_KEPT, .drop = DROP_LINES};
    struct writing *writing = context;
    struct journal *journal = &writing->rt->journal;
    char to[IPADDR_TEXT_SIZE], port[8], time[CLOCK_TEXT_SIZE];

    if (!p->n_flags || clock_ms() > p->flags_until)
        return;
    struct json_writer *w = journal_begin(journal, EVENT, &cause);
    if (!w || !journal_time(journal, time))
        return;
    snprintf(port, sizeof(port), "%u", p->port);
    const struct proof_of place = {NULL, NULL, ipaddr_text(p->address, to), port, time, EVENT};
    json_put_text(w, "to", to);
    json_put_int(w, "port", p->port);
    json_open_array(w, "flags");
    for (size_t i = 0; i < p->n_flags; i++)
        put_flag(writing->rt, w, &p->flags[i], &place);
    json_close_array(w);
    if (journal_end(journal))
        writing->n += p->n_flags;
}

uint64_t kept_write(struct runtime *rt)
{
    struct writing writing = {rt, 0};

    deliver_each(rt->deliver, write_place, &writing);
    return writing.n;
}

/* The texts of a line's place. False when they are none. */
static bool read_place(const struct json *line, struct proof_of *of, char port[8])
{
    int64_t number = 0;

    of->event = EVENT;
    of->source = json_text(json_get(line, "to"));
    of->time = json_text(json_get(line, "time"));
    of->port = port;
    if (!of->source || !of->time || !json_int(json_get(line, "port"), &number) || number < 1 ||
        number > UINT16_MAX)
        return false;
    snprintf(port, 8, "%u", (unsigned)number);
    return true;
}

static bool offer(struct runtime *rt, const struct json *flag, struct proof_of *of)
{
    const struct flag_context context = context_of(rt);
    const char *proof = json_text(json_get(flag, "proof"));
    struct key key;
    uint64_t port = 0;
    ipaddr address = 0;

    of->slug = json_text(json_get(flag, "slug"));
    of->student = json_text(json_get(flag, "student"));
    if (!of->slug || !of->student || !proof || !slug_valid(of->slug) || !handle_valid(of->student) ||
        !ipaddr_parse(of->source, &address) || parse_u64(of->port, UINT16_MAX, &port) != PARSE_OK ||
        !keyring_challenge(rt->ring, of->slug, &key))
        return false;
    bool right = flag_proof_right(proof, &context, &key, of);
    key_wipe(&key);
    return right && deliver_restore(rt->deliver, address, (uint16_t)port, of->slug, of->student);
}

static size_t take_line(struct runtime *rt, const struct json *line)
{
    struct proof_of of = {.slug = NULL};
    int64_t then_us = 0, now_us = clock_utc_us();
    char port[8];
    size_t n = 0;

    if (!read_place(line, &of, port) || !clock_parse(of.time, &then_us) || then_us > now_us ||
        now_us - then_us > INT64_C(1000000) * KEPT_S)
        return 0;
    for (const struct json *f = json_first(json_get(line, "flags")); f; f = json_next(f))
        n += offer(rt, f, &of);
    return n;
}

static bool is_event(const struct json *line, const char *event)
{
    const char *is = json_text(json_get(line, "event"));

    return is && strcmp(is, event) == 0;
}

/* The last line before end, which is then its beginning; NULL when there is none that is JSON. */
static struct json *line_before(const char *text, const char **end)
{
    const char *stop = *end, *start;

    if (stop == text || stop[-1] != '\n')
        return NULL; /* cut: the targets were killed, and kept nothing */
    stop--;
    for (start = stop; start > text && start[-1] != '\n';)
        start--;
    *end = start;
    return json_parse(start, (size_t)(stop - start), NULL);
}

void kept_take(struct runtime *rt)
{
    struct buf tail;
    size_t n = 0;

    buf_init(&tail, TAIL_MAX);
    if (journal_tail(&rt->journal, &tail) && tail.len) {
        const char *text = buf_text(&tail), *end = text + tail.len;
        struct json *line = line_before(text, &end);
        bool kept = is_event(line, "stop");
        while (kept) {
            json_free(line);
            line = line_before(text, &end);
            kept = is_event(line, EVENT);
            if (kept)
                n += take_line(rt, line);
        }
        json_free(line);
    }
    buf_free(&tail);
    if (n)
        log_line("flags that waited when the targets ended are called back again: %zu", n);
}
