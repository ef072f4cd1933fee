/* What a header says of itself or of what follows it. Facts are certain; their cause may be told before them.
 */
#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "explain/said.h"
#include "explain/suspect.h"
#include "pkt/sctp.h"

enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2, OPTION_SACK_PERMITTED = 4, OPTION_TIMESTAMPS = 8 };

static bool named(const struct suspect *s, const char *field)
{
    return strcmp(s->field->name, field) == 0;
}

/* The fault is this finding's own, or a clause on the same field speaks in its place. */
static bool is_fault(const struct suspect *s, enum fault fault, const char *field)
{
    return s->finding->fault == fault || (!s->finding->fault && s->packet->faults & fault && named(s, field));
}

static enum fit tell_fault(const struct suspect *s, struct diagnosis *d, enum fault fault)
{
    char text[160];

    packet_fault_text(s->packet, fault, text, sizeof(text));
    suspect_say(d, "%s", text);
    return FIT_FACT;
}

enum fit why_header_bad_version(const struct suspect *s, struct diagnosis *d)
{
    if (!is_fault(s, FAULT_BAD_VERSION, "ip.version"))
        return FIT_NONE;
    if (s->field->layer == LAYER_IP6)
        suspect_mend(d, "struct.pack('!I', (6 << 28) | (traffic_class << 20) | flow_label)");
    if (why_word6(s, d) != WORD6_NONE)
        return FIT_STRONG;
    return tell_fault(s, d, FAULT_BAD_VERSION);
}

enum fit why_header_bad_ihl(const struct suspect *s, struct diagnosis *d)
{
    const struct span *ip = &s->packet->layers[LAYER_IP];
    size_t have = (size_t)s->packet->length - ip->offset;

    if (s->one && named(s, "ip.hdr_len") && s->got >= 20 && s->got < s->expected) {
        suspect_say(d, "the header length (IHL) is %u words of 4 bytes: what follows those counts as payload",
                    (unsigned)s->got / 4);
        suspect_mend(d, "version_ihl = (4 << 4) | 5 + len(options) // 4");
        why_options_says(s, d);
        return FIT_FACT;
    }
    if (!is_fault(s, FAULT_BAD_IHL, "ip.hdr_len") || !s->header || s->header_length < 1)
        return FIT_NONE;
    unsigned words = s->header[0] & 15;
    if (words < 5)
        suspect_say(d, "the header length (IHL) is %u words of 4 bytes: at least 5 are needed", words);
    else
        suspect_say(d, "the header length (IHL) is %u words, %u bytes, and only %zu bytes are there", words,
                    words * 4, have);
    return FIT_FACT;
}

enum fit why_header_bad_offset(const struct suspect *s, struct diagnosis *d)
{
    const struct span *tcp = &s->packet->layers[LAYER_TCP];

    if (!is_fault(s, FAULT_BAD_OFFSET, "tcp.hdr_len") || !s->header || s->header_length < 13)
        return FIT_NONE;
    unsigned words = s->header[12] >> 4;
    if (words < 5)
        suspect_say(d, "the data offset is %u words of 4 bytes: at least 5 are needed", words);
    else
        suspect_say(d, "the data offset is %u words, %u bytes: more than the segment's %zu", words, words * 4,
                    (size_t)s->packet->length - tcp->offset);
    return FIT_FACT;
}

static enum fit udp_length(const struct suspect *s, struct diagnosis *d)
{
    const struct span *ip = &s->packet->layers[LAYER_IP], *udp = &s->packet->layers[LAYER_UDP];
    size_t have = (size_t)s->packet->wire_length - udp->offset;

    if (!udp->present || udp->offset + 8 > s->packet->length)
        return FIT_NONE;
    if (ip->complete && udp->offset > ip->offset) {
        size_t total = load_be16(s->packet->frame + ip->offset + 2), before = udp->offset - ip->offset;
        have = total > before && total - before < have ? total - before : have;
    }
    unsigned says = load_be16(s->packet->frame + udp->offset + 4);
    if (says >= 8 && says <= have && (!named(s, "udp.length") || says + 8 != have))
        return FIT_NONE;
    suspect_say(d, "the UDP length is %u: header and data together are %zu bytes, and it is never below 8",
                says, have);
    suspect_mend(d, "length = 8 + len(payload)");
    return FIT_FACT;
}

enum fit why_header_tag_not_zero(const struct suspect *s, struct diagnosis *d)
{
    uint64_t own = 0;

