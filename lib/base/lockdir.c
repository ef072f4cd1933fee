/* Each folder has a file `lock`, which its owner holds. In a folder of this user alone makers and sweepers
 * take turns, so that one without the file is a dead one too; where others make folders as well, it is left.
 */
#include "base/lockdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 100, DEPTH_MAX = 100 };

/* A name in a folder, both by descriptor: whoever exchanges what stands there for a link sees that link go. A
 * folder deeper than DEPTH_MAX stays, with those above it. */
static void wipe_in(int folder, const char *name, unsigned depth)
{
    const struct dirent *entry;

    if (!unlinkat(folder, name, 0) || (errno != EISDIR && errno != EPERM))
        return;
    int fd = depth < DEPTH_MAX ? openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    DIR *all = fd < 0 ? NULL : fdopendir(fd);
    while (all && (entry = readdir(all)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            wipe_in(fd, entry->d_name, depth + 1);
    if (all)
        closedir(all);
    else if (fd >= 0)
        close(fd);
    unlinkat(folder, name, AT_REMOVEDIR);
}

void lockdir_wipe(const char *path)
{
    wipe_in(AT_FDCWD, path, 0);
}

/* The descriptor of the locked file of a folder; -1 with errno: ENOENT when there is none, or it was removed
 * before it was locked, EWOULDBLOCK when somebody holds it. */
static int take(int folder, int flags, int wait)
{
    struct stat st;
    int fd = openat(folder, "lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | flags, 0600);

    if (fd < 0)
        return -1;
    int why = flock(fd, LOCK_EX | wait) ? errno : 0;
    if (!why && (fstat(fd, &st) || st.st_nlink == 0))
        why = ENOENT;
    if (!why)
        return fd;
    close(fd);
    errno = why;
    return -1;
}

static int open_folder(int parent, const char *name, int flags)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
}

/* As take(), of a folder by its path. */
static int take_at(const char *path, int flags, int wait)
{
    int folder = open_folder(AT_FDCWD, path, 0);
    int lock = folder < 0 ? -1 : take(folder, flags, wait), why = errno;

    if (folder >= 0)
        close(folder);
    errno = why;
    return lock;
}

/* Nobody else can make anything there: one who makes or sweeps holds the lock of parent itself meanwhile. */
static bool is_private(const char *parent)
{
    struct stat st;

    return !stat(parent, &st) && st.st_uid == geteuid() && !(st.st_mode & 022);
}

static void remove_if_dead(int parent, const char *name, bool private)
{
    struct stat st;
    int folder = open_folder(parent, name, O_NOFOLLOW);

    if (folder < 0)
        return;
    if (!fstat(folder, &st) && (private || st.st_uid == geteuid())) {
        int lock = take(folder, 0, LOCK_NB);
        if (lock >= 0 || (private && errno == ENOENT))
            wipe_in(parent, name, 0);
        if (lock >= 0)
            close(lock);
    }
    close(folder);
}

static void remove_dead(const char *parent, const char *prefix, bool private)
{
    int fd = open_folder(AT_FDCWD, parent, 0);
    DIR *all = fd < 0 ? NULL : fdopendir(fd);

    for (const struct dirent *entry; all && (entry = readdir(all));)
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            remove_if_dead(fd, entry->d_name, private);
    if (all)
        closedir(all);
    else if (fd >= 0)
        close(fd);
}

void lockdir_sweep(const char *parent, const char *prefix)
{
    bool private = is_private(parent);
    int lock = private ? take_at(parent, O_CREAT, 0) : -1;

    if (!private || lock >= 0)
        remove_dead(parent, prefix, private);
    if (lock >= 0)
        close(lock);
}

/* A sweep in a shared folder may be quicker than the lock: then another is made. */
static enum status make(char *path, size_t size, const char *parent, const char *prefix, int *lock,
                        struct err *err)
{
    for (int i = 0; i < TRIES; i++) {
        if (snprintf(path, size, "%s/%sXXXXXX", parent, prefix) >= (int)size)
            return err_set(err, ST_ENV, "%s: too long a path", parent);
        if (!mkdtemp(path))
            return err_set(err, ST_ENV, "%s: no folder can be made there: %s", parent, strerror(errno));
        *lock = take_at(path, O_CREAT | O_EXCL, LOCK_NB);
        if (*lock >= 0)
            return ST_OK;
        if (errno != ENOENT && errno != EWOULDBLOCK)
            break;
    }
    enum status st = err_set(err, ST_ENV, "%s: cannot be locked: %s", path, strerror(errno));
    lockdir_wipe(path);
    return st;
}

enum status lockdir_make(char *path, size_t size, const char *parent, const char *prefix, int *lock,
                         struct err *err)
{
    bool private = is_private(parent);
    int whole = private ? take_at(parent, O_CREAT, 0) : -1;

    *lock = -1;
    if (private && whole < 0)
        return err_set(err, ST_ENV, "%s/lock: %s", parent, strerror(errno));
    remove_dead(parent, prefix, private);
    enum status st = make(path, size, parent, prefix, lock, err);
    if (whole >= 0)
        close(whole);
    return st;
}

void lockdir_remove(const char *path, int *lock)
{
    if (*lock < 0)
        return;
    lockdir_wipe(path);
    close(*lock);
    *lock = -1;
}
