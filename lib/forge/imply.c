#include "forge/imply.h"

#include <string.h>

#include "judge/rules_private.h"

/* Fields that say where the next header is, or whether there is one. */
static bool moves_what_follows(const struct field *field)
{
    static const char *const names[] = {"eth.type",
                                        "eth.len",
                                        "ip.version",
                                        "ip.hdr_len",
                                        "ip.flags",
                                        "ip.flags.mf",
                                        "ip.proto",
                                        "ip.frag_offset",
                                        "tcp.hdr_len",
                                        "ipv6.version",
                                        "ipv6.plen",
                                        "ipv6.nxt",
                                        "ipv6.hopopts.nxt",
                                        "ipv6.hopopts.len",
                                        "ipv6.dstopts.nxt",
                                        "ipv6.dstopts.len",
                                        "ipv6.routing.nxt",
                                        "ipv6.routing.len",
                                        "ipv6.fraghdr.nxt",
                                        "ipv6.fraghdr.offset",
                                        "ipv6.fraghdr.more",
                                        "ah.next_header",
                                        "ah.length",
                                        "ipv6.routing.segleft",
                                        "sctp.chunk_type",
                                        "sctp.chunk_length",
                                        "sctp.parameter_length"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(field->name, names[i]) == 0)
            return true;
    return false;
}

/* Which fields an ICMP message has goes by its type; where ARP has addresses, by what it says of them. */
static bool is_message_type(const struct field *field)
{
    return (field->layer == LAYER_ARP && field->bit < 48) || strcmp(field->name, "icmp.type") == 0 ||
           strcmp(field->name, "icmpv6.type") == 0;
}

/* What is always checked, or made right whatever else is changed. */
static bool is_written(const struct field *f)
{
    static const char *const names[] = {
        "eth.src", "arp.src.proto_ipv4", "arp.dst.proto_ipv4", "ip.len",     "ip.checksum",  "ip.src",
        "ip.dst",  "tcp.checksum",       "udp.checksum",       "udp.length", "icmp.checksum"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(f->name, names[i]) == 0)
            return true;
    return false;
}

bool imply_kernels(const struct field *f)
{
    return strcmp(f->name, "ip.id") == 0 || strcmp(f->name, "ip.src") == 0;
}

bool imply_field(const struct rules *rules, const struct field *field, const struct field *other)
{
    const struct clause *c = clause_of(rules, other);

    if (field == other || other->kind == FIELD_FRAME)
        return true;
    if (c && rules->named && rules->named->field == field && c->kind == MATCH_PARAM && c->per_student)
        return true;
    if (is_message_type(field) && other->layer == field->layer &&
        other->bit >= (field->layer == LAYER_ARP ? 64 : 32))
        return true;
    /* a header's length and its options */
    if (field->layer == other->layer && ((moves_what_follows(field) && other->kind == FIELD_BYTES) ||
                                         (field->kind == FIELD_BYTES && moves_what_follows(other))))
        return true;
    /* lengths that contradict each other are told as ip.len's */
    if (moves_what_follows(field) && (other->layer > field->layer || strcmp(other->name, "ip.len") == 0 ||
                                      strcmp(other->name, "ipv6.plen") == 0))
        return true;
    return field->layer == other->layer && field->bits && other->bits &&
           field->bit < other->bit + other->bits && other->bit < field->bit + field->bits;
}

bool imply_nothing(const struct rules *rules, const struct field *f)
{
    if (!f->bits || f->kind == FIELD_CHECKSUM_STATUS || (f->layer < LAYER_IP && !rules_below_ip(rules)) ||
        moves_what_follows(f) || is_message_type(f) || is_written(f))
        return false;
    for (size_t i = 0; i < rules->n; i++)
        if (rules->clauses[i].field->kind != FIELD_FRAME && imply_field(rules, f, rules->clauses[i].field))
            return false;
    return true;
}
