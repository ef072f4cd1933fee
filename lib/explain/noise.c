#include "explain/noise.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "explain/headless.h"
#include "explain/noise_private.h"
#include "explain/reading.h"
#include "explain/slip.h"
#include "judge/judge.h"
#include "judge/listen.h"
#include "judge/rules_private.h"
#include "pkt/quoted.h"

enum { PROTO_TCP = 6, PROTO_UDP = 17, ETHERTYPE_ARP = 0x0806, ETHERTYPE_IPV6 = 0x86DD };
enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2, OPTION_SACK = 4, OPTION_TIMES = 8 };
enum { FLAG_SYN = 0x02, FLAG_ACK = 0x10, SCAPY_PORT = 53, SCAPY_TCP_PORT = 80, SCAPY_FROM = 20 };

bool noise_is_kernel_syn(const struct packet *packet)
{
    const struct span *tcp = &packet->layers[LAYER_TCP];
    const uint8_t *header = packet->frame + tcp->offset, *kind, *size;
    bool mss = false, other = false;

    if (!tcp->present || !tcp->complete || tcp->length <= 20 ||
        (header[13] & (FLAG_SYN | FLAG_ACK)) != FLAG_SYN)
        return false;
    struct cursor c = cursor_of(header + 20, tcp->length - 20u);
    while ((kind = cursor_pull(&c, 1)) && *kind != OPTION_END) {
        if (*kind == OPTION_NOP)
            continue;
        size = cursor_pull(&c, 1);
        if (!size || *size < 2 || !cursor_pull(&c, *size - 2u))
            return false;
        mss = mss || *kind == OPTION_MSS;
        other = other || *kind == OPTION_SACK || *kind == OPTION_TIMES;
    }
    return mss && other;
}

/* What a half-open scan sends, and whoever forgot the payload. */
static bool is_bare_syn(const struct packet *packet)
{
    size_t length;

    return packet->frame[packet->layers[LAYER_TCP].offset + 13] == FLAG_SYN && !noise_is_kernel_syn(packet) &&
           packet_payload(packet, &length) && length == 0;
}

bool noise_is_made_syn(const struct packet *packet)
{
    const struct span *tcp = &packet->layers[LAYER_TCP];
    size_t length;

    return tcp->present && tcp->complete && packet->frame[tcp->offset + 13] == FLAG_SYN &&
           !noise_is_kernel_syn(packet) && packet_payload(packet, &length) && length > 0;
}

static uint16_t port_of(const struct packet *packet, enum layer layer)
{
    return load_be16(packet->frame + packet->layers[layer].offset + 2);
}

static bool readable(const struct packet *packet, enum layer layer)
{
    return packet->layers[layer].present && packet->layers[layer].complete;
}

static const struct class *class_of(const struct rulebook *book)
{
    return rulebook_count(book) ? rulebook_at(book, 0)->class : NULL;
}

/* "Port unreachable" for a datagram of the target's own: its ports, and true. */
static bool unreachable_read(const struct packet *packet, const struct class *class, uint16_t *from,
                             uint16_t *to)
{
    struct quoted quoted;

    if (!quoted_read(&quoted, packet) || !quoted.no_port || quoted.protocol != PROTO_UDP ||
        !class_has_target(class, quoted.src))
        return false;
    *from = quoted.srcport;
    *to = quoted.dstport;
    return true;
}

