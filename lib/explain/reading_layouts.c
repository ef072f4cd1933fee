/* One letter of struct's format is another, or all of it is in the host's order: the header as it was packed
 * is unpacked by that format and packed again by the right one. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/reading_private.h"
#include "judge/rules_private.h"

enum { FIELDS_OF_FORM = 10, HEADER_MAX = 20, NATIVE_LONG = 8, UDP_LENGTH = 4 };
enum { PRICE_LETTER = 7, PRICE_ORDER = 3, PRICE_PAIR = 2 };

/* A header's usual format; rows are its values in wire order. text: bytes that no byte order turns round. */
static const struct form {
    enum layer layer;
    const char *format;
    size_t size, n;
    struct {
        const char *name;
        uint8_t at, width;
        bool text;
    } of[FIELDS_OF_FORM];
} FORMS[] = {
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

/* How a form's values were packed. */
struct packing {
    const struct form *form;
    bool little;
    bool joined; /* data offset and flags were one value of two bytes */
    struct {
        uint8_t width; /* bytes on the wire; 0: left out */
        uint8_t zeros; /* bytes of 0 before it */
        bool twice;
    } as[FIELDS_OF_FORM + 1]; /* the last: zeros behind the header */
};

/* Where the header was sent. */
struct place_sent {
    const uint8_t *bytes;
    size_t length;
    size_t at; /* in the frame */
};

static void usual(struct packing *p, const struct form *form)
{
    *p = (struct packing){.form = form};
    for (size_t i = 0; i < form->n; i++)
        p->as[i].width = form->of[i].width;
}

static size_t size_of(const struct packing *p)
{
    size_t n = 0;

    for (size_t i = 0; i <= p->form->n; i++)
        n += p->as[i].zeros + (size_t)p->as[i].width * (p->as[i].twice ? 2 : 1);
    return n;
}

static bool all_zero(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i])
            return false;
    return true;
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

