/* files.h - temporary folders of spec files, and problems as text, for the tests of lib/spec. */
#pragma once

#include "spec/problem.h"

/* A new folder, removed with everything in it by files_done. Aborts when it cannot. */
void files_begin(void);
void files_done(void);

/* The folder's path, and the path of name in it (valid until the fourth next call). */
const char *files_dir(void);
const char *files_path(const char *name);

/* Writes name (its folders are made) with a text, or with bytes. */
void files_write(const char *name, const char *text);
void files_write_bytes(const char *name, const void *bytes, size_t len);

/* What problems_print says, with the folder's path left out; valid until the next call. Frees *problems. */
const char *files_problems(struct problems *problems);
