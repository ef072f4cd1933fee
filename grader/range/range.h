/* range.h - the private network in which one student and the targets meet. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* Where programs run. */
enum range_side { RANGE_STUDENT, RANGE_TARGET };

#define RANGE_SIDES 2

/* The practice class's addresses, the same in every range. */
#define RANGE_STUDENT_ADDRESS "10.10.0.40"
#define RANGE_STUDENT_NET "10.10.0.0/24"
#define RANGE_TARGET_ADDRESS "172.16.1.15"
/* the same machines, where the kernel has IPv6 */
#define RANGE_STUDENT_ADDRESS6 "fd00:10:10::40"
#define RANGE_STUDENT_NET6 "fd00:10:10::/64"
#define RANGE_TARGET_ADDRESS6 "fd00:172:16:1::15"

/* A folder that both sides see: the student's may use the sockets in it and make none, but in `reply`. */
#define RANGE_SOCKETS "/run/wiregrade"

/* All zero is a good default. */
struct range_options {
    unsigned hops;       /* routers between student and target: 0 or 1 */
    unsigned neighbours; /* more addresses on the student's interface, from 10.10.0.41 on; at most 200 */
    bool joinable;       /* `wiregrade range --join` may enter it */
};

/* One running range. Ranges know nothing of each other; a process may have any number. */
struct range;

/* Makes the network and returns it in *out, to range_close(). No program runs in it yet. As root everything
 * inside belongs to user 65534. The range dies with the thread that opened it. Open it before secrets are
 * read: for some milliseconds a copy of this process is open to ptrace by the range's user.
 * Returns ST_OK; ST_ENV, with the mend, when the machine does not allow it. */
enum status range_open(const struct range_options *options, struct range **out, struct err *err);

/* Enters a running range of this user: the one with this name, or the only one when name is NULL. Programs
 * can then be started in it as in one's own; range_close() ends these and leaves the range running.
 * Returns ST_OK; ST_INPUT when there is none, or several and no name. */
enum status range_join(const char *name, struct range **out, struct err *err);

/* Ends every program in it and frees all, its run directory included; NULL is allowed. */
void range_close(struct range *range);

/* Removes the run directories of this user's ranges that died without range_close(), as the next range_open()
 * would. */
void range_sweep(void);

/* The word for `--join`; borrowed until range_close(). */
const char *range_name(const struct range *range);

/* Creates an empty file in the range's run directory that programs in the range may write once it is shown
 * to them with .write; this process may read it all the while. *path is to free(). It vanishes with the
 * range. name has no slash. Returns ST_OK, ST_INPUT for a bad or taken name, ST_ENV. */
enum status range_file(struct range *range, const char *name, char **path, struct err *err);

/* Kills every program that was started on this side through this handle, with all their children. Their
 * handles stay valid, for program_wait() and program_close(). */
void range_kill(struct range *range, enum range_side side);
