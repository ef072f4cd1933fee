/* lockdir.h - folders that live as long as the process that made them, however it ends. */
#pragma once

#include <stddef.h>

#include "base/err.h"

/* A folder of mode 0700 below parent, named prefix and six letters; path has size bytes for it. *lock is the
 * descriptor of the locked file `lock` in it and goes away with the process, so that a folder whose lock is
 * free belongs to nobody; such ones are removed first. Others may do the same at the same moment. ST_ENV with
 * the path. */
enum status lockdir_make(char *path, size_t size, const char *parent, const char *prefix, int *lock,
                         struct err *err);

/* Removes below parent what dead owners left behind: in a folder that others can write to only what belongs
 * to this user. */
void lockdir_sweep(const char *parent, const char *prefix);

/* Removes path with all in it and frees the lock. Nothing when *lock is below 0, which it is afterwards. */
void lockdir_remove(const char *path, int *lock);

/* Removes path and all below it, downwards by descriptors: no link is followed, whatever others exchange
 * meanwhile in folders that they may write. The folder that path stands in must be this user's alone, or
 * sticky. Errors are ignored. */
void lockdir_wipe(const char *path);
