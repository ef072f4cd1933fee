/* What is summed before the header: the pseudo-header, or what stands in its place (PART_PSEUDO). */
#include "base/cursor.h"
#include "explain/choice_private.h"
#include "pkt/csum.h"

enum { SOCK_RAW_ITSELF = 3, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_RAW = 255, ADDRESSES = 12 };
enum { LOOPBACK = 0x7F000001, LOOPBACK_NAME = 0x7F000101 };

static struct halves address(uint32_t value)
{
    return halves_plus(halves_word(value >> 16), halves_word(value));
}

static void put_length(struct choices *c, enum recipe recipe, size_t length)
{
    struct choice *choice;

    if (!c->s->pseudo || length == c->s->length)
        return;
    choice = choices_put(c, recipe, PART_PSEUDO, (uint32_t)length);
    choice->length = LENGTH_GIVEN;
    choice->given = (uint32_t)length;
}

static void put_before(struct choices *c, enum recipe recipe, struct halves sum, uint32_t instead)
{
    if (c->s->pseudo)
        choices_put(c, recipe, PART_PSEUDO, instead)->sum = sum;
}

static void wrong_lengths(struct choices *c)
{
    uint8_t text[SUMMED_TEXT_MAX];
    size_t n = summed_plain(c->s, text), payload = c->s->length - c->s->header;

    if (!c->s->pseudo)
        return;
    if (payload)
        put_length(c, RECIPE_WRONG_LENGTH, payload);
    if (n)
        put_length(c, RECIPE_WRONG_LENGTH, c->s->header + n);
    put_length(c, RECIPE_WRONG_LENGTH, 0);
    choices_put(c, RECIPE_WRONG_LENGTH, PART_PSEUDO, UINT32_MAX)->length = LENGTH_TURNED;
    put_length(c, RECIPE_WRONG_LENGTH, c->s->length + ADDRESSES);
    put_length(c, RECIPE_WRONG_LENGTH, c->s->length * 8); /* bits, and words */
    put_length(c, RECIPE_WRONG_LENGTH, c->s->length / 4);
}

static void wrong_protocols(struct choices *c)
{
    const struct summed *s = c->s;
    const uint8_t icmp = layer_protocol(s->v6 ? LAYER_ICMP6 : LAYER_ICMP),
                  protocols[] = {PROTO_TCP, PROTO_UDP, 0, PROTO_RAW, icmp, SOCK_RAW_ITSELF};

    for (size_t i = 0; i < sizeof(protocols); i++)
        if (protocols[i] != s->protocol)
            put_before(c, RECIPE_WRONG_PROTOCOL,
                       halves_plus(halves_plus(s->source, s->destination), halves_word(protocols[i])),
                       protocols[i]);
}

/* Zero byte and protocol: exchanged, or the zero byte left out, so that all behind it stands a byte
 * too early. */
static void pseudo_layouts(struct choices *c)
{
    const struct summed *s = c->s;
    struct halves turned =
        halves_plus(halves_plus(s->source, s->destination), (struct halves){s->protocol, 0});

    put_before(c, RECIPE_PSEUDO_LAYOUT, turned, 0);
    if (s->pseudo) {
        struct choice *odd = choices_put(c, RECIPE_PSEUDO_LAYOUT, PART_PSEUDO, 1);
        odd->sum = turned;
        odd->odd = true;
    }
}

static void wrong_addresses(struct choices *c)
{
    const struct summed *s = c->s;
    struct halves protocol = halves_word(s->protocol), source = halves_plus(s->source, protocol);

    for (size_t i = 0; i < s->n_sources; i++)
        put_before(c, RECIPE_WRONG_ADDRESS,
                   halves_plus(halves_plus(address(s->sources[i]), s->destination), protocol), s->sources[i]);
    put_before(c, RECIPE_WRONG_ADDRESS, halves_plus(source, s->source), WRONG_BOTH_SOURCE);
    put_before(c, RECIPE_WRONG_ADDRESS, halves_plus(halves_plus(s->destination, s->destination), protocol),
               WRONG_BOTH_DESTINATION);
    if (s->v6)
        return;
    struct halves both = halves_plus(s->source, s->destination);
    put_before(c, RECIPE_WRONG_ADDRESS, halves_plus((struct halves){both.low, both.high}, protocol),
               WRONG_HOST_ORDER);
}

static void source_is(struct choices *c, enum recipe recipe, uint32_t source)
{
    put_before(c, recipe,
               halves_plus(halves_plus(c->s->destination, halves_word(c->s->protocol)), address(source)),
               source);
}

