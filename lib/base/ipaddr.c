#include "base/ipaddr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

ipaddr ipaddr_mask(bool six, unsigned bits)
{
    const unsigned all = six ? 128 : 32;

    if (!bits)
        return 0;
    return (six ? ~(ipaddr)0 : UINT32_MAX) >> (all - bits) << (all - bits);
}

bool ipaddr_is_link_local6(ipaddr address)
{
    return address >> 118 == 0xfe80 >> 6;
}

bool ipaddr_is_loopback(ipaddr address)
{
    return address == IPADDR_LOOPBACK6 || address >> 24 == 127;
}

ipaddr ipaddr_load6(const uint8_t bytes[IPADDR_BYTES])
{
    ipaddr address = 0;

    for (size_t i = 0; i < IPADDR_BYTES; i++)
        address = address << 8 | bytes[i];
    return ipaddr_is6(address) ? address : 0;
}

void ipaddr_store6(uint8_t bytes[IPADDR_BYTES], ipaddr address)
{
    for (size_t i = IPADDR_BYTES; i-- > 0; address >>= 8)
        bytes[i] = (uint8_t)address;
}

/* Also "::", a network's. */
static bool parse(const char *text, ipaddr *out)
{
    uint8_t bytes[IPADDR_BYTES];
    uint32_t four;

    if (parse_ipv4(text, &four)) {
        *out = four;
        return true;
    }
    /* a dotted quad within is one of IPv4's addresses in IPv6's clothes, which no host is reached by */
    if (strchr(text, '.') || inet_pton(AF_INET6, text, bytes) != 1)
        return false;
    *out = ipaddr_load6(bytes);
    return true;
}

bool ipaddr_parse(const char *text, ipaddr *out)
{
    ipaddr address;

    if (!parse(text, &address) || (!address && strchr(text, ':')))
        return false;
    *out = address;
    return true;
}

bool ipaddr_parse_net(const char *text, ipaddr *net, ipaddr *mask)
{
    const size_t length = strcspn(text, "/");
    const bool six = memchr(text, ':', length) != NULL;
    char address[IPADDR_TEXT_SIZE];
    uint64_t bits = six ? 128 : 32;
    ipaddr n, m;

    if (length >= sizeof(address))
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    if (!parse(address, &n))
        return false;
    if (text[length] &&
        (strncmp(text + length + 1, "0x", 2) == 0 || parse_u64(text + length + 1, bits, &bits) != PARSE_OK))
        return false;
    m = ipaddr_mask(six, (unsigned)bits);
    if (n & ~m)
        return false;
    *net = n;
    *mask = m;
    return true;
}

unsigned ipaddr_mask_bits(bool six, ipaddr mask)
{
    unsigned bits = six ? 128 : 32;

    while (bits && ipaddr_mask(six, bits) != mask)
        bits--;
    return bits;
}

const char *ipaddr_text(ipaddr address, char out[static IPADDR_TEXT_SIZE])
{
    uint8_t bytes[IPADDR_BYTES];
    const uint32_t four = (uint32_t)address;

    if (ipaddr_is6(address)) {
        ipaddr_store6(bytes, address);
        return inet_ntop(AF_INET6, bytes, out, IPADDR_TEXT_SIZE);
    }
    snprintf(out, IPADDR_TEXT_SIZE, "%u.%u.%u.%u", four >> 24, four >> 16 & 255, four >> 8 & 255, four & 255);
    return out;
}

const char *ipaddr_port_text(ipaddr address, uint16_t port, char out[static IPADDR_PORT_TEXT_SIZE])
{
    char text[IPADDR_TEXT_SIZE];

    snprintf(out, IPADDR_PORT_TEXT_SIZE, ipaddr_is6(address) ? "[%s]:%u" : "%s:%u",
             ipaddr_text(address, text), port);
    return out;
}
