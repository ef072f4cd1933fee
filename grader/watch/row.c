/* Nobody is punished by a program: a flag of another is written down for staff, and the row stays until a
 * person confirms. Taken back is only what nobody was ever given. */
#include "grader/watch/row.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/shown.h"
#include "base/array.h"
#include "base/clock.h"
#include "flag/typo.h"
#include "grader/store/evidence.h"
#include "grader/store/note.h"
#include "grader/watch/borrowed.h"
#include "grader/watch/revoke.h"

enum { CLOCKS_DIFFER_US = 600000000 };

int64_t row_time(const char *date)
{
    char whole[64];
    int64_t us = 0;

    /* the fraction is left out when it is 0 */
    snprintf(whole, sizeof(whole), "%.19s%s%.39s", date, strchr(date, '.') ? "" : ".000000",
             strlen(date) > 19 ? date + 19 : "");
    return clock_parse(whole, &us) ? us : 0;
}

/* The account of a student, asked for once in a pass. */
static enum status owner_of(struct pass *pass, const char *handle, struct board_user *user,
                            enum board_result *result, struct err *err)
{
    for (size_t i = 0; i < pass->n_owners; i++)
        if (strcmp(pass->owners[i].handle, handle) == 0) {
            *user = pass->owners[i].user;
            *result = pass->owners[i].result;
            return ST_OK;
        }
    enum status st = resolve_user(&pass->session.resolver, handle, user, result, err);
    if (st == ST_OK && *result != BOARD_NONE && *result != BOARD_MANY)
        st = pass_answered(pass, *result, err);
    if (st != ST_OK)
        return st;
    struct pass_owner owner = {.result = *result};
    if (!array_room(&pass->owners, pass->n_owners, &pass->owner_room, sizeof(*pass->owners)))
        return ST_OK; /* asked again next time */
    snprintf(owner.handle, sizeof(owner.handle), "%s", handle);
    if (*result == BOARD_OK)
        owner.user = *user;
    pass->owners[pass->n_owners++] = owner;
    return ST_OK;
}

/* A value that follows the number of solves. */
static enum status refresh(struct pass *pass, const struct challenge *of_course, struct err *err)
{
    const struct resolver *resolver = &pass->session.resolver;
    const struct board_challenge *there = &resolver->challenges[of_course - resolver->course->challenges];

    if (!there->recompute)
        return ST_OK;
    return pass_answered(pass, pass->board->driver->challenge_refresh(pass->board->state, there->id, err),
                         err);
}

/* A solve that stands on the scoreboard as a wrong entry. What does not succeed here waits in the store, with
 * its intent open, so that the relay looks before it posts. */
static enum status promote(struct pass *pass, const struct challenge *of_course, const struct board_row *row,
                           const struct solve *solve, struct err *err)
{
    char note[128];
    int64_t submission = 0;

    enum status st = store_intent(pass->store, solve->id, err);
    if (st != ST_OK)
        return st;
    enum board_result result =
        pass->board->driver->row_promote(pass->board->state, row->id, &submission, err);
    if (result == BOARD_RESET || result == BOARD_PERSON)
        return pass_answered(pass, result, err);
    if (result != BOARD_OK) /* the next relay settles it, whatever it was */
        return ST_OK;
    st = refresh(pass, of_course, err);
    snprintf(note, sizeof(note), "entered on the scoreboard as submission %lld and taken for %s there",
             (long long)row->id, ctfd_type_text(row->type));
    if (st == ST_OK)
        st = store_posted(pass->store, solve->id, submission, note, err);
    if (st != ST_OK)
        return st;
    pass->summary->promoted++;
    pass_tell(pass, "%s solved %s: submission %lld was right and is now correct", solve->student, solve->slug,
              (long long)row->id);
    return ST_OK;
}

