#include "grader/verify/verify.h"

#include <unistd.h>

#include "grader/cmd/cmd.h"
#include "grader/verify/report.h"

enum { JOBS_MAX = 64 };

static enum status take_format(void *own, char *arg, struct err *err)
{
    struct verify_options *o = own;

    o->format = format_find(arg);
    return o->format ? ST_OK : err_set(err, ST_USAGE, "--format is human, tap, junit or json");
}

static enum status run(struct frame_work *work)
{
    struct verify_options *o = work->own;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    o->slugs = (const char *const *)work->words;
    o->n_slugs = work->n_words;
    if (!o->jobs)
        o->jobs = cores < 1 ? 1 : cores > JOBS_MAX ? JOBS_MAX : (unsigned)cores;
    if (!o->format)
        o->format = format_find("human");
    return (enum status)verify_run(o, work->stop);
}

static const struct options_row options[] = {
    {"class", 'c', "FILE", "verify this class's course (default: challenges here, else the installed one)",
     OPTIONS_TEXT(struct verify_options, class_file)},
    {"course", 'C', "DIR", "the course's folder", OPTIONS_TEXT(struct verify_options, course)},
    {"repeat", 'r', "N", "so many runs of each challenge; says how many failed (default 1)",
     OPTIONS_NUMBER(struct verify_options, repeat, 1, 10000)},
    {"jobs", 'j', "N", "so many at once (default: cores)",
     OPTIONS_NUMBER(struct verify_options, jobs, 1, JOBS_MAX)},
    {"timeout", 't', "S", "seconds that one solver or mutant may run (default 20)",
     OPTIONS_NUMBER(struct verify_options, timeout_s, 1, 3600)},
    {"hops", 'h', "0|1", "routers between student and target (default 0)",
     OPTIONS_NUMBER(struct verify_options, hops, 0, 1)},
    {"format", 'f', "human|tap|junit|json", "form of the result (default human)", .take = take_format},
    {"output", 'o', "FILE", "write the result there (default: stdout)",
     OPTIONS_TEXT(struct verify_options, output)},
    {"keep", 'k', "DIR", "keep pcap, journal and output of what fails",
     OPTIONS_TEXT(struct verify_options, keep)},
    {0}};

const struct frame_command cmd_verify = {
    .name = "verify",
    .help = "prove that every challenge can be solved and that near misses are refused",
    .doc = "Proves that every challenge can be solved and that near misses are refused: sends what the "
           "clauses ask for, runs the solvers as a student, sends every near miss of refuse:, mutants/ and "
           "its own making, and tries others' flags. Each challenge has a private network of its own, with a "
           "throw-away key, a random class word and random students. Status 1: something does not hold; 4: "
           "this machine cannot say.\v"
           "Examples:\n"
           "  wiregrade verify\n"
           "  wiregrade verify raw-tcp --repeat 20 --keep failures\n"
           "  wiregrade verify --format junit --output verify.xml",
    .options = options,
    .own_size = sizeof(struct verify_options),
    .defaults = &(const struct verify_options){.repeat = 1, .timeout_s = 20},
    .forms = {{"[SLUG...]", FRAME_HANGUP, run}},
};
