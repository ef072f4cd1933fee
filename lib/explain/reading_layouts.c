/* One letter of struct's format is another, or all of it is in the host's order: the header as it was packed
 * is unpacked by that format and packed again by the right one. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/packing.h"
#include "explain/reading_private.h"
#include "judge/rules_private.h"

enum { NATIVE_LONG = 8, UDP_LENGTH = 4 };
enum { PRICE_LETTER = 7, PRICE_ORDER = 3, PRICE_PAIR = 2 };

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
    uint8_t header[PACKING_HEADER_MAX] = {0};
    uint64_t unknown;
    size_t sum_at, size = packing_size(p), end = sent->at + sent->length;

    if (!packing_undo(p, sent, header, &unknown, &sum_at) || !is_usual(r, p->form, header, unknown) ||
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
    size_t size = packing_size(p), right = p->form->size, by = size > right ? size - right : right - size;

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
    struct packing p = packing_usual(form);
    char what[128];

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
    struct packing p = packing_usual(form);
    char what[128];

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
    struct packing p = packing_usual(form);
    char what[128];

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
    struct packing p = packing_usual(form);
    char what[128];

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
    struct packing p = packing_usual(form);
    size_t at = 0;

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
                    NATIVE_LONG, packing_size(&p));
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
    const struct form *form;
    for (size_t i = 0; (form = packing_form(i)); i++) {
        size_t at = form->layer == LAYER_IP ? ip->offset : (size_t)ip->offset + ip->length;
        struct place_sent sent = {r->packet->frame + at, end - at, at};
        if (at > end || !suspect(r, form->layer))
            continue;
        if (form->layer == LAYER_IP ||
            (form->layer == transport && r->packet->frame[ip->offset + 9] == layer_protocol(transport)))
            try_form(r, &sent, form);
    }
}
