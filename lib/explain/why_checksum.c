/* Mistakes with a sum: each wrong recipe is computed again from the packet's own bytes. The right value is
 * never told: to compute it is the exercise. */
#include <string.h>

#include "base/str.h"
#include "explain/recipe.h"
#include "explain/suspect.h"

static const char *protocol_name(uint32_t number)
{
    static const struct {
        uint32_t number;
        const char *name;
    } rows[] = {{0, "0"},         {1, "1 (ICMP)"},     {6, "6 (TCP)"},
                {17, "17 (UDP)"}, {58, "58 (ICMPv6)"}, {255, "255 (IPPROTO_RAW)"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].number == number)
            return rows[i].name;
    return "another";
}

/* Of this packet, where there is more to say than what codes.def says of all. */
static void say(enum recipe recipe, const struct summed *s, const struct wrong_sum *w, struct diagnosis *d)
{
    const char *of = layer_text(s->layer);
    char address[16];

    switch (recipe) {
    case RECIPE_ZERO:
        if (s->layer == LAYER_UDP && !s->v6)
            suspect_say(d, "the checksum is 0, which in UDP says that none was computed; a sum that comes "
                           "out as 0 is sent as 0xffff");
        else if (s->layer == LAYER_IP)
            suspect_say(d, "the header checksum is 0: a raw IPv4 socket's kernel would have filled it in, "
                           "what goes out below IP (AF_PACKET, a forwarder) must bring its own");
        break;
    case RECIPE_HEADER_LENGTH_ONLY:
        suspect_say(d, "the length in the pseudo-header was %zu, the %s header's alone: %zu bytes follow it",
                    s->header, of, s->length - s->header);
        break;
    case RECIPE_IP_LENGTH:
        suspect_say(d,
                    "the length in the pseudo-header was %u, the whole packet's: the IPv4 header does not "
                    "count",
                    s->ip_length);
        break;
    case RECIPE_WRONG_PROTOCOL:
        suspect_say(d, "the protocol in the pseudo-header was %s, this is %s", protocol_name(w->instead),
                    protocol_name(s->protocol));
        suspect_mend(d, "put %u there: struct.pack('!4s4sBBH', src, dst, 0, %u, length)", s->protocol,
                     s->protocol);
        break;
    case RECIPE_SOURCE_LOOPBACK:
        suspect_say(d, "the pseudo-header's source address was %s, not the one in the IPv4 header",
                    ipv4_text(w->instead, address));
        break;
    case RECIPE_NO_PAYLOAD:
        suspect_say(d, "it was computed without the %zu bytes of payload", s->length - s->header);
        break;
    case RECIPE_ODD_BYTE_DROPPED:
        suspect_say(d, "%zu bytes is an odd length, and the last one, 0x%02x, was left out", s->length,
                    w->instead);
        break;
    case RECIPE_ODD_BYTE_WRONG_END:
        suspect_say(d, "%zu bytes is an odd length, and the last one was added as 0x00%02x, not as 0x%02x00",
                    s->length, w->instead, w->instead);
        break;
    case RECIPE_FIELD_NOT_ZEROED:
        if (w->value == 0)
            suspect_say(d, "it was computed a second time over a header that held the right one already: "
                           "that gives 0");
        break;
    default:
        break;
    }
}

static bool sum_of(const struct suspect *s, struct summed *out)
{
    bool judged = s->clause && s->field->kind == FIELD_CHECKSUM_STATUS && !s->finding->absent;

    return (judged || s->finding->fault == FAULT_IP_CHECKSUM) && summed_of(out, s->packet, s->field->layer);
}

static enum fit by_recipe(enum recipe recipe, const struct suspect *s, struct diagnosis *d)
{
    struct summed sum;
    struct wrong_sum wrong[WRONG_SUMS_MAX];

    if (!sum_of(s, &sum))
        return FIT_NONE;
    uint16_t got = (uint16_t)(sum.bytes[sum.at] << 8 | sum.bytes[sum.at + 1]);
    size_t n = recipe_sums(recipe, &sum, wrong);
    for (size_t i = 0; i < n; i++)
        if (wrong[i].value == got) {
            say(recipe, &sum, &wrong[i], d);
            return FIT_STRONG;
        }
    return FIT_NONE;
}

#define RECOGNISER(name, recipe)                                                                             \
    enum fit why_checksum_##name(const struct suspect *s, struct diagnosis *d)                               \
    {                                                                                                        \
        return by_recipe(recipe, s, d);                                                                      \
    }

RECOGNISER(zero, RECIPE_ZERO)
RECOGNISER(no_pseudo_header, RECIPE_NO_PSEUDO_HEADER)
RECOGNISER(not_complemented, RECIPE_NOT_COMPLEMENTED)
RECOGNISER(little_endian, RECIPE_LITTLE_ENDIAN)
RECOGNISER(no_payload, RECIPE_NO_PAYLOAD)
RECOGNISER(header_length_only, RECIPE_HEADER_LENGTH_ONLY)
RECOGNISER(ip_length, RECIPE_IP_LENGTH)
RECOGNISER(wrong_protocol, RECIPE_WRONG_PROTOCOL)
RECOGNISER(odd_byte_dropped, RECIPE_ODD_BYTE_DROPPED)
RECOGNISER(odd_byte_wrong_end, RECIPE_ODD_BYTE_WRONG_END)
RECOGNISER(carries_lost, RECIPE_CARRIES_LOST)
RECOGNISER(field_not_zeroed, RECIPE_FIELD_NOT_ZEROED)
RECOGNISER(source_zero, RECIPE_SOURCE_ZERO)
RECOGNISER(source_loopback, RECIPE_SOURCE_LOOPBACK)
RECOGNISER(offloaded, RECIPE_OFFLOADED)
RECOGNISER(with_pseudo_header, RECIPE_WITH_PSEUDO_HEADER)
RECOGNISER(fields_changed, RECIPE_FIELDS_CHANGED)

enum fit why_checksum_wrong(const struct suspect *s, struct diagnosis *d)
{
    if (s->finding->fault == FAULT_IP_CHECKSUM) {
        suspect_say(d,
                    "the kernel of an ordinary sender always writes the right one: this packet was not sent "
                    "through a raw IPv4 socket, or was changed on its way");
        return FIT_LAST;
    }
    return s->field->kind == FIELD_CHECKSUM_STATUS ? FIT_LAST : FIT_NONE;
}
