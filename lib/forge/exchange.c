/* The right exchange is built from the clauses, not from a solver: so it shows that they can be met, and
 * every near miss differs from it in exactly one thing. */
#include "forge/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/crc.h"
#include "explain/recipe.h"
#include "forge/build.h"
#include "judge/filtered.h"
#include "judge/params.h"
#include "judge/rules_private.h"
#include "pkt/crc32.h"
#include "pkt/csum.h"

enum { IP_HEADER = 20, IPV6_HEADER = 40, TCP_HEADER = 20, OPTIONS_MAX = 40, NOP = 1, PADN = 1 };
enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_AH = 51, PROTO_ICMP6 = 58, PROTO_SCTP = 132 };
enum { PROTO_TEST = 253 };

static enum layer upper_of(uint8_t protocol)
{
    return protocol == PROTO_TCP    ? LAYER_TCP
           : protocol == PROTO_UDP  ? LAYER_UDP
           : protocol == PROTO_SCTP ? LAYER_SCTP
           : protocol == PROTO_ICMP ? LAYER_ICMP
                                    : LAYER_PAYLOAD;
}

/* The protocol that ip.proto's clause asks for, or that the other fields' layers imply. A changed ip.proto
 * does not change the bytes that follow: it is one change. */
static uint8_t protocol_of(const struct build *b)
{
    const struct clause *c = clause_of(b->rules, field_find("ip.proto"));
    const struct clause *next = clause_of(b->rules, field_find("ipv6.nxt"));

    if (c)
        return (uint8_t)params_meet(c, b->values[c - b->rules->clauses]);
    for (size_t i = 0; i < b->rules->n; i++) {
        uint8_t implied = layer_protocol(b->rules->clauses[i].field->layer);
        if (implied)
            return implied;
    }
    if (b->answered)
        return layer_protocol(b->answered->layers[LAYER_TCP].present   ? LAYER_TCP
                              : b->answered->layers[LAYER_UDP].present ? LAYER_UDP
                                                                       : LAYER_ICMP);
    if (next)
        return (uint8_t)params_meet(next, b->values[next - b->rules->clauses]);
    return PROTO_TEST; /* RFC 3692: for experiments */
}

static size_t header_length(const struct build *b, const char *field, size_t fixed)
{
    uint64_t length = build_wanted(b, field);

    return length >= fixed && length <= 60 ? (size_t)length : fixed;
}

/* Bytes that meet a clause on bytes, text or length. */
static size_t put_raw(const struct clause *c, uint8_t *out, size_t size)
{
    size_t n = c->kind == MATCH_LENGTH ? (size_t)c->a : c->n_bytes;

    if (n > size)
        return 0;
    if (c->kind == MATCH_LENGTH)
        memset(out, 'x', n);
    else
        memcpy(out, c->bytes, n);
    return n;
}

/* What the change or the clause says of a field of bytes. */
static size_t put_bytes(const struct build *b, const struct field *field, uint8_t *out, size_t size)
{
    const struct clause *c = clause_of(b->rules, field);

    if (b->change &&
        (b->change->kind == CHANGE_FIELDS ? b->change->payload && field == field_find("payload")
                                          : b->change->field == field && b->change->kind == CHANGE_BYTES)) {
        memcpy(out, b->change->bytes, b->change->length);
        return b->change->length;
    }
    if (c && (c->kind == MATCH_ANY || c->kind == MATCH_BIND))
        return (size_t)snprintf((char *)out, size, "anything");
    if (c && c->kind != MATCH_TEXT)
        return put_raw(c, out, size);
    return exchange_text(b->rules, b->student, field, out, size);
}

/* The sum over pseudo-header, header and data, or by a wrong recipe of changes.def. The packet is taken as it
 * was built, whatever a changed length or protocol says of it. One that makes no sense (no odd byte, no
 * payload) changes nothing, which the caller sees. */
