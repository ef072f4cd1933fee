/* by_hand.h - ARP that a program made, told from what kernels say to find their neighbours. */
#pragma once

#include <stdbool.h>

#include "judge/rules.h"
#include "pkt/decode.h"

/* True for an Ethernet frame with a message of ARP (RFC 826), by its EtherType or by its own first bytes
 * behind another type, that no kernel sends: a request names nobody's Ethernet address, a reply goes to the
 * station that it names, and both come from the station that they say. Nor does a kernel know
 * the station that a class's parameter in these rules of ARP has made up. */
bool by_hand_arp(const struct rules *rules, const struct packet *packet);
