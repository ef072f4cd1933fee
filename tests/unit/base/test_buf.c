#include "unit.h"

#include "base/buf.h"
#include "base/err.h"

#include <stdlib.h>
#include <string.h>

static void grows_up_to_its_ceiling_and_no_further(void)
{
    struct buf b;

    buf_init(&b, 5);
    CU_ASSERT_TRUE(buf_puts(&b, "abc"));
    CU_ASSERT_TRUE(buf_puts(&b, "de"));
    CU_ASSERT_FALSE(buf_puts(&b, "f"));
    CU_ASSERT_STRING_EQUAL(buf_text(&b), "abcde");
    CU_ASSERT_TRUE(b.failed);
    CU_ASSERT_PTR_NULL(buf_take(&b));
    buf_free(&b);
}

static void what_does_not_fit_is_not_added_in_part(void)
{
    struct buf b;

    buf_init(&b, 5);
    CU_ASSERT_FALSE(buf_printf(&b, "%s", "123456"));
    CU_ASSERT_EQUAL(b.len, 0);
    buf_clear(&b);
    CU_ASSERT_TRUE(buf_printf(&b, "%d", 12345));
    char *taken = buf_take(&b);
    CU_ASSERT_PTR_NOT_NULL_FATAL(taken);
    CU_ASSERT_STRING_EQUAL(taken, "12345");
    free(taken);
}

static void an_error_keeps_its_status_and_gains_a_prefix(void)
{
    struct err e;

    CU_ASSERT_EQUAL(err_set(&e, ST_INPUT, "line %d", 3), ST_INPUT);
    CU_ASSERT_EQUAL(err_prefix(&e, "%s", "target.yml"), ST_INPUT);
    CU_ASSERT_STRING_EQUAL(e.text, "target.yml: line 3");
}

static const struct unit_case cases[] = {
    {"grows_up_to_its_ceiling_and_no_further", grows_up_to_its_ceiling_and_no_further},
    {"what_does_not_fit_is_not_added_in_part", what_does_not_fit_is_not_added_in_part},
    {"an_error_keeps_its_status_and_gains_a_prefix", an_error_keeps_its_status_and_gains_a_prefix},
};
extern const struct unit_group buf_cases;
UNIT_GROUP(buf_cases, cases);
