/* A recipe is what a student's program computes, not a pattern of bits: where two give the same value on one
 * packet, both did. All of them are made from a few partial sums, whatever the packet's length. */
#include "explain/choice.h"

#include <string.h>

#include "base/codec.h"
#include "base/cursor.h"
#include "pkt/csum.h"

enum { SOCK_RAW_ITSELF = 3, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_RAW = 255, ADDRESSES = 12 };
enum { TEXT_MAX_BYTES = 2048, LOOPBACK = 0x7F000001, LOOPBACK_NAME = 0x7F000101 };

static struct halves plus(struct halves a, struct halves b)
{
    return (struct halves){a.high + b.high, a.low + b.low};
}

static struct halves minus(struct halves a, struct halves b)
{
    return (struct halves){a.high - b.high, a.low - b.low};
}

static struct halves word(uint64_t value)
{
    return (struct halves){value >> 8 & 0xFF, value & 0xFF};
}

static struct halves address(uint32_t value)
{
    return plus(word(value >> 16), word(value));
}

/* Of bytes that begin at a byte's even (0) or odd (1) place. */
static struct halves sum_of(const uint8_t *bytes, size_t length, size_t place)
{
    struct halves h = {0, 0};

    for (size_t i = 0; i < length; i++)
        *((i + place) % 2 ? &h.low : &h.high) += bytes[i];
    return h;
}

static struct choice *add(struct choices *c, enum recipe recipe, enum choice_part part, uint32_t instead)
{
    struct choice *choice = &c->list[c->n < CHOICES_MAX ? c->n++ : CHOICES_MAX - 1];

    *choice = c->right[part];
    choice->recipe = recipe;
    choice->instead = instead;
    return choice;
}

static struct choice *add_bytes(struct choices *c, enum recipe recipe, struct halves sum, int32_t longer,
                                uint32_t instead)
{
    struct choice *choice = add(c, recipe, PART_DATA, instead);

    choice->sum = sum;
    choice->longer = longer;
    return choice;
}

static void add_length(struct choices *c, enum recipe recipe, size_t length)
{
    struct choice *choice;

    if (!c->s->pseudo || length == c->s->length)
        return;
    choice = add(c, recipe, PART_PSEUDO, (uint32_t)length);
    choice->length = LENGTH_GIVEN;
    choice->given = (uint32_t)length;
}

static void add_before(struct choices *c, enum recipe recipe, struct halves sum, uint32_t instead)
{
    if (c->s->pseudo)
        add(c, recipe, PART_PSEUDO, instead)->sum = sum;
}

void choices_begin(struct choices *c, const struct summed *s)
{
    struct halves field = word(load_be16(s->bytes + s->at));

    *c = (struct choices){.s = s};
    for (int i = 0; i < N_PARTS; i++)
        c->right[i] = (struct choice){.part = (enum choice_part)i, .recipe = N_RECIPES};
    c->header = minus(sum_of(s->bytes, s->header, 0), field);
    c->all = plus(c->header, sum_of(s->bytes + s->header, s->length - s->header, s->header));
    c->right[PART_DATA].sum = c->all;
    c->right[PART_PSEUDO].length = s->pseudo ? LENGTH_COUNTED : LENGTH_GIVEN;
    if (s->pseudo)
        c->right[PART_PSEUDO].sum = plus(plus(s->source, s->destination), word(s->protocol));
}

/* What the payload says when its hex or Base64 is taken off; 0 bytes when it is neither. */
static size_t plain_text(const struct summed *s, uint8_t out[TEXT_MAX_BYTES])
{
    const char *text = (const char *)s->bytes + s->header;
    size_t length = s->length - s->header;
    ptrdiff_t n = hex_decode(out, TEXT_MAX_BYTES, text, length);

    if (n <= 0)
        n = base64_decode(out, TEXT_MAX_BYTES, text, length);
    return n > 0 ? (size_t)n : 0;
}

/* The sum is made while the payload is still plain; the length beside it counts either. */
static void before_encoding(struct choices *c)
{
    uint8_t text[TEXT_MAX_BYTES];
    size_t n = plain_text(c->s, text);

    if (!n || c->s->layer == LAYER_IP)
        return;
    struct halves sum = plus(c->header, sum_of(text, n, c->s->header));
    int32_t longer = (int32_t)n - (int32_t)(c->s->length - c->s->header);
    add_bytes(c, RECIPE_BEFORE_ENCODING, sum, longer, 0);
    add_bytes(c, RECIPE_BEFORE_ENCODING, sum, 0, 0);
}

