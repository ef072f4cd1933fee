/* Numbers that have names: which kind of message it is instead of the one that was asked for. */
#include <string.h>

#include "base/cursor.h"
#include "explain/said.h"
#include "explain/suspect.h"
#include "judge/rules_private.h"

/* IANA's registries of each protocol. */
static const struct named {
    const char *field;
    uint64_t value;
    const char *name;
} NAMES[] = {
    {"icmp.type", 0, "an echo reply"},
    {"icmp.type", 3, "destination unreachable"},
    {"icmp.type", 5, "a redirect"},
    {"icmp.type", 8, "an echo request"},
    {"icmp.type", 11, "time exceeded"},
    {"icmp.type", 12, "a parameter problem"},
    {"icmp.type", 13, "a timestamp"},
    {"icmp.type", 14, "a timestamp reply"},
    {"icmp.type", 17, "an address mask request"},
    {"icmp.type", 128, "ICMPv6's echo request"},
    {"icmp.type", 129, "ICMPv6's echo reply"},
    {"icmpv6.type", 0, "the echo reply of IPv4's ICMP"},
    {"icmpv6.type", 8, "the echo request of IPv4's ICMP"},
    {"icmpv6.type", 1, "destination unreachable"},
    {"icmpv6.type", 128, "ICMPv6's echo request"},
    {"icmpv6.type", 129, "ICMPv6's echo reply"},
    {"icmpv6.type", 133, "a router solicitation"},
    {"icmpv6.type", 135, "a neighbor solicitation"},
    {"icmpv6.type", 136, "a neighbor advertisement"},
    {"sctp.chunk_type", 0, "DATA"},
    {"sctp.chunk_type", 1, "INIT"},
    {"sctp.chunk_type", 2, "INIT ACK"},
    {"sctp.chunk_type", 3, "SACK"},
    {"sctp.chunk_type", 4, "HEARTBEAT"},
    {"sctp.chunk_type", 5, "HEARTBEAT ACK"},
    {"sctp.chunk_type", 6, "ABORT"},
    {"sctp.chunk_type", 7, "SHUTDOWN"},
    {"sctp.chunk_type", 9, "ERROR"},
    {"sctp.chunk_type", 10, "COOKIE ECHO"},
    {"sctp.chunk_type", 11, "COOKIE ACK"},
    {"sctp.chunk_type", 14, "SHUTDOWN COMPLETE"},
    {"arp.opcode", 1, "a request"},
    {"arp.opcode", 2, "a reply"},
    {"arp.opcode", 3, "a request of RARP"},
    {"arp.opcode", 4, "a reply of RARP"},
    {"arp.opcode", 8, "a request of InARP"},
    {"arp.opcode", 9, "a reply of InARP"},
};

/* Those of IPv6 that stand between its header and the one of what it carries. */
static const struct extension {
    uint64_t number;
    enum layer layer;
    const char *name;
} EXTENSIONS[] = {
    {0, LAYER_HOPOPTS, "a hop-by-hop options header"},   {43, LAYER_ROUTING, "a routing header"},
    {44, LAYER_FRAGMENT, "a fragment header"},           {51, LAYER_AH, "an authentication header"},
    {60, LAYER_DSTOPTS, "a destination options header"},
};

static const char *name_of(const char *field, uint64_t value)
{
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        if (NAMES[i].value == value && strcmp(NAMES[i].field, field) == 0)
            return NAMES[i].name;
    return NULL;
}

bool why_named_says_extension(const struct suspect *s, struct diagnosis *d)
{
    char want[FIELD_TEXT_SIZE];

    if (!s->one || strcmp(s->field->name, "ipv6.nxt") != 0)
        return false;
    for (size_t i = 0; i < sizeof(EXTENSIONS) / sizeof(EXTENSIONS[0]); i++) {
        const struct extension *e = &EXTENSIONS[i];
        if (e->number != s->got || !s->packet->layers[e->layer].present)
            continue;
        field_text(s->field, s->expected, want);
        suspect_say(d, "%llu is %s, and one stands there: %s must follow the IPv6 header at once",
                    (unsigned long long)s->got, e->name, want);
        suspect_mend(d, "leave that header out: next_header = %llu", (unsigned long long)s->expected);
        return true;
    }
    return false;
}

