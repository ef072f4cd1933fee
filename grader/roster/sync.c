#include "grader/roster/sync.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/shown.h"
#include "grader/deploy/deploy.h"
#include "grader/post/session.h"
#include "grader/roster/cards.h"
#include "grader/store/known.h"
#include "grader/store/link.h"

enum { PASSWORD_CHARS = 32 };

struct sync {
    struct desk *desk;
    struct session session;
    const struct sync_options *options;
    sync_told *told;
    void *context;
    struct sync_sum *sum;
    struct cards cards;
    struct board_team team; /* the last one that was looked up or made */
};

const char *sync_fate_text(enum sync_fate fate)
{
    static const char *const words[] = {"same", "found", "created", "joined", "named", "renamed", "person"};

    return words[fate];
}

static void tell(struct sync *sync, enum sync_fate fate, const char *handle, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static void tell(struct sync *sync, enum sync_fate fate, const char *handle, const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    shown_plain(text); /* names of the scoreboard's users are in it */
    sync->sum->n[fate]++;
    sync->told(sync->context, fate, handle, text);
}

/* Nobody learns it: students have their own from cards, or by the scoreboard's "forgot your password". */
static void password(char out[PASSWORD_CHARS + 1])
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

    for (size_t i = 0; i < PASSWORD_CHARS; i++)
        out[i] = letters[arc4random_uniform(sizeof(letters) - 1)];
    out[PASSWORD_CHARS] = '\0';
}

static enum status rename_user(struct sync *sync, const struct student *s, struct board_user *user,
                               struct err *err)
{
    const struct scoreboard *board = sync->session.resolver.board;
    struct store *store = sync->session.resolver.store;
    struct user_link link;
    bool linked = false;
    struct err why;

    if (sync->options->dry) {
        tell(sync, SYNC_RENAMED, s->handle, "user %" PRId64 " \"%s\"", user->id, user->name);
        return ST_OK;
    }
    enum board_result result = board->driver->user_change(board->state, user->id, s->handle, NULL, &why);
    if (result == BOARD_WRONG || result == BOARD_CONFLICT) {
        tell(sync, SYNC_PERSON, s->handle, "user %" PRId64 " \"%s\" was not renamed: %s", user->id,
             user->name, why.text);
        return ST_OK;
    }
    if (result != BOARD_OK) {
        *err = why;
        return board_status(result, err);
    }
    tell(sync, SYNC_RENAMED, s->handle, "user %" PRId64 " \"%s\": he logs in with his handle now", user->id,
         user->name);
    snprintf(user->name, sizeof(user->name), "%s", s->handle);
    /* a link holds while the user keeps his name */
    enum status st = store_linked(store, s->handle, &link, &linked, err);
    if (st != ST_OK || !linked)
        return st;
    snprintf(link.name, sizeof(link.name), "%s", s->handle);
    return store_link(store, s->handle, &link, err);
}

/* The student of the roster whose address a user has; NULL for nobody's. */
static const struct student *by_email(const struct sync *sync, const char *email)
{
    const struct roster *roster = &sync->desk->roster;

    for (size_t i = 0; *email && i < roster->n; i++)
        if (strcasecmp(roster->students[i].email, email) == 0)
            return &roster->students[i];
    return NULL;
}

/* A user of the student's name and another address may be he, or not: only a person knows. */
static enum status namesake(struct sync *sync, const struct student *s, bool *there, struct err *err)
{
    const struct scoreboard_driver *driver = sync->session.resolver.board->driver;
    struct board_user other;
    struct err why;

    enum board_result result =
        driver->user_find(sync->session.resolver.board->state, s->handle, NULL, &other, &why);
    *there = result == BOARD_OK;
    if (result == BOARD_NONE)
        return ST_OK;
    if (result == BOARD_MANY) {
        *there = true;
        tell(sync, SYNC_PERSON, s->handle, "%s", why.text);
        return ST_OK;
    }
    if (result != BOARD_OK) {
        *err = why;
        return board_status(result, err);
    }
    const struct student *his = by_email(sync, other.email);
    if (his && sync->options->rename) {
        enum status st = rename_user(sync, his, &other, err);
        *there = strcasecmp(other.name, s->handle) == 0;
        return st;
    }
    tell(sync, SYNC_PERSON, s->handle,
         "the scoreboard's user %" PRId64 " has this name, and the address <%s> where the roster has <%s>; "
         "`wiregrade roster link %s %" PRId64 "` if it is the same person, else rename one of them",
         other.id, other.email, s->email, s->handle, other.id);
    return ST_OK;
}

