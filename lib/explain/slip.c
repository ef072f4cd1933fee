#include "explain/slip.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "judge/edits.h"
#include "judge/listen.h"
#include "judge/rules_private.h"

enum { NUMBER_SIZE = 24 };

static int write_number(char out[NUMBER_SIZE], uint64_t number, bool hex)
{
    return hex ? snprintf(out, NUMBER_SIZE, "%" PRIx64, number)
               : snprintf(out, NUMBER_SIZE, "%" PRIu64, number);
}

const char *slip_digits(uint64_t got, uint64_t want, bool hex)
{
    static const char *const how[] = {[EDIT_EXCHANGED] = "two digits changed places",
                                      [EDIT_MISSING] = "one digit is missing",
                                      [EDIT_EXTRA] = "one digit is too many",
                                      [EDIT_ANOTHER] = "one digit is another",
                                      [EDIT_SEVERAL] = NULL};
    enum { DIGITS_LEAST = 4 };
    char is[NUMBER_SIZE], must[NUMBER_SIZE];
    struct edit edit;
    const int n_is = write_number(is, got, hex), n_must = write_number(must, want, hex);

    if (n_must < DIGITS_LEAST ||
        !edits_find((const uint8_t *)is, (size_t)n_is, (const uint8_t *)must, (size_t)n_must, false, &edit))
        return NULL;
    return how[edit.kind];
}

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

/* What a step of the challenge adds to a source port that it was told, or heard from; 0 for none. */
static unsigned added_to_source(const struct rules *rules)
{
    const struct target_spec *target = &rules_challenge(rules)->target;

    for (size_t i = 0; i < target->n_steps; i++)
        for (size_t k = 0; k < target->steps[i].n_expect; k++) {
            const struct clause_spec *clause = &target->steps[i].expect[k];
            if (clause->matcher.kind == MATCH_BOUND && strstr(clause->field.text, ".srcport"))
                return (unsigned)clause->matcher.plus;
        }
    return 0;
}

/* The target's port and what must be added to another. */
static bool tell_added(const struct rulebook *book, const struct field *port, unsigned number,
                       struct noise *out)
{
    for (size_t i = 0; i < rulebook_count(book); i++) {
        const struct rules *rules = rulebook_at(book, i);
        const unsigned plus = added_to_source(rules);
        if (!plus || plus >= number || !slip_takes(rules, port, number - plus))
            continue;
        snprintf(out->why, sizeof(out->why),
                 "%u is %u, the port of %s, and %u: that is added to the port it comes from, not to this",
                 number, number - plus, rules_slug(rules), plus);
        snprintf(out->mend, sizeof(out->mend), "t.bind(('', told + %u)), then t.sendto(text, (TARGET, %u))",
                 plus, number - plus);
        out->code = code_find("NOT_ADDED");
        return true;
    }
    return false;
}

/* 0x2222 where 2222 is meant: the digits in hex are a challenge's port. */
static bool tell_hex(const struct rulebook *book, const struct field *port, unsigned number,
                     struct noise *out)
{
    unsigned digits = 0;

    for (unsigned place = 1, rest = number; rest; rest /= 16, place *= 10) {
        if (rest % 16 > 9)
            return false;
        digits += rest % 16 * place;
    }
    for (size_t i = 0; i < rulebook_count(book) && digits > 99; i++) {
        if (!slip_takes(rulebook_at(book, i), port, digits))
            continue;
        snprintf(out->why, sizeof(out->why), "%u is 0x%u: %u, the port of %s, is decimal", number, digits,
                 digits, rules_slug(rulebook_at(book, i)));
        snprintf(out->mend, sizeof(out->mend), "%u without the 0x", digits);
        out->code = code_find("DECIMAL_AS_HEX");
        return true;
    }
    return false;
}

bool slip_tell(const struct rulebook *book, const struct field *port, unsigned number, struct noise *out)
{
    const unsigned swapped = __builtin_bswap16((uint16_t)number);
    const bool udp = strncmp(port->name, "udp", 3) == 0;
    const struct rules *rules = slip_swapped(book, port, number);

    if (is_briefing(book, udp, number, out))
        return true;
    if (!rules)
        return tell_hex(book, port, number, out) || tell_added(book, port, number, out);
    snprintf(out->why, sizeof(out->why), "%u is %u, the port of %s, with its two bytes exchanged", number,
             swapped, rules_slug(rules));
    if (rules_kind(rules) == TARGET_PACKET)
        snprintf(out->mend, sizeof(out->mend), "struct.pack('!H', %u): with the !, and no htons() beside it",
                 swapped);
    else
        snprintf(out->mend, sizeof(out->mend),
                 "Python: the plain number, %u, its sockets turn it; C: sin_port = htons(%u)", swapped,
                 swapped);
    out->code = code_find("BYTE_SWAPPED");
    return true;
}

void slip_tell_syn(const struct rules *served, const struct rules *of, unsigned port, size_t length,
                   struct noise *out)
{
    const unsigned takes = of ? slip_port(of, field_find("tcp.dstport")) : 0;

    if (of) {
        snprintf(out->why, sizeof(out->why), "it is what %s asks for, which takes port %u; %u is %s",
                 rules_slug(of), takes, port,
                 of->connect == port ? "of your own listener, to which the flag is brought"
                                     : rules_slug(served));
        snprintf(out->mend, sizeof(out->mend), "struct.pack('!HH', source, %u)", takes);
        out->code = code_find(of->connect == port ? "LISTENER_PORT" : "OTHER_CHALLENGE");
        return;
    }
    snprintf(out->why, sizeof(out->why),
             "a SYN that no kernel made, with %zu byte%s behind it: %s takes text through a connection alone",
             length, length == 1 ? "" : "s", rules_slug(served));
    snprintf(out->mend, sizeof(out->mend), "s.connect((TARGET, %u)), then s.sendall(text); nc TARGET %u",
             port, port);
}
