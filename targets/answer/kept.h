/* kept.h - flags that wait to be called back when the targets end: in the journal, until the next start. */
#pragma once

#include "targets/answer/deliver.h"

/* Within so long after the end they are offered again: who had the address then may have another one later.
 */
enum { KEPT_S = 3600 };

/* Writes a line for each place where flags wait, which is for the next start alone. Returns how many flags
 * are in the journal; the others are lost. */
uint64_t kept_write(struct runtime *runtime);

/* Takes the flags that the journal's last lines keep, when these end with a stop: they wait again, as if just
 * earned. What the class does not owe any more, or nobody with its key has written, is left out. Before
 * anything is written to the journal. */
void kept_take(struct runtime *runtime);
