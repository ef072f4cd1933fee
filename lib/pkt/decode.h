/* decode.h - a frame's headers, outermost first, without copying a byte. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/ipaddr.h"
#include "pkt/field.h"
#include "pkt/link.h"

/* Where one layer lies: offset and length from the frame's first byte. present is false when there is none;
 * complete is false when the header's fixed part is cut short. */
struct span {
    uint16_t offset;
    uint16_t length;
    bool present;
    bool complete;
};

/* Bytes that contradict themselves; bits of packet.faults. */
enum fault {
    FAULT_TRUNCATED = 1 << 0,   /* shorter than its headers say */
    FAULT_BAD_VERSION = 1 << 1, /* the IP version is not the one that the link promised */
    FAULT_BAD_IHL = 1 << 2,     /* header length below 5 words or past the end */
    FAULT_BAD_LENGTH = 1 << 3,  /* ip.len, ipv6.plen or udp.length disagrees with what is there */
    FAULT_BAD_OFFSET = 1 << 4,  /* TCP data offset below 5 words or past the end */
    FAULT_BAD_OPTIONS = 1 << 5, /* an option's length runs past the header */
    FAULT_FRAGMENT = 1 << 6,    /* not the first fragment: no transport header here */
    FAULT_IP_CHECKSUM = 1 << 7,
    FAULT_BAD_EXTENSION = 1 << 8, /* an IPv6 extension header's length runs past the end */
    FAULT_BAD_CHUNK = 1 << 9, /* sctp.chunk_length disagrees with what is there, or an INIT is not alone */
    FAULT_BAD_PARAMETER = 1 << 10, /* sctp.parameter_length disagrees with its chunk's */
};

/* Borrows the frame; valid while those bytes are. */
struct packet {
    const uint8_t *frame;
    uint16_t length;      /* bytes captured */
    uint32_t wire_length; /* bytes on the wire */
    struct span layers[N_LAYERS];
    unsigned faults;
};

/* Decodes what is there, whatever it is; never fails, never asserts on contents. length at most 65,535. */
void packet_decode(struct packet *out, enum link link, const void *frame, size_t length, size_t wire_length);

enum field_result {
    FIELD_OK,
    FIELD_ABSENT, /* that header is not in this packet */
    FIELD_CUT,    /* that header, or one below it, could not be read */
};

/* Reads a fixed field. Fields without bits are read with packet_bytes. */
enum field_result packet_value(const struct packet *packet, const struct field *field, uint64_t *out);

/* The bytes of a FIELD_BYTES field (payload, ip.options, tcp.options): borrowed, *length may be 0; or the 16
 * of a FIELD_ADDRESS6 field. */
enum field_result packet_bytes(const struct packet *packet, const struct field *field, const uint8_t **bytes,
                               size_t *length);

/* What follows the last header, borrowed. NULL with *length 0 when headers were cut. */
const uint8_t *packet_payload(const struct packet *packet, size_t *length);

/* The IPv4 address that an ARP message speaks of, at this byte of it; 0 without one (RFC 826). */
uint32_t packet_arp_address(const struct packet *packet, size_t at);

/* The IP version of its outermost IP header: 4, 6, or 0 when there is none or it is cut. */
static inline unsigned packet_ip_version(const struct packet *packet)
{
    const struct span *ip = &packet->layers[LAYER_IP], *ip6 = &packet->layers[LAYER_IP6];

    return ip->present && ip->complete ? 4 : ip6->present && ip6->complete ? 6 : 0;
}

/* What stands at these bytes of the outermost IPv4, IPv6 or ARP header; 0 when absent. */
static inline ipaddr packet_address(const struct packet *packet, size_t at, size_t at6, size_t at_arp)
{
    const unsigned version = packet_ip_version(packet);

    return version == 4   ? load_be32(packet->frame + packet->layers[LAYER_IP].offset + at)
           : version == 6 ? ipaddr_load6(packet->frame + packet->layers[LAYER_IP6].offset + at6)
                          : packet_arp_address(packet, at_arp);
}

/* Its source and its destination, of ARP its sender's and its target's address; 0 when absent. Inline: each
 * packet of a capture is asked for both. */
static inline ipaddr packet_src(const struct packet *packet)
{
    return packet_address(packet, 12, 8, 14);
}

static inline ipaddr packet_dst(const struct packet *packet)
{
    return packet_address(packet, 16, 24, 24);
}

/* The source's or the destination's address as text, of either IP version; "?" when there is none. */
const char *packet_source_text(const struct packet *packet, char out[FIELD_TEXT_SIZE]);
const char *packet_destination_text(const struct packet *packet, char out[FIELD_TEXT_SIZE]);

/* The words for one fault bit: "the IPv4 header length (IHL) is 3 words, at least 5 are needed". */
void packet_fault_text(const struct packet *packet, enum fault fault, char *out, size_t size);

/* Room for packet_of_message's headers before the payload. */
#define MESSAGE_HEADERS 60

/* Makes a packet of a stream's or datagram's message, so that its endpoints and payload are read like any
 * packet's: storage holds MESSAGE_HEADERS + length bytes, the message already at storage + MESSAGE_HEADERS.
 * tcp false: UDP. Addresses, which are of one IP version, and ports in host order. The checksum fields are
 * right. */
void packet_of_message(struct packet *out, uint8_t *storage, size_t length, bool tcp, ipaddr src,
                       uint16_t sport, ipaddr dst, uint16_t dport);
