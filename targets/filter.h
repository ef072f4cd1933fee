/* filter.h - the system calls that a serving target may make. */
#pragma once

/* Installs the filter for good. Returns 0, or -1 with errno. */
int filter_load(void);

/* How many calls off the list were answered with ENOSYS so far. */
unsigned long filter_refused(void);

/* The number of the last one; what it was tells `ausyscall N`. */
int filter_last(void);
