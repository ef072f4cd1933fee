/* sandbox.h - bubblewrap's command line for one program: what the program sees of the machine. */
#pragma once

#include <stddef.h>

#include "base/err.h"
#include "grader/range/state.h"

#define SANDBOX_ARGS 512
#define SANDBOX_FDS 64

/* Command line and descriptors of one start. All is freed by sandbox_done(). */
struct sandbox {
    const char *args[SANDBOX_ARGS];
    size_t n_args;
    char *owned[SANDBOX_ARGS]; /* texts made for it */
    size_t n_owned;
    int data[SANDBOX_FDS]; /* files that bubblewrap reads; as descriptor INIT_FREE + index */
    size_t n_data;
    char copies[128]; /* folder of the run directory with what is shown; "" when none was needed */
};

/* spec is borrowed until sandbox_done(). ST_INPUT when something to show cannot be had; ST_ENV. The folder
 * with the copies is left to the caller, for lockdir_wipe() after the program's end. */
enum status sandbox_make(struct sandbox *sandbox, struct range *range, const struct program_spec *spec,
                         struct err *err);
void sandbox_done(struct sandbox *sandbox);

/* Where bubblewrap is, NULL when it is not installed. */
const char *sandbox_program(void);
