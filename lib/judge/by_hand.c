#include "judge/by_hand.h"

#include <string.h>

#include "base/cursor.h"
#include "judge/clause.h"

enum {
    STATION = 6,
    ETHERNET = 14,
    MESSAGE = 28,
    OPCODE = 6,
    SENDER = 8,
    SENDER_IP = 14,
    TARGET = 18,
    TARGET_IP = 24
};
enum { REQUEST = 1, REPLY = 2 };

static bool is_all(const uint8_t *station, uint8_t byte)
{
    for (size_t i = 0; i < STATION; i++)
        if (station[i] != byte)
            return false;
    return true;
}

/* Ethernet and IPv4, with the lengths of their addresses. */
static bool is_usual(const uint8_t *message)
{
    static const uint8_t begins[] = {0, 1, 8, 0, 6, 4};

    return memcmp(message, begins, sizeof(begins)) == 0;
}

static bool is_kernels(const uint8_t *frame, const uint8_t *message)
{
    const uint8_t *target = message + TARGET;
    const unsigned opcode = load_be16(message + OPCODE);
    const bool nobody = is_all(target, 0) || is_all(target, 0xFF);

    if (!is_usual(message) || memcmp(frame + STATION, message + SENDER, STATION) != 0)
        return false;
    if (nobody && (opcode == REQUEST || memcmp(message + SENDER_IP, message + TARGET_IP, 4) == 0))
        return true; /* also who tells his own address to all */
    return (opcode == REQUEST || opcode == REPLY) && memcmp(frame, target, STATION) == 0 && !nobody;
}

/* The message has the Ethernet address that is made up for this class, as its target's or its sender's. */
static bool has_made_up(const struct rules *rules, const struct packet *packet)
{
    const struct clause *c = clause_of(rules, field_find("arp.dst.hw_mac"));
    uint64_t sender, target;

    return c && c->kind == MATCH_PARAM && !c->per_student && c->known &&
           packet_value(packet, field_find("arp.src.hw_mac"), &sender) == FIELD_OK &&
           packet_value(packet, c->field, &target) == FIELD_OK && (sender == c->a || target == c->a);
}

bool by_hand_arp(const struct rules *rules, const struct packet *packet)
{
    const struct span *ether = &packet->layers[LAYER_ETH], *arp = &packet->layers[LAYER_ARP];

    if (!ether->complete)
        return false;
    if (arp->present)
        return arp->complete &&
               (!is_kernels(packet->frame, packet->frame + arp->offset) || has_made_up(rules, packet));
    return packet->length >= ETHERNET + MESSAGE && is_usual(packet->frame + ETHERNET);
}
