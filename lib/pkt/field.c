#include "base/ipaddr.h"
#include "pkt/field.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cursor.h"
#include "base/names.h"
#include "base/str.h"

#define FIELD(name, label, layer, kind, bit, bits, scale, see)                                               \
    {name, label, LAYER_##layer, FIELD_##kind, bit, bits, scale, see},
const struct field FIELDS[] = {
#include "pkt/fields.def"
};
#undef FIELD
const size_t N_FIELDS = sizeof(FIELDS) / sizeof(FIELDS[0]);

struct named {
    uint64_t value;
    const char *name;
};

#define PROTOCOL(number, name) {number, name},
static const struct named PROTOCOLS[] = {
#include "pkt/protocols.def"
    {0, NULL},
};
#undef PROTOCOL

/* RFC 2474 (CS), 2597 (AF), 3246 (EF), 5865 (VOICE-ADMIT), 8622 (LE) */
static const struct named DSCPS[] = {
    {8, "CS1"},   {16, "CS2"},         {24, "CS3"},  {32, "CS4"},  {40, "CS5"},  {48, "CS6"},
    {56, "CS7"},  {10, "AF11"},        {12, "AF12"}, {14, "AF13"}, {18, "AF21"}, {20, "AF22"},
    {22, "AF23"}, {26, "AF31"},        {28, "AF32"}, {30, "AF33"}, {34, "AF41"}, {36, "AF42"},
    {38, "AF43"}, {44, "VOICE-ADMIT"}, {46, "EF"},   {1, "LE"},    {0, NULL},
};

/* RFC 9293, section 3.1; PSH and RST as tcpdump and students write them. Lowest bit first. */
static const char *const TCP_FLAGS[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"};
enum { N_TCP_FLAGS = sizeof(TCP_FLAGS) / sizeof(TCP_FLAGS[0]) };

const struct field *field_find(const char *name)
{
    for (size_t i = 0; i < N_FIELDS; i++)
        if (strcmp(FIELDS[i].name, name) == 0)
            return &FIELDS[i];
    return NULL;
}

/* Of the fields whose names begin with as many of name's letters as `same`, which ends at a dot: the one with
 * the right last word, one that its last word begins (id for ident), or the nearest; NULL when none is near.
 */
static const char *nearest_of(const char *name, size_t same)
{
    const char *names[sizeof(FIELDS) / sizeof(FIELDS[0])], *last = strrchr(name, '.');
    size_t n = 0, len = last ? strlen(last) : 0;

    for (size_t i = 0; i < N_FIELDS; i++)
        if (strncmp(name, FIELDS[i].name, same) == 0)
            names[n++] = FIELDS[i].name;
    for (size_t i = 0; last && i < n; i++)
        if (strrchr(names[i], '.') && strcmp(last, strrchr(names[i], '.')) == 0)
            return names[i];
    for (size_t i = 0; len > 2 && i < n; i++)
        if (strrchr(names[i], '.') && strncmp(last, strrchr(names[i], '.'), len) == 0)
            return names[i];
    return names_nearest(name, names, n);
}

const char *field_nearest(const char *name)
{
    /* as scapy's packets and the C library's headers have them */
    static const char *const others[][2] = {{"ip.tos", "ip.dsfield"},
                                            {"ip.ihl", "ip.hdr_len"},
                                            {"tcp.dataofs", "tcp.hdr_len"},
                                            {"tcp.doff", "tcp.hdr_len"},
                                            {"tcp.offset", "tcp.hdr_len"},
                                            {"tcp.ack", "tcp.ack_raw"}, /* tshark's own is relative */
                                            {"tcp.seq", "tcp.seq_raw"},
                                            {"tcp.urgptr", "tcp.urgent_pointer"},
                                            {"tcp.window", "tcp.window_size_value"}};

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(name, others[i][0]) == 0)
            return others[i][1];
    /* ip.dscp for ip.dsfield.dscp: the right last word says more than few edits; and the layer more than both
     */
    const char *near = nearest_of(name, strcspn(name, ".") + (strchr(name, '.') != NULL));

    return near ? near : nearest_of(name, 1);
}

const struct field *field_meant(const struct field *field, const char *word)
{
    size_t n = strlen(field->name);
    uint64_t value;

    for (size_t i = 0; i < N_FIELDS; i++)
        if (strncmp(FIELDS[i].name, field->name, n) == 0 && FIELDS[i].name[n] == '.' &&
            FIELDS[i].kind != FIELD_BYTES && !field_parse(&FIELDS[i], word, &value))
            return &FIELDS[i];
    return NULL;
}

uint64_t field_max(const struct field *field)
{
    if (field->kind == FIELD_CHECKSUM_STATUS)
        return 3;
    return field->bits ? (UINT64_MAX >> (64 - field->bits)) * field->scale : 0;
}

unsigned field_shift(const struct field *field)
{
    unsigned end = field->bit + field->bits;

    for (size_t i = 0; i < N_FIELDS; i++) {
        const struct field *f = &FIELDS[i];
        if (f->layer == field->layer && f->bits >= 8 && f->bits > field->bits && f->bit <= field->bit &&
            f->bit + f->bits >= end)
            return f->bit + f->bits - end;
    }
    return (8u - end % 8u) % 8u;
}

static bool named_find(const struct named *table, const char *text, uint64_t *out)
{
    for (; table->name; table++)
        if (strcasecmp(table->name, text) == 0) {
            *out = table->value;
            return true;
        }
    return false;
}

static const char *named_text(const struct named *table, uint64_t value)
{
    for (; table->name; table++)
        if (table->value == value)
            return table->name;
    return NULL;
}

/* "SYN|ACK", "SYN,ACK", "syn": the bits; false when a name is unknown. */
static bool flags_parse(const char *text, uint64_t *out)
{
    uint64_t value = 0;

    while (*text) {
        size_t n = strcspn(text, "|,+ ");
        unsigned i = 0;
        while (i < N_TCP_FLAGS && (strlen(TCP_FLAGS[i]) != n || strncasecmp(TCP_FLAGS[i], text, n) != 0))
            i++;
        if (i == N_TCP_FLAGS)
            return false;
        value |= (uint64_t)1 << i;
        text += n;
        text += strspn(text, "|,+ ");
    }
    *out = value;
    return true;
}

static bool ether_parse(const char *text, uint64_t *out)
{
    uint64_t value = 0;

    if (strlen(text) != 17)
        return false;
    for (int i = 0; i < 17; i++) {
        const char *hex = "0123456789abcdef";
        char c = text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] + 32) : text[i];
        const char *at = strchr(hex, c);
        if (i % 3 == 2 ? c != ':' : !at)
            return false;
        if (i % 3 != 2)
            value = value << 4 | (uint64_t)(at - hex);
    }
    *out = value;
    return true;
}

