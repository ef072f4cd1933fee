/* Nobody is punished by a program: a flag of another is written down for staff, and the row stays until a
 * person confirms. Taken back is only what nobody was ever given. */
#include "grader/watch/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "grader/store/evidence.h"
#include "grader/store/note.h"
#include "grader/watch/revoke.h"

enum { CLOCKS_DIFFER_US = 600000000 };

void watch_tell(const struct watch *watch, const char *fmt, ...)
{
    char sentence[512];
    va_list args;

    if (!watch->options->told)
        return;
    va_start(args, fmt);
    vsnprintf(sentence, sizeof(sentence), fmt, args);
    va_end(args);
    watch->options->told(watch->options->context, sentence);
}

int64_t watch_time(const char *date)
{
    char whole[64];
    int64_t us = 0;

    /* the fraction is left out when it is 0 */
    snprintf(whole, sizeof(whole), "%.19s%s%.39s", date, strchr(date, '.') ? "" : ".000000",
             strlen(date) > 19 ? date + 19 : "");
    return clock_parse(whole, &us) ? us : 0;
}

const struct challenge *watch_challenge(const struct watch *watch, int64_t challenge)
{
    const struct course *course = watch->resolver.course;

    for (size_t i = 0; challenge && i < course->n_challenges; i++)
        if (watch->resolver.challenges[i].id == challenge && course->challenges[i].target.kind != TARGET_NONE)
            return &course->challenges[i];
    return NULL;
}

/* The account of a student, asked for once in a pass. */
static enum board_result owner_of(struct watch *watch, const char *handle, struct board_user *user,
                                  struct err *why)
{
    for (size_t i = 0; i < watch->n_owners; i++)
        if (strcmp(watch->owners[i].handle, handle) == 0) {
            *user = watch->owners[i].user;
            return watch->owners[i].result;
        }
    struct watch_owner owner = {.result = resolve_user(&watch->resolver, handle, user, why)};
    if (owner.result != BOARD_OK && owner.result != BOARD_NONE && owner.result != BOARD_MANY)
        return owner.result;
    if (watch->n_owners == watch->owner_room) {
        size_t room = watch->owner_room ? watch->owner_room * 2 : 64;
        struct watch_owner *more = realloc(watch->owners, room * sizeof(*more));
        if (!more)
            return owner.result; /* asked again next time */
        watch->owners = more;
        watch->owner_room = room;
    }
    snprintf(owner.handle, sizeof(owner.handle), "%s", handle);
    if (owner.result == BOARD_OK)
        owner.user = *user;
    watch->owners[watch->n_owners++] = owner;
    return owner.result;
}

static enum board_result failed(const struct err *err, struct err *why)
{
    *why = *err;
    return BOARD_PERSON;
}

/* A value that follows the number of solves. */
static enum board_result refresh(struct watch *watch, const struct challenge *of_course, struct err *why)
{
    const struct board_challenge *there =
        &watch->resolver.challenges[of_course - watch->resolver.course->challenges];

    return there->recompute ? watch->board->driver->challenge_refresh(watch->board->state, there->id, why)
                            : BOARD_OK;
}

/* A solve that stands on the scoreboard as a wrong entry. What does not succeed here waits in the store, with
 * its intent open, so that the relay looks before it posts. */
static enum board_result promote(struct watch *watch, const struct challenge *of_course,
                                 const struct board_row *row, const struct solve *solve, struct err *why)
{
    char note[128];
    int64_t submission = 0;
    struct err err;

    if (store_intent(watch->store, solve->id, &err) != ST_OK)
        return failed(&err, why);
    enum board_result result =
        watch->board->driver->row_promote(watch->board->state, row->id, &submission, why);
    if (result != BOARD_OK) /* the next relay settles it, whatever it was */
        return result == BOARD_RESET || result == BOARD_PERSON ? result : BOARD_OK;
    result = refresh(watch, of_course, why);
    if (result != BOARD_OK)
        return result;
    snprintf(note, sizeof(note), "entered on the scoreboard as submission %lld and taken for %s there",
             (long long)row->id, board_type_text(row->type));
    if (store_posted(watch->store, solve->id, submission, note, &err) != ST_OK)
        return failed(&err, why);
    watch->summary->promoted++;
    watch_tell(watch, "%s solved %s: submission %lld was right and is now correct", solve->student,
               solve->slug, (long long)row->id);
    return BOARD_OK;
}

