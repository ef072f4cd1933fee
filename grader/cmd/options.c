#include "grader/cmd/options.h"

#include <string.h>

#include "base/str.h"

error_t options_parse(int key, char *arg, struct argp_state *state, struct options *options)
{
    if (key == 'c') {
        options->class_file = arg;
        return 0;
    }
    if (key != OPTION_FORMAT)
        return ARGP_ERR_UNKNOWN;
    options->json = options_json(arg, state);
    return 0;
}

bool options_json(const char *arg, struct argp_state *state)
{
    bool json = strcmp(arg, "json") == 0;

    if (!json && strcmp(arg, "human") != 0)
        argp_error(state, "--format is human or json, not \"%s\"", arg);
    return json;
}

uint64_t options_number(const char *arg, uint64_t max, const char *name, struct argp_state *state)
{
    uint64_t n = 0;

    if (parse_u64(arg, max, &n) != PARSE_OK)
        argp_error(state, "%s is a number from 0 to %llu, not \"%s\"", name, (unsigned long long)max, arg);
    return n;
}