static void wrong_lengths(struct choices *c)
{
    uint8_t text[TEXT_MAX_BYTES];
    size_t n = plain_text(c->s, text), payload = c->s->length - c->s->header;

    if (!c->s->pseudo)
        return;
    if (payload)
        add_length(c, RECIPE_WRONG_LENGTH, payload);
    if (n)
        add_length(c, RECIPE_WRONG_LENGTH, c->s->header + n);
    add_length(c, RECIPE_WRONG_LENGTH, 0);
    add(c, RECIPE_WRONG_LENGTH, PART_PSEUDO, UINT32_MAX)->length = LENGTH_TURNED;
    add_length(c, RECIPE_WRONG_LENGTH, c->s->length + ADDRESSES);
    add_length(c, RECIPE_WRONG_LENGTH, c->s->length * 8); /* bits, and words */
    add_length(c, RECIPE_WRONG_LENGTH, c->s->length / 4);
}

static void wrong_protocols(struct choices *c)
{
    const struct summed *s = c->s;
    const uint8_t icmp = layer_protocol(s->v6 ? LAYER_ICMP6 : LAYER_ICMP),
                  protocols[] = {PROTO_TCP, PROTO_UDP, 0, PROTO_RAW, icmp, SOCK_RAW_ITSELF};

    for (size_t i = 0; i < sizeof(protocols); i++)
        if (protocols[i] != s->protocol)
            add_before(c, RECIPE_WRONG_PROTOCOL, plus(plus(s->source, s->destination), word(protocols[i])),
                       protocols[i]);
}

/* Zero byte and protocol: exchanged, or the zero byte left out, so that all behind it stands a byte too
 * early.
 */
static void pseudo_layouts(struct choices *c)
{
    const struct summed *s = c->s;
    struct halves turned = plus(plus(s->source, s->destination), (struct halves){s->protocol, 0});

    add_before(c, RECIPE_PSEUDO_LAYOUT, turned, 0);
    if (s->pseudo) {
        struct choice *odd = add(c, RECIPE_PSEUDO_LAYOUT, PART_PSEUDO, 1);
        odd->sum = turned;
        odd->odd = true;
    }
}

static void wrong_addresses(struct choices *c)
{
    const struct summed *s = c->s;
    struct halves protocol = word(s->protocol), source = plus(s->source, protocol);

    for (size_t i = 0; i < s->n_sources; i++)
        add_before(c, RECIPE_WRONG_ADDRESS, plus(plus(address(s->sources[i]), s->destination), protocol),
                   s->sources[i]);
    add_before(c, RECIPE_WRONG_ADDRESS, plus(source, s->source), WRONG_BOTH_SOURCE);
    add_before(c, RECIPE_WRONG_ADDRESS, plus(plus(s->destination, s->destination), protocol),
               WRONG_BOTH_DESTINATION);
    if (s->v6)
        return;
    struct halves both = plus(s->source, s->destination);
    add_before(c, RECIPE_WRONG_ADDRESS, plus((struct halves){both.low, both.high}, protocol),
               WRONG_HOST_ORDER);
}

static void sources(struct choices *c, enum recipe recipe)
{
    struct halves rest = plus(c->s->destination, word(c->s->protocol));

    if (recipe == RECIPE_SOURCE_ZERO) {
        add_before(c, recipe, rest, 0);
    } else if (!c->s->v6) {
        add_before(c, recipe, plus(rest, address(LOOPBACK_NAME)), LOOPBACK_NAME);
        add_before(c, recipe, plus(rest, address(LOOPBACK)), LOOPBACK);
    }
}

/* The IPv4 header stands where the pseudo-header belongs: with the checksum 0 that it has before it is sent,
 * and mostly without the length that the kernel will fill in; its own sum is made over the length more often.
 * With its own right sum it would count as nothing. */
static void ip_header(struct choices *c, enum recipe recipe)
{
    const uint8_t *ip = c->s->ip;

    if (!ip || !c->s->pseudo)
        return;
    const struct halves all = minus(sum_of(ip, c->s->ip_header, 0), word(load_be16(ip + 10)));
    for (int i = 0; i < 2; i++) {
        const bool length = (i == 0) == (recipe == RECIPE_OF_IP_HEADER);
        const struct halves sum = length ? all : minus(all, word(load_be16(ip + 2)));
        if (recipe == RECIPE_OF_IP_HEADER) {
            add(c, recipe, PART_VALUE, 0)->value = csum_finish((sum.high << 8) + sum.low);
            continue;
        }
        struct choice *choice = add(c, recipe, PART_PSEUDO, 0);
        choice->sum = sum;
        choice->length = LENGTH_GIVEN;
        choice->given = 0;
    }
}

