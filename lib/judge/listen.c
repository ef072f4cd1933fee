#include "judge/listen.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "judge/rules_private.h"

enum { PROTO_TCP = 6, PROTO_UDP = 17 };

/* The i-th listen clause in the order of fields, the one of several values last; NULL when there is none. */
static const struct clause *listen_clause(const struct rules *rules, size_t i)
{
    const struct target_spec *target = &rules->challenge->target;

    for (size_t k = 0; k < rules->n; k++) {
        const struct clause_spec *spec = rules->clauses[k].spec;
        if (spec >= target->listen && spec < target->listen + target->n_listen && i-- == 0)
            return &rules->clauses[k];
    }
    return rules->several.spec && i == 0 ? &rules->several : NULL;
}

static size_t value_count(const struct clause *clause)
{
    return clause->kind == MATCH_IN ? clause->n_set : 1;
}

static uint64_t value_at(const struct clause *clause, size_t i)
{
    return clause->kind == MATCH_IN ? clause->set[i] : clause->a;
}

/* How many places of the table a challenge takes: only one of its clauses has several values. */
static size_t places(const struct rules *rules)
{
    return rules->several.spec ? rules->several.n_set : 1;
}

/* Once a packet, so one product: the second value, of few listens, comes in above the first one's bits. */
static uint64_t hash(uint32_t shape, const uint64_t values[2])
{
    uint64_t h =
        (values[0] ^ (values[1] << 32 | values[1] >> 32) ^ (uint64_t)shape << 24) * 0x9E3779B97F4A7C15;

    return h ^ h >> 32;
}

/* Most packets of a capture are for nobody, and most of them are told so by this alone. */
static uint64_t last_bits(uint64_t value)
{
    return (uint64_t)1 << (value & 63);
}

/* The i-th of what a challenge listens for, the innermost header's first: of most packets that one is not
 * there at all, while each frame has an Ethernet address. */
static const struct clause *inner_clause(const struct rules *rules, size_t i)
{
    const struct clause *first = listen_clause(rules, 0), *second = listen_clause(rules, 1);
    const bool turned = second && second->field->layer > first->field->layer;

    return (i == 0) != turned ? first : second;
}

static bool shape_of(struct listen_table *table, const struct rules *rules, uint32_t *out)
{
    struct shape shape = {0};

    for (size_t i = 0; i < 2; i++) {
        const struct clause *clause = inner_clause(rules, i);
        shape.fields[i] = clause ? clause->field : NULL;
    }
    for (size_t i = 0; i < table->n_shapes; i++)
        if (memcmp(table->shapes[i].fields, shape.fields, sizeof(shape.fields)) == 0) {
            *out = (uint32_t)i;
            return true;
        }
    if (table->n_shapes == SHAPES_MAX)
        return false;
    const struct field *first = shape.fields[0];
    shape.layer = (uint8_t)first->layer;
    shape.at = (uint8_t)(first->bit / 8);
    if (first->kind == FIELD_PORT || (first->kind == FIELD_PROTOCOL && first->layer == LAYER_IP))
        shape.width = (uint8_t)(first->bits / 8);
    *out = (uint32_t)table->n_shapes;
    table->shapes[table->n_shapes++] = shape;
    return true;
}

static void insert(struct listen_table *table, const struct listen_slot *slot)
{
    size_t i = hash(slot->shape, slot->values) & (table->n_slots - 1);

    while (table->slots[i].rules)
        i = (i + 1) & (table->n_slots - 1);
    table->slots[i] = *slot;
}

bool listen_build(struct listen_table *table, struct rules *const *rules, size_t n)
{
    size_t taken = 0;

    for (size_t i = 0; i < n; i++)
        taken += places(rules[i]);
    table->n_slots = 8;
    while (table->n_slots < taken * 2)
        table->n_slots *= 2;
    table->slots = calloc(table->n_slots, sizeof(table->slots[0]));
    if (!table->slots)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct listen_slot slot = {.rules = rules[i]};
        if (rules[i]->challenge->target.kind != TARGET_PACKET)
            continue;
        if (!shape_of(table, rules[i], &slot.shape))
            return false;
        for (size_t p = 0; p < places(rules[i]); p++) {
            for (size_t k = 0; k < 2; k++) {
                const struct clause *clause = inner_clause(rules[i], k);
                slot.values[k] = clause ? value_at(clause, p) : 0;
            }
            table->shapes[slot.shape].last_bits |= last_bits(slot.values[0]);
            insert(table, &slot);
        }
    }
    return true;
}

void listen_free(struct listen_table *table)
{
    free(table->slots);
    *table = (struct listen_table){0};
}

/* packet_value of the first field; nearly every listen names a port or the protocol, and those are read at
 * once. */