static uint16_t checksum(const struct build *b, struct summed s, const char *word)
{
    struct wrong_sum wrong[WRONG_SUMS_MAX];
    enum recipe recipe;

    s.protocol = layer_protocol(b->upper);
    s.layer = b->upper;
    s.pseudo = s.v6 || b->upper != LAYER_ICMP;
    s.bytes = b->out->bytes + b->ip_header;
    s.header = b->upper_header;
    s.length = b->upper_header + b->payload;
    s.at = b->upper == LAYER_TCP ? 16 : b->upper == LAYER_UDP ? 6 : 2;
    if (word && recipe_find(word, &recipe) && recipe_sums(recipe, &s, wrong) > 0)
        return wrong[0].value;
    return summed_right(&s);
}

/* SCTP's, or by a wrong recipe, which changes nothing where it makes no sense. */
static void finish_sctp(const struct build *b, uint8_t *sctp)
{
    const bool wrong =
        b->change && b->change->kind == CHANGE_CHECKSUM && b->change->field->layer == LAYER_SCTP;
    const struct crc_over over = {.bytes = sctp,
                                  .length = b->out->length - b->ip_header,
                                  .payload_end = b->upper_header + b->payload,
                                  .addresses = rules_ip_version(b->rules) == 6 ? NULL : b->out->bytes + 12};
    uint32_t values[CRC_SUMS_MAX];
    enum recipe recipe;

    if (build_is_change(b, "sctp.checksum") || clause_of(b->rules, field_find("sctp.checksum")))
        return;
    if (!wrong || !recipe_find(b->change->recipe, &recipe) || !crc_sums(recipe, &over, values))
        values[0] = crc32_sctp(sctp, over.length);
    store_be32(sctp + 8, values[0]);
}

/* over: its addresses and the packet's length. */
static void finish_upper(const struct build *b, struct summed over, uint8_t *upper)
{
    static const char *const names[N_LAYERS] = {[LAYER_TCP] = "tcp.checksum",
                                                [LAYER_UDP] = "udp.checksum",
                                                [LAYER_ICMP] = "icmp.checksum",
                                                [LAYER_ICMP6] = "icmpv6.checksum"};
    const char *name = names[b->upper];
    bool recipe = b->change && b->change->kind == CHANGE_CHECKSUM && b->change->field->layer == b->upper;

    if (b->upper == LAYER_SCTP) {
        finish_sctp(b, upper);
        return;
    }
    if (b->upper == LAYER_UDP && !build_is_change(b, "udp.length") &&
        !clause_of(b->rules, field_find("udp.length")))
        store_be16(upper + 4, (uint16_t)(b->upper_header + b->payload));
    if (!name || build_is_change(b, name) || clause_of(b->rules, field_find(name)))
        return;
    store_be16(upper + field_find(name)->bit / 8, checksum(b, over, recipe ? b->change->recipe : NULL));
}

static bool has_clause(const struct build *b, enum layer layer)
{
    for (size_t i = 0; i < b->rules->n; i++)
        if (b->rules->clauses[i].field->layer == layer)
            return true;
    return false;
}

/* The options that clauses speak of, one after the other. Returns their length, a multiple of four. */
static size_t put_tcp_options(const struct build *b, uint8_t *out)
{
    static const struct {
        enum layer layer;
        uint8_t kind, length;
    } rows[] = {{LAYER_TCP_MSS, 2, 4}, {LAYER_TCP_WSCALE, 3, 3}, {LAYER_TCP_TIMESTAMP, 8, 10}};
    size_t n = 0;

    memset(out, NOP, OPTIONS_MAX);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!has_clause(b, rows[i].layer))
            continue;
        memset(out + n, 0, rows[i].length);
        out[n] = rows[i].kind;
        out[n + 1] = rows[i].length;
        build_layer(b, rows[i].layer, out + n);
        n += rows[i].length;
    }
    return (n + 3) / 4 * 4;
}