    if (!named(s, "sctp.verification_tag") || !s->one || s->expected || !s->got ||
        !s->packet->layers[LAYER_SCTP_INIT].present)
        return FIT_NONE;
    if (packet_value(s->packet, field_find("sctp.init_initiate_tag"), &own) != FIELD_OK || own != s->got)
        return FIT_FACT;
    suspect_say(d,
                "it is the INIT's own initiate tag: the other side's is not known yet, and 0 stands for it");
    return FIT_STRONG;
}

/* What stands behind the end that the total length gives the packet; an Ethernet frame's padding is 0. */
static size_t left_off(const struct suspect *s)
{
    const struct span *ip = &s->packet->layers[LAYER_IP];
    size_t have = s->packet->length, end;

    if (!ip->present || !ip->complete || rules_kind(s->rules) != TARGET_PACKET)
        return 0;
    end = (size_t)ip->offset + load_be16(s->packet->frame + ip->offset + 2);
    while (have > end && !s->packet->frame[have - 1])
        have--;
    return have > end ? have - end : 0;
}

/* Nothing is left for this field by a total length that is too small. */
static enum fit rest_left_off(const struct suspect *s, struct diagnosis *d)
{
    const struct span *ip = &s->packet->layers[LAYER_IP];
    size_t length = 0, left = left_off(s);

    if (s->field->layer < LAYER_TCP || s->finding->fault || !left)
        return FIT_NONE;
    if (s->field->layer == LAYER_PAYLOAD ? packet_payload(s->packet, &length) && length : !s->finding->absent)
        return FIT_NONE;
    suspect_say(d, "the total length says %u bytes, and %zu more were sent: they are left off",
                load_be16(s->packet->frame + ip->offset + 2), left);
    suspect_mend(d, "total_length = len(ip_header) + len(everything behind it)");
    return FIT_FACT;
}

enum fit why_header_bad_length(const struct suspect *s, struct diagnosis *d)
{
    const struct span *ip = &s->packet->layers[LAYER_IP];

    if (rest_left_off(s, d) == FIT_FACT ||
        ((s->finding->fault & (FAULT_TRUNCATED | FAULT_BAD_LENGTH) || s->finding->absent) &&
         why_ip6_says(s, d)))
        return FIT_FACT;
    if (s->finding->fault == FAULT_BAD_CHUNK || s->finding->fault == FAULT_BAD_PARAMETER)
        return why_sctp_length(s, d);
    /* that of the data alone contradicts nothing: what is behind it could be padding */
    if (named(s, "udp.length") && !s->finding->absent && udp_length(s, d) == FIT_FACT)
        return FIT_FACT;
    if (!is_fault(s, FAULT_BAD_LENGTH, "udp.length") && !is_fault(s, FAULT_BAD_LENGTH, "ip.len"))
        return FIT_NONE;
    if (udp_length(s, d) == FIT_FACT)
        return FIT_FACT;
    if (!ip->complete || ip->offset + 20 > s->packet->length)
        return FIT_NONE;
    suspect_say(d,
                "the total length says %u bytes, and %u were sent; a raw socket's kernel writes it: was this "
                "sent another way?",
                load_be16(s->packet->frame + ip->offset + 2),
                (unsigned)(s->packet->wire_length - ip->offset));
    return FIT_FACT;
}

enum fit why_header_bad_options(const struct suspect *s, struct diagnosis *d)
{
    /* a length that is too large has a cause of its own: what it takes for options is the payload */
    bool length = named(s, "tcp.hdr_len") || named(s, "ip.hdr_len");
    bool larger = s->one && s->got > s->expected;
    /* a clause on the options speaks in the fault's place */
    bool own = named(s, s->packet->layers[LAYER_IP].length > 20 ? "ip.options" : "tcp.options");

    if (s->finding->fault != FAULT_BAD_OPTIONS &&
        !(s->packet->faults & FAULT_BAD_OPTIONS && ((length && !larger) || own)))
        return FIT_NONE;
    tell_fault(s, d, FAULT_BAD_OPTIONS);
    why_options_says(s, d);
    return FIT_FACT;
}

enum fit why_header_bad_extension(const struct suspect *s, struct diagnosis *d)
{
    return s->finding->fault == FAULT_BAD_EXTENSION ||
                   (s->packet->faults & FAULT_BAD_EXTENSION && s->finding->absent)
               ? tell_fault(s, d, FAULT_BAD_EXTENSION)
               : FIT_NONE;
}

