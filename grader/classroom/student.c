#include "grader/classroom/student.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/clock.h"
#include "base/file.h"

enum { ENV_MAX = 48, END_MS = 500 };

struct environment {
    char *items[ENV_MAX + 1];
    size_t n;
};

static void env_add(struct environment *env, const char *name, const char *value)
{
    if (env->n < ENV_MAX && asprintf(&env->items[env->n], "%s=%s", name, value) >= 0)
        env->n++;
}

/* ip.dsfield.dscp becomes WIREGRADE_PARAM_IP_DSFIELD_DSCP. */
static void env_param(void *context, const char *field, uint64_t value)
{
    char name[96] = "WIREGRADE_PARAM_", text[24];
    size_t n = strlen(name);

    for (; *field && n < sizeof(name) - 1; field++)
        name[n++] = isalnum((unsigned char)*field) ? (char)toupper((unsigned char)*field) : '_';
    name[n] = '\0';
    snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    env_add(context, name, text);
}

/* WIREGRADE_PORT is where a stream or datagram goes, and where a packet's flag is called back to. */
static void env_fill(struct environment *env, const struct student_spec *spec)
{
    char port[8];
    bool packet = rules_kind(spec->rules) == TARGET_PACKET;

    snprintf(port, sizeof(port), "%u", packet ? rules_connect_port(spec->rules) : rules_port(spec->rules));
    env_add(env, "WIREGRADE_STUDENT", spec->student);
    env_add(env, "WIREGRADE_TARGET", spec->target ? spec->target : RANGE_TARGET_ADDRESS);
    env_add(env, "WIREGRADE_SOURCE", spec->source ? spec->source : RANGE_STUDENT_ADDRESS);
    env_add(env, "WIREGRADE_PORT", port);
    rules_each_value(spec->rules, spec->student, env_param, env);
}

static void env_free(struct environment *env)
{
    for (size_t i = 0; i < env->n; i++)
        free(env->items[i]);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n > m && strcmp(text + n - m, end) == 0;
}

enum { SHEBANG_MAX = 256 };

/* Who runs a script by its ending when its file may not be executed; C is compiled where it runs. */
static const struct runner {
    const char *ending, *tool, *package;
    bool always; /* also when the file may be executed */
} RUNNERS[] = {
    /* ADD AN INTERPRETER HERE */
    {".c", "cc", "gcc libc6-dev", true},
    {".py", "python3", "python3", false},
    {".sh", "bash", "bash", false},
};

static const struct runner *runner_of(const char *path)
{
    for (size_t i = 0; i < sizeof(RUNNERS) / sizeof(RUNNERS[0]); i++)
        if (ends_with(path, RUNNERS[i].ending) && (RUNNERS[i].always || access(path, X_OK) != 0))
            return &RUNNERS[i];
    return NULL;
}

static void put_argv(const char *argv[6], const char *path, const char *at)
{
    const struct runner *runner = runner_of(path);
    size_t n = 0;

    if (runner && runner->always) {
        argv[n++] = "sh";
        argv[n++] = "-c";
        argv[n++] = "LC_ALL=C cc -O1 -o /tmp/program \"$0\" && exec /tmp/program";
    } else if (runner) {
        argv[n++] = runner->tool;
    }
    argv[n++] = at;
    argv[n] = NULL;
}

/* Where the range looks too. */
static bool is_installed(const char *tool)
{
    static const char *const dirs[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                       "/usr/bin",        "/sbin",          "/bin"};
    bool found = strchr(tool, '/') && access(tool, X_OK) == 0;

    for (size_t i = 0; !found && !strchr(tool, '/') && i < sizeof(dirs) / sizeof(dirs[0]); i++) {
        char path[SHEBANG_MAX + 32];
        snprintf(path, sizeof(path), "%s/%s", dirs[i], tool);
        found = access(path, X_OK) == 0;
    }
    return found;
}

enum { HEAD_MAX = 1024 };

