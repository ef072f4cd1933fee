/* note.h - what a pass keeps for the next one, and what the store says of itself: words by name. */
#pragma once

#include "grader/store/store.h"

/* "" when there is none. */
enum status store_note_get(struct store *store, const char *key, char *out, size_t size, struct err *err);
enum status store_note_set(struct store *store, const char *key, const char *value, struct err *err);

/* When the store was made, in microseconds since 1970. */
enum status store_made(struct store *store, int64_t *us, struct err *err);
