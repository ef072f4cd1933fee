/* What counts, and where it is told:
 * - private pages, swapped ones and page tables: /proc/PID/status. Pages of files do not: they can be had
 * again, or belong to a tmpfs, or (shared anonymous) cannot be made (deny.c). A process whose first thread
 * has ended shows nothing under its own number, and all of it under any other thread's;
 * - a mapping: some 500 bytes of the kernel's, whatever its size. They are counted in /proc/PID/maps, and
 * before that taken to be one for each page of the address space, which RLIMIT_AS bounds;
 * - a descriptor: with what epoll keeps for it, and its half of a pipe beyond the user's own ceiling of 64
 * MiB (pipe-user-pages-soft);
 * - tmpfs: what is in them, deleted files that are still open included, and what a name takes;
 * - sockets: what their buffers and options may hold, not what they do: that is told for some families alone.
 * Those that are on their way in another socket, or closed with data under way, are in this number and in no
 * process's table. */
#include "grader/range/usage.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/str.h"
#include "grader/range/proc.h"
#include "grader/range/ring.h"

#define KIB 1024ULL
#define MAPPING_BYTES 512ULL
#define MAPPING_MIN 4096ULL
#define DESCRIPTOR_BYTES (16 * KIB)
#define OPTION_BYTES (128 * KIB)
#define NAME_BYTES 1536ULL /* a tmpfs inode, its directory entry, a long name */

/* A process or thread of the program: 1 is our own. */
static bool is_number(const char *name)
{
    return name[0] >= '1' && name[0] <= '9' && strlen(name) <= 10 && strcmp(name, "1") != 0;
}

/* status of a thread that has memory, instead of the first one's, which has ended. */
static void look_at_threads(const char *pid, char *text, size_t size)
{
    char path[64];
    struct dirent *entry;

    snprintf(path, sizeof(path), "/proc/%.10s/task", pid);
    DIR *all = opendir(path);
    while (all && (entry = readdir(all)) && !strstr(text, "\nRssAnon:")) {
        if (!is_number(entry->d_name))
            continue;
        snprintf(path, sizeof(path), "/proc/%.10s/task/%.10s/status", pid, entry->d_name);
        proc_read(path, text, size);
    }
    if (all)
        closedir(all);
}

static uint64_t lines(const char *path)
{
    static char block[65536];
    uint64_t n = 0;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    while (fd >= 0 && (got = read(fd, block, sizeof(block))) > 0)
        for (const char *at = block; (at = memchr(at, '\n', (size_t)(block + got - at))); at++)
            n++;
    if (fd >= 0)
        close(fd);
    return n;
}

/* What status says of all processes. */
struct told {
    uint64_t sure;     /* page tables and descriptors */
    uint64_t pages;    /* private ones; too much where processes share them after a fork */
    uint64_t mappings; /* as many as there can be */
};

static struct told told(DIR *proc)
{
    struct told sum = {0};
    struct dirent *entry;
    char text[4096];
    char path[64];

    rewinddir(proc);
    while ((entry = readdir(proc))) {
        snprintf(path, sizeof(path), "/proc/%.10s/status", entry->d_name);
        if (!is_number(entry->d_name) || !proc_read(path, text, sizeof(text)))
            continue;
        if (!strstr(text, "\nRssAnon:") && proc_number(text, "\nThreads:") > 1)
            look_at_threads(entry->d_name, text, sizeof(text));
        sum.sure += proc_number(text, "\nVmPTE:") * KIB + proc_number(text, "\nFDSize:") * DESCRIPTOR_BYTES;
        sum.pages += (proc_number(text, "\nRssAnon:") + proc_number(text, "\nVmSwap:")) * KIB;
        sum.mappings += proc_number(text, "\nVmSize:") * KIB / MAPPING_MIN * MAPPING_BYTES;
    }
    return sum;
}

/* Private pages of one process, its share of those that it has together with others. A process may forbid it
 * to be read, and then counts with all that status tells. */