/* The header as it should have been packed, and where its checksum was sent (0: nowhere). */
static bool unpack(const struct packing *p, const struct place_sent *sent, uint8_t header[HEADER_MAX],
                   uint64_t *unknown, size_t *sum_at)
{
    size_t at = 0;

    *unknown = 0;
    *sum_at = 0;
    if (size_of(p) > sent->length)
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

/* Fields that no clause asks for hold what they usually do, or the header stands elsewhere: the destination
 * is the target's, there is no urgent data, and it is version 4. */
static bool is_usual(const struct mender *r, const struct form *form, const uint8_t *header, uint64_t unknown)
{
    uint8_t target[4];

    if (form->layer == LAYER_TCP)
        return unknown >> 18 & 3 || all_zero(header + 18, 2);
    if (form->layer != LAYER_IP)
        return true;
    store_be32(target, (uint32_t)r->rules->class->target);
    for (size_t i = 0; i < 4 && !r->rules->class->own_host; i++)
        if (!(unknown >> (16 + i) & 1) && header[16 + i] != target[i])
            return false;
    return unknown & 1 || header[0] >> 4 == 4;
}

/* Bytes of addresses that were not sent, or that the kernel wrote over: the target's, and a student's own
 * network's. */
static void fill_addresses(const struct class *class, uint8_t *ip, uint64_t unknown)
{
    uint8_t target[4], source[4];

    store_be32(target, (uint32_t) class->target);
    for (size_t i = 0; i < 4; i++)
        ip[16 + i] = unknown >> (16 + i) & 1 ? target[i] : ip[16 + i];
    for (size_t n = 0; n < class->n_students && unknown >> 12 & 15; n++) {
        if (ipaddr_is6(class->students[n].net))
            continue;
        store_be32(source, (uint32_t)(class->students[n].net | (~class->students[n].mask ? 1 : 0)));
        for (size_t i = 0; i < 4; i++)
            source[i] = unknown >> (12 + i) & 1 ? source[i] : ip[12 + i];
        if (!class_has_student(class, load_be32(source)))
            continue;
        memcpy(ip + 12, source, 4);
        return;
    }
}

/* Sets r->u up to be filled by a header packed so; false when it cannot be what was sent. */
static bool undo(struct mender *r, const struct packing *p, const struct place_sent *sent)
{
    uint8_t header[HEADER_MAX] = {0};
    uint64_t unknown;
    size_t sum_at, size = size_of(p), end = sent->at + sent->length;

    if (!unpack(p, sent, header, &unknown, &sum_at) || !is_usual(r, p->form, header, unknown) ||
        !undone_begin(&r->u, r->packet, sent->at))
        return false;
    undone_add(&r->u, header, p->form->size);
    undone_add(&r->u, sent->bytes + size, sent->length - size);
    r->u.code = "MISPLACED";
    r->u.price = PRICE_LETTER;
    r->u.layer = p->form->layer;
    r->u.header = sent->at;
    r->u.unknown = unknown;
    if (p->form->layer == LAYER_IP) {
        uint8_t *ip = r->u.bytes + sent->at;
        const enum layer transport = reading_transport(r->rules);
        ip[0] = unknown & 1 ? 0x45 : ip[0];
        fill_addresses(r->rules->class, ip, unknown);
        if (unknown >> 9 & 1 && transport != LAYER_PAYLOAD)
            ip[9] = layer_protocol(transport);
        /* the kernel writes it, whatever was packed there: where it is wrong all the same, that is another
         * matter */
        r->u.total = sent->length == load_be16(sent->bytes + 2);
        /* without the addresses nobody can tell whether the transport's sum is right */
        r->u.sum = (struct undone_sum){.is = (unknown >> 12 & 0xFF) != 0};
        return true;
    }
    if (p->form->layer == LAYER_TCP && unknown >> 12 & 1)
        r->u.bytes[sent->at + 12] = 0x50;
    r->u.sum = (struct undone_sum){
        .is = true, .sent = sum_at > 0, .little = p->little, .from = sent->at, .end = end, .at = sum_at};
    return true;
}

static const char *letter_of(size_t width)
{
    return width == 1 ? "B" : width == 2 ? "H" : width == 4 ? "L" : "Q";
}

static void say_shift(struct undone *u, const struct packing *p, size_t i, const char *what)
{
    size_t size = size_of(p), right = p->form->size, by = size > right ? size - right : right - size;

    if (i + 1 < p->form->n)
        reading_say(u, "%s: what follows stands %zu byte%s too %s", what, by, by == 1 ? "" : "s",
                    size > right ? "late" : "early");
    else
        reading_say(u, "%s: the header is %zu bytes long, not %zu", what, size, right);
    reading_mend(u, "struct.calcsize('%s') must be %zu", p->form->format, right);
}

/* One value of another width: left out, narrower, wider. */
static void try_width(struct mender *r, const struct place_sent *sent, const struct form *form, size_t i,
                      size_t wide)
{
    const size_t width = form->of[i].width;
    struct packing p;
    char what[128];

    usual(&p, form);
    p.as[i].width = (uint8_t)wide;
    if (wide == width || !undo(r, &p, sent))
        return;
    if (!wide)
        snprintf(what, sizeof(what), "%s is left out", form->of[i].name);
    else
        snprintf(what, sizeof(what), "%s is packed as %s: %zu byte%s, %zu %s needed", form->of[i].name,
                 letter_of(wide), wide, wide == 1 ? "" : "s", width, width == 1 ? "is" : "are");
    say_shift(&r->u, &p, i, what);
    reading_try(r);
}

static void try_twice(struct mender *r, const struct place_sent *sent, const struct form *form, size_t i)
{
    struct packing p;
    char what[128];

    usual(&p, form);
    p.as[i].twice = true;
    if (!undo(r, &p, sent))
        return;
    snprintf(what, sizeof(what), "%s stands there twice", form->of[i].name);
    say_shift(&r->u, &p, i, what);
    reading_try(r);
}

/* Bytes of 0 before the i-th value, or behind the header. */
static void try_zeros(struct mender *r, const struct place_sent *sent, const struct form *form, size_t i,
                      size_t zeros)
{
    struct packing p;
    char what[128];

    usual(&p, form);
    p.as[i].zeros = (uint8_t)zeros;
    if (!undo(r, &p, sent))
        return;
    if (i < form->n)
        snprintf(what, sizeof(what), "%zu byte%s too many, of 0, before %s", zeros, zeros == 1 ? "" : "s",
                 form->of[i].name);
    else
        snprintf(what, sizeof(what), "%zu byte%s too many, of 0, behind the header", zeros,
                 zeros == 1 ? "" : "s");
    say_shift(&r->u, &p, i, what);
    reading_try(r);
}

/* Both ports of TCP (the first two values), or both numbers (the next two), by another letter. */
static void try_both(struct mender *r, const struct place_sent *sent, const struct form *form, size_t first,
                     size_t wide)
{
    struct packing p;
    char what[128];

    usual(&p, form);
    p.as[first].width = p.as[first + 1].width = (uint8_t)wide;
    if (!undo(r, &p, sent))
        return;
    snprintf(what, sizeof(what), "both %s are packed as %s: %zu bytes each, %u are needed",
             first ? "numbers" : "ports", letter_of(wide), wide, form->of[first].width);
    say_shift(&r->u, &p, first + 1, what);
    reading_try(r);
}

/* Both are written anew when a packet is sealed. */
static bool is_sealed(const struct form *form, size_t i)
{
    return form->layer == LAYER_IP && (form->of[i].at == 2 || form->of[i].at == 10);
}

/* Two values of the same width, one in the place of the other. */
static void try_exchanged(struct mender *r, const struct place_sent *sent, const struct form *form, size_t i,
                          size_t k)
{
    const size_t width = form->of[i].width, a = sent->at + form->of[i].at, b = sent->at + form->of[k].at;

    if (width != form->of[k].width || is_sealed(form, i) || is_sealed(form, k) || form->size > sent->length ||
        !undone_begin(&r->u, r->packet, sent->at + sent->length) ||
        memcmp(r->u.bytes + a, r->u.bytes + b, width) == 0)
        return;
    memcpy(r->u.bytes + a, r->packet->frame + b, width);
    memcpy(r->u.bytes + b, r->packet->frame + a, width);
    const struct clause *proto = form->layer == LAYER_IP ? clause_of(r->rules, field_find("ip.proto")) : NULL;
    if (proto && proto->kind == MATCH_EQUAL && r->u.bytes[r->u.ip + 9] != proto->a)
        return;
    r->u.code = "SWAPPED_WITH";
    r->u.price = PRICE_PAIR;
    r->u.least = form->layer == LAYER_IP ? 1 : 2; /* one field alone may be wrong in itself */
    reading_say(&r->u, "%s and %s are exchanged", form->of[i].name, form->of[k].name);
    reading_mend(&r->u, "look at the order of the values given to struct.pack('%s', ...)%s", form->format,
                 form->layer == LAYER_TCP && width == 4 ? "; hping3 -M seq -L ack" : "");
    reading_try(r);
    if (form->layer == LAYER_IP && form->of[i].at == 4 && form->of[k].at == 6 &&
        !all_zero(r->u.bytes + a, width)) {
        memset(r->u.bytes + b, 0, width); /* where 0 stood for the identification, the kernel picked one */
        r->u.guessed = true;
        reading_try(r);
    }
}

/* Without the !: the host's order, and with L the host's widths and borders. */
static void try_order(struct mender *r, const struct place_sent *sent, const struct form *form, bool native,
                      bool joined)
{
    struct packing p;
    size_t at = 0;

    usual(&p, form);
    p.little = true;
    p.joined = joined;
    for (size_t i = 0; native && i < form->n; i++) {
        if (form->of[i].width == 4)
            p.as[i].width = NATIVE_LONG;
        p.as[i].zeros = (uint8_t)(-at % p.as[i].width);
        at += p.as[i].zeros + p.as[i].width;
    }
    /* who had the length in the network's order had the !, and turned round the others himself */
    if ((form->layer == LAYER_UDP && sent->length >= form->size &&
         load_be16(sent->bytes + UDP_LENGTH) == sent->length) ||
        !undo(r, &p, sent))
        return;
    r->u.code = "BYTE_SWAPPED";
    r->u.price = PRICE_ORDER;
    r->u.least = 2; /* one field alone is told by its own recogniser */
    if (native)
        reading_say(&r->u,
                    "packed without the !: L is %d bytes then, the header %zu, and all stands in the host's "
                    "byte order",
                    NATIVE_LONG, size_of(&p));
    else
        reading_say(&r->u, "packed without the !: every value of the %s header is in the host's byte order",
                    layer_text(form->layer));
    reading_mend(&r->u, "struct.pack('%s', ...)   # the ! is network byte order", form->format);
    reading_try(r);
}

/* No header at all: the text stands where it should begin. */
static void try_missing(struct mender *r, const struct place_sent *sent, const struct form *form)
{
    const struct packing p = {.form = form};

    if (form->layer == LAYER_IP || !undo(r, &p, sent))
        return;
    r->u.code = "MISSING_HEADER";
    r->u.price = 0;
    reading_say(&r->u, "there is no %s header: the text follows the IPv4 header at once",
                layer_text(form->layer));
    reading_mend(&r->u, "packet = ip_header + %s_header + payload",
                 form->layer == LAYER_TCP   ? "tcp"
                 : form->layer == LAYER_UDP ? "udp"
                                            : "icmp");
    reading_try(r);
}

static void try_form(struct mender *r, const struct place_sent *sent, const struct form *form)
{
    static const uint8_t widths[] = {0, 1, 2, 4, 8};

    try_order(r, sent, form, false, false);
    if (form->layer == LAYER_TCP) {
        try_order(r, sent, form, true, false);
        try_order(r, sent, form, false, true);
        try_order(r, sent, form, true, true);
        try_both(r, sent, form, 0, 4);
        try_both(r, sent, form, 2, 2);
        try_both(r, sent, form, 2, 8);
    }
    /* no kernel sends an IPv4 packet whose first byte is not version and length */
    const size_t first = form->layer == LAYER_IP ? 1 : 0;
    for (size_t i = first; i < form->n; i++)
        for (size_t k = 0; k < sizeof(widths); k++)
            if (!form->of[i].text || !widths[k])
                try_width(r, sent, form, i, widths[k]);
    for (size_t i = first; i < form->n; i++)
        try_twice(r, sent, form, i);
    for (size_t i = 0; i < form->n; i++)
        for (size_t k = i + 1; k < form->n; k++)
            try_exchanged(r, sent, form, i, k);
    for (size_t i = first; i <= form->n; i++)
        for (size_t zeros = 1; zeros <= 4; zeros *= 2)
            try_zeros(r, sent, form, i, zeros);
    try_missing(r, sent, form);
}

/* Something of the header failed, or of what is behind it. */
static bool suspect(const struct mender *r, enum layer layer)
{
    for (size_t i = 0; i < r->verdict->n; i++)
        if (r->verdict->findings[i].status == FINDING_FAIL && r->verdict->findings[i].field->layer >= layer)
            return true;
    return false;
}

void reading_layouts(struct mender *r)
{
    const struct span *ip = &r->packet->layers[LAYER_IP];
    enum layer transport = reading_transport(r->rules);

    if (!ip->present || !ip->complete || r->packet->faults & FAULT_BAD_IHL)
        return;
    size_t end = undone_end(r->packet);
    for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
        const struct form *form = &FORMS[i];
        size_t at = form->layer == LAYER_IP ? ip->offset : (size_t)ip->offset + ip->length;
        struct place_sent sent = {r->packet->frame + at, end - at, at};
        if (at > end || !suspect(r, form->layer))
            continue;
        if (form->layer == LAYER_IP ||
            (form->layer == transport && r->packet->frame[ip->offset + 9] == layer_protocol(transport)))
            try_form(r, &sent, form);
    }
}
