#include "unit.h"

extern const struct unit_group field_cases, decode_cases, link_cases, pcapng_cases, recording_cases,
    filter_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&field_cases,  &decode_cases,    &link_cases,
                                               &pcapng_cases, &recording_cases, &filter_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
