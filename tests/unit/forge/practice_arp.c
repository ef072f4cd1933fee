/* Mistakes with ARP. */
#include "practice.h"

#include <string.h>

#include "base/cursor.h"

void arp_request(struct made *m)
{
    store_be16(m->bytes + OPCODE, 1);
}

static void arp_reverse(struct made *m)
{
    store_be16(m->bytes + OPCODE, 4);
}

static void arp_opcode_little(struct made *m)
{
    store_be16(m->bytes + OPCODE, 0x0200);
}

static void arp_as_ipv4(struct made *m)
{
    store_be16(m->bytes + 12, 0x0800);
}

static void arp_type_little(struct made *m)
{
    store_be16(m->bytes + 12, 0x0608);
}

static void arp_as_rarp(struct made *m)
{
    store_be16(m->bytes + 12, 0x8035);
}

static void arp_with_a_length(struct made *m)
{
    store_be16(m->bytes + 12, 28);
}

static void arp_sizes_exchanged(struct made *m)
{
    m->bytes[ETHERNET + 4] = 4;
    m->bytes[ETHERNET + 5] = 6;
}

static void arp_of_arp(struct made *m)
{
    store_be16(m->bytes + ETHERNET + 2, 0x0806);
}

static void arp_to_one(struct made *m)
{
    memcpy(m->bytes, "\x2a\6\xda\xec\t\xbb", 6);
}

static void arp_to_the_target(struct made *m)
{
    memcpy(m->bytes, m->bytes + TARGET_MAC, 6); /* as scapy and kernels have it */
}

static void arp_broadcast_inside(struct made *m)
{
    memset(m->bytes + TARGET_MAC, 0xFF, 6);
}

static void arp_addresses_exchanged(struct made *m)
{
    const uint32_t sender = load_be32(m->bytes + SENDER_IP);

    store_be32(m->bytes + SENDER_IP, load_be32(m->bytes + TARGET_IP));
    store_be32(m->bytes + TARGET_IP, sender);
}

static void arp_of_himself(struct made *m)
{
    store_be32(m->bytes + TARGET_IP, SRC);
}

static void arp_of_the_gateway(struct made *m)
{
    store_be32(m->bytes + TARGET_IP, 0x0A0A0001);
}

static void arp_reversed(struct made *m)
{
    store_be32(m->bytes + SENDER_IP, __builtin_bswap32(SRC));
}

static void arp_address_first(struct made *m)
{
    uint8_t mac[6];

    memcpy(mac, m->bytes + SENDER_IP - 6, 6);
    store_be32(m->bytes + SENDER_IP - 6, SRC);
    memcpy(m->bytes + SENDER_IP - 2, mac, 6);
}

static void arp_stations_exchanged(struct made *m)
{
    uint8_t sender[6];

    memcpy(sender, m->bytes + SENDER_IP - 6, 6);
    memcpy(m->bytes + SENDER_IP - 6, m->bytes + TARGET_MAC, 6);
    memcpy(m->bytes + TARGET_MAC, sender, 6);
}

static void arp_halves_exchanged(struct made *m)
{
    arp_stations_exchanged(m);
    arp_addresses_exchanged(m);
}

static void arp_of_oneself(struct made *m)
{
    memcpy(m->bytes + TARGET_MAC, m->bytes + SENDER_IP - 6, 6);
}

static void ethernet_exchanged(struct made *m)
{
    memcpy(m->bytes, m->bytes + 6, 6);
    memset(m->bytes + 6, 0xFF, 6);
}

static void arp_of_another_station(struct made *m)
{
    memcpy(m->bytes + SENDER_IP - 6, "\6\0\0\0\0\1", 6);
}

static const struct edit ROWS[] = {
    {"practice-arp", "arp.opcode", "WRONG_VALUE", "1 is a request, 2 a reply", arp_request},
    {"practice-arp", "arp.opcode", "WRONG_VALUE", "4 is a reply of RARP, 2 a reply", arp_reverse},
    {"practice-arp", "arp.opcode", "BYTE_SWAPPED", "0x0200 has its bytes", arp_opcode_little},
    {"practice-arp", "ip.version", "MISSING_HEADER", "the EtherType is 0x0800, IPv4's", arp_as_ipv4},
    {"practice-arp", "arp.opcode", "MISSING_HEADER", "the EtherType is 0x0800, IPv4's", arp_as_ipv4},
    {"practice-arp", "arp.opcode", "MISSING_HEADER", "0x0608, ARP's with its two bytes", arp_type_little},
    {"practice-arp", "arp.opcode", "MISSING_HEADER", "is 0x001c, a length of IEEE 802.3", arp_with_a_length},
    {"practice-arp", "arp.opcode", "MISSING_HEADER", "the EtherType is 0x8035, RARP's", arp_as_rarp},
    {"practice-arp", "arp.dst.hw_mac", "MISSING_HEADER", "the two address lengths are exchanged",
     arp_sizes_exchanged},
    {"practice-arp", "frame", "FILTER_SAYS_NO", "ARP protocol type is 2054 (0x0806)", arp_of_arp},
    {"practice-arp", "eth.dst", "WRONG_VALUE", "2a:06:da:ec:09:bb is one station's", arp_to_one},
    {"practice-arp", "eth.dst", "WRONG_VALUE", "everybody's, is asked for", arp_to_the_target},
    {"practice-arp", "arp.dst.hw_mac", "ALL_ONES", "it is the broadcast address", arp_broadcast_inside},
    {"practice-arp", "arp.src.proto_ipv4", "SWAPPED_WITH", "exchanged", arp_addresses_exchanged},
    {"practice-arp", "arp.dst.hw_mac", "SWAPPED_WITH", "sender and target are exchanged",
     arp_stations_exchanged},
    {"practice-arp", "arp.dst.hw_mac", "SWAPPED_WITH", "sender and target are exchanged",
     arp_halves_exchanged},
    {"practice-arp", "arp.dst.hw_mac", "WRONG_VALUE", "the sender's own Ethernet address", arp_of_oneself},
    {"practice-arp", "eth.dst", "SWAPPED_WITH", "of the Ethernet header are exchanged", ethernet_exchanged},
    {"practice-arp", "arp.dst.proto_ipv4", "NOT_IN_RANGE", "the sender itself", arp_of_himself},
    {"practice-arp", "arp.dst.proto_ipv4", "NOT_IN_RANGE", "10.10.0.1 is another's", arp_of_the_gateway},
    {"practice-arp", "arp.src.proto_ipv4", "ADDRESS_REVERSED", "is 10.10.0.40 in reverse", arp_reversed},
    {"practice-arp", "arp.src.proto_ipv4", "SWAPPED_WITH", "IPv4 address and its Ethernet",
     arp_address_first},
    {"practice-arp", "frame", "FILTER_SAYS_NO", "ARP sender's Ethernet address 06:00:00:00:00:01",
     arp_of_another_station},
    {"practice-arp", "frame", "FILTER_SAYS_NO", "the same in both places", arp_of_another_station},
    {"practice-arp", "frame", "FILTER_SAYS_NO", "ARP protocol type must be 0x0800", arp_of_arp},
};
const struct edits practice_arp = {ROWS, sizeof(ROWS) / sizeof(ROWS[0])};
