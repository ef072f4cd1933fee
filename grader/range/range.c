#include "grader/range/range.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/installed.h"
#include "grader/range/keeper.h"
#include "grader/range/sandbox.h"
#include "grader/range/stage.h"
#include "grader/range/state.h"

#define INIT_NAME "wiregrade-init"
#define END_MS 3000 /* for a range whose joined programs are not reaped by who started them */

static enum status open_init(int *fd, struct err *err)
{
    char *path = installed_program(INIT_NAME);

    if (!path)
        return err_set(err, ST_ENV,
                       "range: " INIT_NAME
                       " is missing, or /proc is; mend: build or install it beside this program");
    enum status st = stage_executable(path, geteuid() ? geteuid() : RANGE_ROOT_UID, fd, err);
    free(path);
    return st;
}

static struct range *new_range(struct err *err)
{
    struct range *range = calloc(1, sizeof(*range));

    if (!range) {
        err_memory(err);
        return NULL;
    }
    memset(range->ns, -1, sizeof(range->ns));
    range->dir.lock = range->keeper_fd = range->init_fd = -1;
    if (!sandbox_program()) {
        err_set(err, ST_ENV, "range: bubblewrap is missing; mend: sudo apt-get install bubblewrap");
        free(range);
        return NULL;
    }
    if (open_init(&range->init_fd, err) != ST_OK) {
        free(range);
        return NULL;
    }
    return range;
}

static void join_address(const struct rundir *dir, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof(address->sun_path), "%s/" RUNDIR_SOCKET, dir->path);
}

static enum status listen_for_joins(const struct rundir *dir, int *out, struct err *err)
{
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    join_address(dir, &address);
    *out = fd;
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || chmod(address.sun_path, 0600) ||
        listen(fd, 8))
        return err_set(err, ST_ENV, "%s: %s", address.sun_path, strerror(errno));
    return ST_OK;
}

/* A place for what the keeper mounts, who may make nothing in root's folder. */
static enum status make_sockets(const struct rundir *dir, struct err *err)
{
    char path[sizeof(dir->path) + sizeof("/" RANGE_SOCKETS_HERE)];

    snprintf(path, sizeof(path), "%s/" RANGE_SOCKETS_HERE, dir->path);
    if (mkdir(path, 0700) || (geteuid() == 0 && chown(path, RANGE_ROOT_UID, RANGE_ROOT_UID)))
        return err_set(err, ST_ENV, "%s: %s", path, strerror(errno));
    return ST_OK;
}

enum status range_open(const struct range_options *options, struct range **out, struct err *err)
{
    int join_socket = -1;

    *out = NULL;
    if (options->hops > 1 || options->neighbours > 200)
        return err_set(err, ST_USAGE, "range: hops is 0 or 1, neighbours at most 200");
    struct range *range = new_range(err);
    if (!range)
        return ST_ENV;
    range->hops = options->hops;
    enum status st = rundir_make(&range->dir, RANGE_ROOT_UID, err);
    if (st == ST_OK)
        st = make_sockets(&range->dir, err);
    if (st == ST_OK && options->joinable)
        st = listen_for_joins(&range->dir, &join_socket, err);
    if (st == ST_OK)
        st = keeper_start(range, options, join_socket, err);
    if (join_socket >= 0)
        close(join_socket);
    if (st == ST_OK)
        *out = range;
    else
        range_close(range);
    return st;
}

enum status range_join(const char *name, struct range **out, struct err *err)
{
    struct sockaddr_un address;

    *out = NULL;
    struct range *range = new_range(err);
    if (!range)
        return ST_ENV;
    enum status st = rundir_find(&range->dir, name, err);
    if (st == ST_OK) {
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        join_address(&range->dir, &address);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
            st = err_set(err, ST_ENV, "%s: %s", address.sun_path, strerror(errno));
        else
            st = keeper_receive(fd, range->ns, err);
        if (fd >= 0)
            close(fd);
    }
    if (st == ST_OK)
        *out = range;
    else
        range_close(range);
    return st;
}

/* Waits for the keeper, after whom nothing of the range runs; not for ever, because a stopped process that
 * joined holds it up as long as it does not reap its own. */
static void end_keeper(pid_t keeper)
{
    int64_t until = clock_ms() + END_MS;
    struct timespec pause = {0, 200000};

    kill(keeper, SIGKILL);
    for (;;) {
        pid_t pid = waitpid(keeper, NULL, WNOHANG);
        if (pid == keeper || (pid < 0 && errno != EINTR) || clock_ms() > until)
            return;
        nanosleep(&pause, NULL);
    }
}

void range_close(struct range *range)
{
    if (!range)
        return;
    while (range->programs)
        program_close(range->programs);
    if (range->keeper)
        end_keeper(range->keeper);
    for (size_t i = 0; i < NS_COUNT; i++)
        if (range->ns[i] >= 0)
            close(range->ns[i]);
    if (range->keeper_fd >= 0)
        close(range->keeper_fd);
    if (range->init_fd >= 0)
        close(range->init_fd);
    rundir_remove(&range->dir);
    free(range);
}

void range_sweep(void)
{
    rundir_sweep();
}

const char *range_name(const struct range *range)
{
    return range->dir.name;
}

enum status range_file(struct range *range, const char *name, char **path, struct err *err)
{
    *path = NULL;
    if (!name[0] || name[0] == '.' || strchr(name, '/'))
        return err_set(err, ST_INPUT, "%s: not the name of a file in the range", name);
    if (asprintf(path, "%s/%s", range->dir.path, name) < 0) {
        *path = NULL;
        return err_memory(err);
    }
    int fd = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && (geteuid() != 0 || !fchown(fd, RANGE_ROOT_UID, RANGE_ROOT_UID))) {
        close(fd);
        return ST_OK;
    }
    enum status st = err_set(err, errno == EEXIST ? ST_INPUT : ST_ENV, "%s: %s", *path, strerror(errno));
    if (fd >= 0)
        close(fd);
    free(*path);
    *path = NULL;
    return st;
}
