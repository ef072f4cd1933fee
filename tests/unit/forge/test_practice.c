/* What a student sends at the challenges for practice who makes one mistake, and what it is told as. */
#include "unit.h"

#include "practice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/noise.h"
#include "explain/reading.h"
#include "explain/reasons.h"
#include "forge/exchange.h"
#include "pkt/csum.h"

static const struct edits *const EDITS[] = {&practice_ipv4, &practice_options, &practice_ipv6, &practice_sctp,
                                            &practice_arp};

static void right_for(const struct shop *s, const char *slug, struct made *m)
{
    struct exchange e;
    const struct rules *rules = rulebook_find(s->book, slug);
    ipaddr src = SRC;

    if (rules_ip_version(rules) == 6)
        ipaddr_parse("fd00:10:10::40", &src);
    CU_ASSERT_PTR_NULL_FATAL(exchange_build(
        rules, "smith", src, ipaddr_is6(src) ? s->class.other_target : s->class.target, NULL, &e));
    memcpy(m->bytes, e.bytes, e.length);
    m->length = e.length;
}

/* Whether it is the first reason, or its mend, of the finding on the field that the row names. */
static bool is_told(const struct shop *s, const struct edit *row)
{
    const struct rules *rules = rulebook_find(s->book, row->slug);
    struct packet p;
    struct verdict v;
    struct reasons reasons;
    struct made m;
    bool told = false;

    right_for(s, row->slug, &m);
    row->make(&m);
    if (rules_ip_version(rules) == 6) { /* without a frame its own first bits say what it is */
        memmove(m.bytes + ETHERNET, m.bytes, m.length);
        memset(m.bytes, 0, ETHERNET);
        store_be16(m.bytes + ETHERNET - 2, 0x86DD);
        m.length += ETHERNET;
    }
    packet_decode(&p, rules_below_ip(rules) || rules_ip_version(rules) == 6 ? LINK_ETHERNET : LINK_RAW,
                  m.bytes, m.length, m.length);
    judge_packet(rules, &p, packet_src(&p), &v);
    if (v.pass)
        return false; /* of some classes' values the mistake makes the right ones */
    if (rules_is_arp(rules))
        CU_ASSERT_PTR_EQUAL(rulebook_select(s->book, &p), rules);
    reasons_begin(&reasons, rules, &p, &v);
    for (size_t i = 0; i < v.n; i++) {
        size_t n;
        const struct diagnosis *d = reasons_of(&reasons, &v.findings[i], &n);
        if (n && getenv("WIREGRADE_SHOW"))
            printf("%s %s: %s | %s | %s\n", row->slug, v.findings[i].field->name, d->code->name, d->text,
                   d->mend);
        told = told || (n && strcmp(v.findings[i].field->name, row->name) == 0 &&
                        strcmp(d->code->name, row->code) == 0 &&
                        (strstr(d->text, row->text) || strstr(d->mend, row->text)));
    }
    return told;
}

/* Values are another class's each time: of sums one in a hundred is another mistake's as well, and of a
 * length that a sum stands for one in eight. */
static void each_mistake_is_told_as_what_it_is(void)
{
    enum { SHOPS = 16, NEARLY = 8, MAX = 128 };
    const struct edit *rows[MAX];
    size_t told[MAX] = {0}, n = 0;

    for (size_t g = 0; g < sizeof(EDITS) / sizeof(EDITS[0]); g++)
        for (size_t i = 0; i < EDITS[g]->n; i++) {
            CU_ASSERT_FATAL(n < MAX);
            rows[n++] = &EDITS[g]->rows[i];
        }
    for (size_t k = 0; k < SHOPS; k++) {
        struct shop shop;
        shop_open(&shop);
        for (size_t i = 0; i < n; i++)
            told[i] += is_told(&shop, rows[i]);
        shop_close(&shop);
    }
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_TRUE(told[i] >= NEARLY);
        if (told[i] < NEARLY)
            printf("%s, %s: no %s \"%s\"\n", rows[i]->slug, rows[i]->name, rows[i]->code, rows[i]->text);
    }
}

