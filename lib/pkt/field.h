/* field.h - the named fields of a packet, as Wireshark's display filters name them; one table, fields.def. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In wire order. A header that occurs twice (VLAN tags, extension headers) is told of its outermost. */
enum layer {
    LAYER_FRAME,
    LAYER_ETH,
    LAYER_SLL,  /* Linux cooked capture, both versions: rows have the places of version 1 */
    LAYER_SLL2, /* the same bytes, in version 2 only */
    LAYER_SVLAN,
    LAYER_VLAN,
    LAYER_ARP,
    LAYER_IP,
    LAYER_IP6,
    LAYER_HOPOPTS,
    LAYER_DSTOPTS,
    LAYER_ROUTING,
    LAYER_FRAGMENT,
    LAYER_AH, /* below IPv6 only */
    LAYER_TCP,
    LAYER_TCP_MSS, /* options of TCP: kind, length, value */
    LAYER_TCP_WSCALE,
    LAYER_TCP_TIMESTAMP,
    LAYER_UDP,
    LAYER_SCTP,
    LAYER_SCTP_CHUNK, /* the head of the first one */
    LAYER_SCTP_DATA,  /* what follows it in a DATA, in an INIT */
    LAYER_SCTP_INIT,
    LAYER_SCTP_PARAMETER,
    LAYER_ICMP,
    LAYER_ICMP6,
    LAYER_PAYLOAD,
    N_LAYERS,
};

/* How a value is read and written. */
enum field_kind {
    FIELD_NUMBER,
    FIELD_HEX,      /* read and written in hex, with the decimal beside it */
    FIELD_DSCP,     /* number, or a name of RFC 2474, 2597, 3246 (CS3, AF41, EF) */
    FIELD_ADDRESS,  /* IPv4, dotted quad */
    FIELD_ADDRESS6, /* IPv6, 16 bytes: too wide for a value, so read as bytes; text by RFC 5952 */
    FIELD_PROTOCOL, /* number, or a name of IANA's protocol table */
    FIELD_FLAGS,    /* tcp.flags: a number, or names joined by | or , */
    FIELD_PORT,
    FIELD_BIT,             /* 0 or 1, true or false */
    FIELD_ETHER,           /* aa:bb:cc:dd:ee:ff */
    FIELD_BYTES,           /* options and payload: compared as text or presence only */
    FIELD_CHECKSUM_STATUS, /* tcp.checksum.status: 1 good, 0 bad */
    FIELD_FRAME,           /* all of its bytes, of which a filter is asked (filter.h) */
};

/* One row of fields.def. */
struct field {
    const char *name;  /* "ip.dsfield.dscp" */
    const char *label; /* "DSCP" */
    enum layer layer;
    enum field_kind kind;
    uint16_t bit;  /* offset of the first bit from the layer's first byte */
    uint16_t bits; /* width, at most 64; 0 for FIELD_BYTES, FIELD_ADDRESS6, FIELD_FRAME */
    uint16_t
        scale; /* a value is what the bits hold times this: header lengths count words, are told in bytes */
    const char *see; /* "RFC 2474, section 3" */
};

extern const struct field FIELDS[];
extern const size_t N_FIELDS;

/* The row of that name; NULL when there is none. */
const struct field *field_find(const char *name);

/* The name nearest to a wrong one, of the same layer first; NULL when none is near. */
const char *field_nearest(const char *name);

/* Where a word that is no value of this field is one: the field below it in name (udp.checksum.status for
 * good at udp.checksum); NULL when there is none. */
const struct field *field_meant(const struct field *field, const char *word);

/* The largest value that the field can hold. */
uint64_t field_max(const struct field *field);

/* By how many bits a value is shifted to get to its place: up to the end of the field of a byte or more that
 * holds this one (ipv6.tclass holds its DSCP), else of its last byte. */
unsigned field_shift(const struct field *field);

/* Reads a value as people write it for this field (number, address, protocol or flag names). Returns NULL and
 * *out, or what is wrong, as the end of a sentence ("is not a number", "is larger than 63, the field's
 * largest"). */
const char *field_parse(const struct field *field, const char *text, uint64_t *out);

#define FIELD_TEXT_SIZE 96

/* Writes a value in the field's notation: "24", "CHAOS (16)", "172.16.1.15", "0x002 (SYN)". Returns out. */
const char *field_text(const struct field *field, uint64_t value, char out[FIELD_TEXT_SIZE]);

enum { ADDRESS6_BYTES = 16 };

/* Reads an IPv6 address (RFC 4291, section 2.2). Returns NULL and out, or what is wrong, as the end of a
 * sentence. */
const char *field_parse_address6(const char *text, uint8_t out[ADDRESS6_BYTES]);

/* Writes an IPv6 address as RFC 5952 wants it. Returns out. */
const char *field_text_address6(const uint8_t bytes[ADDRESS6_BYTES], char out[FIELD_TEXT_SIZE]);

/* An address as two numbers, its first 64 bits first: to compare and to keep. */
void address6_load(const uint8_t bytes[ADDRESS6_BYTES], uint64_t out[2]);
void address6_store(uint8_t bytes[ADDRESS6_BYTES], const uint64_t halves[2]);

/* "Ethernet", "IPv4", "TCP", …; the abbreviation is a field name's first word ("ip", "tcp"). */
const char *layer_text(enum layer layer);

/* The IP protocol number of a transport header, 0 for a layer of any packet. */
uint8_t layer_protocol(enum layer layer);

/* 4 or 6 for a layer that only packets of that IP version have, else 0. */
unsigned layer_ip_version(enum layer layer);
