#include "unit.h"

extern const struct unit_group exchange_cases, mistakes_cases, rank_cases, diagnose_cases, findings_cases,
    why_checksum_cases, why_text_cases, reading_cases, meant_cases, chance_cases, right_cases, reply_cases,
    practice_cases, diagnose_course_cases, one_line_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {
        &exchange_cases,     &mistakes_cases, &rank_cases,     &diagnose_cases,        &findings_cases,
        &why_checksum_cases, &why_text_cases, &reading_cases,  &meant_cases,           &chance_cases,
        &right_cases,        &reply_cases,    &practice_cases, &diagnose_course_cases, &one_line_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
