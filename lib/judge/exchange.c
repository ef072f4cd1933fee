/* The right exchange is built from the clauses, not from a solver: so it shows that they can be met, and
 * every near miss differs from it in exactly one thing. */
#include "judge/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/cursor.h"
#include "judge/clause.h"
#include "pkt/csum.h"

enum { IP_HEADER = 20, PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, NOP = 1 };

struct build {
    const struct rules *rules;
    const char *student;
    uint64_t values[CLAUSES_MAX];
    const struct change *change;
    struct exchange *out;
    size_t ip_header, upper_header, payload; /* lengths in bytes */
    uint8_t protocol;
    enum layer upper;
};

/* What fields hold when no clause says otherwise. */
static const struct {
    const char *field;
    uint64_t value;
} DEFAULTS[] = {
    {"ip.version", 4},      {"ip.hdr_len", IP_HEADER},       {"ip.id", 0x5747},      {"ip.ttl", 64},
    {"tcp.srcport", 31000}, {"tcp.dstport", 31001},          {"tcp.seq_raw", 1000},  {"tcp.hdr_len", 20},
    {"tcp.flags", 0x002},   {"tcp.window_size_value", 5840}, {"udp.srcport", 31000}, {"udp.dstport", 31001},
    {"icmp.type", 8},       {"icmp.ident", 0x5747},          {"icmp.seq", 1},
};

static uint64_t default_of(const struct field *field)
{
    for (size_t i = 0; i < sizeof(DEFAULTS) / sizeof(DEFAULTS[0]); i++)
        if (strcmp(DEFAULTS[i].field, field->name) == 0)
            return DEFAULTS[i].value;
    return 0;
}

/* A value that meets the clause, the default where that does. */
static uint64_t meet(const struct clause *c, uint64_t student_value)
{
    uint64_t v = default_of(c->field);

    switch (c->kind) {
    case MATCH_EQUAL:
        return c->a;
    case MATCH_IN:
        return c->set[0];
    case MATCH_RANGE:
        return v >= c->a && v <= c->b ? v : c->a;
    case MATCH_MASK:
        return (v & ~c->a) | c->b;
    case MATCH_PARAM:
        return c->per_student ? student_value : c->a;
    case MATCH_NOT:
        for (size_t i = 0; i < c->n_set; i++)
            if (c->set[i] == v) {
                v += c->field->scale;
                i = (size_t)-1; /* begin again with the next value */
            }
        return v;
    case MATCH_ANY:
    case MATCH_TEXT:
        break;
    }
    return v;
}

bool exchange_value(const struct rules *rules, const char *student, const struct field *field, uint64_t *out)
{
    const struct clause *c = rules_clause(rules, field);
    uint64_t values[CLAUSES_MAX] = {0};

    if (!c || field->kind == FIELD_BYTES || (c->kind == MATCH_PARAM && !rules->has_key))
        return false;
    rules_params(rules, student, values);
    *out = meet(c, values[c - rules->clauses]);
    return true;
}

static size_t encode(enum text_encoding encoding, const uint8_t *text, size_t length, uint8_t *out,
                     size_t size)
{
    size_t need = encoding == ENCODING_HEX      ? HEX_SIZE(length)
                  : encoding == ENCODING_BASE64 ? BASE64_SIZE(length)
                                                : length + 1;
    if (need > size)
        return 0;
    if (encoding == ENCODING_HEX)
        hex_encode((char *)out, text, length);
    else if (encoding == ENCODING_BASE64)
        base64_encode((char *)out, text, length);
    else
        memcpy(out, text, length);
    return need - 1;
}