/* Names and notations beside numbers; false when text is none of this kind's. */
static bool word_parse(const struct field *field, const char *text, uint64_t *out)
{
    uint32_t address;

    switch (field->kind) {
    case FIELD_PROTOCOL:
        return named_find(PROTOCOLS, text, out);
    case FIELD_DSCP:
        return named_find(DSCPS, text, out);
    case FIELD_FLAGS:
        return *text && flags_parse(text, out);
    case FIELD_ETHER:
        return ether_parse(text, out);
    case FIELD_ADDRESS:
        if (!parse_ipv4(text, &address))
            return false;
        *out = address;
        return true;
    case FIELD_BIT:
        *out = strcasecmp(text, "true") == 0 || strcasecmp(text, "set") == 0;
        return *out || strcasecmp(text, "false") == 0 || strcasecmp(text, "unset") == 0;
    case FIELD_CHECKSUM_STATUS:
        *out = strcasecmp(text, "good") == 0;
        return *out || strcasecmp(text, "bad") == 0;
    default:
        return false;
    }
}

const char *field_parse(const struct field *field, const char *text, uint64_t *out)
{
    static _Thread_local char wrong[160];
    uint64_t max = field_max(field);

    if (field->kind == FIELD_BYTES)
        return "is bytes: give {text: …} or any";
    if (field->kind == FIELD_FRAME)
        return "is the whole frame: give {matches: \"PCAP-FILTER\"} or {rejects: \"PCAP-FILTER\"}";
    if (field->kind == FIELD_ADDRESS6)
        return "is an IPv6 address, which is no number";
    if (word_parse(field, text, out))
        return NULL;
    if (field->kind == FIELD_ADDRESS)
        return "is not an IPv4 address";
    if (field->kind == FIELD_ETHER)
        return "is not an Ethernet address such as 02:00:00:00:00:01";
    switch (parse_u64(text, max, out)) {
    case PARSE_LEADING_ZERO:
        return "has a leading zero, octal to some and ten to others: write it in decimal or with 0x";
    case PARSE_TOO_LARGE:
        snprintf(wrong, sizeof(wrong), "is larger than %llu, the most that %s can hold",
                 (unsigned long long)max, field->name);
        return wrong;
    case PARSE_NOT_A_NUMBER:
        return field->kind == FIELD_PROTOCOL ? "is neither a number nor a protocol's name"
               : field->kind == FIELD_FLAGS  ? "is neither a number nor TCP flags such as SYN|ACK"
               : field->kind == FIELD_DSCP   ? "is neither a number nor a DSCP's name such as CS3, AF41 or EF"
               : field->kind == FIELD_CHECKSUM_STATUS ? "is neither good nor bad"
                                                      : "is not a number";
    case PARSE_OK:
        break;
    }
    if (*out % field->scale) {
        snprintf(wrong, sizeof(wrong), "is not a multiple of %u: %s counts words of %u bytes", field->scale,
                 field->name, field->scale);
        return wrong;
    }
    return NULL;
}

