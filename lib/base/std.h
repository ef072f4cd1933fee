/* std.h - the three standard descriptors: open from the first line of main on, and what is lost is seen. */
#pragma once

/* The first thing that main does; name is borrowed for the life of the process, as by log_open.
 *
 * A descriptor of 0 to 2 that is closed would be the next file, socket or pipe that is opened, and a message
 * would be written there: standard input and error become /dev/null, and standard output /dev/full, since a
 * result that goes nowhere is not to look like one that arrived.
 *
 * From here on the process ends with ST_ENV and a sentence, whoever calls exit (argp does, after --help),
 * when what was written to stdout did not arrive and the status would be ST_OK or ST_NO: a full disk must not
 * look like success. _exit, which forked children use, is left alone. */
void std_open(const char *name);

/* "wiregrade 0.1.0": what --version prints, of each of the programs. */
extern const char std_version[];