static enum status make_user(struct sync *sync, const struct student *s, struct board_user *out, bool *there,
                             struct err *err)
{
    const struct scoreboard_driver *driver = sync->session.resolver.board->driver;
    char secret[PASSWORD_CHARS + 1];
    struct board_account account = {
        .name = s->handle, .email = s->email, .password = secret, .notify = sync->options->notify};
    bool other = false;
    int64_t id = 0;

    *there = false;
    enum status st = namesake(sync, s, &other, err);
    if (st != ST_OK || other)
        return st;
    if (sync->options->dry) {
        tell(sync, SYNC_CREATED, s->handle, "a user with the address %s", s->email);
        return ST_OK;
    }
    /* before, so that one who is made and then forgotten by a cut is known as such */
    if (!sync->options->notify && cards_untold(sync->session.resolver.store, s->handle, 0, err) != ST_OK)
        return err->status;
    password(secret);
    enum board_result result = driver->user_make(sync->session.resolver.board->state, &account, &id, err);
    explicit_bzero(secret, sizeof(secret));
    /* an answer that got lost: the address is unique there */
    if (result == BOARD_UNKNOWN || result == BOARD_CONFLICT || result == BOARD_OK)
        st = resolve_user(&sync->session.resolver, s->handle, out, &result, err);
    if (st != ST_OK)
        return st;
    if (result == BOARD_WRONG) {
        tell(sync, SYNC_PERSON, s->handle, "not made: %s", err->text);
        return ST_OK;
    }
    if (result != BOARD_OK)
        return board_status(result, err);
    *there = true;
    tell(sync, SYNC_CREATED, s->handle, "user %" PRId64 " with the address %s", out->id, s->email);
    return sync->options->notify ? ST_OK
                                 : cards_untold(sync->session.resolver.store, s->handle, out->id, err);
}

/* A link may name the user whom another student's e-mail finds: the solves of both would be one's. */
static enum status shared(struct sync *sync, const struct student *s, const struct board_user *user,
                          bool *there, struct err *err)
{
    char whose[NAME_MAX_LEN + 1];
    enum status st = store_whose(sync->session.resolver.store, user->id, whose, err);

    if (st != ST_OK || !whose[0] || strcmp(whose, s->handle) == 0 || !roster_find(&sync->desk->roster, whose))
        return st;
    tell(sync, SYNC_PERSON, s->handle,
         "is user %" PRId64 " by e-mail, and so is %s by `wiregrade roster link`; one user cannot be two "
         "students: link %s to another",
         user->id, whose, whose);
    *there = false;
    return ST_OK;
}

/* A student who is called otherwise on the scoreboard sends that name as his handle; where it is another's
 * handle he earns the other's flags, and enters them as his. */
static enum status name_of(struct sync *sync, const struct student *s, struct board_user *user,
                           struct err *err)
{
    const struct student *other = roster_find(&sync->desk->roster, user->name);

    if (s->staff || strcasecmp(user->name, s->handle) == 0)
        return ST_OK;
    if (sync->options->rename)
        return rename_user(sync, s, user, err);
    if (other)
        tell(sync, SYNC_PERSON, s->handle,
             "is user %" PRId64
             " \"%s\" there, and that is another student's handle, whose flags he would earn "
             "with it; `wiregrade roster sync --rename` gives both their handles as names",
             user->id, user->name);
    else
        tell(sync, SYNC_NAMED, s->handle,
             "is user %" PRId64
             " \"%s\" there, and may take that for his handle; tell him, or `wiregrade roster "
             "sync --rename`",
             user->id, user->name);
    return ST_OK;
}

/* *there is false when there is no user to go on with. */
static enum status one_user(struct sync *sync, const struct student *s, struct board_user *out, bool *there,
                            struct err *err)
{
    int64_t before = 0;
    struct err why;

