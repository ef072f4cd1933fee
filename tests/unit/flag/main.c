#include "unit.h"

extern const struct unit_group flag_cases, keyring_cases, param_cases, proof_cases, token_cases;

int main(int argc, char **argv)
{
    const struct unit_group *const groups[] = {&flag_cases, &keyring_cases, &param_cases, &proof_cases,
                                               &token_cases};

    return unit_main(argc, argv, groups, sizeof(groups) / sizeof(groups[0]));
}