/* A right flag, shown by its owner or a team-mate. */
static enum status own(struct pass *pass, const struct challenge *of_course, const struct board_row *row,
                       const struct flag_parts *parts, bool mate, struct err *err)
{
    struct solve solve = {.submitted_us = row_time(row->date)}, now;
    bool fresh;

    if (!solve.submitted_us)
        solve.submitted_us = store_now_us(pass->store);
    snprintf(solve.student, sizeof(solve.student), "%s", parts->student);
    snprintf(solve.slug, sizeof(solve.slug), "%s", parts->slug);
    snprintf(solve.key_id, sizeof(solve.key_id), "%s", keyring_id(pass->options->desk->ring));
    snprintf(solve.source, sizeof(solve.source), "%s", row->source);
    enum status st = store_add(pass->store, &solve, &fresh, &now, err);
    if (st != ST_OK || now.state == SOLVE_POSTED || now.state == SOLVE_VOID) /* reconcile tells of these */
        return st;
    if (row->type != BOARD_CORRECT)
        return now.intent ? ST_OK : promote(pass, of_course, row, &now, err);
    /* it may be one that was promoted, and then the answer or the power went */
    if (now.intent)
        st = refresh(pass, of_course, err);
    if (st == ST_OK)
        st = store_posted(pass->store, now.id, row->id,
                          mate ? "entered on the scoreboard by a team-mate" : "entered on the scoreboard",
                          err);
    if (st != ST_OK)
        return st;
    pass->summary->solved++;
    pass_tell(pass, "%s solved %s: entered on the scoreboard as submission %lld", now.student, now.slug,
              (long long)row->id);
    return ST_OK;
}

/* Who the row's user is: the roster's handle by e-mail or name, else the user's name there. */
static enum status shower_of(struct pass *pass, const struct board_row *row, char *out, size_t size,
                             bool *staff, struct err *err)
{
    const struct roster *roster = pass->session.resolver.roster;
    struct board_user user;

    *staff = false;
    snprintf(out, size, "%s", row->user_name);
    if (!roster)
        return ST_OK;
    enum board_result result = pass->board->driver->user_read(pass->board->state, row->user, &user, err);
    if (result != BOARD_OK)
        return result == BOARD_NONE ? ST_OK : pass_answered(pass, result, err);
    for (size_t i = 0; i < roster->n; i++) {
        const struct student *s = &roster->students[i];
        bool has = s->email && s->email[0];
        if (has ? strcasecmp(s->email, user.email) != 0 : strcmp(s->handle, user.name) != 0)
            continue;
        snprintf(out, size, "%s", s->handle);
        *staff = s->staff;
    }
    return ST_OK;
}

/* Whether a flag that nobody was given is a typo: of the right one of whom it names, or of whoever entered
 * it. */
static void compare(const struct pass *pass, const struct flag_parts *parts, struct evidence *e)
{
    const struct desk *desk = pass->options->desk;

    e->letters = typo_letters(&desk->flags, desk->ring, parts, e->owner);
    if (e->letters || !handle_valid(e->shower))
        return;
    e->letters = typo_letters(&desk->flags, desk->ring, parts, e->shower);
    if (e->letters)
        snprintf(e->owner, sizeof(e->owner), "%s", e->shower);
}

static enum status keep(struct pass *pass, const struct board_row *row, const struct flag_parts *parts,
                        bool forged, struct evidence *e, bool *fresh, struct err *err)
{
    bool staff;

    *fresh = false;
    *e = (struct evidence){.forged = forged,
                           .when_us = row_time(row->date),
                           .counted = row->type == BOARD_CORRECT,
                           .submission = row->id};
    snprintf(e->slug, sizeof(e->slug), "%s", parts->slug);
    snprintf(e->owner, sizeof(e->owner), "%s", parts->student);
    snprintf(e->source, sizeof(e->source), "%s", row->source);
    snprintf(e->date, sizeof(e->date), "%s", row->date);
    enum status st = shower_of(pass, row, e->shower, sizeof(e->shower), &staff, err);
    shown_plain(e->shower);
    shown_plain(e->source);
    if (st != ST_OK || (staff && !forged)) /* staff try things */
        return st;
    if (forged)
        compare(pass, parts, e);
    st = store_evidence(pass->store, e, fresh, &e->id, err);
    if (st == ST_OK && *fresh && !forged)
        pass_tell(pass, "borrowed: %s showed the flag of %s for %s; see `wiregrade borrowed list`", e->shower,
                  e->owner, e->slug);
    return st;
}

/* CTFd leaves a row of type discard behind, with the same date, when a person marks an entry as correct. */
struct by_hand {
    const struct board_row *row;
    bool found;
};

static bool is_by_hand(const struct board_row *other, void *context)
{
    struct by_hand *look = context;
    const struct board_row *row = look->row;

    if (other->challenge == row->challenge && other->user == row->user &&
        strcmp(other->date, row->date) == 0 && strcmp(other->provided, row->provided) == 0)
        look->found = true;
    return false;
}

