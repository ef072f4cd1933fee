/* What programs that have learnt IPv4's pseudo-header make of IPv6's: 40 bytes, of which three are 0. */
#include <string.h>

#include "base/cursor.h"
#include "explain/rare.h"
#include "pkt/csum.h"

enum {
    EACH = 16,
    LENGTH_AT = 32,
    NEXT_AT = 39,
    IPPROTO_OF_IPV6 = 41,
    IPPROTO_OF_ICMP = 1,
    IPPROTO_OF_ICMP6 = 58
};

#define LAYOUT "struct.pack('!16s16sI3xB', src, dst, length, next_header)"

/* Other bytes in the place of the pseudo-header. */
static bool is_before(const struct rare_laid *l, const uint8_t *pseudo, size_t n, uint16_t got)
{
    uint8_t laid[2 * RARE_PSEUDO6 + RARE_LAID_MAX + 1] = {0};

    memcpy(laid, pseudo, n);
    memcpy(laid + n, l->bytes + l->pseudo, l->length - l->pseudo);
    return csum_finish(csum_add(0, laid, n + l->length - l->pseudo)) == got;
}

static bool is_with_length(const struct rare_laid *l, size_t length, uint16_t got)
{
    uint8_t pseudo[RARE_PSEUDO6];

    memcpy(pseudo, l->bytes, sizeof(pseudo));
    store_be32(pseudo + LENGTH_AT, (uint32_t)length);
    return is_before(l, pseudo, sizeof(pseudo), got);
}

static bool is_with_next(const struct rare_laid *l, uint8_t next, uint16_t got)
{
    uint8_t pseudo[RARE_PSEUDO6];

    memcpy(pseudo, l->bytes, sizeof(pseudo));
    pseudo[NEXT_AT] = next;
    return is_before(l, pseudo, sizeof(pseudo), got);
}

/* !16s16sIB and !16s16sHB. */
static bool is_without_zeros(const struct rare_laid *l, uint16_t got)
{
    uint8_t pseudo[RARE_PSEUDO6];

    memcpy(pseudo, l->bytes, sizeof(pseudo));
    pseudo[LENGTH_AT + 4] = l->bytes[NEXT_AT];
    if (is_before(l, pseudo, LENGTH_AT + 5, got))
        return true;
    memcpy(pseudo + LENGTH_AT, l->bytes + LENGTH_AT + 2, 2);
    pseudo[LENGTH_AT + 2] = l->bytes[NEXT_AT];
    return is_before(l, pseudo, LENGTH_AT + 3, got);
}

static bool is_without_address(const struct rare_laid *l, size_t at, uint16_t got)
{
    uint8_t pseudo[RARE_PSEUDO6];

    memcpy(pseudo, l->bytes, sizeof(pseudo));
    memset(pseudo + at, 0, EACH);
    return is_before(l, pseudo, sizeof(pseudo), got);
}

/* The whole header in its place, or before it. */
static bool is_with_header(const struct rare_laid *l, uint16_t got)
{
    uint8_t both[2 * RARE_PSEUDO6];

    memcpy(both, l->s->ip6, RARE_PSEUDO6);
    memcpy(both + RARE_PSEUDO6, l->bytes, RARE_PSEUDO6);
    return is_before(l, both, RARE_PSEUDO6, got) || is_before(l, both, sizeof(both), got);
}

/* ::1 for the source, and for both. */
static bool is_of_loopback(const struct rare_laid *l, uint16_t got)
{
    uint8_t pseudo[RARE_PSEUDO6];

    memcpy(pseudo, l->bytes, sizeof(pseudo));
    memset(pseudo, 0, EACH);
    pseudo[EACH - 1] = 1;
    if (is_before(l, pseudo, sizeof(pseudo), got))
        return true;
    memcpy(pseudo + EACH, pseudo, EACH);
    return is_before(l, pseudo, sizeof(pseudo), got);
}

bool rare6_find(const struct rare_laid *l, uint16_t got, struct rare *out)
{
    if (!l->pseudo)
        return false;
    if (is_with_length(l, RARE_PSEUDO6 + l->s->length, got))
        *out =
            (struct rare){"it is what the whole packet's length gives in the pseudo-header: the 40 bytes of "
                          "the IPv6 header do not count",
                          "length = len(header + payload), as in the IPv6 header's payload length"};
    else if (is_with_next(l, IPPROTO_OF_IPV6, got))
        *out =
            (struct rare){"it is what 41, IPv6's own number, gives as the pseudo-header's next header: the "
                          "number of what follows stands there",
                          "UDP is 17, TCP 6, ICMPv6 58: socket.IPPROTO_UDP, not socket.IPPROTO_IPV6"};
    else if (l->s->protocol == IPPROTO_OF_ICMP6 && is_with_next(l, IPPROTO_OF_ICMP, got))
        *out = (struct rare){"it is what 1 gives as the pseudo-header's next header: that is ICMP over IPv4",
                             "ICMPv6 is 58: socket.IPPROTO_ICMPV6, not socket.IPPROTO_ICMP"};
    else if (is_without_zeros(l, got))
        *out =
            (struct rare){"it is what comes out without the three zero bytes before the pseudo-header's next "
                          "header: all behind it moves by one byte",
                          LAYOUT};
    else if (is_with_header(l, got))
        *out = (struct rare){"it is what the whole IPv6 header gives, in the place of the pseudo-header or "
                             "before it",
                             LAYOUT " + header + payload"};
    else if (is_without_address(l, EACH, got))
        *out = (struct rare){"it is what comes out without the destination in the pseudo-header", LAYOUT};
    else if (is_of_loopback(l, got))
        *out = (struct rare){"it is what ::1 gives as an address of the pseudo-header",
                             "put the addresses of the IPv6 header there, as inet_pton() gives them"};
    else
        return false;
    return true;
}
