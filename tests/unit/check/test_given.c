#include "grader/check/given.h"

#include <string.h>

#include "tests/unit/judge/tree.h"
#include "unit.h"

#define CHAOS(protocol)                                                                                      \
    "kind: packet\nlisten: {ip.proto: " protocol "}\nexpect:\n  ip.id: {param: u16, per: student}\n"         \
    "  ip.ttl: 64\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"

static void a_value_finds_its_one_parameter_or_is_told_why_not(void)
{
    static const struct tree_file files[] = {
        {"first", CHAOS("16")},
        {"second", CHAOS("99")},
        {"third",
         "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.seq_raw: {param: u32, per: class}\n"
         "  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"},
    };
    static const struct {
        const char *text;
        const char *told; /* NULL: it is taken */
    } rows[] = {
        {"tcp.seq_raw=7", NULL},
        {"third:tcp.seq_raw=0x10", NULL},
        {"first:ip.id=0x1234", NULL},
        {"ip.id=0x1234", "several challenges have one: write second:ip.id=0x1234"},
        {"ip.id", "write FIELD=VALUE"},
        {"", "write FIELD=VALUE"},
        {"=1", "no field is named"},
        {"ip.idd=1", "did you mean ip.id"},
        {"first:ip.ttl=64", "first has no value of its own for ip.ttl"},
        {"fourth:ip.id=1", "fourth has no value of its own"},
        {"first:ip.id=65536", "larger than"},
        {"first:ip.id=x", "is not"},
        {"a-slug-that-is-longer-than-any-slug-can-be:ip.id=1", "write FIELD=VALUE"},
    };
    struct tree tree;

    tree_open(&tree, files, 3, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = {.text = ""};
        enum status st = given_put(tree.book, rows[i].text, &err);
        CU_ASSERT_EQUAL(st, rows[i].told ? ST_USAGE : ST_OK);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, rows[i].told ? rows[i].told : ""));
    }
    char text[FIELD_TEXT_SIZE];
    CU_ASSERT_TRUE(rules_value_text(rulebook_at(tree.book, 0), "ip.id", "smith", text));
    CU_ASSERT_FALSE(rules_value_text(rulebook_at(tree.book, 1), "ip.id", "smith", text));
    CU_ASSERT_TRUE(rules_value_text(rulebook_at(tree.book, 2), "tcp.seq_raw", "", text));
    CU_ASSERT_STRING_EQUAL(text, "16");
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"a_value_finds_its_one_parameter_or_is_told_why_not",
     a_value_finds_its_one_parameter_or_is_told_why_not},
};
extern const struct unit_group given_cases;
UNIT_GROUP(given_cases, cases);
