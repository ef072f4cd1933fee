/* rundir.h - the run directories of ranges: one a range, removed with it or by the next start. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* $XDG_RUNTIME_DIR/wiregrade or /tmp/wiregrade-UID, and in it one folder a range (base/lockdir.h). */
struct rundir {
    char path[80];    /* with room for a socket's name in the 108 bytes of sun_path */
    const char *name; /* last part of path */
    int lock;         /* -1: somebody else's */
};

/* Removes what dead owners left behind, makes a new folder of mode 0700 and locks it; as root it is one
 * that group gid may read. ST_ENV with
 * the path when that is not possible. */
enum status rundir_make(struct rundir *dir, gid_t gid, struct err *err);

/* Removes what dead owners left behind, as the next rundir_make() would. */
void rundir_sweep(void);

/* Finds a living range's folder: by name, or the only one that can be joined when name is NULL. ST_INPUT. */
enum status rundir_find(struct rundir *dir, const char *name, struct err *err);

/* Removes the folder with all in it, when it is ours; frees the lock. */
void rundir_remove(struct rundir *dir);

/* The file that makes a range joinable, below a folder. */
#define RUNDIR_SOCKET "join"
