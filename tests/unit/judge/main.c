#include "unit.h"

extern const struct unit_group compile_cases, judge_cases, report_cases, findings_cases, texts_cases,
    exchange_cases, mistakes_cases, noise_cases, rank_cases, diagnose_cases;
extern const struct unit_group why_checksum_cases, why_text_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {
        &compile_cases,  &judge_cases, &report_cases, &findings_cases, &texts_cases,        &exchange_cases,
        &mistakes_cases, &noise_cases, &rank_cases,   &diagnose_cases, &why_checksum_cases, &why_text_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
