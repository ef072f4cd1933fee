/* gunzip.h - unpacks gzip (RFC 1952) piece by piece, in memory that does not grow. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"

struct gunzip;

/* NULL on no memory. */
struct gunzip *gunzip_open(void);
void gunzip_close(struct gunzip *gunzip);

/* True when bytes begin as gzip does. */
bool gunzip_magic(const uint8_t *bytes, size_t length);

/* Takes from *in and writes at most room bytes to out. Returns how many; 0 when it needs more than *in had;
 * -1 when the bytes are damaged, with a static word about it in *why. Members may follow each other. */
ptrdiff_t gunzip_step(struct gunzip *gunzip, struct cursor *in, uint8_t *out, size_t room, const char **why);

/* True where a file may end: after a whole member. */
bool gunzip_whole(const struct gunzip *gunzip);
