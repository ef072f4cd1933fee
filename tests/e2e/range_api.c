/* What the grader's commands do with a range. Cases of e2e.range.api.*; 77: this machine does not allow
 * ranges. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "grader/range/program.h"
#include "unit.h"

#define SKIP 77

static struct range *open_range(unsigned hops)
{
    struct range_options options = {.hops = hops};
    struct range *range;
    struct err err = {0};

    if (range_open(&options, &range, &err) != ST_OK)
        fprintf(stderr, "%s\n", err.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(range);
    return range;
}

/* `python3 -c SCRIPT`, or argv when script is NULL. Fails the case when it cannot be started. */
static struct program *start(struct range *range, struct program_spec *spec, const char *script)
{
    const char *argv[] = {"python3", "-c", script, NULL};
    struct program *program;
    struct err err = {0};

    if (script)
        spec->argv = argv;
    if (program_start(range, spec, &program, &err) != ST_OK)
        fprintf(stderr, "%s\n", err.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    return program;
}

/* Runs the script on the student's side and returns its output in text; its result is returned. */
static struct program_result solve(struct range *range, const char *script, char *text, size_t size)
{
    struct program_spec spec = {
        .side = RANGE_STUDENT, .in = -1, .err = -1, .limits = &program_student_limits};
    struct program_result result = {0};
    int ends[2];
    size_t len = 0;
    ssize_t n;

    CU_ASSERT_FATAL(!pipe2(ends, O_CLOEXEC));
    spec.out = ends[1];
    struct program *program = start(range, &spec, script);
    close(ends[1]);
    while (len < size - 1 && (n = read(ends[0], text + len, size - 1 - len)) > 0)
        len += (size_t)n;
    text[len] = '\0';
    close(ends[0]);
    CU_ASSERT_EQUAL(program_wait(program, 20000, &result), ST_OK);
    program_close(program);
    return result;
}

static unsigned open_fds(void)
{
    DIR *all = opendir("/proc/self/fd");
    unsigned n = 0;

    while (all && readdir(all))
        n++;
    if (all)
        closedir(all);
    return n;
}

static const char echo_server[] = "import os, socket\n"
                                  "l = socket.create_server(('0.0.0.0', 5309))\n"
                                  "os.write(5, b'R'); os.close(5)\n"
                                  "n = 0\n"
                                  "while True:\n"
                                  "    c, peer = l.accept(); n += 1\n"
                                  "    c.sendall(b'%d %s' % (n, c.recv(100))); c.close()\n";

/* A target that says when it is ready, on descriptor 5. */
static struct program *start_server(struct range *range)
{
    int ready[2];
    char byte = 0;

