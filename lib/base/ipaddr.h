/* ipaddr.h - an IPv4 or IPv6 address as one number: what compares, masks and hashes both alike. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Host order. An IPv4 address is its 32 bits; an IPv6 address its 128. 0: none. Of IPv6's addresses only ::1
 * and those from 2^32 on are such numbers: the ones between are IPv4's, or nobody's (RFC 4291, 2.5.5.1); and
 * 0.0.0.1 is no host's (RFC 1122, 3.2.1.3). Aligned like its quarters, so that what holds one grows by no
 * more than its bytes. */
__extension__ typedef unsigned __int128 ipaddr __attribute__((aligned(4)));

enum { IPADDR_TEXT_SIZE = 46, IPADDR_BYTES = 16, IPADDR_SITE_BITS = 64 };

#define IPADDR_LOOPBACK6 ((ipaddr)1)

static inline bool ipaddr_is6(ipaddr address)
{
    return address >> 32 != 0 || address == IPADDR_LOOPBACK6;
}

/* The first `bits` bits of such an address's 32 or 128. */
ipaddr ipaddr_mask(bool six, unsigned bits);

/* Whom limits and budgets count: an IPv4 address by itself; of IPv6 its /64, since whoever has one address of
 * it has them all (RFC 4291, 2.5.1: the lower half is the host's own choice). */
static inline ipaddr ipaddr_site(ipaddr address)
{
    return address >> IPADDR_SITE_BITS ? address >> IPADDR_SITE_BITS << IPADDR_SITE_BITS : address;
}

/* The same bits in 64, for hashes. */
static inline uint64_t ipaddr_fold(ipaddr address)
{
    return (uint64_t)address ^ (uint64_t)(address >> 64) * 0x9E3779B97F4A7C15U;
}

/* fe80::/10, which means a host only together with an interface (RFC 4007). */
bool ipaddr_is_link_local6(ipaddr address);

/* 127.0.0.0/8 or ::1. */
bool ipaddr_is_loopback(ipaddr address);

/* The 16 bytes of an IPv6 header's address, and back. 0 for ::, and for those that the number is not for. */
ipaddr ipaddr_load6(const uint8_t bytes[IPADDR_BYTES]);
void ipaddr_store6(uint8_t bytes[IPADDR_BYTES], ipaddr address);

/* "192.0.2.7" or "2001:db8::7" (RFC 4291, 2.2; no zone, no brackets, no mapped or compatible IPv4). */
bool ipaddr_parse(const char *text, ipaddr *out);

/* "10.10.0.0/24", "fd00:10::/64" or a lone address to network and mask. Bits below the mask must be 0. */
bool ipaddr_parse_net(const char *text, ipaddr *net, ipaddr *mask);

/* How many bits a mask of ipaddr_parse_net has. */
unsigned ipaddr_mask_bits(bool six, ipaddr mask);

/* The dotted quad, or RFC 5952's form; returns out. */
const char *ipaddr_text(ipaddr address, char out[static IPADDR_TEXT_SIZE]);

/* The same, and an IPv6 address in brackets before a port: "[2001:db8::7]:53"; returns out. */
enum { IPADDR_PORT_TEXT_SIZE = IPADDR_TEXT_SIZE + 8 };
const char *ipaddr_port_text(ipaddr address, uint16_t port, char out[static IPADDR_PORT_TEXT_SIZE]);
