#include "flag/flag.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/cursor.h"
#include "base/str.h"
#include "flag/dress.h"

enum { MAC_BYTES = 10 };

/* Length-prefixed, so that ("ab","c") and ("a","bc") differ. */
static void hash_text(crypto_auth_hmacsha256_state *state, const char *text)
{
    uint8_t length[4];

    store_be32(length, (uint32_t)strlen(text));
    crypto_auth_hmacsha256_update(state, length, sizeof(length));
    crypto_auth_hmacsha256_update(state, (const unsigned char *)text, strlen(text));
}

static bool make_mac(char out[FLAG_MAC_TEXT + 1], const struct flag_context *context,
                     const struct key *challenge, const char *slug, const char *student)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char text[BASE32_SIZE(MAC_BYTES)];
    struct secret key;
    bool known = key_student(&key, challenge, student);

    crypto_auth_hmacsha256_init(&state, key.bytes, sizeof(key.bytes));
    hash_text(&state, "wiregrade1");
    hash_text(&state, context->course);
    hash_text(&state, context->class);
    hash_text(&state, slug);
    hash_text(&state, student);
    crypto_auth_hmacsha256_final(&state, mac);
    base32_encode(text, mac, MAC_BYTES);
    snprintf(out, FLAG_MAC_TEXT + 1, "%.4s-%.4s-%.4s-%.4s", text, text + 4, text + 8, text + 12);
    secret_wipe(&key);
    sodium_memzero(&state, sizeof(state));
    sodium_memzero(mac, sizeof(mac));
    sodium_memzero(text, sizeof(text));
    return known;
}

void flag_text(char out[FLAG_SIZE], const struct flag_context *context, const struct flag_parts *parts)
{
    snprintf(out, FLAG_SIZE, "%.*s{%s.%s.%s}", FLAG_PREFIX_MAX, context->prefix, parts->slug, parts->student,
             parts->mac);
}

bool flag_make(char out[FLAG_SIZE], const struct flag_context *context, const struct key *challenge,
               const char *slug, const char *student)
{
    struct flag_parts parts = {0};

    str_copy(parts.slug, sizeof(parts.slug), slug);
    str_copy(parts.student, sizeof(parts.student), student);
    bool known = make_mac(parts.mac, context, challenge, slug, student);
    if (known)
        flag_text(out, context, &parts);
    else
        out[0] = '\0';
    sodium_memzero(&parts, sizeof(parts));
    return known;
}

/* Takes the wrapper off, when there is one; the end may be missing too, as a half-copied one. */
static char *unwrap(char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    char *brace;

    if (strncmp(text, prefix, n) == 0 && text[n] == '{')
        text += n + 1;
    else if (text[0] == '{')
        text++;
    brace = strrchr(text, '}');
    if (brace && brace[1] == '\0')
        *brace = '\0';
    return text;
}

static bool mac_form(const char *text)
{
    if (strlen(text) != FLAG_MAC_TEXT)
        return false;
    for (int i = 0; i < FLAG_MAC_TEXT; i++) {
        char c = text[i];
        bool ok = i % 5 == 4 ? c == '-' : (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
        if (!ok)
            return false;
    }
    return true;
}

static bool parse(struct flag_parts *parts, char *text)
{
    char *student = strchr(text, '.');
    char *mac = student ? strchr(student + 1, '.') : NULL;

    if (!mac)
        return false;
    *student++ = '\0';
    *mac++ = '\0';
    if (!slug_valid(text) || !handle_valid(student) || strlen(mac) >= sizeof(parts->mac))
        return false;
    str_copy(parts->slug, sizeof(parts->slug), text);
    str_copy(parts->student, sizeof(parts->student), student);
    str_copy(parts->mac, sizeof(parts->mac), mac);
    return mac_form(mac);
}

enum flag_verdict flag_check(const struct flag_context *context, const struct keyring *ring, const char *text,
                             size_t len, struct flag_parts *parts)
{
    char copy[FLAG_SIZE + 8], right[FLAG_MAC_TEXT + 1];
    struct key key;

    *parts = (struct flag_parts){0};
    if (!dress_off(copy, sizeof(copy), text, len) || !parse(parts, unwrap(copy, context->prefix)))
        return FLAG_MALFORMED;
    if (!keyring_challenge(ring, parts->slug, &key))
        return FLAG_NO_SUCH_SLUG;
    bool known = make_mac(right, context, &key, parts->slug, parts->student);
    key_wipe(&key);
    /* both have the form's fixed length, so only the contents are compared, in constant time */
    bool same = sodium_memcmp(right, parts->mac, FLAG_MAC_TEXT) == 0 && known;
    sodium_memzero(right, sizeof(right));
    return same ? FLAG_RIGHT : FLAG_WRONG;
}
