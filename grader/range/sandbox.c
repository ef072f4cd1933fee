#include "grader/range/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "grader/range/init.h"
#include "grader/range/stage.h"

#define TMP_BYTES (64U << 20)

static const char passwd_text[] = "student:x:1000:1000:student:/tmp:/bin/bash\n"
                                  "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n";
static const char group_text[] = "student:x:1000:\nnogroup:x:65534:\n";
static const char hosts_text[] =
    "127.0.0.1 localhost\n" RANGE_STUDENT_ADDRESS " student\n" RANGE_TARGET_ADDRESS " target\n";
/* no dns: a look-up would wait for a server that is not there */
static const char nsswitch_text[] = "passwd: files\ngroup: files\nhosts: files\nservices: files\n"
                                    "protocols: files\nnetworks: files\n";

static const struct {
    const char *at, *text;
} etc[] = {
    {"/etc/passwd", passwd_text},
    {"/etc/group", group_text},
    {"/etc/hosts", hosts_text},
    {"/etc/nsswitch.conf", nsswitch_text},
};

/* `nc` and others are links into /etc/alternatives; scripts ask for services and protocols by name. */
static const char *const etc_shared[] = {"/etc/alternatives", "/etc/ld.so.cache", "/etc/services",
                                         "/etc/protocols"};

static const char *const top[] = {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};

/* Not bubblewrap's --dev: it nests one more user namespace, in which raw sockets are refused. */
static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};