static void shape_read(const struct rulebook *book, const struct packet *packet, struct shape_of_packet *out)
{
    const struct span *ip = &packet->layers[LAYER_IP];
    const struct class *class = class_of(book);

    *out = (struct shape_of_packet){.form = FORM_OTHER, .upper = LAYER_PAYLOAD};
    static const enum layer uppers[] = {LAYER_ICMP, LAYER_ICMP6, LAYER_SCTP};
    for (size_t i = 0; i < sizeof(uppers) / sizeof(uppers[0]); i++)
        if (readable(packet, uppers[i]))
            out->upper = uppers[i];
    const bool six = packet_ip_version(packet) == 6;
    if (packet->layers[LAYER_IP6].present && !ip->present && !(six && class && class_target(class, true))) {
        out->number = ETHERTYPE_IPV6;
        return;
    }
    if (readable(packet, LAYER_TCP)) {
        out->form = FORM_TCP;
        out->number = port_of(packet, LAYER_TCP);
        out->kernel_syn = noise_is_kernel_syn(packet);
        out->bare_syn = is_bare_syn(packet);
    } else if (readable(packet, LAYER_UDP)) {
        out->form = FORM_UDP;
        out->number = port_of(packet, LAYER_UDP);
    } else if (readable(packet, LAYER_IP) || six) {
        out->form = packet->faults & FAULT_BAD_IHL ? FORM_UNREADABLE : FORM_IP;
        if (packet->faults & FAULT_FRAGMENT)
            out->form = FORM_FRAGMENT;
    } else if (ip->present) {
        out->form = FORM_UNREADABLE;
    } else if (readable(packet, LAYER_ETH)) {
        out->number = load_be16(packet->frame + packet->layers[LAYER_ETH].offset + 12);
    }
    if (readable(packet, LAYER_IP) || six) {
        out->six = six;
        out->protocol =
            six ? packet->frame[packet->layers[LAYER_IP6].offset + 6] : packet->frame[ip->offset + 9];
        out->elsewhere = class && !class_has_target(class, packet_dst(packet));
    }
    if (class && unreachable_read(packet, class, &out->number, &out->back))
        out->form = FORM_UNREACHABLE;
}

static uint64_t key_of(const struct shape_of_packet *s, ipaddr source)
{
    return ipaddr_fold(source) << 32 | (uint64_t)s->number << 16 | (uint64_t)s->protocol << 8 |
           (uint64_t)s->six << 6 | (uint64_t)s->bare_syn << 5 | (uint64_t)s->form << 2 |
           (uint64_t)s->elsewhere << 1 | (uint64_t)s->kernel_syn;
}

uint64_t noise_key(const struct rulebook *book, const struct packet *packet)
{
    struct shape_of_packet shape;

    shape_read(book, packet, &shape);
    return key_of(&shape, packet_src(packet));
}

static void put_what(const struct shape_of_packet *s, char *out, size_t size)
{
    char protocol[FIELD_TEXT_SIZE];
    const char *text = field_text(field_find("ip.proto"), s->protocol, protocol);

    switch (s->form) {
    case FORM_TCP:
        snprintf(out, size, "TCP to port %u", s->number);
        break;
    case FORM_UDP:
        snprintf(out, size, "UDP to port %u", s->number);
        break;
    case FORM_IP:
        snprintf(out, size, "IP protocol %s", text);
        break;
    case FORM_FRAGMENT:
        snprintf(out, size, "a later fragment, IP protocol %s", text);
        break;
    case FORM_UNREADABLE:
        snprintf(out, size, "an unreadable IPv4 header");
        break;
    case FORM_UNREACHABLE:
        snprintf(out, size, "ICMP port unreachable");
        break;
    case FORM_OTHER:
        if (s->number == ETHERTYPE_ARP)
            snprintf(out, size, "ARP");
        else if (s->number == ETHERTYPE_IPV6)
            snprintf(out, size, "IPv6");
        else
            snprintf(out, size, s->number ? "EtherType 0x%04x" : "no IPv4 packet", s->number);
        break;
    }
}

/* The challenge whose socket takes this port; NULL when none does. */
static const struct rules *served_at(const struct rulebook *book, const struct shape_of_packet *s)
{
    enum target_kind kind = s->form == FORM_TCP ? TARGET_STREAM : TARGET_DATAGRAM;

    if (s->form != FORM_TCP && s->form != FORM_UDP && s->form != FORM_UNREACHABLE)
        return NULL;
    return rulebook_served(book, kind, s->number);
}

static const struct field *port_field(enum form form)
{
    return field_find(form == FORM_TCP ? "tcp.dstport" : "udp.dstport");
}

static bool has_port(const struct shape_of_packet *s)
{
    return s->form == FORM_TCP || s->form == FORM_UDP;
}

/* The challenge that has this very port, but by the other transport. */
static const struct rules *other_transport(const struct rulebook *book, const struct shape_of_packet *s)
{
    const struct field *other = port_field(s->form == FORM_TCP ? FORM_UDP : FORM_TCP);

    if (!has_port(s) || s->elsewhere)
        return NULL;
    for (size_t i = 0; i < rulebook_count(book); i++)
        if (slip_takes(rulebook_at(book, i), other, s->number))
            return rulebook_at(book, i);
    return NULL;
}

