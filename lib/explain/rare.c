/* What is summed is laid out as a program does it, pseudo-header first, and gone over once for each mistake.
 */
#include "explain/rare.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"

enum { ADDRESSES = 12, ADDRESSES6 = 8, IP_LENGTH = 2, IP_SUM = 10, IP_LEAST = 20, HPING_BAD = 0x5555 };

static void lay_pseudo(struct rare_laid *l, const struct summed *s)
{
    if (s->v6) {
        memcpy(l->bytes, s->ip6 + ADDRESSES6, 32);
        store_be32(l->bytes + 32, (uint32_t)s->length);
        store_be32(l->bytes + 36, s->protocol);
    } else {
        memcpy(l->bytes, s->ip + ADDRESSES, 8);
        l->bytes[8] = 0;
        l->bytes[9] = s->protocol;
        store_be16(l->bytes + 10, (uint16_t)s->length);
    }
}

static bool lay(struct rare_laid *l, const struct summed *s)
{
    if ((s->v6 ? !s->ip6 : !s->ip || s->ip_header < IP_LEAST) || s->length > RARE_LAID_MAX)
        return false;
    l->s = s;
    l->pseudo = !s->pseudo ? 0 : s->v6 ? RARE_PSEUDO6 : RARE_PSEUDO;
    l->length = l->pseudo + s->length;
    memcpy(l->bytes + l->pseudo, s->bytes, s->length);
    store_be16(l->bytes + l->pseudo + s->at, 0);
    l->bytes[l->length] = 0;
    if (l->pseudo)
        lay_pseudo(l, s);
    return true;
}

/* Each word begins one byte behind the one before; with the last byte and a 0, or without. */
static bool is_stepped(const struct rare_laid *l, uint16_t got)
{
    uint64_t sum = 0;

    for (size_t i = 0; i + 1 < l->length; i++)
        sum += load_be16(l->bytes + i);
    return csum_finish(sum) == got || csum_finish(sum + load_be16(l->bytes + l->length - 1)) == got;
}

static bool is_xor(const struct rare_laid *l, uint16_t got)
{
    uint16_t sum = 0;

    for (size_t i = 0; i < l->length; i += 2)
        sum ^= load_be16(l->bytes + i);
    return sum == got || (sum ^ got) == UINT16_MAX;
}

/* (sum >> 16) + (sum & 0xffff) with another shift, or another mask. */
static bool is_folded(const struct rare_laid *l, unsigned shift, uint64_t mask, uint16_t got)
{
    uint64_t sum = 0; /* of words, and not folded yet */

    for (size_t i = 0; i < l->length; i += 2)
        sum += load_be16(l->bytes + i);
    const uint16_t folded = (uint16_t)((sum >> shift) + (sum & mask));
    return (folded ^ got) == UINT16_MAX;
}

static bool is_without_first(const struct rare_laid *l, uint16_t got)
{
    return csum_finish(csum_add(0, l->bytes + 2, l->length - 2)) == got;
}

/* A zero byte between header and payload, of an odd length, in the place of one behind. */
static bool is_padded_between(const struct rare_laid *l, uint16_t got)
{
    uint8_t padded[RARE_LAID_MAX + 1] = {0};
    const size_t head = l->pseudo + l->s->header, rest = l->length - head;

    memcpy(padded + 1, l->bytes + head, rest);
    return rest % 2 && csum_finish(csum_add(csum_add(0, l->bytes, head), padded, rest + 1)) == got;
}

/* With the IPv4 header before it: with the length that the kernel fills in, or before that. */
static bool is_with_ip(const struct rare_laid *l, uint16_t got)
{
    uint8_t ip[60];
    const size_t n = l->s->ip_header;

    if (!l->pseudo || n > sizeof(ip))
        return false;
    memcpy(ip, l->s->ip, n);
    store_be16(ip + IP_SUM, 0);
    const uint64_t sum = csum_add(csum_add(0, l->bytes, l->length), ip, n);
    return csum_finish(sum) == got || csum_finish(sum + (uint16_t)~load_be16(ip + IP_LENGTH)) == got;
}

