#include "judge/refused.h"

#include <string.h>

const char *refused_clause(const struct field *field, enum target_kind kind)
{
    static const char *const endpoints[] = {"ip.src",       "ip.dst",      "ipv6.src",    "ipv6.dst",
                                            "ipv6.version", "tcp.srcport", "tcp.dstport", "udp.srcport",
                                            "udp.dstport",  "payload"};

    if (strcmp(field->name, "ip.len") == 0 || strcmp(field->name, "ip.checksum") == 0)
        return "cannot be a clause: the sender's kernel writes it; it is always checked";
    if (kind == TARGET_PACKET)
        return NULL;
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
        if (strcmp(field->name, endpoints[i]) == 0)
            return NULL;
    return "is written by the student's kernel here; only a packet challenge can judge it";
}

const char *refused_reply(const struct field *field)
{
    static const char *const made[] = {"ip.version",     "ip.hdr_len", "ip.flags",    "ip.flags.mf",
                                       "ip.frag_offset", "ip.options", "tcp.hdr_len", "udp.length"};

    if (strcmp(field->name, "ip.len") == 0 || strcmp(field->name, "ip.checksum") == 0)
        return "cannot be chosen in a reply: the target's kernel writes it";
    if (strcmp(field->name, "ip.src") == 0 || strcmp(field->name, "ip.dst") == 0)
        return "cannot be chosen in a reply: its addresses are those of the packet, exchanged";
    if (layer_ip_version(field->layer) == 6 || field->layer < LAYER_IP)
        return "cannot be in a reply, which is an IPv4 packet";
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
        if (strcmp(field->name, made[i]) == 0)
            return "cannot be chosen in a reply, which is one whole packet: it is made right";
    if (field->kind == FIELD_CHECKSUM_STATUS || strcmp(field->name, "tcp.checksum") == 0 ||
        strcmp(field->name, "udp.checksum") == 0 || strcmp(field->name, "icmp.checksum") == 0)
        return "cannot be chosen in a reply: its checksums are made right";
    return NULL;
}
