/* pattern.h - regex flags, compared as CTFd compares them. */
#pragma once

#include <stdbool.h>

/* As Python's re.match, anchored at the start, whose match must then be the whole text (CTFd 3.8.7,
 * plugins/flags/__init__.py:52): no second try with a longer match. fold: without case. A pattern that is
 * none matches nothing, and *broken is set. */
bool pattern_matches(const char *pattern, const char *text, bool fold, bool *broken);
