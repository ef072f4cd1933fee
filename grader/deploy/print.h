/* print.h - a plan for people and for programs. */
#pragma once

#include <stdio.h>

#include "grader/deploy/plan.h"

/* A line for the item and one for each thing that differs, "key: old -> new"; flags are counted, never shown.
 * done: in the past tense. Nothing for one that was left out. */
void print_item(FILE *out, const struct plan *plan, const struct plan_item *item, bool done);

/* The last line: how many of each, and before it the plan's notes. */
void print_sum(FILE *out, const struct plan *plan, bool done);

/* All of it as one JSON object. False: no memory. */
bool print_json(FILE *out, const struct plan *plan);
