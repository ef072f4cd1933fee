#include "unit.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "targets/jail/clerk.h"

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return good;
}

/* As a container's root, who has been given some capabilities and not this one. */
static bool become_such_a_root(void)
{
    char map[64];

    snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
    if (geteuid() != 0 && (unshare(CLONE_NEWUSER) < 0 || !write_text("/proc/self/uid_map", map)))
        return false;
    return geteuid() == 0 && capng_get_caps_process() == 0 &&
           capng_update(CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_DAC_READ_SEARCH) == 0 &&
           capng_apply(CAPNG_SELECT_CAPS) == 0;
}

static int read_as_such_a_root(const char *path)
{
    const char *const files[CLERK_FILES] = {path, NULL};
    struct buf out[CLERK_FILES];
    struct clerk *clerk = NULL;
    struct err err;

    if (!become_such_a_root())
        return 2;
    for (size_t i = 0; i < CLERK_FILES; i++)
        buf_init(&out[i], 1024);
    bool good = clerk_open(&clerk, files, &err) == ST_OK && clerk_read(clerk, out, &err) == ST_OK &&
                strcmp(buf_text(&out[0]), "as it is now") == 0;
    clerk_close(clerk);
    for (size_t i = 0; i < CLERK_FILES; i++)
        buf_free(&out[i]);
    return good ? 0 : 1;
}

static void a_root_without_all_capabilities_reads_its_files_anew(void)
{
    char path[] = "/tmp/wiregrade-clerk.XXXXXX";
    int fd = mkstemp(path), status = -1;

    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    CU_ASSERT_TRUE(write_text(path, "as it is now"));
    pid_t pid = fork();
    if (pid == 0)
        _exit(read_as_such_a_root(path));
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
    unlink(path);
}

static const struct unit_case cases[] = {
    {"a_root_without_all_capabilities_reads_its_files_anew",
     a_root_without_all_capabilities_reads_its_files_anew},
};
extern const struct unit_group clerk_cases;
UNIT_GROUP(clerk_cases, cases);
