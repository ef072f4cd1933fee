#include "grader/range/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

#define PREFIX "range-"

static int own_directory(const char *path, uid_t owner)
{
    struct stat st;

    return !lstat(path, &st) && S_ISDIR(st.st_mode) && st.st_uid == owner && !(st.st_mode & 022);
}

/* Root's is in /tmp and may be passed through, for programs inside belong to another user and
 * /run/user/0 is closed to them; names in it are still not listed. */
static enum status base_path(char *out, size_t size, struct err *err)
{
    uid_t me = geteuid();
    const char *runtime = me ? getenv("XDG_RUNTIME_DIR") : NULL;

    if (runtime && runtime[0] == '/' && strlen(runtime) < size - 32 && own_directory(runtime, me))
        snprintf(out, size, "%s/wiregrade", runtime);
    else
        snprintf(out, size, "/tmp/wiregrade-%u", (unsigned)me);
    if (mkdir(out, 0700) && errno != EEXIST)
        return err_set(err, ST_ENV, "%s: %s; mend: make the folder writable", out, strerror(errno));
    if (!own_directory(out, me))
        return err_set(err, ST_ENV, "%s: not a folder of yours alone; mend: remove it", out);
    if (chmod(out, me ? 0700 : 0711))
        return err_set(err, ST_ENV, "%s: %s", out, strerror(errno));
    return ST_OK;
}

static int wipe_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    remove(path);
    return 0;
}

void rundir_wipe(const char *path)
{
    nftw(path, wipe_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The descriptor of a locked `name` below base; -1 when it is missing or somebody holds it. */
static int lock_below(const char *base, const char *name, int flags)
{
    char path[sizeof(((struct rundir *)0)->path) + 300];

    snprintf(path, sizeof(path), "%s/%s", base, name);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | (flags & O_CREAT ? 0 : LOCK_NB))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Base is locked, so that no folder is between its mkdir and its lock. */
static void remove_dead(const char *base)
{
    DIR *all = opendir(base);
    struct dirent *entry;

    while (all && (entry = readdir(all))) {
        char name[300];
        char path[400];
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        snprintf(name, sizeof(name), "%s/lock", entry->d_name);
        snprintf(path, sizeof(path), "%s/%s", base, entry->d_name);
        int lock = lock_below(base, name, 0);
        if (lock < 0 && errno != ENOENT)
            continue;
        rundir_wipe(path);
        if (lock >= 0)
            close(lock);
    }
    if (all)
        closedir(all);
}

void rundir_sweep(void)
{
    char base[60];
    struct err err;

    if (base_path(base, sizeof(base), &err) != ST_OK)
        return;
    int base_lock = lock_below(base, "lock", O_CREAT);
    if (base_lock < 0)
        return;
    remove_dead(base);
    close(base_lock);
}

enum status rundir_make(struct rundir *dir, uid_t uid, gid_t gid, struct err *err)
{
    char base[60];

    dir->lock = -1;
    enum status st = base_path(base, sizeof(base), err);
    if (st != ST_OK)
        return st;
    int base_lock = lock_below(base, "lock", O_CREAT);
    if (base_lock < 0)
        return err_set(err, ST_ENV, "%s/lock: %s", base, strerror(errno));
    remove_dead(base);
    snprintf(dir->path, sizeof(dir->path), "%s/%sXXXXXX", base, PREFIX);
    if (!mkdtemp(dir->path)) {
        st = err_set(err, ST_ENV, "%s: %s", dir->path, strerror(errno));
        goto out;
    }
    dir->name = dir->path + strlen(base) + 1;
    dir->lock = lock_below(dir->path, "lock", O_CREAT);
    if (dir->lock < 0)
        st = err_set(err, ST_ENV, "%s: %s", dir->path, strerror(errno));
    else if (geteuid() == 0 && chown(dir->path, uid, gid))
        st = err_set(err, ST_ENV, "%s cannot be given to user %u: %s; mend: run it as an ordinary user",
                     dir->path, (unsigned)uid, strerror(errno));
    if (st != ST_OK)
        rundir_wipe(dir->path);
out:
    close(base_lock);
    return st;
}

/* Whether somebody serves the socket of this range. */
static bool can_join(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s/" RUNDIR_SOCKET, path);
    bool yes = fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address));
    if (fd >= 0)
        close(fd);
    return yes;
}

enum status rundir_find(struct rundir *dir, const char *name, struct err *err)
{
    char base[60];
    char names[400] = "";
    unsigned found = 0;
    struct dirent *entry;

    enum status st = base_path(base, sizeof(base), err);
    if (st != ST_OK)
        return st;
    dir->lock = -1;
    DIR *all = opendir(base);
    while (all && (entry = readdir(all))) {
        char path[sizeof(dir->path)];
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0 || (name && strcmp(entry->d_name, name) != 0))
            continue;
        snprintf(path, sizeof(path), "%s/%s", base, entry->d_name);
        if (!can_join(path))
            continue;
        memcpy(dir->path, path, sizeof(path));
        size_t used = strlen(names);
        snprintf(names + used, sizeof(names) - used, " %s", entry->d_name);
        found++;
    }
    if (all)
        closedir(all);
    if (!found)
        return err_set(err, ST_INPUT,
                       "no range%s%s of yours is running; mend: start one with `wiregrade range`",
                       name ? " " : "", name ? name : "");
    if (found > 1)
        return err_set(err, ST_INPUT, "several ranges are running:%s; mend: --join=NAME, with the =", names);
    dir->name = dir->path + strlen(base) + 1;
    return ST_OK;
}

void rundir_remove(struct rundir *dir)
{
    if (dir->lock < 0)
        return;
    rundir_wipe(dir->path);
    close(dir->lock);
    dir->lock = -1;
}