    enum status st = store_recall(sync->session.resolver.store, "user", s->handle, &before, err);
    if (st != ST_OK)
        return st;
    enum board_result result;
    st = resolve_user(&sync->session.resolver, s->handle, out, &result, &why);
    if (st != ST_OK) {
        *err = why;
        return st;
    }
    *there = result == BOARD_OK;
    if (result == BOARD_MANY) {
        tell(sync, SYNC_PERSON, s->handle, "%s", why.text);
        return ST_OK;
    }
    if (result == BOARD_NONE && before)
        tell(sync, SYNC_FOUND, s->handle, "user %" PRId64 " is not this student any more", before);
    if (result == BOARD_NONE && s->staff)
        return ST_OK;
    if (result == BOARD_NONE)
        return make_user(sync, s, out, there, err);
    if (result != BOARD_OK) {
        *err = why;
        return board_status(result, err);
    }
    if (before && before != out->id)
        tell(sync, SYNC_FOUND, s->handle,
             "as user %" PRId64 "; user %" PRId64 " is not this student any more; `wiregrade reconcile` says "
             "what was posted for that one",
             out->id, before);
    else if (!before)
        tell(sync, SYNC_FOUND, s->handle, "as user %" PRId64 " \"%s\"", out->id, out->name);
    return shared(sync, s, out, there, err);
}

/* The team of that name; made when it is not there. id 0 when that was only told, or needs a person. */
static enum status one_team(struct sync *sync, const struct student *s, struct err *err)
{
    struct scoreboard *board = sync->session.resolver.board;
    char secret[PASSWORD_CHARS + 1];
    struct err why;

    if (sync->team.name[0] && strcmp(sync->team.name, s->team) == 0)
        return ST_OK;
    enum board_result result = board->driver->team_find(board->state, s->team, &sync->team, &why);
    if (result == BOARD_NONE && sync->options->dry) {
        tell(sync, SYNC_CREATED, s->handle, "team \"%s\"", s->team);
    } else if (result == BOARD_NONE) {
        password(secret);
        result = board->driver->team_make(board->state, s->team, secret, &sync->team.id, &why);
        explicit_bzero(secret, sizeof(secret));
        if (result == BOARD_OK || result == BOARD_UNKNOWN || result == BOARD_CONFLICT)
            result = board->driver->team_find(board->state, s->team, &sync->team, &why);
        if (result == BOARD_OK)
            tell(sync, SYNC_CREATED, s->handle, "team \"%s\" as number %" PRId64, s->team, sync->team.id);
    }
    if (result == BOARD_OK)
        return ST_OK;
    sync->team = (struct board_team){.id = 0};
    if (result == BOARD_NONE && sync->options->dry) {
        snprintf(sync->team.name, sizeof(sync->team.name), "%s", s->team);
        return ST_OK;
    }
    if (result == BOARD_MANY || result == BOARD_WRONG || result == BOARD_NONE) {
        tell(sync, SYNC_PERSON, s->handle, "team \"%s\": %s", s->team, why.text);
        return ST_OK;
    }
    *err = why;
    return board_status(result, err);
}

static enum status other_team(struct sync *sync, const struct student *s, const struct board_user *user,
                              struct err *err)
{
    struct scoreboard *board = sync->session.resolver.board;
    struct board_team team;

    enum board_result result = board->driver->team_read(board->state, user->team, &team, err);
    if (result != BOARD_OK && result != BOARD_NONE)
        return board_status(result, err);
    if (result == BOARD_OK && strcmp(team.name, s->team) == 0)
        return ST_OK;
    tell(sync, SYNC_PERSON, s->handle,
         "is in team \"%s\" on the scoreboard and in \"%s\" on the roster; left there, because CTFd deletes "
         "the "
         "submissions of who leaves a team: mend the roster, or move him by hand",
         team.name, s->team);
    return ST_OK;
}

static enum status membership(struct sync *sync, const struct student *s, const struct board_user *user,
                              struct err *err)
{
    struct scoreboard *board = sync->session.resolver.board;