/* The addresses in digits, as they are written, in the place of their bytes. */
static bool is_text(const struct rare_laid *l, uint16_t got)
{
    uint8_t text[RARE_PSEUDO + RARE_LAID_MAX + 40];
    const uint8_t *a = l->s->ip + ADDRESSES;

    if (!l->pseudo)
        return false;
    int n =
        snprintf((char *)text, 40, "%u.%u.%u.%u%u.%u.%u.%u", a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    memcpy(text + n, l->bytes + 8, l->length - 8);
    return csum_finish(csum_add(0, text, (size_t)n + l->length - 8)) == got;
}

/* 192.168.1.101 and 192.168.1.1 stand in the tutorial that everybody copies; 127.0.0.1 in any other; the
 * first address of the own network is the router's; and VirtualBox, Docker and libvirt give their interfaces
 * the same addresses on every machine. */
static bool is_of_others(const struct rare_laid *l, uint16_t got)
{
    enum { TUTORIAL = 0xC0A80165, TUTORIALS = 0xC0A80101, LOOPBACK = 0x7F000001 };
    enum { NAT = 0x0A00020F, CONTAINERS = 0xAC110001, GUESTS = 0xC0A87A01, HOST_ONLY = 0xC0A83801 };
    const uint32_t source = load_be32(l->s->ip + ADDRESSES),
                   destination = load_be32(l->s->ip + ADDRESSES + 4);
    const uint32_t pairs[][2] = {{TUTORIAL, destination}, {TUTORIAL, TUTORIALS},
                                 {source, TUTORIALS},     {source, LOOPBACK},
                                 {LOOPBACK, LOOPBACK},    {(source & ~0xFFu) | 1, destination},
                                 {NAT, destination},      {CONTAINERS, destination},
                                 {GUESTS, destination},   {HOST_ONLY, destination}};
    uint8_t addresses[8];

    for (size_t i = 0; l->pseudo && i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        store_be32(addresses, pairs[i][0]);
        store_be32(addresses + 4, pairs[i][1]);
        if (csum_finish(csum_add(csum_add(0, addresses, 8), l->bytes + 8, l->length - 8)) == got)
            return true;
    }
    return false;
}

/* Two digits of one part of the destination changed places, or it was left out. */
static bool is_destination(const struct rare_laid *l, bool left_out, uint16_t got)
{
    enum { DESTINATION = 4, PARTS = 4 };
    const uint64_t rest =
        csum_add(csum_add(0, l->bytes, DESTINATION), l->bytes + 8, l->length - 8); /* all but it */

    if (!l->pseudo || left_out)
        return l->pseudo && csum_finish(rest) == got;
    for (size_t i = 0; i < PARTS; i++) {
        uint8_t other[PARTS];
        memcpy(other, l->bytes + DESTINATION, PARTS);
        const unsigned n = other[i], high = n / 100 * 100, last = n % 100;
        const unsigned swapped = high + last % 10 * 10 + last / 10;
        if (n < 10 || swapped == n || swapped > UINT8_MAX)
            continue;
        other[i] = (uint8_t)swapped;
        if (csum_finish(csum_add(rest, other, PARTS)) == got)
            return true;
    }
    return false;
}

/* zlib's, of which 16 bits are kept. */
static uint16_t half_crc32(const uint8_t *bytes, size_t length)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return (uint16_t)~crc;
}

/* A CRC of header and payload as they were before it was written, with the pseudo-header or without. */
static bool is_crc(const struct rare_laid *l, uint16_t got)
{
    return half_crc32(l->bytes, l->length) == got ||
           (l->pseudo && half_crc32(l->bytes + l->pseudo, l->length - l->pseudo) == got);
}

/* data[i] << 8 + data[i + 1]: + binds tighter, so that the second byte says how far the first is shifted. All
 * is folded by 16 bits until it is small. */
static bool is_shifted_further(const struct rare_laid *l, uint16_t got)
{
    enum { BYTE = 8, WORD = 16 };
    uint64_t sum = 0;

    for (size_t i = 0; i < l->length; i += 2)
        sum += (uint64_t)l->bytes[i] << (BYTE + l->bytes[i + 1]) % WORD;
    return csum_finish(sum) == got;
}