/* A right flag, shown by its owner or a team-mate. */
static enum board_result own(struct watch *watch, const struct challenge *of_course,
                             const struct board_row *row, const struct flag_parts *parts, bool mate,
                             struct err *why)
{
    struct solve solve = {.submitted_us = watch_time(row->date)}, now;
    bool fresh;
    struct err err;

    if (row->type != BOARD_CORRECT && watch->options->paste == PASTE_OFF)
        return BOARD_OK;
    if (!solve.submitted_us)
        solve.submitted_us = clock_utc_us();
    snprintf(solve.student, sizeof(solve.student), "%s", parts->student);
    snprintf(solve.slug, sizeof(solve.slug), "%s", parts->slug);
    snprintf(solve.key_id, sizeof(solve.key_id), "%s", keyring_id(watch->options->desk->ring));
    snprintf(solve.source, sizeof(solve.source), "%s", row->source);
    if (store_add(watch->store, &solve, &fresh, &now, &err) != ST_OK)
        return failed(&err, why);
    if (now.state == SOLVE_POSTED)
        return BOARD_OK;
    if (row->type != BOARD_CORRECT)
        return now.intent ? BOARD_OK : promote(watch, of_course, row, &now, why);
    /* it may be one that was promoted, and then the answer or the power went */
    enum board_result result = now.intent ? refresh(watch, of_course, why) : BOARD_OK;
    if (result != BOARD_OK)
        return result;
    if (store_posted(watch->store, now.id, row->id,
                     mate ? "entered on the scoreboard by a team-mate" : "entered on the scoreboard",
                     &err) != ST_OK)
        return failed(&err, why);
    watch->summary->solved++;
    watch_tell(watch, "%s solved %s: entered on the scoreboard as submission %lld", now.student, now.slug,
               (long long)row->id);
    return BOARD_OK;
}

/* Texts from outside go to terminals. */
static void make_printable(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++)
        if (*c < 0x20 || *c == 0x7f)
            *c = '?';
        else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) /* U+0080 to U+009F in UTF-8 */
            c[0] = c[1] = '?';
}

/* Who the row's user is: the roster's handle by e-mail or name, else the user's name there. */
static enum board_result shower_of(struct watch *watch, const struct board_row *row, char *out, size_t size,
                                   bool *staff, struct err *why)
{
    const struct roster *roster = watch->resolver.roster;
    struct board_user user;

    *staff = false;
    snprintf(out, size, "%s", row->user_name);
    if (!roster)
        return BOARD_OK;
    enum board_result result = watch->board->driver->user_read(watch->board->state, row->user, &user, why);
    if (result != BOARD_OK)
        return result == BOARD_NONE ? BOARD_OK : result;
    for (size_t i = 0; i < roster->n; i++) {
        const struct student *s = &roster->students[i];
        bool has = s->email && s->email[0];
        if (has ? strcasecmp(s->email, user.email) != 0 : strcmp(s->handle, user.name) != 0)
            continue;
        snprintf(out, size, "%s", s->handle);
        *staff = s->staff;
    }
    return BOARD_OK;
}

static enum board_result keep(struct watch *watch, const struct board_row *row,
                              const struct flag_parts *parts, bool forged, int64_t *id, bool *fresh,
                              struct err *why)
{
    struct evidence e = {.forged = forged,
                         .when_us = watch_time(row->date),
                         .counted = row->type == BOARD_CORRECT,
                         .submission = row->id};
    bool staff;
    struct err err;

