#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "grader/reconcile/compare.h"
#include "grader/store/known.h"

/* Numbers that the store remembers, copied out so that nothing is asked while the store is read. */
struct entries {
    struct entry {
        char name[NAME_MAX_LEN + 1];
        int64_t id;
    } * all;
    size_t n, room;
    bool no_memory;
};

static bool take(const char *name, int64_t id, void *context)
{
    struct entries *e = context;

    if (!array_room(&e->all, e->n, &e->room, sizeof(*e->all))) {
        e->no_memory = true;
        return false;
    }
    snprintf(e->all[e->n].name, sizeof(e->all[e->n].name), "%s", name);
    e->all[e->n++].id = id;
    return true;
}

static enum board_result challenge(struct reconcile *r, const struct entry *entry, struct err *why)
{
    const struct challenge *c = course_find(r->session.resolver.course, entry->name);
    struct solve about = {.id = 0};
    struct board_challenge there;

    if (!c) /* the course gave it up; deploy tells */
        return BOARD_OK;
    snprintf(about.slug, sizeof(about.slug), "%s", c->slug);
    enum board_result result = r->board->driver->challenge_read(r->board->state, entry->id, &there, why);
    if (result == BOARD_NONE)
        reconcile_differ(r, DIFFERENCE_CHALLENGE, &about,
                         "challenge %lld, \"%s\", is not there any more; run `wiregrade deploy`",
                         (long long)entry->id, c->name);
    if (result != BOARD_OK)
        return result == BOARD_NONE ? BOARD_OK : result;
    if (strcmp(there.name, c->name) != 0)
        reconcile_differ(
            r, DIFFERENCE_CHALLENGE, &about,
            "challenge %lld is named \"%.80s\" there, and \"%.80s\" here; `wiregrade deploy` renames it",
            (long long)entry->id, there.name, c->name);
    if (!there.recompute && there.value != c->value)
        reconcile_differ(r, DIFFERENCE_CHALLENGE, &about,
                         "challenge %lld gives %lld points there, and %lld here; `wiregrade deploy` mends it",
                         (long long)entry->id, (long long)there.value, (long long)c->value);
    return BOARD_OK;
}

static enum board_result user(struct reconcile *r, const struct entry *entry, struct err *why)
{
    const struct roster *roster = r->session.resolver.roster;
    const struct student *student = roster ? roster_find(roster, entry->name) : NULL;
    struct solve about = {.id = 0};
    struct board_user there;

    if (roster && !student) /* left the class */
        return BOARD_OK;
    snprintf(about.student, sizeof(about.student), "%s", entry->name);
    enum board_result result = r->board->driver->user_read(r->board->state, entry->id, &there, why);
    if (result == BOARD_NONE)
        reconcile_differ(r, DIFFERENCE_USER, &about, "user %lld is not there any more", (long long)entry->id);
    if (result != BOARD_OK)
        return result == BOARD_NONE ? BOARD_OK : result;
    bool by_email = student && student->email && student->email[0];
    if (by_email ? strcasecmp(student->email, there.email) != 0 : strcmp(entry->name, there.name) != 0)
        reconcile_differ(r, DIFFERENCE_USER, &about,
                         "user %lld has another %s there than %s here; is it the same person?",
                         (long long)entry->id, by_email ? "e-mail address" : "name", entry->name);
    return BOARD_OK;
}

static enum status all_of(struct reconcile *r, const char *kind,
                          enum board_result (*one)(struct reconcile *, const struct entry *, struct err *),
                          struct err *err)
{
    struct entries entries = {.n = 0};
    enum status st = store_known_each(r->store, kind, take, &entries, err);

    if (st == ST_OK && entries.no_memory)
        st = err_memory(err);
    for (size_t i = 0; st == ST_OK && i < entries.n; i++) {
        enum board_result result = one(r, &entries.all[i], err);
        if (result != BOARD_OK)
            st = board_status(result, err);
    }
    free(entries.all);
    return st;
}

enum status reconcile_entries(struct reconcile *r, struct err *err)
{
    enum status st = all_of(r, "challenge", challenge, err);

    return st == ST_OK ? all_of(r, "user", user, err) : st;
}