/* Whoever sent the datagram was gone when its answer came. */
static void put_unreachable(const struct rulebook *book, const struct shape_of_packet *s, struct noise *out)
{
    const struct rules *rules = served_at(book, s);

    if (s->back == SCAPY_PORT) {
        snprintf(out->why, sizeof(out->why),
                 "an answer of %s%s%u went to your port %u, scapy's own choice, at which nobody listened",
                 rules ? rules_slug(rules) : "", rules ? ", port " : "port ", s->number, s->back);
        snprintf(out->mend, sizeof(out->mend),
                 "sr1(...) waits for the answer, send(...) does not; or a socket and recvfrom()");
        return;
    }
    snprintf(out->why, sizeof(out->why), "an answer of %s%s%u found no program at your port %u: it had ended",
             rules ? rules_slug(rules) : "", rules ? ", port " : "port ", s->number, s->back);
    snprintf(out->mend, sizeof(out->mend),
             "nc -u -w 3 in the place of -q 1; in a program recvfrom() before it ends");
}

static void put_other_transport(const struct rules *rules, const struct shape_of_packet *s, struct noise *out)
{
    const bool udp = s->form == FORM_UDP;
    const bool raw = rules_kind(rules) == TARGET_PACKET && !s->kernel_syn;
    const char *mend = raw && s->six ? (udp ? "next_header = 6   # TCP, byte 6 of the IPv6 header"
                                            : "next_header = 17   # UDP, byte 6 of the IPv6 header")
                       : raw ? (udp ? "protocol = 6   # TCP, in the IPv4 header: value 7 of '!BBHHHBBH4s4s'"
                                    : "protocol = 17   # UDP, in the IPv4 header: value 7 of '!BBHHHBBH4s4s'")
                       : udp ? "socket.socket(socket.AF_INET, socket.SOCK_STREAM); nc without -u"
                             : "socket.socket(socket.AF_INET, socket.SOCK_DGRAM); nc -u";

    snprintf(out->why, sizeof(out->why), "%u is %s's, by %s, and this is %s", s->number, rules_slug(rules),
             udp ? "TCP" : "UDP", udp ? "UDP" : "TCP");
    snprintf(out->mend, sizeof(out->mend), "%s", mend);
    out->code = code_find("WRONG_PROTOCOL");
}

/* More of it is right than wrong, as it is or with one mistake undone: many a word could be a handle. */
static bool rather_right(const struct rules *rules, const struct packet *packet)
{
    struct verdict v;
    struct mended reading;
    size_t right = 0, wrong = 0;

    judge_quickly(rules, packet, packet_src(packet), &v);
    for (size_t i = 0; i < v.n; i++) {
        right += v.findings[i].status == FINDING_PASS;
        wrong += v.findings[i].status == FINDING_FAIL;
    }
    return right >= wrong || (reading_find(&reading, rules, packet, &v) && reading.sure);
}

/* The packet challenge by TCP whose segment this is, but for the port that it goes to. */
static const struct rules *made_for(const struct rulebook *book, const struct packet *packet)
{
    for (size_t i = 0; i < rulebook_count(book); i++) {
        const struct rules *rules = rulebook_at(book, i);
        if (rules_kind(rules) == TARGET_PACKET && slip_port(rules, port_field(FORM_TCP)) &&
            !rules_challenge(rules)->target.practice && rather_right(rules, packet))
            return rules;
    }
    return NULL;
}

const struct rules *noise_meant(const struct rulebook *book, const struct packet *packet)
{
    struct shape_of_packet shape;
    struct reading_meant meant;

    shape_read(book, packet, &shape);
    const struct rules *other = other_transport(book, &shape);
    if (served_at(book, &shape) || (other && rules_kind(other) != TARGET_PACKET) ||
        !reading_rules(book, packet, &meant))
        return NULL;
    /* so does a port that another challenge has by the other transport */
    if (other && other != meant.rules && !meant.student[0])
        return NULL;
    /* a port with its bytes exchanged says more than a few fields that are right */
    const bool port = has_port(&shape) && !meant.plain;
    const struct rules *slip = port ? slip_swapped(book, port_field(shape.form), shape.number) : NULL;
    if ((slip && slip != meant.rules) || (port && slip_misses(meant.rules, shape.number)))
        return NULL;
    return meant.plain || rather_right(meant.rules, packet) ? meant.rules : NULL;
}

