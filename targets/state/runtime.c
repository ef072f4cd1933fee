#include "targets/state/runtime.h"

#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/str.h"

uint32_t runtime_sharing(const struct runtime *rt, ipaddr address)
{
    return roster_sharing(&rt->roster, address);
}

ipaddr runtime_counted(const struct runtime *rt, ipaddr address)
{
    size_t n;

    return roster_at(&rt->roster, address, &n) ? address : ipaddr_site(address);
}

ipaddr runtime_place(const struct runtime *rt, bool six)
{
    return rt->class.own_host ? 0 : class_target(&rt->class, six);
}

bool runtime_serves(const struct runtime *rt, bool six)
{
    return class_target(&rt->class, six) != 0;
}

void runtime_where(const struct runtime *rt, const struct rules *rules, char *out, size_t size)
{
    char first[IPADDR_PORT_TEXT_SIZE], other[IPADDR_PORT_TEXT_SIZE] = "", path[RUNTIME_PATH_SIZE];
    const char *protocol = rules_kind(rules) == TARGET_STREAM ? "tcp" : "udp";
    const bool two = rt->class.other_target != 0;
    const uint16_t port = rules_port(rules);

    if (rules_path(rules)) {
        if (rt->class.unix_folder)
            snprintf(out, size, "unix %s", runtime_path(rt, rules, path));
        else
            str_copy(out, size, "nowhere: the class has no folder for socket files");
        return;
    }
    if (two)
        ipaddr_port_text(rt->class.other_target, port, other);
    snprintf(out, size, "%s %s%s%s", protocol, ipaddr_port_text(rt->class.target, port, first),
             two ? " and " : "", other);
}

const char *runtime_path(const struct runtime *rt, const struct rules *rules, char out[RUNTIME_PATH_SIZE])
{
    snprintf(out, RUNTIME_PATH_SIZE, "%s/%s", rt->class.unix_folder ? rt->class.unix_folder : "",
             rules_path(rules));
    return out;
}

bool runtime_has_student(const struct runtime *rt, ipaddr address)
{
    return class_has_student(&rt->class, address) && host_has(&rt->host, address) == rt->class.own_host;
}

bool runtime_may_send(const struct runtime *rt, ipaddr address)
{
    if (!runtime_has_student(rt, address) || host_is_broadcast(&rt->host, address))
        return false;
    /* the class's networks may lie behind a router, where this machine does not know their broadcasts */
    for (size_t i = 0; i < rt->class.n_students && !ipaddr_is6(address); i++) {
        ipaddr mask = rt->students[i].mask, net = rt->students[i].net;
        if (!ipaddr_is6(net) && mask < 0xFFFFFFFEU &&
            (address == net || address == (net | (~mask & UINT32_MAX))))
            return false;
    }
    return true;
}

static bool may(struct runtime *rt, enum budget_use use, ipaddr source)
{
    const struct budget_claim claim = {.source = runtime_counted(rt, source),
                                       .weight = runtime_sharing(rt, source),
                                       .student = "",
                                       .slug = ""};

    return budget_take(&rt->budget, use, &claim, clock_ms());
}

bool runtime_may_search(struct runtime *rt, ipaddr source)
{
    return may(rt, BUDGET_SEARCH, source);
}

bool runtime_may_guess(struct runtime *rt, ipaddr source)
{
    return may(rt, BUDGET_GUESS, source);
}

void runtime_fail(struct runtime *rt, const struct err *err)
{
    if (rt->failure.status == ST_OK)
        rt->failure = *err;
    raise(SIGTERM);
}
