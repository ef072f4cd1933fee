#include "explain/choice.h"

#include "base/cursor.h"
#include "explain/choice_private.h"

struct choice *choices_put(struct choices *c, enum recipe recipe, enum choice_part part, uint32_t instead)
{
    struct choice *choice = &c->list[c->n < CHOICES_MAX ? c->n++ : CHOICES_MAX - 1];

    *choice = c->right[part];
    choice->recipe = recipe;
    choice->instead = instead;
    return choice;
}

void choices_begin(struct choices *c, const struct summed *s)
{
    struct halves field = halves_word(load_be16(s->bytes + s->at));

    *c = (struct choices){.s = s};
    for (int i = 0; i < N_PARTS; i++)
        c->right[i] = (struct choice){.part = (enum choice_part)i, .recipe = N_RECIPES};
    c->header = halves_minus(halves_of(s->bytes, s->header, 0), field);
    c->all = halves_plus(c->header, halves_of(s->bytes + s->header, s->length - s->header, s->header));
    c->right[PART_DATA].sum = c->all;
    c->right[PART_PSEUDO].length = s->pseudo ? LENGTH_COUNTED : LENGTH_GIVEN;
    if (s->pseudo)
        c->right[PART_PSEUDO].sum =
            halves_plus(halves_plus(s->source, s->destination), halves_word(s->protocol));
}

static uint16_t folded(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)sum;
}

static uint16_t added(struct halves h, enum adding adding)
{
    uint64_t sum = halves_words(h);

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
    bytes = halves_plus(bytes, (struct halves){length >> 8, length & 0xFF});
    if (pseudo->odd)
        bytes = (struct halves){bytes.low, bytes.high};
    uint16_t value = added(halves_plus(pseudo->sum, bytes), of[PART_ADDING]->adding);
    if (of[PART_SIGN]->sign == SIGN_COMPLEMENT)
        value = (uint16_t)~value;
    else if (of[PART_SIGN]->sign == SIGN_NEGATIVE)
        value = (uint16_t)-value;
    return of[PART_ORDER]->swapped ? __builtin_bswap16(value) : value;
}
