#include "judge/tries.h"

#include <string.h>

#include "judge/judge.h"
#include "spec/clause_spec.h"
#include "spec/target.h"

uint16_t tries_port(const struct packet *packet)
{
    uint64_t port;

    if (packet_value(packet, field_find("tcp.srcport"), &port) == FIELD_OK ||
        packet_value(packet, field_find("udp.srcport"), &port) == FIELD_OK)
        return (uint16_t)port;
    return 0;
}

struct print {
    const struct packet *packet;
    uint64_t hash; /* FNV-1a */
};

static void mix(struct print *print, uint8_t byte)
{
    print->hash = (print->hash ^ byte) * UINT64_C(0x100000001b3);
}

/* What a step asks for in the IP header is what tells its packet from another step's. */
static bool mix_asked(void *context, size_t step, const struct clause_spec *clause)
{
    struct print *print = context;
    const struct field *field = field_find(clause->field.text);
    uint64_t value;

    (void)step;
    if (field && field->layer == LAYER_IP && packet_value(print->packet, field, &value) == FIELD_OK)
        for (size_t i = 0; i < sizeof(value); i++)
            mix(print, (uint8_t)(value >> 8 * i));
    return true;
}

uint64_t tries_print(const struct rules *rules, const struct packet *packet)
{
    struct print print = {packet, UINT64_C(0xcbf29ce484222325)};
    const struct span *ip = &packet->layers[LAYER_IP];

    for (size_t i = ip->offset + ip->length; i < packet->length; i++)
        mix(&print, packet->frame[i]);
    target_each_clause(&rules_challenge(rules)->target, mix_asked, &print);
    return print.hash ? print.hash : 1;
}

static size_t wrong_of(const struct rules *step, const struct packet *packet, const char *student)
{
    struct verdict v;
    size_t n = 0;

    judge_packet_for(step, packet, student, &v);
    for (size_t i = 0; i < v.n; i++)
        n += v.findings[i].status == FINDING_FAIL || v.findings[i].status == FINDING_BLOCKED;
    return n;
}

bool tries_begins(struct filled *sought, const struct rules *rules, const struct talk *talk,
                  const struct packet *packet, const char *student)
{
    struct talk fresh;

    talk_begin(&fresh);
    if (strcmp(talk->student, student) != 0 || talk->step <= fresh.step)
        return false;
    const struct rules *step = filled_make(sought, rules, &fresh);
    const size_t first = step ? wrong_of(step, packet, student) : SIZE_MAX;
    for (size_t i = talk->step + 1u; i <= rules_steps(rules); i++) {
        step = i == talk->step + 1u ? filled_make(sought, rules, talk)
                                    : filled_at(sought, rules, talk, packet, i);
        if (step && wrong_of(step, packet, student) <= first)
            return false;
    }
    return true;
}

const char *tries_end(bool live, unsigned wrong)
{
    if (live)
        return wrong + 1 == TRIES_WRONG_MAX
                   ? "the third wrong one: this try is over, begin anew with the first message"
                   : NULL;
    return wrong == TRIES_WRONG_MAX
               ? "three wrong ones ended your try: a new one begins with its first message"
               : NULL;
}
