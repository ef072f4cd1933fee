/* fence.h - which files a serving target may still open. */
#pragma once

/* From now on, for good, no file of this machine can be opened or changed, but that files can be made in
 * `folder` (a descriptor; -1: none) and those there be written to. Landlock, landlock(7); needs no_new_privs.
 * Returns 1, 0 when Landlock is not to be had and nothing changed, -1 with errno. */
int fence_files(int folder);

/* The same, but for reading: any file may be opened for that. */
int fence_writes(void);
