#include "unit.h"

extern const struct unit_group limit_cases, bucket_cases, stream_cases, datagram_cases, dialog_cases,
    caller_cases, local_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&limit_cases,  &bucket_cases, &stream_cases, &datagram_cases,
                                               &dialog_cases, &caller_cases, &local_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
