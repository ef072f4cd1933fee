/* filter.h - the system calls that a serving target may make. */
#pragma once

#include <stddef.h>

/* Before the first event loop is made: from then on there is no io_uring in this process, nor any new
 * privilege. Returns 0, or -1 with errno. Nothing in builds with the address sanitizer, as filter_load(). */
int filter_no_ring(void);

/* Installs the filter for good, after fence_files(folder): where that stands, the journal may be opened anew.
 * Returns 0, or -1 with errno. */
int filter_load(int folder);

/* How many calls off the list were answered with ENOSYS so far; always 0 on machines where nobody has said
 * yet how to count them (filter.c). */
unsigned long filter_refused(void);

/* The last one's name and number, "openat (number 257)"; returns out. */
const char *filter_last(char *out, size_t size);
