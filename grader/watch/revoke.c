/* A revoked row is gone, and nothing on the scoreboard says that it was. The number of the evidence is kept
 * from before the request until the verdict stands. */
#include "grader/watch/revoke.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "grader/store/evidence.h"
#include "grader/store/heard.h"
#include "grader/store/note.h"

static const char begun_key[] = "watch.revoking";

struct decision {
    struct store *store;
    int64_t evidence;
};

/* Verdict and end of the work in one. */
static enum status decide(void *context, struct err *err)
{
    const struct ruling verdict = {"revoked", "wiregrade", "nobody was given this flag", clock_utc_us()};
    const struct decision *d = context;
    enum status st = store_verdict(d->store, d->evidence, &verdict, err);

    return st == ST_OK ? store_note_set(d->store, begun_key, "", err) : st;
}

/* The row is gone: what is left to do. */
static enum status finish(struct pass *pass, int64_t evidence, const char *slug, struct err *err)
{
    const struct challenge *challenge = course_find(pass->session.resolver.course, slug);
    struct board_challenge there = {.recompute = false};
    enum board_result result = BOARD_NONE;
    enum status st = ST_OK;

    if (challenge)
        st = resolve_challenge(&pass->session.resolver, challenge, &there, &result, err);
    if (st == ST_OK && result == BOARD_OK && there.recompute)
        result = pass->board->driver->challenge_refresh(pass->board->state, there.id, err);
    if (st == ST_OK && result != BOARD_NONE && result != BOARD_MANY)
        st = pass_answered(pass, result, err);
    if (st == ST_OK)
        st = store_transact(pass->store, decide, &(struct decision){pass->store, evidence}, err);
    pass->summary->revoked += st == ST_OK;
    return st;
}

enum status revoke_row(struct pass *pass, const struct board_row *row, int64_t evidence, struct err *err)
{
    const struct challenge *of_course = pass_challenge(pass, row->challenge);
    char number[32];

    snprintf(number, sizeof(number), "%lld", (long long)evidence);
    enum status st = store_note_set(pass->store, begun_key, number, err);
    if (st != ST_OK)
        return st;
    enum board_result result = pass->board->driver->row_revoke(pass->board->state, row->id, err);
    if (result != BOARD_OK && result != BOARD_NONE)
        return pass_answered(pass, result, err);
    st = finish(pass, evidence, of_course->slug, err);
    if (st == ST_OK)
        pass_tell(pass,
                  "forged: a flag for %s that nobody was given was entered by user %lld; submission %lld "
                  "was revoked",
                  of_course->slug, (long long)row->user, (long long)row->id);
    return st;
}

struct still {
    const struct evidence *evidence;
    bool there;
};

static bool is_it(const struct board_row *row, void *context)
{
    struct still *still = context;

    if (row->id == still->evidence->submission && strcmp(row->date, still->evidence->date) == 0)
        still->there = true;
    return false;
}

enum status revoke_settle(struct pass *pass, struct err *err)
{
    struct evidence e = {.id = 0};
    struct still still = {.evidence = &e};
    char number[32];
    uint64_t id = 0;
    bool found = false;

    enum status st = store_note_get(pass->store, begun_key, number, sizeof(number), err);
    if (st != ST_OK || !number[0])
        return st;
    if (parse_u64(number, INT64_MAX, &id) == PARSE_OK)
        st = store_evidence_get(pass->store, (int64_t)id, &e, &found, err);
    if (st == ST_OK && found)
        st = pass_answered(
            pass, pass->board->driver->rows_each(pass->board->state, BOARD_CORRECT, true, is_it, &still, err),
            err);
    if (st != ST_OK)
        return st;
    if (found && !still.there)
        return finish(pass, e.id, e.slug, err);
    pass->full = true;
    return store_note_set(pass->store, begun_key, "", err);
}
