#include "digest/sha1.h"

#include <nettle/sha1.h>

#include "base/codec.h"

const char *sha1_text(const void *bytes, size_t len, char out[SHA1_TEXT_SIZE])
{
    struct sha1_ctx sha;
    uint8_t digest[SHA1_DIGEST_SIZE];

    sha1_init(&sha);
    sha1_update(&sha, len, bytes);
    sha1_digest(&sha, sizeof(digest), digest);
    hex_encode(out, digest, sizeof(digest));
    return out;
}
