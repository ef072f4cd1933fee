#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "grader/cmd/cmd.h"
#include "grader/range/program.h"

#define MAX_SHOWS 16

struct options {
    struct range_options range;
    bool join;
    const char *name;
    enum range_side side;
    struct program_show shows[MAX_SHOWS];
    char *places[MAX_SHOWS];
    size_t n_shows;
    char **argv; /* NULL: a shell */
};

static const struct argp_option rows[] = {
    {"hops", 'n', "0|1", 0, "routers between student and target (default 0)", 0},
    {"neighbours", 'b', "N", 0, "more addresses on the student's side, from 10.10.0.41 on (at most 200)", 0},
    {"join", 'j', "NAME", OPTION_ARG_OPTIONAL, "enter a running range of yours instead of starting one", 0},
    {"side", 's', "student|target", 0, "where the command runs (default student)", 0},
    {"show", 'f', "PATH[:AS]", 0,
     "show a copy of a file or folder as AS (default: /tmp/NAME); may be repeated", 0},
    {0}};

static const char doc[] =
    "Starts the private network in which a student (" RANGE_STUDENT_ADDRESS
    ") and the targets (" RANGE_TARGET_ADDRESS
    ") meet, and runs a command in it, by default a shell: as user "
    "1000 with CAP_NET_RAW alone, /tmp of its own, and nothing of this machine's files but the system's. The "
    "range "
    "ends with the command; the exit status is the command's, or 128 and the signal that ended it.\v"
    "Example: send a packet by a script of your own, and see what arrives:\n"
    "  wiregrade range --show raw.py -- python3 raw.py\n"
    "  wiregrade range --join --side target -- tcpdump -ni eth0";

/* "raw.py" or "src/raw.py:/tmp/x.py" to what is shown and where. */
static void add_show(struct options *o, char *text, struct argp_state *state)
{
    char *colon = strrchr(text, ':');
    char *place = NULL;

    if (o->n_shows >= MAX_SHOWS)
        argp_error(state, "--show: at most %d times", MAX_SHOWS);
    if (colon && colon[1] == '/') {
        *colon = '\0';
        place = strdup(colon + 1);
    } else {
        size_t len = strlen(text);
        while (len > 1 && text[len - 1] == '/')
            text[--len] = '\0';
        char *real = realpath(text, NULL); /* --show . has a name too */
        const char *base = real ? strrchr(real, '/') + 1 : text;
        if (asprintf(&place, "/tmp/%s", base) < 0)
            place = NULL;
        free(real);
    }
    if (!place || !text[0])
        argp_error(state, "--show: PATH or PATH:/PLACE");
    o->places[o->n_shows] = place;
    o->shows[o->n_shows++] = (struct program_show){.from = text, .at = place};
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;
    uint64_t n;

    switch (key) {
    case 'n':
        if (parse_u64(arg, 1, &n) != PARSE_OK)
            argp_error(state, "--hops is 0 or 1");
        o->range.hops = (unsigned)n;
        return 0;
    case 'b':
        if (parse_u64(arg, 200, &n) != PARSE_OK)
            argp_error(state, "--neighbours is a number up to 200");
        o->range.neighbours = (unsigned)n;
        return 0;
    case 'j':
        o->join = true;
        o->name = arg;
        return 0;
    case 's':
        if (strcmp(arg, "student") != 0 && strcmp(arg, "target") != 0)
            argp_error(state, "--side is student or target");
        o->side = arg[0] == 's' ? RANGE_STUDENT : RANGE_TARGET;
        return 0;
    case 'f':
        add_show(o, arg, state);
        return 0;
    case ARGP_KEY_ARGS:
        o->argv = state->argv + state->next;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Waits for the program's end, or for a signal that ends the range. Ctrl-C in a terminal reached the program
 * already: what it makes of it is its own affair. */
static int attend(struct program *program, int signals, bool terminal)
{
    struct pollfd fds[] = {{.fd = program_poll_fd(program), .events = POLLIN},
                           {.fd = signals, .events = POLLIN}};
    struct program_result result;
    struct signalfd_siginfo info;

    for (;;) {
        poll(fds, 2, -1);
        if (fds[0].revents)
            break;
        if (fds[1].revents && read(signals, &info, sizeof(info)) == sizeof(info) &&
            !(terminal && info.ssi_code == SI_KERNEL && info.ssi_signo != SIGHUP))
            return 128 + (int)info.ssi_signo;
    }
    program_wait(program, -1, &result);
    if (result.end == PROGRAM_MEMORY) {
        log_line("range: killed: its processes together took more memory than %llu MiB",
                 (unsigned long long)(program_student_limits.memory_bytes >> 20));
        result.code = SIGKILL;
    }
    return result.end == PROGRAM_EXITED ? result.code : 128 + result.code;
}

static int run(const struct options *o, struct range *range, int signals, struct err *err)
{
    static const char *const shell[] = {"bash", "--norc", NULL};
    bool terminal = isatty(STDIN_FILENO);
    char prompt[64], name[64], term[64] = "TERM=dumb";
    const char *env[] = {prompt, name, term, "WIREGRADE_TARGET=" RANGE_TARGET_ADDRESS, NULL};
    struct program *program;

    snprintf(prompt, sizeof(prompt), "PS1=%s:\\w\\$ ", o->side == RANGE_STUDENT ? "student" : "target");
    snprintf(name, sizeof(name), "WIREGRADE_RANGE=%s", range_name(range)); /* for --join=NAME */
    if (getenv("TERM"))
        snprintf(term, sizeof(term), "TERM=%s", getenv("TERM"));
    struct program_spec spec = {
        .side = o->side,
        .argv = o->argv ? (const char *const *)o->argv : shell,
        .env = env,
        .in = STDIN_FILENO,
        .out = STDOUT_FILENO,
        .err = STDERR_FILENO,
        .terminal = terminal,
        .shows = o->shows,
        .n_shows = o->n_shows,
        /* the target's side is for programs of one's own, the student's for anybody's */
        .limits = o->side == RANGE_STUDENT ? &program_student_limits : NULL,
    };
    if (program_start(range, &spec, &program, err) != ST_OK)
        return (int)log_err(err);
    int status = attend(program, signals, terminal);
    program_close(program);
    if (terminal) {
        /* a shell that was killed leaves the terminal to its own group, and ours would be stopped */
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(STDIN_FILENO, getpgrp());
    }
    return status;
}

int cmd_range(int argc, char **argv)
{
    static const struct argp argp = {rows, parse, "[-- COMMAND [ARGUMENT...]]", doc, NULL, NULL, NULL};
    struct options o = {.range = {.joinable = true}};
    struct err err;
    struct range *range;
    sigset_t ends;

    if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &o))
        return ST_USAGE;
    /* before the range is there: a signal from now on waits until it can be closed */
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigaddset(&ends, SIGQUIT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    int signals = signalfd(-1, &ends, SFD_CLOEXEC);
    enum status st = o.join ? range_join(o.name, &range, &err) : range_open(&o.range, &range, &err);
    int status = st == ST_OK ? run(&o, range, signals, &err) : (int)log_err(&err);
    range_close(range);
    for (size_t i = 0; i < o.n_shows; i++)
        free(o.places[i]);
    close(signals);
    return status;
}
