/* proc.h - what /proc tells, for process 1 of a sandbox. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The beginning of a file, with NUL, in one read. False, and text is "", when there is nothing to be had. */
bool proc_read(const char *path, char *text, size_t size);

/* The decimal number after a word, blanks between them left out ("\nVmPTE:" for the line that begins so); 0
 * when there is none. */
uint64_t proc_number(const char *text, const char *word);
