/* cursor.h - reading bytes from outside: every step is checked against the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrows the bytes; they must outlive it. */
struct cursor {
    const uint8_t *at;
    size_t left;
};

static inline struct cursor cursor_of(const void *bytes, size_t len)
{
    return (struct cursor){bytes, len};
}

/* Steps over n bytes and returns where they begin; NULL, without a step, when fewer are left. */
static inline const uint8_t *cursor_pull(struct cursor *c, size_t n)
{
    if (n > c->left)
        return NULL;
    const uint8_t *at = c->at;
    c->at += n;
    c->left -= n;
    return at;
}

static inline uint16_t load_be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t load_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* One load, and a swap where the machine needs one: compilers see it in this form. */
static inline uint64_t load_be64(const uint8_t *p)
{
    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 | (uint64_t)p[3] << 32 |
           (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 | (uint64_t)p[6] << 8 | p[7];
}

static inline void store_be16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void store_be32(uint8_t *p, uint32_t v)
{
    store_be16(p, (uint16_t)(v >> 16));
    store_be16(p + 2, (uint16_t)v);
}

/* True of no bytes, too. */
static inline bool all_zero(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i])
            return false;
    return true;
}
