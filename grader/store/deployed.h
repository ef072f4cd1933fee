/* deployed.h - which challenges of the scoreboard are this class's, as the last deploy left them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "grader/store/store.h"

struct deployed {
    char slug[NAME_MAX_LEN + 1];
    int64_t id;
    char name[256]; /* as it was then */
    bool made;      /* by a deploy of this class: it may be pruned; false: it was there before */
};

/* Remembers a challenge under its slug, in place of what was known of it; also for the relay. A challenge
 * that was made stays so while its id does. */
enum status deployed_remember(struct store *store, const struct deployed *row, struct err *err);
enum status deployed_forget(struct store *store, const char *slug, struct err *err);

/* Calls row for every one until it returns false. */
enum status deployed_each(struct store *store, bool (*row)(const struct deployed *row, void *context),
                          void *context, struct err *err);
