/* What students' programs do instead of RFC 1071's sum: one choice that is wrong, or two of different parts.
 */
#include "explain/recipe.h"

#include <string.h>

#include "explain/choice.h"

static const struct {
    const char *word, *text;
} RECIPES[N_RECIPES] = {
    [RECIPE_ZERO] = {"zero", "zero"},
    [RECIPE_NO_PSEUDO_HEADER] = {"no_pseudo_header", "summed without the pseudo-header"},
    [RECIPE_NOT_COMPLEMENTED] = {"not_complemented", "not complemented"},
    [RECIPE_LITTLE_ENDIAN] = {"little_endian", "its bytes swapped"},
    [RECIPE_NO_PAYLOAD] = {"no_payload", "summed without the payload"},
    [RECIPE_CARRIES_LOST] = {"carries_lost", "carries dropped"},
    [RECIPE_BEFORE_ENCODING] = {"before_encoding", "summed over the payload before it was encoded"},
    [RECIPE_HEADER_LENGTH_ONLY] = {"header_length_only", "the header's length in the pseudo-header"},
    [RECIPE_IP_LENGTH] = {"ip_length", "the whole packet's length in the pseudo-header"},
    [RECIPE_FIELDS_CHANGED] = {"fields_changed", "made before the header was complete"},
    [RECIPE_ODD_BYTE_DROPPED] = {"odd_byte_dropped", "summed without the odd last byte"},
    [RECIPE_ODD_BYTE_WRONG_END] = {"odd_byte_wrong_end", "the odd last byte as the low half of its word"},
    [RECIPE_NEWLINE_STRIPPED] = {"newline_stripped", "summed while a newline ended the payload"},
    [RECIPE_WRONG_LENGTH] = {"wrong_length", "another length in the pseudo-header"},
    [RECIPE_SOURCE_ZERO] = {"source_zero", "source 0.0.0.0 in the pseudo-header"},
    [RECIPE_SOURCE_LOOPBACK] = {"source_loopback", "source 127.0.1.1 in the pseudo-header"},
    [RECIPE_PSEUDO_LAYOUT] = {"pseudo_layout", "zero byte and protocol of the pseudo-header exchanged"},
    [RECIPE_WRONG_ADDRESS] = {"wrong_address", "another address in the pseudo-header"},
    [RECIPE_WRONG_PROTOCOL] = {"wrong_protocol", "another protocol in the pseudo-header"},
    [RECIPE_FIELD_NOT_ZEROED] = {"field_not_zeroed", "summed over a checksum field that was not 0"},
    [RECIPE_NEGATED] = {"negated", "the negative sum in place of the complement"},
    [RECIPE_BYTES_LEFT_OUT] = {"bytes_left_out", "summed without the last bytes"},
    [RECIPE_SINGLE_BYTES] = {"single_bytes", "single bytes summed"},
    [RECIPE_IP_HEADER_SUMMED] = {"ip_header_summed", "summed with the IPv4 header for a pseudo-header"},
    [RECIPE_OF_IP_HEADER] = {"of_ip_header", "the IPv4 header's own checksum"},
    [RECIPE_OFFLOADED] = {"offloaded", "left to the network card"},
    [RECIPE_WITH_PSEUDO_HEADER] = {"with_pseudo_header", "summed with a pseudo-header"},
    [RECIPE_WITH_PAYLOAD] = {"with_payload", "summed with the payload"},
    [RECIPE_BIG_ENDIAN] = {"big_endian", "the CRC with its most significant byte first"},
    [RECIPE_CRC32] = {"crc32", "zlib's CRC32 in place of CRC32c"},
    [RECIPE_INTERNET_SUM] = {"internet_sum", "the Internet checksum in place of CRC32c"},
    [RECIPE_ADLER32] = {"adler32", "Adler-32 in place of CRC32c"},
    [RECIPE_NO_PADDING] = {"no_padding", "made without the padding of the last chunk"},
    [RECIPE_CHUNK_ALONE] = {"chunk_alone", "made over the chunks without the common header"},
    [RECIPE_FIELD_LEFT_OUT] = {"field_left_out", "made without the four bytes of the checksum"},
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

/* What one choice, or two, give; the rest is right. */
static uint16_t value_of(const struct choices *c, const struct choice *a, const struct choice *b)
{
    const struct choice *of[N_PARTS];

    for (int i = 0; i < N_PARTS; i++)
        of[i] = &c->right[i];
    of[a->part] = a;
    if (b)
        of[b->part] = b;
    return choices_value(c, of);
}

/* A program that knows RFC 768 sends 0xFFFF for 0, one that does not sends 0. */
static bool sent_as_ones(const struct summed *s, uint16_t value, const struct choice *a)
{
    return s->layer == LAYER_UDP && value == 0 && a->part != PART_VALUE;
}

static size_t put_sum(struct wrong_sum *out, size_t n, uint16_t value, uint32_t instead)
{
    for (size_t i = 0; i < n; i++)
        if (out[i].value == value)
            return n;
    if (n < WRONG_SUMS_MAX)
        out[n++] = (struct wrong_sum){value, instead};
    return n;
}

size_t recipe_sums(enum recipe recipe, const struct summed *s, struct wrong_sum out[WRONG_SUMS_MAX])
{
    const uint16_t right = summed_right(s);
    struct choices c;
    size_t n = 0;

    choices_begin(&c, s);
    choices_add(&c, recipe);
    for (size_t i = 0; i < c.n; i++) {
        uint16_t value = value_of(&c, &c.list[i], NULL);
        if (sent_as_ones(s, value, &c.list[i]) && right != UINT16_MAX)
            n = put_sum(out, n, UINT16_MAX, c.list[i].instead);
        if (value != right)
            n = put_sum(out, n, value, c.list[i].instead);
    }
    return n;
}

struct recipe_search {
    const struct choices *c;
    uint16_t got, right;
    uint8_t reached[(UINT16_MAX + 1) / 8]; /* a bit for each value */
    unsigned tried;
    struct recipe_match *out;
    size_t n;
};

static void reach(struct recipe_search *s, uint16_t value, const struct choice *a, const struct choice *b)
{
    enum recipe with = b ? b->recipe : N_RECIPES;

    if (value == s->right)
        return;
    s->tried += !(s->reached[value / 8] >> value % 8 & 1);
    s->reached[value / 8] = (uint8_t)(s->reached[value / 8] | 1 << value % 8);
    if (value != s->got || s->n == MATCHES_MAX)
        return;
    for (size_t i = 0; i < s->n; i++)
        if (s->out[i].recipe == a->recipe && s->out[i].with == with)
            return;
    s->out[s->n++] = (struct recipe_match){a->recipe, with, a->instead, b ? b->instead : 0, s->tried};
}

static void try_choices(struct recipe_search *s, const struct choice *a, const struct choice *b)
{
    uint16_t value = value_of(s->c, a, b);

    if (sent_as_ones(s->c->s, value, a))
        reach(s, UINT16_MAX, a, b);
    reach(s, value, a, b);
}

/* Of parts that differ, and where the one leaves something of the other: without a pseudo-header no length in
 * it is wrong. The list is in the order of how often people make them, so that the pairs of the commonest
 * come first. */
static void try_pairs(struct recipe_search *s, unsigned most)
{
    const struct choice *list = s->c->list;

    for (size_t sum = 1; sum + 2 < 2 * s->c->n; sum++)
        for (size_t i = sum < s->c->n ? 0 : sum - s->c->n + 1; 2 * i < sum; i++) {
            const struct choice *a = &list[i], *b = &list[sum - i];
            if (s->tried >= most)
                return;
            if (a->part != b->part && a->part != PART_VALUE && b->part != PART_VALUE && !a->alone &&
                !b->alone)
                try_choices(s, a, b);
        }
}

static void try_alone(struct recipe_search *s, bool seldom)
{
    for (size_t i = 0; i < s->c->n; i++)
        if (s->c->list[i].seldom == seldom)
            try_choices(s, &s->c->list[i], NULL);
}

size_t recipe_matches(const struct summed *s, uint16_t got, struct recipe_match out[MATCHES_MAX])
{
    struct choices c;
    struct recipe_search search = {.c = &c, .got = got, .right = summed_right(s), .out = out};

    choices_begin(&c, s);
    for (int i = 0; i < N_RECIPES; i++)
        choices_add(&c, (enum recipe)i);
    try_alone(&search, false);
    if (search.n == 0)
        try_pairs(&search, LIKELY_MAX);
    search.tried = search.tried < LIKELY_MAX ? LIKELY_MAX : search.tried;
    try_alone(&search, true);
    if (search.n == 0)
        try_pairs(&search, TRIED_MAX);
    return search.n;
}
