#include "base/ipaddr.h"

#include <string.h>

#include "unit.h"

static void an_address_is_one_number_and_back(void)
{
    static const struct {
        const char *text, *said; /* NULL: the same */
        bool six;
    } rows[] = {
        {"172.16.1.15", NULL, false},
        {"0.0.0.0", NULL, false},
        {"255.255.255.255", NULL, false},
        {"::1", NULL, true},
        {"2001:db8::7", NULL, true},
        {"2001:0DB8:0:0:0:0:0:7", "2001:db8::7", true},
        {"fe80::1", NULL, true},
        {"0:0:0:1::", "0:0:0:1::", true},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, true},
    };
    char text[IPADDR_TEXT_SIZE];
    uint8_t bytes[IPADDR_BYTES];
    ipaddr address = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_TRUE_FATAL(ipaddr_parse(rows[i].text, &address));
        CU_ASSERT_EQUAL(ipaddr_is6(address), rows[i].six);
        CU_ASSERT_STRING_EQUAL(ipaddr_text(address, text), rows[i].said ? rows[i].said : rows[i].text);
        ipaddr_store6(bytes, address);
        CU_ASSERT_TRUE(!rows[i].six || ipaddr_load6(bytes) == address);
    }
    CU_ASSERT_TRUE(ipaddr_parse("172.16.1.15", &address) && address == 0xAC10010F);
}

static void what_is_no_address_is_refused(void)
{
    static const char *const bad[] = {"",          "1.2.3",   "01.2.3.4",       "1.2.3.4/24",   "::",
                                      "::2",       "1::2::3", "::ffff:1.2.3.4", "fe80::1%eth0", "[::1]",
                                      "::1.2.3.4", " ::1",    "2001:db8::12345"};
    ipaddr address = 0;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(ipaddr_parse(bad[i], &address));
}

static void a_network_has_zeros_behind_its_mask(void)
{
    static const struct {
        const char *text;
        unsigned bits; /* of a good one */
        bool good, six;
    } rows[] = {
        {"10.10.0.0/24", 24, true, false},   {"0.0.0.0/0", 0, true, false},
        {"10.10.0.1", 32, true, false},      {"10.10.0.1/24", 0, false, false},
        {"10.10.0.0/33", 0, false, false},   {"10.10.0.0/", 0, false, false},
        {"10.10.0.0/024", 0, false, false},  {"10.10.0.0/0x18", 0, false, false},
        {"fd00:10::/64", 64, true, true},    {"fd00:10::7", 128, true, true},
        {"fd00:10::7/128", 128, true, true}, {"fd00:10::1/64", 0, false, true},
        {"fd00:10::/129", 0, false, true},   {"2000::/3", 3, true, true},
    };
    ipaddr net = 0, mask = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(ipaddr_parse_net(rows[i].text, &net, &mask), rows[i].good);
        CU_ASSERT_TRUE(!rows[i].good || ipaddr_mask_bits(rows[i].six, mask) == rows[i].bits);
    }
}

static void of_ipv6_a_whole_64_is_one_site(void)
{
    ipaddr a = 0, b = 0, c = 0, four = 0;

    CU_ASSERT_TRUE(ipaddr_parse("fd00:10::7", &a) && ipaddr_parse("fd00:10::8:0:0:9", &b) &&
                   ipaddr_parse("fd00:10:0:1::7", &c) && ipaddr_parse("10.10.0.40", &four));
    CU_ASSERT_TRUE(ipaddr_site(a) == ipaddr_site(b));
    CU_ASSERT_FALSE(ipaddr_site(a) == ipaddr_site(c));
    CU_ASSERT_TRUE(ipaddr_site(four) == four);
    CU_ASSERT_EQUAL(ipaddr_fold(four), 0x0A0A0028);
    CU_ASSERT_FALSE(ipaddr_fold(a) == ipaddr_fold(c));
}

static void a_port_stands_behind_brackets(void)
{
    char text[IPADDR_PORT_TEXT_SIZE];

    CU_ASSERT_STRING_EQUAL(ipaddr_port_text(0x0A0A0028, 53, text), "10.10.0.40:53");
    CU_ASSERT_STRING_EQUAL(ipaddr_port_text(IPADDR_LOOPBACK6, 53, text), "[::1]:53");
}

static const struct unit_case cases[] = {
    {"an_address_is_one_number_and_back", an_address_is_one_number_and_back},
    {"what_is_no_address_is_refused", what_is_no_address_is_refused},
    {"a_network_has_zeros_behind_its_mask", a_network_has_zeros_behind_its_mask},
    {"of_ipv6_a_whole_64_is_one_site", of_ipv6_a_whole_64_is_one_site},
    {"a_port_stands_behind_brackets", a_port_stands_behind_brackets},
};
extern const struct unit_group ipaddr_cases;
UNIT_GROUP(ipaddr_cases, cases);