/* A sum over a field that held anything may be anything. Told can be only what the field held after a first
 * try of the same program: the sum without the pseudo-header, without the payload or of the header alone, or
 * the right one, over which the second sum is 0. Where the bytes were swapped they were so both times. */
static void not_zeroed(struct choices *c)
{
    const struct summed *s = c->s;
    const struct choice *of[N_PARTS];
    struct choice header = c->right[PART_DATA], no_pseudo = {.length = LENGTH_GIVEN};
    uint16_t held[3];
    size_t n = 0;

    for (int i = 0; i < N_PARTS; i++)
        of[i] = &c->right[i];
    uint16_t right = choices_value(c, of);
    add_bytes(c, RECIPE_FIELD_NOT_ZEROED, plus(c->all, word(right)), 0, 1)->alone = true;
    struct choice swapped = c->right[PART_DATA];
    swapped.sum = plus(c->all, word(__builtin_bswap16(right)));
    of[PART_DATA] = &swapped;
    const uint16_t twice = __builtin_bswap16(choices_value(c, of));
    add(c, RECIPE_FIELD_NOT_ZEROED, PART_VALUE, 0)->value = twice;
    of[PART_DATA] = &c->right[PART_DATA];
    header.sum = c->header;
    if (s->pseudo) {
        of[PART_PSEUDO] = &no_pseudo;
        held[n++] = choices_value(c, of);
    }
    if (s->length > s->header) {
        of[PART_DATA] = &header;
        held[n++] = choices_value(c, of);
        of[PART_PSEUDO] = &c->right[PART_PSEUDO];
        held[n++] = choices_value(c, of);
    }
    for (size_t i = 0; i < n; i++)
        add_bytes(c, RECIPE_FIELD_NOT_ZEROED, plus(c->all, word(held[i])), 0, held[i] == right)->alone = true;
}

static void odd_byte(struct choices *c, enum recipe recipe)
{
    const struct summed *s = c->s;
    uint8_t last = s->bytes[s->length - 1];
    struct halves sum = minus(c->all, (struct halves){last, 0});

    if (s->length % 2 == 0 || s->length == s->header)
        return;
    sum.low += recipe == RECIPE_ODD_BYTE_WRONG_END ? last : 0;
    add_bytes(c, recipe, sum, 0, last);
}

/* range() that ends too early. Of an odd length that is the odd byte. */
static void bytes_left_out(struct choices *c)
{
    const struct summed *s = c->s;

    if (s->length % 2 || s->length < s->header + 2)
        return;
    for (uint32_t n = 2; n > 0; n--)
        add_bytes(c, RECIPE_BYTES_LEFT_OUT, minus(c->all, sum_of(s->bytes + s->length - n, n, n)), 0, n);
}

static void no_payload(struct choices *c)
{
    const struct summed *s = c->s;

    if (s->length == s->header)
        return;
    add_bytes(c, RECIPE_NO_PAYLOAD, c->header, 0, 0);
    if (s->pseudo) /* len(header) where the whole length belongs */
        add_bytes(c, RECIPE_NO_PAYLOAD, c->header, -(int32_t)(s->length - s->header), 0);
}

/* What was read still had its line end, which what was sent has not. */
static void newline_stripped(struct choices *c)
{
    const struct summed *s = c->s;
    uint8_t text[TEXT_MAX_BYTES];
    size_t n = plain_text(s, text);
    const struct halves newline = sum_of((const uint8_t *)"\n", 1, s->length);

    if (s->layer == LAYER_IP)
        return;
    add_bytes(c, RECIPE_NEWLINE_STRIPPED, plus(c->all, newline), 1, 0);
    add_bytes(c, RECIPE_NEWLINE_STRIPPED, plus(c->all, newline), 0, 0);
    if (!n || n == TEXT_MAX_BYTES)
        return;
    text[n++] = '\n'; /* and the text was not encoded yet */
    add_bytes(c, RECIPE_NEWLINE_STRIPPED, plus(c->header, sum_of(text, n, s->header)),
              (int32_t)n - (int32_t)(s->length - s->header), 0);
}