static void flags_text(uint64_t value, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "0x%03llx (", (unsigned long long)value);
    const char *sep = "";

    for (unsigned i = 0; i < N_TCP_FLAGS; i++)
        if (value >> i & 1) {
            n += (size_t)snprintf(out + n, size - n, "%s%s", sep, TCP_FLAGS[i]);
            sep = "|";
        }
    if (value >> N_TCP_FLAGS) /* RFC 9293: the reserved bits, which have no names */
        n += (size_t)snprintf(out + n, size - n, "%sreserved", sep);
    snprintf(out + n, size - n, "%s)", value ? "" : "none");
}

const char *field_text(const struct field *field, uint64_t value, char out[FIELD_TEXT_SIZE])
{
    unsigned long long v = value;
    const char *name = field->kind == FIELD_PROTOCOL ? named_text(PROTOCOLS, value)
                       : field->kind == FIELD_DSCP   ? named_text(DSCPS, value)
                                                     : NULL;
    switch (field->kind) {
    case FIELD_HEX:
        snprintf(out, FIELD_TEXT_SIZE, "0x%0*llx (%llu)", (field->bits + 3) / 4, v, v);
        break;
    case FIELD_ADDRESS:
        ipaddr_text((uint32_t)value, out);
        break;
    case FIELD_FLAGS:
        flags_text(value, out, FIELD_TEXT_SIZE);
        break;
    case FIELD_ETHER:
        snprintf(out, FIELD_TEXT_SIZE, "%02llx:%02llx:%02llx:%02llx:%02llx:%02llx", v >> 40 & 255,
                 v >> 32 & 255, v >> 24 & 255, v >> 16 & 255, v >> 8 & 255, v & 255);
        break;
    case FIELD_CHECKSUM_STATUS:
        snprintf(out, FIELD_TEXT_SIZE, "%s", value == 1 ? "good" : value == 3 ? "not present" : "bad");
        break;
    default:
        if (name)
            snprintf(out, FIELD_TEXT_SIZE, "%llu (%s)", v, name);
        else
            snprintf(out, FIELD_TEXT_SIZE, "%llu", v);
    }
    return out;
}

