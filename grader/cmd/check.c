#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/names.h"
#include "base/str.h"
#include "grader/check/check.h"
#include "grader/cmd/cmd.h"
#include "grader/cmd/options.h"

enum { SLUGS_MAX = 64, PARAMS_MAX = 64 };

struct args {
    struct check_options check;
    const char *slugs[SLUGS_MAX], *params[PARAMS_MAX];
    char student[NAME_MAX_LEN + 1];
};

static const struct argp_option rows[] = {
    {"student", 's', "HANDLE", 0, "judge for this student (default: whom each packet names)", 0},
    {"class", 'c', "FILE", 0, "the class (default: class.yml here, else the practice class)", 0},
    {"param", 'p', "FIELD=VALUE", 0, "a value that you were told; SLUG:FIELD=VALUE where two have one", 0},
    {"every-packet", 'e', NULL, 0, "tell every judged packet, not only the best for each challenge", 0},
    OPTION_FORMAT_ROW,
    {0}};

static const char doc[] =
    "Judges the packets of a pcap or pcapng file, also one packed by gzip, as the targets would, and tells "
    "what is "
    "wrong with the best one for each packet challenge (or for each SLUG), and why "
    "others were for none. FILE - reads standard input while it grows.\v"
    "Examples:\n"
    "  wiregrade check mine.pcap\n"
    "  wiregrade check mine.pcap raw-tcp --student smith --param tcp.ack_raw=1234567\n"
    "  sudo tcpdump -U --immediate-mode -ni any -w - host 172.16.1.15 | wiregrade check - raw-tcp";

static void take_student(struct args *a, const char *arg, struct argp_state *state)
{
    str_copy(a->student, sizeof(a->student), arg);
    ascii_lower(a->student);
    if (!handle_valid(a->student))
        argp_error(state, "--student %.60s is no handle", arg);
    a->check.student = a->student;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct args *a = state->input;

    switch (key) {
    case 's':
        take_student(a, arg, state);
        return 0;
    case 'c':
        a->check.class_file = arg;
        return 0;
    case 'p':
        if (a->check.n_params == PARAMS_MAX)
            argp_error(state, "at most %d values", PARAMS_MAX);
        a->params[a->check.n_params++] = arg;
        return 0;
    case 'e':
        a->check.every_packet = true;
        return 0;
    case OPTION_FORMAT:
        a->check.json = options_json(arg, state);
        return 0;
    case ARGP_KEY_ARG:
        if (!a->check.file) {
            a->check.file = arg;
            return 0;
        }
        if (a->check.n_slugs == SLUGS_MAX)
            argp_error(state, "at most %d challenges", SLUGS_MAX);
        a->slugs[a->check.n_slugs++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (!a->check.file)
            argp_error(state, "which file? - is standard input");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cmd_check(int argc, char **argv)
{
    static const struct argp argp = {rows, parse, "FILE [SLUG...]", doc, NULL, NULL, NULL};
    struct args a = {.check = {.file = NULL}};
    struct err err;

    argp_parse(&argp, argc, argv, 0, NULL, &a);
    a.check.slugs = a.slugs;
    a.check.params = a.params;
    enum status st = check_run(&a.check, stdout, &err);
    if (st != ST_OK && st != ST_NO)
        log_err(&err);
    return (int)st;
}
