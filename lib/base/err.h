/* err.h - what went wrong, in one sentence, and the exit status that goes with it. */
#pragma once

#include <stdarg.h>

/* The exit statuses of every executable; also what functions that can fail return. */
enum status {
    ST_OK = 0,    /* success, or pass */
    ST_NO = 1,    /* the answer is no: flag wrong, packet refused, drift */
    ST_USAGE = 2, /* the command line is wrong */
    ST_INPUT = 3, /* bad input; the text names file, line, column, key */
    ST_ENV = 4,   /* the environment says no; the text names the mend */
};

/* Caller-owned. `text` is one sentence without a newline; longer ones are cut. */
struct err {
    enum status status;
    char text[1024];
};

/* Fills *err and returns status, so that `return err_set(err, ST_INPUT, …)` reads well. err may be NULL. */
enum status err_set(struct err *err, enum status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What every failed allocation says; returns ST_ENV. err may be NULL. */
enum status err_memory(struct err *err);

/* Puts "fmt: " before the text that is there. Returns err->status. */
enum status err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
