#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "grader/cmd/cmd.h"
#include "grader/range/program.h"

#define MAX_SHOWS 16
#define UNSAID UINT_MAX

struct args {
    struct range_options range;
    bool join;
    const char *name;
    unsigned side;
    struct program_show shows[MAX_SHOWS];
    char *places[MAX_SHOWS];
    size_t n_shows;
};

/* What a range is made of; nothing else can stand there. */
static bool is_taken(const char *place)
{
    static const char *const own[] = {"/bin",  "/dev",  "/etc", "/lib", "/lib64",
                                      "/proc", "/sbin", "/sys", "/usr"};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        const size_t length = strlen(own[i]);
        if (strncmp(place, own[i], length) == 0 && (!place[length] || place[length] == '/'))
            return true;
    }
    return !place[strspn(place, "/")] || strcmp(place, "/tmp") == 0;
}

/* Whether what stands before the colon is a path. */
static bool is_there(char *text, char *colon)
{
    *colon = '\0';
    const bool there = access(text, F_OK) == 0;
    *colon = ':';
    return there;
}

/* "raw.py" or "src/raw.py:/tmp/x.py" to what is shown and where. */
static enum status take_show(void *own, char *text, struct err *err)
{
    struct args *a = own;
    char *colon = strrchr(text, ':');
    char *place = NULL;

    if (a->n_shows >= MAX_SHOWS)
        return err_set(err, ST_USAGE, "--show: at most %d times", MAX_SHOWS);
    if (colon && colon[1] == '/') {
        *colon = '\0';
        place = strdup(colon + 1);
        if (place && is_taken(place)) {
            err_set(err, ST_USAGE,
                    "--show: %.200s is the range's own; mend: a place below /tmp, as %.200s:/tmp/NAME", place,
                    text);
            free(place);
            return ST_USAGE;
        }
    } else if (colon && access(text, F_OK) != 0 && is_there(text, colon)) {
        return err_set(err, ST_USAGE,
                       "--show: \"%.200s\" is no place; mend: one that begins with /, as /tmp/%.200s",
                       colon + 1, colon[1] ? colon + 1 : "NAME");
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
    a->places[a->n_shows] = place;
    a->shows[a->n_shows++] = (struct program_show){.from = text, .at = place};
    return place && text[0] ? ST_OK : err_set(err, ST_USAGE, "--show: PATH or PATH:/PLACE");
}

static enum status take_join(void *own, char *arg, struct err *err)
{
    struct args *a = own;

    if (arg && !*arg)
        return err_set(
            err, ST_USAGE,
            "--join=: no name behind the =; mend: --join=range-XXXXXX, as the demo told it, or --join "
            "alone for the one that runs");
    a->join = true;
    a->name = arg;
    return ST_OK;
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

static enum status run_in(struct range *range, struct frame_work *work, int signals)
{
    const struct args *o = work->own;
    static const char *const shell[] = {"bash", "--norc", NULL};
    bool terminal = isatty(STDIN_FILENO);
    char prompt[64], name[64], term[64] = "TERM=dumb";
    const char *env[] = {prompt, name, term, ("WIREGRADE_TARGET=" RANGE_TARGET_ADDRESS), NULL};
    struct program *program;

    snprintf(prompt, sizeof(prompt), "PS1=%s:\\w\\$ ", o->side == RANGE_STUDENT ? "student" : "target");
    snprintf(name, sizeof(name), "WIREGRADE_RANGE=%s", range_name(range)); /* for --join=NAME */
    if (getenv("TERM"))
        snprintf(term, sizeof(term), "TERM=%s", getenv("TERM"));
    struct program_spec spec = {
        .side = o->side,
        .argv = work->n_words ? (const char *const *)work->words : shell,
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
    enum status st = program_start(range, &spec, &program, &work->err);
    if (st != ST_OK)
        return st;
    int status = attend(program, signals, terminal);
    program_close(program);
    if (terminal) {
        /* a shell that was killed leaves the terminal to its own group, and ours would be stopped */
        signal(SIGTTOU, SIG_IGN);
        tcsetpgrp(STDIN_FILENO, getpgrp());
    }
    return (enum status)status; /* the program's own */
}

static enum status run(struct frame_work *work)
{
    struct args *a = work->own;
    struct range *range;
    sigset_t ends;

