#include "grader/store/token.h"

#include <stdio.h>

#include "grader/store/note.h"
#include "grader/store/shipped.h"

enum { KEY_SIZE = SHIPPED_TARGET_SIZE + 8 };

static const char *key_of(const char *target, char out[KEY_SIZE])
{
    snprintf(out, KEY_SIZE, "token.%s", target);
    return out;
}

enum status store_token_set(struct store *store, const char *target, const char *digest, struct err *err)
{
    char key[KEY_SIZE];

    return store_note_set(store, key_of(target, key), digest, err);
}

enum status store_token_get(struct store *store, const char *target, char *digest, size_t size,
                            struct err *err)
{
    char key[KEY_SIZE];

    return store_note_get(store, key_of(target, key), digest, size, err);
}
