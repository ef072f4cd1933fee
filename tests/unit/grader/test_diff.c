#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "grader/deploy/diff.h"

static const unsigned all[RECORD_KINDS] = {7, 1, 1, 15, 3, 3};

/* What is there of a hint, and which of them a wanted one becomes. */
struct hint {
    const char *content, *title, *cost, *needs;
};

static void add_hints(struct board_content *c, const struct hint *hints, size_t n, int64_t first_id)
{
    for (size_t i = 0; i < n; i++)
        content_add(c, RECORD_HINT, first_id ? first_id + (int64_t)i : 0, hints[i].content, hints[i].title,
                    hints[i].cost, hints[i].needs);
}

/* The number that each wanted hint has afterwards, and how many steps it takes. */
static void check_hints(const struct hint *want, size_t n_want, const struct hint *have, size_t n_have,
                        const int64_t *ids, size_t steps)
{
    struct board_content w = {.n = 0}, h = {.n = 0};
    struct diff diff;

    add_hints(&w, want, n_want, 0);
    add_hints(&h, have, n_have, 11);
    CU_ASSERT_TRUE(diff_make(&diff, &w, &h, 0, all));
    for (size_t i = 0; i < n_want; i++)
        CU_ASSERT_EQUAL(w.records[i].id, ids[i]);
    CU_ASSERT_EQUAL(diff.n, steps);
    diff_free(&diff);
    content_free(&w);
    content_free(&h);
}

static void a_hint_stays_the_same_hint_while_something_of_it_does(void)
{
    static const struct hint have[] = {{"one", "", "0", ""}, {"two", "T", "5", ""}, {"three", "", "9", ""}};
    static const struct hint same[] = {{"three", "", "9", ""}, {"one", "", "0", ""}, {"two", "T", "5", ""}};
    static const struct hint titled[] = {{"new", "T", "5", ""}, {"one", "", "0", ""}, {"three", "", "9", ""}};
    static const struct hint priced[] = {
        {"one", "", "0", ""}, {"two", "T", "5", ""}, {"three", "", "10", ""}};
    static const struct hint placed[] = {{"a", "", "0", ""}, {"two", "T", "5", ""}, {"c", "", "9", ""}};
    static const struct hint fewer[] = {{"three", "", "9", ""}};
    static const struct hint more[] = {
        {"one", "", "0", ""}, {"two", "T", "5", ""}, {"three", "", "9", ""}, {"four", "", "0", ""}};

    static const struct hint two[] = {{"one", "", "0", ""}, {"two", "T", "5", ""}};
    static const struct hint crossed[] = {{"x", "T", "5", ""}, {"y", "", "0", ""}};

    check_hints(crossed, 2, two, 2, (const int64_t[]){12, 11}, 2);
    check_hints(same, 3, have, 3, (const int64_t[]){13, 11, 12}, 0);
    check_hints(titled, 3, have, 3, (const int64_t[]){12, 11, 13}, 1);
    check_hints(priced, 3, have, 3, (const int64_t[]){11, 12, 13}, 1);
    check_hints(placed, 3, have, 3, (const int64_t[]){11, 12, 13}, 2);
    check_hints(fewer, 1, have, 3, (const int64_t[]){13}, 2);
    check_hints(more, 4, have, 3, (const int64_t[]){11, 12, 13, 0}, 1);
}

static void requirements_of_hints_are_compared_as_numbers(void)
{
    static const struct hint want[] = {{"one", "", "0", ""}, {"two", "", "0", "1"}};
    static const struct hint right[] = {{"one", "", "0", ""}, {"two", "", "0", "11"}};
    static const struct hint without[] = {{"one", "", "0", ""}, {"two", "", "0", ""}};
    static const struct hint only[] = {{"two", "", "0", "99"}};

    check_hints(want, 2, right, 2, (const int64_t[]){11, 12}, 0);
    check_hints(want, 2, without, 2, (const int64_t[]){11, 12}, 1);
    /* the first must be made before the second can ask for it */
    check_hints(want, 2, only, 1, (const int64_t[]){0, 11}, 2);
}

static void flags_are_made_before_others_are_removed(void)
{
    struct board_content want = {.n = 0}, have = {.n = 0};
    struct diff diff;

    content_add(&want, RECORD_FLAG, 0, "new", "static", "", NULL);
    content_add(&want, RECORD_FLAG, 0, "Same", "static", "case_insensitive", NULL);
    content_add(&have, RECORD_FLAG, 1, "old", "static", "", NULL);
    content_add(&have, RECORD_FLAG, 2, "Same", "static", NULL, NULL);
    CU_ASSERT_TRUE(diff_make(&diff, &want, &have, 0, all));
    CU_ASSERT_EQUAL_FATAL(diff.n, 3);
    CU_ASSERT_EQUAL(diff.steps[0].what, STEP_MAKE);
    CU_ASSERT_EQUAL(diff.steps[1].what, STEP_CHANGE);
    CU_ASSERT_EQUAL(diff.steps[1].fields, 4);
    CU_ASSERT_EQUAL(diff.steps[2].what, STEP_REMOVE);
    CU_ASSERT_EQUAL(diff.steps[2].have, 0);
    diff_free(&diff);
    content_free(&want);
    content_free(&have);
}

static void what_a_release_does_not_know_is_not_compared(void)
{
    static const unsigned old[RECORD_KINDS] = {7, 1, 1, 13, 1, 0};
    struct board_content want = {.n = 0}, have = {.n = 0};
    struct diff diff;

    content_set(&want, KEY_NAME, "n");
    content_set(&have, KEY_NAME, "n");
    content_set(&want, KEY_LOGIC, "team");
    content_set(&want, KEY_ATTRIBUTION, "");
    content_add(&want, RECORD_HINT, 0, "h", "title", "0", "");
    content_add(&have, RECORD_HINT, 1, "h", "", "0", "");
    content_add(&want, RECORD_FILE, 0, "f", "sum", "/path", NULL);
    content_add(&have, RECORD_FILE, 2, "f", NULL, "x/f", NULL);
    content_add(&want, RECORD_SOLUTION, 0, "s", "solved", NULL, NULL);
    CU_ASSERT_TRUE(diff_make(&diff, &want, &have, ~(1U << KEY_LOGIC), old));
    CU_ASSERT_FALSE(diff_any(&diff));
    diff_free(&diff);
    CU_ASSERT_TRUE(diff_make(&diff, &want, &have, ~0U, all));
    CU_ASSERT_EQUAL(diff.keys, 1U << KEY_LOGIC);
    CU_ASSERT_EQUAL(diff.n, 2); /* the title, the solution; a file without a sum passes by its name */
    diff_free(&diff);
    content_free(&want);
    content_free(&have);
}

static const struct unit_case cases[] = {
    {"a_hint_stays_the_same_hint_while_something_of_it_does",
     a_hint_stays_the_same_hint_while_something_of_it_does},
    {"requirements_of_hints_are_compared_as_numbers", requirements_of_hints_are_compared_as_numbers},
    {"flags_are_made_before_others_are_removed", flags_are_made_before_others_are_removed},
    {"what_a_release_does_not_know_is_not_compared", what_a_release_does_not_know_is_not_compared},
};
UNIT_GROUP(diff_cases, cases);
