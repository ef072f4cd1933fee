/* For LD_PRELOAD: CLOCK_REALTIME runs ahead (or behind) by the microseconds that stand as an int64_t in the
 * file $WIREGRADE_TEST_CLOCK, which a test may change at any moment. The monotonic clock is left alone, as it
 * is when an administrator sets the time. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shift;

__attribute__((constructor)) static void load(void)
{
    const char *path = getenv("WIREGRADE_TEST_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *map = fd >= 0 ? mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

    if (map == MAP_FAILED)
        abort(); /* a test of jumps without jumps would prove nothing */
    shift = map;
    close(fd);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int result = (int)syscall(SYS_clock_gettime, clock, out);

    if (result == 0 && clock == CLOCK_REALTIME && shift) {
        int64_t us = *shift + out->tv_nsec / 1000;
        out->tv_sec += us / 1000000 - (us % 1000000 < 0);
        out->tv_nsec = (us % 1000000 + 1000000) % 1000000 * 1000 + out->tv_nsec % 1000;
    }
    return result;
}
