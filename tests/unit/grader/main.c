#include "unit.h"

extern const struct unit_group diff_cases, decide_cases, store_cases, shipper_cases, relay_cases, watch_cases,
    journal_cases, journal_files_cases, handed_in_cases, shipped_cases, refusing_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {
        &diff_cases,    &decide_cases,        &store_cases,     &shipper_cases, &relay_cases,   &watch_cases,
        &journal_cases, &journal_files_cases, &handed_in_cases, &shipped_cases, &refusing_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