static void put_length(const struct build *b, const char *field, uint8_t *at, size_t length)
{
    if (!build_is_change(b, field) && !clause_of(b->rules, field_find(field)))
        store_be16(at, (uint16_t)length);
}

/* The common header and one chunk: a DATA where clauses speak of one, else an INIT, with one parameter around
 * the payload where they speak of that. Lengths count what is there but for padding at the end (RFC 9260,
 * section 3.2). */
static void build_sctp(struct build *b, uint8_t *sctp)
{
    const bool data = has_clause(b, LAYER_SCTP_DATA), parameter = has_clause(b, LAYER_SCTP_PARAMETER);
    uint8_t *chunk = sctp + 12, *body = chunk + 4, *inner = body + 16;

    memset(sctp, 0, 12 + 4 + 16 + 4);
    chunk[0] = data ? 0 : 1;
    b->upper_header = data ? 12 + 4 + 12 : parameter ? 12 + 4 + 16 + 4 : 12 + 4 + 16;
    b->payload = put_bytes(b, field_find("payload"), sctp + b->upper_header,
                           EXCHANGE_MAX - b->ip_header - b->upper_header - 4);
    build_layer(b, LAYER_SCTP, sctp);
    build_layer(b, LAYER_SCTP_CHUNK, chunk);
    build_layer(b, data ? LAYER_SCTP_DATA : LAYER_SCTP_INIT, body);
    if (parameter && !data) {
        build_layer(b, LAYER_SCTP_PARAMETER, inner);
        put_length(b, "sctp.parameter_length", inner + 2, 4 + b->payload);
    }
    put_length(b, "sctp.chunk_length", chunk + 2, b->upper_header + b->payload - 12);
    size_t length = b->upper_header + b->payload, padding = -length % 4;
    memset(sctp + length, 0, padding);
    b->out->length = b->ip_header + length + padding;
}

/* The transport's header and the payload, without its checksum; ip_header is known. */
static void build_upper(struct build *b)
{
    uint8_t options[OPTIONS_MAX], *upper = b->out->bytes + b->ip_header;
    size_t n = b->upper == LAYER_TCP ? put_tcp_options(b, options) : 0;

    if (b->upper == LAYER_SCTP) {
        build_sctp(b, upper);
        return;
    }
    b->upper_header = b->upper == LAYER_TCP       ? header_length(b, "tcp.hdr_len", TCP_HEADER + n)
                      : b->upper == LAYER_PAYLOAD ? 0
                                                  : 8;
    memset(upper, 0, b->upper_header);
    if (b->upper == LAYER_TCP) {
        memcpy(upper + TCP_HEADER, options, b->upper_header - TCP_HEADER);
    }
    b->payload = put_bytes(b, field_find("payload"), upper + b->upper_header,
                           EXCHANGE_MAX - b->ip_header - b->upper_header);
    if (b->upper_header)
        build_layer(b, b->upper, upper);
    if (n && !build_is_change(b, "tcp.hdr_len") && !clause_of(b->rules, field_find("tcp.hdr_len")))
        upper[12] = (uint8_t)(b->upper_header / 4 << 4 | (upper[12] & 15));
    b->out->length = b->ip_header + b->upper_header + b->payload;
}

/* Those that a clause speaks of, filled up with the end of the list; ip_header is what stands there, whatever
 * a changed header length says. */
static void put_ip_options(struct build *b, uint8_t *ip)
{
    const struct field *options = field_find("ip.options");

    if (!clause_of(b->rules, options))
        return;
    memset(ip + IP_HEADER, 0, OPTIONS_MAX);
    size_t n = put_bytes(b, options, ip + IP_HEADER, OPTIONS_MAX);
    b->ip_header = IP_HEADER + (n < OPTIONS_MAX ? (n + 3) / 4 * 4 : OPTIONS_MAX);
    if (!build_is_change(b, "ip.hdr_len"))
        ip[0] = (uint8_t)((ip[0] & 0xF0u) | b->ip_header / 4);
}

