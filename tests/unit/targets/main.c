#include "unit.h"

extern const struct unit_group queue_cases, journal_cases, budget_cases, drop_cases, host_cases, line_cases,
    memory_cases, repeats_cases, stray_cases, talks_cases, local_cases, clerk_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&queue_cases, &journal_cases, &budget_cases, &drop_cases,
                                               &host_cases,  &line_cases,    &memory_cases, &repeats_cases,
                                               &stray_cases, &talks_cases,   &local_cases,  &clerk_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
