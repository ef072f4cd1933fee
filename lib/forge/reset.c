#include "forge/reset.h"

#include "forge/exchange.h"

enum { RST = 0x004, ACK = 0x010 };

bool reset_is_kernels(struct filled *sought, const struct rules *rules, const struct talk *talk, size_t step,
                      const struct packet *packet)
{
    const struct field *flags = field_find("tcp.flags"), *seq = field_find("tcp.seq_raw"),
                       *ack = field_find("tcp.ack_raw");
    uint64_t set, number, acked, value;
    struct exchange made;
    struct packet sent;
    size_t length;

    if (packet_value(packet, flags, &set) != FIELD_OK || (set & ~(uint64_t)ACK) != RST ||
        !packet_payload(packet, &length) || length)
        return false;
    const struct rules *reply = filled_reply(sought, rules, talk, step);
    if (!reply || exchange_reply(reply, talk->student, packet, &made))
        return false;
    packet_decode(&sent, LINK_RAW, made.bytes, made.length, made.length);
    if (packet_value(packet, seq, &number) != FIELD_OK || packet_value(packet, ack, &acked) != FIELD_OK ||
        packet_value(&sent, flags, &value) != FIELD_OK)
        return false;
    /* a kernel's without ACK acknowledges nothing (RFC 9293, section 3.10.7.1): else it is made by hand */
    if (value & ACK)
        return (set & ACK || acked == 0) && packet_value(&sent, ack, &value) == FIELD_OK && value == number;
    return set & ACK && packet_value(&sent, seq, &value) == FIELD_OK && (uint32_t)(acked - value) <= 1;
}
