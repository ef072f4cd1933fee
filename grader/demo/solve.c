/* Running a challenge's solvers as a student would run them. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "grader/demo/demo.h"

enum { SOLVER_MS = 20000, OUTPUT_MAX = 65536, ENV_MAX = 32, SOLVERS_MAX = 16 };

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
static void env_fill(struct environment *env, const struct rules *rules)
{
    char port[8];
    unsigned number = rules_kind(rules) == TARGET_PACKET ? rules_connect_port(rules) : rules_port(rules);

    snprintf(port, sizeof(port), "%u", number);
    env_add(env, "WIREGRADE_STUDENT", DEMO_STUDENT);
    env_add(env, "WIREGRADE_TARGET", RANGE_TARGET_ADDRESS);
    env_add(env, "WIREGRADE_SOURCE", RANGE_STUDENT_ADDRESS);
    env_add(env, "WIREGRADE_PORT", port);
    rules_each_value(rules, DEMO_STUDENT, env_param, env);
}

static void env_free(struct environment *env)
{
    for (size_t i = 0; i < env->n; i++)
        free(env->items[i]);
}

/* Reads what the program prints until it closes its output or the time is over; what is too much is left. */
static void read_output(int fd, struct buf *out)
{
    int64_t deadline = clock_ms() + SOLVER_MS;
    char chunk[4096];

    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0)
            return;
        ssize_t n = read(fd, chunk, sizeof(chunk));
        if (n <= 0 || !buf_add(out, chunk, (size_t)n))
            return;
    }
}

/* The flag is a line of the output; the first right one counts. */
static void take_flag(const struct demo *demo, const char *output, struct demo_row *row)
{
    struct flag_parts parts;

    for (const char *line = output; *line;) {
        size_t n = strcspn(line, "\n");
        if (flag_check(&demo->desk.flags, demo->desk.ring, line, n, &parts) == FLAG_RIGHT &&
            strcmp(parts.slug, row->challenge->slug) == 0 && strcmp(parts.student, DEMO_STUDENT) == 0) {
            flag_text(row->flag, &demo->desk.flags, &parts);
            row->verified = true;
            row->why[0] = '\0';
            return;
        }
        line += n + (line[n] == '\n');
    }
    snprintf(row->why, sizeof(row->why), "the solver printed no flag of its own: %.200s",
             *output ? output : "nothing");
}

static enum status run_solver(struct demo *demo, const char *path, const char *name, struct demo_row *row,
                              struct err *err)
{
    const struct rules *rules = rulebook_find(demo->book, row->challenge->slug);
    struct environment env = {0};
    struct program *program;
    struct program_result result;
    struct buf output;
    char at[300];
    int fds[2];

    snprintf(at, sizeof(at), "/tmp/%s", name);
    const char *const argv[] = {at, NULL};
    const struct program_show shows[] = {{.at = at, .from = path}};
    if (pipe2(fds, O_CLOEXEC))
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    env_fill(&env, rules);
    struct program_spec spec = {.side = RANGE_STUDENT,
                                .argv = argv,
                                .env = (const char *const *)env.items,
                                .in = -1,
                                .out = fds[1],
                                .err = fds[1],
                                .shows = shows,
                                .n_shows = 1,
                                .limits = &program_student_limits};
    enum status st = program_start(demo->range, &spec, &program, err);
    close(fds[1]);
    if (st == ST_OK) {
        buf_init(&output, OUTPUT_MAX);
        read_output(fds[0], &output);
        if (program_wait(program, 1000, &result) != ST_OK)
            range_kill(demo->range, RANGE_STUDENT);
        program_close(program);
        take_flag(demo, buf_text(&output), row);
        buf_free(&output);
    }
    close(fds[0]);
    env_free(&env);
    return st;
}

static int is_solver(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return entry->d_name[0] != '.' && entry->d_name[n - 1] != '~';
}

static enum status run_solvers(struct demo *demo, struct demo_row *row, struct err *err)
{
    struct dirent **names;
    enum status st = ST_OK;
    char *dir = path_join(row->challenge->dir, "solve");
    int n = dir ? scandir(dir, &names, is_solver, alphasort) : -1;

    snprintf(row->why, sizeof(row->why), "it has no solver in solve/");
    for (int i = 0; i < n; i++) {
        char *path = path_join(dir, names[i]->d_name);
        if (path && st == ST_OK && !row->verified && i < SOLVERS_MAX)
            st = run_solver(demo, path, names[i]->d_name, row, err);
        free(path);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    free(dir);
    return st;
}

enum status demo_solve(struct demo *demo, struct demo_row *row, struct err *err)
{
    const struct target_spec *target = &row->challenge->target;

    if (target->kind != TARGET_NONE)
        return run_solvers(demo, row, err);
    if (target->n_accept_answers == 0) {
        snprintf(row->why, sizeof(row->why), "it has no accept: answer to try");
        return ST_OK;
    }
    snprintf(row->flag, sizeof(row->flag), "%s", target->accept_answers[0].text);
    row->verified = true;
    return ST_OK;
}
