#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/texts.h"

static void texts_stay_where_they_are_while_more_are_added(void)
{
    enum { MANY = 20000, LONG = 200 * 1000 };
    static char *at[MANY];
    struct texts texts = {NULL};
    char wanted[16], *longer = malloc(LONG + 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(longer);
    memset(longer, 'x', LONG);
    longer[LONG] = '\0';
    for (int i = 0; i < MANY; i++) {
        snprintf(wanted, sizeof(wanted), "text %d", i);
        at[i] = texts_add(&texts, wanted);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at[i]);
        if (i == MANY / 2) {
            char *copy = texts_add(&texts, longer); /* more than a block */
            CU_ASSERT_TRUE(copy && copy != longer && strcmp(copy, longer) == 0);
        }
    }
    struct texts moved = texts;
    for (int i = 0; i < MANY; i++) {
        snprintf(wanted, sizeof(wanted), "text %d", i);
        CU_ASSERT_STRING_EQUAL(at[i], wanted);
    }
    texts_free(&moved);
    CU_ASSERT_PTR_NULL(moved.last);
    free(longer);
}

static void empty_texts_take_nothing(void)
{
    struct texts texts = {NULL};
    char *a = texts_add(&texts, ""), *b = texts_add(&texts, "");

    CU_ASSERT_PTR_EQUAL(a, b);
    CU_ASSERT_STRING_EQUAL(a, "");
    CU_ASSERT_PTR_NULL(texts.last);
    texts_free(&texts);
}

static const struct unit_case cases[] = {
    {"texts_stay_where_they_are_while_more_are_added", texts_stay_where_they_are_while_more_are_added},
    {"empty_texts_take_nothing", empty_texts_take_nothing},
};
extern const struct unit_group texts_cases;
UNIT_GROUP(texts_cases, cases);
