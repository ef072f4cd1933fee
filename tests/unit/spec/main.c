#include "unit.h"

extern const struct unit_group yaml_cases, target_cases, steps_cases, course_cases, class_cases, roster_cases,
    template_cases, handle_cases, memory_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&yaml_cases,     &target_cases, &steps_cases,
                                               &course_cases,   &class_cases,  &roster_cases,
                                               &template_cases, &handle_cases, &memory_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
