#include "unit.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"

void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

static bool refuse;
static unsigned calls;

void *__wrap_realloc(void *p, size_t n)
{
    calls++;
    return refuse ? NULL : __real_realloc(p, n);
}

struct item {
    uint64_t number;
    char text[24];
};

static void an_array_keeps_what_it_has_while_it_grows(void)
{
    struct item *items = NULL;
    size_t n = 0, cap = 0;

    calls = 0;
    for (; n < 10000; n++) {
        CU_ASSERT_TRUE_FATAL(array_room(&items, n, &cap, sizeof(*items)));
        CU_ASSERT_TRUE_FATAL(n < cap);
        items[n].number = n;
    }
    CU_ASSERT_TRUE(calls < 20); /* doubling, not one by one */
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_EQUAL(items[i].number, i);
    free(items);
}

static void without_memory_all_stays_as_it_was(void)
{
    struct item *items = NULL;
    size_t n = 0, cap = 0;

    refuse = true;
    CU_ASSERT_FALSE(array_room(&items, 0, &cap, sizeof(*items)));
    refuse = false;
    CU_ASSERT_PTR_NULL(items);
    CU_ASSERT_EQUAL(cap, 0);
    do {
        CU_ASSERT_TRUE_FATAL(array_room(&items, n, &cap, sizeof(*items)));
        items[n].number = n;
    } while (++n < cap);
    struct item *before = items;
    size_t had = cap;
    refuse = true;
    CU_ASSERT_FALSE(array_room(&items, n, &cap, sizeof(*items)));
    CU_ASSERT_TRUE(array_room(&items, n - 1, &cap, sizeof(*items))); /* there is room: nothing is asked for */
    refuse = false;
    CU_ASSERT_PTR_EQUAL(items, before);
    CU_ASSERT_EQUAL(cap, had);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_EQUAL(items[i].number, i);
    free(items);
}

static void a_size_that_no_memory_has_is_refused(void)
{
    static const struct {
        size_t cap, size;
    } rows[] = {{SIZE_MAX / 2 + 1, 1}, {SIZE_MAX, 1}, {SIZE_MAX / 4, 8}, {0, SIZE_MAX / 15}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *items = NULL;
        size_t cap = rows[i].cap;
        calls = 0;
        CU_ASSERT_FALSE(array_room(&items, cap, &cap, rows[i].size));
        CU_ASSERT_EQUAL(calls, 0);
        CU_ASSERT_EQUAL(cap, rows[i].cap);
        CU_ASSERT_PTR_NULL(items);
    }
}

static const struct unit_case cases[] = {
    {"an_array_keeps_what_it_has_while_it_grows", an_array_keeps_what_it_has_while_it_grows},
    {"without_memory_all_stays_as_it_was", without_memory_all_stays_as_it_was},
    {"a_size_that_no_memory_has_is_refused", a_size_that_no_memory_has_is_refused},
};
extern const struct unit_group array_cases;
UNIT_GROUP(array_cases, cases);