/* The clause's text with the student's handle in it, not encoded. */
static size_t plain_text(const struct clause *c, const char *student, uint8_t *out, size_t size)
{
    int n =
        snprintf((char *)out, size, "%s%s%s", c->before, c->after ? student : "", c->after ? c->after : "");

    return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

size_t exchange_text(const struct rules *rules, const char *student, const struct field *field, uint8_t *out,
                     size_t size)
{
    const struct clause *c = rules_clause(rules, field);
    uint8_t text[TEXT_MAX];

    if (!c || c->kind != MATCH_TEXT)
        return 0;
    return encode(c->encoding, text, plain_text(c, student, text, sizeof(text)), out, size);
}

/* What this exchange holds in a field: the change, the clause's value, or the default. */
static uint64_t wanted(const struct build *b, const char *name)
{
    const struct field *field = field_find(name);
    const struct clause *c = rules_clause(b->rules, field);

    if (b->change && b->change->field == field && b->change->kind == CHANGE_VALUE)
        return b->change->value;
    return c ? meet(c, b->values[c - b->rules->clauses]) : default_of(field);
}

static void store_bits(uint8_t *bytes, unsigned bit, unsigned bits, uint64_t value)
{
    for (unsigned i = 0; i < bits; i++) {
        unsigned at = bit + i;
        uint8_t mask = (uint8_t)(0x80 >> at % 8);
        if (value >> (bits - 1 - i) & 1)
            bytes[at / 8] |= mask;
        else
            bytes[at / 8] &= (uint8_t)~mask;
    }
}

/* Every fixed field of a layer: defaults first, then clauses, then the change, so that a part written later
 * does not undo the whole of which it is a part. */
static void write_layer(const struct build *b, enum layer layer, uint8_t *header)
{
    for (int pass = 0; pass < 3; pass++)
        for (size_t i = 0; i < N_FIELDS; i++) {
            const struct field *f = &FIELDS[i];
            const struct clause *c = rules_clause(b->rules, f);
            bool changed = b->change && b->change->field == f && b->change->kind == CHANGE_VALUE;
            uint64_t value = pass == 0 ? default_of(f) : wanted(b, f->name);
            if (f->layer != layer || f->bits == 0 || f->kind == FIELD_CHECKSUM_STATUS ||
                (pass == 0 && value == 0) || (pass == 1 && !c) || (pass == 2 && !changed))
                continue;
            store_bits(header, f->bit, f->bits, value / f->scale);
        }
}

static enum layer upper_of(uint8_t protocol)
{
    return protocol == PROTO_TCP    ? LAYER_TCP
           : protocol == PROTO_UDP  ? LAYER_UDP
           : protocol == PROTO_ICMP ? LAYER_ICMP
                                    : LAYER_PAYLOAD;
}

/* The protocol that ip.proto's clause asks for, or that the other fields' layers imply. A changed ip.proto
 * does not change the bytes that follow: it is one change. */
static uint8_t protocol_of(const struct build *b)
{
    const struct clause *c = rules_clause(b->rules, field_find("ip.proto"));

    if (c)
        return (uint8_t)meet(c, b->values[c - b->rules->clauses]);
    for (size_t i = 0; i < b->rules->n; i++) {
        uint8_t implied = layer_protocol(b->rules->clauses[i].field->layer);
        if (implied)
            return implied;
    }
    return 253; /* RFC 3692: for experiments */
}

static size_t header_length(const struct build *b, const char *field, size_t fixed)
{
    uint64_t length = wanted(b, field);

    return length >= fixed && length <= 60 ? (size_t)length : fixed;
}

static size_t put_payload(const struct build *b, uint8_t *out, size_t size)
{
    const struct field *payload = field_find("payload");
    const struct clause *c = rules_clause(b->rules, payload);

    if (b->change && b->change->field == payload && b->change->kind == CHANGE_BYTES) {
        memcpy(out, b->change->bytes, b->change->length);
        return b->change->length;
    }
    if (c && c->kind == MATCH_ANY)
        return (size_t)snprintf((char *)out, size, "anything");
    return exchange_text(b->rules, b->student, payload, out, size);
}

/* The sum over pseudo-header, header and data, or by a wrong recipe of changes.def. */
static uint16_t checksum(const struct build *b, uint32_t src, uint32_t dst, const uint8_t *upper,
                         const char *recipe)
{
    size_t length = b->upper_header + b->payload;
    uint64_t sum = b->upper == LAYER_ICMP ? 0 : csum_pseudo(src, dst, b->protocol, (uint16_t)length);

    if (recipe && strcmp(recipe, "zero") == 0)
        return 0;
    if (recipe && strcmp(recipe, "no_pseudo_header") == 0)
        sum = 0;
    if (recipe && strcmp(recipe, "no_payload") == 0)
        length = b->upper_header;
    uint16_t right = csum_finish(csum_add(sum, upper, length));
    if (recipe && strcmp(recipe, "not_complemented") == 0)
        return (uint16_t)~right;
    if (recipe && strcmp(recipe, "little_endian") == 0)
        return (uint16_t)(right << 8 | right >> 8);
    return b->upper == LAYER_UDP && right == 0 ? 0xFFFF : right;
}

static bool is_change(const struct build *b, const char *field)
{
    return b->change && b->change->field == field_find(field) && b->change->kind == CHANGE_VALUE;
}

static void finish_upper(const struct build *b, uint32_t src, uint32_t dst, uint8_t *upper)
{
    static const char *const names[N_LAYERS] = {
        [LAYER_TCP] = "tcp.checksum", [LAYER_UDP] = "udp.checksum", [LAYER_ICMP] = "icmp.checksum"};
    const char *name = names[b->upper];
    bool recipe = b->change && b->change->kind == CHANGE_CHECKSUM && b->change->field->layer == b->upper;

    if (b->upper == LAYER_UDP && !is_change(b, "udp.length") &&
        !rules_clause(b->rules, field_find("udp.length")))
        store_be16(upper + 4, (uint16_t)(b->upper_header + b->payload));
    if (!name || is_change(b, name) || rules_clause(b->rules, field_find(name)))
        return;
    uint8_t *at = upper + field_find(name)->bit / 8;
    store_be16(at, 0);
    store_be16(at, checksum(b, src, dst, upper, recipe ? b->change->recipe : NULL));
}

static void build_packet(struct build *b, uint32_t src, uint32_t dst)
{
    uint8_t *ip = b->out->bytes;

    b->protocol = protocol_of(b);
    b->upper = upper_of(b->protocol);
    b->ip_header = header_length(b, "ip.hdr_len", IP_HEADER);
    b->upper_header = b->upper == LAYER_TCP    ? header_length(b, "tcp.hdr_len", 20)
                      : b->upper == LAYER_UDP  ? 8
                      : b->upper == LAYER_ICMP ? 8
                                               : 0;
    uint8_t *upper = ip + b->ip_header;
    memset(ip, 0, b->ip_header + b->upper_header);
    memset(ip + IP_HEADER, NOP, b->ip_header - IP_HEADER);
    if (b->upper == LAYER_TCP)
        memset(upper + 20, NOP, b->upper_header - 20);
    b->payload = put_payload(b, upper + b->upper_header, EXCHANGE_MAX - b->ip_header - b->upper_header);
    ip[9] = b->protocol;
    store_be32(ip + 12, src);
    store_be32(ip + 16, dst);
    write_layer(b, LAYER_IP, ip);
    if (b->upper_header)
        write_layer(b, b->upper, upper);
    b->out->length = b->ip_header + b->upper_header + b->payload;
    store_be16(ip + 2, (uint16_t)b->out->length);
    if (b->upper_header)
        finish_upper(b, load_be32(ip + 12), load_be32(ip + 16), upper);
    store_be16(ip + 10, 0);
    store_be16(ip + 10, csum_finish(csum_add(0, ip, b->ip_header)));
}

static void build_message(struct build *b)
{
    const char *port = b->out->kind == TARGET_STREAM ? "tcp.dstport" : "udp.dstport";

    b->out->port = (uint16_t)wanted(b, port);
    b->out->length = put_payload(b, b->out->bytes, EXCHANGE_MAX);
}

const char *exchange_build(const struct rules *rules, const char *student, uint32_t src, uint32_t dst,
                           const struct change *change, struct exchange *out)
{
    struct build b = {
        .rules = rules, .student = student, .out = out, .change = change && change->field ? change : NULL};

    *out = (struct exchange){.kind = rules->challenge->target.kind};
    if (!rules_params(rules, student, b.values))
        return "its parameters cannot be made without a key";
    if (out->kind == TARGET_PACKET)
        build_packet(&b, src, dst);
    else
        build_message(&b);
    return NULL;
}
