/* foreign.h - what a file is that is no capture, and what makes one of it. */
#pragma once

#include "base/err.h"
#include "pkt/source.h"

/* One sentence about the file of that path, by its first bytes: ST_INPUT. */
enum status foreign_err(const struct source *source, const char *path, struct err *err);
