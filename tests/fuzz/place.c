/* Where fuzz targets that need files have them, and the class that packets are judged in. */
#include "fuzz.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char dir[64];

static int forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void forget_all(void)
{
    nftw(dir, forget, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_dir(void)
{
    if (dir[0])
        return dir;
    snprintf(dir, sizeof(dir), "%s/wiregrade-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(dir))
        fuzz_fail("no folder for files");
    atexit(forget_all);
    return dir;
}

void fuzz_put(const char *name, const void *bytes, size_t size)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), name);
    for (char *slash = path + strlen(dir) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write_all(fd, bytes, size))
        fuzz_fail(path);
    close(fd);
}

void fuzz_class_open(struct fuzz_class *out, const char *course)
{
    static const char key[] = "wiregrade-key 1\n"
                              "course 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n",
                      roster[] = "handle,name,email,address\nsmith,S,s@example.edu,10.10.0.40\n"
                                 "jones,J,j@example.edu,10.10.0.41\n";
    struct problems problems = {0};
    struct err err = {.text = ""};

    fuzz_put("key", key, strlen(key));
    fuzz_put("roster.csv", roster, strlen(roster));
    char *key_file = path_join(fuzz_dir(), "key"), *roster_file = path_join(fuzz_dir(), "roster.csv");
    *out = (struct fuzz_class){.ring = NULL};
    if (!class_practice(&out->class, course) || !course_load(&out->course, course, &problems) ||
        !roster_load(&out->roster, roster_file, &problems) ||
        keyring_load(&out->ring, key_file, &err) != ST_OK)
        fuzz_fail(err.text);
    out->book = rulebook_compile(&out->course, &out->class, &out->roster, out->ring, NULL, 0, &problems);
    problems_print(&problems, stderr);
    if (!out->book)
        fuzz_fail("the course does not compile");
    problems_free(&problems);
    free(key_file);
    free(roster_file);
}