static const struct {
    const char *to, *at;
} dev_links[] = {
    {"/proc/self/fd", "/dev/fd"},
    {"/proc/self/fd/0", "/dev/stdin"},
    {"/proc/self/fd/1", "/dev/stdout"},
    {"/proc/self/fd/2", "/dev/stderr"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *sandbox_program(void)
{
    static const char *const paths[] = {"/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"};

    for (size_t i = 0; i < COUNT(paths); i++)
        if (!access(paths[i], X_OK))
            return paths[i];
    return NULL;
}

/* n_args counts on past the end, and sandbox_make() looks once. */
static void add(struct sandbox *s, const char *arg)
{
    if (s->n_args < SANDBOX_ARGS)
        s->args[s->n_args] = arg;
    s->n_args++;
}

static void add2(struct sandbox *s, const char *option, const char *arg)
{
    add(s, option);
    add(s, arg);
}

static void add3(struct sandbox *s, const char *option, const char *one, const char *two)
{
    add2(s, option, one);
    add(s, two);
}

/* A text of the sandbox's own; "" when there is no memory, which bubblewrap then refuses. */
static const char *keep(struct sandbox *s, char *text)
{
    if (!text || s->n_owned >= SANDBOX_ARGS) {
        free(text);
        return "";
    }
    return s->owned[s->n_owned++] = text;
}

static const char *number(struct sandbox *s, uint64_t value)
{
    char *text = NULL;

    return keep(s, asprintf(&text, "%llu", (unsigned long long)value) < 0 ? NULL : text);
}

/* A file inside with these bytes, read-only for the program. */
static enum status add_bytes(struct sandbox *s, const char *at, const void *bytes, size_t len,
                             struct err *err)
{
    if (s->n_data >= SANDBOX_FDS)
        return err_set(err, ST_INPUT, "%s: more than %d files to show by their bytes", at, SANDBOX_FDS);
    int fd = memfd_create("shown", MFD_CLOEXEC);
    if (fd < 0 || write_all(fd, bytes, len) || lseek(fd, 0, SEEK_SET)) {
        enum status st = err_set(err, ST_ENV, "%s: %s", at, strerror(errno));
        if (fd >= 0)
            close(fd);
        return st;
    }
    s->data[s->n_data] = fd;
    add2(s, "--perms", "0400");
    add3(s, "--ro-bind-data", number(s, INIT_FREE + s->n_data++), at);
    return ST_OK;
}

static enum status add_system(struct sandbox *s, bool limited, struct err *err)
{
    enum status st = ST_OK;
    struct stat info;
    char target[64];

    add3(s, "--ro-bind", "/usr", "/usr");
    for (size_t i = 0; i < COUNT(top); i++) {
        ssize_t n = readlink(top[i], target, sizeof(target) - 1);
        if (n > 0) {
            target[n] = '\0';
            add3(s, "--symlink", keep(s, strdup(target)), top[i]);
        } else if (!stat(top[i], &info)) {
            add3(s, "--ro-bind", top[i], top[i]);
        }
    }
    add2(s, "--proc", "/proc");
    for (size_t i = 0; i < COUNT(devices); i++)
        add3(s, "--dev-bind", devices[i], devices[i]);
    /* zeros as well, but a shared mapping of it is none of memory that nobody counts */
    if (limited)
        add3(s, "--dev-bind", "/dev/full", "/dev/zero");
    for (size_t i = 0; i < COUNT(dev_links); i++)
        add3(s, "--symlink", dev_links[i].to, dev_links[i].at);
    for (size_t i = 0; i < COUNT(etc_shared); i++)
        add3(s, "--ro-bind-try", etc_shared[i], etc_shared[i]);
    for (size_t i = 0; i < COUNT(etc) && st == ST_OK; i++)
        st = add_bytes(s, etc[i].at, etc[i].text, strlen(etc[i].text), err);
    return st;
}

static enum status add_show(struct sandbox *s, struct range *range, const struct program_show *show, size_t i,
                            struct err *err)
{
    char *copy = NULL;

    if (!show->from)
        return add_bytes(s, show->at, show->bytes, show->len, err);
    if (show->write) {
        add3(s, "--bind", show->from, show->at);
        return ST_OK;
    }
    if (!s->copies[0]) {
        snprintf(s->copies, sizeof(s->copies), "%s/%d-%u", range->dir.path, (int)getpid(), range->started);
        if (mkdir(s->copies, 0700) ||
            (geteuid() == 0 && (chown(s->copies, 0, RANGE_ROOT_UID) || chmod(s->copies, 0750))))
            return err_set(err, ST_ENV, "%s: %s", s->copies, strerror(errno));
    }
    if (asprintf(&copy, "%s/%zu", s->copies, i) < 0)
        return err_memory(err);
    enum status st = stage_copy(show->root, show->from, copy, RANGE_ROOT_UID, RANGE_ROOT_UID, err);
    /* from here on it is kept, or freed where there is no room to keep it */
    add3(s, "--ro-bind", keep(s, copy), show->at);
    return st;
}

/* Students connect and send through what is read-only, and nobody takes a target's socket away. */
static void add_sockets(struct sandbox *s, const struct range *range, enum range_side side)
{
    char *here = NULL, *reply = NULL;
    const char *from = keep(s, asprintf(&here, "%s/" RANGE_SOCKETS_HERE, range->dir.path) < 0 ? NULL : here);

    add3(s, side == RANGE_STUDENT ? "--ro-bind" : "--bind", from, RANGE_SOCKETS);
    if (side == RANGE_STUDENT)
        add3(s, "--bind",
             keep(s, asprintf(&reply, "%s/" RANGE_SOCKETS_HERE "/reply", range->dir.path) < 0 ? NULL : reply),
             RANGE_SOCKETS "/reply");
}

static void add_namespaces(struct sandbox *s, const struct program_spec *spec)
{
    add(s, sandbox_program());
    add2(s, "--userns", number(s, INIT_USERNS));
    add(s, "--unshare-pid");
    add(s, "--unshare-ipc");
    add(s, "--unshare-uts");
    add2(s, "--hostname", spec->side == RANGE_STUDENT ? "student" : "target");
    add2(s, "--cap-drop", "ALL");
    add2(s, "--cap-add", "CAP_NET_RAW");
    add(s, "--die-with-parent");
    add(s, "--as-pid-1");
}

enum status sandbox_make(struct sandbox *s, struct range *range, const struct program_spec *spec,
                         struct err *err)
{
    memset(s, 0, sizeof(*s));
    add_namespaces(s, spec);
    enum status st = add_system(s, spec->limits, err);
    add2(s, "--size", number(s, spec->limits ? spec->limits->tmp_bytes : TMP_BYTES));
    add2(s, "--perms", "1777");
    add2(s, "--tmpfs", "/tmp");
    add2(s, "--size", number(s, spec->limits ? spec->limits->tmp_bytes : TMP_BYTES));
    add2(s, "--perms", "1777");
    add2(s, "--tmpfs", "/dev/shm");
    add_sockets(s, range, spec->side);
    if (spec->terminal)
        add3(s, "--dev-bind-try", "/dev/tty", "/dev/tty");
    for (size_t i = 0; i < spec->n_shows && st == ST_OK; i++)
        st = add_show(s, range, &spec->shows[i], i, err);
    /* the root itself is a tmpfs of half the machine's memory */
    add2(s, "--remount-ro", "/");
    add2(s, "--chdir", "/tmp");
    add(s, "--");
    char *self = NULL;
    add(s, keep(s, asprintf(&self, "/proc/self/fd/%d", INIT_SELF) < 0 ? NULL : self));
    for (size_t i = 0; spec->argv[i]; i++)
        add(s, spec->argv[i]);
    add(s, NULL);
    if (st == ST_OK && s->n_args > SANDBOX_ARGS)
        st = err_set(err, ST_INPUT, "%s: too many arguments and files to show", spec->argv[0]);
    return st;
}

void sandbox_done(struct sandbox *s)
{
    for (size_t i = 0; i < s->n_owned; i++)
        free(s->owned[i]);
    for (size_t i = 0; i < s->n_data; i++)
        close(s->data[i]);
}
