/* program.h - one program on one side of a range, in a sandbox of its own. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ipaddr.h"
#include "grader/range/range.h"

/* What a program sees besides the system: a file or folder of this machine (from), or bytes. */
struct program_show {
    const char *at;    /* absolute path inside */
    const char *from;  /* copied as it is now (at most 64 MiB, 4,096 files); NULL: bytes */
    const char *root;  /* with from: the folder beneath which it lies and is opened (beneath.h), or NULL */
    const void *bytes; /* with from NULL; secrets stay in memory */
    size_t len;
    bool write; /* with from: the file itself, not a copy; made by range_file() */
};

/* An open descriptor of the caller's that the program gets as number `as` (3 to 63). Stays the caller's. */
struct program_fd {
    int fd;
    int as;
};

/* Ceilings of an untrusted program; every one counts, 0 included. */
struct program_limits {
    uint64_t memory_bytes; /* mapped by each process; held by all together, the kernel's for them included */
    uint64_t file_bytes;   /* of one file */
    uint64_t tmp_bytes;    /* of /tmp */
    unsigned cpu_s;        /* of each process */
    unsigned processes;    /* on this side, threads counted */
    unsigned files;        /* open at once */
};

/* What suits a student's script, scapy and nmap included. */
extern const struct program_limits program_student_limits;

/* Borrowed during program_start() alone. */
struct program_spec {
    enum range_side side;
    const char *const *argv; /* ends with NULL; argv[0] is looked up in /usr/…/bin inside */
    const char *exe;         /* an executable of this machine that is not visible inside; NULL: argv[0] */
    const char *const *env;  /* NAME=value, ends with NULL, added to a minimal environment; may be NULL */
    ipaddr source;    /* RANGE_STUDENT: an address of his that what names none is sent from, from now on
                          and for all; 0: as it is */
    int in, out, err; /* -1: /dev/null */
    bool terminal;    /* stays in the terminal's session, for a shell; else a session of its own */
    const struct program_show *shows;
    size_t n_shows;
    const struct program_fd *fds;
    size_t n_fds;
    const struct program_limits *limits; /* NULL: a program of our own, not limited but for /tmp */
};

/* How it ended. */
enum program_end {
    PROGRAM_EXITED,   /* code: exit status */
    PROGRAM_SIGNALED, /* code: signal */
    PROGRAM_MEMORY,   /* killed because all its processes together had more than memory_bytes */
    PROGRAM_KILLED,   /* by range_kill(), or with the range */
};

struct program_result {
    enum program_end end;
    int code;
    uint32_t cpu_ms;     /* user and system, of all that were waited for */
    uint64_t peak_bytes; /* resident, of the largest process */
};

/* "signal 6 (Aborted) ended it", for a sentence; returns out. */
const char *program_end_text(const struct program_result *result, char *out, size_t size);

struct program;

/* Starts it: uid 1000, CAP_NET_RAW alone, its own pid, mount and ipc namespace, working directory and HOME
 * /tmp; with limits also without the system calls of deny.c. Returns when it runs: ST_OK and
 * *out, to program_close(); ST_INPUT when it, or what is to be shown, cannot be found or run; ST_ENV when the
 * sandbox cannot be made. The program dies with the thread that started it. The caller must not reap children
 * that are not his (waitpid(-1)) nor ignore SIGCHLD. */
enum status program_start(struct range *range, const struct program_spec *spec, struct program **out,
                          struct err *err);

/* Readable as soon as program_wait() would not block; for an event loop. */
int program_poll_fd(const struct program *program);

/* Waits up to timeout_ms (0: looks, below 0: for ever). When it returns ST_OK the program and all that it
 * started, double-forked children included, have ended, and *result says how. ST_NO: it is still running. */
enum status program_wait(struct program *program, int timeout_ms, struct program_result *result);

/* Sends a signal to the program's first process. */
void program_signal(struct program *program, int signal);

/* Kills what still runs and frees it; NULL is allowed. */
void program_close(struct program *program);
