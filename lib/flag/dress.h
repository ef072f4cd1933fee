/* dress.h - takes off a flag what mail, slides and word processors put round and into it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Copies text[0, len) to out, in lower case; blanks, quotes and invisible characters of Unicode are left out,
 * its dashes are '-', and "flag:" before as well as full stops, commas and semicolons behind are cut off. No
 * letter or digit becomes another. False when the rest does not fit in size bytes with its NUL, or text has
 * a NUL. */
bool dress_off(char *out, size_t size, const char *text, size_t len);
