#include "flag/pin.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"

bool pin_make(char out[PIN_SIZE], const struct flag_context *context, const struct keyring *ring,
              const char *student)
{
    const char *const texts[] = {"wiregrade1 pin", context->course, context->class, student};
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash_state state;
    struct secret key;
    struct key all;

    out[0] = '\0';
    if (!keyring_challenge(ring, PIN_KEY, &all))
        return false;
    bool known = key_student(&key, &all, student);
    key_wipe(&all);
    if (!known)
        return false;
    crypto_generichash_init(&state, key.bytes, sizeof(key.bytes), sizeof(hash));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        uint8_t length[4];
        store_be32(length, (uint32_t)strlen(texts[i]));
        crypto_generichash_update(&state, length, sizeof(length));
        crypto_generichash_update(&state, (const unsigned char *)texts[i], strlen(texts[i]));
    }
    crypto_generichash_final(&state, hash, sizeof(hash));
    uint64_t number = load_be64(hash);
    snprintf(out, PIN_SIZE, "%08u", (unsigned)(number % 100000000));
    secret_wipe(&key);
    sodium_memzero(hash, sizeof(hash));
    sodium_memzero(&state, sizeof(state));
    return true;
}

bool pin_right(const char *text, const struct flag_context *context, const struct keyring *ring,
               const char *student)
{
    char right[PIN_SIZE];
    bool same = pin_make(right, context, ring, student) && strlen(text) == PIN_DIGITS &&
                sodium_memcmp(right, text, PIN_DIGITS) == 0;

    sodium_memzero(right, sizeof(right));
    return same;
}
