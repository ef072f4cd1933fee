#include "targets/state/budget.h"

#include <sys/random.h>

enum { HANDLE_KEYS = 8192, SOURCE_KEYS = 2048, ALL_KEYS = 8 };

/* A person tries every few seconds, a script some times a second; both pass. */
enum {
    HANDLE_BURST = 10,
    HANDLE_RATE = 1,
    SOURCE_BURST = 40,
    SOURCE_RATE = 5,
    ALL_BURST = 500,
    ALL_RATE = 200
};

bool budget_init(struct budget *budget)
{
    uint64_t seed = 0;
    bool ok = getrandom(&seed, sizeof(seed), 0) == sizeof(seed);

    for (int use = 0; use < N_BUDGETS; use++) {
        ok &= buckets_init(&budget->uses[use].handle, HANDLE_KEYS, HANDLE_BURST, HANDLE_RATE, seed);
        ok &= buckets_init(&budget->uses[use].source, SOURCE_KEYS, SOURCE_BURST, SOURCE_RATE, seed);
        ok &= buckets_init(&budget->uses[use].all, ALL_KEYS, ALL_BURST, ALL_RATE, seed);
    }
    return ok;
}

void budget_done(struct budget *budget)
{
    for (int use = 0; use < N_BUDGETS; use++) {
        buckets_done(&budget->uses[use].handle);
        buckets_done(&budget->uses[use].source);
        buckets_done(&budget->uses[use].all);
    }
}

bool budget_take(struct budget *budget, enum budget_use use, uint32_t source, const char *student,
                 uint32_t weight, int64_t now_ms)
{
    struct buckets *handle = &budget->uses[use].handle, *all = &budget->uses[use].all,
                   *address = &budget->uses[use].source;
    uint64_t handle_key = bucket_key(source, student), source_key = bucket_key(source, "");

    if (!buckets_ready(handle, handle_key, now_ms, 1) ||
        !buckets_ready(address, source_key, now_ms, weight) || !buckets_ready(all, 0, now_ms, 1))
        return false;
    buckets_take(handle, handle_key, now_ms, 1);
    buckets_take(address, source_key, now_ms, weight);
    buckets_take(all, 0, now_ms, 1);
    return true;
}
