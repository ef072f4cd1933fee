#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "forge/exchange.h"
#include "forge/imply.h"
#include "forge/mistakes.h"
#include "judge/judge.h"
#include "tree.h"

#define SRC 0x0A0A0028u
#define DST 0xAC10010Fu

static const struct tree_file FILES[] = {
    {"chaos", "kind: packet\nlisten: {ip.proto: CHAOS}\nexpect:\n  ip.hdr_len: 20\n"
              "  ip.dsfield.dscp: {param: [8, 56], per: class}\n  ip.id: {param: u16, per: student}\n"
              "  ip.ttl: {range: [3, 9]}\n  payload: {text: \"I am {student}\", encoding: hex}\n"
              "deliver: {connect: 1111}\n"},
    {"segment",
     "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: {param: u16, per: class}\n"
     "  tcp.seq_raw: {in: [5, 6]}\n  tcp.ack_raw: {param: u32, per: student}\n  tcp.flags: SYN\n"
     "  tcp.window_size_value: {not: [0, 5840]}\n  tcp.checksum.status: good\n"
     "  tcp.urgent_pointer: {mask: 0xFF00, value: 0x1200}\n"
     "  payload: {text: \"I am {student}.\", encoding: base64}\ndeliver: {connect: 1111}\n"},
    {"wall", "kind: packet\nlisten: {udp.dstport: 7001}\nexpect:\n  payload: {text: \"I am {student}\"}\n"
             "  frame: {matches: \"src port 53 and ip[8] < 9 and not ip[4:2] = 0x5747\",\n"
             "          example: {udp.srcport: 53, ip.ttl: 8, ip.id: 7}}\ndeliver: {connect: 1111}\n"},
    {"alarm", "kind: packet\nlisten: {udp.dstport: 7002}\nexpect:\n  payload: {text: \"I am {student}\"}\n"
              "  frame: {rejects: \"src port 53 or ip[8] < 9 or udp[8] = 0\"}\ndeliver: {connect: 1111}\n"},
    {"announce", "kind: packet\nlisten: {arp.opcode: 2, eth.dst: \"ff:ff:ff:ff:ff:ff\"}\nidentify: nobody\n"
                 "expect:\n  arp.hw.type: 1\n  arp.proto.type: 0x0800\n  arp.hw.size: 6\n"
                 "  arp.dst.hw_mac: {param: u32, per: class}\n  arp.src.proto_ipv4: {not: 10.10.0.41}\n"
                 "  frame: {matches: \"arp[8:4] = ether[6:4]\"}\ndeliver: {connect: 1111}\n"},
    {"length",
     "kind: packet\nlisten: {eth.len: 38}\nidentify: nobody\nexpect:\n  eth.dst: \"01:80:c2:00:00:00\"\n"
     "  payload: {bytes: \"0x424203\"}\ndeliver: {connect: 1111}\n"},
    {"shut", "kind: packet\nlisten: {udp.dstport: 7003}\nexpect:\n  payload: {text: \"{student}\"}\n"
             "  frame: {matches: \"udp and ip[8] < 9\"}\ndeliver: {connect: 1111}\n"},
};

struct seen {
    const struct rules *rules;
    struct exchange right;
    char how[4096]; /* "field: how\n" a mistake */
    size_t n, wrong;
};

static bool see(void *context, const struct clause_spec *clause, const struct change *change, const char *how)
{
    struct seen *seen = context;
    struct exchange e;
    struct packet p;
    struct verdict v;
    bool named = false, others = false;
    size_t used = strlen(seen->how);

    snprintf(seen->how + used, sizeof(seen->how) - used, "%s: %s\n", clause->field.text, how);
    seen->n++;
    CU_ASSERT_PTR_NULL_FATAL(exchange_build(seen->rules, "smith", SRC, DST, change, &e));
    if (e.length == seen->right.length && memcmp(e.bytes, seen->right.bytes, e.length) == 0)
        return true; /* a sum that reads the same both ways */
    packet_decode(&p, e.link, e.bytes, e.length, e.length);
    judge_packet(seen->rules, &p, SRC, &v);
    for (size_t i = 0; i < v.n; i++) {
        bool own = v.findings[i].field == change->field;
        named = named || (own && v.findings[i].status == FINDING_FAIL);
        others = others || (v.findings[i].status == FINDING_FAIL &&
                            !imply_field(seen->rules, change->field, v.findings[i].field));
    }
    if (v.pass || !named || others) {
        seen->wrong++;
        printf("not refused for itself alone: %s: %s\n", clause->field.text, how);
    }
    return true;
}

