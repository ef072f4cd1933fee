/* steps.h - what must happen, in order: `steps:` of target.yml, or `expect:`, which is one. */
#pragma once

#include "spec/schema.h"
#include "spec/target.h"

/* Reads `expect` or `steps` of the file's mapping into t, whose kind and identify are read already, and
 * checks the steps against each other: who is named, names, what can never be reached. before:
 * how many errors there were before anything of the mapping was read; after another one nothing is called
 * missing. */
void steps_read(struct schema *s, const struct yaml *root, size_t before, struct target_spec *t);
void steps_free(struct step_spec *steps, size_t n);

/* Problems for names that are bound twice, used before they are bound, or never used, and for texts with
 * {names} that stand for nothing. */
void step_names_check(struct schema *s, const struct target_spec *t);