enum fit why_header_truncated(const struct suspect *s, struct diagnosis *d)
{
    /* version and sum of the header are as they are, wherever the packet ends */
    bool apart = s->finding->fault == FAULT_IP_CHECKSUM || s->finding->fault == FAULT_BAD_VERSION;
    bool told = s->finding->fault == FAULT_TRUNCATED ||
                (s->packet->faults & FAULT_TRUNCATED && !apart && (s->finding->fault || s->finding->absent));

    struct diagnosis unused = *d;

    return told && !why_ip6_says(s, &unused) ? tell_fault(s, d, FAULT_TRUNCATED) : FIT_NONE;
}

/* IPv6's next header is another: then what follows is read as what it is not, and is too short for that. */
static enum fit another_next_header(const struct suspect *s, struct diagnosis *d)
{
    const struct clause *c = clause_of(s->rules, field_find("ipv6.nxt"));
    const bool fault = s->finding->fault & (FAULT_TRUNCATED | FAULT_BAD_LENGTH);
    char got[FIELD_TEXT_SIZE], want[FIELD_TEXT_SIZE];
    struct diagnosis unused = *d;
    uint64_t next;

    if (!c || c->kind != MATCH_EQUAL || (!fault && !named(s, "ipv6.nxt")) ||
        packet_value(s->packet, c->field, &next) != FIELD_OK || next == c->a ||
        why_named_says_extension(s, &unused))
        return FIT_NONE;
    suspect_say(d, "the IPv6 header says that %s follows, not %s%s", field_text(c->field, next, got),
                field_text(c->field, c->a, want),
                fault ? ": what follows is read as that, and is too short" : "");
    suspect_mend(d, "next_header = %llu   # byte 6 of the IPv6 header", (unsigned long long)c->a);
    return fault ? FIT_STRONG : FIT_FACT;
}

enum fit why_header_wrong_protocol(const struct suspect *s, struct diagnosis *d)
{
    char got[FIELD_TEXT_SIZE], want[FIELD_TEXT_SIZE];

    if (why_meant_says(s, d))
        return FIT_STRONG;
    const enum fit next = another_next_header(s, d);
    if (next != FIT_NONE)
        return next;
    if (!s->one || !named(s, "ip.proto"))
        return FIT_NONE;
    if (s->several)
        return FIT_FACT;
    suspect_say(d, "the IPv4 header says that %s follows, not %s", field_text(s->field, s->got, got),
                field_text(s->field, s->expected, want));
    suspect_mend(d, "protocol = %llu   # value 7 of '!BBHHHBBH4s4s'", (unsigned long long)s->expected);
    return FIT_FACT;
}

/* Where one is asked for, that it is one is no mistake. */
static bool asks_for_fragment(const struct rules *rules)
{
    static const char *const names[] = {"ip.flags.mf", "ip.flags", "ip.frag_offset"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct clause *c = clause_of(rules, field_find(names[i]));
        if (c && c->kind == MATCH_EQUAL && (i == 2 ? c->a : c->a & 1))
            return true;
    }
    return false;
}

enum fit why_header_fragment(const struct suspect *s, struct diagnosis *d)
{
    const struct span *ip = &s->packet->layers[LAYER_IP];

    if (!ip->complete || ip->offset + 8 > s->packet->length || asks_for_fragment(s->rules))
        return FIT_NONE;
    unsigned word = load_be16(s->packet->frame + ip->offset + 6), offset = word & 0x1FFF;
    bool asked = (named(s, "ip.flags") && s->one && !(s->expected & 1) && s->got & 1) ||
                 (named(s, "ip.flags.mf") && s->one && !s->expected) ||
                 (named(s, "ip.frag_offset") && s->one && !s->expected);
    if (!asked && !(s->finding->absent && offset))
        return FIT_NONE;
    if (offset)
        suspect_say(
            d,
            "the fragment offset is %u: this claims to be byte %u of a packet and what follows, without its "
            "transport header",
            offset, offset * 8);
    else
        suspect_say(d, "more fragments is set: this claims that the packet goes on in another one");
    return FIT_FACT;
}

