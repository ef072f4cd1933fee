/* sound.h - a sound course of one challenge, in which one file is written anew, and what lint says of it. */
#pragma once

#include <stddef.h>

#include "../spec/files.h"

#define COURSE "id: sockets\nname: Sockets\npass: 10\n"
#define TEXTS "name: Raw\ncategory: RAW\ndescription: |\n  Send it.\nvalue: 10\n"
#define TARGET                                                                                               \
    "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  ip.ttl: {range: [1, 200]}\n  payload: {text: "         \
    "\"{student}\"}\n"                                                                                       \
    "deliver: {connect: 1111}\nrefuse:\n"
#define ROWS                                                                                                 \
    "- {ip.proto: 17, why: WRONG_VALUE}\n- {ip.ttl: 0, why: NOT_SET}\n- {ip.ttl: 201, why: OFF_BY_ONE}\n"    \
    "- {payload: {encoding: hex}, why: WRONG_ENCODING}\n"

/* The course, in a new folder: files_done removes it. */
void sound_begin(void);

/* All that is said of the folder's course, by a class of practice; valid until the next call. */
const char *sound_lint(void);

struct sound_row {
    const char *text, *want;
};

/* Each text in turn as the file `name` of an otherwise sound course. */
void sound_check(const char *name, const struct sound_row *rows, size_t n);

#define CHECK(name, rows) sound_check(name, rows, sizeof(rows) / sizeof((rows)[0]))
