#include "grader/post/again.h"

#include <stdlib.h>

#include "grader/post/submit.h"
#include "grader/store/unplaced.h"

struct ready {
    const struct desk *desk;
    struct store *store;
    struct again_sum *sum;
    struct solve *flags;
    size_t n, room;
    bool no_memory;
};

static enum submit_place place_of(const struct ready *ready, const struct solve *flag)
{
    return submit_place_of(ready->desk, flag->slug, flag->student);
}

static bool collect(const struct solve *flag, void *context)
{
    struct ready *ready = context;
    enum submit_place place = place_of(ready, flag);

    if (place == SUBMIT_NO_SLUG || place == SUBMIT_STRANGER)
        return true;
    if (ready->n == ready->room) {
        size_t room = ready->room ? 2 * ready->room : 16;
        struct solve *flags = reallocarray(ready->flags, room, sizeof(*flags));
        ready->no_memory = !flags;
        if (!flags)
            return false;
        ready->flags = flags;
        ready->room = room;
    }
    ready->flags[ready->n++] = *flag;
    return true;
}

static enum status place_all(void *context, struct err *err)
{
    const struct ready *ready = context;
    enum status st = ST_OK;

    *ready->sum = (struct again_sum){0};
    for (size_t i = 0; st == ST_OK && i < ready->n; i++) {
        const struct solve *flag = &ready->flags[i];
        struct solve now;
        bool fresh = false, staff = place_of(ready, flag) == SUBMIT_STAFF;
        if (!staff)
            st = store_add(ready->store, flag, &fresh, &now, err);
        if (st == ST_OK)
            st = store_unplaced_drop(ready->store, flag, err);
        ready->sum->placed += fresh;
        ready->sum->refused += staff;
    }
    return st;
}

enum status again_place(const struct desk *desk, struct store *store, struct again_sum *sum, struct err *err)
{
    struct ready ready = {.desk = desk, .store = store, .sum = sum};

    *sum = (struct again_sum){0};
    enum status st = store_unplaced_each(store, collect, &ready, err);
    if (st == ST_OK && ready.no_memory)
        st = err_memory(err);
    if (st == ST_OK && ready.n)
        st = store_transact(store, place_all, &ready, err);
    if (st != ST_OK)
        *sum = (struct again_sum){0};
    free(ready.flags);
    return st;
}