/* What a file begins with; "" when it cannot be read. */
static void read_head(const char *root, const char *path, char head[HEAD_MAX])
{
    int fd = beneath_open(root, path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, head, HEAD_MAX - 1);

    head[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

/* The program that the kernel, or env, would start for this file; false when the file is no script. */
static bool shebang_tool(const char *head, char tool[SHEBANG_MAX])
{
    char line[SHEBANG_MAX], *rest = line + 2, *word;

    if (strncmp(head, "#!", 2) != 0 || strcspn(head, "\n") < 3)
        return false;
    snprintf(line, sizeof(line), "%.*s", (int)strcspn(head, "\n"), head);
    word = strsep(&rest, " \t");
    while (word && !*word)
        word = strsep(&rest, " \t");
    if (word && ends_with(word, "/env"))
        do
            word = strsep(&rest, " \t");
        while (word && (!*word || *word == '-' || strchr(word, '=')));
    snprintf(tool, SHEBANG_MAX, "%s", word ? word : "");
    return *tool;
}

/* The first program that is not here of those that a line "# needs: NAME..." names, among the comments that a
 * script begins with. */
static bool needs_tool(const char *head, char tool[SHEBANG_MAX])
{
    static const char WORD[] = "# needs:";

    for (const char *line = head; *line == '#'; line += strcspn(line, "\n"), line += *line == '\n') {
        if (strncmp(line, WORD, strlen(WORD)) != 0)
            continue;
        for (const char *p = line + strlen(WORD); *(p += strspn(p, " \t")) && *p != '\n';) {
            size_t n = strcspn(p, " \t\n");
            snprintf(tool, SHEBANG_MAX, "%.*s", (int)n, p);
            if (!is_installed(tool))
                return true;
            p += n;
        }
    }
    return false;
}

bool student_lacks(const char *root, const char *path, char *out, size_t size)
{
    const struct runner *runner = runner_of(path);
    char head[HEAD_MAX], tool[SHEBANG_MAX] = "";

    read_head(root, path, head);
    if (runner)
        snprintf(tool, sizeof(tool), "%s", runner->tool);
    bool lacks = (runner || shebang_tool(head, tool)) && !is_installed(tool);
    if (!lacks) {
        runner = NULL;
        lacks = needs_tool(head, tool);
    }
    if (!lacks)
        return false;
    if (runner)
        snprintf(out, size, "it needs %s, which is not installed here; mend: apt-get install %s", tool,
                 runner->package);
    else
        snprintf(out, size, "it needs %s, which is not installed here", tool);
    return true;
}

/* Takes what is there; false at the end, or when there is more than is kept. */
static bool take_output(int fd, struct buf *out)
{
    char chunk[4096];
    ssize_t n = read(fd, chunk, sizeof(chunk));

    return n > 0 ? buf_add(out, chunk, (size_t)n) : n < 0 && (errno == EINTR || errno == EAGAIN);
}

/* Until both outputs have ended, the program has, or the time is over. A daemon that keeps them open does not
 * hold this up: with the program's first process all others end. */
static void watch(struct program *program, int out, int err, int timeout_ms, struct student_result *r)
{
    int64_t deadline = clock_ms() + timeout_ms;
    struct pollfd p[] = {
        {.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
    struct buf *bufs[] = {&r->out, &r->err};

    p[2].fd = program_poll_fd(program);
    while (p[0].fd >= 0 || p[1].fd >= 0) {
        int64_t left = deadline - clock_ms();
        if (left <= 0) {
            r->late = true;
            return;
        }
        if (poll(p, 3, (int)left) < 0 && errno != EINTR)
            return;
        for (size_t i = 0; i < 2; i++)
            if (p[i].fd >= 0 && p[i].revents && !take_output(p[i].fd, bufs[i])) {
                p[i].fd = -1;
                r->flooded = r->flooded || bufs[i]->failed;
            }
        if (r->flooded || (p[2].revents && !p[0].revents && !p[1].revents))
            return;
    }
    int64_t left = deadline - clock_ms();
    r->late = program_wait(program, left > 0 ? (int)left : 0, &r->end) != ST_OK;
}

static enum status start(struct range *range, const struct student_spec *spec, int out, int err_fd,
                         struct program **program, struct err *err)
{
    struct environment env = {0};
    const char *argv[6], *name = strrchr(spec->path, '/');
    char at[300];

    snprintf(at, sizeof(at), "/tmp/%s", name ? name + 1 : spec->path);
    put_argv(argv, spec->path, at);
    const struct program_show shows[] = {{.at = at, .from = spec->path, .root = spec->root}};
    env_fill(&env, spec);
    ipaddr source = 0;
    if (spec->source)
        ipaddr_parse(spec->source, &source);
    const struct program_spec program_spec = {.side = RANGE_STUDENT,
                                              .source = source,
                                              .argv = argv,
                                              .env = (const char *const *)env.items,
                                              .in = -1,
                                              .out = out,
                                              .err = err_fd,
                                              .shows = shows,
                                              .n_shows = 1,
                                              .limits = &program_student_limits};
    enum status st = program_start(range, &program_spec, program, err);
    env_free(&env);
    return st;
}

enum status student_run(struct range *range, const struct student_spec *spec, struct student_result *r,
                        struct err *err)
{
    struct program *program = NULL;
    int out[2], errors[2];

    *r = (struct student_result){.end = {.end = PROGRAM_KILLED}};
    buf_init(&r->out, STUDENT_OUTPUT_MAX);
    buf_init(&r->err, STUDENT_OUTPUT_MAX);
    if (pipe2(out, O_CLOEXEC))
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    if (pipe2(errors, O_CLOEXEC)) {
        close(out[0]);
        close(out[1]);
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    }
    enum status st = start(range, spec, out[1], errors[1], &program, err);
    close(out[1]);
    close(errors[1]);
    if (st == ST_OK) {
        watch(program, out[0], errors[0], spec->timeout_ms, r);
        if (!r->late && !r->flooded)
            program_wait(program, END_MS, &r->end);
        program_close(program);
    }
    close(out[0]);
    close(errors[0]);
    return st;
}

void student_done(struct student_result *r)
{
    buf_free(&r->out);
    buf_free(&r->err);
}

struct script_list {
    char **paths;
    size_t n;
};

static void take_file(void *context, const char *path, mode_t type)
{
    struct script_list *files = context;

    if (type != S_IFDIR && path[strlen(path) - 1] != '~' && files->n < STUDENT_FILES_MAX &&
        (files->paths[files->n] = strdup(path)))
        files->n++;
}

size_t student_files(const struct challenge *challenge, const char *name, char *paths[STUDENT_FILES_MAX])
{
    struct script_list files = {.paths = paths};
    char *folder = path_join(challenge->dir, name);

    if (folder)
        beneath_each(challenge->course_dir, folder, take_file, &files);
    free(folder);
    return files.n;
}
