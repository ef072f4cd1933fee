#include "base/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

int notify_open(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};

    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof(to.sun_path))
        return -1;
    memcpy(to.sun_path, path, strlen(path));
    if (path[0] == '@')
        to.sun_path[0] = '\0'; /* an abstract name */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, size)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

void notify_send(int fd, const char *fmt, ...)
{
    char text[512];
    va_list args;

    if (fd < 0)
        return;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (n < 0)
        return;
    size_t len = (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    ssize_t ignored = send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)ignored;
}

uint64_t notify_watchdog_ms(void)
{
    const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    uint64_t us = 0, whose = 0;

    if (!usec || parse_u64(usec, INT64_MAX, &us) != PARSE_OK)
        return 0;
    if (pid && (parse_u64(pid, INT32_MAX, &whose) != PARSE_OK || (pid_t)whose != getpid()))
        return 0;
    return us / 2000;
}