/* The challenge that asks for this port as its source. */
static const struct rules *wanted_as_source(const struct rulebook *book, const struct shape_of_packet *s)
{
    const struct field *field = field_find(s->form == FORM_TCP ? "tcp.srcport" : "udp.srcport");
    const struct field *port = port_field(s->form);

    if (!has_port(s) || s->elsewhere)
        return NULL;
    for (size_t i = 0; i < rulebook_count(book); i++) {
        const struct rules *rules = rulebook_at(book, i);
        const struct clause *clause = clause_of(rules, field);
        if (clause && slip_port(rules, port) && clause->a == s->number &&
            (clause->kind == MATCH_EQUAL ||
             (clause->kind == MATCH_PARAM && !clause->per_student && clause->known)))
            return rules;
    }
    return NULL;
}

static void put_wanted_as_source(const struct rules *rules, const struct shape_of_packet *s,
                                 struct noise *out)
{
    const unsigned port = slip_port(rules, port_field(s->form));

    snprintf(out->why, sizeof(out->why), "%u is the port that %s wants it to come from; it goes to port %u",
             s->number, rules_slug(rules), port);
    if (rules_kind(rules) == TARGET_PACKET)
        snprintf(out->mend, sizeof(out->mend),
                 "struct.pack('!HH', %u, %u) + ...   # source port, then destination", s->number, port);
    else
        snprintf(out->mend, sizeof(out->mend),
                 "s.bind(('', %u)) before s.connect((TARGET, %u)); nc -p %u TARGET %u", s->number, port,
                 s->number, port);
    out->code = code_find("SWAPPED_WITH");
}

/* The packet challenge whose port it comes from: the two are exchanged. */
static const struct rules *exchanged_port(const struct rulebook *book, const struct packet *packet,
                                          const struct shape_of_packet *s)
{
    uint64_t from;

    if (!has_port(s) || s->elsewhere ||
        packet_value(packet, field_find(s->form == FORM_TCP ? "tcp.srcport" : "udp.srcport"), &from) !=
            FIELD_OK)
        return NULL;
    for (size_t i = 0; i < rulebook_count(book); i++)
        if (rules_kind(rulebook_at(book, i)) == TARGET_PACKET &&
            slip_takes(rulebook_at(book, i), port_field(s->form), (unsigned)from))
            return rulebook_at(book, i);
    /* what a program says from its own port is no mistake, but for the one that scapy sends to */
    return s->form == FORM_UDP && s->number == SCAPY_PORT ? rulebook_served(book, TARGET_DATAGRAM, from)
                                                          : NULL;
}

static void put_exchanged_port(const struct rules *rules, const struct shape_of_packet *s, struct noise *out)
{
    const unsigned port = slip_port(rules, port_field(s->form));

    if (rules_kind(rules) != TARGET_PACKET) {
        snprintf(out->why, sizeof(out->why),
                 "%u, the port of %s, is its source port; %u, where it goes, is scapy's own choice", port,
                 rules_slug(rules), s->number);
        snprintf(out->mend, sizeof(out->mend), "scapy: UDP(dport=%u)", port);
        out->code = code_find("SWAPPED_WITH");
        return;
    }
    snprintf(out->why, sizeof(out->why), "it comes from the port that %s listens at: the two are exchanged",
             rules_slug(rules));
    snprintf(out->mend, sizeof(out->mend),
             "struct.pack('!HH', source_port, destination_port)   # in this order");
    out->code = code_find("SWAPPED_WITH");
}

/* What was asked about, in the place of what would have been nearer. */
static void put_asked(const struct rules *asked, struct buf *out)
{
    const struct field *const ports[] = {port_field(FORM_TCP), port_field(FORM_UDP)};
    const struct clause *proto = clause_of(asked, field_find("ip.proto"));
    char text[FIELD_TEXT_SIZE];

    buf_printf(out, "not for %s", rules_slug(asked));
    for (size_t i = 0; i < 2; i++)
        if (slip_port(asked, ports[i])) {
            buf_printf(out, ", which takes %s port %u", i ? "UDP" : "TCP", slip_port(asked, ports[i]));
            return;
        }
    if (proto && proto->kind == MATCH_EQUAL)
        buf_printf(out, ", which takes protocol %s", field_text(proto->field, proto->a, text));
}

