#include "grader/post/resolve.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "grader/store/known.h"
#include "grader/store/link.h"

bool resolver_init(struct resolver *resolver)
{
    resolver->challenges = calloc(resolver->course->n_challenges + 1, sizeof(*resolver->challenges));
    return resolver->challenges != NULL;
}

void resolver_done(struct resolver *resolver)
{
    free(resolver->challenges);
    resolver->challenges = NULL;
}

void resolver_forget(struct resolver *resolver)
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

static enum board_result challenge(struct resolver *r, const char *slug, const char *name,
                                   struct board_challenge *out, struct err *why)
{
    const struct scoreboard_driver *driver = r->board->driver;
    int64_t id = 0;

    if (store_recall(r->store, "challenge", slug, &id, why) != ST_OK)
        return BOARD_PERSON;
    if (id) {
        enum board_result result = driver->challenge_read(r->board->state, id, out, why);
        if (result == BOARD_OK && strcmp(out->name, name) == 0)
            return BOARD_OK;
        if (result != BOARD_OK && result != BOARD_NONE)
            return result;
    }
    enum board_result result = driver->challenge_find(r->board->state, name, out, why);
    if (result == BOARD_NONE)
        mend(why, "run `wiregrade deploy`");
    if (result == BOARD_OK && !r->look_only &&
        store_remember(r->store, "challenge", slug, out->id, why) != ST_OK)
        return BOARD_PERSON;
    return result;
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

static enum board_result user(struct resolver *r, const char *name, const char *email, struct board_user *out,
                              struct err *why)
{
    const struct scoreboard_driver *driver = r->board->driver;
    struct user_link link;
    int64_t id = 0;
    bool is_linked;

    if (store_linked(r->store, name, &link, &is_linked, why) != ST_OK)
        return BOARD_PERSON;
    if (is_linked)
        return linked(r, name, &link, out, why);
    if (store_recall(r->store, "user", name, &id, why) != ST_OK)
        return BOARD_PERSON;
    if (id) {
        enum board_result result = driver->user_read(r->board->state, id, out, why);
        if (result == BOARD_OK && is_him(out, name, email))
            return BOARD_OK;
        if (result != BOARD_OK && result != BOARD_NONE)
            return result;
    }
    enum board_result result = driver->user_find(r->board->state, name, email, out, why);
    if (result == BOARD_NONE && email)
        mend(why, "`wiregrade roster sync` makes it, or %s registers there with it, or the roster is wrong",
             name);
    else if (result == BOARD_NONE)
        mend(why, "%s has to register there under that name", name);
    if (result == BOARD_OK && !r->look_only && store_remember(r->store, "user", name, out->id, why) != ST_OK)
        return BOARD_PERSON;
    return result;
}

enum board_result resolve_challenge(struct resolver *resolver, const struct challenge *of_course,
                                    struct board_challenge *out, struct err *why)
{
    struct board_challenge *kept = &resolver->challenges[of_course - resolver->course->challenges];

    if (!kept->id) {
        enum board_result result = challenge(resolver, of_course->slug, of_course->name, kept, why);
        if (result != BOARD_OK) {
            kept->id = 0;
            return of_read(result);
        }
    }
    *out = *kept;
    return BOARD_OK;
}

enum board_result resolve_user(struct resolver *resolver, const char *handle, struct board_user *out,
                               struct err *why)
{
    const struct student *student = NULL;
    const char *email = NULL;

    if (resolver->roster) {
        student = roster_find(resolver->roster, handle);
        if (!student) {
            err_set(why, ST_NO, "%s is not on the roster any more", handle);
            return BOARD_NONE;
        }
        if (student->staff && !resolver->staff_too) {
            err_set(why, ST_NO, "%s is staff on the roster, and staff score nothing", handle);
            return BOARD_NONE;
        }
        email = student->email && student->email[0] ? student->email : NULL;
    }
    return of_read(user(resolver, handle, email, out, why));
}

enum board_result resolve(struct resolver *resolver, const struct solve *solve, struct resolved *out,
                          struct err *why)
{
    const struct challenge *of_course = course_find(resolver->course, solve->slug);

    if (!of_course) {
        err_set(why, ST_NO, "the course in %s has no challenge \"%s\" any more", resolver->course->dir,
                solve->slug);
        return BOARD_NONE;
    }
    enum board_result result = resolve_challenge(resolver, of_course, &out->challenge, why);
    if (result == BOARD_OK)
        result = resolve_user(resolver, solve->student, &out->user, why);
    if (result == BOARD_OK && resolver->teams && !out->user.team) {
        err_set(why, ST_NO,
                "%s has to join a team on the scoreboard first: without one a solve counts for nobody",
                solve->student);
        return BOARD_NONE;
    }
    return result;
}
