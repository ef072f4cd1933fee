/* intake.h - takes flags over TCP, one a line, and answers each line with one. */
#pragma once

#include <uv.h>

#include "grader/desk/desk.h"
#include "grader/serve/state.h"
#include "net/listen.h"

struct intake;

struct intake_options {
    const struct desk *desk; /* with the key */
    struct store *store;     /* the intake's own; used on the loop's thread */
    struct state *state;
    ipaddr address; /* host order; on a loopback address only this machine is heard */
    uint16_t port;  /* 0: any free one */
};

/* Listens. Everything is borrowed until intake_close. ST_ENV with the mend when the port cannot be had. */
enum status intake_open(struct intake **out, uv_loop_t *loop, const struct intake_options *options,
                        struct err *err);
uint16_t intake_port(const struct intake *intake);

/* Takes no more connections; what is being answered has a second. Before the loop's last run. */
void intake_stop(struct intake *intake);

/* After the loop's last run. NULL is allowed. */
void intake_close(struct intake *intake);

/* The answer to one line of source: "LINE WORD text\n", LINE without what is not printable. Counts it. */
void intake_answer(struct intake *intake, ipaddr source, const char *line, size_t length, struct buf *answer);
