/* row.h - the columns of a query's present row, counted from 0. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct query;

/* All of them only after query_next has said true. What they lend is there until the next row, or until
 * another of them reads the same column as another type. */

/* "" for null; numbers in decimal. */
const char *row_text(struct query *query, int column);

/* Bytes that may hold anything, NULL for null and for none; their number, of a text without its NUL. */
const void *row_bytes(struct query *query, int column);
size_t row_length(struct query *query, int column);

/* 0 for null. */
int64_t row_int(struct query *query, int column);
bool row_null(struct query *query, int column);

/* Copies row_text to out, cut when it is longer than size - 1 bytes. */
void row_copy(struct query *query, int column, char *out, size_t size);
