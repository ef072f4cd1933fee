#include "unit.h"

extern const struct unit_group check_cases, reason_cases, report_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&check_cases, &reason_cases, &report_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