/* What is there where no port was given: scapy's UDP() goes to 53, its TCP() to 80 from 20 (a browser's port
 * is another), hping3 to 0, and so does what htonl() leaves of a port. */
static void put_default(const struct packet *packet, const struct shape_of_packet *s, struct buf *out)
{
    uint64_t from;

    if (s->form == FORM_UDP && s->number == SCAPY_PORT)
        buf_puts(out, "53 is where scapy sends when no dport is given; ");
    else if (has_port(s) && !s->number)
        buf_puts(out, "no port was given, as hping3 has it without -p, or in C htonl() stands for htons(); ");
    else if (s->form == FORM_TCP && s->number == SCAPY_TCP_PORT &&
             packet_value(packet, field_find("tcp.srcport"), &from) == FIELD_OK && from == SCAPY_FROM)
        buf_puts(out, "80 is where scapy sends when no dport is given, from its port 20; ");
}

static void put_why(const struct rulebook *book, const struct rules *asked, const struct packet *packet,
                    const struct shape_of_packet *s, struct buf *out)
{
    const struct rules *served = s->elsewhere ? NULL : served_at(book, s);
    char address[IPADDR_TEXT_SIZE], text[160];

    if (!served)
        put_default(packet, s, out);
    if (s->kernel_syn && !served)
        buf_puts(out, takers_are_raw(book, packet, s)
                          ? "a kernel's own SYN: connect() was used, not a raw socket; "
                          : "connect() was used, and nothing listens there; ");
    else if (s->bare_syn && !served)
        buf_puts(out, "a SYN with nothing behind it, as nmap -sS sends; ");
    if (s->form == FORM_OTHER) {
        buf_puts(out, "not an IPv4 packet");
    } else if (s->form == FORM_UNREADABLE) {
        packet_fault_text(packet, packet->faults & FAULT_BAD_IHL ? FAULT_BAD_IHL : FAULT_TRUNCATED, text,
                          sizeof(text));
        buf_puts(out, text);
    } else if (served) {
        buf_printf(out, "meant for %s, whose %s target answers by itself", rules_slug(served),
                   target_kind_text(rules_kind(served)));
    } else {
        if (s->elsewhere)
            buf_printf(out, "sent to %s, ", ipaddr_text(packet_dst(packet), address));
        if (s->elsewhere && class_of(book))
            buf_printf(out, "but the target is %s; ",
                       ipaddr_text(class_target(class_of(book), s->six), address));
        if (asked) {
            put_asked(asked, out);
            return;
        }
        buf_puts(out, "no challenge takes it");
        takers_put(book, packet, s, out);
    }
}

void noise_of(const struct rulebook *book, const struct rules *asked, const struct packet *packet,
              struct noise *out)
{
    struct shape_of_packet shape;
    struct buf why;

    shape_read(book, packet, &shape);
    *out = (struct noise){.source = packet_src(packet), .kernel_syn = shape.kernel_syn};
    out->key = key_of(&shape, out->source);
    put_what(&shape, out->what, sizeof(out->what));
    const struct rules *served = served_at(book, &shape);
    if (served && noise_is_made_syn(packet) && !shape.elsewhere) {
        size_t length;
        packet_payload(packet, &length);
        slip_tell_syn(served, made_for(book, packet), shape.number, length, out);
        return;
    }
    if (!served && headless_tell(book, packet, out))
        return;
    const struct rules *other = served ? NULL : other_transport(book, &shape);
    if (shape.form == FORM_UNREACHABLE) {
        put_unreachable(book, &shape, out);
        return;
    }
    if (other) {
        put_other_transport(other, &shape, out);
        return;
    }
    if (has_port(&shape) && !served && !shape.elsewhere &&
        slip_tell(book, port_field(shape.form), shape.number, out))
        return;
    const struct rules *source = served ? NULL : wanted_as_source(book, &shape);
    if (source) {
        put_wanted_as_source(source, &shape, out);
        return;
    }
    const struct rules *exchanged = served ? NULL : exchanged_port(book, packet, &shape);
    if (exchanged) {
        put_exchanged_port(exchanged, &shape, out);
        return;
    }
    buf_init(&why, 4096);
    put_why(book, asked, packet, &shape, &why);
    snprintf(out->why, sizeof(out->why), "%s", buf_text(&why));
    buf_free(&why);
}
