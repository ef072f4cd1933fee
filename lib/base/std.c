#include "base/std.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

const char std_version[] = "wiregrade " WIREGRADE_VERSION;

/* Runs before the C library's own flush, whose failure nobody would hear of. */
static void finish(int status, void *unused)
{
    int failed = fflush(stdout) != 0 || ferror(stdout);
    (void)unused;

    if (!failed || (status != ST_OK && status != ST_NO))
        return;
    log_line("the result could not be written to standard output: is the disk full, or its reader gone?");
    _exit(ST_ENV);
}

/* open() takes the lowest free number, which is fd: those below it are open. */
static void fill(int fd, const char *path, int flags)
{
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF || open(path, flags) == fd)
        return;
    log_line("descriptor %d is closed, and %s cannot be opened in its place", fd, path);
    _exit(ST_ENV);
}

void std_open(const char *name)
{
    log_open(name);
    fill(STDIN_FILENO, "/dev/null", O_RDONLY);
    fill(STDOUT_FILENO, "/dev/full", O_WRONLY);
    fill(STDERR_FILENO, "/dev/null", O_WRONLY);
    if (on_exit(finish, NULL))
        _exit(ST_ENV);
}
