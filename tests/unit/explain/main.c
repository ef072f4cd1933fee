#include "unit.h"

extern const struct unit_group report_cases, recipe_cases, challenge_fill_cases, noise_cases, told_cases,
    bound_cases, sums_cases, text_cases, words_cases, two_lines_cases, read_cases, letters_cases,
    program_cases, tool_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {
        &report_cases, &challenge_fill_cases, &noise_cases,   &recipe_cases, &told_cases,
        &bound_cases,  &sums_cases,           &text_cases,    &words_cases,  &two_lines_cases,
        &read_cases,   &letters_cases,        &program_cases, &tool_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
