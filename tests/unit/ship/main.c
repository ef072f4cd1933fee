#include "unit.h"

extern const struct unit_group tail_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&tail_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
