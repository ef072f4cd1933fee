/* A value that nobody made by a mistake has no reason. Asked are all small values, which people write, and
 * thousands of others. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "explain/diagnose.h"
#include "forge/exchange.h"
#include "judge/judge.h"
#include "tree.h"

#define SRC 0x0A0A0028u
#define DST 0xAC10010Fu

enum { SMALL = 1000, MANY = 4000 / UNIT_FEWER };

/* Numbers of every size, with no pattern in them. */
static const struct tree_file FILES[] = {
    {"bytes", "kind: packet\nlisten: {ip.proto: 41}\nexpect:\n  ip.dsfield.dscp: 50\n  ip.id: 0xA3C7\n"
              "  ip.frag_offset: 0\n  ip.flags: 2\n  ip.ttl: 77\n"
              "  payload: {text: \"{student}\", encoding: utf-8}\ndeliver: {connect: 1111}\n"},
    {"ping", "kind: packet\nlisten: {icmp.type: 8}\nexpect:\n  icmp.ident: 0x6B1D\n  icmp.seq: 5003\n"
             "  payload: {text: \"{student}\", encoding: utf-8}\ndeliver: {connect: 1111}\n"},
    {"segment", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: 21931\n"
                "  tcp.seq_raw: 2889812911\n  tcp.ack_raw: 700021\n  tcp.window_size_value: 5840\n"
                "  tcp.checksum.status: good\n  tcp.urgent_pointer: 0\n"
                "  payload: {text: \"{student}\", encoding: base64}\ndeliver: {connect: 1111}\n"},
    {"user", "kind: packet\nlisten: {udp.dstport: 4445}\nexpect:\n  udp.length: 13\n  udp.srcport: 31337\n"
             "  payload: {text: \"{student}\", encoding: utf-8}\ndeliver: {connect: 1111}\n"},
};

/* told: how many of all values tried, and of 0 to 1,000, may have a reason: one in a thousand of what is met
 * by chance, and the few small ones that are a part of the right number, or beside it. In a field of few bits
 * nearly every value is a neighbour or a shift of the right one: there no reason may be certain but that of a
 * whole byte.
 */
static const struct {
    const char *slug, *field;
    size_t told, small;
} ROWS[] = {
    {"bytes", "ip.id", 8, 3},
    {"bytes", "ip.dsfield.dscp", 20, 20},
    {"bytes", "ip.ttl", 45, 45},
    {"bytes", "ip.frag_offset", 3, 3},
    {"ping", "icmp.ident", 8, 3},
    {"ping", "icmp.seq", 8, 5},
    {"segment", "tcp.srcport", 8, 3},
    {"segment", "tcp.dstport", 8, 3},
    {"segment", "tcp.seq_raw", 20, 1},
    {"segment", "tcp.ack_raw", 20, 3},
    {"segment", "tcp.window_size_value", 8, 3},
    {"segment", "tcp.urgent_pointer", 8, 3},
    {"user", "udp.srcport", 8, 3},
};

/* What claims no cause, says what everybody can see, or is a question. */
static bool is_plain(const char *code)
{
    static const char *const plain[] = {"WRONG_VALUE",   "KERNEL_PICKED", "NOT_SET",       "FRAGMENT",
                                        "EXTRA_FLAGS",   "BAD_LENGTH",    "MISSING_FLAGS", "WRONG_PROTOCOL",
                                        "LISTENER_PORT", "SWAPPED_WITH"};

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (strcmp(code, plain[i]) == 0)
            return true;
    return false;
}

struct counts {
    size_t told, small, certain;
};

static bool ask(const struct rules *rules, const struct field *field, uint64_t value, struct diagnosis *d)
{
    static struct exchange e;
    struct change change = {.field = field, .kind = CHANGE_VALUE, .value = value};
    struct diagnosis all[DIAGNOSES_MAX];
    struct packet p;
    struct verdict v;

    exchange_build(rules, "smith", SRC, DST, &change, &e);
    packet_decode(&p, LINK_RAW, e.bytes, e.length, e.length);
    judge_packet_for(rules, &p, "smith", &v);
    for (size_t i = 0; i < v.n; i++)
        if (v.findings[i].field == field && v.findings[i].status == FINDING_FAIL &&
            diagnose(rules, &p, &v, &v.findings[i], all)) {
            *d = all[0];
            return true;
        }
    return false;
}

static void count(const struct rules *rules, const struct field *field, uint64_t value, struct counts *c)
{
    struct diagnosis d;

    if (!ask(rules, field, value, &d) || is_plain(d.code->name))
        return;
    c->told++;
    c->small += value <= SMALL;
    c->certain += d.confidence == CONFIDENCE_CERTAIN;
}

static uint64_t next(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

static void a_random_value_has_no_reason(void)
{
    struct tree tree;
    uint64_t state = 0x5EED;

    tree_open(&tree, FILES, sizeof(FILES) / sizeof(FILES[0]), true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        const struct rules *rules = rulebook_find(tree.book, ROWS[i].slug);
        const struct field *field = field_find(ROWS[i].field);
        struct counts c = {0};
        for (uint64_t v = 0; v <= SMALL + MANY && (v <= field_max(field) || v > SMALL); v++)
            count(rules, field, v <= SMALL ? v : next(&state) & field_max(field), &c);
        bool good =
            c.told <= ROWS[i].told && c.small <= ROWS[i].small && (field->bits >= 16 || c.certain <= 1);
        CU_ASSERT_TRUE(good);
        if (!good)
            printf("%s: %zu told, %zu of them small, %zu certain\n", field->name, c.told, c.small, c.certain);
    }
    tree_close(&tree);
}

/* Today's examples of reasons that were certain and false. */
static void a_small_number_is_not_shifted_by_thirty(void)
{
    static const uint64_t values[] = {1, 2, 3, 10, 100, 1000, 1377, 5, 7};
    struct tree tree;
    struct diagnosis d;

    tree_open(&tree, FILES, sizeof(FILES) / sizeof(FILES[0]), true);
    const struct rules *rules = rulebook_find(tree.book, "segment");
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        CU_ASSERT_TRUE(ask(rules, field_find("tcp.seq_raw"), values[i], &d));
        CU_ASSERT_STRING_EQUAL(d.code->name, "WRONG_VALUE");
    }
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"a_random_value_has_no_reason", a_random_value_has_no_reason},
    {"a_small_number_is_not_shifted_by_thirty", a_small_number_is_not_shifted_by_thirty},
};
extern const struct unit_group chance_cases;
UNIT_GROUP(chance_cases, cases);