    if (!s->team[0]) {
        if (!user->team)
            tell(sync, SYNC_PERSON, s->handle,
                 "has no team, neither on the roster nor on the scoreboard; his solves count for nobody");
        return ST_OK;
    }
    if (user->team)
        return other_team(sync, s, user, err);
    enum status st = one_team(sync, s, err);
    if (st != ST_OK || (!sync->team.id && !sync->options->dry))
        return st;
    if (sync->options->dry) {
        tell(sync, SYNC_JOINED, s->handle, "team \"%s\"", s->team);
        return ST_OK;
    }
    enum board_result result = board->driver->team_join(board->state, sync->team.id, user->id, err);
    if (result == BOARD_WRONG || result == BOARD_NONE) {
        tell(sync, SYNC_PERSON, s->handle, "team \"%s\": %s", s->team, err->text);
        return ST_OK;
    }
    if (result != BOARD_OK)
        return board_status(result, err);
    tell(sync, SYNC_JOINED, s->handle, "team \"%s\"", s->team);
    return ST_OK;
}

static size_t events(const struct sync_sum *sum)
{
    size_t n = 0;

    for (int i = 0; i < SYNC_FATES; i++)
        n += sum->n[i];
    return n;
}

static enum status one(struct sync *sync, const struct student *s, struct err *err)
{
    struct board_user user = {.id = 0};
    size_t before;
    bool there = false;

    before = events(sync->sum);
    enum status st = one_user(sync, s, &user, &there, err);
    /* a dry run that would make the user would also put him into his team */
    bool would = sync->options->dry && !there && !s->staff && s->team[0];
    if (st == ST_OK && sync->session.resolver.teams && !s->staff && (there || would))
        st = membership(sync, s, &user, err);
    if (st == ST_OK && there && before == events(sync->sum))
        tell(sync, SYNC_SAME, s->handle, "%s", "");
    if (st == ST_OK && there)
        st = name_of(sync, s, &user, err);
    if (st == ST_OK && there && sync->cards.out && !s->staff)
        st = cards_add(&sync->cards, s, &user, err);
    return st;
}

static void count_flags(void *context, const struct plan *plan, const struct plan_item *item)
{
    struct sync *sync = context;
    (void)plan;

    sync->sum->flags += item->kind == PLAN_CHANGE;
}

/* Who came and who went has a flag more or less on every challenge. */
static enum status flags(struct sync *sync, struct err *err)
{
    const struct deploy_options options = {.flags_only = true};
    struct store *store = sync->session.resolver.store;
    struct plan plan;
    enum status st;

    if (sync->desk->class.paste != PASTE_FLAGS)
        return ST_OK;
    if (sync->options->dry)
        st = plan_make(&plan, sync->desk, sync->session.resolver.board, store, &options, err);
    else
        st = deploy_run(&plan, sync->desk, sync->session.resolver.board, store, &options, count_flags, sync,
                        err);
    for (size_t i = 0; st == ST_OK && sync->options->dry && i < plan.n; i++)
        count_flags(sync, &plan, &plan.items[i]);
    plan_free(&plan);
    return st;
}

enum status sync_run(struct desk *desk, struct scoreboard *board, struct store *store,
                     const struct sync_options *options, sync_told *told, void *context, struct sync_sum *sum,
                     struct err *err)
{
    struct sync sync = {.desk = desk, .options = options, .told = told, .context = context, .sum = sum};

    *sum = (struct sync_sum){.flags = 0};
    enum status st = session_open(&sync.session, desk, store, board, options->dry, err);
    sync.session.resolver.staff_too = true;
    if (st == ST_OK && options->cards && !options->dry)
        st = cards_open(&sync.cards, options->cards, desk, store, board, err);
    for (size_t i = 0; st == ST_OK && i < desk->roster.n; i++) {
        st = desk->stop && *desk->stop ? err_set(err, ST_ENV, "stopped; the same command goes on from here")
                                       : one(&sync, &desk->roster.students[i], err);
    }
    if (st == ST_OK)
        st = flags(&sync, err);
    if (st == ST_OK && !options->dry)
        st = store_release(store, err);
    sum->cards = sync.cards.n;
    cards_close(&sync.cards);
    session_close(&sync.session);
    if (st == ST_OK && sum->n[SYNC_PERSON])
        return err_set(err, ST_NO, "%zu of the roster need a person", sum->n[SYNC_PERSON]);
    return st;
}
