/* Each folder has a file `lock`, which its owner holds. In a folder of this user alone makers and sweepers
 * take turns, so that one without the file is a dead one too; where others make folders as well, it is left.
 */
#include "base/lockdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 100 };

static int wipe_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    remove(path);
    return 0;
}

void lockdir_wipe(const char *path)
{
    nftw(path, wipe_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The descriptor of dir's locked file; -1 with errno: ENOENT when there is none, or it was removed before it
 * was locked, EWOULDBLOCK when somebody holds it. */
static int take(const char *dir, int flags, int wait)
{
    char path[4096];
    struct stat st;

    if (snprintf(path, sizeof(path), "%s/lock", dir) >= (int)sizeof(path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
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

/* Nobody else can make anything there: one who makes or sweeps holds the lock of parent itself meanwhile. */
static bool is_private(const char *parent)
{
    struct stat st;

    return !stat(parent, &st) && st.st_uid == geteuid() && !(st.st_mode & 022);
}

static void remove_dead(const char *parent, const char *prefix, bool private)
{
    DIR *all = opendir(parent);

    for (const struct dirent *entry; all && (entry = readdir(all));) {
        char path[4096];
        struct stat st;
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
            snprintf(path, sizeof(path), "%s/%s", parent, entry->d_name) >= (int)sizeof(path) ||
            lstat(path, &st) || !S_ISDIR(st.st_mode) || (!private && st.st_uid != geteuid()))
            continue;
        int lock = take(path, 0, LOCK_NB);
        if (lock < 0 && (!private || errno != ENOENT))
            continue;
        lockdir_wipe(path);
        if (lock >= 0)
            close(lock);
    }
    if (all)
        closedir(all);
}

void lockdir_sweep(const char *parent, const char *prefix)
{
    bool private = is_private(parent);
    int lock = private ? take(parent, O_CREAT, 0) : -1;

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
        *lock = take(path, O_CREAT | O_EXCL, LOCK_NB);
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
    int whole = private ? take(parent, O_CREAT, 0) : -1;

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