/* All is right but the protocol, by which another challenge takes it. */
static void what_is_right_for_another_protocol_is_told_so(void)
{
    static const struct {
        const char *slug, *takes, *text;
        uint8_t protocol;
    } rows[] = {
        {"practice-options", "practice-fragments", "what practice-options asks for, whose protocol is 253",
         254},
        {"practice-fragments", "practice-options", "what practice-fragments asks for, whose", 253},
        {"practice-udp", "raw-ipv4", "what practice-udp asks for, whose protocol is 17 (UDP): this says 16",
         16},
        {"practice-options", "raw-ipv4", "what practice-options asks for", 16},
    };
    struct shop shop;

    shop_open(&shop);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct rules *takes = rulebook_find(shop.book, rows[i].takes);
        const struct finding *of;
        struct packet p;
        struct verdict v;
        struct reasons reasons;
        struct made m;
        right_for(&shop, rows[i].slug, &m);
        m.bytes[9] = rows[i].protocol;
        store_be16(m.bytes + 10, 0);
        store_be16(m.bytes + 10, csum_finish(csum_add(0, m.bytes, (size_t)(m.bytes[0] & 15) * 4)));
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        CU_ASSERT_PTR_EQUAL(rulebook_select(shop.book, &p), takes);
        judge_packet(takes, &p, SRC, &v);
        reasons_begin(&reasons, takes, &p, &v);
        const struct diagnosis *d = reasons_first(&reasons, &of);
        CU_ASSERT_PTR_NOT_NULL_FATAL(d);
        CU_ASSERT_STRING_EQUAL(d->code->name, "WRONG_PROTOCOL");
        CU_ASSERT_PTR_NOT_NULL(strstr(d->text, rows[i].text));
        if (!strstr(d->text, rows[i].text))
            printf("%s: %s %s\n", rows[i].slug, d->code->name, d->text);
    }
    shop_close(&shop);
}

static void hop_limit_first(struct made *m)
{
    m->bytes[6] = 64;
    m->bytes[7] = PROTO_UDP;
}

static void time_to_live_last(struct made *m)
{
    m->bytes[9] = m->bytes[8];
    m->bytes[8] = PROTO_UDP;
    as_the_kernel(m);
}

static void protocol(struct made *m, uint8_t number)
{
    m->bytes[9] = number;
    as_the_kernel(m);
}

static void of_tcp(struct made *m)
{
    protocol(m, 6);
}

static void of_udp(struct made *m)
{
    protocol(m, PROTO_UDP);
}

static void length_of_nothing(struct made *m)
{
    store_be16(m->bytes + 4, 0);
}

static void what_no_challenge_took_is_meant_for_one_for_practice(void)
{
    static const struct edit rows[] = {
        {"practice-ipv6", "ipv6.nxt", "SWAPPED_WITH", "next header and hop limit are exchanged",
         hop_limit_first},
        {"practice-ipv6", "ipv6.plen", "BAD_LENGTH", "says that 0 bytes follow the IPv6 header, and 13 do",
         length_of_nothing},
        {"practice-alarm", "udp.dstport", "SWAPPED_WITH", "exchanged", time_to_live_last},
        {"practice-udp", "udp.dstport", "SWAPPED_WITH", "exchanged", time_to_live_last},
        {"practice-spoof", "udp.dstport", "SWAPPED_WITH", "source port and destination port",
         ports_exchanged},
        {"practice-udp", "udp.dstport", "WRONG_PROTOCOL", "is 6 (TCP), and a right UDP header", of_tcp},
        {"practice-covert", "udp.dstport", "WRONG_PROTOCOL", "is 6 (TCP), and a right UDP header", of_tcp},
        {"practice-sctp", "sctp.dstport", "WRONG_PROTOCOL", "is 17 (UDP), and a right SCTP header", of_udp},
        {"practice-echo", "icmp.type", "WRONG_PROTOCOL", "is 17 (UDP), and a right ICMP header", of_udp},
        {"practice-filter", "tcp.dstport", "WRONG_PROTOCOL", "is 17 (UDP), and a right TCP header", of_udp},
        {"practice-echo", "icmp.type", "NESTED_HEADER", "the kernel put its own before it", kernels_header},
    };
    struct shop shop;

    shop_open(&shop);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static struct reading_meant meant;
        struct made m;
        struct packet p;
        right_for(&shop, rows[i].slug, &m);
        rows[i].make(&m);
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        CU_ASSERT_PTR_NULL(rulebook_select(shop.book, &p));
        const bool found = reading_rules(shop.book, &p, &meant);
        CU_ASSERT_TRUE(found);
        const bool good = found && strcmp(rules_slug(meant.rules), rows[i].slug) == 0 &&
                          strcmp(meant.why.code->name, rows[i].code) == 0 &&
                          strstr(meant.why.text, rows[i].text) && strcmp(meant.student, "smith") == 0;
        CU_ASSERT_TRUE(good);
        CU_ASSERT_PTR_EQUAL(noise_meant(shop.book, &p), rulebook_find(shop.book, rows[i].slug));
        if (!found || !noise_meant(shop.book, &p))
            printf("%s: meant for nothing, or not told\n", rows[i].slug);
        else if (!good)
            printf("%s: %s %s %s %s: %s\n", rows[i].slug, rules_slug(meant.rules), meant.field->name,
                   meant.why.code->name, meant.student, meant.why.text);
    }
    shop_close(&shop);
}

