/* Each case drops in a child of its own: there is no way back. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "targets/jail/drop.h"
#include "targets/jail/filter.h"
#include "targets/state/journal.h"

#if defined(__SANITIZE_ADDRESS__)
#define FILTERED 0
#else
#define FILTERED 1
#endif

static int folder_fd = -1;
static int status_fd; /* the child's own /proc/self/status: opened before, read after */

/* Drops as the targets do (as root to the user nobody), then runs the body; its result is the exit status. */
static int in_child(int (*body)(void))
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        struct drop_user user;
        struct err err;
        status_fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
        if (drop_user_find(&user, geteuid() == 0 ? "nobody" : NULL, &err) != ST_OK)
            _exit(98);
        user.folder = folder_fd;
        if (drop_privileges(&user, &err) != ST_OK)
            _exit(99);
        _exit(body());
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

static int forbidden_calls(void)
{
    int wrong = 0;

    wrong += !(syscall(SYS_execve, "/bin/true", NULL, NULL) < 0 && errno == ENOSYS);
    wrong += !(syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY) < 0 && errno == ENOSYS);
    wrong += !(syscall(SYS_ptrace, 0, 0, 0, 0) < 0 && errno == ENOSYS);
    wrong += !(syscall(SYS_socket, AF_INET, SOCK_RAW, 1) < 0 && errno == ENOSYS);
    wrong += !(syscall(SYS_socket, AF_INET6, SOCK_RAW, 58) < 0 && errno == ENOSYS);
    wrong += !(syscall(SYS_socket, AF_INET6, SOCK_DGRAM, 0) >= 0);
    wrong += !(syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0) >= 0); /* a dialled datagram */
    wrong += !(syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0) < 0 && errno == ENOSYS);
    wrong += mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
    return wrong * 10 + !(filter_refused() == 7);
}

static void calls_off_the_list_are_refused_and_counted(void)
{
    if (FILTERED)
        CU_ASSERT_EQUAL(in_child(forbidden_calls), 0);
}

/* Of a process that has not dropped anything yet: what a loop made now would set up. */
static void no_ring_can_be_set_up_for_the_first_loop(void)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        char parameters[256] = {0}; /* a struct io_uring_params is smaller */
        bool refused =
            filter_no_ring() == 0 && syscall(SYS_io_uring_setup, 8, parameters) < 0 && errno == ENOSYS;
        /* all else goes on as before */
        _exit(refused && open("/dev/null", O_RDONLY) >= 0 ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    if (FILTERED)
        CU_ASSERT_EQUAL(status, 0);
}

/* In the journal's folder and nowhere else, for appending and nothing else. */
static int journals_calls(void)
{
    int wrong = 0;

    int fd = openat(folder_fd, "journal", JOURNAL_FLAGS, 0640);
    wrong += fd < 0 || close(fd) < 0;
    wrong += !(openat(folder_fd, "journal", O_RDONLY) < 0 && errno == ENOSYS);
    wrong += !(openat(folder_fd, "../wg-drop-elsewhere", JOURNAL_FLAGS, 0640) < 0 && errno == EACCES);
    wrong += !(openat(AT_FDCWD, "/tmp/wg-drop-elsewhere", JOURNAL_FLAGS, 0640) < 0 && errno == EACCES);
    wrong += !(openat(AT_FDCWD, "/dev/null", JOURNAL_FLAGS, 0640) < 0 && errno == EACCES);
    return wrong;
}

static void the_journals_folder_alone_can_be_written_to(void)
{
    char dir[] = "/tmp/wg-drop-XXXXXX";

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    CU_ASSERT_EQUAL(chmod(dir, 0777), 0); /* nobody's too */
    folder_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (FILTERED)
        CU_ASSERT_EQUAL(in_child(journals_calls), 0);
    unlinkat(folder_fd, "journal", 0);
    close(folder_fd);
    folder_fd = -1;
    rmdir(dir);
}

static int needed_calls(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    return fd < 0 || close(fd) < 0 || filter_refused() != 0;
}

static void calls_on_the_list_work(void)
{
    CU_ASSERT_EQUAL(in_child(needed_calls), 0);
}

static int dropped_at(const char *line)
{
    char text[4096];
    ssize_t n = read(status_fd, text, sizeof(text) - 1);

    text[n > 0 ? n : 0] = '\0';
    return strstr(text, line) == NULL;
}

static int has_no_capability(void)
{
    return dropped_at("CapEff:\t0000000000000000");
}

static int has_no_new_privileges(void)
{
    return dropped_at("NoNewPrivs:\t1");
}

static void no_capability_is_left(void)
{
    CU_ASSERT_EQUAL(in_child(has_no_capability), 0);
}

static void no_new_privileges_is_set(void)
{
    CU_ASSERT_EQUAL(in_child(has_no_new_privileges), 0);
}

static void root_must_name_another_user(void)
{
    static const struct {
        const char *name;
        enum status as_root, as_user;
    } rows[] = {
        {NULL, ST_USAGE, ST_OK},
        {"root", ST_USAGE, ST_USAGE},
        {"nobody", ST_OK, ST_USAGE},
        {"no-such-user-here", ST_INPUT, ST_INPUT},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct drop_user user;
        struct err err = {0};
        enum status st = drop_user_find(&user, rows[i].name, &err);
        CU_ASSERT_EQUAL(st, geteuid() == 0 ? rows[i].as_root : rows[i].as_user);
        CU_ASSERT_EQUAL(st != ST_OK, err.text[0] != '\0');
    }
}

static const struct unit_case CASES[] = {
    {"the_journals_folder_alone_can_be_written_to", the_journals_folder_alone_can_be_written_to},
    {"calls_off_the_list_are_refused_and_counted", calls_off_the_list_are_refused_and_counted},
    {"no_ring_can_be_set_up_for_the_first_loop", no_ring_can_be_set_up_for_the_first_loop},
    {"calls_on_the_list_work", calls_on_the_list_work},
    {"no_capability_is_left", no_capability_is_left},
    {"no_new_privileges_is_set", no_new_privileges_is_set},
    {"root_must_name_another_user", root_must_name_another_user},
};
UNIT_GROUP(drop_cases, CASES);
