#include "explain/code.h"

#include <string.h>

static const struct code CODES[] = {
#define CODE(word, recognise, says, tries, document, others) {#word, says, tries, document, others},
#include "explain/codes.def"
#undef CODE
};

enum { N_CODES = sizeof(CODES) / sizeof(CODES[0]) };

size_t code_count(void)
{
    return N_CODES;
}

const struct code *code_at(size_t i)
{
    return &CODES[i];
}

const struct code *code_find(const char *name)
{
    for (size_t i = 0; i < N_CODES; i++)
        if (strcmp(CODES[i].name, name) == 0)
            return &CODES[i];
    return NULL;
}
