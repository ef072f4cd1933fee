#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lockdir.h"

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* With a file two folders below and a link that leads out. */
static void fill(const char *path, const char *outside)
{
    char below[300];

    snprintf(below, sizeof(below), "%s/a", path);
    CU_ASSERT_EQUAL(mkdir(below, 0700), 0);
    snprintf(below, sizeof(below), "%s/a/file", path);
    close(open(below, O_CREAT | O_WRONLY, 0600));
    snprintf(below, sizeof(below), "%s/link", path);
    CU_ASSERT_EQUAL(symlink(outside, below), 0);
}

static void what_the_dead_left_goes_and_what_lives_stays(void)
{
    char parent[] = "/tmp/wiregrade-lockdir-XXXXXX", dead[200], living[200], next[200], other[200], kept[250];
    int dead_lock, living_lock, next_lock;
    struct err err;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(parent));
    snprintf(other, sizeof(other), "%s/other", parent);
    CU_ASSERT_EQUAL(mkdir(other, 0700), 0);
    snprintf(kept, sizeof(kept), "%s/kept", other);
    close(open(kept, O_CREAT | O_WRONLY, 0600));
    CU_ASSERT_EQUAL_FATAL(lockdir_make(dead, sizeof(dead), parent, "run-", &dead_lock, &err), ST_OK);
    CU_ASSERT_EQUAL_FATAL(lockdir_make(living, sizeof(living), parent, "run-", &living_lock, &err), ST_OK);
    CU_ASSERT_TRUE(is_there(dead));
    fill(dead, other);
    fill(living, other);
    close(dead_lock);
    CU_ASSERT_EQUAL(lockdir_make(next, sizeof(next), parent, "run-", &next_lock, &err), ST_OK);
    CU_ASSERT_FALSE(is_there(dead));
    CU_ASSERT_TRUE(is_there(living));
    CU_ASSERT_TRUE(is_there(kept));
    lockdir_remove(living, &living_lock);
    lockdir_remove(living, &living_lock);
    CU_ASSERT_EQUAL(living_lock, -1);
    CU_ASSERT_FALSE(is_there(living));
    lockdir_remove(next, &next_lock);
    lockdir_wipe(parent);
    CU_ASSERT_FALSE(is_there(parent));
}

static void a_place_that_cannot_be_is_named(void)
{
    char path[64];
    int lock = 0;
    struct err err;

    CU_ASSERT_EQUAL(lockdir_make(path, sizeof(path), "/nonexistent", "run-", &lock, &err), ST_ENV);
    CU_ASSERT_EQUAL(lock, -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nonexistent"));
    CU_ASSERT_EQUAL(lockdir_make(path, 12, "/nonexistent", "run-", &lock, &err), ST_ENV);
}

/* Many begin at once, each sweeping while the others are between making and locking. */
static void make_at_once(mode_t mode)
{
    char parent[] = "/tmp/wiregrade-lockdir-XXXXXX", lock_file[200];
    int status, failed = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(parent));
    CU_ASSERT_EQUAL(chmod(parent, mode), 0);
    for (int i = 0; i < 8; i++) {
        pid_t pid = fork();
        CU_ASSERT_TRUE_FATAL(pid >= 0);
        if (pid)
            continue;
        bool good = true;
        for (int n = 0; n < 200; n++) {
            char path[200], file[250];
            int lock;
            struct err err;
            good = good && lockdir_make(path, sizeof(path), parent, "run-", &lock, &err) == ST_OK;
            snprintf(file, sizeof(file), "%s/file", path);
            int fd = open(file, O_CREAT | O_WRONLY, 0600);
            lockdir_sweep(parent, "run-");
            good = good && fd >= 0 && is_there(file);
            close(fd);
            lockdir_remove(path, &lock);
        }
        _exit(!good);
    }
    while (wait(&status) > 0)
        failed += status != 0;
    CU_ASSERT_EQUAL(failed, 0);
    snprintf(lock_file, sizeof(lock_file), "%s/lock", parent);
    unlink(lock_file);
    CU_ASSERT_EQUAL(rmdir(parent), 0);
}

static void nobody_sweeps_what_another_is_making(void)
{
    make_at_once(0700);
    make_at_once(0777);
}

static const char *swap_with; /* a name beside it that takes the place of "swapped" */

int __real_unlinkat(int folder, const char *name, int flags);
int __wrap_unlinkat(int folder, const char *name, int flags);

/* As another process would do between two calls, but always. */
int __wrap_unlinkat(int folder, const char *name, int flags)
{
    int failed = __real_unlinkat(folder, name, flags), why = errno;

    if (failed && swap_with && strcmp(name, "swapped") == 0) {
        CU_ASSERT_EQUAL(renameat2(folder, name, folder, swap_with, RENAME_EXCHANGE), 0);
        swap_with = NULL;
    }
    errno = why;
    return failed;
}

static void a_folder_exchanged_for_a_link_leads_nowhere(void)
{
    char parent[] = "/tmp/wiregrade-lockdir-XXXXXX", victim[200], path[300];

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(parent));
    snprintf(victim, sizeof(victim), "%s/victim", parent);
    snprintf(path, sizeof(path), "%s/run", parent);
    CU_ASSERT_EQUAL(mkdir(victim, 0700) || mkdir(path, 0700), 0);
    fill(path, victim);
    snprintf(path, sizeof(path), "%s/kept", victim);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    snprintf(path, sizeof(path), "%s/run/swapped", parent);
    CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
    /* beside the folder: within it, it would be wiped first where the file system lists it first */
    snprintf(path, sizeof(path), "%s/other", parent);
    CU_ASSERT_EQUAL(symlink(victim, path), 0);
    swap_with = "../other";
    snprintf(path, sizeof(path), "%s/run", parent);
    lockdir_wipe(path);
    CU_ASSERT_PTR_NULL(swap_with);
    snprintf(path, sizeof(path), "%s/kept", victim);
    CU_ASSERT_TRUE(is_there(path));
    lockdir_wipe(parent);
    CU_ASSERT_FALSE(is_there(parent));
}

static const struct unit_case cases[] = {
    {"a_folder_exchanged_for_a_link_leads_nowhere", a_folder_exchanged_for_a_link_leads_nowhere},
    {"what_the_dead_left_goes_and_what_lives_stays", what_the_dead_left_goes_and_what_lives_stays},
    {"a_place_that_cannot_be_is_named", a_place_that_cannot_be_is_named},
    {"nobody_sweeps_what_another_is_making", nobody_sweeps_what_another_is_making},
};
extern const struct unit_group lockdir_cases;
UNIT_GROUP(lockdir_cases, cases);
