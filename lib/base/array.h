/* array.h - arrays that grow by one element at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* array is the address of a pointer to *cap elements of size bytes each, n of them in use (NULL and 0 at
 * first). Sees to it that there is room for one more: the capacity doubles, so that n elements cost n copies
 * at most. false: no memory; pointer and *cap are as they were. What is new is not zeroed; free() it all. */
bool array_room(void *array, size_t n, size_t *cap, size_t size);
