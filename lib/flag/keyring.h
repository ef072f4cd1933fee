/* keyring.h - the course key, or the challenge keys derived from it, and where they are kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/names.h"

/* A secret. There is on purpose no function that prints one. */
struct secret {
    unsigned char bytes[32];
};

/* What makes and checks the flags and values of one challenge: of everybody, or of one student alone. */
struct key {
    struct secret secret;           /* the challenge's; where `student` is set, that student's below it */
    struct secret of_class;         /* where `student` is set: what makes the values of the class */
    char student[NAME_MAX_LEN + 1]; /* "": everybody's */
};

/* Opaque: either a course key, from which every challenge key follows, or some challenge keys. Its memory is
 * locked and left out of core dumps (sodium_malloc). */
struct keyring;

#define KEY_ID_SIZE 7

/* Makes a random course key and writes it to a new file of mode 0600. ST_INPUT when the file exists. */
enum status keyring_create(const char *path, struct err *err);

/* A random course key that is never written anywhere. */
enum status keyring_random(struct keyring **out, struct err *err);

/* Reads a key file (course key or export). Refused when its mode is wider than 0600, its form is wrong, or it
 * holds one student's keys alone. */
enum status keyring_load(struct keyring **out, const char *path, struct err *err);

/* Reads an export of this student's keys alone; any other key file is refused. */
enum status keyring_load_student(struct keyring **out, const char *path, const char *student,
                                 struct err *err);
void keyring_free(struct keyring *ring);

/* Six characters by which people tell course keys apart; an export keeps the id of its course key. */
const char *keyring_id(const struct keyring *ring);

/* The student whose keys alone this ring holds, and with them no other's flag can be made; NULL: everybody's.
 */
const char *keyring_student(const struct keyring *ring);

/* The key of a challenge; false when this ring does not hold it. Wipe it with key_wipe. */
bool keyring_challenge(const struct keyring *ring, const char *slug, struct key *out);

/* The student's secret below a challenge's, "" for the class's; wipe it with secret_wipe. False, and zeros,
 * when the key is another student's alone. */
bool key_student(struct secret *out, const struct key *challenge, const char *student);
void key_wipe(struct key *key);
void secret_wipe(struct secret *secret);

/* Appends the text of a key file that holds only these challenges' keys, and of those only what makes this
 * student's flags and values (NULL: everybody's). The buffer then holds secrets: overwrite it after use.
 * ST_INPUT names a slug or a student that this ring cannot derive. */
enum status keyring_export(const struct keyring *ring, const char *student, const char *const *slugs,
                           size_t n, struct buf *out, struct err *err);

/* Replaces a course key by these challenges' keys and wipes it: what a target does before its first accept.
 */
enum status keyring_narrow(struct keyring *ring, const char *const *slugs, size_t n, struct err *err);
