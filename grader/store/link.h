/* link.h - which user of the scoreboard a student is, where a person has said so. */
#pragma once

#include <stdbool.h>

#include "grader/store/store.h"

struct user_link {
    int64_t id;
    char name[256], email[256]; /* of the user, when he was named; they tell whether he still is the same */
};

enum status store_linked(struct store *store, const char *handle, struct user_link *out, bool *found,
                         struct err *err);
enum status store_link(struct store *store, const char *handle, const struct user_link *link,
                       struct err *err);

/* Who has user id, by a link or because it was looked up; "" for nobody. */
enum status store_whose(struct store *store, int64_t id, char handle[NAME_MAX_LEN + 1], struct err *err);
