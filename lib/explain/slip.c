#include "explain/slip.h"

#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "judge/listen.h"
#include "judge/rules_private.h"

unsigned slip_port(const struct rules *rules, const struct field *port)
{
    uint64_t value;

    return listen_names(rules, port->name, 0, &value) ? (unsigned)value : 0;
}

bool slip_takes(const struct rules *rules, const struct field *port, unsigned number)
{
    uint64_t value;

    for (size_t i = 0; number && listen_names(rules, port->name, i, &value); i++)
        if (value == number)
            return true;
    return false;
}

uint32_t slip_apart(unsigned there, unsigned sent)
{
    const uint32_t far = there > sent ? there - sent : sent - there;
    char a[12], b[12];

    snprintf(a, sizeof(a), "%u", there);
    snprintf(b, sizeof(b), "%u", sent);
    return far > SLIP_OF_PORT && names_distance(a, b) <= 1 ? SLIP_OF_PORT : far;
}

bool slip_misses(const struct rules *rules, unsigned number)
{
    const struct field *tcp = field_find("tcp.dstport"), *udp = field_find("udp.dstport");
    const struct field *own = slip_port(rules, tcp) ? tcp : udp;

    return rules_challenge(rules)->target.practice && slip_port(rules, own) &&
           !slip_takes(rules, own, number) && !slip_takes(rules, own, __builtin_bswap16((uint16_t)number));
}

static bool is_briefing(const struct rulebook *book, bool udp, unsigned number, struct noise *out)
{
    if (!udp || !rulebook_count(book) || rulebook_at(book, 0)->class->briefing != number)
        return false;
    snprintf(out->why, sizeof(out->why), "%u is the briefing's, by TCP, and this is UDP", number);
    snprintf(out->mend, sizeof(out->mend), "nc TARGET %u, without -u", number);
    out->code = code_find("WRONG_PROTOCOL");
    return true;
}

const struct rules *slip_swapped(const struct rulebook *book, const struct field *port, unsigned number)
{
    const unsigned swapped = __builtin_bswap16((uint16_t)number);

    for (size_t i = 0; i < rulebook_count(book) && swapped && swapped != number; i++)
        if (slip_takes(rulebook_at(book, i), port, swapped))
            return rulebook_at(book, i);
    return NULL;
}

bool slip_tell(const struct rulebook *book, const struct field *port, unsigned number, struct noise *out)
{
    const unsigned swapped = __builtin_bswap16((uint16_t)number);
    const bool udp = strncmp(port->name, "udp", 3) == 0;
    const struct rules *rules = slip_swapped(book, port, number);

    if (is_briefing(book, udp, number, out))
        return true;
    if (!rules)
        return false;
    snprintf(out->why, sizeof(out->why), "%u is %u, the port of %s, with its two bytes exchanged", number,
             swapped, rules_slug(rules));
    if (rules_kind(rules) == TARGET_PACKET)
        snprintf(out->mend, sizeof(out->mend), "struct.pack('!H', %u): with the !, and no htons() beside it",
                 swapped);
    else
        snprintf(out->mend, sizeof(out->mend), "the plain number, %u: Python's sockets turn it themselves",
                 swapped);
    out->code = code_find("BYTE_SWAPPED");
    return true;
}

void slip_tell_syn(const struct rules *served, unsigned port, size_t length, struct noise *out)
{
    snprintf(out->why, sizeof(out->why),
             "a SYN that no kernel made, with %zu byte%s behind it: %s takes text through a connection alone",
             length, length == 1 ? "" : "s", rules_slug(served));
    snprintf(out->mend, sizeof(out->mend), "s.connect((TARGET, %u)), then s.sendall(text); nc TARGET %u",
             port, port);
}