    CU_ASSERT_FATAL(!pipe2(ready, O_CLOEXEC));
    struct program_fd fd = {.fd = ready[1], .as = 5};
    struct program_spec spec = {.side = RANGE_TARGET, .in = -1, .out = -1, .err = 2, .fds = &fd, .n_fds = 1};
    struct program *server = start(range, &spec, echo_server);
    close(ready[1]);
    CU_ASSERT_EQUAL(read(ready[0], &byte, 1), 1);
    CU_ASSERT_EQUAL(byte, 'R');
    /* the server closed its end, and nobody else may hold one */
    CU_ASSERT_EQUAL(read(ready[0], &byte, 1), 0);
    close(ready[0]);
    return server;
}

static const char client[] =
    "import os, socket, time\n"
    "if os.fork() == 0:\n"
    "    os.setsid(); os.fork(); time.sleep(60)\n"
    "s = socket.create_connection(('172.16.1.15', 5309), 10)\n"
    "s.sendall(b'bob'); print(s.recv(100).decode(), len(os.listdir('/tmp')), end='')\n"
    "open('/tmp/left', 'w')\n";

static void many_solvers_meet_one_target(void)
{
    struct range *range = open_range(1);
    struct program *server = start_server(range);
    unsigned before = open_fds();

    for (int i = 1; i <= 10; i++) {
        char text[100];
        char expected[100];
        struct program_result result = solve(range, client, text, sizeof(text));
        snprintf(expected, sizeof(expected), "%d bob 0", i); /* and /tmp is new each time */
        CU_ASSERT_STRING_EQUAL(text, expected);
        CU_ASSERT_EQUAL(result.end, PROGRAM_EXITED);
        CU_ASSERT_EQUAL(result.code, 0);
        CU_ASSERT(result.peak_bytes > 1 << 20);
    }
    CU_ASSERT_EQUAL(open_fds(), before);
    CU_ASSERT_EQUAL(program_wait(server, 0, NULL), ST_NO);
    range_close(range);
}

static void files_and_bytes_are_shown(void)
{
    static const char *const argv[] = {"sh", "-c",
                                       "cat /keys/a; stat -c ' %a %u' /keys/a; echo line >> /out/journal; "
                                       "echo x 2>/dev/null >> /keys/a || echo refused",
                                       NULL};
    struct range *range = open_range(0);
    struct err err = {0};
    struct buf text;
    char *journal = NULL, *output = NULL;

    CU_ASSERT_EQUAL(range_file(range, "journal", &journal, &err), ST_OK);
    CU_ASSERT_EQUAL(range_file(range, "journal", &output, &err), ST_INPUT);
    CU_ASSERT_EQUAL(range_file(range, "a/b", &output, &err), ST_INPUT);
    CU_ASSERT_EQUAL(range_file(range, "output", &output, &err), ST_OK);
    struct program_show shows[] = {{.at = "/keys/a", .bytes = "secret", .len = 6},
                                   {.at = "/out/journal", .from = journal, .write = true}};
    struct program_spec spec = {
        .side = RANGE_TARGET, .argv = argv, .in = -1, .err = 2, .shows = shows, .n_shows = 2};
    spec.out = open(output, O_WRONLY | O_CLOEXEC);
    struct program *program = start(range, &spec, NULL);
    CU_ASSERT_EQUAL(program_wait(program, 10000, NULL), ST_OK);
    close(spec.out);
    buf_init(&text, 1000);
    CU_ASSERT_EQUAL(file_read(journal, &text, &err), ST_OK);
    CU_ASSERT_STRING_EQUAL(buf_text(&text), "line\n");
    buf_clear(&text);
    CU_ASSERT_EQUAL(file_read(output, &text, &err), ST_OK);
    CU_ASSERT_STRING_EQUAL(buf_text(&text), "secret 400 1000\nrefused\n");
    range_close(range);
    CU_ASSERT(access(journal, F_OK) != 0);
    buf_free(&text);
    free(journal);
    free(output);
}

static void a_closed_executable_runs_by_descriptor(void)
{
    static const char *const argv[] = {"wiregrade-target", "%s", "by descriptor", NULL};
    char folder[] = "/tmp/wg-api-XXXXXX";
    char exe[64];
    struct range *range = open_range(0);
    struct err err = {0};
    struct buf bytes;
    char text[100] = "";
    int ends[2];

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(exe, sizeof(exe), "%s/printf", folder);
    buf_init(&bytes, 1 << 24);
    CU_ASSERT_EQUAL_FATAL(file_read("/usr/bin/printf", &bytes, &err), ST_OK);
    CU_ASSERT_EQUAL(file_replace(exe, bytes.data, bytes.len, 0700, &err), ST_OK);
    CU_ASSERT_FATAL(!pipe2(ends, O_CLOEXEC));
    struct program_spec spec = {
        .side = RANGE_TARGET, .argv = argv, .exe = exe, .in = -1, .out = ends[1], .err = -1};
    struct program *program = start(range, &spec, NULL);
    close(ends[1]);
    CU_ASSERT_EQUAL(read(ends[0], text, sizeof(text) - 1), 13);
    CU_ASSERT_STRING_EQUAL(text, "by descriptor");
    CU_ASSERT_EQUAL(program_wait(program, 10000, NULL), ST_OK);
    spec.exe = "/nonexistent/wiregrade-target";
    CU_ASSERT_EQUAL(program_start(range, &spec, &program, &err), ST_INPUT);
    CU_ASSERT_PTR_NULL(program);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, spec.exe));
    close(ends[0]);
    range_close(range);
    unlink(exe);
    rmdir(folder);
    buf_free(&bytes);
}