static inline bool first_value(const struct packet *packet, const struct shape *shape, uint64_t *out)
{
    const struct span *span = &packet->layers[shape->layer];
    const uint8_t *at = packet->frame + span->offset + shape->at;

    if (!span->present)
        return false;
    if (!shape->width || !span->complete)
        return packet_value(packet, shape->fields[0], out) == FIELD_OK;
    *out = shape->width == 2 ? load_be16(at) : *at;
    return true;
}

const struct rules *listen_find(const struct listen_table *table, const struct packet *packet)
{
    for (uint32_t s = 0; s < table->n_shapes; s++) {
        const struct shape *shape = &table->shapes[s];
        uint64_t values[2] = {0};
        if (!first_value(packet, shape, &values[0]) || !(shape->last_bits & last_bits(values[0])) ||
            (shape->fields[1] && packet_value(packet, shape->fields[1], &values[1]) != FIELD_OK))
            continue;
        size_t i = hash(s, values) & (table->n_slots - 1);
        for (; table->slots[i].rules; i = (i + 1) & (table->n_slots - 1))
            if (table->slots[i].shape == s && table->slots[i].values[0] == values[0] &&
                table->slots[i].values[1] == values[1])
                return table->slots[i].rules;
    }
    return NULL;
}

bool listen_names(const struct rules *rules, const char *field, size_t i, uint64_t *out)
{
    const struct clause *clause;

    for (size_t k = 0; (clause = listen_clause(rules, k)); k++) {
        uint64_t implied = layer_protocol(clause->field->layer);
        if (strcmp(clause->field->name, field) == 0) {
            if (i < value_count(clause))
                *out = value_at(clause, i);
            return i < value_count(clause);
        }
        if (implied && i == 0 && strcmp(field, "ip.proto") == 0) {
            *out = implied;
            return true;
        }
    }
    return false;
}

/* A field that is judged has a header of IP below it. */
static bool has_ip(const struct rules *rules)
{
    for (size_t i = 0; i < rules->n; i++)
        if (rules->clauses[i].field->layer >= LAYER_IP && rules->clauses[i].field->layer < LAYER_PAYLOAD)
            return true;
    return false;
}

/* What follows the Ethernet header below IP, where they say it; a length is of no type. */
static bool link_type(const struct rules *rules, uint64_t *out)
{
    const struct clause *type = clause_of(rules, field_find("eth.type"));

    *out = rules_is_arp(rules) ? 0x0806 : type && type->kind == MATCH_EQUAL ? type->a : 0;
    return rules_below_ip(rules);
}

/* Both say something of a field, and have no value in common. */
static bool apart(const struct rules *a, const struct rules *b, const char *field)
{
    uint64_t x, y;

    for (size_t i = 0; listen_names(a, field, i, &x); i++)
        for (size_t k = 0; listen_names(b, field, k, &y); k++)
            if (x == y)
                return false;
    return listen_names(a, field, 0, &x) && listen_names(b, field, 0, &y);
}

static bool overlap(const struct rules *a, const struct rules *b)
{
    const struct clause *clause;
    uint64_t x, y;

    for (size_t i = 0; (clause = listen_clause(a, i)); i++)
        if (apart(a, b, clause->field->name))
            return false;
    if (rules_ip_version(a) && rules_ip_version(b) && rules_ip_version(a) != rules_ip_version(b))
        return false;
    if (link_type(a, &x) && link_type(b, &y) && x != y)
        return false;
    if (rules_below_ip(a) != rules_below_ip(b) && (has_ip(a) || has_ip(b)))
        return false;
    return !apart(a, b, "ip.proto");
}

static void check_pair(const struct rules *a, const struct rules *b, struct problems *problems)
{
    const struct target_spec *ta = &a->challenge->target, *tb = &b->challenge->target;

    if (ta->kind == TARGET_PACKET && tb->kind == TARGET_PACKET && overlap(a, b))
        problem_add(problems, tb->file, tb->listen[0].field.at,
                    "a packet can be for this challenge and for %s: make their listen differ",
                    a->challenge->slug);
    else if (ta->unix_path && tb->unix_path && strcmp(ta->unix_path, tb->unix_path) == 0)
        problem_add(problems, tb->file, tb->listen[0].field.at, "unix.path %s is %s's already", tb->unix_path,
                    a->challenge->slug);
    else if (ta->kind != TARGET_PACKET && ta->kind == tb->kind && a->port == b->port && a->port)
        problem_add(problems, tb->file, tb->listen[0].field.at, "port %u is %s's already", b->port,
                    a->challenge->slug);
}

