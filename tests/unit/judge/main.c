#include "unit.h"

extern const struct unit_group compile_cases, judge_cases, talk_cases, memory_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&compile_cases, &judge_cases, &talk_cases, &memory_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
