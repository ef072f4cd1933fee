/* student.h - a script run as a student would run it: on the student's side, with the values he would have
 * read. */
#pragma once

#include "base/buf.h"
#include "grader/range/program.h"
#include "judge/rules.h"

enum { STUDENT_OUTPUT_MAX = 65536, STUDENT_FILES_MAX = 64 };

/* One run. Borrowed during student_run() alone. */
struct student_spec {
    const struct rules *rules; /* whose values the environment has */
    const char *student;
    const char *target; /* WIREGRADE_TARGET; NULL: the IPv4 address of the range's target */
    const char *source; /* WIREGRADE_SOURCE, and where the kernel sends from what names none; NULL: the
                           student's own address */
    const char *root;   /* the course's folder, beneath which path is opened (beneath.h) */
    const char *path;   /* .py, .sh and .c are run by python3, bash and the compiler; others by themselves */
    int timeout_ms;
};

/* What it did. out and err hold at most STUDENT_OUTPUT_MAX bytes each; student_done() frees them. */
struct student_result {
    struct buf out, err;
    bool late;    /* killed at its deadline */
    bool flooded; /* printed more than is kept; killed */
    struct program_result end;
};

/* Whether this machine has not what runs path, a file beneath root, (by its ending, its #! line or its
 * line "# needs: NAME..."): then out says what, and what to install where that is known. That is no fault of
 * who wrote it. */
bool student_lacks(const char *root, const char *path, char *out, size_t size);

/* Runs it in a sandbox under program_student_limits and waits until it and all that it started have ended.
 * ST_INPUT: it cannot be run; ST_ENV: the machine says no. student_done() either way. */
enum status student_run(struct range *range, const struct student_spec *spec, struct student_result *out,
                        struct err *err);
void student_done(struct student_result *result);

/* The scripts of a challenge's folder `name` (solve, mutants): what is neither hidden nor a backup nor a
 * folder, in order of names; a link is one too, which student_run() refuses. Returns their number, at most
 * STUDENT_FILES_MAX; each path is to free(). */
size_t student_files(const struct challenge *challenge, const char *name, char *paths[STUDENT_FILES_MAX]);
