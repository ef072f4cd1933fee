#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "explain/code.h"
#include "grader/cmd/cmd.h"

enum { CODES_MAX = 256 };

struct args {
    bool list;
};

static void print_human(const struct code *code)
{
    printf("%s\n  means  %s\n  try    %s\n", code->name, code->meaning, code->mend);
    if (*code->see)
        printf("  see    %s\n", code->see);
    if (*code->twins)
        printf("  or     %s\n", code->twins);
}

static void print_json(struct json_writer *w, const struct code *code)
{
    json_open_object(w, NULL);
    json_put_text(w, "code", code->name);
    json_put_text(w, "meaning", code->meaning);
    json_put_text(w, "try", code->mend);
    json_put_text(w, "see", code->see);
    json_put_text(w, "twins", code->twins);
    json_close_object(w);
}

static enum status unknown(const char *name, struct err *err)
{
    const char *names[CODES_MAX];
    size_t n = 0;

    for (; n < code_count() && n < CODES_MAX; n++)
        names[n] = code_at(n)->name;
    const char *near = names_nearest(name, names, n);
    return err_set(err, ST_INPUT, "no code \"%.60s\"%s%s%s `wiregrade diagnose --list` shows them", name,
                   near ? "; did you mean " : "", near ? near : "", near ? "?" : ";");
}

static enum status run(struct frame_work *work)
{
    char *name = work->words[0]; /* NULL: all */

    for (char *c = name; c && *c; c++) /* as people type them */
        *c = (char)(*c == '-' ? '_' : toupper((unsigned char)*c));
    if (name && !code_find(name))
        return unknown(name, &work->err);
    for (size_t i = 0; i < code_count(); i++) {
        const struct code *code = code_at(i);
        if (name && strcmp(code->name, name) != 0)
            continue;
        if (work->w)
            print_json(work->w, code);
        else
            print_human(code);
    }
    return ST_OK;
}

static enum status check(struct frame_work *work)
{
    const struct args *args = work->own;

    if (args->list != (work->n_words == 0))
        return err_set(&work->err, ST_USAGE,
                       args->list ? "a code or --list: not both" : "which code? --list shows them all");
    return ST_OK;
}

static const struct options_row options[] = {{"list", 0, NULL,
                                              "all codes, in the order in which equally good ones are told",
                                              OPTIONS_FLAG(struct args, list)},
                                             FRAME_FORMAT_ROW,
                                             {0}};

const struct frame_command cmd_diagnose = {
    .name = "diagnose",
    .help = "tell what a diagnosis code means",
    .doc = "Tells what a diagnosis code means, what to try, and where it is written.\v"
           "Example: wiregrade diagnose NOT_SHIFTED",
    .options = options,
    .own_size = sizeof(struct args),
    .check = check,
    .forms = {{"CODE", FRAME_LIST, run}, {"--list", FRAME_LIST, run}},
};