static void build_packet(struct build *b, ipaddr src, ipaddr dst)
{
    uint8_t *ip = b->out->bytes;

    b->protocol = protocol_of(b);
    b->upper = upper_of(b->protocol);
    b->ip_header = header_length(b, "ip.hdr_len", IP_HEADER);
    memset(ip, 0, b->ip_header);
    memset(ip + IP_HEADER, NOP, b->ip_header - IP_HEADER);
    ip[9] = b->protocol;
    store_be32(ip + 12, (uint32_t)src);
    store_be32(ip + 16, (uint32_t)dst);
    build_layer(b, LAYER_IP, ip);
    put_ip_options(b, ip);
    build_upper(b);
    store_be16(ip + 2, (uint16_t)b->out->length);
    struct summed over = {.ip_length = (uint16_t)b->out->length, .ip = ip, .ip_header = b->ip_header};
    summed_addresses(&over, ip + 12, 4);
    if (b->upper_header)
        finish_upper(b, over, ip + b->ip_header);
    store_be16(ip + 10, 0);
    /* a raw socket's kernel sums as many words as the header says */
    const size_t says = (ip[0] & 15u) * 4, have = b->out->length;
    store_be16(ip + 10, csum_finish(csum_add(0, ip, says < IP_HEADER || says > have ? b->ip_header : says)));
}

/* Extension headers in the order of RFC 8200, section 4.1, with where their length stands. */
static const struct {
    enum layer layer;
    uint8_t protocol, fixed, unit;
    const char *length; /* the field of it, counted in units; NULL: always fixed */
} EXTENSIONS[] = {
    {LAYER_HOPOPTS, 0, 8, 8, "ipv6.hopopts.len"},  {LAYER_DSTOPTS, 60, 8, 8, "ipv6.dstopts.len"},
    {LAYER_ROUTING, 43, 8, 8, "ipv6.routing.len"}, {LAYER_FRAGMENT, 44, 8, 8, NULL},
    {LAYER_AH, PROTO_AH, 12, 4, "ah.length"},
};
enum { N_EXTENSIONS = sizeof(EXTENSIONS) / sizeof(EXTENSIONS[0]) };

/* Which extension headers, the one that ipv6.nxt asks for first. Returns how many; *protocol is what follows
 * them. */
static size_t chain_of(const struct build *b, size_t order[N_EXTENSIONS], uint8_t *protocol)
{
    const struct clause *c = clause_of(b->rules, field_find("ipv6.nxt"));
    uint64_t first = c ? params_meet(c, b->values[c - b->rules->clauses]) : PROTO_TEST;
    size_t n = 0;

    *protocol = b->upper == LAYER_PAYLOAD ? PROTO_TEST : b->protocol;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < N_EXTENSIONS; i++)
            if (pass == 0 ? EXTENSIONS[i].protocol == first
                          : EXTENSIONS[i].protocol != first && has_clause(b, EXTENSIONS[i].layer))
                order[n++] = i;
    if (n == 0 && c)
        *protocol = (uint8_t)first;
    return n;
}

/* Each extension header at the end of ip_header, padded options in what the fields leave open. */
static void put_extensions(struct build *b, const size_t *order, size_t n, uint8_t protocol)
{
    for (size_t i = 0; i < n; i++) {
        const struct clause *c =
            EXTENSIONS[order[i]].length ? clause_of(b->rules, field_find(EXTENSIONS[order[i]].length)) : NULL;
        size_t unit = EXTENSIONS[order[i]].unit, fixed = EXTENSIONS[order[i]].fixed;
        size_t more =
            c ? (size_t)params_meet(c, b->values[c - b->rules->clauses]) : fixed / unit - (unit == 4 ? 2 : 1);
        size_t length = (more + (unit == 4 ? 2 : 1)) * unit;
        uint8_t *at = b->out->bytes + b->ip_header;
        if (length < fixed || b->ip_header + length > EXCHANGE_MAX / 2)
            length = fixed;
        memset(at, 0, length);
        at[0] = i + 1 < n ? EXTENSIONS[order[i + 1]].protocol : protocol;
        at[1] = EXTENSIONS[order[i]].length ? (uint8_t)more : 0;
        if (EXTENSIONS[order[i]].layer == LAYER_HOPOPTS || EXTENSIONS[order[i]].layer == LAYER_DSTOPTS) {
            at[2] = PADN;
            at[3] = (uint8_t)(length - 4 < UINT8_MAX ? length - 4 : UINT8_MAX);
        }
        build_layer(b, EXTENSIONS[order[i]].layer, at);
        b->ip_header += length;
    }
}

