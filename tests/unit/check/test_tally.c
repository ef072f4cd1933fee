#include "grader/check/tally.h"

#include <string.h>

#include "tests/unit/judge/tree.h"
#include "unit.h"

#define TARGET 0xAC10010Fu
#define STUDENT 0x0A0A0028u

static const struct tree_file FILE_OF_ONE = {
    "segment", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: 7\n  ip.ttl: 64\n"
               "  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"};

struct sent {
    uint16_t sport;
    uint8_t ttl; /* 64 is what the sum in its header fits: others are malformed, and judged in full */
    const char *text;
};

static void add(struct tally *tally, const struct sent *sent, uint64_t number)
{
    uint8_t storage[MESSAGE_HEADERS + 16];
    size_t n = strlen(sent->text);
    struct packet made, packet;

    memcpy(storage + MESSAGE_HEADERS, sent->text, n);
    packet_of_message(&made, storage, n, true, STUDENT, sent->sport, TARGET, 8081);
    uint8_t *const ip = storage + (made.frame - storage);
    ip[8] = sent->ttl;
    packet_decode(&packet, LINK_RAW, ip, made.length, made.length);
    const struct sighting sighting = {ip, made.length, made.length, number, 0, LINK_RAW};
    const struct rules *rules = rulebook_at(tally->book, 0);
    CU_ASSERT_TRUE(tally_add(tally, rules, &packet, tally_rank(tally, rules, &packet), &sighting));
    memset(storage, 0xFF, sizeof(storage)); /* what is kept is a copy */
}

static void the_best_is_kept_and_the_latest_of_equal_ones(void)
{
    static const struct {
        struct sent sent[5];
        uint64_t best;
        bool pass;
    } rows[] = {
        {{{8, 64, "smith"}, {7, 64, "smith"}, {8, 64, "smith"}, {8, 64, "!"}, {8, 1, "smith"}}, 2, true},
        {{{7, 64, "smith"}, {7, 64, "jones"}, {8, 64, "smith"}, {7, 1, "smith"}, {7, 64, "!"}}, 2, true},
        {{{8, 64, "!"}, {8, 64, "smith"}, {7, 64, "!"}, {8, 1, "smith"}, {8, 1, "!"}}, 3, false},
        {{{8, 1, "!"}, {8, 1, "smith"}, {8, 1, "!"}, {8, 1, "smith"}, {8, 1, "!"}}, 4, false},
    };
    struct tree tree;

    tree_open(&tree, &FILE_OF_ONE, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tally tally;
        CU_ASSERT_TRUE_FATAL(tally_init(&tally, tree.book, NULL));
        CU_ASSERT_TRUE_FATAL(tally_want(&tally, rulebook_at(tree.book, 0), false));
        for (uint64_t k = 0; k < 5; k++)
            add(&tally, &rows[i].sent[k], k + 1);
        CU_ASSERT_EQUAL(tally.best[0].sighting.number, rows[i].best);
        CU_ASSERT_EQUAL(tally.best[0].pass, rows[i].pass);
        CU_ASSERT_EQUAL(tally.best[0].packets, 5);
        CU_ASSERT_EQUAL(tally.best[0].sighting.bytes[0], 0x45);
        tally_free(&tally);
    }
    tree_close(&tree);
}

/* Two clauses that fail, or one and a header that cannot be read: both are two. */
static void of_as_many_wrong_the_one_with_more_that_is_right_is_kept(void)
{
    static const struct tree_file over_six = {
        "six", "kind: packet\nlisten: {udp.dstport: 7008}\nexpect: {ipv6.hlim: 64}\nidentify: nobody\n"
               "deliver: {connect: 1111}\n"};
    /* a hop-by-hop header that claims 72 bytes; a router solicitation of some kernel */
    static const uint8_t unread[] = {0x60,        0,        0,    0,    0,        16, 0, 64, 0xFE,
                                     0x80,        [23] = 1, 0xFE, 0x80, [39] = 2, 17, 8, 1,  4,
                                     [48] = 0x7A, 0x69,     0x1B, 0x60, 0,        8,  0, 0};
    static const uint8_t solicitation[] = {0x60, 0, 0,        0,   0, 8, 58, 255, 0xFE, 0x80, [23] = 1,
                                           0xFF, 2, [39] = 2, 133, 0, 0, 0,  0,   0,    0,    0};
    struct tree tree;
    struct tally tally;
    struct packet packet;

    tree_open(&tree, &over_six, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, 0);
    CU_ASSERT_TRUE_FATAL(tally_init(&tally, tree.book, "smith"));
    CU_ASSERT_TRUE_FATAL(tally_want(&tally, rules, true));
    for (uint64_t k = 1; k <= 2; k++) {
        const uint8_t *bytes = k == 1 ? unread : solicitation;
        const size_t n = k == 1 ? sizeof(unread) : sizeof(solicitation);
        const struct sighting sighting = {bytes, n, n, k, 0, LINK_RAW};
        packet_decode(&packet, LINK_RAW, bytes, n, n);
        CU_ASSERT_TRUE(tally_add(&tally, rules, &packet, TALLY_NOT_TAKEN, &sighting));
    }
    CU_ASSERT_EQUAL(tally.best[0].sighting.number, 1);
    CU_ASSERT_EQUAL(tally.best[0].packets, 2);
    tally_free(&tally);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"of_as_many_wrong_the_one_with_more_that_is_right_is_kept",
     of_as_many_wrong_the_one_with_more_that_is_right_is_kept},
    {"the_best_is_kept_and_the_latest_of_equal_ones", the_best_is_kept_and_the_latest_of_equal_ones},
};
extern const struct unit_group tally_cases;
UNIT_GROUP(tally_cases, cases);
