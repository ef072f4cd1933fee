/* A recipe is what a student's program computes, not a pattern of bits: where two give the same value on one
 * packet, both did. All of them are made from a few partial sums, whatever the packet's length. */
#include "explain/choice_private.h"

/* The same bytes, otherwise added, or the sum otherwise sent. */
static void add_result(struct choices *c, enum recipe recipe)
{
    if (recipe == RECIPE_ZERO)
        choices_put(c, recipe, PART_VALUE, 0)->value = 0;
    else if (recipe == RECIPE_NOT_COMPLEMENTED)
        choices_put(c, recipe, PART_SIGN, 0)->sign = SIGN_PLAIN;
    else if (recipe == RECIPE_NEGATED)
        choices_put(c, recipe, PART_SIGN, 0)->sign = SIGN_NEGATIVE;
    else if (recipe == RECIPE_LITTLE_ENDIAN)
        choices_put(c, recipe, PART_ORDER, 0)->swapped = true;
    else if (recipe == RECIPE_SINGLE_BYTES)
        choices_put(c, recipe, PART_ADDING, 0)->adding = ADD_SINGLE_BYTES;
    else if (recipe == RECIPE_CARRIES_LOST) {
        choices_put(c, recipe, PART_ADDING, 0)->adding = ADD_CARRIES_LOST;
        choices_put(c, recipe, PART_ADDING, 0)->adding = ADD_FOLDED_ONCE;
    }
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

    if (!choice_pseudo_add(c, recipe) && !choice_bytes_add(c, recipe))
        add_result(c, recipe);
    for (size_t i = before + asked + common[recipe]; c->s->pseudo && common[recipe] && i < c->n; i++)
        c->list[i].seldom = true;
}
