/* Mistakes at the course's own challenges: each has a diagnosis, and each refuse row the one it names. */
#include "unit.h"

#include "diagnosed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forge/exchange.h"
#include "forge/mistakes.h"

struct walk {
    const struct rules *rules;
    size_t n, vague, right;
};

static bool see(void *context, const struct clause_spec *clause, const struct change *change, const char *how)
{
    struct walk *walk = context;
    struct exchange e;
    char codes[CODES_SIZE];

    CU_ASSERT_PTR_NULL_FATAL(exchange_build(walk->rules, "smith", SRC, DST, change, &e));
    codes_of(walk->rules, e.bytes, e.length, clause->field.text, codes);
    if (getenv("WIREGRADE_SHOW"))
        printf("== %s %s: %s\n", clause->field.text, how, codes);
    walk->n++;
    /* small numbers that are written as they are: a shift of 2 is any other number; and nobody shifts an
     * address */
    bool number = !rules_below_ip(walk->rules) && change->field->bits &&
                  change->field->kind != FIELD_CHECKSUM_STATUS && change->field->kind != FIELD_ADDRESS;
    bool vague = strcmp(codes, "WRONG_VALUE") == 0, right = strcmp(codes, "-") == 0;
    if (number && (vague || right)) {
        walk->vague += vague;
        walk->right += right;
        printf("%s %s: got only %s\n", clause->field.text, how, codes);
    }
    return true;
}

static void every_mistake_of_the_course_has_a_diagnosis(void)
{
    struct shop shop;
    size_t n = 0;

    shop_open(&shop);
    for (size_t i = 0; i < rulebook_count(shop.book); i++) {
        struct walk walk = {.rules = rulebook_at(shop.book, i)};
        if (rules_kind(walk.rules) != TARGET_PACKET)
            continue;
        mistakes_each(walk.rules, "smith", see, &walk);
        n += walk.n;
        CU_ASSERT_EQUAL(walk.vague, 0);
        /* some drawn number is right for a handle that is one slip away: then the text is the wrong one */
        CU_ASSERT_TRUE(walk.right <= 1);
    }
    CU_ASSERT_TRUE(n > 100);
    shop_close(&shop);
}

static void refuse_rows_are_refused_for_their_reason(void)
{
    struct shop shop;
    size_t n = 0;

    shop_open(&shop);
    for (size_t i = 0; i < rulebook_count(shop.book); i++) {
        const struct rules *rules = rulebook_at(shop.book, i);
        const struct target_spec *target = &rules_challenge(rules)->target;
        for (size_t k = 0; target->kind == TARGET_PACKET && k < target->n_refuse; k++) {
            const struct refuse_spec *row = &target->refuse[k];
            struct exchange e, right;
            struct change change;
            char codes[CODES_SIZE];
            /* what a later step asks for is known in a try alone: verify proves those */
            if (row->step.text && strcmp(row->step.text, "1") != 0)
                continue;
            CU_ASSERT_PTR_NULL_FATAL(change_of_refuse(rules, "smith", row, &change));
            CU_ASSERT_PTR_NULL_FATAL(exchange_build(rules, "smith", SRC, DST, &change, &e));
            CU_ASSERT_PTR_NULL_FATAL(exchange_build(rules, "smith", SRC, DST, NULL, &right));
            if (e.length == right.length && memcmp(e.bytes, right.bytes, e.length) == 0)
                continue; /* a sum that reads the same both ways */
            codes_of(rules, e.bytes, e.length, row->field.text, codes);
            CU_ASSERT_PTR_NOT_NULL(strstr(codes, row->why.text));
            if (!strstr(codes, row->why.text))
                printf("%s %s: got %s, not %s\n", rules_slug(rules), row->field.text, codes, row->why.text);
            n++;
        }
    }
    CU_ASSERT_TRUE(n > 20);
    shop_close(&shop);
}

static const struct unit_case cases[] = {
    {"refuse_rows_are_refused_for_their_reason", refuse_rows_are_refused_for_their_reason},
    {"every_mistake_of_the_course_has_a_diagnosis", every_mistake_of_the_course_has_a_diagnosis},
};
extern const struct unit_group diagnose_course_cases;
UNIT_GROUP(diagnose_course_cases, cases);
