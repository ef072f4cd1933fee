#include "unit.h"

#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"
#include "targets/answer/local.h"

enum { TCP = 6, UDP = 17, ICMP = 1, SYN = 2, RST = 4, ACK = 16 };

/* An IPv4 packet over loopback with a header of this protocol; `done`: its checksum is, as a program that
 * makes its own packets has it, and not left to a network card. */
static void packet_of(struct packet *packet, uint8_t bytes[60], uint8_t protocol, uint32_t to, uint16_t port,
                      uint8_t flags, bool done)
{
    size_t length = protocol == TCP ? 20 : 8, at = protocol == TCP ? 16 : protocol == UDP ? 6 : 2;

    memset(bytes, 0, 60);
    bytes[0] = 0x45;
    store_be16(bytes + 2, (uint16_t)(20 + length));
    bytes[8] = 64;
    bytes[9] = protocol;
    store_be32(bytes + 12, 0x7f000001);
    store_be32(bytes + 16, to);
    store_be16(bytes + 20, protocol == ICMP ? 0 : 1234);
    store_be16(bytes + 22, port);
    if (protocol == ICMP)
        bytes[20] = flags;
    if (protocol == UDP)
        store_be16(bytes + 24, 8);
    if (protocol == TCP) {
        bytes[32] = 5 << 4;
        bytes[33] = flags;
    }
    uint64_t sum = protocol == ICMP ? 0 : csum_pseudo(0x7f000001, to, protocol, (uint16_t)length);
    store_be16(bytes + 20 + at,
               done ? csum_finish(csum_add(sum, bytes + 20, length)) : (uint16_t)~csum_finish(sum));
    packet_decode(packet, LINK_RAW, bytes, 20 + length, 20 + length);
}

static void who_made_a_packet_is_seen(void)
{
    static const struct {
        uint8_t protocol;
        uint32_t to;
        uint16_t port;
        uint8_t flags;
        bool done;
        enum local want;
    } rows[] = {
        {TCP, 0x7f000001, 8082, SYN, true, LOCAL_HAND_MADE},
        {TCP, 0x7f000001, 8082, SYN | ACK, true, LOCAL_HAND_MADE},
        {TCP, 0x7f000001, 8082, SYN, false, LOCAL_SOCKETS},
        {TCP, 0x7f000001, 8082, ACK, false, LOCAL_NOBODYS},
        {TCP, 0x7f000001, 8082, SYN | ACK, false, LOCAL_NOBODYS},
        {TCP, 0x7f000001, 8082, RST | ACK, true, LOCAL_NOBODYS},
        {TCP, 0x7f000001, 40000, SYN, true, LOCAL_NOBODYS},
        {TCP, 0x0a0a0028, 8082, SYN, true, LOCAL_HAND_MADE},
        {TCP, 0x7f000035, 8082, SYN, true, LOCAL_NOBODYS},
        {UDP, 0x7f000001, 2223, 0, true, LOCAL_HAND_MADE},
        {UDP, 0x7f000001, 2223, 0, false, LOCAL_SOCKETS},
        {UDP, 0x7f000001, 40000, 0, false, LOCAL_NOBODYS},
        {UDP, 0x7f000035, 53, 0, false, LOCAL_NOBODYS},
        {ICMP, 0x7f000001, 0, 8, true, LOCAL_HAND_MADE},
        {ICMP, 0x7f000001, 0, 0, true, LOCAL_NOBODYS},
        {ICMP, 0x7f000001, 0, 3, true, LOCAL_NOBODYS},
        {16, 0x7f000001, 0, 0, true, LOCAL_HAND_MADE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct packet packet;
        uint8_t bytes[60];
        packet_of(&packet, bytes, rows[i].protocol, rows[i].to, rows[i].port, rows[i].flags, rows[i].done);
        enum local got = local_of(&packet, NULL);
        if (got != rows[i].want)
            fprintf(stderr, "row %zu: %d, not %d\n", i, got, rows[i].want);
        CU_ASSERT_EQUAL(got, rows[i].want);
    }
}

static const struct unit_case cases[] = {
    {"who_made_a_packet_is_seen", who_made_a_packet_is_seen},
};
extern const struct unit_group local_cases;
UNIT_GROUP(local_cases, cases);