static void waiting_and_signals(void)
{
    static const char *const argv[] = {"sleep", "60", NULL};
    struct program_spec spec = {.side = RANGE_STUDENT, .argv = argv, .in = -1, .out = -1, .err = -1};
    struct range *range = open_range(0);
    struct program_result result;
    struct program *program = start(range, &spec, NULL);
    int64_t begin = clock_ms();

    CU_ASSERT_EQUAL(program_wait(program, 0, &result), ST_NO);
    CU_ASSERT_EQUAL(program_wait(program, 60, &result), ST_NO);
    CU_ASSERT(clock_ms() - begin >= 60);
    program_signal(program, SIGTERM);
    struct pollfd ready = {.fd = program_poll_fd(program), .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&ready, 1, 10000), 1);
    CU_ASSERT_EQUAL(program_wait(program, 0, &result), ST_OK);
    CU_ASSERT_EQUAL(result.end, PROGRAM_SIGNALED);
    CU_ASSERT_EQUAL(result.code, SIGTERM);
    program_signal(program, SIGTERM); /* nothing is there any more */
    CU_ASSERT_EQUAL(program_wait(program, -1, &result), ST_OK);
    CU_ASSERT_EQUAL(result.code, SIGTERM);
    program_close(program);
    range_close(range);
}

static void a_side_is_killed_alone(void)
{
    static const char *const argv[] = {"sleep", "60", NULL};
    struct program_spec spec = {.side = RANGE_STUDENT, .argv = argv, .in = -1, .out = -1, .err = -1};
    struct range *range = open_range(0);
    struct program *server = start_server(range);
    struct program *one = start(range, &spec, NULL);
    struct program *two = start(range, &spec, NULL);
    struct program_result result = {0};
    char text[100];

    range_kill(range, RANGE_STUDENT);
    CU_ASSERT_EQUAL(program_wait(one, 0, &result), ST_OK);
    CU_ASSERT_EQUAL(result.end, PROGRAM_KILLED);
    CU_ASSERT_EQUAL(program_wait(two, 0, &result), ST_OK);
    CU_ASSERT_EQUAL(result.end, PROGRAM_KILLED);
    CU_ASSERT_EQUAL(program_wait(server, 0, &result), ST_NO);
    solve(range, client, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "1 bob 0");
    range_close(range);
}

static void limits_tell_how_they_ended_it(void)
{
    struct range *range = open_range(0);
    struct program_limits limits = program_student_limits;
    struct program_spec spec = {.side = RANGE_STUDENT, .in = -1, .out = -1, .err = -1, .limits = &limits};
    struct program_result result = {0};

    limits.cpu_s = 1;
    struct program *spin = start(range, &spec, "while True: pass");
    CU_ASSERT_EQUAL(program_wait(spin, 20000, &result), ST_OK);
    CU_ASSERT_EQUAL(result.end, PROGRAM_SIGNALED);
    CU_ASSERT(result.cpu_ms >=
              300); /* the limit counts ticks, the report scaled time: on a busy machine they part */
    limits.memory_bytes = 200 << 20;
    struct program *eat = start(range, &spec,
                                "import os, time\n"
                                "for i in range(4):\n"
                                "    if os.fork() == 0: x = b'x' * (80 << 20); time.sleep(60)\n"
                                "time.sleep(60)\n");
    CU_ASSERT_EQUAL(program_wait(eat, 20000, &result), ST_OK);
    CU_ASSERT_EQUAL(result.end, PROGRAM_MEMORY);
    limits.files = 10;
    CU_ASSERT_EQUAL(
        program_wait(start(range, &spec, "import socket\nfor i in range(20): s = socket.socket().detach()"),
                     20000, &result),
        ST_OK);
    CU_ASSERT_EQUAL(result.end, PROGRAM_EXITED);
    CU_ASSERT_EQUAL(result.code, 1);
    range_close(range);
}