static void source_zero(struct choices *c)
{
    source_is(c, RECIPE_SOURCE_ZERO, 0);
}

static void source_loopback(struct choices *c)
{
    if (c->s->v6)
        return;
    source_is(c, RECIPE_SOURCE_LOOPBACK, LOOPBACK_NAME);
    source_is(c, RECIPE_SOURCE_LOOPBACK, LOOPBACK);
}

/* The IPv4 header's sum where the pseudo-header belongs: with the checksum 0 that it has before it is sent,
 * with the length or without, which the kernel will fill in. With its own right sum it would count as
 * nothing. */
static struct halves ip_header(const struct summed *s, bool length)
{
    const struct halves all =
        halves_minus(halves_of(s->ip, s->ip_header, 0), halves_word(load_be16(s->ip + 10)));

    return length ? all : halves_minus(all, halves_word(load_be16(s->ip + 2)));
}

/* Mostly without the length. */
static void ip_header_summed(struct choices *c)
{
    for (int length = 0; c->s->ip && c->s->pseudo && length < 2; length++) {
        struct choice *choice = choices_put(c, RECIPE_IP_HEADER_SUMMED, PART_PSEUDO, 0);
        choice->sum = ip_header(c->s, length);
        choice->length = LENGTH_GIVEN;
    }
}

/* Mostly with it. */
static void of_ip_header(struct choices *c)
{
    for (int length = 1; c->s->ip && c->s->pseudo && length >= 0; length--)
        choices_put(c, RECIPE_OF_IP_HEADER, PART_VALUE, 0)->value =
            csum_finish(halves_words(ip_header(c->s, length)));
}

static void no_pseudo_header(struct choices *c)
{
    if (c->s->pseudo)
        *choices_put(c, RECIPE_NO_PSEUDO_HEADER, PART_PSEUDO, 0) =
            (struct choice){.part = PART_PSEUDO, .recipe = RECIPE_NO_PSEUDO_HEADER, .length = LENGTH_GIVEN};
}

static void header_length_only(struct choices *c)
{
    put_length(c, RECIPE_HEADER_LENGTH_ONLY, c->s->header);
}

static void whole_length(struct choices *c)
{
    if (!c->s->v6)
        put_length(c, RECIPE_IP_LENGTH, c->s->ip_length);
}

static void offloaded(struct choices *c)
{
    const struct choice *of[N_PARTS];
    const struct choice nothing = {.part = PART_DATA}, plain = {.part = PART_SIGN, .sign = SIGN_PLAIN};

    if (!c->s->pseudo)
        return;
    for (int i = 0; i < N_PARTS; i++)
        of[i] = &c->right[i];
    of[PART_DATA] = &nothing;
    of[PART_SIGN] = &plain;
    choices_put(c, RECIPE_OFFLOADED, PART_VALUE, 0)->value = choices_value(c, of);
}

/* A whole pseudo-header where none belongs. */
static void with_pseudo_header(struct choices *c)
{
    const struct summed *s = c->s;

    if (s->pseudo)
        return;
    struct choice *choice = choices_put(c, RECIPE_WITH_PSEUDO_HEADER, PART_PSEUDO, 0);
    choice->sum = halves_plus(halves_plus(s->source, s->destination),
                              halves_word(s->layer == LAYER_IP && s->ip ? s->ip[9] : s->protocol));
    choice->length = LENGTH_COUNTED;
}

bool choice_pseudo_add(struct choices *c, enum recipe recipe)
{
    static void (*const rows[N_RECIPES])(struct choices *) = {
        [RECIPE_NO_PSEUDO_HEADER] = no_pseudo_header,
        [RECIPE_HEADER_LENGTH_ONLY] = header_length_only,
        [RECIPE_IP_LENGTH] = whole_length,
        [RECIPE_WRONG_LENGTH] = wrong_lengths,
        [RECIPE_SOURCE_ZERO] = source_zero,
        [RECIPE_SOURCE_LOOPBACK] = source_loopback,
        [RECIPE_PSEUDO_LAYOUT] = pseudo_layouts,
        [RECIPE_WRONG_ADDRESS] = wrong_addresses,
        [RECIPE_WRONG_PROTOCOL] = wrong_protocols,
        [RECIPE_IP_HEADER_SUMMED] = ip_header_summed,
        [RECIPE_OF_IP_HEADER] = of_ip_header,
        [RECIPE_OFFLOADED] = offloaded,
        [RECIPE_WITH_PSEUDO_HEADER] = with_pseudo_header,
    };

    if (rows[recipe])
        rows[recipe](c);
    return rows[recipe];
}
