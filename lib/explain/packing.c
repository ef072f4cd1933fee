#include "explain/packing.h"

#include <string.h>

#include "base/cursor.h"

static const struct form FORMS[] = {
    {LAYER_IP,
     "!BBHHHBBH4s4s",
     20,
     10,
     {{"version and IHL", 0, 1, false},
      {"the DS byte (type of service)", 1, 1, false},
      {"the total length", 2, 2, false},
      {"the identification", 4, 2, false},
      {"flags and fragment offset", 6, 2, false},
      {"the time to live", 8, 1, false},
      {"the protocol", 9, 1, false},
      {"the header checksum", 10, 2, false},
      {"the source address", 12, 4, true},
      {"the destination address", 16, 4, true}}},
    {LAYER_TCP,
     "!HHLLBBHHH",
     20,
     9,
     {{"the source port", 0, 2, false},
      {"the destination port", 2, 2, false},
      {"the sequence number", 4, 4, false},
      {"the acknowledgment number", 8, 4, false},
      {"the data offset", 12, 1, false},
      {"the flags", 13, 1, false},
      {"the window", 14, 2, false},
      {"the checksum", 16, 2, false},
      {"the urgent pointer", 18, 2, false}}},
    {LAYER_UDP,
     "!HHHH",
     8,
     4,
     {{"the source port", 0, 2, false},
      {"the destination port", 2, 2, false},
      {"the length", 4, 2, false},
      {"the checksum", 6, 2, false}}},
    {LAYER_ICMP,
     "!BBHHH",
     8,
     5,
     {{"the type", 0, 1, false},
      {"the code", 1, 1, false},
      {"the checksum", 2, 2, false},
      {"the identifier", 4, 2, false},
      {"the sequence number", 6, 2, false}}},
};

const struct form *packing_form(size_t i)
{
    return i < sizeof(FORMS) / sizeof(FORMS[0]) ? &FORMS[i] : NULL;
}

struct packing packing_usual(const struct form *form)
{
    struct packing p = {.form = form};

    for (size_t i = 0; i < form->n; i++)
        p.as[i].width = form->of[i].width;
    return p;
}

size_t packing_size(const struct packing *p)
{
    size_t n = 0;

    for (size_t i = 0; i <= p->form->n; i++)
        n += p->as[i].zeros + (size_t)p->as[i].width * (p->as[i].twice ? 2 : 1);
    return n;
}

/* Total length and header checksum are the kernel's, whatever was packed there, and the identification where
 * 0 was: what belongs to another field was overwritten. */
static bool overwritten(const struct packing *p, size_t from, size_t to)
{
    return p->form->layer == LAYER_IP && (from == 2 || from == 3 || from == 10 || from == 11 ||
                                          ((from == 4 || from == 5) && to != 4 && to != 5));
}

/* One value from the wire into its place in header. False when bytes that have no place are not 0. */
static bool unpack_one(const struct packing *p, size_t i, const uint8_t *sent, size_t at, uint8_t *header,
                       uint64_t *unknown)
{
    const size_t width = p->form->of[i].width, wide = p->as[i].width;
    const bool little = p->little && !p->form->of[i].text;

    for (size_t b = 0; b < width || b < wide; b++) { /* from the least significant */
        size_t to = p->form->of[i].at + width - 1 - b, from = at + (little ? b : wide - 1 - b);
        if (b >= width && sent[from] && !overwritten(p, from, SIZE_MAX))
            return false;
        if (b >= width)
            continue;
        header[to] = b < wide ? sent[from] : 0;
        if (b >= wide || overwritten(p, from, to)) {
            *unknown |= UINT64_C(1) << to;
            header[to] = 0;
        }
    }
    return true;
}

/* Bytes of 0, and those of a value that stands there twice, as far as the kernel left them alone. */
static bool is_filler(const struct packing *p, size_t i, const uint8_t *sent, size_t at)
{
    const size_t zeros = p->as[i].zeros, wide = p->as[i].width;

    for (size_t k = at; k < at + zeros; k++)
        if (sent[k] && !overwritten(p, k, SIZE_MAX))
            return false;
    for (size_t k = at + zeros; p->as[i].twice && k < at + zeros + wide; k++)
        if (sent[k] != sent[k + wide] && !overwritten(p, k, SIZE_MAX) && !overwritten(p, k + wide, SIZE_MAX))
            return false;
    return true;
}

bool packing_undo(const struct packing *p, const struct place_sent *sent, uint8_t header[PACKING_HEADER_MAX],
                  uint64_t *unknown, size_t *sum_at)
{
    size_t at = 0;

    *unknown = 0;
    *sum_at = 0;
    if (packing_size(p) > sent->length)
        return false;
    for (size_t i = 0; i < p->form->n; i++) {
        const size_t wide = p->as[i].width;
        if (!is_filler(p, i, sent->bytes, at))
            return false;
        at += p->as[i].zeros;
        if (!unpack_one(p, i, sent->bytes, at, header, unknown))
            return false;
        if (strcmp(p->form->of[i].name, "the checksum") == 0 && wide >= 2)
            *sum_at = at + (p->little ? 0 : wide - 2);
        at += wide * (p->as[i].twice ? 2 : 1);
    }
    if (p->joined) {
        uint8_t first = header[12];
        header[12] = header[13];
        header[13] = first;
    }
    return all_zero(sent->bytes + at, p->as[p->form->n].zeros);
}
