/* CUnit has no way to run one case of a given name from the command line; this adds only that. */
#include "unit.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#include "chance.h"

static void list(const struct unit_group *const *groups, size_t n_groups)
{
    for (size_t g = 0; g < n_groups; g++)
        for (size_t i = 0; i < groups[g]->n; i++)
            puts(groups[g]->cases[i].name);
}

int unit_main(int argc, char **argv, const struct unit_group *const *groups, size_t n_groups)
{
    const char *only = argc > 1 ? argv[1] : NULL;
    unsigned added = 0;

    if (only && strcmp(only, "--list") == 0) {
        list(groups, n_groups);
        return 0;
    }
    chance_begin(only ? only : "");
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite(argv[0], NULL, NULL);
    for (size_t g = 0; suite && g < n_groups; g++)
        for (size_t i = 0; i < groups[g]->n; i++) {
            const struct unit_case *c = &groups[g]->cases[i];
            if (!only || strcmp(only, c->name) == 0)
                added += CU_add_test(suite, c->name, c->run) != NULL;
        }
    if (added == 0) {
        fprintf(stderr, "%s: no case named %s\n", argv[0], only ? only : "(any)");
        CU_cleanup_registry();
        return 2;
    }
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    unsigned ran = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failed ? 1 : ran == added ? 0 : 2;
}
