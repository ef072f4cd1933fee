/* A revoked row is gone, and nothing on the scoreboard says that it was. The number of the evidence is kept
 * from before the request until the verdict stands. */
#include "grader/watch/revoke.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "grader/store/evidence.h"
#include "grader/store/heard.h"
#include "grader/store/note.h"

static const char begun_key[] = "watch.revoking";

struct decision {
    struct store *store;
    const struct evidence *evidence;
    int64_t when_us;
};

/* "1 letter differs" or "2 letters differ", for a sentence to go on with. */
static const char *letters_differ(const struct evidence *e)
{
    return e->letters == 1 ? "1 letter differs" : "2 letters differ";
}

/* Verdict and end of the work in one. */
static enum status decide(void *context, struct err *err)
{
    const struct decision *d = context;
    const struct evidence *e = d->evidence;
    struct ruling verdict = {"revoked", "wiregrade", "nobody was given this flag", d->when_us};
    char typo[64 + NAME_MAX_LEN];

    snprintf(typo, sizeof(typo), "%s from the flag of %s", letters_differ(e), e->owner);
    if (e->letters)
        verdict.reason = typo;
    enum status st = store_verdict(d->store, e->id, &verdict, err);
    return st == ST_OK ? store_note_set(d->store, begun_key, "", err) : st;
}

/* Whose flag it was meant to be: of whoever entered it, or of a team-mate of his. *user: who entered it. */
static enum status meant(struct pass *pass, const struct evidence *e, struct board_user *user, bool *own,
                         struct err *err)
{
    struct resolver *resolver = &pass->session.resolver;
    struct board_user owner = {.id = 0};
    enum board_result result = BOARD_NONE;

    *own = false;
    if (!handle_valid(e->shower))
        return ST_OK;
    enum status st = resolve_user(resolver, e->shower, user, &result, err);
    if (st == ST_OK && result == BOARD_OK && strcmp(e->shower, e->owner) != 0) {
        st = resolve_user(resolver, e->owner, &owner, &result, err);
        *own = result == BOARD_OK && resolver->teams && user->team && owner.team == user->team;
    } else
        *own = result == BOARD_OK;
    return st == ST_OK && result != BOARD_OK && result != BOARD_NONE && result != BOARD_MANY
               ? pass_answered(pass, result, err)
               : st;
}

/* He has read "Correct". Everybody can read what CTFd notifies one user of, so nothing of the flag is in it.
 */
static enum status notify(struct pass *pass, const struct evidence *e, const char *challenge, struct err *err)
{
    char title[BOARD_TEXT_SIZE + 400], text[512], whose[NAME_MAX_LEN + 32] = "your own flag";
    struct board_user user = {.id = 0};
    bool own = false;

    enum status st = e->letters ? meant(pass, e, &user, &own, err) : ST_OK;
    if (st != ST_OK || !own)
        return st;
    if (strcmp(e->shower, e->owner) != 0)
        snprintf(whose, sizeof(whose), "the flag of %s", e->owner);
    snprintf(title, sizeof(title), "%s: your entry for %s does not count", e->shower, challenge);
    snprintf(text, sizeof(text),
             "%s from %s in what was entered at %.19sZ as submission %lld. That is a typo, and it was taken "
             "off. Copy "
             "the flag from where you got it, and enter it again.",
             letters_differ(e), whose, e->date, (long long)e->submission);
    enum board_result result =
        pass->board->driver->user_notify(pass->board->state, user.id, title, text, err);
    if (result == BOARD_LATER || result == BOARD_RESET || result == BOARD_PERSON)
        return pass_answered(pass, result, err);
    if (result == BOARD_OK)
        pass_tell(pass, "typo: the scoreboard notifies %s that %s", e->shower, title + strlen(e->shower) + 2);
    else if (result != BOARD_NONE) /* nothing that is worth holding up everybody's solves */
        pass_tell(pass, "typo: %s could not be notified of it: %s", e->shower, err->text);
    return ST_OK;
}

/* The row is gone: what is left to do. */
static enum status finish(struct pass *pass, const struct evidence *e, struct err *err)
{
    const struct challenge *challenge = course_find(pass->session.resolver.course, e->slug);
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
        st = notify(pass, e, challenge ? challenge->name : e->slug, err);
    if (st == ST_OK)
        st = store_transact(pass->store, decide,
                            &(struct decision){pass->store, e, store_now_us(pass->store)}, err);
    pass->summary->revoked += st == ST_OK;
    return st;
}

enum status revoke_row(struct pass *pass, const struct board_row *row, const struct evidence *evidence,
                       struct err *err)
{
    char number[32];

    snprintf(number, sizeof(number), "%lld", (long long)evidence->id);
    enum status st = store_note_set(pass->store, begun_key, number, err);
    if (st != ST_OK)
        return st;
    enum board_result result = pass->board->driver->row_revoke(pass->board->state, row->id, err);
    if (result != BOARD_OK && result != BOARD_NONE)
        return pass_answered(pass, result, err);
    st = finish(pass, evidence, err);
    if (st == ST_OK && evidence->letters)
        pass_tell(pass, "typo: %s in what %s entered for %s from the flag of %s; submission %lld was revoked",
                  letters_differ(evidence), evidence->shower, evidence->slug, evidence->owner,
                  (long long)row->id);
    else if (st == ST_OK)
        pass_tell(pass,
                  "forged: a flag for %s that nobody was given was entered by user %lld; submission %lld "
                  "was revoked",
                  evidence->slug, (long long)row->user, (long long)row->id);
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
        return finish(pass, &e, err);
    pass->full = true;
    return store_note_set(pass->store, begun_key, "", err);
}