    /* before the range is there: a signal from now on waits until it can be closed */
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigaddset(&ends, SIGQUIT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    int signals = signalfd(-1, &ends, SFD_CLOEXEC);
    enum status st =
        a->join ? range_join(a->name, &range, &work->err) : range_open(&a->range, &range, &work->err);
    if (st == ST_OK)
        st = run_in(range, work, signals);
    range_close(range);
    for (size_t i = 0; i < a->n_shows; i++)
        free(a->places[i]);
    close(signals);
    return st;
}

/* As mkdtemp ends a range's name. */
static bool is_range_name(const char *word)
{
    static const char before[] = "range-";
    const size_t n = strlen(before);

    return strncmp(word, before, n) == 0 && strlen(word) == n + 6;
}

/* What a range is made of cannot be said where none is made. */
static enum status check(struct frame_work *work)
{
    struct args *a = work->own;

    if (a->join && !a->name && work->n_words && is_range_name(work->words[0]))
        return err_set(&work->err, ST_USAGE,
                       "%s is taken for the command, for a blank stands before it; mend: --join=%s, with =",
                       work->words[0], work->words[0]);
    const char *said = a->range.hops != UNSAID         ? "--hops"
                       : a->range.neighbours != UNSAID ? "--neighbours"
                                                       : NULL;

    if (a->join && said)
        return err_set(
            &work->err, ST_USAGE,
            "%s is for a range that is started; one that runs is entered as it is: not with --join", said);
    a->range.hops = a->range.hops == UNSAID ? 0 : a->range.hops;
    a->range.neighbours = a->range.neighbours == UNSAID ? 0 : a->range.neighbours;
    return ST_OK;
}

static const struct options_row options[] = {
    {"hops", 'n', "0|1", "routers between student and target (default 0)",
     OPTIONS_NUMBER(struct args, range.hops, 0, 1)},
    {"neighbours", 'b', "N", "more addresses on the student's side, from 10.10.0.41 on (at most 200)",
     OPTIONS_NUMBER(struct args, range.neighbours, 0, 200)},
    {"join", 'j', "NAME", "enter a running range of yours instead of starting one", .take = take_join,
     .maybe = true},
    {"side", 's', "student|target", "where the command runs (default student)",
     OPTIONS_CHOICE(struct args, side)},
    {"show", 'f', "PATH[:AS]", "show a copy of a file or folder as AS (default: /tmp/NAME); may be repeated",
     .take = take_show},
    {0}};

const struct frame_command cmd_range = {
    .name = "range",
    .help = "start the private network of student and target, or enter a running one",
    .doc = "Starts the private network in which a student (" RANGE_STUDENT_ADDRESS
           ") and the targets (" RANGE_TARGET_ADDRESS
           ") meet, and runs a command in it, by default a shell: as user 1000 with CAP_NET_RAW alone, /tmp "
           "of its own, and nothing of this machine's files but the system's. The range ends with the "
           "command; the exit status is the command's, or 128 and the signal that ended it.\v"
           "Example: send a packet by a script of your own, and see what arrives:\n"
           "  wiregrade range --show raw.py -- python3 raw.py\n"
           "  wiregrade range --join --side target -- tcpdump -ni eth0",
    .options = options,
    .own_size = sizeof(struct args),
    .check = check,
    .defaults = &(const struct args){.range = {.joinable = true, .hops = UNSAID, .neighbours = UNSAID},
                                     .side = RANGE_STUDENT},
    .forms = {{"[-- COMMAND [ARGUMENT...]]", FRAME_AS_IS, run}},
};
