#include "unit.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "pkt/filter.h"

/* libpcap's way to names: this stands before libc's. */
static int asked;
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    (void)node, (void)service, (void)hints, (void)out;
    asked++;
    return EAI_NONAME;
}

static void what_is_no_filter_is_told_with_its_place(void)
{
    static const struct {
        const char *text;
        size_t offset;
        const char *told;
    } rows[] = {
        {"", 0, "it is empty"},
        {" \n ", 0, "it is empty"},
        {"tcp and and udp", 8, "syntax error, at \"and\""},
        {"(tcp", 4, "more is needed behind \"tcp\""},
        {"tcp dst port", 12, "more is needed behind \"port\""},
        {"tcp)", 3, "at \")\""},
        {"tcp port 99999", 9, "illegal port number"},
        {"arp and tcp", 0, "rejects all packets"},
        {"ip proto tcp", 9, "syntax error"},
        {"tcp dst prot 8081", 8, "did you mean port?"},
        {"tcp port http", 9, "not looked up"},
        {"host target.example", 5, "not looked up"},
        {"host 1a.example", 5, "not looked up"},
        {"1.2.3.4.5", 0, "not looked up"},
        {"dead.beef", 0, "not looked up"},
        {"ip proto chaos", 9, "not looked up"},
        {"ip proto \\chaos", 10, "not looked up"},
        {"tcp and inbound", 8, "asks where a frame went"},
        {"len > 60", 0, "compare ip[2:2]"},
        {"ip6 protochain 6", 4, "makes a loop"},
        {"tcp'x", 3, "' means nothing in it"},
        {"tcp and \xc3\xa4", 8, "the byte 0xc3 means nothing"},
    };
    struct filter *filter;
    struct filter_fault fault;

    asked = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_FALSE(filter_compile(&filter, rows[i].text, &fault));
        CU_ASSERT_PTR_NULL(filter);
        CU_ASSERT_EQUAL(fault.offset, rows[i].offset);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.text, rows[i].told));
    }
    CU_ASSERT_EQUAL(asked, 0);
}

static void a_long_text_is_refused_before_it_is_compiled(void)
{
    enum { LONG = 10240 };
    char *text = malloc(LONG + 1);
    struct filter *filter;
    struct filter_fault fault;

    memset(text, ' ', LONG);
    memcpy(text, "tcp", 3);
    text[LONG] = '\0';
    CU_ASSERT_FALSE(filter_compile(&filter, text, &fault));
    CU_ASSERT_STRING_EQUAL(fault.text, "it has 10240 bytes, at most 512 are allowed");
    text[FILTER_TEXT_MAX + 1] = '\0';
    CU_ASSERT_FALSE(filter_compile(&filter, text, &fault));
    text[FILTER_TEXT_MAX] = '\0';
    CU_ASSERT_TRUE(filter_compile(&filter, text, &fault));
    filter_free(filter);
    /* within that length: more instructions than anybody means */
    text[0] = '\0';
    for (int i = 0; strlen(text) + 24 < FILTER_TEXT_MAX; i++)
        snprintf(text + strlen(text), 32, "%svlan and port %d", i ? " or " : "", i + 1);
    CU_ASSERT_FALSE(filter_compile(&filter, text, &fault));
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.text, "at most 512 are allowed"));
    free(text);
}

static void a_filter_has_parts(void)
{
    static const struct {
        const char *text;
        bool is_or;
        const char *parts[4];
    } rows[] = {
        {"tcp", false, {"tcp"}},
        {"tcp and port 80 && ip[8] < 9", false, {"tcp", "port 80", "ip[8] < 9"}},
        {"port 80 or not udp", true, {"port 80", "not udp"}},
        /* of equal rank, from left to right: the last join splits */
        {"tcp or udp and port 80", false, {"tcp or udp", "port 80"}},
        {"tcp and ip[8] = 1 or icmp", true, {"tcp and ip[8] = 1", "icmp"}},
        {"tcp and (port 80 or icmp)", false, {"tcp", "(port 80 or icmp)"}},
        /* a number takes over the words before it */
        {"tcp port 80 or 443", false, {"tcp port 80 or 443"}},
        {"dst port 80 or (443 or 8080) and tcp", false, {"dst port 80 or (443 or 8080)", "tcp"}},
        {"tcp and port 80 or 443", false, {"tcp and port 80 or 443"}},
        {"tcp and 6 = ip[9]", false, {"tcp", "6 = ip[9]"}},
        /* what shifts all behind it */
        {"vlan and tcp", false, {"vlan", "tcp"}},
        {"tcp or (vlan and tcp)", false, {"tcp or (vlan and tcp)"}},
    };
    char part[FILTER_TEXT_MAX + 1];
    struct filter *filter;
    struct filter_fault fault;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t n = 0;
        CU_ASSERT_TRUE_FATAL(filter_compile(&filter, rows[i].text, &fault));
        CU_ASSERT_STRING_EQUAL(filter_text(filter), rows[i].text);
        for (; n < 4 && rows[i].parts[n]; n++)
            CU_ASSERT_STRING_EQUAL(filter_part(filter, n, part), rows[i].parts[n]);
        CU_ASSERT_EQUAL(filter_parts(filter), n);
        CU_ASSERT_EQUAL(filter_joined_by_or(filter), rows[i].is_or);
        filter_free(filter);
    }
}

