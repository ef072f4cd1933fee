/* sent.h - packets that a student makes, right and mangled, and what must be told of them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/judge.h"

enum { SRC = 0x0A0A0028, CLASSES = 4, RANDOM_FRAMES = 1000, NATIVE = 8, IP = 20, TCP = 20, SUM_AT = 16 };
enum { N_STUDENTS = 4 };
extern const char *const STUDENTS[N_STUDENTS];

/* The whole course in a class of its own. */
struct shop {
    struct course course;
    struct class class;
    struct problems problems;
    struct keyring *ring;
    struct rulebook *book;
};

void shop_open(struct shop *s);
void shop_close(struct shop *s);

/* A packet that a student makes: his own checksum over what he packed, the kernel's length and sum. */
struct made {
    uint8_t bytes[2048];
    size_t length;
};

void put(struct made *m, const void *bytes, size_t n);
void as_the_kernel(struct made *m); /* writes the total length and the header's sum */
void right_packet(const struct shop *s, const char *slug, const char *student, struct made *m);

/* TCP's values packed by another format; letters: B H L Q, x a byte of 0, - a value left out. little: all in
 * the host's order. native: L is 8 bytes on its border. The checksum is made over what is packed. */
void pack_tcp(const struct made *right, const char *letters, bool little, bool native, struct made *out);

/* How much was told, how much of it as certain, and how much was wrong: keys are random, and one time in
 * some thousands a value looks like another mistake by chance. */
struct tally {
    size_t told, certain, wrong;
};

/* Every failed finding must have `code` first, and the first text must hold `text`. */
void expect_told(const struct rules *rules, const struct made *m, const char *code, const char *text,
                 const char *what, struct tally *tally);
void expect_nearly_all(const struct tally *tally);

/* The first code that is told of `field`; "-" when none is. */
void tell(const struct rules *rules, const struct made *m, const char *field, char codes[64]);

uint32_t next_random(uint64_t *state); /* xorshift: the same frames each run */
