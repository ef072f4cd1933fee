/* deny.h - system calls that a student's program does without: they take memory that no process is charged
 * for. */
#pragma once

/* Loads the filter for the calling process and all that it starts; it has no_new_privs already. *asks gets a
 * descriptor, O_CLOEXEC, on which ring_answer() must answer for as long as they live. Returns 0, or -1 with
 * errno. */
int deny_load(int *asks);