    *fresh = false;
    *id = 0;
    snprintf(e.slug, sizeof(e.slug), "%s", parts->slug);
    snprintf(e.owner, sizeof(e.owner), "%s", parts->student);
    snprintf(e.source, sizeof(e.source), "%s", row->source);
    snprintf(e.date, sizeof(e.date), "%s", row->date);
    enum board_result result = shower_of(watch, row, e.shower, sizeof(e.shower), &staff, why);
    make_printable(e.shower);
    make_printable(e.source);
    if (result != BOARD_OK || (staff && !forged)) /* staff try things */
        return result;
    if (store_evidence(watch->store, &e, fresh, id, &err) != ST_OK)
        return failed(&err, why);
    if (*fresh && !forged)
        watch_tell(watch, "borrowed: %s showed the flag of %s for %s; see `wiregrade borrowed list`",
                   e.shower, e.owner, e.slug);
    return BOARD_OK;
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

static enum board_result forged(struct watch *watch, const struct challenge *of_course,
                                const struct board_row *row, const struct flag_parts *parts, struct err *why)
{
    const struct scoreboard_driver *driver = watch->board->driver;
    struct by_hand look = {.row = row};
    int64_t id, made_us, when_us = watch_time(row->date);
    bool fresh;
    struct err err;

    if (store_made(watch->store, &made_us, &err) != ST_OK)
        return failed(&err, why);
    enum board_result result =
        driver->rows_each(watch->board->state, BOARD_DISCARD, true, is_by_hand, &look, why);
    if (result != BOARD_OK || look.found)
        return result;
    result = keep(watch, row, parts, true, &id, &fresh, why);
    if (result != BOARD_OK)
        return result;
    watch->summary->forged += fresh;
    if (when_us < made_us - CLOCKS_DIFFER_US) { /* of an earlier class, perhaps, whose key was another */
        if (fresh)
            watch_tell(
                watch,
                "forged, or of an earlier class: submission %lld for %s is older than the store; it is left "
                "to you, see `wiregrade borrowed list`",
                (long long)row->id, of_course->slug);
        return BOARD_OK;
    }
    return watch_revoke(watch, row, id, why);
}

/* What the row's text is, as a flag of the challenge that it was entered for. */
static enum flag_verdict read_flag(const struct watch *watch, const struct board_row *row,
                                   const struct challenge *of_course, struct flag_parts *parts)
{
    const struct desk *desk = watch->options->desk;
    enum flag_verdict verdict =
        flag_check(&desk->flags, desk->ring, row->provided, strlen(row->provided), parts);

    return verdict == FLAG_RIGHT && strcmp(parts->slug, of_course->slug) != 0 ? FLAG_WRONG : verdict;
}

bool watch_matters(const struct watch *watch, const struct board_row *row)
{
    const struct challenge *of_course = watch_challenge(watch, row->challenge);
    struct flag_parts parts;

    if (!of_course)
        return false;
    enum flag_verdict verdict = read_flag(watch, row, of_course, &parts);
    return verdict == FLAG_RIGHT ||
           (verdict == FLAG_WRONG && row->type == BOARD_CORRECT && watch->options->paste == PASTE_AUDIT);
}

enum board_result watch_judge(struct watch *watch, const struct board_row *row, struct err *why)
{
    const struct desk *desk = watch->options->desk;
    const struct challenge *of_course = watch_challenge(watch, row->challenge);
    struct flag_parts parts;
    struct board_user owner;
    int64_t id;
    bool fresh;

    if (!watch_matters(watch, row))
        return BOARD_OK;
    if (read_flag(watch, row, of_course, &parts) != FLAG_RIGHT)
        return forged(watch, of_course, row, &parts, why);
    const struct student *student = desk->has_roster ? roster_find(&desk->roster, parts.student) : NULL;
    if (student && student->staff)
        return BOARD_OK;
    enum board_result result = owner_of(watch, parts.student, &owner, why);
    if (result != BOARD_OK && result != BOARD_NONE && result != BOARD_MANY)
        return result;
    bool same = result == BOARD_OK && owner.id == row->user;
    bool mate = result == BOARD_OK && watch->resolver.teams && row->team && owner.team == row->team;
    if (same || mate)
        return own(watch, of_course, row, &parts, !same, why);
    result = keep(watch, row, &parts, false, &id, &fresh, why);
    watch->summary->borrowed += fresh;
    return result;
}
