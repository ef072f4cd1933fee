/* What students' programs do instead of RFC 1071's sum. A recipe is what such a program computes, not a
 * pattern of bits: where two give the same value on one packet, both did. */
#include "explain/recipe.h"

#include <string.h>

#include "base/cursor.h"
#include "pkt/csum.h"

enum { PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMP = 1 };

static const struct {
    const char *word, *text;
} RECIPES[N_RECIPES] = {
    [RECIPE_ZERO] = {"zero", "zero"},
    [RECIPE_NO_PSEUDO_HEADER] = {"no_pseudo_header", "summed without the pseudo-header"},
    [RECIPE_NOT_COMPLEMENTED] = {"not_complemented", "not complemented"},
    [RECIPE_LITTLE_ENDIAN] = {"little_endian", "its bytes swapped"},
    [RECIPE_NO_PAYLOAD] = {"no_payload", "summed without the payload"},
    [RECIPE_HEADER_LENGTH_ONLY] = {"header_length_only", "the header's length in the pseudo-header"},
    [RECIPE_IP_LENGTH] = {"ip_length", "the whole packet's length in the pseudo-header"},
    [RECIPE_WRONG_PROTOCOL] = {"wrong_protocol", "another protocol in the pseudo-header"},
    [RECIPE_ODD_BYTE_DROPPED] = {"odd_byte_dropped", "summed without the odd last byte"},
    [RECIPE_ODD_BYTE_WRONG_END] = {"odd_byte_wrong_end", "the odd last byte as the low half of its word"},
    [RECIPE_CARRIES_LOST] = {"carries_lost", "carries dropped"},
    [RECIPE_FIELD_NOT_ZEROED] = {"field_not_zeroed", "summed over a checksum field that was not 0"},
    [RECIPE_SOURCE_ZERO] = {"source_zero", "source 0.0.0.0 in the pseudo-header"},
    [RECIPE_SOURCE_LOOPBACK] = {"source_loopback", "source 127.0.1.1 in the pseudo-header"},
    [RECIPE_OFFLOADED] = {"offloaded", "left to the network card"},
    [RECIPE_WITH_PSEUDO_HEADER] = {"with_pseudo_header", "summed with a pseudo-header"},
    [RECIPE_FIELDS_CHANGED] = {"fields_changed", "made before the header was complete"},
};

const char *recipe_word(enum recipe recipe)
{
    return RECIPES[recipe].word;
}

const char *recipe_text(enum recipe recipe)
{
    return RECIPES[recipe].text;
}

bool recipe_find(const char *word, enum recipe *out)
{
    for (int i = 0; i < N_RECIPES; i++)
        if (strcmp(RECIPES[i].word, word) == 0) {
            *out = (enum recipe)i;
            return true;
        }
    return false;
}

struct sum_list {
    const struct summed *s;
    uint16_t right;
    struct wrong_sum *out;
    size_t n;
};

static void add(struct sum_list *w, uint16_t value, uint32_t instead)
{
    if (value == w->right || w->n == WRONG_SUMS_MAX)
        return;
    for (size_t i = 0; i < w->n; i++)
        if (w->out[i].value == value)
            return;
    w->out[w->n++] = (struct wrong_sum){value, instead};
}

/* A program that knows RFC 768 sends 0xFFFF for 0, one that does not sends 0. */
static void add_sum(struct sum_list *w, uint64_t sum, uint32_t instead)
{
    uint16_t value = csum_finish(sum);

    if (w->s->layer == LAYER_UDP && value == 0)
        add(w, 0xFFFF, instead);
    add(w, value, instead);
}

/* What the pseudo-header holds is wrong. */
static void pseudo_recipe(enum recipe recipe, struct sum_list *w)
{
    static const uint8_t protocols[] = {PROTO_TCP, PROTO_UDP, 0, 255 /* IPPROTO_RAW */, PROTO_ICMP};
    static const uint32_t loopback[] = {0x7F000101, 0x7F000001};
    const struct summed *s = w->s;
    struct summed_parts p = summed_parts_of(s);

    if (recipe == RECIPE_NO_PSEUDO_HEADER) {
        add_sum(w, p.bytes, 0);
    } else if (recipe == RECIPE_HEADER_LENGTH_ONLY) {
        p.pseudo_length = s->header;
        add_sum(w, summed_total(&p), (uint32_t)s->header);
    } else if (recipe == RECIPE_IP_LENGTH && !s->v6) {
        p.pseudo_length = s->ip_length;
        add_sum(w, summed_total(&p), s->ip_length);
    } else if (recipe == RECIPE_SOURCE_ZERO) {
        p.source = 0;
        add_sum(w, summed_total(&p), 0);
    } else if (recipe == RECIPE_OFFLOADED) {
        p.bytes = 0;
        add(w, (uint16_t)~csum_finish(summed_total(&p)), 0);
    }
    for (size_t i = 0; recipe == RECIPE_WRONG_PROTOCOL && i < sizeof(protocols); i++) {
        p.protocol = protocols[i];
        add_sum(w, summed_total(&p), protocols[i]);
    }
    for (size_t i = 0; recipe == RECIPE_SOURCE_LOOPBACK && !s->v6 && i < 2; i++) {
        p.source = (loopback[i] >> 16) + (loopback[i] & 0xFFFF);
        add_sum(w, summed_total(&p), loopback[i]);
    }
}