const char *field_parse_address6(const char *text, uint8_t out[ADDRESS6_BYTES])
{
    return inet_pton(AF_INET6, text, out) == 1 ? NULL : "is not an IPv6 address such as 2001:db8::7";
}

const char *field_text_address6(const uint8_t bytes[ADDRESS6_BYTES], char out[FIELD_TEXT_SIZE])
{
    return inet_ntop(AF_INET6, bytes, out, FIELD_TEXT_SIZE);
}

void address6_load(const uint8_t bytes[ADDRESS6_BYTES], uint64_t out[2])
{
    for (int i = 0; i < 2; i++)
        out[i] = load_be64(bytes + 8 * i);
}

void address6_store(uint8_t bytes[ADDRESS6_BYTES], const uint64_t halves[2])
{
    for (int i = 0; i < 4; i++)
        store_be32(bytes + 4 * i, (uint32_t)(halves[i / 2] >> (i % 2 ? 0 : 32)));
}

/* ADD A LAYER OF A PACKET HERE: its words, its protocol number, its IP version */
static const struct {
    const char *text;
    uint8_t protocol, version;
} LAYERS[N_LAYERS] = {
    [LAYER_FRAME] = {"frame", 0, 0},
    [LAYER_ETH] = {"Ethernet", 0, 0},
    [LAYER_SLL] = {"Linux cooked", 0, 0},
    [LAYER_SLL2] = {"Linux cooked v2", 0, 0},
    [LAYER_SVLAN] = {"802.1ad", 0, 0},
    [LAYER_VLAN] = {"802.1Q", 0, 0},
    [LAYER_ARP] = {"ARP", 0, 0},
    [LAYER_IP] = {"IPv4", 0, 4},
    [LAYER_IP6] = {"IPv6", 0, 6},
    [LAYER_HOPOPTS] = {"IPv6 hop-by-hop options", 0, 6},
    [LAYER_DSTOPTS] = {"IPv6 destination options", 0, 6},
    [LAYER_ROUTING] = {"IPv6 routing", 0, 6},
    [LAYER_FRAGMENT] = {"IPv6 fragment", 0, 6},
    [LAYER_AH] = {"authentication", 0, 6},
    [LAYER_TCP] = {"TCP", 6, 0},
    [LAYER_TCP_MSS] = {"MSS option", 6, 0},
    [LAYER_TCP_WSCALE] = {"window scale option", 6, 0},
    [LAYER_TCP_TIMESTAMP] = {"timestamps option", 6, 0},
    [LAYER_UDP] = {"UDP", 17, 0},
    [LAYER_SCTP] = {"SCTP", 132, 0},
    [LAYER_SCTP_CHUNK] = {"SCTP chunk", 132, 0},
    [LAYER_SCTP_DATA] = {"SCTP DATA", 132, 0},
    [LAYER_SCTP_INIT] = {"SCTP INIT", 132, 0},
    [LAYER_SCTP_PARAMETER] = {"SCTP INIT parameter", 132, 0},
    [LAYER_ICMP] = {"ICMP", 1, 4},
    [LAYER_ICMP6] = {"ICMPv6", 58, 6},
    [LAYER_PAYLOAD] = {"payload", 0, 0},
};

const char *layer_text(enum layer layer)
{
    return LAYERS[layer].text;
}

uint8_t layer_protocol(enum layer layer)
{
    return LAYERS[layer].protocol;
}

unsigned layer_ip_version(enum layer layer)
{
    return LAYERS[layer].version;
}
