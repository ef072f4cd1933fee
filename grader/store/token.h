/* token.h - the digests of the tokens by which targets ship (flag/token.h), one a target. */
#pragma once

#include "grader/store/store.h"

/* In place of an older one; digest "": it has none from now on. */
enum status store_token_set(struct store *store, const char *target, const char *digest, struct err *err);

/* "" when it has none. */
enum status store_token_get(struct store *store, const char *target, char *digest, size_t size,
                            struct err *err);
