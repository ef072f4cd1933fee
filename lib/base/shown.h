/* shown.h - text from outside on its way to a terminal. */
#pragma once

#include <stddef.h>

/* The bytes at text that no terminal should see, up to the NUL: a control character (C0 with tab and line
 * end, DEL, C1) or what turns or hides the text around it (bidirectional controls, U+202E among them,
 * zero-width characters and line separators; UAX #9). 0: an ordinary character stands there. */
size_t shown_unfit(const char *text);

/* Writes "?" over each of them, in place; the text may become shorter. */
void shown_plain(char *text);
