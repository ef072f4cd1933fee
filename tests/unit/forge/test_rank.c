#include "judge/rank.h"

#include <string.h>

#include "forge/exchange.h"
#include "forge/mistakes.h"
#include "judge/judge.h"
#include "tree.h"
#include "unit.h"

#define SRC 0x0A0A0028u
#define DST 0xAC10010Fu

static const struct tree_file FILES[] = {
    {"chaos", "kind: packet\nlisten: {ip.proto: CHAOS}\nexpect:\n  ip.hdr_len: 20\n"
              "  ip.dsfield.dscp: {param: [8, 56], per: class}\n  ip.id: {param: u16, per: student}\n"
              "  ip.flags.df: 1\n  ip.ttl: {range: [3, 9]}\n  ip.src: 10.10.0.40\n"
              "  payload: {text: \"I am {student}\", encoding: hex}\ndeliver: {connect: 1111}\n"},
    {"segment",
     "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: {param: u16, per: class}\n"
     "  tcp.seq_raw: {in: [5, 6]}\n  tcp.ack_raw: {param: u32, per: student}\n  tcp.hdr_len: 20\n"
     "  tcp.flags: SYN\n  tcp.window_size_value: {not: [0, 5840]}\n  tcp.checksum.status: good\n"
     "  tcp.urgent_pointer: {mask: 0xFF00, value: 0x1200}\n"
     "  payload: {text: \"I am {student}.\", encoding: base64}\ndeliver: {connect: 1111}\n"},
    {"echo", "kind: packet\nlisten: {icmp.type: 8}\nexpect:\n  icmp.seq: {range: [1, 3]}\n"
             "  icmp.checksum.status: good\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"},
    {"datagram", "kind: packet\nlisten: {udp.dstport: 99}\nexpect:\n  udp.srcport: {range: [7, 9]}\n"
                 "  udp.checksum.status: good\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"},
};

enum { N_FILES = sizeof(FILES) / sizeof(FILES[0]) };

struct compared {
    const struct rules *rules;
    struct rank *rank;
    const char *student; /* NULL: whom the packet names */
    size_t told, unknown;
};

static void compare(struct compared *c, const struct exchange *e)
{
    struct packet p;
    struct verdict v;

    packet_decode(&p, LINK_RAW, e->bytes, e->length, e->length);
    if (c->student)
        judge_packet_for(c->rules, &p, c->student, &v);
    else
        judge_packet(c->rules, &p, SRC, &v);
    size_t wrong = rank_wrong(c->rank, &p, SIZE_MAX - 1);
    if (wrong == RANK_UNKNOWN) {
        c->unknown++;
        return;
    }
    c->told++;
    CU_ASSERT_EQUAL(wrong, v.n_judged - v.n_right);
    CU_ASSERT_EQUAL(wrong == 0, v.pass);
    CU_ASSERT_EQUAL(rank_judged(c->rank), v.n_judged);
    /* a limit ends the counting, and never changes who is within it */
    for (size_t limit = 0; limit < 3; limit++)
        CU_ASSERT_EQUAL(rank_wrong(c->rank, &p, limit) <= limit, wrong <= limit);
}

static bool each(void *context, const struct clause_spec *clause, const struct change *change,
                 const char *how)
{
    struct compared *c = context;
    struct exchange e;

    (void)clause, (void)how;
    CU_ASSERT_PTR_NULL_FATAL(exchange_build(c->rules, "smith", SRC, DST, change, &e));
    compare(c, &e);
    return true;
}

static void compare_all(const struct tree *tree, size_t i, const char *student)
{
    struct compared c = {.rules = rulebook_find(tree->book, FILES[i].slug), .student = student};
    struct exchange right, another;

    c.rank = rank_new(c.rules, student);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c.rank);
    CU_ASSERT_PTR_NULL_FATAL(exchange_build(c.rules, "smith", SRC, DST, NULL, &right));
    CU_ASSERT_PTR_NULL_FATAL(exchange_build(c.rules, "jones", SRC, DST, NULL, &another));
    compare(&c, &right);
    compare(&c, &another);
    compare(&c, &right); /* the memo of the payload is another's now */
    mistakes_each(c.rules, "smith", each, &c);
    /* ICMP's fields depend on its type: never ranked */
    CU_ASSERT_EQUAL(c.told > 10, strcmp(FILES[i].slug, "echo") != 0);
    rank_free(c.rank);
}

static void the_count_is_the_verdicts_for_every_mistake(void)
{
    struct tree tree;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < N_FILES; i++) {
        compare_all(&tree, i, NULL);
        compare_all(&tree, i, "smith");
        compare_all(&tree, i, "jones");
    }
    tree_close(&tree);
}

static void a_given_value_is_judged_and_an_unknown_one_is_not(void)
{
    struct tree tree;
    struct exchange e;
    struct packet p;
    struct verdict v;

    tree_open(&tree, FILES, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, 0);
    rulebook_give(tree.book, 0, field_find("ip.dsfield.dscp"), 24);
    CU_ASSERT_FALSE(rulebook_give(tree.book, 0, field_find("ip.ttl"), 3));
    CU_ASSERT_TRUE(rules_has_param(rules, field_find("ip.id")));
    CU_ASSERT_FALSE(rules_has_param(rules, field_find("ip.ttl")));
    rulebook_give(tree.book, 0, field_find("ip.id"), 0x1234);
    CU_ASSERT_PTR_NULL_FATAL(exchange_build(rules, "smith", SRC, DST, NULL, &e));
    packet_decode(&p, LINK_RAW, e.bytes, e.length, e.length);
    judge_packet(rules, &p, SRC, &v);
    CU_ASSERT_TRUE(v.pass);
    CU_ASSERT_EQUAL(v.n_unknown, 0);
    tree_close(&tree);

    tree_open(&tree, FILES, 1, false);
    rules = rulebook_at(tree.book, 0);
    judge_packet(rules, &p, SRC, &v);
    CU_ASSERT_TRUE(v.pass);
    CU_ASSERT_EQUAL(v.n_unknown, 2);
    CU_ASSERT_EQUAL(v.n_judged, 6);
    struct rank *rank = rank_new(rules, NULL);
    CU_ASSERT_EQUAL(rank_judged(rank), 6);
    CU_ASSERT_EQUAL(rank_wrong(rank, &p, 0), 0);
    rank_free(rank);
    judge_packet_for(rules, &p, "jones", &v);
    CU_ASSERT_FALSE(v.pass);
    CU_ASSERT_EQUAL(v.n_right, 5);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"the_count_is_the_verdicts_for_every_mistake", the_count_is_the_verdicts_for_every_mistake},
    {"a_given_value_is_judged_and_an_unknown_one_is_not", a_given_value_is_judged_and_an_unknown_one_is_not},
};
extern const struct unit_group rank_cases;
UNIT_GROUP(rank_cases, cases);
