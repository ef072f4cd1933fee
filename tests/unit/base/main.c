#include "unit.h"

extern const struct unit_group array_cases, beneath_cases, buf_cases, str_cases, ipaddr_cases, codec_cases,
    turn_cases, lockdir_cases, service_cases, seldom_cases, shown_cases, texts_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&array_cases,   &beneath_cases, &buf_cases,   &str_cases,
                                               &ipaddr_cases,  &codec_cases,   &turn_cases,  &lockdir_cases,
                                               &service_cases, &seldom_cases,  &shown_cases, &texts_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