static void carries_lost(struct choices *c)
{
    add(c, RECIPE_CARRIES_LOST, PART_ADDING, 0)->adding = ADD_CARRIES_LOST;
    add(c, RECIPE_CARRIES_LOST, PART_ADDING, 0)->adding = ADD_FOLDED_ONCE;
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
    add(c, RECIPE_OFFLOADED, PART_VALUE, 0)->value = choices_value(c, of);
}

/* A whole pseudo-header where none belongs. */
static void with_pseudo_header(struct choices *c)
{
    const struct summed *s = c->s;

    if (s->pseudo)
        return;
    struct choice *choice = add(c, RECIPE_WITH_PSEUDO_HEADER, PART_PSEUDO, 0);
    choice->sum =
        plus(plus(s->source, s->destination), word(s->layer == LAYER_IP && s->ip ? s->ip[9] : s->protocol));
    choice->length = LENGTH_COUNTED;
}

static void with_payload(struct choices *c)
{
    const struct summed *s = c->s;

    if (s->layer == LAYER_IP && s->beyond)
        add_bytes(c, RECIPE_WITH_PAYLOAD, plus(c->all, sum_of(s->bytes + s->header, s->beyond, s->header)), 0,
                  0);
}

static void field_was(struct choices *c, size_t i, uint32_t was, bool asked)
{
    const struct summed_field *f = summed_field_at(c->s->layer, i);
    uint8_t bytes[4];

    store_be32(bytes, was);
    struct halves now = sum_of(c->s->bytes + f->at, f->size, f->at % 2u);
    struct halves then = sum_of(bytes + 4 - f->size, f->size, f->at % 2u);
    if (now.high != then.high || now.low != then.low)
        add_bytes(c, RECIPE_FIELDS_CHANGED, plus(minus(c->all, now), then), 0,
                  (uint32_t)i | (asked ? FIELD_WAS_ASKED : 0));
}

/* The header got its sum before a field its value: the order of statements, or a router that takes one off
 * the TTL and leaves the sum. The field held 0 then, or what is asked for. */
static void fields_changed(struct choices *c)
{
    const struct summed *s = c->s;
    const enum recipe changed = RECIPE_FIELDS_CHANGED;
    const struct summed_field *f;

    for (size_t i = 0; (f = summed_field_at(s->layer, i)); i++)
        if (f->at + f->size <= s->header)
            field_was(c, i, 0, false);
    for (size_t i = 0; i < s->n_asked; i++)
        field_was(c, s->asked[i].field, s->asked[i].value, true);
    if (s->layer != LAYER_IP)
        return;
    const struct halves no_length = minus(c->all, word(load_be16(s->bytes + 2)));
    add_bytes(c, changed, minus(no_length, word(load_be16(s->bytes + 4))), 0, FIELD_WAS_SEVERAL);
    if (s->text && s->text + s->header <= s->ip_length)
        add_bytes(c, changed, plus(no_length, word(s->ip_length - s->text)), 0, FIELD_WAS_SHORTER);
    if (s->bytes[8] < UINT8_MAX)
        add_bytes(c, changed, plus(c->all, (struct halves){1, 0}), 0, FIELD_WAS_SEVERAL);
}

static void one_sum(struct choices *c, enum recipe recipe)
{
    if (recipe == RECIPE_ZERO)
        add(c, recipe, PART_VALUE, 0)->value = 0;
    else if (recipe == RECIPE_NOT_COMPLEMENTED)
        add(c, recipe, PART_SIGN, 0)->sign = SIGN_PLAIN;
    else if (recipe == RECIPE_NEGATED)
        add(c, recipe, PART_SIGN, 0)->sign = SIGN_NEGATIVE;
    else if (recipe == RECIPE_LITTLE_ENDIAN)
        add(c, recipe, PART_ORDER, 0)->swapped = true;
    else if (recipe == RECIPE_SINGLE_BYTES)
        add(c, recipe, PART_ADDING, 0)->adding = ADD_SINGLE_BYTES;
    else if (recipe == RECIPE_NO_PSEUDO_HEADER && c->s->pseudo)
        *add(c, recipe, PART_PSEUDO, 0) =
            (struct choice){.part = PART_PSEUDO, .recipe = recipe, .length = LENGTH_GIVEN};
    else if (recipe == RECIPE_HEADER_LENGTH_ONLY)
        add_length(c, recipe, c->s->header);
    else if (recipe == RECIPE_IP_LENGTH && !c->s->v6)
        add_length(c, recipe, c->s->ip_length);
}

