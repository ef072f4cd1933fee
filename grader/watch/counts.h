/* counts.h - how many rows of each type the scoreboard had after the last pass: as long as they are the same,
 * a pass need not look. */
#pragma once

#include "grader/store/store.h"

/* The note of the store that keeps them (store/note.h). */
#define COUNTS_KEY "watch.counts"

/* Before rows are taken away by others than a pass: the next one looks, though as many may have come
 * meanwhile. */
enum status counts_forget(struct store *store, struct err *err);