#define DOCUMENTATION6 ((ipaddr)0x20010db8 << 96)

/* The clause's or the change's address; else this one, 2001:db8:: before an IPv4 address (RFC 3849). */
static void put_address6(const struct build *b, const char *name, ipaddr address, uint8_t *out)
{
    const struct field *field = field_find(name);
    const struct clause *c = clause_of(b->rules, field);

    ipaddr_store6(out, ipaddr_is6(address) ? address : DOCUMENTATION6 | address);
    if (c && (c->kind == MATCH_EQUAL || c->kind == MATCH_IN))
        address6_store(out, c->set);
    if (b->change && b->change->field == field && b->change->kind == CHANGE_BYTES)
        memcpy(out, b->change->bytes, ADDRESS6_BYTES);
}

static void build_packet6(struct build *b, ipaddr src, ipaddr dst)
{
    uint8_t *ip = b->out->bytes, protocol;
    size_t order[N_EXTENSIONS];

    b->protocol = protocol_of(b);
    b->upper = b->protocol == PROTO_ICMP6  ? LAYER_ICMP6
               : b->protocol == PROTO_ICMP ? LAYER_PAYLOAD
                                           : upper_of(b->protocol);
    size_t n = chain_of(b, order, &protocol);
    memset(ip, 0, IPV6_HEADER);
    ip[6] = n ? EXTENSIONS[order[0]].protocol : protocol;
    put_address6(b, "ipv6.src", src, ip + 8);
    put_address6(b, "ipv6.dst", dst, ip + 24);
    build_layer(b, LAYER_IP6, ip);
    b->ip_header = IPV6_HEADER;
    put_extensions(b, order, n, protocol);
    build_upper(b);
    if (!clause_of(b->rules, field_find("ipv6.plen")) && !build_is_change(b, "ipv6.plen"))
        store_be16(ip + 4, (uint16_t)(b->out->length - IPV6_HEADER));
    struct summed over = {.ip_length = 0};
    summed_addresses(&over, ip + 8, 16);
    if (b->upper_header)
        finish_upper(b, over, ip + b->ip_header);
}

/* An address of ARP, unless it is asked for or changed. */
static void put_arp_address(const struct build *b, const char *name, ipaddr address, uint8_t *arp)
{
    uint64_t unused;

    if (!clause_of(b->rules, field_find(name)) && !build_changed(b, field_find(name), &unused) &&
        !build_exemplified(b, field_find(name), &unused))
        store_be32(arp + field_find(name)->bit / 8, (uint32_t)address);
}

/* What stands below IP: an Ethernet header, and ARP of Ethernet and IPv4 where it is asked for. */
static void build_frame(struct build *b, ipaddr src, ipaddr dst)
{
    enum { ETH = 14, ARP = 28 };
    uint8_t *frame = b->out->bytes, *arp = frame + ETH;
    const bool is_arp = rules_is_arp(b->rules);
    size_t n = is_arp ? ETH + ARP : ETH;

    memset(frame, 0, n);
    if (is_arp)
        store_be16(frame + 12, 0x0806);
    build_layer(b, LAYER_ETH, frame);
    if (is_arp) {
        put_arp_address(b, "arp.src.proto_ipv4", src, arp);
        put_arp_address(b, "arp.dst.proto_ipv4", dst, arp);
        build_layer(b, LAYER_ARP, arp);
    }
    b->out->link = LINK_ETHERNET;
    b->out->length = n + put_bytes(b, field_find("payload"), frame + n, EXCHANGE_MAX - n);
}

