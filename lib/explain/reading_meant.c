/* Which challenge a packet was meant for that none took: the one of whose clauses it meets most. */
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "explain/reading_private.h"
#include "explain/reasons.h"
#include "judge/judge.h"
#include "judge/rules_private.h"
#include "pkt/csum.h"

/* Bits that must agree before a challenge is named to somebody. */
enum { MEANT = 28 };

/* Bytes in which headers are looked for. */
enum { HEADERS = 64 };

/* Longer packets are meant for nothing here. */
enum { MENDED_MAX = 1792 };

/* What kept it from being taken, else what is wrong first. */
static const struct finding *first_failed(const struct rules *rules, const struct verdict *v)
{
    const struct finding *first = NULL;

    for (size_t i = 0; i < v->n; i++) {
        const struct finding *f = &v->findings[i];
        if (f->status != FINDING_FAIL)
            continue;
        if (f->clause && clause_is_listened(rules, f->clause))
            return f;
        first = first ? first : f;
    }
    return first;
}

static bool explain(const struct rules *rules, const struct packet *packet, const struct verdict *v,
                    struct reading_meant *out)
{
    const struct finding *f = first_failed(rules, v);
    struct reasons reasons;
    size_t n = 0;

    if (!f)
        return false;
    reasons_begin(&reasons, rules, packet, v);
    const struct diagnosis *why = reasons_of(&reasons, f, &n);
    if (!n)
        return false;
    out->field = f->field;
    out->why = why[0];
    return true;
}

/* A challenge by how well the packet meets it as it is. */
struct likely {
    size_t at; /* in the book */
    int bits;
    bool there; /* what it listens for stands in the packet: of two alike it is this one */
    bool whole; /* with one mistake undone nothing of it is wrong: an IPv4 header copied from another
                   challenge's packet meets many a clause of that one */
};

static bool is_likelier(const struct likely *a, const struct likely *b)
{
    if (a->whole != b->whole)
        return a->whole && a->bits >= MEANT;
    return a->bits > b->bits || (a->bits == b->bits && a->there > b->there);
}

/* Keeps the n likeliest (at most READING_ANEW), the likeliest first, of two alike the earlier in the book. */
static size_t keep_likely(struct likely likely[READING_ANEW], size_t n, struct likely one)
{
    size_t i = n;

    while (i > 0 && is_likelier(&one, &likely[i - 1]))
        i--;
    if (i == READING_ANEW)
        return n;
    n += n < READING_ANEW;
    memmove(&likely[i + 1], &likely[i], (n - 1 - i) * sizeof(likely[0]));
    likely[i] = one;
    return n;
}

static int by_place(const void *a, const void *b)
{
    const struct likely *x = a, *y = b;

    return x->at < y->at ? -1 : x->at > y->at;
}

/* A number of 16 bits stands among the words of the headers, in either order. */
static bool stands(const struct packet *packet, uint64_t value)
{
    const size_t from = packet->layers[LAYER_IP].offset;
    const size_t end = packet->length < from + HEADERS ? packet->length : from + HEADERS;

    for (size_t at = from; at + 2 <= end; at += 2) {
        const uint16_t sent = load_be16(packet->frame + at);
        if (sent == value || __builtin_bswap16(sent) == value)
            return true;
    }
    return false;
}

/* One that the challenge listens for. */
static bool is_there(const struct rules *rules, const struct packet *packet)
{
    for (size_t i = 0; i < rules->n; i++) {
        const struct clause *c = &rules->clauses[i];
        if (c->kind == MATCH_EQUAL && c->field->bits == 16 && clause_is_listened(rules, c) &&
            stands(packet, c->a))
            return true;
    }
    for (size_t i = 0; i < rules->several.n_set; i++)
        if (stands(packet, rules->several.set[i]))
            return true;
    return false;
}

/* Those of the book in its order. Of a large course those whose clauses it meets best as it is, whoever it is
 * from: to find that out for each is dear. */
static size_t find_likely(const struct rulebook *book, const struct packet *packet,
                          struct likely likely[READING_ANEW])
{
    struct verdict v;
    size_t n = 0;

    for (size_t i = 0; i < rulebook_count(book); i++) {
        const struct rules *rules = rulebook_at(book, i);
        if (rules_kind(rules) != TARGET_PACKET)
            continue;
        judge_packet_for(rules, packet, "", &v);
        n = keep_likely(likely, n,
                        (struct likely){.at = i,
                                        .bits = reading_worth(rules, &v, NULL),
                                        .there = is_there(rules, packet)});
    }
    qsort(likely, n, sizeof(likely[0]), by_place);
    return n;
}

/* A packet for a challenge for practice, more of it right than wrong, in room; it listens for what nobody
 * meets by chance, a port or a number. What the kernel fills in is filled in. */
static bool mended_for(const struct rulebook *book, const struct packet *packet, uint8_t *room, size_t length,
                       struct reading_meant *out)
{
    enum { HEADER = 20, LENGTH_AT = 2, SUM_AT = 10 };
    struct packet mended;
    struct verdict v;
    size_t right = 0;

