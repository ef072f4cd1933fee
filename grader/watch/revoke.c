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

static enum board_result failed(const struct err *err, struct err *why)
{
    *why = *err;
    return BOARD_PERSON;
}

struct decision {
    struct store *store;
    int64_t evidence;
};

/* Verdict and end of the work in one. */
static enum status decide(void *context, struct err *err)
{
    const struct verdict verdict = {"revoked", "wiregrade", "nobody was given this flag", clock_utc_us()};
    const struct decision *d = context;
    enum status st = store_verdict(d->store, d->evidence, &verdict, err);

    return st == ST_OK ? store_note_set(d->store, begun_key, "", err) : st;
}

/* The row is gone: what is left to do. */
static enum board_result finish(struct pass *pass, int64_t evidence, const char *slug, struct err *why)
{
    const struct challenge *challenge = course_find(pass->session.resolver.course, slug);
    struct board_challenge there = {.recompute = false};
    struct err err;

    enum board_result result =
        challenge ? resolve_challenge(&pass->session.resolver, challenge, &there, why) : BOARD_NONE;
    if (result == BOARD_OK && there.recompute)
        result = pass->board->driver->challenge_refresh(pass->board->state, there.id, why);
    if (result != BOARD_OK && result != BOARD_NONE && result != BOARD_MANY)
        return result;
    if (store_transact(pass->store, decide, &(struct decision){pass->store, evidence}, &err) != ST_OK)
        return failed(&err, why);
    pass->summary->revoked++;
    return BOARD_OK;
}

enum board_result revoke_row(struct pass *pass, const struct board_row *row, int64_t evidence,
                             struct err *why)
{
    const struct challenge *of_course = pass_challenge(pass, row->challenge);
    char number[32];
    struct err err;

    snprintf(number, sizeof(number), "%lld", (long long)evidence);
    if (store_note_set(pass->store, begun_key, number, &err) != ST_OK)
        return failed(&err, why);
    enum board_result result = pass->board->driver->row_revoke(pass->board->state, row->id, why);
    if (result != BOARD_OK && result != BOARD_NONE)
        return result;
    result = finish(pass, evidence, of_course->slug, why);
    if (result == BOARD_OK)
        pass_tell(pass,
                  "forged: a flag for %s that nobody was given was entered by user %lld; submission %lld "
                  "was revoked",
                  of_course->slug, (long long)row->user, (long long)row->id);
    return result;
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

enum board_result revoke_settle(struct pass *pass, struct err *why)
{
    struct evidence e = {.id = 0};
    struct still still = {.evidence = &e};
    char number[32];
    uint64_t id = 0;
    bool found = false;
    struct err err;

    enum status st = store_note_get(pass->store, begun_key, number, sizeof(number), &err);
    if (st == ST_OK && !number[0])
        return BOARD_OK;
    if (st == ST_OK && parse_u64(number, INT64_MAX, &id) == PARSE_OK)
        st = store_evidence_get(pass->store, (int64_t)id, &e, &found, &err);
    if (st != ST_OK)
        return failed(&err, why);
    if (found) {
        enum board_result result =
            pass->board->driver->rows_each(pass->board->state, BOARD_CORRECT, true, is_it, &still, why);
        if (result != BOARD_OK)
            return result;
    }
    if (found && !still.there)
        return finish(pass, e.id, e.slug, why);
    pass->full = true;
    return store_note_set(pass->store, begun_key, "", &err) == ST_OK ? BOARD_OK : failed(&err, why);
}
