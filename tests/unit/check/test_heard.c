#include "grader/check/heard.h"

#include <string.h>

#include "tests/unit/judge/tree.h"
#include "unit.h"

#define TARGET 0xAC10010Fu

static const struct tree_file FILE_OF_ONE = {
    "segment", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  payload: {text: \"{student}\"}\n"
               "deliver: {connect: 1111}\n"};

static void hear(struct heard *heard, ipaddr source, uint16_t port, int64_t utc_us)
{
    uint8_t storage[MESSAGE_HEADERS + 1];
    struct packet packet;

    packet_of_message(&packet, storage, 1, true, source, 4000, TARGET, port);
    heard_add(heard, &packet, noise_key(heard->book, &packet), utc_us);
}

static void equal_packets_are_one_group_and_too_many_groups_a_number(void)
{
    struct tree tree;
    uint64_t sum = 0;

    tree_open(&tree, &FILE_OF_ONE, 1, false);
    struct heard heard = {.book = tree.book, .class = &tree.class};
    for (int64_t round = 0; round < 3; round++)
        for (uint16_t port = 1; port <= HEARD_MAX + 10; port++)
            hear(&heard, 0x0A0A0028, port, round * 1000 + port);
    CU_ASSERT_EQUAL(heard.n, HEARD_MAX);
    CU_ASSERT_EQUAL(heard.others, 30);
    for (size_t i = 0; i < heard.n; i++) {
        sum += heard.groups[i].packets;
        CU_ASSERT_EQUAL(heard.groups[i].last_us - heard.groups[i].first_us, 2000);
    }
    CU_ASSERT_EQUAL(sum + heard.others, 3 * (HEARD_MAX + 10));
    tree_close(&tree);
}

static void students_are_told_before_others_and_the_latest_first(void)
{
    static const struct {
        ipaddr source;
        uint16_t port;
    } rows[] = {{0x08080808, 1}, {0x0A0A0028, 2}, {0x08080808, 3}, {0x0A0A0029, 4}};
    static const char *const order[] = {"TCP to port 4", "TCP to port 2", "TCP to port 3", "TCP to port 1"};
    struct tree tree;

    tree_open(&tree, &FILE_OF_ONE, 1, false);
    struct heard heard = {.book = tree.book, .class = &tree.class};
    for (size_t i = 0; i < 4; i++)
        hear(&heard, rows[i].source, rows[i].port, (int64_t)i);
    heard_sort(&heard);
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_STRING_EQUAL(heard.groups[i].noise.what, order[i]);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"equal_packets_are_one_group_and_too_many_groups_a_number",
     equal_packets_are_one_group_and_too_many_groups_a_number},
    {"students_are_told_before_others_and_the_latest_first",
     students_are_told_before_others_and_the_latest_first},
};
extern const struct unit_group heard_cases;
UNIT_GROUP(heard_cases, cases);
