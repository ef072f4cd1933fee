/* names.h - which words are handles and slugs, and which known word a wrong one is nearest to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define NAME_MAX_LEN 32 /* of a handle or slug, without the NUL */

/* A student's handle: [a-z0-9][a-z0-9_-]{0,31}. */
bool handle_valid(const char *text);

/* A challenge's slug: [a-z0-9][a-z0-9-]{0,31}. */
bool slug_valid(const char *text);

/* How many edits make b of a: one letter more, less, another, or two swapped. Longer ones than any name or
 * flag are far from all others. */
size_t names_distance(const char *a, const char *b);

/* The candidate with the fewest edits from word (one letter more, less, another, or two swapped; whatever the
 * case), when that is at most a third of its length and at least 1 is allowed; NULL otherwise. The result is
 * one of the n candidates. */
const char *names_nearest(const char *word, const char *const *candidates, size_t n);
