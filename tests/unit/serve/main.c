#include "unit.h"

extern const struct unit_group state_cases, dock_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&state_cases, &dock_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
