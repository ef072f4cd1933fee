/* turn.h - one at a time, in the order of coming: a lock between processes, and between threads of one. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* A file beside what is guarded; one line of waiters for each number of it. */
struct turn {
    int fd; /* of this holder alone: another thread opens the file anew */
    char path[4096];
};

/* Opens PATH.lock, creating it with mode 0600. False with errno set; turn_close either way. */
bool turn_open(struct turn *turn, const char *path);

/* Closing gives back all that is held; so does the end of the process, however it ends. */
void turn_close(struct turn *turn);

/* Waits for line (0 to 7) up to wait_ms, or until *stop (may be NULL) becomes true. Who comes while another
 * waits stands behind him, even when he had it last. False with errno EAGAIN when it was not had, and with
 * another when the file system says no. Not recursive. */
bool turn_take(struct turn *turn, unsigned line, int64_t wait_ms, const atomic_int *stop);
void turn_give(struct turn *turn, unsigned line);

/* The process that has line, or had it last, 0 when nobody ever had. */
int64_t turn_holder(const struct turn *turn, unsigned line);