static void programs_get_their_descriptors_alone(void)
{
    struct range *range = open_range(0);
    int stray = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
    char text[100];

    solve(range, "import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1], os.getpid(), end='')",
          text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "[0, 1, 2] 2");
    close(stray);
    range_close(range);
}

static void the_reporter_cannot_be_reached(void)
{
    struct range *range = open_range(0);
    char text[200];
    struct program_result result = solve(range,
                                         "import os, ctypes\n"
                                         "libc = ctypes.CDLL(None)\n"
                                         "print(libc.ptrace(16, 1, 0, 0), end=' ')\n"
                                         "os.kill(1, 9); os.kill(1, 15)\n"
                                         "try: print(os.listdir('/proc/1/fd'))\n"
                                         "except PermissionError: print('closed', end='', flush=True)\n"
                                         "os._exit(3)",
                                         text, sizeof(text));

    CU_ASSERT_STRING_EQUAL(text, "-1 closed");
    CU_ASSERT_EQUAL(result.end, PROGRAM_EXITED);
    CU_ASSERT_EQUAL(result.code, 3);
    range_close(range);
}

static void eight_ranges_at_once(void)
{
    struct range *ranges[8];
    struct program *servers[8];
    char text[100];
    int64_t begin = clock_ms();

    for (int i = 0; i < 8; i++) {
        ranges[i] = open_range((unsigned)i % 2);
        servers[i] = start_server(ranges[i]);
    }
    for (int i = 0; i < 8; i++) {
        solve(ranges[i], client, text, sizeof(text));
        CU_ASSERT_STRING_EQUAL(text, "1 bob 0");
    }
    for (int i = 0; i < 8; i++) {
        program_close(servers[i]);
        range_close(ranges[i]);
    }
    CU_ASSERT(clock_ms() - begin < 20000);
}

static void bad_specs_are_refused(void)
{
    static const char *const argv[] = {"true", NULL};
    struct range *range = open_range(0);
    struct program_fd fd = {.fd = 0, .as = 64};
    struct program_spec spec = {
        .side = RANGE_STUDENT, .argv = argv, .in = -1, .out = -1, .err = -1, .fds = &fd, .n_fds = 1};
    struct program *program;
    struct err err = {0};

    CU_ASSERT_EQUAL(program_start(range, &spec, &program, &err), ST_INPUT);
    spec.n_fds = 0;
    struct program_show show = {.at = "/tmp/x", .from = "/nonexistent"};
    spec.shows = &show;
    spec.n_shows = 1;
    CU_ASSERT_EQUAL(program_start(range, &spec, &program, &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nonexistent"));
    spec.n_shows = 0;
    CU_ASSERT_EQUAL(program_start(range, &spec, &program, &err), ST_OK);
    range_close(range);
}

static const struct unit_case cases[] = {
    {"many_solvers_meet_one_target", many_solvers_meet_one_target},
    {"files_and_bytes_are_shown", files_and_bytes_are_shown},
    {"a_closed_executable_runs_by_descriptor", a_closed_executable_runs_by_descriptor},
    {"waiting_and_signals", waiting_and_signals},
    {"a_side_is_killed_alone", a_side_is_killed_alone},
    {"limits_tell_how_they_ended_it", limits_tell_how_they_ended_it},
    {"programs_get_their_descriptors_alone", programs_get_their_descriptors_alone},
    {"the_reporter_cannot_be_reached", the_reporter_cannot_be_reached},
    {"eight_ranges_at_once", eight_ranges_at_once},
    {"bad_specs_are_refused", bad_specs_are_refused},
};

static UNIT_GROUP(group, cases);

int main(int argc, char **argv)
{
    static const struct unit_group *const groups[] = {&group};
    struct range_options options = {0};
    struct range *range;
    struct err err = {0};

    if (argc > 1 && argv[1][0] != '-') {
        if (range_open(&options, &range, &err) != ST_OK) {
            printf("skipped: %s\n", err.text);
            return err.status == ST_ENV ? SKIP : 1;
        }
        range_close(range);
    }
    return unit_main(argc, argv, groups, 1);
}