/* Much of it is what raw-tcp asks for, and says nothing of whom: the port says more. */
static void a_knock_by_tcp_is_for_no_other_challenge(void)
{
    struct shop shop;
    struct packet p;
    struct made m;

    shop_open(&shop);
    right_for(&shop, "raw-tcp", &m);
    store_be16(m.bytes + IP, 5000);
    store_be16(m.bytes + IP + 2, 8533);
    memset(m.bytes + IP + 8, 0, 4);
    m.length = IP + 20;
    store_be16(m.bytes + 2, (uint16_t)m.length);
    as_the_kernel(&m);
    sum_tcp(&m);
    packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
    CU_ASSERT_PTR_NULL(rulebook_select(shop.book, &p));
    CU_ASSERT_PTR_NULL(noise_meant(shop.book, &p));
    shop_close(&shop);
}

static void what_kernels_say_of_their_neighbours_is_for_no_challenge(void)
{
    static const uint8_t nobody[6] = {0}, asker[6] = {2, 0, 0, 0, 0, 9};
    struct shop shop;
    struct packet p;
    struct made m;

    shop_open(&shop);
    right_for(&shop, "practice-arp", &m);
    arp_request(&m);
    memcpy(m.bytes + TARGET_MAC, nobody, 6);
    packet_decode(&p, LINK_ETHERNET, m.bytes, m.length, m.length);
    CU_ASSERT_PTR_NULL(rulebook_select(shop.book, &p)); /* who has this address? */
    memcpy(m.bytes, asker, 6);
    packet_decode(&p, LINK_ETHERNET, m.bytes, m.length, m.length);
    CU_ASSERT_PTR_NULL(rulebook_select(shop.book, &p)); /* the same, of one station */
    store_be16(m.bytes + OPCODE, 2);
    memcpy(m.bytes + TARGET_MAC, asker, 6);
    packet_decode(&p, LINK_ETHERNET, m.bytes, m.length, m.length);
    CU_ASSERT_PTR_NULL(rulebook_select(shop.book, &p)); /* its answer */
    m.bytes[SENDER_IP - 1] ^= 1;
    packet_decode(&p, LINK_ETHERNET, m.bytes, m.length, m.length);
    CU_ASSERT_PTR_NOT_NULL(rulebook_select(shop.book, &p)); /* of another station than it says */
    shop_close(&shop);
}

static const struct unit_case cases[] = {
    {"what_is_right_for_another_protocol_is_told_so", what_is_right_for_another_protocol_is_told_so},
    {"what_no_challenge_took_is_meant_for_one_for_practice",
     what_no_challenge_took_is_meant_for_one_for_practice},
    {"a_knock_by_tcp_is_for_no_other_challenge", a_knock_by_tcp_is_for_no_other_challenge},
    {"what_kernels_say_of_their_neighbours_is_for_no_challenge",
     what_kernels_say_of_their_neighbours_is_for_no_challenge},
    {"each_mistake_is_told_as_what_it_is", each_mistake_is_told_as_what_it_is},
};
extern const struct unit_group practice_cases;
UNIT_GROUP(practice_cases, cases);