static uint64_t shares(const char *pid)
{
    char text[4096];
    char path[64];

    snprintf(path, sizeof(path), "/proc/%.10s/smaps_rollup", pid);
    if (proc_read(path, text, sizeof(text)))
        return (proc_number(text, "\nPss_Anon:") + proc_number(text, "\nSwapPss:")) * KIB;
    snprintf(path, sizeof(path), "/proc/%.10s/status", pid);
    if (proc_read(path, text, sizeof(text)) && !strstr(text, "\nRssAnon:"))
        look_at_threads(pid, text, sizeof(text));
    return (proc_number(text, "\nRssAnon:") + proc_number(text, "\nVmSwap:")) * KIB;
}

static uint64_t mappings(const char *pid)
{
    char text[4096];
    char path[64];

    snprintf(path, sizeof(path), "/proc/%.10s/maps", pid);
    uint64_t counted = lines(path);
    if (counted)
        return counted * MAPPING_BYTES;
    snprintf(path, sizeof(path), "/proc/%.10s/status", pid);
    if (proc_read(path, text, sizeof(text)) && !strstr(text, "\nVmSize:"))
        look_at_threads(pid, text, sizeof(text));
    return proc_number(text, "\nVmSize:") * KIB / MAPPING_MIN * MAPPING_BYTES;
}

/* sum and this part of each process; not further than to the ceiling, for these take their time. */
static uint64_t add(uint64_t sum, DIR *proc, uint64_t (*part)(const char *pid), uint64_t ceiling)
{
    struct dirent *entry;

    rewinddir(proc);
    while (sum <= ceiling && (entry = readdir(proc)))
        if (is_number(entry->d_name))
            sum += part(entry->d_name);
    return sum;
}

static uint64_t tmpfs_bytes(const char *path)
{
    struct statvfs fs;

    return statvfs(path, &fs)
               ? 0
               : (fs.f_blocks - fs.f_bfree) * fs.f_frsize + (fs.f_files - fs.f_ffree) * NAME_BYTES;
}

static uint64_t socket_bytes(const struct usage *usage)
{
    char text[256];

    proc_read("/proc/self/net/sockstat", text, sizeof(text));
    uint64_t sum = proc_number(text, "sockets: used") * (usage->socket_bytes + OPTION_BYTES);
    uint64_t packet = usage->rings ? lines("/proc/self/net/packet") : 0;
    return packet > 1 ? sum + (packet - 1) * RING_BYTES : sum;
}

static void yield_process(const char *pid, const cpu_set_t *cpu)
{
    static const struct sched_param none = {0};
    char path[64];
    struct dirent *entry;

    snprintf(path, sizeof(path), "/proc/%.10s/task", pid);
    DIR *all = opendir(path);
    while (all && (entry = readdir(all))) {
        uint64_t thread;
        if (parse_u64(entry->d_name, INT32_MAX, &thread) != PARSE_OK)
            continue;
        sched_setaffinity((pid_t)thread, sizeof(*cpu), cpu);
        sched_setscheduler((pid_t)thread, SCHED_IDLE, &none);
    }
    if (all)
        closedir(all);
}

/* Stopping them would do, but a shell sees that. */
static void yield(struct usage *usage)
{
    struct dirent *entry;
    cpu_set_t cpu;

    CPU_ZERO(&cpu);
    CPU_SET((size_t)sched_getcpu(), &cpu);
    sched_setaffinity(0, sizeof(cpu), &cpu);
    rewinddir(usage->proc);
    while ((entry = readdir(usage->proc)))
        if (is_number(entry->d_name))
            yield_process(entry->d_name, &cpu);
    usage->yielding = true;
}

uint64_t usage_bytes(struct usage *usage, uint64_t ceiling)
{
    const struct told all = told(usage->proc);
    uint64_t sum = tmpfs_bytes("/tmp") + tmpfs_bytes("/dev/shm") + socket_bytes(usage) + all.sure;

    if (sum > ceiling || sum + all.pages + all.mappings <= ceiling)
        return sum + all.pages + all.mappings;
    yield(usage);
    sum = add(sum, usage->proc, shares, ceiling);
    if (sum > ceiling || sum + all.mappings <= ceiling)
        return sum + all.mappings;
    return add(sum, usage->proc, mappings, ceiling);
}
