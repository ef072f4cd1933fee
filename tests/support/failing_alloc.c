/* Loaded before a program (LD_PRELOAD): lets the WIREGRADE_FAIL_AT-th allocation after its start fail, once.
 * WIREGRADE_FAIL_LOG is a file that gets one line at the end: how many allocations there were, or in which
 * object the program crashed: "crash libfyaml.so.0". glibc's own names of its functions are called, so that
 * nothing has to be looked up, which allocates itself. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRAMES = 32 };

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static atomic_long allocations, fail_at;
static atomic_bool started;

static void tell(const char *word, const char *text)
{
    const char *path = getenv("WIREGRADE_FAIL_LOG");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

    if (fd < 0)
        return;
    dprintf(fd, "%s %s\n", word, text);
    close(fd);
}

/* The innermost object on the stack that is neither this one nor glibc, whose functions were given what they
 * crash on. */
static void on_crash(int signal)
{
    void *frames[FRAMES];
    Dl_info self, info;
    int n = backtrace(frames, FRAMES);

    dladdr((void *)tell, &self);
    for (int i = 0; i < n; i++)
        if (dladdr(frames[i], &info) && strcmp(info.dli_fname, self.dli_fname) != 0 &&
            !strstr(info.dli_fname, "/libc.so")) {
            const char *slash = strrchr(info.dli_fname, '/');
            tell("crash", slash ? slash + 1 : info.dli_fname);
            break;
        }
    raise(signal); /* once more, with the default action */
}

__attribute__((constructor)) static void start(void)
{
    const struct sigaction crash = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
    const char *at = getenv("WIREGRADE_FAIL_AT");
    void *frame;

    backtrace(&frame, 1); /* loads what it needs */
    sigaction(SIGSEGV, &crash, NULL);
    sigaction(SIGABRT, &crash, NULL);
    for (; at && *at >= '0' && *at <= '9'; at++)
        fail_at = fail_at * 10 + (*at - '0');
    started = true;
}

__attribute__((destructor)) static void end(void)
{
    char number[32];

    snprintf(number, sizeof(number), "%ld", atomic_load(&allocations));
    tell("allocations", number);
}

static bool fails(void)
{
    if (!started || ++allocations != fail_at)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}
