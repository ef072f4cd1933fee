/* What the challenges listen for that is nearest to a packet that none takes. */
#include <string.h>

#include "base/buf.h"
#include "explain/noise_private.h"
#include "explain/slip.h"
#include "judge/listen.h"
#include "judge/rules_private.h"

enum { NAMED_MAX = 2 };

/* What one listen clause would have taken, and how far that is from the packet. */
struct taker {
    const struct rules *rules;
    const struct clause *clause;
    uint64_t there; /* its value */
    uint32_t distance;
};

/* A packet challenge of the same transport, one for practice alone, one of another protocol, a port that a
 * socket serves; that comes first where connect() was used, or the port is a slip of a finger away. */
enum { FAR_PRACTICE = 1 << 16, FAR_PROTOCOL = 1 << 17, FAR_SERVED = 1 << 18 };
#define FAR_NOT UINT32_MAX

/* Of a header that the packet has, too: what is right in it is not told. */
static uint32_t distance_above(const struct packet *packet, const struct rules *rules,
                               const struct clause *clause, uint64_t there)
{
    uint64_t value;

    if (packet_value(packet, clause->field, &value) == FIELD_OK && value == there)
        return FAR_NOT;
    return rules_challenge(rules)->target.practice ? FAR_PRACTICE : 0;
}

static uint32_t distance(const struct packet *packet, const struct shape_of_packet *s,
                         const struct rules *rules, const struct clause *clause, uint64_t there)
{
    if (s->upper != LAYER_PAYLOAD && clause->field->layer == s->upper)
        return distance_above(packet, rules, clause, there);
    const char *port = s->form == FORM_TCP ? "tcp.dstport" : s->form == FORM_UDP ? "udp.dstport" : "";

    if (strcmp(clause->field->name, port) == 0) {
        const uint32_t far = slip_apart((unsigned)there, s->number);
        if (far <= SLIP_OF_PORT)
            return far;
        return far + (rules_challenge(rules)->target.practice ? FAR_PRACTICE : 0) +
               ((rules_kind(rules) == TARGET_PACKET) != s->kernel_syn ? 0 : FAR_SERVED);
    }
    if (strcmp(clause->field->name, s->six ? "ipv6.nxt" : "ip.proto") == 0)
        return FAR_PROTOCOL + (uint32_t)(there > s->protocol ? there - s->protocol : s->protocol - there);
    return FAR_NOT;
}

/* Puts a taker where it belongs among the nearest. */
static void keep(struct taker nearest[NAMED_MAX], const struct packet *packet,
                 const struct shape_of_packet *s, struct taker *taker)
{
    size_t i = 0;

    taker->distance = distance(packet, s, taker->rules, taker->clause, taker->there);
    while (i < NAMED_MAX && nearest[i].rules && nearest[i].distance <= taker->distance)
        i++;
    if (i == NAMED_MAX || taker->distance == FAR_NOT)
        return;
    memmove(&nearest[i + 1], &nearest[i], (NAMED_MAX - 1 - i) * sizeof(nearest[0]));
    nearest[i] = *taker;
}

static void find_takers(const struct rulebook *book, const struct packet *packet,
                        const struct shape_of_packet *s, struct taker nearest[NAMED_MAX])
{
    for (size_t i = 0; i < rulebook_count(book); i++) {
        const struct rules *rules = rulebook_at(book, i);
        for (size_t k = 0; k <= rules->n; k++) {
            struct taker taker = {rules, k < rules->n ? &rules->clauses[k] : &rules->several, 0, FAR_NOT};
            if (k < rules->n ? !clause_is_listened(rules, taker.clause) : !taker.clause->spec)
                continue;
            for (size_t v = 0; listen_names(rules, taker.clause->field->name, v, &taker.there); v++)
                keep(nearest, packet, s, &taker);
        }
    }
}

static void put_taker(const struct taker *t, struct buf *out)
{
    char text[FIELD_TEXT_SIZE];
    bool protocol =
        strcmp(t->clause->field->name, "ip.proto") == 0 || strcmp(t->clause->field->name, "ipv6.nxt") == 0;

    buf_printf(out, "; %s takes %s %s", rules_slug(t->rules),
               protocol                               ? "protocol"
               : t->clause->field->kind == FIELD_PORT ? "port"
                                                      : t->clause->field->label,
               field_text(t->clause->field, t->there, text));
    if (rules_kind(t->rules) != TARGET_PACKET)
        buf_printf(out, " (a %s)", target_kind_text(rules_kind(t->rules)));
}

void takers_put(const struct rulebook *book, const struct packet *packet, const struct shape_of_packet *shape,
                struct buf *out)
{
    struct taker nearest[NAMED_MAX] = {{.rules = NULL}};

    find_takers(book, packet, shape, nearest);
    /* another protocol is no help to whom a port of this one is told */
    for (size_t i = 0; i < NAMED_MAX && nearest[i].rules; i++)
        if (nearest[i].distance < FAR_PROTOCOL || nearest[0].distance >= FAR_PROTOCOL)
            put_taker(&nearest[i], out);
}

bool takers_are_raw(const struct rulebook *book, const struct packet *packet,
                    const struct shape_of_packet *shape)
{
    struct taker nearest[NAMED_MAX] = {{.rules = NULL}};

    find_takers(book, packet, shape, nearest);
    return nearest[0].rules && rules_kind(nearest[0].rules) == TARGET_PACKET;
}
