/* budget.h - how many answers may leave: per source and handle, per source, and overall. */
#pragma once

#include "net/bucket.h"

/* Flags and near misses have buckets of their own, so that spoofed near misses take no flag from anybody. */
enum budget_use { BUDGET_FLAG, BUDGET_NEAR, N_BUDGETS };

struct budget {
    struct {
        struct buckets handle, source, all;
    } uses[N_BUDGETS];
};

/* False on no memory; budget_done either way. */
bool budget_init(struct budget *budget);
void budget_done(struct budget *budget);

/* Takes one answer to source (host order) for student ("" for nobody) at now_ms. weight: how many students
 * share the address. False, and nothing is taken, when one of the three is empty. */
bool budget_take(struct budget *budget, enum budget_use use, uint32_t source, const char *student,
                 uint32_t weight, int64_t now_ms);
