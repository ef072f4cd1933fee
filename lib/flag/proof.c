#include "flag/proof.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/cursor.h"

enum { PROOF_BYTES = 10 };

static void hash_text(crypto_auth_hmacsha256_state *state, const char *text)
{
    uint8_t length[4];

    store_be32(length, (uint32_t)strlen(text));
    crypto_auth_hmacsha256_update(state, length, sizeof(length));
    crypto_auth_hmacsha256_update(state, (const unsigned char *)text, strlen(text));
}

/* The purpose is hashed too, so that no proof is ever a flag's last part. */
void flag_proof(char out[PROOF_SIZE], const struct flag_context *context, const struct key *challenge,
                const struct proof_of *of)
{
    char purpose[32];
    const char *const texts[] = {purpose,     context->course, context->class, of->slug,
                                 of->student, of->source,      of->port,       of->time};
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    struct secret key;

    out[0] = '\0';
    if (!key_student(&key, challenge, of->student))
        return;
    snprintf(purpose, sizeof(purpose), "wiregrade1 %s", of->event);
    crypto_auth_hmacsha256_init(&state, key.bytes, sizeof(key.bytes));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        hash_text(&state, texts[i]);
    crypto_auth_hmacsha256_final(&state, mac);
    base32_encode(out, mac, PROOF_BYTES);
    secret_wipe(&key);
    sodium_memzero(&state, sizeof(state));
    sodium_memzero(mac, sizeof(mac));
}

bool flag_proof_right(const char *text, const struct flag_context *context, const struct key *challenge,
                      const struct proof_of *of)
{
    char right[PROOF_SIZE];

    flag_proof(right, context, challenge, of);
    return right[0] && strlen(text) == PROOF_SIZE - 1 && sodium_memcmp(right, text, PROOF_SIZE - 1) == 0;
}
