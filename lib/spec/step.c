#include "spec/step.h"

const struct step_spec *step_first(const struct step_spec *steps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (steps[i].n_expect)
            return &steps[i];
    return NULL;
}
