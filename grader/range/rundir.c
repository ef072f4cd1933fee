#include "grader/range/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/lockdir.h"

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

void rundir_sweep(void)
{
    char base[60];
    struct err err;

    if (base_path(base, sizeof(base), &err) == ST_OK)
        lockdir_sweep(base, PREFIX);
}

enum status rundir_make(struct rundir *dir, gid_t gid, struct err *err)
{
    char base[60];

    dir->lock = -1;
    enum status st = base_path(base, sizeof(base), err);
    if (st == ST_OK)
        st = lockdir_make(dir->path, sizeof(dir->path), base, PREFIX, &dir->lock, err);
    if (st != ST_OK)
        return st;
    dir->name = dir->path + strlen(base) + 1;
    /* to be passed through and read by the programs' group, and changed by root alone */
    if (geteuid() == 0 && (chown(dir->path, 0, gid) || chmod(dir->path, 0750))) {
        st = err_set(err, ST_ENV, "%s cannot be given to group %u: %s; mend: run it as an ordinary user",
                     dir->path, (unsigned)gid, strerror(errno));
        lockdir_remove(dir->path, &dir->lock);
    }
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

/* False unless a range of that name is somebody else's; his folder need not be readable, only passed through.
 */
static bool foreign(const char *name, char owner[64])
{
    static const char *const bases[] = {"/tmp/wiregrade-*/", "/run/user/*/wiregrade/"};
    bool found = false;

    for (size_t i = 0; !found && i < sizeof(bases) / sizeof(bases[0]); i++) {
        char pattern[PATH_MAX];
        glob_t paths;
        struct stat st;
        snprintf(pattern, sizeof(pattern), "%s%s", bases[i], name);
        if (glob(pattern, GLOB_NOSORT, NULL, &paths))
            continue;
        found = paths.gl_pathc && lstat(paths.gl_pathv[0], &st) == 0 && S_ISDIR(st.st_mode);
        const struct passwd *who = found ? getpwuid(st.st_uid) : NULL;
        if (who)
            snprintf(owner, 64, "%.60s", who->pw_name);
        else if (found)
            snprintf(owner, 64, "%u", (unsigned)st.st_uid);
        globfree(&paths);
    }
    return found;
}

/* Why none of one's own can be joined. */
static enum status none_found(const char *name, struct err *err)
{
    char owner[64];

    if (name && strchr(name, '/'))
        return err_set(err, ST_INPUT,
                       "\"%.60s\" is no range's name; it is what `--join=` of a demo or "
                       "`wiregrade range` tells, range-XXXXXX",
                       name);
    if (name && foreign(name, owner))
        return err_set(err, ST_INPUT, "%.60s is a range of user %s; join it as that user", name, owner);
    return err_set(
        err, ST_INPUT,
        "no range%s%.60s of yours is running; mend: start one with `wiregrade range`, or join as the "
        "user who did",
        name ? " " : "", name ? name : "");
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
        return none_found(name, err);
    if (found > 1)
        return err_set(err, ST_INPUT, "several ranges are running:%s; mend: --join=NAME, with the =", names);
    dir->name = dir->path + strlen(base) + 1;
    return ST_OK;
}

void rundir_remove(struct rundir *dir)
{
    lockdir_remove(dir->path, &dir->lock);
}