enum { ETHER = 14, LENGTH = 60 };

/* Ethernet, IPv4 with TTL 9, TCP from 1000 to 80 with SYN, 6 bytes; from `IP` on it is the bare packet. */
static const uint8_t FRAME[LENGTH] = {
    2,  0,    0, 0,  0, 1, 2, 0, 0, 0, 0, 2, 8,    0,                                          /* Ethernet */
    69, 0,    0, 46, 0, 7, 0, 0, 9, 6, 0, 0, 10,   10, 0,  40,  172, 16, 1, 15,                /* IPv4 */
    3,  0xe8, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2,  16, 146, 0,   0,  0, 0,  's', 'm', 'i', /* TCP */
};

static enum filter_says ask(const struct filter *filter, enum link link, size_t length, size_t wire,
                            size_t *parts)
{
    struct packet packet;
    size_t from = link == LINK_ETHERNET ? 0 : ETHER, all[FILTER_PARTS_MAX];

    packet_decode(&packet, link, FRAME + from, length - from, wire - from);
    size_t n = filter_blame(filter, &packet, all);
    *parts = 0;
    for (size_t i = 0; i < n; i++)
        *parts |= (size_t)1 << all[i];
    return filter_ask(filter, &packet);
}

static void a_frame_is_asked_as_it_is(void)
{
    static const struct {
        const char *text;
        enum link link;
        enum filter_says says;
        size_t blamed; /* a bit each part */
    } rows[] = {
        {"tcp dst port 80", LINK_ETHERNET, FILTER_YES, 0},
        {"tcp dst port 80", LINK_RAW, FILTER_YES, 0},
        {"tcp and src port 1000 and ip[8] = 9", LINK_RAW, FILTER_YES, 0},
        {"tcp and port 81 and ip[8] > 9", LINK_ETHERNET, FILTER_NO, 6},
        {"port 81 or tcp[13] = 2 or udp", LINK_RAW, FILTER_YES, 2},
        {"port 81 or udp", LINK_RAW, FILTER_NO, 0},
        {"not tcp", LINK_RAW, FILTER_NO, 0},
        {"vlan and tcp", LINK_ETHERNET, FILTER_NO, 1},
        /* a capture without a link's header cannot say it */
        {"ether src 02:00:00:00:00:02", LINK_ETHERNET, FILTER_YES, 0},
        {"ether src 02:00:00:00:00:02", LINK_RAW, FILTER_UNKNOWN, 0},
        {"ether[0] = 2", LINK_RAW, FILTER_UNKNOWN, 0},
        {"arp", LINK_RAW, FILTER_UNKNOWN, 0},
    };
    struct filter *filter;
    struct filter_fault fault;
    size_t parts;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_TRUE_FATAL(filter_compile(&filter, rows[i].text, &fault));
        CU_ASSERT_EQUAL(ask(filter, rows[i].link, LENGTH, LENGTH, &parts), rows[i].says);
        CU_ASSERT_EQUAL(parts, rows[i].blamed);
        filter_free(filter);
    }
}

/* libpcap says no where it reads beyond the end, also under `not`: an alarm would keep silent for stumps. */
static void a_stump_gets_no_answer(void)
{
    struct filter *filter;
    struct filter_fault fault;
    size_t parts;

    CU_ASSERT_TRUE_FATAL(filter_compile(&filter, "not tcp[13] = 2", &fault));
    CU_ASSERT_EQUAL(ask(filter, LINK_ETHERNET, LENGTH, LENGTH, &parts), FILTER_NO);
    for (size_t n = 0; n < LENGTH; n++) {
        CU_ASSERT_EQUAL(ask(filter, LINK_ETHERNET, n, LENGTH, &parts), FILTER_UNKNOWN);
        CU_ASSERT_EQUAL(ask(filter, LINK_ETHERNET, n, n, &parts), FILTER_UNKNOWN);
        CU_ASSERT_EQUAL(ask(filter, LINK_RAW, n < ETHER ? ETHER : n, LENGTH, &parts), FILTER_UNKNOWN);
    }
    filter_free(filter);
}

static const struct unit_case cases[] = {
    {"what_is_no_filter_is_told_with_its_place", what_is_no_filter_is_told_with_its_place},
    {"a_long_text_is_refused_before_it_is_compiled", a_long_text_is_refused_before_it_is_compiled},
    {"a_filter_has_parts", a_filter_has_parts},
    {"a_frame_is_asked_as_it_is", a_frame_is_asked_as_it_is},
    {"a_stump_gets_no_answer", a_stump_gets_no_answer},
};
extern const struct unit_group filter_cases;
UNIT_GROUP(filter_cases, cases);
