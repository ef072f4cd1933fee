/* Two numbers, each in the other's place: of those of which one is to be 0, and of neighbours. */
#include "base/cursor.h"
#include "explain/said.h"
#include "explain/suspect.h"
#include "judge/rules_private.h"

/* The text behind the header does not begin where it should, and another number of it is wrong: its layout
 * is. */
static bool all_moved(const struct suspect *s)
{
    bool text = false, other = false;

    for (size_t i = 0; i < s->verdict->n; i++) {
        const struct finding *f = &s->verdict->findings[i];
        if (f->status != FINDING_FAIL)
            continue;
        text = text || f->field->layer == LAYER_PAYLOAD;
        other = other || (f->field->layer == s->field->layer && f->field->bits && f->field->bits != 16 &&
                          f->field->kind != FIELD_CHECKSUM_STATUS);
    }
    return text && other;
}

enum fit why_exchanged_with_zero(const struct suspect *s, struct diagnosis *d)
{
    enum { LEAST = 256, BITS = 16 }; /* smaller ones are flags and slips */
    const bool zero = s->kind == MATCH_NOT && s->number && !s->got;
    uint64_t theirs;

    if (s->field->bits != BITS || (!zero && !(s->one && s->expected == 0 && s->got >= LEAST)) || all_moved(s))
        return FIT_NONE;
    for (size_t i = 0; i < s->rules->n; i++) {
        const struct clause *c = &s->rules->clauses[i];
        if (!c->spec || c->field->layer != s->field->layer || c->field->bits != BITS ||
            c->kind != (zero ? MATCH_EQUAL : MATCH_NOT) || (zero && c->a) ||
            packet_value(s->packet, c->field, &theirs) != FIELD_OK || (zero ? theirs < LEAST : theirs != 0))
            continue;
        suspect_say(d, "%s is 0 and %s is %llu: the two are exchanged",
                    zero ? s->field->name : c->field->name, zero ? c->field->name : s->field->name,
                    (unsigned long long)(zero ? theirs : s->got));
        return FIT_GOOD;
    }
    return FIT_NONE;
}

/* A number of this header, or the text behind it, is wrong besides this one and its neighbour: then all of
 * it stands elsewhere. */
static bool wrong_besides(const struct suspect *s, unsigned neighbour)
{
    for (size_t i = 0; i < s->verdict->n; i++) {
        const struct finding *f = &s->verdict->findings[i];
        if (f->status == FINDING_FAIL && f != s->finding &&
            ((f->field->layer == s->field->layer && f->field->bit != neighbour && f->field->bits &&
              f->field->kind != FIELD_CHECKSUM_STATUS) ||
             f->field->layer == LAYER_PAYLOAD))
            return true;
    }
    return false;
}

/* The two ports, of which a clause asks for one. */
static enum fit ports_exchanged(const struct suspect *s, struct diagnosis *d)
{
    enum { PORTS = 4, SECOND = 16 };
    const unsigned other = SECOND - s->field->bit;

    if (s->header_length < PORTS || load_be16(s->header + other / 8) != s->expected ||
        wrong_besides(s, other))
        return FIT_NONE;
    for (size_t i = 0; i < s->rules->n; i++)
        if (s->rules->clauses[i].field->layer == s->field->layer &&
            s->rules->clauses[i].field->bit == other && s->rules->clauses[i].field->kind == FIELD_PORT)
            return FIT_NONE; /* its own value says more */
    suspect_say(d, "source port and destination port are exchanged: %llu is the target's",
                (unsigned long long)(s->field->bit ? s->expected : s->got));
    suspect_mend(d, "struct.pack('!HH', source_port, destination_port)   # in this order");
    return FIT_STRONG;
}

/* The length, as it is, in the place of the identification: over what stood in its own the kernel wrote. */
static enum fit length_for_id(const struct suspect *s, struct diagnosis *d)
{
    enum { LENGTH = 2, ID = 32 };

    if (s->field->layer != LAYER_IP || s->field->bit != ID || s->header_length < ID / 8 ||
        load_be16(s->header + LENGTH) != s->got || why_added_not(s))
        return FIT_NONE;
    suspect_say(d, "%llu, the packet's total length, stands for the identification: the two are exchanged",
                (unsigned long long)s->got);
    suspect_mend(d, "'!BBHHHBBH4s4s': total length is value 3, identification value 4");
    return FIT_STRONG;
}

/* The two stations of an Ethernet header, or of ARP's message. */
static enum fit stations_exchanged(const struct suspect *s, struct diagnosis *d)
{
    const bool arp = s->field->layer == LAYER_ARP;
    uint64_t source;

    if (packet_value(s->packet, field_find(arp ? "arp.src.hw_mac" : "eth.src"), &source) != FIELD_OK ||
        source != s->expected)
        return FIT_NONE;
    suspect_say(d,
                arp ? "the Ethernet addresses of ARP's sender and target are exchanged: the sender's first"
                    : "source and destination of the Ethernet header are exchanged: the destination first");
    suspect_mend(d,
                 arp ? "struct.pack('!6s4s6s4s', my_mac, my_ip, target_mac, target_ip)   # behind the opcode"
                     : "struct.pack('!6s6sH', destination, source, 0x0806)");
    return FIT_STRONG;
}

enum fit why_exchanged_neighbours(const struct suspect *s, struct diagnosis *d)
{
    enum { BYTE = 8, WORD = 16 };
    uint64_t value, theirs;

    if (!s->one || !s->header)
        return FIT_NONE;
    if (s->field->kind == FIELD_PORT && s->field->bits == WORD)
        return ports_exchanged(s, d);
    if (s->field->kind == FIELD_ETHER)
        return stations_exchanged(s, d);
    if (length_for_id(s, d) != FIT_NONE)
        return FIT_STRONG;
    for (size_t i = 0; s->field->bits == BYTE && s->field->bit % BYTE == 0 && i < s->rules->n; i++) {
        const struct clause *c = &s->rules->clauses[i];
        const bool after = c->field->bit == s->field->bit + BYTE;
        if (!c->spec || c->field->layer != s->field->layer || c->field->bits != BYTE ||
            (!after && c->field->bit + BYTE != s->field->bit) || !suspect_asked(s, c, &value) ||
            value != s->got || packet_value(s->packet, c->field, &theirs) != FIELD_OK ||
            theirs != s->expected)
            continue;
        suspect_say(d, "%s and %s are exchanged", (after ? s->field : c->field)->label,
                    (after ? c->field : s->field)->label);
        suspect_mend(d, "look at the order of the values given to struct.pack: %llu, then %llu",
                     (unsigned long long)(after ? s->expected : s->got),
                     (unsigned long long)(after ? s->got : s->expected));
        return FIT_STRONG;
    }
    return FIT_NONE;
}