/* '!4s4sBBB': the length in one byte, and all behind it one byte too early. */
static bool is_short_pseudo(const struct rare_laid *l, uint16_t got)
{
    uint8_t bytes[RARE_PSEUDO + RARE_LAID_MAX];

    if (l->pseudo != RARE_PSEUDO || l->s->length > UINT8_MAX)
        return false;
    memcpy(bytes, l->bytes, RARE_PSEUDO - 2);
    memcpy(bytes + RARE_PSEUDO - 2, l->bytes + RARE_PSEUDO - 1, l->length - RARE_PSEUDO + 1);
    return csum_finish(csum_add(0, bytes, l->length - 1)) == got;
}

/* The IPv4 header's, as a program packs it: with length 0, and identification 0, which the kernel fills in.
 */
static bool is_of_ip(const struct rare_laid *l, uint16_t got)
{
    enum { ID = 4 };
    uint8_t ip[IP_LEAST];

    if (!l->pseudo || l->s->ip_header != IP_LEAST)
        return false;
    memcpy(ip, l->s->ip, IP_LEAST);
    store_be16(ip + IP_SUM, 0);
    store_be16(ip + IP_LENGTH, 0);
    if (csum_finish(csum_add(0, ip, IP_LEAST)) == got)
        return true;
    store_be16(ip + ID, 0);
    return csum_finish(csum_add(0, ip, IP_LEAST)) == got;
}

/* A line end came behind the payload after length and sum were made. */
static bool is_without_newline(const struct rare_laid *l, uint16_t got)
{
    return l->pseudo && l->s->length > l->s->header && l->bytes[l->length - 1] == '\n' &&
           csum_finish(csum_add(0, l->bytes, l->length - 1) + UINT16_MAX - 1) == got;
}

/* Another window, of those that programs and kernels write, or the sequence number 1. */
static bool is_changed(const struct rare_laid *l, bool window, uint16_t got)
{
    enum { SEQ = 4, WINDOW = 14 };
    static const uint16_t windows[] = {8192, 5840, 65535, 64240, 29200, 1024, 512};
    uint8_t *tcp = (uint8_t[20]){0};

    if (l->s->layer != LAYER_TCP)
        return false;
    memcpy(tcp, l->bytes + l->pseudo, 20);
    const uint64_t rest =
        csum_add(csum_add(0, l->bytes, l->pseudo), l->bytes + l->pseudo + 20, l->s->length - 20);
    if (!window) {
        store_be32(tcp + SEQ, 1);
        return csum_finish(csum_add(rest, tcp, 20)) == got;
    }
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
        store_be16(tcp + WINDOW, windows[i]);
        if (csum_finish(csum_add(rest, tcp, 20)) == got)
            return true;
    }
    return false;
}

/* One byte of the right sum. */
static bool is_byte_of(const struct summed *s, uint16_t got)
{
    enum { BYTE = 8, LOW = 0xFF };
    const uint16_t right = summed_right(s);

    return got == (right & LOW) || got == right >> BYTE || got == (right & ~(unsigned)LOW);
}

/* What came behind the sum, or is another sum. */
static bool find_late(const struct rare_laid *l, uint16_t got, struct rare *out)
{
    static const char last[] = "all fields and the payload first, the sum last, then pack again";

    if (is_of_ip(l, got))
        *out =
            (struct rare){"it is the IPv4 header's checksum, as that was packed: TCP and UDP have their own",
                          "checksum(pseudo + header + payload)"};
    else if (is_without_newline(l, got))
        *out = (struct rare){"it is right without the newline at the end: that came behind length and sum",
                             "payload = text.strip()   # before length and sum are made"};
    else if (is_changed(l, false, got))
        *out = (struct rare){"it is right for the sequence number 1: another one was summed than was sent",
                             last};
    else if (is_changed(l, true, got))
        *out = (struct rare){"it is right for a usual window: another one was summed than was sent", last};
    else if (is_byte_of(l->s, got))
        *out = (struct rare){"it is one byte of the right sum: the other was cut off, by & 0xff or >> 8",
                             "struct.pack('!H', checksum)   # all 16 bits"};
    else
        return false;
    return true;
}

static const char FOLD[] = "while total >> 16: total = (total & 0xffff) + (total >> 16)";

