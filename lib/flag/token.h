/* token.h - by what a target's `wiregrade ship` says who it is: its name and a secret, of which only a digest
 * is kept. */
#pragma once

#include <stdbool.h>

enum {
    TOKEN_NAME_SIZE = 64, /* with the NUL */
    TOKEN_SIZE = TOKEN_NAME_SIZE + 1 + 52,
    TOKEN_DIGEST_SIZE = 65,
};

/* A target's name: [a-z0-9][a-z0-9._-]{0,62}, as machines are called. */
bool token_name_valid(const char *text);

/* "NAME:SECRET", 256 random bits; name is valid. A secret: overwrite it after use. False: no random bits. */
bool token_make(char out[TOKEN_SIZE], const char *name);

/* The name in a token from outside; false when that is no token. */
bool token_name(const char *token, char out[TOKEN_NAME_SIZE]);

/* What is kept of a token, in hex. */
void token_digest(const char *token, char out[TOKEN_DIGEST_SIZE]);

/* Whether token's digest is that one, in a time that tells nothing. */
bool token_right(const char *token, const char *digest);
