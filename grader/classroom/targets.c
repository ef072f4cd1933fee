#include "grader/classroom/targets.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/installed.h"
#include "flag/pin.h"

enum { READY_MS = 15000, KEYS_MAX_BYTES = 1 << 20, CLASS_MAX_BYTES = 4096 };

bool targets_ready_line(int fd, char *out, size_t size, int timeout_ms)
{
    int64_t deadline = clock_ms() + timeout_ms;
    size_t n = 0;

    while (n < size - 1) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_ms();
        if (left <= 0 || poll(&p, 1, (int)left) == 0)
            return false;
        ssize_t got = read(fd, out + n, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        if (out[n] == '\n') {
            out[n] = '\0';
            return true;
        }
        n++;
    }
    return false;
}

/* The class file that the targets in the range read: places as they are inside. */
static void put_class(const struct targets_spec *spec, struct buf *out)
{
    buf_printf(out,
               "class: %s\ncourse: /wiregrade/course\n"
               "networks: {target: [" RANGE_TARGET_ADDRESS ", \"" RANGE_TARGET_ADDRESS6 "\"],\n"
               "           students: [" RANGE_STUDENT_NET ", \"" RANGE_STUDENT_NET6 "\"]}\n"
               "unix: " RANGE_SOCKETS "\nfeedback: full\nkey_file: /wiregrade/course.key\n%s",
               spec->word, spec->roster ? "roster: /wiregrade/roster.csv\n" : "");
}

static enum status put_keys(const struct targets_spec *spec, struct buf *out, struct err *err)
{
    size_t n = rulebook_count(spec->book);
    const char **slugs = calloc(n + 2, sizeof(slugs[0]));

    if (!slugs)
        return err_memory(err);
    for (size_t i = 0; i < n; i++)
        slugs[i] = rules_slug(rulebook_at(spec->book, i));
    if (spec->roster)
        slugs[n++] = PIN_KEY;
    enum status st = keyring_export(spec->ring, NULL, slugs, n, out, err);
    free(slugs);
    return st;
}

static enum status start(struct range *range, const struct targets_spec *spec, const struct buf *class,
                         const struct buf *keys, int ready, struct targets *out, struct err *err)
{
    const char *argv[] = {"wiregrade-target",
                          "run",
                          "--class",
                          "/wiregrade/class.yml",
                          "--journal",
                          "/wiregrade/target.jsonl",
                          "--every-attempt", /* each one is waited for */
                          "--ready-fd",
                          "3",
                          NULL,
                          NULL,
                          NULL,
                          NULL,
                          NULL};
    size_t n_argv = 9;
    struct program_show shows[5 + TARGETS_SHOWS_MAX] = {
        {.at = "/wiregrade/class.yml", .bytes = class->data, .len = class->len},
        {.at = "/wiregrade/course.key", .bytes = keys->data, .len = keys->len},
        {.at = "/wiregrade/target.jsonl", .from = out->journal, .write = true},
    };
    const struct program_fd fds[] = {{.fd = ready, .as = 3}};
    size_t n = 3;
    char *exe = installed_program("wiregrade-target");

    if (spec->only) {
        argv[n_argv++] = "--only";
        argv[n_argv++] = spec->only;
    }
    if (spec->student) {
        argv[n_argv++] = "--student";
        argv[n_argv++] = spec->student;
    }
    if (!exe)
        return err_set(err, ST_ENV,
                       "wiregrade-target is missing; mend: build or install it beside this program");
    if (spec->course_dir)
        shows[n++] = (struct program_show){.at = "/wiregrade/course", .from = spec->course_dir};
    if (spec->roster)
        shows[n++] = (struct program_show){
            .at = "/wiregrade/roster.csv", .bytes = spec->roster->data, .len = spec->roster->len};
    for (size_t i = 0; i < spec->n_shows && i < TARGETS_SHOWS_MAX; i++)
        shows[n++] = spec->shows[i];
    static const char *const env[] = {"WIREGRADE_RANGE=1", NULL};
    const struct program_spec program = {.side = RANGE_TARGET,
                                         .argv = argv,
                                         .env = env,
                                         .exe = exe,
                                         .in = -1,
                                         .out = -1,
                                         .err = spec->err,
                                         .shows = shows,
                                         .n_shows = n,
                                         .fds = fds,
                                         .n_fds = 1};
    enum status st = program_start(range, &program, &out->program, err);
    free(exe);
    return st;
}

enum status targets_start(struct range *range, const struct targets_spec *spec, struct targets *out,
                          struct err *err)
{
    struct buf class, keys;
    int fds[2];
    char line[64];

    *out = (struct targets){0};
    if (pipe2(fds, O_CLOEXEC))
        return err_set(err, ST_ENV, "pipe: %s", strerror(errno));
    buf_init(&class, CLASS_MAX_BYTES);
    buf_init(&keys, KEYS_MAX_BYTES);
    put_class(spec, &class);
    enum status st = range_file(range, "target.jsonl", &out->journal, err);
    if (st == ST_OK)
        st = put_keys(spec, &keys, err);
    if (st == ST_OK)
        st = start(range, spec, &class, &keys, fds[1], out, err);
    close(fds[1]);
    if (st == ST_OK && !targets_ready_line(fds[0], line, sizeof(line), READY_MS))
        st = err_set(err, ST_ENV, "the targets did not start");
    close(fds[0]);
    if (keys.data)
        explicit_bzero(keys.data, keys.cap);
    buf_free(&keys);
    buf_free(&class);
    return st;
}

enum status targets_check(const struct targets *targets, int wait_ms, struct err *err)
{
    struct program_result result;
    char how[128];

    if (program_wait(targets->program, wait_ms, &result) != ST_OK)
        return ST_OK;
    return err_set(err, ST_ENV, "wiregrade-target has ended by itself: %s; that is no student's fault",
                   program_end_text(&result, how, sizeof(how)));
}

void targets_close(struct targets *targets)
{
    program_close(targets->program);
    free(targets->journal);
    *targets = (struct targets){0};
}
