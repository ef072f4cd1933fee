/* Who has an e-mail address. CTFd before 3.6.1 cannot be asked that, and tells addresses of one user at a
 * time only: there everybody is read once, and kept for a while. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "grader/scoreboard/call.h"
#include "grader/scoreboard/ctfd.h"

enum { PEOPLE_MAX = 5000, KEPT_MS = 300000 };

struct person {
    int64_t id;
    char *name, *email;
    bool listed; /* in the list that is being read */
};

struct people {
    struct person *all;
    size_t n, room;
    int64_t since_ms;
    bool failed, too_many;
};

void people_free(struct people *people)
{
    for (size_t i = 0; people && i < people->n; i++) {
        free(people->all[i].name);
        free(people->all[i].email);
    }
    if (people)
        free(people->all);
    free(people);
}

static struct person *person_of(struct people *people, int64_t id)
{
    for (size_t i = 0; i < people->n; i++)
        if (people->all[i].id == id)
            return &people->all[i];
    return NULL;
}

static struct person *person_add(struct people *people, int64_t id)
{
    if (people->n == people->room) {
        size_t room = people->room ? people->room * 2 : 64;
        struct person *more = realloc(people->all, room * sizeof(*more));
        if (!more)
            return NULL;
        people->all = more;
        people->room = room;
    }
    people->all[people->n] = (struct person){.id = id};
    return &people->all[people->n++];
}

/* Notes who is there; a number under another name is somebody else, whose address is not known yet. */
static bool note_listed(const struct json *row, void *context)
{
    struct people *people = context;
    const char *name = member_text(row, "name");
    int64_t id = member_number(row, "id");
    struct person *person = person_of(people, id);

    if (!person && people->n == PEOPLE_MAX) {
        people->too_many = true;
        return false;
    }
    if (!person)
        person = person_add(people, id);
    if (person && (!person->name || strcmp(person->name, name) != 0)) {
        free(person->name);
        free(person->email);
        person->email = NULL;
        person->name = strdup(name);
    }
    if (person)
        person->listed = true;
    people->failed = people->failed || !person || !person->name;
    return !people->failed;
}

/* Asks for each address that is not known yet. */
static enum board_result read_addresses(struct ctfd *ctfd, struct people *people, struct err *err)
{
    enum board_result result = BOARD_OK;

    for (size_t i = 0; result == BOARD_OK && i < people->n; i++) {
        struct person *person = &people->all[i];
        struct board_user user;
        if (!person->listed || person->email)
            continue;
        result = ctfd_user_read(ctfd, person->id, &user, err);
        if (result == BOARD_NONE) { /* deleted since */
            person->listed = false;
            result = BOARD_OK;
        } else if (result == BOARD_OK) {
            person->email = strdup(user.email);
            people->failed = people->failed || !person->email;
        }
    }
    return result;
}

static enum board_result read_everybody(struct ctfd *ctfd, struct people *people, struct err *err)
{
    for (size_t i = 0; i < people->n; i++)
        people->all[i].listed = false;
    enum board_result result = call_each(ctfd, "/api/v1/users?view=admin", note_listed, people, err);
    if (result == BOARD_NONE)
        result = BOARD_PERSON;
    if (result == BOARD_OK && people->too_many) {
        err_set(err, ST_NO,
                "more than %d users, and a CTFd older than 3.6.1 cannot be searched for an e-mail address; "
                "update it, or say who is who with `wiregrade roster link`",
                PEOPLE_MAX);
        return BOARD_MANY;
    }
    if (result == BOARD_OK)
        result = read_addresses(ctfd, people, err);
    if (result == BOARD_OK && people->failed) {
        err_set(err, ST_ENV, "no memory");
        result = BOARD_PERSON;
    }
    return result;
}

enum board_result people_with(struct ctfd *ctfd, const char *email, int64_t *ids, size_t max, size_t *n,
                              struct err *err)
{
    if (ctfd->people && clock_ms() - ctfd->people->since_ms > KEPT_MS) {
        people_free(ctfd->people);
        ctfd->people = NULL;
    }
    if (!ctfd->people) {
        ctfd->people = calloc(1, sizeof(*ctfd->people));
        if (!ctfd->people) {
            err_set(err, ST_ENV, "no memory");
            return BOARD_PERSON;
        }
        ctfd->people->since_ms = clock_ms();
    }
    enum board_result result = read_everybody(ctfd, ctfd->people, err);
    *n = 0;
    for (size_t i = 0; result == BOARD_OK && i < ctfd->people->n && *n < max; i++) {
        const struct person *person = &ctfd->people->all[i];
        if (person->listed && strcasecmp(person->email, email) == 0)
            ids[(*n)++] = person->id;
    }
    if (result != BOARD_OK) { /* half of it is worth nothing */
        people_free(ctfd->people);
        ctfd->people = NULL;
    }
    return result;
}