static void every_mistake_is_refused_for_its_field_alone(void)
{
    struct tree tree;

    tree_open(&tree, FILES, 2, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < 2; i++) {
        static struct seen seen;
        seen = (struct seen){.rules = rulebook_at(tree.book, i)};
        exchange_build(seen.rules, "smith", SRC, DST, NULL, &seen.right);
        mistakes_each(seen.rules, "smith", see, &seen);
        CU_ASSERT_EQUAL(seen.wrong, 0);
        CU_ASSERT_TRUE(seen.n > 40);
        CU_ASSERT_PTR_NOT_NULL(strstr(seen.how, i ? "tcp.dstport: one more" : "ip.proto: one more"));
        CU_ASSERT_PTR_NOT_NULL(strstr(seen.how, "payload: a newline inside"));
    }
    tree_close(&tree);
}

/* Of each part some: also of one for which several fields would do. */
static void a_filter_is_shown_to_refuse_part_by_part(void)
{
    static const char *const rows[][3] = {
        {"wall", "frame: udp.srcport is 54\nframe: udp.srcport is 52\n", "frame: ip.ttl is 9\n"},
        {"wall", "frame: ip.ttl is 52\n", "frame: ip.id is 0x5747"},
        {"alarm", "frame: udp.srcport is 53", "frame: ip.ttl is 8\n"},
        {"announce", "arp.opcode: one more", "frame: arp.src.hw_mac is "},
        {"length", "eth.len: one more", "payload: one bit turned over"},
    };
    struct tree tree;

    tree_open(&tree, FILES, 7, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static struct seen seen;
        seen = (struct seen){.rules = rulebook_find(tree.book, rows[i][0])};
        CU_ASSERT_PTR_NULL(exchange_build(seen.rules, "smith", SRC, DST, NULL, &seen.right));
        mistakes_each(seen.rules, "smith", see, &seen);
        CU_ASSERT_EQUAL(seen.wrong, 0);
        for (size_t k = 1; k < 3; k++)
            CU_ASSERT_PTR_NOT_NULL(strstr(seen.how, rows[i][k]));
    }
    tree_close(&tree);
}

static void what_the_filter_refuses_is_no_right_packet(void)
{
    struct exchange e;
    struct tree tree;

    tree_open(&tree, FILES, 7, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const char *wrong = exchange_build(rulebook_find(tree.book, "shut"), "smith", SRC, DST, NULL, &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(wrong);
    CU_ASSERT_PTR_NOT_NULL(strstr(wrong,
                                  "the filter says no to the packet that is made from the clauses, by its "
                                  "part \"ip[8] < 9\""));
    tree_close(&tree);
}

static bool stop_at_once(void *context, const struct clause_spec *clause, const struct change *change,
                         const char *how)
{
    (void)clause, (void)change, (void)how;
    ++*(size_t *)context;
    return false;
}

static bool see_text(void *context, const struct clause_spec *clause, const struct change *change,
                     const char *how)
{
    (void)change;
    char *all = context;
    size_t used = strlen(all);
    snprintf(all + used, 4096 - used, "%s: %s\n", clause->field.text, how);
    return true;
}

static void what_a_clause_allows_is_no_mistake(void)
{
    struct tree tree;
    static char all[4096];
    size_t n = 0;

    tree_open(&tree, FILES, 2, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    all[0] = '\0';
    mistakes_each(rulebook_at(tree.book, 1), "smith", see_text, all);
    CU_ASSERT_PTR_NULL(strstr(all, "tcp.seq_raw: one more"));     /* 6 is in the set */
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "tcp.seq_raw: one less")); /* 4 is not */
    CU_ASSERT_PTR_NULL(strstr(all, "tcp.window_size_value: one more"));
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "tcp.window_size_value: a value that is not allowed"));
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "tcp.urgent_pointer: one bit turned over"));
    mistakes_each(rulebook_at(tree.book, 0), "smith", stop_at_once, &n);
    CU_ASSERT_EQUAL(n, 1);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"a_filter_is_shown_to_refuse_part_by_part", a_filter_is_shown_to_refuse_part_by_part},
    {"what_the_filter_refuses_is_no_right_packet", what_the_filter_refuses_is_no_right_packet},
    {"every_mistake_is_refused_for_its_field_alone", every_mistake_is_refused_for_its_field_alone},
    {"what_a_clause_allows_is_no_mistake", what_a_clause_allows_is_no_mistake},
};
extern const struct unit_group mistakes_cases;
UNIT_GROUP(mistakes_cases, cases);
