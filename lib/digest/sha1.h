/* sha1.h - SHA-1 as CTFd names the content of a file by it; nothing secret rests on it. */
#pragma once

#include <stddef.h>

enum { SHA1_TEXT_SIZE = 41 };

/* The digest (FIPS 180-4) of bytes[0, len) as 40 lower-case hex digits; returns out. */
const char *sha1_text(const void *bytes, size_t len, char out[SHA1_TEXT_SIZE]);
