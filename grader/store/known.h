/* known.h - what the scoreboard's ids were when they were looked up. */
#pragma once

#include "grader/store/store.h"

/* kind is "challenge" or "user". *id is 0 when it is not known. */
enum status store_recall(struct store *store, const char *kind, const char *name, int64_t *id,
                         struct err *err);
enum status store_remember(struct store *store, const char *kind, const char *name, int64_t id,
                           struct err *err);

/* Calls row for each in the order of names until it returns false. */
enum status store_known_each(struct store *store, const char *kind,
                             bool (*row)(const char *name, int64_t id, void *context), void *context,
                             struct err *err);

/* Forgets them all when url is not the one they belong to; url NULL: in any case. */
enum status store_forget(struct store *store, const char *url, struct err *err);
