#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 16 };

bool array_room(void *array, size_t n, size_t *cap, size_t size)
{
    void *items;

    if (n < *cap)
        return true;
    size_t more = *cap ? *cap * 2 : FIRST;
    if (more < *cap || more > SIZE_MAX / size)
        return false;
    memcpy(&items, array, sizeof(items)); /* a pointer to any type, so it is not read as one to void */
    items = realloc(items, more * size);
    if (!items)
        return false;
    memcpy(array, &items, sizeof(items));
    *cap = more;
    return true;
}
