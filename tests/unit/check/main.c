#include "unit.h"

extern const struct unit_group given_cases, heard_cases, tally_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&given_cases, &heard_cases, &tally_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
