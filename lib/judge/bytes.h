/* bytes.h - whether the bytes of a field are what a clause asks for, whatever its matcher. */
#pragma once

#include "judge/clause.h"

/* True when they are, for this student (in lower case, "" for nobody). A newline at the end does not count
 * where the clause trims it. */
bool bytes_match(const struct clause *clause, const uint8_t *bytes, size_t length, const char *student);
