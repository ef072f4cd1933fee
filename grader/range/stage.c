#include "grader/range/stage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"

#define MAX_BYTES (64LL << 20)
#define MAX_ENTRIES 4096
#define MAX_DEPTH 32

struct stage {
    uid_t uid;
    gid_t gid;
    long long bytes;  /* left */
    unsigned entries; /* left */
    struct err *err;
};

static enum status fail(struct stage *stage, const char *path)
{
    return err_set(stage->err, ST_INPUT, "%s: cannot be shown in the range: %s", path, strerror(errno));
}

/* Copies to the end of the file. Returns 0, or -1 with errno (EFBIG over the ceiling). */
static int copy_bytes(int in, int out, long long *left)
{
    for (;;) {
        ssize_t n = sendfile(out, in, NULL, 1 << 20);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -1 : 0;
        *left -= n;
        if (*left < 0) {
            errno = EFBIG;
            return -1;
        }
    }
}

static int own(const struct stage *stage, int fd, mode_t mode)
{
    if (geteuid() == 0 && fchown(fd, stage->uid, stage->gid))
        return -1;
    return fchmod(fd, mode);
}

static enum status copy_any(struct stage *stage, int in_dir, const char *name, int out_dir, const char *to,
                            const char *shown, unsigned depth);

static enum status copy_folder(struct stage *stage, int in, int out_dir, const char *to, const char *shown,
                               unsigned depth)
{
    enum status st = ST_OK;
    struct dirent *entry;
    char path[4096];

    if (mkdirat(out_dir, to, 0700)) {
        close(in);
        return fail(stage, shown);
    }
    int out = openat(out_dir, to, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *all = fdopendir(in);
    if (!all)
        close(in);
    if (out < 0 || !all)
        st = fail(stage, shown);
    while (st == ST_OK && (entry = readdir(all))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        snprintf(path, sizeof(path), "%s/%s", shown, entry->d_name);
        st = copy_any(stage, dirfd(all), entry->d_name, out, entry->d_name, path, depth + 1);
    }
    if (st == ST_OK && own(stage, out, 0700))
        st = fail(stage, shown);
    if (all)
        closedir(all);
    if (out >= 0)
        close(out);
    return st;
}

static enum status copy_file(struct stage *stage, int in, mode_t mode, int out_dir, const char *to,
                             const char *shown)
{
    int out = openat(out_dir, to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int bad = out < 0 || copy_bytes(in, out, &stage->bytes) || own(stage, out, mode & 0700);
    enum status st = bad ? fail(stage, shown) : ST_OK;

    if (out >= 0)
        close(out);
    close(in);
    return st;
}

static enum status copy_link(struct stage *stage, int in_dir, const char *name, int out_dir, const char *to,
                             const char *shown)
{
    char target[4096];
    ssize_t n = readlinkat(in_dir, name, target, sizeof(target) - 1);

    if (n >= 0)
        target[n] = '\0';
    return n < 0 || symlinkat(target, out_dir, to) ? fail(stage, shown) : ST_OK;
}

static enum status copy_any(struct stage *stage, int in_dir, const char *name, int out_dir, const char *to,
                            const char *shown, unsigned depth)
{
    struct stat st;

    if (!stage->entries-- || depth > MAX_DEPTH) {
        stage->entries = 0;
        errno = EFBIG;
        return fail(stage, shown);
    }
    /* what the caller named may be a link, what lies below is taken as it is */
    if (fstatat(in_dir, name, &st, depth ? AT_SYMLINK_NOFOLLOW : 0))
        return fail(stage, shown);
    if (S_ISLNK(st.st_mode))
        return copy_link(stage, in_dir, name, out_dir, to, shown);
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return ST_OK;
    int in = openat(in_dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (depth ? O_NOFOLLOW : 0));
    if (in < 0 || fstat(in, &st)) {
        fail(stage, shown);
        if (in >= 0)
            close(in);
        return ST_INPUT;
    }
    if (S_ISDIR(st.st_mode))
        return copy_folder(stage, in, out_dir, to, shown, depth);
    if (S_ISREG(st.st_mode))
        return copy_file(stage, in, st.st_mode, out_dir, to, shown);
    close(in); /* another took its place */
    return ST_OK;
}

enum status stage_copy(const char *root, const char *from, const char *to, uid_t uid, gid_t gid,
                       struct err *err)
{
    struct stage stage = {.uid = uid, .gid = gid, .bytes = MAX_BYTES, .entries = MAX_ENTRIES, .err = err};
    struct stat st;
    char why[1024];

    if (!root)
        return copy_any(&stage, AT_FDCWD, from, AT_FDCWD, to, from, 0);
    int in = beneath_open(root, from, O_RDONLY);
    if (in >= 0 && fstat(in, &st) == 0)
        return copy_file(&stage, in, st.st_mode, AT_FDCWD, to, from);
    err_set(err, ST_INPUT, "%s: %s", from, beneath_why(root, from, why, sizeof(why)));
    if (in >= 0)
        close(in);
    return ST_INPUT;
}

enum status stage_executable(const char *path, uid_t uid, int *fd, struct err *err)
{
    struct stage stage = {.uid = uid, .gid = uid, .bytes = MAX_BYTES * 4, .err = err};
    struct stat st;
    int in = open(path, O_RDONLY | O_CLOEXEC);

    *fd = -1;
    if (in < 0 || fstat(in, &st))
        goto failed;
    if (st.st_uid == uid || (st.st_mode & S_IXOTH)) {
        *fd = in;
        return ST_OK;
    }
    *fd = memfd_create("executable", MFD_CLOEXEC);
    if (*fd < 0 || copy_bytes(in, *fd, &stage.bytes) || own(&stage, *fd, 0500))
        goto failed;
    close(in);
    /* a file that is open for writing cannot be run: swap for a descriptor that only reads */
    char again[32];
    snprintf(again, sizeof(again), "/proc/self/fd/%d", *fd);
    in = open(again, O_RDONLY | O_CLOEXEC);
    close(*fd);
    *fd = in;
    if (in >= 0)
        return ST_OK;
failed:
    fail(&stage, path);
    if (in >= 0)
        close(in);
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    return ST_INPUT;
}
