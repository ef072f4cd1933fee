/* pin.h - eight digits by which a student says who he is where the roster has no address for him. */
#pragma once

#include <stdbool.h>

#include "flag/flag.h"

enum { PIN_DIGITS = 8, PIN_SIZE = PIN_DIGITS + 1 };

/* The key that PINs are made with stands in a ring under this name, which no challenge can have: a target
 * gets it by keyring_narrow and keyring_export like a challenge's. */
#define PIN_KEY "_pin"

/* Writes the student's PIN for this course and class. False when the ring does not hold PIN_KEY, or
 * another student's alone. Its few
 * digits need a limit on guesses. */
bool pin_make(char out[PIN_SIZE], const struct flag_context *context, const struct keyring *ring,
              const char *student);

/* True when text is the student's PIN; compares in constant time. */
bool pin_right(const char *text, const struct flag_context *context, const struct keyring *ring,
               const char *student);