/* IPv4 where IPv6 is asked for, or the reverse. */
static bool says_other_version(const struct suspect *s, struct diagnosis *d)
{
    const bool six = s->field->layer == LAYER_IP6;

    if ((!six && s->field->layer != LAYER_IP) || !s->packet->layers[six ? LAYER_IP : LAYER_IP6].complete)
        return false;
    suspect_say(d, "this packet is IPv%d, and IPv%d is asked for", six ? 4 : 6, six ? 6 : 4);
    suspect_mend(d, "socket.socket(socket.AF_INET%s, socket.SOCK_RAW, socket.IPPROTO_RAW)", six ? "6" : "");
    return true;
}

enum fit why_header_missing(const struct suspect *s, struct diagnosis *d)
{
    const struct span *ip = &s->packet->layers[LAYER_IP];
    uint8_t wants = layer_protocol(s->field->layer);

    /* what is read as IPv4 contradicts itself everywhere, and is no fragment */
    if ((s->finding->fault || s->finding->absent) && rules_is_arp(s->rules) && why_named_says_type(s, d))
        return FIT_STRONG;
    if (why_sctp_says_bare(s, d))
        return FIT_GOOD;
    if (!s->finding->absent || s->field->layer == LAYER_PAYLOAD)
        return FIT_NONE;
    const struct span *own = &s->packet->layers[s->field->layer];
    if (says_other_version(s, d))
        return FIT_FACT;
    if (own->present && own->complete) {
        suspect_say(d, "this %s message is of a type that has no such field", layer_text(s->field->layer));
        suspect_mend(d, "the type first: it says which fields follow");
    } else if (ip->complete && ip->offset + 10 <= s->packet->length && wants &&
               s->packet->frame[ip->offset + 9] != wants)
        suspect_say(d, "there is no %s header: the IPv4 header's protocol is %u, %s is %u",
                    layer_text(s->field->layer), s->packet->frame[ip->offset + 9],
                    layer_text(s->field->layer), wants);
    else if (!why_named_says_next(s, d))
        suspect_say(d, "there is no %s header in this packet", layer_text(s->field->layer));
    return FIT_FACT;
}

/* Which options stand in the TCP header, as bits by kind up to 31 (RFC 9293, section 3.2). */
static uint32_t tcp_options(const struct packet *packet)
{
    const struct span *tcp = &packet->layers[LAYER_TCP];
    uint32_t kinds = 0;

    if (!tcp->complete || tcp->length < 20 || tcp->offset + tcp->length > packet->length)
        return 0;
    struct cursor c = cursor_of(packet->frame + tcp->offset + 20, tcp->length - 20u);
    const uint8_t *kind, *size;
    while ((kind = cursor_pull(&c, 1)) && *kind != OPTION_END) {
        if (*kind == OPTION_NOP)
            continue;
        size = cursor_pull(&c, 1);
        if (!size || *size < 2 || !cursor_pull(&c, *size - 2u))
            break;
        kinds |= *kind < 32 ? 1u << *kind : 0;
    }
    return kinds;
}

enum fit why_header_not_raw(const struct suspect *s, struct diagnosis *d)
{
    uint32_t kinds = tcp_options(s->packet);
    bool sack = kinds >> OPTION_SACK_PERMITTED & 1, stamps = kinds >> OPTION_TIMESTAMPS & 1;

    /* the destination is what connect() was given */
    if (!(kinds >> OPTION_MSS & 1) || !(sack || stamps) || named(s, "tcp.dstport") ||
        (s->field->layer != LAYER_TCP && s->field->layer != LAYER_PAYLOAD))
        return FIT_NONE;
    suspect_say(d,
                "MSS%s%s: these options are in every SYN of a kernel; connect() was used, not a raw socket",
                sack ? ", SACK permitted" : "", stamps ? ", timestamps" : "");
    /* what the kernel wrote explains this field; in the others it is likely */
    return named(s, "tcp.hdr_len") || named(s, "tcp.options") ? FIT_STRONG : FIT_WEAK;
}

/* The first option that stands behind the header's 20 bytes, where it is one by its kind and its length: what
 * a payload is read as has neither. */