    if (room[0] >> 4 == 4) {
        store_be16(room + LENGTH_AT, (uint16_t)length);
        store_be16(room + SUM_AT, 0);
        store_be16(room + SUM_AT, csum_finish(csum_add(0, room, HEADER)));
    }
    packet_decode(&mended, LINK_RAW, room, length, length);
    const struct rules *rules = rulebook_select(book, &mended);
    if (!rules || !rules_challenge(rules)->target.practice)
        return false;
    judge_quickly(rules, &mended, packet_src(packet), &v);
    for (size_t i = 0; i < v.n; i++)
        right += v.findings[i].status == FINDING_PASS;
    if (!v.student[0] || right * 2 < v.n)
        return false;
    out->rules = rules;
    str_copy(out->student, sizeof(out->student), v.student);
    judge_quickly(rules, packet, packet_src(packet), &v);
    return explain(rules, packet, &v, out);
}

/* The IP header at `at`, with what follows it, and the two ports exchanged; false without any. */
static bool exchange_ports(const struct packet *packet, uint8_t *room, size_t at, size_t length)
{
    const struct span *udp = &packet->layers[LAYER_UDP], *tcp = &packet->layers[LAYER_TCP];
    const struct span *header = udp->present ? udp : tcp;
    enum { PORTS = 4, PORT = 2 };

    if (!header->present || !header->complete || header->offset < at ||
        header->offset + (size_t)PORTS > at + length)
        return false;
    memcpy(room, packet->frame + at, length);
    memcpy(room + header->offset - at, packet->frame + header->offset + PORT, PORT);
    memcpy(room + header->offset - at + PORT, packet->frame + header->offset, PORT);
    return true;
}

/* The number of another protocol, as in the header of the packet that it was copied from. */
static bool other_protocol(const struct rulebook *book, const struct packet *packet, uint8_t *room, size_t at,
                           size_t length, size_t place, struct reading_meant *out)
{
    static const enum layer layers[] = {LAYER_TCP, LAYER_UDP, LAYER_ICMP, LAYER_ICMP6, LAYER_SCTP};

    for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
        memcpy(room, packet->frame + at, length);
        if (room[place] == layer_protocol(layers[i]))
            continue;
        room[place] = layer_protocol(layers[i]);
        if (mended_for(book, packet, room, length, out))
            return true;
    }
    return false;
}

/* With a plain mistake undone: the protocol in the place of the time to live, the next header in that of the
 * hop limit, the two ports exchanged, another protocol's number, IPv6's payload length, an IPv4 header of the
 * student's own behind the kernel's. */
static bool plainly_meant(const struct rulebook *book, const struct packet *packet, struct reading_meant *out)
{
    enum { TTL_AT = 8, NEXT_AT = 6, DESTINATION = 16, HEADER = 20, HEADER6 = 40, LENGTH6_AT = 4 };
    const struct span *ip = &packet->layers[LAYER_IP], *ip6 = &packet->layers[LAYER_IP6];
    const struct span *header = ip->present ? ip : ip6;
    const size_t at = header->offset, length = packet->length - at, place = ip->present ? TTL_AT : NEXT_AT;
    uint8_t room[MENDED_MAX];

    if (!header->present || !header->complete || length > sizeof(room) ||
        length < (ip->present ? HEADER : HEADER6))
        return false;
    memcpy(room, packet->frame + at, length);
    room[place] = packet->frame[at + place + 1];
    room[place + 1] = packet->frame[at + place];
    if (mended_for(book, packet, room, length, out))
        return true;
    if (exchange_ports(packet, room, at, length) && mended_for(book, packet, room, length, out))
        return true;
    if (other_protocol(book, packet, room, at, length, ip->present ? TTL_AT + 1 : NEXT_AT, out))
        return true;
    memcpy(room, packet->frame + at, length);
    if (!ip->present) /* its payload length, which nobody corrects */
        store_be16(room + LENGTH6_AT, (uint16_t)(length - HEADER6));
    if (!ip->present && mended_for(book, packet, room, length, out))
        return true;
    const size_t inner = at + ip->length;
    if (!ip->present || packet->length < inner + HEADER || packet->frame[inner] >> 4 != 4 ||
        memcmp(packet->frame + inner + DESTINATION, packet->frame + at + DESTINATION, 4) != 0)
        return false;
    memcpy(room, packet->frame + inner, packet->length - inner);
    return mended_for(book, packet, room, packet->length - inner, out);
}

bool reading_rules(const struct rulebook *book, const struct packet *packet, struct reading_meant *out)
{
    struct likely likely[READING_ANEW];
    out->plain = plainly_meant(book, packet, out);
    if (out->plain)
        return true;
    size_t n = find_likely(book, packet, likely);
    struct verdict v;
    struct mended reading;
    struct likely best = {.bits = MEANT - 1, .there = true};

    out->rules = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct rules *rules = rulebook_at(book, likely[i].at);
        judge_quickly(rules, packet, packet_src(packet), &v);
        struct likely one = likely[i];
        one.bits = reading_worth(rules, &v, NULL);
        const char *student = v.student;
        /* practice asks for little, and a mistake undone meets little soon */
        if (!rules_challenge(rules)->target.practice && reading_find(&reading, rules, packet, &v) &&
            reading.sure) {
            one.bits = reading_worth(rules, &reading.verdict, &reading.undone);
            one.whole = reading.whole;
            student = reading.verdict.student;
        }
        if (!is_likelier(&one, &best))
            continue;
        best = one;
        out->rules = rules;
        str_copy(out->student, sizeof(out->student), student);
    }
    if (!out->rules)
        return false;
    judge_quickly(out->rules, packet, packet_src(packet), &v);
    return explain(out->rules, packet, &v, out);
}
