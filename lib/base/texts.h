/* texts.h - many small texts that are let go of all together. */
#pragma once

struct texts_block;

/* All zero before the first is added. May be moved: the texts stay where they are. */
struct texts {
    struct texts_block *last;
};

/* A copy of text, which may be written to and is there until texts_free: it takes its bytes and their end,
 * where malloc would take 32 at least. All that are empty are one, and take nothing. NULL: no memory. */
char *texts_add(struct texts *texts, const char *text);
void texts_free(struct texts *texts);