static enum status forged(struct pass *pass, const struct challenge *of_course, const struct board_row *row,
                          const struct flag_parts *parts, struct err *err)
{
    const struct scoreboard_driver *driver = pass->board->driver;
    struct by_hand look = {.row = row};
    struct evidence e;
    int64_t made_us, when_us = row_time(row->date);
    bool fresh;

    enum status st = store_made(pass->store, &made_us, err);
    if (st == ST_OK)
        st = pass_answered(
            pass, driver->rows_each(pass->board->state, BOARD_DISCARD, true, is_by_hand, &look, err), err);
    if (st != ST_OK || look.found)
        return st;
    st = keep(pass, row, parts, true, &e, &fresh, err);
    if (st != ST_OK)
        return st;
    *(e.letters ? &pass->summary->typos : &pass->summary->forged) += fresh;
    if (!e.letters &&
        when_us < made_us - CLOCKS_DIFFER_US) { /* of an earlier class, perhaps, whose key was another */
        if (fresh)
            pass_tell(
                pass,
                "forged, or of an earlier class: submission %lld for %s is older than the store; it is left "
                "to you, see `wiregrade borrowed list`",
                (long long)row->id, of_course->slug);
        return ST_OK;
    }
    return revoke_row(pass, row, &e, err);
}

/* A flag that this student showed before: what was decided then holds. */
static enum status as_before(struct pass *pass, const struct board_row *row, int64_t id, struct err *err)
{
    struct ruling again = {"confirmed", "wiregrade", NULL, store_now_us(pass->store)};
    struct evidence e = {.id = 0};
    char reason[96];
    bool found = false;

    enum status st = store_evidence_get(pass->store, id, &e, &found, err);
    if (st != ST_OK || !found || strcmp(e.verdict, "confirmed") != 0)
        return st;
    st = borrowed_take_off(pass->store, pass->board, row, err);
    if (st != ST_OK)
        return st;
    snprintf(reason, sizeof(reason), "shown again; submission %lld was taken off as decided before",
             (long long)row->id);
    again.reason = reason;
    pass->summary->revoked++;
    pass_tell(
        pass,
        "borrowed: %s showed the flag of %s for %s again; submission %lld was taken off, as decided before",
        e.shower, e.owner, e.slug, (long long)row->id);
    return store_verdict(pass->store, id, &again, err);
}

/* What the row's text is, as a flag of the challenge that it was entered for. */
static enum flag_verdict read_flag(const struct pass *pass, const struct board_row *row,
                                   const struct challenge *of_course, struct flag_parts *parts)
{
    const struct desk *desk = pass->options->desk;
    enum flag_verdict verdict =
        flag_check(&desk->flags, desk->ring, row->provided, strlen(row->provided), parts);

    return verdict == FLAG_RIGHT && strcmp(parts->slug, of_course->slug) != 0 ? FLAG_WRONG : verdict;
}

bool row_matters(const struct pass *pass, const struct board_row *row)
{
    const struct challenge *of_course = pass_challenge(pass, row->challenge);
    struct flag_parts parts;

    if (!of_course)
        return false;
    enum flag_verdict verdict = read_flag(pass, row, of_course, &parts);
    return verdict == FLAG_RIGHT ||
           (verdict == FLAG_WRONG && row->type == BOARD_CORRECT &&
            (pass->options->paste == PASTE_AUDIT || pass->options->paste == PASTE_SERVED));
}

enum status row_judge(struct pass *pass, const struct board_row *row, struct err *err)
{
    const struct desk *desk = pass->options->desk;
    const struct challenge *of_course = pass_challenge(pass, row->challenge);
    struct flag_parts parts;
    struct board_user owner;
    enum board_result result;
    struct evidence e;
    bool fresh;

    if (!row_matters(pass, row))
        return ST_OK;
    if (read_flag(pass, row, of_course, &parts) != FLAG_RIGHT)
        return forged(pass, of_course, row, &parts, err);
    const struct student *student = desk->has_roster ? roster_find(&desk->roster, parts.student) : NULL;
    if (student && student->staff)
        return ST_OK;
    enum status st = owner_of(pass, parts.student, &owner, &result, err);
    if (st != ST_OK)
        return st;
    bool same = result == BOARD_OK && owner.id == row->user;
    bool mate = result == BOARD_OK && pass->session.resolver.teams && row->team && owner.team == row->team;
    if (same || mate)
        return own(pass, of_course, row, &parts, !same, err);
    st = keep(pass, row, &parts, false, &e, &fresh, err);
    pass->summary->borrowed += fresh;
    if (st == ST_OK && e.id && !fresh && row->type == BOARD_CORRECT)
        st = as_before(pass, row, e.id, err);
    return st;
}
