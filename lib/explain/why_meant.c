/* A challenge that is found by the protocol alone takes what was made for another one, when that number is
 * wrong. */
#include <string.h>

#include "base/cursor.h"
#include "explain/said.h"
#include "judge/judge.h"
#include "judge/listen.h"
#include "judge/rules_private.h"
#include "pkt/csum.h"

enum { PACKET_MAX = 1792, HEADER = 20, PROTOCOL_AT = 9, SUM_AT = 10, BITS_LEAST = 28 };

/* It asks for nothing that is not there, but for what a try alone knows, and besides a handle, which any word
 * may be in one encoding or the other, for more than chance meets. */
static bool is_right_for(const struct rules *rules, const struct packet *packet)
{
    struct verdict v;
    size_t bits = 0;

    judge_quickly(rules, packet, packet_src(packet), &v);
    for (size_t i = 0; i < v.n; i++) {
        const struct finding *f = &v.findings[i];
        if (f->status != FINDING_PASS && f->status != FINDING_INFO &&
            !(f->clause && f->clause->kind == MATCH_BOUND))
            return false;
        if (f->clause && f->clause != rules->named && f->status == FINDING_PASS)
            bits += f->field->bits == 0 ? 8u * f->length : f->got ? f->field->bits : 0u;
    }
    return bits >= BITS_LEAST;
}

static bool is_for(const struct rules *other, const struct packet *packet)
{
    if (!rules_talks(other))
        return is_right_for(other, packet);
    for (size_t i = 0; i < STEPS_MAX; i++)
        if (other->steps[i] && is_right_for(other->steps[i], packet))
            return true;
    return false;
}

/* By the protocol alone, as the packet has it. */
static bool is_found_by_protocol(const struct suspect *s)
{
    const struct clause *c = clause_of(s->rules, field_find("ip.proto"));

    return c && c != s->clause && c->kind == MATCH_EQUAL && clause_is_listened(s->rules, c);
}

bool why_meant_says(const struct suspect *s, struct diagnosis *d)
{
    const struct span *ip = &s->packet->layers[LAYER_IP];
    const size_t length = (size_t)s->packet->length - ip->offset;
    uint8_t room[PACKET_MAX];
    uint64_t protocol;
    struct packet mended;
    char name[FIELD_TEXT_SIZE];

    if (rules_kind(s->rules) != TARGET_PACKET || !ip->complete || length > sizeof(room) || length < HEADER ||
        ip->length < HEADER || !is_found_by_protocol(s))
        return false;
    memcpy(room, s->packet->frame + ip->offset, length);
    for (size_t i = 0; i < rulebook_count(s->rules->book); i++) {
        const struct rules *other = rulebook_at(s->rules->book, i);
        if (other->challenge == s->rules->challenge || rules_kind(other) != TARGET_PACKET ||
            !listen_names(other, "ip.proto", 0, &protocol))
            continue;
        room[PROTOCOL_AT] = (uint8_t)protocol;
        store_be16(room + SUM_AT, 0);
        store_be16(room + SUM_AT, csum_finish(csum_add(0, room, ip->length)));
        packet_decode(&mended, LINK_RAW, room, length, length);
        if (rulebook_select(s->rules->book, &mended) != other || !is_for(other, &mended))
            continue;
        field_text(field_find("ip.proto"), protocol, name);
        suspect_say(d, "all else in it is what %s asks for, whose protocol is %s: this says %u",
                    rules_slug(other), name, s->packet->frame[ip->offset + PROTOCOL_AT]);
        suspect_mend(d, "protocol = %llu   # value 7 of '!BBHHHBBH4s4s'", (unsigned long long)protocol);
        return true;
    }
    return false;
}
