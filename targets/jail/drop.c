#include "targets/jail/drop.h"

#include <cap-ng.h>
#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "targets/jail/filter.h"

enum status drop_user_find(struct drop_user *out, const char *name, struct err *err)
{
    const struct passwd *entry = NULL;

    *out = (struct drop_user){geteuid(), getegid(), -1};
    if (!name && out->uid == 0)
        return err_set(err, ST_USAGE,
                       "as root, --user NAME must say which user to become once everything is open");
    if (!name)
        return ST_OK;
    entry = getpwnam(name);
    if (!entry)
        return err_set(err, ST_INPUT, "--user %s: there is no such user", name);
    if (entry->pw_uid == 0)
        return err_set(err, ST_USAGE, "--user %s: that is root; name a user without rights", name);
    if (out->uid != 0 && out->uid != entry->pw_uid)
        return err_set(err, ST_USAGE, "--user %s: only root can become another user", name);
    *out = (struct drop_user){entry->pw_uid, entry->pw_gid, -1};
    return ST_OK;
}

static int become_user(const struct drop_user *user)
{
    if (geteuid() != 0)
        return 0;
    capng_clear(CAPNG_SELECT_ALL);
    /* keeps what it needs itself until the identity is changed, then has nothing */
    if (capng_change_id((int)user->uid, (int)user->gid, CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING) < 0) {
        errno = errno ? errno : EPERM;
        return -1;
    }
    return 0;
}

static int clear_capabilities(const struct drop_user *user)
{
    (void)user;
    if (capng_get_caps_process() < 0)
        return -1;
    bool bounding = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
    capng_clear(CAPNG_SELECT_ALL);
    capng_select_t sets = CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT;
    return capng_apply(bounding ? sets | CAPNG_SELECT_BOUNDS : sets) < 0 ? -1 : 0;
}

static int no_new_privileges(const struct drop_user *user)
{
    (void)user;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* Keys are in memory: no core file, no ptrace by the same user. */
static int not_dumpable(const struct drop_user *user)
{
    struct rlimit none = {0, 0};

    (void)user;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -1 : setrlimit(RLIMIT_CORE, &none);
}

static int nothing_left(const struct drop_user *user)
{
    if (capng_get_caps_process() < 0)
        return -1;
    if (capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE && geteuid() == user->uid &&
        getuid() == user->uid && getegid() == user->gid)
        return 0;
    errno = EPERM;
    return -1;
}

static int filter_calls(const struct drop_user *user)
{
    return filter_load(user->folder);
}

/* In this order: changing the user clears what a later step could not, the filter forbids all the others. */
static const struct {
    const char *name;
    int (*run)(const struct drop_user *user);
} STEPS[] = {
    {"becoming the user", become_user},  {"giving up the capabilities", clear_capabilities},
    {"no_new_privs", no_new_privileges}, {"not being dumpable", not_dumpable},
    {"looking back", nothing_left},      {"filtering the system calls", filter_calls},
};

enum status drop_privileges(const struct drop_user *user, struct err *err)
{
    for (size_t i = 0; i < sizeof(STEPS) / sizeof(STEPS[0]); i++) {
        errno = 0;
        if (STEPS[i].run(user) != 0)
            return err_set(err, ST_ENV, "privileges were not given up at \"%s\": %s; nothing is served",
                           STEPS[i].name, strerror(errno));
    }
    return ST_OK;
}
