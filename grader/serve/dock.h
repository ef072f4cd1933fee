/* dock.h - takes by HTTP what `wiregrade ship` sends from a target's machine: each with the target's token,
 * for that target alone (store/shipper.h).
 *
 *   GET  /ship                       -> {"target", "now_us"}
 *   POST /ship/file?head             -> {"target", "own", "of", "file", "piece", "at", "length", "now_us"}:
 * whose it is and where it stands POST /ship/line?head&piece&at    -> {"has", "now_us"}; the body is a line
 *   POST /ship/lines?head&file&piece&at&length&to_piece&to_at&ahead_us
 *                                    -> as /ship/file, with 409 when it does not stand where the first ones
 * say; the body is lines, from to_at of to_piece on
 *
 * Other answers are a sentence: 401 for a wrong token, 400 for what cannot be read, 503 when it is to be
 * tried again. */
#pragma once

#include "grader/serve/state.h"
#include "grader/store/store.h"

struct dock;

/* Serves on address:port (numeric; 0: any free port) until dock_close. The store, which nobody else uses, and
 * state are borrowed. ST_USAGE, ST_ENV as httpd_start. */
enum status dock_open(struct dock **out, struct store *store, struct state *state, const char *address,
                      uint16_t port, struct err *err);
uint16_t dock_port(const struct dock *dock);
void dock_close(struct dock *dock); /* NULL is allowed */
