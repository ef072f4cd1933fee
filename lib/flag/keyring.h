/* keyring.h - the course key, or the challenge keys derived from it, and where they are kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* A secret. There is on purpose no function that prints one. */
struct key {
    unsigned char bytes[32];
};

/* Opaque: either a course key, from which every challenge key follows, or some challenge keys. Its memory is
 * locked and left out of core dumps (sodium_malloc). */
struct keyring;

#define KEY_ID_SIZE 7

/* Makes a random course key and writes it to a new file of mode 0600. ST_INPUT when the file exists. */
enum status keyring_create(const char *path, struct err *err);

/* A random course key that is never written anywhere. */
enum status keyring_random(struct keyring **out, struct err *err);

/* Reads a key file (course key or export). Refused when its mode is wider than 0600 or its form is wrong. */
enum status keyring_load(struct keyring **out, const char *path, struct err *err);
void keyring_free(struct keyring *ring);

/* Six characters by which people tell course keys apart; an export keeps the id of its course key. */
const char *keyring_id(const struct keyring *ring);

/* The key of a challenge; false when this ring does not hold it. Wipe it with key_wipe. */
bool keyring_challenge(const struct keyring *ring, const char *slug, struct key *out);

/* The student's key below a challenge key. */
void key_student(struct key *out, const struct key *challenge, const char *student);
void key_wipe(struct key *key);

/* Appends the text of a key file that holds only these challenges' keys. The buffer then holds secrets:
 * overwrite it after use. ST_INPUT names a slug that this ring cannot derive. */
enum status keyring_export(const struct keyring *ring, const char *const *slugs, size_t n, struct buf *out,
                           struct err *err);

/* Replaces a course key by these challenges' keys and wipes it: what a target does before its first accept.
 */
enum status keyring_narrow(struct keyring *ring, const char *const *slugs, size_t n, struct err *err);
