/* Which bytes of header and payload are summed (PART_DATA). */
#include "base/cursor.h"
#include "explain/choice_private.h"

static struct choice *put_bytes(struct choices *c, enum recipe recipe, struct halves sum, int32_t longer,
                                uint32_t instead)
{
    struct choice *choice = choices_put(c, recipe, PART_DATA, instead);

    choice->sum = sum;
    choice->longer = longer;
    return choice;
}

/* The sum is made while the payload is still plain; the length beside it counts either. */
static void before_encoding(struct choices *c)
{
    uint8_t text[SUMMED_TEXT_MAX];
    size_t n = summed_plain(c->s, text);

    if (!n || c->s->layer == LAYER_IP)
        return;
    struct halves sum = halves_plus(c->header, halves_of(text, n, c->s->header));
    int32_t longer = (int32_t)n - (int32_t)(c->s->length - c->s->header);
    put_bytes(c, RECIPE_BEFORE_ENCODING, sum, longer, 0);
    put_bytes(c, RECIPE_BEFORE_ENCODING, sum, 0, 0);
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
    put_bytes(c, RECIPE_FIELD_NOT_ZEROED, halves_plus(c->all, halves_word(right)), 0, 1)->alone = true;
    struct choice swapped = c->right[PART_DATA];
    swapped.sum = halves_plus(c->all, halves_word(__builtin_bswap16(right)));
    of[PART_DATA] = &swapped;
    const uint16_t twice = __builtin_bswap16(choices_value(c, of));
    choices_put(c, RECIPE_FIELD_NOT_ZEROED, PART_VALUE, 0)->value = twice;
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
        put_bytes(c, RECIPE_FIELD_NOT_ZEROED, halves_plus(c->all, halves_word(held[i])), 0, held[i] == right)
            ->alone = true;
}

static void odd_byte(struct choices *c, enum recipe recipe, bool summed_as_low)
{
    const struct summed *s = c->s;
    const uint8_t last = s->bytes[s->length - 1];
    struct halves sum = halves_minus(c->all, (struct halves){last, 0});

    if (s->length % 2 == 0 || s->length == s->header)
        return;
    sum.low += summed_as_low ? last : 0;
    put_bytes(c, recipe, sum, 0, last);
}

static void odd_byte_dropped(struct choices *c)
{
    odd_byte(c, RECIPE_ODD_BYTE_DROPPED, false);
}

static void odd_byte_wrong_end(struct choices *c)
{
    odd_byte(c, RECIPE_ODD_BYTE_WRONG_END, true);
}

/* range() that ends too early. Of an odd length that is the odd byte. */
static void bytes_left_out(struct choices *c)
{
    const struct summed *s = c->s;

    if (s->length % 2 || s->length < s->header + 2)
        return;
    for (uint32_t n = 2; n > 0; n--)
        put_bytes(c, RECIPE_BYTES_LEFT_OUT, halves_minus(c->all, halves_of(s->bytes + s->length - n, n, n)),
                  0, n);
}

static void no_payload(struct choices *c)
{
    const struct summed *s = c->s;

    if (s->length == s->header)
        return;
    put_bytes(c, RECIPE_NO_PAYLOAD, c->header, 0, 0);
    if (s->pseudo) /* len(header) where the whole length belongs */
        put_bytes(c, RECIPE_NO_PAYLOAD, c->header, -(int32_t)(s->length - s->header), 0);
}

/* What was read still had its line end, which what was sent has not. */
static void newline_stripped(struct choices *c)
{
    const struct summed *s = c->s;
    uint8_t text[SUMMED_TEXT_MAX];
    size_t n = summed_plain(s, text);
    const struct halves newline = halves_of((const uint8_t *)"\n", 1, s->length);

    if (s->layer == LAYER_IP)
        return;
    put_bytes(c, RECIPE_NEWLINE_STRIPPED, halves_plus(c->all, newline), 1, 0);
    put_bytes(c, RECIPE_NEWLINE_STRIPPED, halves_plus(c->all, newline), 0, 0);
    if (!n || n == SUMMED_TEXT_MAX)
        return;
    text[n++] = '\n'; /* and the text was not encoded yet */
    put_bytes(c, RECIPE_NEWLINE_STRIPPED, halves_plus(c->header, halves_of(text, n, s->header)),
              (int32_t)n - (int32_t)(s->length - s->header), 0);
}

static void with_payload(struct choices *c)
{
    const struct summed *s = c->s;

    if (s->layer == LAYER_IP && s->beyond)
        put_bytes(c, RECIPE_WITH_PAYLOAD,
                  halves_plus(c->all, halves_of(s->bytes + s->header, s->beyond, s->header)), 0, 0);
}

static void field_was(struct choices *c, size_t i, uint32_t was, bool asked)
{
    const struct summed_field *f = summed_field_at(c->s->layer, i);
    uint8_t bytes[4];

    store_be32(bytes, was);
    struct halves now = halves_of(c->s->bytes + f->at, f->size, f->at % 2u);
    struct halves then = halves_of(bytes + 4 - f->size, f->size, f->at % 2u);
    if (now.high != then.high || now.low != then.low)
        put_bytes(c, RECIPE_FIELDS_CHANGED, halves_plus(halves_minus(c->all, now), then), 0,
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
    const struct halves no_length = halves_minus(c->all, halves_word(load_be16(s->bytes + 2)));
    put_bytes(c, changed, halves_minus(no_length, halves_word(load_be16(s->bytes + 4))), 0,
              FIELD_WAS_SEVERAL);
    if (s->text && s->text + s->header <= s->ip_length)
        put_bytes(c, changed, halves_plus(no_length, halves_word(s->ip_length - s->text)), 0,
                  FIELD_WAS_SHORTER);
    if (s->bytes[8] < UINT8_MAX)
        put_bytes(c, changed, halves_plus(c->all, (struct halves){1, 0}), 0, FIELD_WAS_SEVERAL);
}

bool choice_bytes_add(struct choices *c, enum recipe recipe)
{
    static void (*const rows[N_RECIPES])(struct choices *) = {
        [RECIPE_NO_PAYLOAD] = no_payload,
        [RECIPE_BEFORE_ENCODING] = before_encoding,
        [RECIPE_FIELDS_CHANGED] = fields_changed,
        [RECIPE_FIELD_NOT_ZEROED] = not_zeroed,
        [RECIPE_NEWLINE_STRIPPED] = newline_stripped,
        [RECIPE_BYTES_LEFT_OUT] = bytes_left_out,
        [RECIPE_ODD_BYTE_DROPPED] = odd_byte_dropped,
        [RECIPE_ODD_BYTE_WRONG_END] = odd_byte_wrong_end,
        [RECIPE_WITH_PAYLOAD] = with_payload,
    };

    if (rows[recipe])
        rows[recipe](c);
    return rows[recipe];
}