/* A sum over a field that held anything may be anything. Told can be only what the field held after a first
 * try of the same program: the sum without the pseudo-header, without the payload or of the header alone, or
 * the right one, in either byte order. Over the right one the second sum is 0. */
static void not_zeroed(struct sum_list *w)
{
    const struct summed *s = w->s;
    struct summed_parts p = summed_parts_of(s);
    uint64_t sum = summed_total(&p), pseudo = sum - p.bytes;

    if (s->pseudo)
        add_sum(w, sum + csum_finish(p.bytes), 0);
    if (s->length > s->header) {
        add_sum(w, sum + csum_finish(pseudo + summed_bytes(s, s->header)), 0);
        add_sum(w, sum + csum_finish(summed_bytes(s, s->header)), 0);
    }
    add_sum(w, sum + __builtin_bswap16(w->right), 0);
    add_sum(w, sum + w->right, 0);
}

static void odd_byte(enum recipe recipe, struct sum_list *w)
{
    const struct summed *s = w->s;
    struct summed_parts p = summed_parts_of(s);
    uint8_t last = s->bytes[s->length - 1];

    if (s->length % 2 == 0 || s->length == s->header)
        return;
    p.bytes -= (uint64_t)last << 8;
    p.bytes += recipe == RECIPE_ODD_BYTE_WRONG_END ? last : 0;
    add_sum(w, summed_total(&p), last);
}

static void no_payload(struct sum_list *w)
{
    const struct summed *s = w->s;
    struct summed_parts p = summed_parts_of(s);

    if (s->length == s->header)
        return;
    p.bytes = summed_bytes(s, s->header);
    add_sum(w, summed_total(&p), 0);
    if (s->pseudo) { /* len(header) where the whole length belongs */
        p.pseudo_length = s->header;
        add_sum(w, summed_total(&p), 0);
    }
}

/* The IPv4 header got its sum before its length, identification, source or TTL: the order of statements, or a
 * router that takes one off the TTL and leaves the sum. */
static void fields_changed(struct sum_list *w)
{
    const uint8_t *ip = w->s->bytes;
    uint64_t sum = summed_bytes(w->s, w->s->length);
    uint64_t length = load_be16(ip + 2), id = load_be16(ip + 4);

    add_sum(w, sum - length, 0);
    add_sum(w, sum - id, 0);
    add_sum(w, sum - length - id, 0);
    add_sum(w, sum - w->s->source, 0);
    if (ip[8] < 255)
        add_sum(w, sum + 0x100, 0);
}

size_t recipe_sums(enum recipe recipe, const struct summed *s, struct wrong_sum out[WRONG_SUMS_MAX])
{
    struct sum_list w = {.s = s, .right = summed_right(s), .out = out};
    struct summed_parts p = summed_parts_of(s);
    uint64_t sum = summed_total(&p);

    switch (recipe) {
    case RECIPE_ZERO:
        add(&w, 0, 0);
        break;
    case RECIPE_NOT_COMPLEMENTED:
        add(&w, (uint16_t)~csum_finish(sum), 0);
        break;
    case RECIPE_LITTLE_ENDIAN:
        add(&w, __builtin_bswap16(w.right), 0);
        break;
    case RECIPE_CARRIES_LOST: /* all of them, or those of the carries */
        add(&w, (uint16_t)~sum, 0);
        add(&w, (uint16_t) ~((sum >> 16) + (sum & 0xFFFF)), 0);
        break;
    case RECIPE_NO_PAYLOAD:
        no_payload(&w);
        break;
    case RECIPE_ODD_BYTE_DROPPED:
    case RECIPE_ODD_BYTE_WRONG_END:
        odd_byte(recipe, &w);
        break;
    case RECIPE_FIELD_NOT_ZEROED:
        not_zeroed(&w);
        break;
    case RECIPE_WITH_PSEUDO_HEADER:
        if (s->layer == LAYER_ICMP)
            add_sum(&w, sum + s->source + s->destination + PROTO_ICMP + s->length, 0);
        break;
    case RECIPE_FIELDS_CHANGED:
        if (s->layer == LAYER_IP)
            fields_changed(&w);
        break;
    default:
        if (s->pseudo)
            pseudo_recipe(recipe, &w);
    }
    return w.n;
}
