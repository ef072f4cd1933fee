/* clock.h - deadlines on the monotonic clock, dates in UTC. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Milliseconds since an arbitrary start; never goes back (CLOCK_MONOTONIC). For deadlines. */
int64_t clock_ms(void);

/* Microseconds since 1970 in UTC (CLOCK_REALTIME). For what people read. */
int64_t clock_utc_us(void);

#define CLOCK_TEXT_SIZE 40

/* "2026-11-22T18:47:33.309128+00:00" of microseconds since 1970; returns out. */
const char *clock_text(int64_t utc_us, char out[CLOCK_TEXT_SIZE]);

/* Reads what clock_text writes, of the years 1970 to 9999, and nothing else. */
bool clock_parse(const char *text, int64_t *utc_us);