static bool says_option(const struct suspect *s, struct diagnosis *d)
{
    enum { HEADER = 20, LENGTH_MIN = 2 };
    static const struct {
        enum layer layer;
        uint8_t kind;
        const char *name;
    } rows[] = {{LAYER_TCP, OPTION_NOP, "NOP"},
                {LAYER_TCP, OPTION_MSS, "MSS"},
                {LAYER_TCP, 3, "window scale"},
                {LAYER_TCP, OPTION_SACK_PERMITTED, "SACK permitted"},
                {LAYER_TCP, OPTION_TIMESTAMPS, "timestamps"},
                {LAYER_IP, OPTION_NOP, "NOP"},
                {LAYER_IP, 7, "record route"},
                {LAYER_IP, 68, "timestamp"},
                {LAYER_IP, 131, "loose source route"},
                {LAYER_IP, 137, "strict source route"},
                {LAYER_IP, 148, "router alert"}};

    if (!s->header || s->header_length < HEADER + LENGTH_MIN)
        return false;
    const uint8_t *option = s->header + HEADER;
    const size_t room = s->header_length - HEADER;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].layer != s->field->layer || rows[i].kind != option[0] ||
            (option[0] != OPTION_NOP && (option[1] < LENGTH_MIN || option[1] > room)))
            continue;
        suspect_say(d, "an option, %u (%s), stands behind the header's 20 bytes: none is asked for",
                    option[0], rows[i].name);
        suspect_mend(d, "leave it out, and the header length is 5 words   # scapy: no options=");
        return true;
    }
    return false;
}

enum fit why_header_has_options(const struct suspect *s, struct diagnosis *d)
{
    if (!s->one || !(named(s, "tcp.hdr_len") || named(s, "ip.hdr_len")) || s->got <= s->expected ||
        s->packet->faults & (FAULT_BAD_IHL | FAULT_BAD_OFFSET))
        return FIT_NONE;
    suspect_say(d, "the header is %llu bytes long, %llu more than asked for: those count as options",
                (unsigned long long)s->got, (unsigned long long)(s->got - s->expected));
    suspect_mend(d,
                 s->field->layer == LAYER_IP ? "version_ihl = (4 << 4) | %llu"
                                             : "offset_flags = (%llu << 12) | flags",
                 (unsigned long long)suspect_expected_bits(s));
    if (!why_options_says(s, d))
        says_option(s, d);
    return FIT_FACT;
}

enum fit why_header_no_payload(const struct suspect *s, struct diagnosis *d)
{
    size_t length;

    if (s->field->layer != LAYER_PAYLOAD || s->finding->fault)
        return FIT_NONE;
    const uint8_t *bytes = packet_payload(s->packet, &length);
    const size_t came = length;
    /* a line end that does not count is nothing, too */
    if (s->clause && s->clause->trim && length)
        length = trim_newline(bytes, length);
    if (length || left_off(s))
        return FIT_NONE;
    if (came && rules_kind(s->rules) != TARGET_PACKET) {
        suspect_say(d, "an empty line came: nothing stands before its end");
        suspect_mend(d,
                     "print what is sent: echo \"$HANDLE\" of a variable that is not set is an empty line");
        return FIT_FACT;
    }
    if (s->packet->layers[LAYER_UDP].present && rules_dialled(s->rules)) {
        suspect_say(d, "the datagram is empty");
        suspect_mend(d, "s.sendto(answer, addr)   # what is sent is the first argument");
    } else if (rules_kind(s->rules) == TARGET_DATAGRAM) {
        suspect_say(d, "the datagram is empty");
        uint64_t port = rules_port(s->rules);
        /* a later step has no port of its own: it came to the first one's */
        packet_value(s->packet, field_find("udp.dstport"), &port);
        suspect_mend(d, "s.sendto(data, (target, %u))   # what is sent is the first argument",
                     (unsigned)port);
    } else if (rules_kind(s->rules) == TARGET_STREAM) {
        suspect_say(d, "nothing was sent before the end");
        suspect_mend(d, "s.sendall(data)");
    } else {
        suspect_say(d, "nothing follows the headers");
    }
    return FIT_FACT;
}

enum fit why_header_ttl_decremented(const struct suspect *s, struct diagnosis *d)
{
    enum { FAR = 30 }; /* more routers are on no way */
    uint64_t want = s->one || !s->clause ? s->expected : s->clause->a;

    if (!named(s, "ip.ttl") || !s->number || !s->got || (!s->one && s->kind != MATCH_RANGE) ||
        s->got >= want || want - s->got > FAR)
        return FIT_NONE;
    unsigned hops = (unsigned)(want - s->got);
    suspect_say(d, "%llu arrived: if %llu was sent, %u router%s", (unsigned long long)s->got,
                (unsigned long long)want, hops,
                hops == 1 ? " on the way took one" : "s on the way took one each");
    return FIT_WEAK;
}
