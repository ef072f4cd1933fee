/* render.h - the course as plain folders for ctfcli. */
#pragma once

#include "grader/desk/desk.h"

/* Writes a folder for each challenge into dir, which is new or empty: challenge.yml with the class's values
 * filled in and with the keys by which `ctf challenge verify` (ctfcli 0.1.8) finds it equal on a CTFd 3.8.7,
 * its files and its solution. All or nothing. desk has the key. *n becomes how many. ST_INPUT: the course is
 * wrong, or dir is not empty. */
enum status render_course(const char *dir, const struct desk *desk, size_t *n, struct err *err);
