#include "grader/serve/state.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    FACE_MS = 300000,
    BEAT_MS = 900000, /* a first look at a large scoreboard takes minutes */
    LOOP_MS = 60000   /* a store that gives no answer is waited for, some ten seconds (intake.c) */
};

static const char *const words[] = {"OK", "DUP", "BAD", "LIMIT", "ERR"};
static const char *const parts[] = {"store", "journals", "scoreboard", "solves"};

const char *intake_word_text(enum intake_word word)
{
    return words[word];
}

const char *part_text(enum part part)
{
    return parts[part];
}

void state_init(struct state *state)
{
    pthread_condattr_t attr;

    *state = (struct state){.started_us = clock_utc_us(), .beat_ms = clock_ms(), .loop_ms = clock_ms()};
    pthread_mutex_init(&state->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&state->wake, &attr);
    pthread_condattr_destroy(&attr);
}

void state_done(struct state *state)
{
    pthread_cond_destroy(&state->wake);
    pthread_mutex_destroy(&state->lock);
}

void state_answered(struct state *state, enum intake_word word)
{
    pthread_mutex_lock(&state->lock);
    state->intake[word]++;
    pthread_mutex_unlock(&state->lock);
}

void state_count(struct state *state, enum count what, uint64_t n)
{
    pthread_mutex_lock(&state->lock);
    state->counts[what] += n;
    pthread_mutex_unlock(&state->lock);
}

void state_beat(struct state *state)
{
    pthread_mutex_lock(&state->lock);
    state->beat_ms = clock_ms();
    pthread_mutex_unlock(&state->lock);
}

void state_loop(struct state *state)
{
    pthread_mutex_lock(&state->lock);
    state->loop_ms = clock_ms();
    pthread_mutex_unlock(&state->lock);
}

void state_fill(struct state *state, double journal_fill)
{
    pthread_mutex_lock(&state->lock);
    state->journal_fill = journal_fill;
    pthread_mutex_unlock(&state->lock);
}

void state_lead(struct state *state, bool leads)
{
    pthread_mutex_lock(&state->lock);
    state->leads = leads;
    pthread_mutex_unlock(&state->lock);
}

void state_passed(struct state *state)
{
    pthread_mutex_lock(&state->lock);
    state->counts[COUNT_PASSES]++;
    state->last_pass_us = clock_utc_us();
    pthread_mutex_unlock(&state->lock);
}

void state_wake(struct state *state)
{
    pthread_mutex_lock(&state->lock);
    state->work = true;
    pthread_cond_signal(&state->wake);
    pthread_mutex_unlock(&state->lock);
}

bool state_wait(struct state *state, int64_t at_ms)
{
    const struct timespec until = {.tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000};

    pthread_mutex_lock(&state->lock);
    while (!state->work && clock_ms() < at_ms)
        pthread_cond_timedwait(&state->wake, &state->lock, &until);
    bool woken = state->work;
    state->work = false;
    pthread_mutex_unlock(&state->lock);
    return woken;
}

bool state_in_trouble(struct state *state, enum part part)
{
    pthread_mutex_lock(&state->lock);
    bool is = state->troubles[part].text[0] != '\0';
    pthread_mutex_unlock(&state->lock);
    return is;
}

void state_trouble(struct state *state, enum part part, const char *text)
{
    struct trouble *trouble = &state->troubles[part];
    int64_t lasted_ms = 0;
    bool begins, over = false;

    pthread_mutex_lock(&state->lock);
    begins = text && !trouble->text[0];
    if (begins)
        trouble->since_ms = trouble->told_ms = clock_ms();
    /* an outage has many faces within seconds; one that stays is told */
    bool other =
        text && !begins && strcmp(trouble->text, text) != 0 && clock_ms() - trouble->told_ms >= FACE_MS;
    if (other)
        trouble->told_ms = clock_ms();
    if (text)
        snprintf(trouble->text, sizeof(trouble->text), "%s", text);
    if (!text && trouble->text[0]) {
        over = true;
        lasted_ms = clock_ms() - trouble->since_ms;
        trouble->text[0] = '\0';
    }
    pthread_mutex_unlock(&state->lock);
    if (begins || other)
        log_line("%s: %s", parts[part], text);
    if (over)
        log_line("%s: well again after %lld s", parts[part], (long long)(lasted_ms / 1000));
}

void state_copy(struct state *state, struct state_copy *out)
{
    pthread_mutex_lock(&state->lock);
    out->started_us = state->started_us;
    out->beat_ms = state->beat_ms;
    out->loop_ms = state->loop_ms;
    out->last_pass_us = state->last_pass_us;
    memcpy(out->intake, state->intake, sizeof(out->intake));
    memcpy(out->counts, state->counts, sizeof(out->counts));
    out->journal_fill = state->journal_fill;
    out->leads = state->leads;
    memcpy(out->troubles, state->troubles, sizeof(out->troubles));
    pthread_mutex_unlock(&state->lock);
}

bool state_lives(const struct state_copy *copy)
{
    const int64_t now = clock_ms();

    return now - copy->beat_ms < BEAT_MS && now - copy->loop_ms < LOOP_MS;
}
