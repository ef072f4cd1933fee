#include "flag/keyring_private.h"

#include <sodium.h>
#include <string.h>

#include "base/str.h"

/* Keyed BLAKE2b over a purpose and a name, so that no two purposes ever share a key. The purpose has a fixed
 * text and the NUL that ends it cannot occur in a name: the message is unambiguous. */
static void derive(struct secret *out, const struct secret *parent, const char *purpose, const char *name)
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, parent->bytes, sizeof(parent->bytes), sizeof(out->bytes));
    crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, (const unsigned char *)name, strlen(name) + 1);
    crypto_generichash_final(&state, out->bytes, sizeof(out->bytes));
    sodium_memzero(&state, sizeof(state));
}

enum status keyring_new(struct keyring **out, size_t n, struct err *err)
{
    *out = NULL;
    if (sodium_init() < 0)
        return err_set(err, ST_ENV, "libsodium cannot start: no source of random bytes");
    struct keyring *ring = sodium_malloc(sizeof(*ring));
    if (!ring)
        return err_set(err, ST_ENV, "no memory for the keys");
    memset(ring, 0, sizeof(*ring));
    if (n) {
        ring->challenges = sodium_allocarray(n, sizeof(ring->challenges[0]));
        if (!ring->challenges) {
            sodium_free(ring);
            return err_set(err, ST_ENV, "no memory for the keys");
        }
    }
    *out = ring;
    return ST_OK;
}

void keyring_name(struct keyring *ring)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz234567";
    struct secret digest;

    derive(&digest, &ring->course, "wiregrade1 key id", "");
    for (int i = 0; i < KEY_ID_SIZE - 1; i++)
        ring->id[i] = LETTERS[digest.bytes[i] & 31];
    ring->id[KEY_ID_SIZE - 1] = '\0';
    secret_wipe(&digest);
}

enum status keyring_random(struct keyring **out, struct err *err)
{
    enum status st = keyring_new(out, 0, err);

    if (st != ST_OK)
        return st;
    randombytes_buf((*out)->course.bytes, sizeof((*out)->course.bytes));
    (*out)->has_course = true;
    keyring_name(*out);
    return ST_OK;
}

void keyring_free(struct keyring *ring)
{
    if (!ring)
        return;
    sodium_free(ring->challenges); /* sodium_free wipes */
    sodium_free(ring);
}

const char *keyring_id(const struct keyring *ring)
{
    return ring->id;
}

const char *keyring_student(const struct keyring *ring)
{
    return ring->student[0] ? ring->student : NULL;
}

bool keyring_challenge(const struct keyring *ring, const char *slug, struct key *out)
{
    if (ring->has_course) {
        *out = (struct key){.student = ""};
        derive(&out->secret, &ring->course, "wiregrade1 challenge", slug);
        return true;
    }
    for (size_t i = 0; i < ring->n; i++)
        if (strcmp(ring->challenges[i].slug, slug) == 0) {
            *out = ring->challenges[i].key;
            return true;
        }
    return false;
}

bool key_student(struct secret *out, const struct key *challenge, const char *student)
{
    if (!challenge->student[0])
        derive(out, &challenge->secret, "wiregrade1 student", student);
    else if (strcmp(student, challenge->student) == 0)
        *out = challenge->secret;
    else if (!*student)
        *out = challenge->of_class;
    else
        memset(out, 0, sizeof(*out));
    return !challenge->student[0] || !*student || strcmp(student, challenge->student) == 0;
}

void secret_wipe(struct secret *secret)
{
    sodium_memzero(secret, sizeof(*secret));
}

void key_wipe(struct key *key)
{
    sodium_memzero(key, sizeof(*key));
}

enum status keyring_narrow(struct keyring *ring, const char *const *slugs, size_t n, struct err *err)
{
    struct keyring *narrow;
    enum status st = n <= KEYS_MAX ? keyring_new(&narrow, n, err)
                                   : err_set(err, ST_INPUT, "more than %d challenges", KEYS_MAX);

    if (st != ST_OK)
        return st;
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        struct challenge_key *key = &narrow->challenges[i];
        if (!str_copy(key->slug, sizeof(key->slug), slugs[i]) ||
            !keyring_challenge(ring, slugs[i], &key->key))
            st = err_set(err, ST_INPUT, "this key file has no key for challenge %s", slugs[i]);
        narrow->n++;
    }
    if (st == ST_OK) {
        struct challenge_key *old = ring->challenges;
        secret_wipe(&ring->course);
        ring->has_course = false;
        ring->challenges = narrow->challenges;
        ring->n = narrow->n;
        narrow->challenges = old;
    }
    keyring_free(narrow);
    return st;
}
