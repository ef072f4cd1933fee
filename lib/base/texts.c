#include "base/texts.h"

#include <stdlib.h>
#include <string.h>

/* What a small class does not fill is not touched, and takes no memory. */
enum { BLOCK_BYTES = 64 * 1024 };

struct texts_block {
    struct texts_block *before;
    size_t used, room;
    char bytes[];
};

static struct texts_block *block_with(struct texts *texts, size_t size)
{
    struct texts_block *block = texts->last;

    if (block && block->room - block->used >= size)
        return block;
    const size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    block = malloc(sizeof(*block) + room);
    if (!block)
        return NULL;
    *block = (struct texts_block){.before = texts->last, .room = room};
    texts->last = block;
    return block;
}

char *texts_add(struct texts *texts, const char *text)
{
    static char nothing[] = "";
    const size_t size = strlen(text) + 1;
    struct texts_block *block = *text ? block_with(texts, size) : NULL;

    if (!block)
        return *text ? NULL : nothing;
    char *copy = memcpy(block->bytes + block->used, text, size);
    block->used += size;
    return copy;
}

void texts_free(struct texts *texts)
{
    while (texts->last) {
        struct texts_block *block = texts->last;
        texts->last = block->before;
        free(block);
    }
}
