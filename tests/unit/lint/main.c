#include "unit.h"

extern const struct unit_group lint_cases, lint_target_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&lint_cases, &lint_target_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