/* A packet challenge on a port that a socket of ours or of the kernel may use would judge its segments. */
static void check_socket(const struct rules *packet, const struct rules *other, struct problems *problems)
{
    const struct target_spec *target = &packet->challenge->target;
    const char *field = other->challenge->target.kind == TARGET_STREAM ? "tcp.dstport" : "udp.dstport";
    uint64_t port;

    if (other->challenge->target.kind == TARGET_PACKET || !other->port)
        return;
    for (size_t i = 0; listen_names(packet, field, i, &port); i++)
        if (port == other->port)
            problem_add(problems, target->file, target->listen[0].field.at,
                        "%s: %llu is where %s answers with a socket: choose another port", field,
                        (unsigned long long)port, other->challenge->slug);
}

static bool has_addresses(const struct roster *roster)
{
    for (size_t i = 0; roster && i < roster->n; i++)
        if (roster->students[i].address)
            return true;
    return false;
}

/* What a target of this class cannot hear, or hardly. */
static void check_heard(const struct rules *rules, const struct class *class, struct problems *problems)
{
    const struct target_spec *target = &rules->challenge->target;
    struct place at = target->listen[0].field.at;
    char address[IPADDR_TEXT_SIZE];
    const ipaddr four = class_target(class, false);

    if (rules_is_arp(rules) && class->file && four && !class_has_student(class, four))
        problem_warn(
            problems, target->file, at,
            "ARP is heard on the target's own segment alone, and %s is in none of the students' networks "
            "of %s: where a router stands between them nobody can solve this",
            class->own_host ? "127.0.0.1" : ipaddr_text(four, address), class->file);
    if (rules_below_ip(rules) && !rules_is_arp(rules))
        problem_warn(
            problems, target->file, at,
            "this is for `wiregrade check` alone, and proved on paper: such a frame has no IPv4 address, "
            "so a target does not know whom to answer, and solve/ is not run");
    if (target->to_home && class->file && !class->own_host && !has_addresses(rules->roster))
        problem_warn(problems, target->file, target->to_at,
                     "no row of the class's roster has an address: nobody is known to have an own host, so "
                     "nobody gets this flag");
    if (rules_ip_version(rules) == 6 && !class_target(class, true))
        problem_warn(
            problems, target->file, at,
            "this is for `wiregrade check` alone: the class's target has no IPv6 address, so no packet over "
            "the wire meets it; write networks: {target: [172.16.1.15, \"fd00:172::15\"], …} in class.yml");
}

static void check_packet(const struct rules *rules, const struct class *class, struct problems *problems)
{
    static const char *const ports[] = {"tcp.dstport", "udp.dstport"};
    const struct target_spec *target = &rules->challenge->target;
    struct place at = target->listen[0].field.at;
    uint64_t value;

    for (size_t i = 0; i < 2; i++) {
        for (size_t k = 0; listen_names(rules, ports[i], k, &value); k++) {
            if (value >= PARAM_EPHEMERAL_LO && value <= PARAM_EPHEMERAL_HI)
                problem_add(problems, target->file, at,
                            "%s: %llu is a port that the kernel hands out (%d to %d)", ports[i],
                            (unsigned long long)value, PARAM_EPHEMERAL_LO, PARAM_EPHEMERAL_HI);
            if (i == 0 && value == class->briefing)
                problem_add(problems, target->file, at, "tcp.dstport: %llu is the briefing's port",
                            (unsigned long long)value);
        }
        if (listen_names(rules, ports[i], 0, &value))
            return;
    }
    if (listen_names(rules, "ip.proto", 0, &value) && (value == PROTO_TCP || value == PROTO_UDP))
        problem_add(problems, target->file, at,
                    "this takes every %s packet, those of other challenges' sockets too: listen on %s",
                    value == PROTO_TCP ? "TCP" : "UDP", value == PROTO_TCP ? "tcp.dstport" : "udp.dstport");
}

void listen_check(struct rules *const *rules, size_t n, const struct class *class, struct problems *problems)
{
    for (size_t i = 0; i < n; i++) {
        const struct target_spec *target = &rules[i]->challenge->target;
        if (target->kind == TARGET_PACKET && n == 1) /* of many, too, it would be told twice */
            check_heard(rules[i], class, problems);
        if (target->unix_path && n == 1 && !class->unix_folder)
            problem_warn(problems, target->file, target->listen[0].field.at,
                         "nobody meets this in the class: it has no folder for socket files, which is for "
                         "students on the target's own machine; write unix: /run/wiregrade in class.yml");
        if (target->kind == TARGET_PACKET)
            check_packet(rules[i], class, problems);
        else if (target->kind == TARGET_STREAM && rules[i]->port == class->briefing)
            problem_add(problems, target->file, target->listen[0].field.at, "port %u is the briefing's",
                        rules[i]->port);
        for (size_t k = 0; k < n; k++) {
            if (k < i)
                check_pair(rules[k], rules[i], problems);
            if (k != i && target->kind == TARGET_PACKET)
                check_socket(rules[i], rules[k], problems);
        }
    }
}
