#include "targets/state/runtime.h"

#include <signal.h>

#include "base/clock.h"

uint32_t runtime_sharing(const struct runtime *rt, uint32_t address)
{
    return roster_sharing(&rt->roster, address);
}

uint32_t runtime_place(const struct runtime *rt)
{
    return rt->class.own_host ? 0 : rt->class.target;
}

bool runtime_has_student(const struct runtime *rt, uint32_t address)
{
    return class_has_student(&rt->class, address) && host_has(&rt->host, address) == rt->class.own_host;
}

bool runtime_may_send(const struct runtime *rt, uint32_t address)
{
    if (!runtime_has_student(rt, address) || host_is_broadcast(&rt->host, address))
        return false;
    /* the class's networks may lie behind a router, where this machine does not know their broadcasts */
    for (size_t i = 0; i < rt->class.n_students; i++) {
        uint32_t mask = rt->students[i].mask, net = rt->students[i].net;
        if (mask < 0xFFFFFFFEU && (address == net || address == (net | ~mask)))
            return false;
    }
    return true;
}

static bool may(struct runtime *rt, enum budget_use use, uint32_t source)
{
    const struct budget_claim claim = {
        .source = source, .weight = runtime_sharing(rt, source), .student = "", .slug = ""};

    return budget_take(&rt->budget, use, &claim, clock_ms());
}

bool runtime_may_search(struct runtime *rt, uint32_t source)
{
    return may(rt, BUDGET_SEARCH, source);
}

bool runtime_may_guess(struct runtime *rt, uint32_t source)
{
    return may(rt, BUDGET_GUESS, source);
}

void runtime_fail(struct runtime *rt, const struct err *err)
{
    if (rt->failure.status == ST_OK)
        rt->failure = *err;
    raise(SIGTERM);
}