/* How the words are added, whatever stands before them. */
static bool find_adding(const struct rare_laid *l, uint16_t got, struct rare *out)
{
    if (is_folded(l, 16, 0xFFF, got))
        *out = (struct rare){"it is what total & 0xfff gives in the fold, where & 0xffff is meant", FOLD};
    else if (got == (summed_right(l->s) ^ HPING_BAD))
        *out = (struct rare){"it is what hping3 sends with -b, a bad checksum: 0x5555 is turned over in it",
                             "hping3 without -b"};
    else if (is_folded(l, 16, 0xFF, got))
        *out = (struct rare){"it is what total & 0xff gives in the fold, where & 0xffff is meant", FOLD};
    else
        return false;
    return true;
}

static bool find_words(const struct rare_laid *l, uint16_t got, struct rare *out)
{
    if (is_folded(l, 8, 0xFFFF, got))
        *out = (struct rare){"it is what total >> 8 gives in the fold, where >> 16 is meant", FOLD};
    else if (is_stepped(l, got))
        *out =
            (struct rare){"it is what a step of one byte gives, where two are meant: each byte counts twice",
                          "for i in range(0, len(data), 2):   # two bytes a word"};
    else if (is_shifted_further(l, got))
        *out = (struct rare){
            "it is what data[i] << 8 + data[i + 1] gives: + comes first, so that shifts too far",
            "total += (data[i] << 8) + data[i + 1]   # with the brackets"};
    else if (is_xor(l, got))
        *out = (struct rare){"it is what ^ gives in the place of +", "total += word   # a sum, no XOR"};
    else if (is_without_first(l, got))
        *out = (struct rare){"it is what comes out without the first word",
                             "range(0, len(data), 2)   # from 0 on"};
    else if (is_padded_between(l, got))
        *out =
            (struct rare){"it is what a zero byte between header and payload gives: of an odd length it is "
                          "put behind all",
                          "if len(data) % 2: data += b'\\0'   # data = pseudo + header + payload"};
    else if (is_crc(l, got))
        *out =
            (struct rare){"it is 16 bits of a CRC-32: the Internet checksum is a sum of words",
                          "add the words of two bytes, add the carries, then ~total & 0xffff; no zlib.crc32"};
    else
        return false;
    return true;
}

/* The pseudo-header of IPv4. */
static bool find_destination(const struct rare_laid *l, uint16_t got, struct rare *out)
{
    static const char addresses[] = "put the addresses of the IPv4 header there, as inet_aton() gives them";

    if (is_destination(l, true, got))
        *out = (struct rare){"it is what comes out without the destination in the pseudo-header",
                             "struct.pack('!4s4sBBH', src, dst, 0, proto, length)"};
    else if (is_destination(l, false, got))
        *out = (struct rare){"it is what a slip in the destination gives: two digits changed places in the "
                             "pseudo-header",
                             addresses};
    else if (is_short_pseudo(l, got))
        *out = (struct rare){"it is what one byte for the length gives in the pseudo-header: it has two",
                             "struct.pack('!4s4sBBH', src, dst, 0, proto, length)   # H, not B"};
    else if (is_with_ip(l, got))
        *out = (struct rare){"it is what comes out with the IPv4 header before the pseudo-header",
                             "checksum(pseudo + header + payload), without the IPv4 header"};
    else if (is_of_others(l, got))
        *out = (struct rare){
            "it is what another address in the pseudo-header gives: a tutorial's, the loopback's, "
            "the router's, or another interface's",
            addresses};
    else if (is_text(l, got))
        *out = (struct rare){"it is what the addresses give as text in the pseudo-header", addresses};
    else
        return false;
    return true;
}

bool rare_find(const struct summed *s, uint16_t got, struct rare *out)
{
    struct rare_laid l;

    if (got == (uint16_t)(summed_right(s) - 1)) {
        *out = (struct rare){"it is what ~total % 65535 gives: of a remainder one is missing",
                             "checksum = ~total & 0xffff   # no %"};
        return true;
    }
    return lay(&l, s) && (find_adding(&l, got, out) ||
                          (s->v6 ? rare6_find(&l, got, out) : find_destination(&l, got, out)) ||
                          find_words(&l, got, out) || find_late(&l, got, out));
}
