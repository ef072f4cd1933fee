#include "targets/state/budget.h"

#include <sys/random.h>

_Static_assert(BUDGET_HANDLE_BURST <= BUDGET_FULL_S * BUDGET_HANDLE_RATE &&
                   BUDGET_SOURCE_BURST <= BUDGET_FULL_S * BUDGET_SOURCE_RATE,
               "what is said of BUDGET_FULL_S");

enum { HANDLE_KEYS = 8192, SOURCE_KEYS = 2048, ALL_KEYS = 8, CLAIM_BUCKETS = 4 };

/* One bucket that a claim needs a token of. */
struct need {
    struct buckets *buckets;
    uint64_t key;
    uint32_t weight;
};

bool budget_init(struct budget *budget)
{
    uint64_t seed = 0;
    bool ok = getrandom(&seed, sizeof(seed), 0) == sizeof(seed);

    for (int use = 0; use < N_BUDGETS; use++) {
        ok &= buckets_init(&budget->uses[use].handle, HANDLE_KEYS, BUDGET_HANDLE_BURST, BUDGET_HANDLE_RATE,
                           seed);
        ok &= buckets_init(&budget->uses[use].anywhere, HANDLE_KEYS, BUDGET_HANDLE_BURST, BUDGET_HANDLE_RATE,
                           seed);
        ok &= buckets_init(&budget->uses[use].source, SOURCE_KEYS, BUDGET_SOURCE_BURST, BUDGET_SOURCE_RATE,
                           seed);
        ok &= buckets_init(&budget->uses[use].all, ALL_KEYS, BUDGET_ALL_BURST, BUDGET_ALL_RATE, seed);
    }
    return ok;
}

void budget_done(struct budget *budget)
{
    for (int use = 0; use < N_BUDGETS; use++) {
        buckets_done(&budget->uses[use].handle);
        buckets_done(&budget->uses[use].anywhere);
        buckets_done(&budget->uses[use].source);
        buckets_done(&budget->uses[use].all);
    }
}

/* The table in budget.h. */
static size_t needs_of(struct budget *budget, enum budget_use use, const struct budget_claim *c,
                       struct need needs[CLAIM_BUCKETS])
{
    const bool flag = use == BUDGET_FLAG, home = flag && c->proof == BUDGET_AT_HOME;
    const uint64_t source = bucket_key(c->source, "");
    const uint64_t handle = bucket_key((uint32_t)bucket_key(0, c->student), flag ? c->slug : "");
    size_t n = 0;

    if (use == BUDGET_FLAG || use == BUDGET_NEAR || use == BUDGET_STEP)
        needs[n++] = (struct need){&budget->uses[use].handle, handle ^ source, 1};
    if (flag && c->proof == BUDGET_CLAIMED && *c->student)
        needs[n++] = (struct need){&budget->uses[use].anywhere, handle, 1};
    if (!home)
        needs[n++] = (struct need){&budget->uses[use].source, source, c->weight};
    if (!home)
        needs[n++] = (struct need){&budget->uses[use].all, flag ? (uint64_t)c->proof : 0, 1};
    return n;
}

bool budget_take(struct budget *budget, enum budget_use use, const struct budget_claim *claim, int64_t now_ms)
{
    struct need needs[CLAIM_BUCKETS];
    const size_t n = needs_of(budget, use, claim, needs);

    for (size_t i = 0; i < n; i++)
        if (!buckets_ready(needs[i].buckets, needs[i].key, now_ms, needs[i].weight))
            return false;
    for (size_t i = 0; i < n; i++)
        buckets_take(needs[i].buckets, needs[i].key, now_ms, needs[i].weight);
    return true;
}

void budget_give(struct budget *budget, enum budget_use use, const struct budget_claim *claim, int64_t now_ms)
{
    struct need needs[CLAIM_BUCKETS];
    const size_t n = needs_of(budget, use, claim, needs);

    for (size_t i = 0; i < n; i++)
        buckets_give(needs[i].buckets, needs[i].key, now_ms, needs[i].weight);
}
