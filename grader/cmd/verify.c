#include <argp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "grader/cmd/cmd.h"
#include "grader/verify/report.h"
#include "grader/verify/verify.h"

enum { SLUGS_MAX = 256, REPEAT_MAX = 10000, JOBS_MAX = 64, TIMEOUT_MAX = 3600 };

struct options {
    struct verify_options verify;
    const char *slugs[SLUGS_MAX];
};

static const struct argp_option rows[] = {
    {"class", 'c', "FILE", 0, "verify this class's course (default: challenges here, else the installed one)",
     0},
    {"course", 'C', "DIR", 0, "the course's folder", 0},
    {"repeat", 'r', "N", 0, "so many runs of each challenge; says how many failed (default 1)", 0},
    {"jobs", 'j', "N", 0, "so many at once (default: cores)", 0},
    {"timeout", 't', "S", 0, "seconds that one solver or mutant may run (default 20)", 0},
    {"hops", 'h', "0|1", 0, "routers between student and target (default 0)", 0},
    {"format", 'f', "human|tap|junit|json", 0, "form of the result (default human)", 0},
    {"output", 'o', "FILE", 0, "write the result there (default: stdout)", 0},
    {"keep", 'k', "DIR", 0, "keep pcap, journal and output of what fails", 0},
    {0}};

static const char doc[] =
    "Proves that every challenge can be solved and that near misses are refused: sends what the clauses ask "
    "for, runs "
    "the solvers as a student, sends every near miss of refuse:, mutants/ and its own making, and tries "
    "others' flags. "
    "Each challenge has a private network of its own, with a throw-away key, a random class word and random "
    "students. Status 1: something does not hold; 4: this machine cannot say.\v"
    "Examples:\n"
    "  wiregrade verify\n"
    "  wiregrade verify raw-tcp --repeat 20 --keep failures\n"
    "  wiregrade verify --format junit --output verify.xml";

static unsigned number(const char *arg, uint64_t min, uint64_t max, const char *name,
                       struct argp_state *state)
{
    uint64_t value = 0;

    if (parse_u64(arg, max, &value) != PARSE_OK || value < min)
        argp_error(state, "--%s is a number from %llu to %llu", name, (unsigned long long)min,
                   (unsigned long long)max);
    return (unsigned)value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *o = state->input;
    struct verify_options *v = &o->verify;

    switch (key) {
    case 'c':
        v->class_file = arg;
        return 0;
    case 'C':
        v->course = arg;
        return 0;
    case 'r':
        v->repeat = number(arg, 1, REPEAT_MAX, "repeat", state);
        return 0;
    case 'j':
        v->jobs = number(arg, 1, JOBS_MAX, "jobs", state);
        return 0;
    case 't':
        v->timeout_s = number(arg, 1, TIMEOUT_MAX, "timeout", state);
        return 0;
    case 'h':
        v->hops = number(arg, 0, 1, "hops", state);
        return 0;
    case 'f':
        v->format = format_find(arg);
        if (!v->format)
            argp_error(state, "--format is human, tap, junit or json");
        return 0;
    case 'o':
        v->output = arg;
        return 0;
    case 'k':
        v->keep = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (v->n_slugs == SLUGS_MAX)
            argp_error(state, "at most %d challenges", SLUGS_MAX);
        o->slugs[v->n_slugs++] = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static atomic_int stopped;

static void on_signal(int signal)
{
    (void)signal;
    stopped = 1;
}

int cmd_verify(int argc, char **argv)
{
    static const struct argp argp = {rows, parse, "[SLUG...]", doc, NULL, NULL, NULL};
    const struct sigaction action = {.sa_handler = on_signal};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct options o = {.verify = {.repeat = 1, .timeout_s = 20}};

    o.verify.jobs = cores < 1 ? 1 : cores > JOBS_MAX ? JOBS_MAX : (unsigned)cores;
    o.verify.format = format_find("human");
    if (argp_parse(&argp, argc, argv, 0, NULL, &o))
        return 2;
    o.verify.slugs = o.slugs;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    return verify_run(&o.verify, &stopped);
}
