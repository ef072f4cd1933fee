#include "flag/token.h"

#include <sodium.h>
#include <string.h>

#include "base/codec.h"

enum { SECRET_BYTES = 32, SECRET_LENGTH = BASE32_SIZE(SECRET_BYTES) - 1 };

_Static_assert(TOKEN_SIZE == TOKEN_NAME_SIZE + 1 + SECRET_LENGTH, "name, colon and secret");
_Static_assert(TOKEN_DIGEST_SIZE == HEX_SIZE(crypto_generichash_BYTES), "its text");

bool token_name_valid(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    const size_t len = strlen(text);

    return len < TOKEN_NAME_SIZE && strspn(text, letters) == len && strcspn(text, "._-") > 0 && len;
}

bool token_make(char out[TOKEN_SIZE], const char *name)
{
    unsigned char secret[SECRET_BYTES];
    const size_t len = strlen(name);

    if (sodium_init() < 0)
        return false;
    randombytes_buf(secret, sizeof(secret));
    memcpy(out, name, len);
    out[len] = ':';
    base32_encode(out + len + 1, secret, sizeof(secret));
    sodium_memzero(secret, sizeof(secret));
    return true;
}

bool token_name(const char *token, char out[TOKEN_NAME_SIZE])
{
    const size_t len = strcspn(token, ":");

    if (len >= TOKEN_NAME_SIZE || token[len] != ':' || strlen(token + len + 1) != SECRET_LENGTH)
        return false;
    memcpy(out, token, len);
    out[len] = '\0';
    return token_name_valid(out);
}

/* The secret is random: a digest of it cannot be guessed back, and needs no salt. */
void token_digest(const char *token, char out[TOKEN_DIGEST_SIZE])
{
    static const unsigned char purpose[] = "wiregrade1 token";
    unsigned char hash[crypto_generichash_BYTES];

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)token, strlen(token), purpose,
                       sizeof(purpose) - 1);
    hex_encode(out, hash, sizeof(hash));
}

bool token_right(const char *token, const char *digest)
{
    char its[TOKEN_DIGEST_SIZE];

    token_digest(token, its);
    return strlen(digest) == TOKEN_DIGEST_SIZE - 1 && sodium_memcmp(its, digest, TOKEN_DIGEST_SIZE - 1) == 0;
}