static void add_forms(struct choices *c, enum recipe recipe)
{
    static void (*const rows[N_RECIPES])(struct choices *) = {
        [RECIPE_NO_PAYLOAD] = no_payload,
        [RECIPE_CARRIES_LOST] = carries_lost,
        [RECIPE_BEFORE_ENCODING] = before_encoding,
        [RECIPE_FIELDS_CHANGED] = fields_changed,
        [RECIPE_FIELD_NOT_ZEROED] = not_zeroed,
        [RECIPE_NEWLINE_STRIPPED] = newline_stripped,
        [RECIPE_WRONG_LENGTH] = wrong_lengths,
        [RECIPE_PSEUDO_LAYOUT] = pseudo_layouts,
        [RECIPE_WRONG_ADDRESS] = wrong_addresses,
        [RECIPE_WRONG_PROTOCOL] = wrong_protocols,
        [RECIPE_BYTES_LEFT_OUT] = bytes_left_out,
        [RECIPE_OFFLOADED] = offloaded,
        [RECIPE_WITH_PSEUDO_HEADER] = with_pseudo_header,
        [RECIPE_WITH_PAYLOAD] = with_payload,
    };

    if (rows[recipe])
        rows[recipe](c);
    else if (recipe == RECIPE_ODD_BYTE_DROPPED || recipe == RECIPE_ODD_BYTE_WRONG_END)
        odd_byte(c, recipe);
    else if (recipe == RECIPE_SOURCE_ZERO || recipe == RECIPE_SOURCE_LOOPBACK)
        sources(c, recipe);
    else if (recipe == RECIPE_OF_IP_HEADER || recipe == RECIPE_IP_HEADER_SUMMED)
        ip_header(c, recipe);
    else
        one_sum(c, recipe);
}

void choices_add(struct choices *c, enum recipe recipe)
{
    /* how many forms of a recipe are common where not all of them are */
    static const uint8_t common[N_RECIPES] = {
        [RECIPE_FIELDS_CHANGED] = 6,   [RECIPE_NEWLINE_STRIPPED] = 1, [RECIPE_WRONG_LENGTH] = 4,
        [RECIPE_WRONG_ADDRESS] = 1,    [RECIPE_FIELD_NOT_ZEROED] = 3, [RECIPE_BYTES_LEFT_OUT] = 1,
        [RECIPE_IP_HEADER_SUMMED] = 1, [RECIPE_OF_IP_HEADER] = 1,     [RECIPE_WRONG_PROTOCOL] = 4,
    };
    /* where another source is asked for, it is the first that stands there */
    const size_t asked = recipe == RECIPE_WRONG_ADDRESS ? c->s->n_sources : 0, before = c->n;

    add_forms(c, recipe);
    for (size_t i = before + asked + common[recipe]; c->s->pseudo && common[recipe] && i < c->n; i++)
        c->list[i].seldom = true;
}

static uint16_t folded(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)sum;
}

static uint16_t added(struct halves h, enum adding adding)
{
    uint64_t sum = (h.high << 8) + h.low;

    switch (adding) {
    case ADD_CARRIES_LOST:
        return (uint16_t)sum;
    case ADD_FOLDED_ONCE:
        return (uint16_t)((sum >> 16) + (sum & 0xFFFF));
    case ADD_SINGLE_BYTES:
        return folded(h.high + h.low);
    case ADD_FOLDED:
        break;
    }
    return folded(sum);
}

uint16_t choices_value(const struct choices *c, const struct choice *const of[N_PARTS])
{
    const struct choice *pseudo = of[PART_PSEUDO], *data = of[PART_DATA];
    struct halves bytes = data->sum;
    size_t length = pseudo->length == LENGTH_GIVEN ? pseudo->given : c->s->length + (size_t)data->longer;

    if (of[PART_VALUE]->recipe != N_RECIPES)
        return of[PART_VALUE]->value;
    if (pseudo->length == LENGTH_TURNED)
        length = __builtin_bswap16((uint16_t)length);
    bytes = plus(bytes, (struct halves){length >> 8, length & 0xFF});
    if (pseudo->odd)
        bytes = (struct halves){bytes.low, bytes.high};
    uint16_t value = added(plus(pseudo->sum, bytes), of[PART_ADDING]->adding);
    if (of[PART_SIGN]->sign == SIGN_COMPLEMENT)
        value = (uint16_t)~value;
    else if (of[PART_SIGN]->sign == SIGN_NEGATIVE)
        value = (uint16_t)-value;
    return of[PART_ORDER]->swapped ? __builtin_bswap16(value) : value;
}