/* A clause asks for a value of its own, or it is the change. */
static bool is_asked_for(const struct build *b, const char *name)
{
    const struct clause *c = clause_of(b->rules, field_find(name));

    return build_is_change(b, name) || (c && c->kind != MATCH_ANY && c->kind != MATCH_BIND);
}

static void build_message(struct build *b)
{
    const bool stream = b->out->kind == TARGET_STREAM;
    const char *sport = stream ? "tcp.srcport" : "udp.srcport";

    if (!b->rules->challenge->target.unix_path)
        b->out->port = (uint16_t)build_wanted(b, stream ? "tcp.dstport" : "udp.dstport");
    if (is_asked_for(b, sport))
        b->out->sport = (uint16_t)build_wanted(b, sport);
    b->out->length = put_bytes(b, field_find("payload"), b->out->bytes, EXCHANGE_MAX);
}

/* Clauses on fields can be met one by one; what a filter wants is for its author to know. */
static const char *frame_wrong(const struct build *b)
{
    static _Thread_local char wrong[480];
    char part[FILTER_TEXT_MAX + 1];
    size_t parts[FILTER_PARTS_MAX];
    struct packet packet;
    uint64_t says;

    packet_decode(&packet, b->out->link, b->out->bytes, b->out->length, b->out->length);
    switch (filtered_judge(b->frame, &packet, &says)) {
    case FINDING_PASS:
        return NULL;
    case FINDING_BLOCKED:
        return "frame: the filter asks for what stands before IP, and packets are made without it here";
    default:
        break;
    }
    const size_t n = filter_blame(b->frame->filter, &packet, parts);
    snprintf(
        wrong, sizeof(wrong),
        "frame: the filter says %s to the packet that is made from the clauses%s%.200s%s: give the frame's "
        "clause an example, {%s: \"...\", example: {ip.ttl: 20}}",
        says ? "yes" : "no", n ? ", by its part \"" : "",
        n ? filter_part(b->frame->filter, parts[0], part) : "", n ? "\"" : "",
        b->frame->rejects ? "rejects" : "matches");
    return wrong;
}

const char *exchange_build(const struct rules *rules, const char *student, ipaddr src, ipaddr dst,
                           const struct change *change, struct exchange *out)
{
    struct build b = {
        .rules = rules, .student = student, .out = out, .change = change && change->field ? change : NULL};

    const struct clause *frame = clause_of(rules, field_find("frame"));
    b.frame = frame ? frame->filtered : NULL;
    *out = (struct exchange){.kind = rules->transport, .link = LINK_RAW};
    if (!params_make(rules, student, b.values))
        return "its parameters cannot be made without a key";
    if (out->kind == TARGET_PACKET && rules_below_ip(rules))
        build_frame(&b, src, dst);
    else if (out->kind == TARGET_PACKET && rules_ip_version(rules) == 6)
        build_packet6(&b, src, dst);
    else if (out->kind == TARGET_PACKET)
        build_packet(&b, src, dst);
    else
        build_message(&b);
    return b.frame && !b.change ? frame_wrong(&b) : NULL;
}

const char *exchange_reply(const struct rules *reply, const char *student, const struct packet *to,
                           struct exchange *out)
{
    struct build b = {.rules = reply, .student = student, .answered = to, .out = out};

    *out = (struct exchange){.kind = TARGET_PACKET, .link = LINK_RAW};
    if (!params_make(reply, student, b.values))
        return "its parameters cannot be made without a key";
    build_packet(&b, packet_dst(to), packet_src(to));
    return NULL;
}
