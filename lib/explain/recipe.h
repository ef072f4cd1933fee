/* recipe.h - the wrong ways to make an Internet checksum, for building near misses and for recognising them.
 */
#pragma once

#include "pkt/decode.h"

/* ADD A WRONG CHECKSUM HERE: one name, its row in recipe.c, in codes.def and in forge/changes.def. */
enum recipe {
    RECIPE_ZERO,
    RECIPE_NO_PSEUDO_HEADER,
    RECIPE_NOT_COMPLEMENTED,
    RECIPE_LITTLE_ENDIAN,
    RECIPE_NO_PAYLOAD,
    RECIPE_HEADER_LENGTH_ONLY,
    RECIPE_IP_LENGTH,
    RECIPE_WRONG_PROTOCOL,
    RECIPE_ODD_BYTE_DROPPED,
    RECIPE_ODD_BYTE_WRONG_END,
    RECIPE_CARRIES_LOST,
    RECIPE_FIELD_NOT_ZEROED,
    RECIPE_SOURCE_ZERO,
    RECIPE_SOURCE_LOOPBACK,
    RECIPE_OFFLOADED,
    RECIPE_WITH_PSEUDO_HEADER,
    RECIPE_FIELDS_CHANGED,
    N_RECIPES,
};

/* What a checksum is made over. bytes are borrowed; the checksum field in them may hold anything. */
struct summed {
    uint64_t source, destination; /* the sums of the addresses' words */
    uint8_t protocol;             /* the transport's own number */
    bool v6;
    bool pseudo; /* a pseudo-header belongs to it: not for IPv4's header and ICMP over it */
    enum layer layer;
    uint16_t ip_length; /* the whole packet's, as its header says; 0 over IPv6 */
    const uint8_t *bytes;
    size_t header; /* bytes of the header, at most length */
    size_t length; /* of header and payload; the IPv4 header has no payload */
    size_t at;     /* the checksum field's offset */
};

/* Lays open what the checksum of layer (IP, TCP, UDP, ICMP, ICMPv6) is made over. False when the packet has
 * none such, or not all of its bytes. */
bool summed_of(struct summed *out, const struct packet *packet, enum layer layer);

/* Sets source, destination and v6 from two addresses of 4 or 16 bytes, one behind the other. */
void summed_addresses(struct summed *out, const uint8_t *addresses, size_t each);

/* The right checksum; for UDP 0xFFFF instead of 0 (RFC 768). */
uint16_t summed_right(const struct summed *s);

/* One way to make it wrong: the value, and what was taken instead, where the recipe has several: the protocol
 * number, the address. */
struct wrong_sum {
    uint16_t value;
    uint32_t instead;
};

enum { WRONG_SUMS_MAX = 12 };

/* What this recipe gives, its commonest form first. Returns how many; 0 when it makes no sense here (no odd
 * byte, no payload, no pseudo-header) or gives the right value. */
size_t recipe_sums(enum recipe recipe, const struct summed *s, struct wrong_sum out[WRONG_SUMS_MAX]);

/* Its word in forge/changes.def ("no_pseudo_header"), and the words for it ("summed without the
 * pseudo-header"). */
const char *recipe_word(enum recipe recipe);
const char *recipe_text(enum recipe recipe);

/* False when the word is no recipe. */
bool recipe_find(const char *word, enum recipe *out);
