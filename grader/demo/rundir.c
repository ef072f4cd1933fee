/* The demo's run directory: flat, mode 0700, with a lock that the kernel lets go when its owner dies, however
 * it dies; so the next demo knows which directories nobody will remove. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "grader/demo/demo.h"

static const char PREFIX[] = "wiregrade-demo-";
static const char LOCK[] = "lock";

static void remove_dir(const char *dir)
{
    DIR *stream = opendir(dir);

    if (!stream)
        return;
    for (const struct dirent *entry; (entry = readdir(stream));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(stream), entry->d_name, 0);
    closedir(stream);
    if (rmdir(dir))
        log_line("%s: something is left in it", dir);
}

static int take_lock(const char *dir, int flags)
{
    char path[300];

    snprintf(path, sizeof(path), "%s/%s", dir, LOCK);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Removes what demos of this user left when they were killed. */
static void sweep(const char *tmp)
{
    DIR *stream = opendir(tmp);
    char dir[256];
    struct stat st;

    if (!stream)
        return;
    for (const struct dirent *entry; (entry = readdir(stream));) {
        if (strncmp(entry->d_name, PREFIX, sizeof(PREFIX) - 1) != 0 ||
            snprintf(dir, sizeof(dir), "%s/%s", tmp, entry->d_name) >= (int)sizeof(dir) || lstat(dir, &st) ||
            !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
            continue;
        int fd = take_lock(dir, 0);
        if (fd < 0)
            continue;
        remove_dir(dir);
        close(fd);
    }
    closedir(stream);
}

enum status demo_dir_open(struct demo *demo, struct err *err)
{
    const char *tmp = getenv("TMPDIR") && *getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";

    sweep(tmp);
    if (snprintf(demo->dir, sizeof(demo->dir), "%s/%sXXXXXX", tmp, PREFIX) >= (int)sizeof(demo->dir) ||
        !mkdtemp(demo->dir)) {
        demo->dir[0] = '\0';
        return err_set(err, ST_ENV, "%s: no folder can be made there; name another with TMPDIR", tmp);
    }
    demo->lock = take_lock(demo->dir, O_CREAT | O_EXCL);
    return demo->lock < 0 ? err_set(err, ST_ENV, "%s: cannot be locked", demo->dir) : ST_OK;
}

void demo_dir_close(struct demo *demo)
{
    if (!demo->dir[0])
        return;
    remove_dir(demo->dir);
    if (demo->lock >= 0)
        close(demo->lock);
}
