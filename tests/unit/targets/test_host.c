#include "unit.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "targets/state/host.h"
#include "targets/state/runtime.h"

static const struct host HOST = {.own = {{0xAC10010F, 0xFFFFFF00, "eth0"}, {0x0A0A00FE, 0xFFFFFF00, "eth1"}},
                                 .n = 2};

static void addresses_that_no_single_host_has(void)
{
    static const struct {
        ipaddr address;
        bool expected;
    } rows[] = {
        {0x0A0A0028, false}, {0x0A0A00FF, true}, {0x0A0A0000, true}, {0xAC1001FF, true}, {0xAC100110, false},
        {0xE0000001, true},  {0xFFFFFFFF, true}, {0x00000002, true}, {0xF0000001, true}, {0x0A0B00FF, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(host_is_broadcast(&HOST, rows[i].address), rows[i].expected);
}

static void own_addresses_and_their_interfaces(void)
{
    CU_ASSERT_TRUE(host_has(&HOST, 0xAC10010F));
    CU_ASSERT_TRUE(host_has(&HOST, 0x7F000001));
    CU_ASSERT_FALSE(host_has(&HOST, 0xAC100110));
    CU_ASSERT_STRING_EQUAL(host_interface(&HOST, 0x0A0A00FE), "eth1");
    CU_ASSERT_PTR_NULL(host_interface(&HOST, 0x0A0A0028));
}

static void only_the_classs_hosts_are_sent_to(void)
{
    static const struct {
        ipaddr address;
        bool expected;
    } rows[] = {
        {0x0A0A0028, true},  {0x0A0A00FF, false}, {0x0A0A0000, false},
        {0x0A0A00FE, false}, {0x0A0A0128, false}, {0xC0000201, false},
        {0xE0000001, false}, {0x7F000001, false}, {0x0A140005, true} /* a lone address, /32 */,
    };
    struct network networks[] = {{0x0A0A0000, 0xFFFFFF00}, {0x0A140005, 0xFFFFFFFF}};
    struct net_range ranges[] = {{0x0A0A0000, 0xFFFFFF00}, {0x0A140005, 0xFFFFFFFF}};
    struct runtime rt;

    memset(&rt, 0, sizeof(rt));
    rt.host = HOST;
    rt.class.students = networks;
    rt.class.n_students = 2;
    rt.students = ranges;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(runtime_may_send(&rt, rows[i].address), rows[i].expected);
}

static void of_ipv6_the_networks_are_asked_for_alone(void)
{
    struct network networks[] = {{0x0A0A0000, 0xFFFFFF00}, {0, 0}};
    struct net_range ranges[] = {{0x0A0A0000, 0xFFFFFF00}, {0, 0}};
    static const struct {
        const char *address;
        bool expected;
    } rows[] = {{"fd00:10::", true},
                {"fd00:10::28", true},
                {"fd00:11::28", false},
                {"ff02::1", false},
                {"::1", false},
                {"10.10.0.40", true},
                {"fd00:10::15", false /* ours */},
                {"::a0a:28", false}};
    struct runtime rt;
    ipaddr address = 0;

    memset(&rt, 0, sizeof(rt));
    rt.host = HOST;
    ipaddr_parse("fd00:10::15", &rt.host.own[1].address);
    CU_ASSERT_TRUE(ipaddr_parse_net("fd00:10::/64", &networks[1].net, &networks[1].mask));
    ranges[1] = (struct net_range){networks[1].net, networks[1].mask};
    rt.class.students = networks;
    rt.class.n_students = 2;
    rt.students = ranges;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(ipaddr_parse(rows[i].address, &address) && runtime_may_send(&rt, address),
                        rows[i].expected);
    CU_ASSERT_TRUE(ipaddr_parse("fd00:10::28", &address) && runtime_counted(&rt, address) == networks[1].net);
    CU_ASSERT_TRUE(runtime_counted(&rt, 0x0A0A0028) == 0x0A0A0028);
}

static void students_at_one_address_are_counted(void)
{
    struct student students[] = {
        {.address = 5}, {.address = 7}, {.address = 7}, {.address = 7}, {.address = 9}};
    struct runtime rt;

    memset(&rt, 0, sizeof(rt));
    CU_ASSERT_EQUAL(runtime_sharing(&rt, 7), 1);
    rt.has_roster = true;
    rt.roster.students = students;
    rt.roster.n = 5;
    CU_ASSERT_TRUE_FATAL(roster_make_places(&rt.roster));
    for (ipaddr address = 4; address < 11; address++)
        CU_ASSERT_EQUAL(runtime_sharing(&rt, address), address == 7 ? 3 : 1);
    free(rt.roster.places);
}

static const struct unit_case CASES[] = {
    {"addresses_that_no_single_host_has", addresses_that_no_single_host_has},
    {"own_addresses_and_their_interfaces", own_addresses_and_their_interfaces},
    {"only_the_classs_hosts_are_sent_to", only_the_classs_hosts_are_sent_to},
    {"of_ipv6_the_networks_are_asked_for_alone", of_ipv6_the_networks_are_asked_for_alone},
    {"students_at_one_address_are_counted", students_at_one_address_are_counted},
};
UNIT_GROUP(host_cases, CASES);
