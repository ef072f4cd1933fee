/* words.h - YAML scalars that read back as they were. */
#pragma once

#include "base/buf.h"

/* Appends a scalar: plain where it is a plain word or number, quoted otherwise. */
void words_put(struct buf *out, const char *text);

/* The same, always quoted: a text, whatever it looks like. */
void words_put_quoted(struct buf *out, const char *text);

/* "key: text\n"; a text of several lines as a block. Nothing for NULL. */
void words_put_key(struct buf *out, const char *key, const char *text);
