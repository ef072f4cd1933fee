/* Which rows an address is of. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "spec/roster.h"

/* A host's address, written in n bytes; 0 is nobody's. */
static bool read_one(const char *text, size_t n, ipaddr *address)
{
    char alone[IPADDR_TEXT_SIZE];

    if (n >= sizeof(alone))
        return false;
    memcpy(alone, text, n);
    alone[n] = '\0';
    return ipaddr_parse(alone, address) && *address;
}

bool roster_read_address(struct student *student)
{
    const char *text = student->address_text, *blank = strchr(text, ' ');
    ipaddr address, other = 0;

    if (!read_one(text, blank ? (size_t)(blank - text) : strlen(text), &address))
        return false;
    if (blank) {
        if (!read_one(blank + 1, strlen(blank + 1), &other))
            return false;
        if (ipaddr_is6(address) == ipaddr_is6(other))
            return false;
    }
    student->address = address;
    student->other = other;
    return true;
}

static int by_address(const void *a, const void *b)
{
    const struct roster_place *x = a, *y = b;

    return (x->address > y->address) - (x->address < y->address);
}

bool roster_make_places(struct roster *roster)
{
    size_t n = 1; /* most classes have none */

    for (size_t i = 0; i < roster->n; i++)
        n += (roster->students[i].address ? 1u : 0u) + (roster->students[i].other ? 1u : 0u);
    roster->places = calloc(n, sizeof(*roster->places));
    if (!roster->places)
        return false;
    for (size_t i = 0; i < roster->n; i++) {
        struct student *s = &roster->students[i];
        if (s->address)
            roster->places[roster->n_places++] = (struct roster_place){s->address, s};
        if (s->other)
            roster->places[roster->n_places++] = (struct roster_place){s->other, s};
    }
    qsort(roster->places, roster->n_places, sizeof(*roster->places), by_address);
    return true;
}

const struct roster_place *roster_at(const struct roster *roster, ipaddr address, size_t *n)
{
    const struct roster_place *rows = roster->places;
    size_t low = 0, high = roster->n_places;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rows[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    for (*n = 0; low + *n < roster->n_places && rows[low + *n].address == address;)
        ++*n;
    return *n ? rows + low : NULL;
}

bool roster_is_home(const struct student *student, ipaddr address)
{
    return address && (student->address == address || student->other == address);
}

const struct student *roster_find_address(const struct roster *roster, ipaddr address)
{
    size_t n;
    const struct roster_place *rows = roster_at(roster, address, &n);

    return n == 1 ? rows[0].student : NULL;
}

uint32_t roster_sharing(const struct roster *roster, ipaddr address)
{
    size_t n;

    roster_at(roster, address, &n);
    return n ? (uint32_t)n : 1;
}
