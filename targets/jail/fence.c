/* The filter of system calls sees numbers, not paths: so it can let openat through only where the kernel
 * itself keeps to one folder. By system call, since the C library has no functions for Landlock. */
#include "targets/jail/fence.h"

#include <errno.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Every right over files that a version of Landlock knows; the bits are numbered without gaps. */
static uint64_t rights_of(long version)
{
    const unsigned first = 13; /* EXECUTE to MAKE_SYM; then REFER, then TRUNCATE */

    return (1ULL << (version >= 3 ? first + 2 : version == 2 ? first + 1 : first)) - 1;
}

/* 1, 0 when Landlock is not to be had, -1 with errno. handled: what is forbidden but beneath folder, or
 * everywhere without one. */
static int fence(uint64_t handled, int folder)
{
    const struct landlock_ruleset_attr all = {.handled_access_fs = handled};
    const struct landlock_path_beneath_attr beneath = {
        .parent_fd = folder, .allowed_access = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all.handled_access_fs), 0);
    if (rules < 0)
        return -1;
    int bad = folder >= 0 && syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    bad = bad || syscall(SYS_landlock_restrict_self, rules, 0);
    int saved = errno;
    close(rules);
    errno = saved;
    return bad ? -1 : 1;
}

static long version_here(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

int fence_files(int folder)
{
    long version = version_here();

    /* not built in, not switched on, or kept from a container (EPERM) */
    return version < 1 ? 0 : fence(rights_of(version), folder);
}

int fence_writes(void)
{
    const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    long version = version_here();

    return version < 1 ? 0 : fence(rights_of(version) & ~reading, -1);
}
