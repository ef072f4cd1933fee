/* buf.h - growing bytes with a ceiling; always followed by a NUL that is not counted. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* `data` is NULL until something is added. Once an addition fails (ceiling or memory), `failed` stays set,
 * what was there is kept, and later additions do nothing: check once at the end. */
struct buf {
    char *data;
    size_t len;
    size_t cap;
    size_t ceiling;
    bool failed;
};

/* ceiling: the most bytes it will ever hold, without the NUL. */
void buf_init(struct buf *buf, size_t ceiling);
void buf_free(struct buf *buf);

/* Empties it; the memory is kept for reuse and `failed` is cleared. */
void buf_clear(struct buf *buf);

/* Each returns false when the bytes do not fit; then nothing was added. */
bool buf_add(struct buf *buf, const void *bytes, size_t len);
bool buf_puts(struct buf *buf, const char *text);
bool buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The text, "" while empty; borrowed until the next call on buf. */
const char *buf_text(const struct buf *buf);

/* The bytes become the caller's, to free(); buf is empty again. NULL when an addition failed or on no memory.
 */
char *buf_take(struct buf *buf);
