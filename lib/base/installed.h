/* installed.h - where what belongs to our programs is: in the build tree or, once installed, below a prefix.
 */
#pragma once

/* What gives wiregrade-target its rights by hand; the unit has the same as AmbientCapabilities. All three, so
 * that one command mends whatever is missing. */
#define INSTALLED_CAPABILITIES "cap_net_raw,cap_net_admin,cap_net_bind_service+ep"
#define INSTALLED_SETCAP "sudo setcap " INSTALLED_CAPABILITIES " $(command -v wiregrade-target)"

/* The path of an executable of ours: beside this one, or in ../libexec/wiregrade seen from there; to free().
 * NULL when it is in neither, or /proc is not mounted. */
char *installed_program(const char *name);

/* The course to take when none is named: `challenges` here, here itself when this folder is one, or the
 * course in ../share/wiregrade seen from this program. "challenges" when there is none at all, so that the
 * sentence about what is missing names what to make. Lives as long as the process; from one thread only. */
const char *installed_course(void);
