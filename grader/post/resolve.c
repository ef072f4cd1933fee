#include "grader/post/resolve.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "grader/store/known.h"
#include "grader/store/link.h"

bool resolve_init(struct resolver *resolver)
{
    resolver->challenges = calloc(resolver->course->n_challenges + 1, sizeof(*resolver->challenges));
    return resolver->challenges != NULL;
}

void resolve_done(struct resolver *resolver)
{
    free(resolver->challenges);
    resolver->challenges = NULL;
}

void resolve_forget(struct resolver *resolver)
{
    for (size_t i = 0; i < resolver->course->n_challenges; i++)
        resolver->challenges[i].id = 0;
}

/* Puts "; fmt" after the sentence that is there. */
static void mend(struct err *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void mend(struct err *why, const char *fmt, ...)
{
    size_t len = strlen(why->text);
    va_list args;

    len += (size_t)snprintf(why->text + len, sizeof(why->text) - len, "; ");
    if (len >= sizeof(why->text))
        return;
    va_start(args, fmt);
    vsnprintf(why->text + len, sizeof(why->text) - len, fmt, args);
    va_end(args);
}

/* A read that is answered with 400 is of no use to anybody, but the solve may still be right. */
static enum board_result of_read(enum board_result result)
{
    return result == BOARD_WRONG ? BOARD_PERSON : result;
}

static enum status challenge(struct resolver *r, const char *slug, const char *name,
                             struct board_challenge *out, enum board_result *result, struct err *err)
{
    const struct scoreboard_driver *driver = r->board->driver;
    int64_t id = 0;
    enum status st = store_recall(r->store, "challenge", slug, &id, err);

    if (st != ST_OK)
        return st;
    if (id) {
        *result = driver->challenge_read(r->board->state, id, out, err);
        if (*result == BOARD_OK && strcmp(out->name, name) == 0)
            return ST_OK;
        if (*result != BOARD_OK && *result != BOARD_NONE)
            return ST_OK;
    }
    *result = driver->challenge_find(r->board->state, name, out, err);
    if (*result == BOARD_NONE)
        mend(err, "run `wiregrade deploy`");
    return *result == BOARD_OK && !r->look_only ? store_remember(r->store, "challenge", slug, out->id, err)
                                                : ST_OK;
}

static bool is_him(const struct board_user *user, const char *name, const char *email)
{
    return email ? strcasecmp(user->email, email) == 0 : strcmp(user->name, name) == 0;
}

/* Whom a person has named: that user, for as long as he has that name and address. */
static enum board_result linked(struct resolver *r, const char *handle, const struct user_link *link,
                                struct board_user *out, struct err *why)
{
    enum board_result result = r->board->driver->user_read(r->board->state, link->id, out, why);

    if (result == BOARD_NONE) {
        mend(why, "%s was linked to it; `wiregrade roster link %s ID` names the right one", handle, handle);
        return BOARD_MANY; /* only a person knows */
    }
    if (result != BOARD_OK || (strcmp(out->name, link->name) == 0 && strcmp(out->email, link->email) == 0))
        return result;
    err_set(
        why, ST_NO,
        "user %lld, whom %s was linked to, was \"%s\" <%s> and is \"%s\" <%s> now; `wiregrade roster link "
        "%s ID` names the right one",
        (long long)link->id, handle, link->name, link->email, out->name, out->email, handle);
    return BOARD_MANY;
}

static enum status user(struct resolver *r, const char *name, const char *email, struct board_user *out,
                        enum board_result *result, struct err *err)
{
    const struct scoreboard_driver *driver = r->board->driver;
    struct user_link link;
    int64_t id = 0;
    bool is_linked = false;
    enum status st = store_linked(r->store, name, &link, &is_linked, err);

    if (st == ST_OK && is_linked) {
        *result = linked(r, name, &link, out, err);
        return ST_OK;
    }
    if (st == ST_OK)
        st = store_recall(r->store, "user", name, &id, err);
    if (st != ST_OK)
        return st;
    if (id) {
        *result = driver->user_read(r->board->state, id, out, err);
        if (*result == BOARD_OK && is_him(out, name, email))
            return ST_OK;
        if (*result != BOARD_OK && *result != BOARD_NONE)
            return ST_OK;
    }
    *result = driver->user_find(r->board->state, name, email, out, err);
    if (*result == BOARD_NONE && email)
        mend(err, "`wiregrade roster sync` makes it, or %s registers there with it, or the roster is wrong",
             name);
    else if (*result == BOARD_NONE)
        mend(err, "%s has to register there under that name", name);
    return *result == BOARD_OK && !r->look_only ? store_remember(r->store, "user", name, out->id, err)
                                                : ST_OK;
}

enum status resolve_challenge(struct resolver *resolver, const struct challenge *of_course,
                              struct board_challenge *out, enum board_result *result, struct err *err)
{
    struct board_challenge *kept = &resolver->challenges[of_course - resolver->course->challenges];

    *result = BOARD_OK;
    if (!kept->id) {
        enum status st = challenge(resolver, of_course->slug, of_course->name, kept, result, err);
        *result = of_read(*result);
        if (st != ST_OK || *result != BOARD_OK) {
            kept->id = 0;
            return st;
        }
    }
    *out = *kept;
    return ST_OK;
}

enum status resolve_user(struct resolver *resolver, const char *handle, struct board_user *out,
                         enum board_result *result, struct err *err)
{
    const struct student *student = NULL;
    const char *email = NULL;

    *result = BOARD_NONE;
    if (resolver->roster) {
        student = roster_find(resolver->roster, handle);
        if (!student) {
            err_set(err, ST_NO, "%s is not on the roster any more", handle);
            return ST_OK;
        }
        if (student->staff && !resolver->staff_too) {
            err_set(err, ST_NO, "%s is staff on the roster, and staff score nothing", handle);
            return ST_OK;
        }
        email = student->email && student->email[0] ? student->email : NULL;
    }
    enum status st = user(resolver, handle, email, out, result, err);
    *result = of_read(*result);
    return st;
}

enum status resolve(struct resolver *resolver, const struct solve *solve, struct resolved *out,
                    enum board_result *result, struct err *err)
{
    const struct challenge *of_course = course_find(resolver->course, solve->slug);

    *result = BOARD_NONE;
    if (!of_course) {
        err_set(err, ST_NO, "the course in %s has no challenge \"%s\" any more", resolver->course->dir,
                solve->slug);
        return ST_OK;
    }
    enum status st = resolve_challenge(resolver, of_course, &out->challenge, result, err);
    if (st == ST_OK && *result == BOARD_OK)
        st = resolve_user(resolver, solve->student, &out->user, result, err);
    if (st == ST_OK && *result == BOARD_OK && resolver->teams && !out->user.team) {
        err_set(err, ST_NO,
                "%s has to join a team on the scoreboard first: without one a solve counts for nobody",
                solve->student);
        *result = BOARD_NONE;
    }
    return st;
}