bool why_named_says_next(const struct suspect *s, struct diagnosis *d)
{
    const unsigned wants = layer_protocol(s->field->layer);
    uint64_t next;

    if (!wants || packet_value(s->packet, field_find("ipv6.nxt"), &next) != FIELD_OK || next == wants)
        return false;
    for (size_t i = 0; i < sizeof(EXTENSIONS) / sizeof(EXTENSIONS[0]); i++)
        if (EXTENSIONS[i].number == next)
            return false;
    suspect_say(d, "there is no %s header: the IPv6 header's next header is %u, %s is %u",
                layer_text(s->field->layer), (unsigned)next, layer_text(s->field->layer), wants);
    suspect_mend(d, "next_header = %u   # byte 6 of the IPv6 header", wants);
    return true;
}

/* What it says of its addresses is not Ethernet's and IPv4's: then no field of theirs is where it should be.
 */
static bool says_arp_kind(const struct suspect *s, struct diagnosis *d)
{
    enum { STATION = 6, ADDRESS = 4 };
    const uint8_t *arp = s->packet->frame + s->packet->layers[LAYER_ARP].offset;

    if (!s->finding->absent || !s->packet->layers[LAYER_ARP].complete)
        return false;
    suspect_mend(d, "struct.pack('!HHBBH', 1, 0x0800, 6, 4, opcode)");
    if (arp[4] == ADDRESS && arp[5] == STATION)
        suspect_say(d, "the two address lengths are exchanged: first Ethernet's 6 bytes, then IPv4's 4");
    else if (arp[4] != STATION || arp[5] != ADDRESS)
        suspect_say(d, "the address lengths are %u and %u: Ethernet's are 6 bytes, IPv4's 4", arp[4], arp[5]);
    else
        return false;
    return true;
}

bool why_named_says_type(const struct suspect *s, struct diagnosis *d)
{
    enum { TYPE_AT = 12, ARP = 0x0806, LENGTH_MOST = 1500 };
    static const struct {
        unsigned type;
        const char *name;
    } rows[] = {{0x0800, "IPv4's"},
                {0x0608, "ARP's with its two bytes exchanged"},
                {0x8035, "RARP's"},
                {0x86DD, "IPv6's"}};
    const struct span *ether = &s->packet->layers[LAYER_ETH];

    if (!ether->complete)
        return false;
    if (s->packet->layers[LAYER_ARP].present)
        return says_arp_kind(s, d);
    const unsigned type = load_be16(s->packet->frame + ether->offset + TYPE_AT);
    const char *name = type <= LENGTH_MOST ? "a length of IEEE 802.3" : "another";
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        name = rows[i].type == type ? rows[i].name : name;
    suspect_say(d, "the EtherType is 0x%04x, %s, and a message of ARP follows, whose type is 0x%04x", type,
                name, ARP);
    suspect_mend(d, "struct.pack('!6s6sH', destination, source, 0x%04x)", ARP);
    return true;
}

/* One station's address where everybody's is asked for. */
static bool says_broadcast(const struct suspect *s, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE], want[FIELD_TEXT_SIZE];
    struct diagnosis unused = *d;

    if (s->field->kind != FIELD_ETHER || s->expected != field_max(s->field) || !s->got ||
        why_exchanged_neighbours(s, &unused) != FIT_NONE)
        return false;
    suspect_say(d, "%s is one station's address: %s, everybody's, is asked for",
                field_text(s->field, s->got, got), field_text(s->field, s->expected, want));
    suspect_mend(d, "b'\\xff' * 6");
    return true;
}

/* ARP's sender stands for its target, too. */
static bool says_sender(const struct suspect *s, struct diagnosis *d)
{
    uint64_t sender;

    if (strcmp(s->field->name, "arp.dst.hw_mac") != 0 ||
        packet_value(s->packet, field_find("arp.src.hw_mac"), &sender) != FIELD_OK || sender != s->got)
        return false;
    suspect_say(d, "it is the sender's own Ethernet address: the target's is asked for");
    suspect_mend(d, "struct.pack('!6s4s6s4s', my_mac, my_ip, target_mac, target_ip)   # behind the opcode");
    return true;
}

bool why_named_says(const struct suspect *s, struct diagnosis *d)
{
    const char *got, *want;

    if (s->one && says_sender(s, d))
        return true;
    if (s->one && says_broadcast(s, d))
        return true;
    if (!s->one || !(got = name_of(s->field->name, s->got)) || !(want = name_of(s->field->name, s->expected)))
        return false;
    suspect_say(d, "%llu is %s, %llu %s", (unsigned long long)s->got, got, (unsigned long long)s->expected,
                want);
    suspect_mend(d, "%llu in its place", (unsigned long long)s->expected);
    return true;
}
