#include "unit.h"

#include <string.h>

#include "explain/challenge_fill.h"
#include "tree.h"

static const struct tree_file CHAOS = {
    "chaos",
    "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  ip.dsfield.dscp: {param: [8, 56], per: class}\n"
    "  ip.id: {param: u16, per: student}\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"};

static void a_text_gets_the_values_of_its_class(void)
{
    static const struct {
        const char *text, *want; /* NULL: a problem */
    } rows[] = {
        {"to {{target}} by {{ ip.proto }}, listen on {{connect}}",
         "to 172.16.1.15 by 16 (CHAOS), listen on 1111"},
        {"ask {{target}} {{briefing}}", "ask 172.16.1.15 1110"},
        {"your handle ({{handle}})", "your handle (your user name here, in lower case)"},
        {"{{hand_in}}", "Flags are handed in with `nc 172.16.1.15 1110` and the word `submit FLAG`; on the "
                        "scoreboard's page "
                        "too where its text says so."},
        {"{{ip.id}}", NULL}, /* every student has another */
        {"{{port}}", NULL},
        {"{{ip.ttl}}", NULL},
        {"{{nonsense}}", NULL},
        {"plain { and }", "plain { and }"},
    };
    for (int with_key = 0; with_key < 2; with_key++) {
        struct tree tree;
        tree_open(&tree, &CHAOS, 1, with_key);
        CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
        const struct rules *r = rulebook_at(tree.book, 0);
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct buf out;
            buf_init(&out, 1000);
            bool ok = challenge_fill(&out, rows[i].text, rules_challenge(r), r, &tree.class, NULL,
                                     (struct place){3, 5}, &tree.problems);
            CU_ASSERT_EQUAL(ok, rows[i].want != NULL);
            if (rows[i].want)
                CU_ASSERT_STRING_EQUAL(buf_text(&out), rows[i].want);
            buf_free(&out);
        }
        char value[FIELD_TEXT_SIZE];
        struct buf out;
        buf_init(&out, 1000);
        CU_ASSERT_TRUE(challenge_fill(&out, "{{ip.dsfield.dscp}}", rules_challenge(r), r, &tree.class, NULL,
                                      (struct place){3, 5}, &tree.problems));
        CU_ASSERT_EQUAL(rules_value_text(r, "ip.dsfield.dscp", "", value), with_key);
        CU_ASSERT_STRING_EQUAL(buf_text(&out), with_key ? value : "?");
        buf_free(&out);
        tree_close(&tree);
    }
}

static void a_class_with_a_roster_says_where_handles_are_told(void)
{
    struct tree tree;
    struct buf out;

    tree_open(&tree, &CHAOS, 1, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *r = rulebook_at(tree.book, 0);
    struct class class = tree.class;
    class.roster_file = "roster.csv";
    class.paste = PASTE_FLAGS;
    buf_init(&out, 1000);
    CU_ASSERT_TRUE(challenge_fill(&out, "{{handle}}", rules_challenge(r), r, &class, NULL,
                                  (struct place){3, 5}, &tree.problems));
    CU_ASSERT_STRING_EQUAL(
        buf_text(&out),
        "`nc 172.16.1.15 1110` tells yours, or your instructor: your user name here may be another");
    buf_clear(&out);
    CU_ASSERT_TRUE(challenge_fill(&out, "{{handle}}", rules_challenge(r), r, &class, "smith",
                                  (struct place){3, 5}, &tree.problems));
    CU_ASSERT_STRING_EQUAL(buf_text(&out), "smith");
    buf_clear(&out);
    CU_ASSERT_TRUE(challenge_fill(&out, "{{hand_in}}", rules_challenge(r), r, &class, NULL,
                                  (struct place){3, 5}, &tree.problems));
    CU_ASSERT_STRING_EQUAL(buf_text(&out),
                           "Flags are entered on the scoreboard's page, or handed in with `nc "
                           "172.16.1.15 1110` and the word `submit FLAG`.");
    buf_clear(&out);
    class.paste = PASTE_SERVED;
    class_served(&class, false);
    CU_ASSERT_TRUE(challenge_fill(&out, "{{hand_in}}", rules_challenge(r), r, &class, NULL,
                                  (struct place){3, 5}, &tree.problems));
    CU_ASSERT_STRING_EQUAL(
        buf_text(&out),
        "Flags are handed in with `nc 172.16.1.15 1110` and the word `submit FLAG`, not on the "
        "scoreboard's page.");
    buf_free(&out);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"a_text_gets_the_values_of_its_class", a_text_gets_the_values_of_its_class},
    {"a_class_with_a_roster_says_where_handles_are_told", a_class_with_a_roster_says_where_handles_are_told},
};
extern const struct unit_group challenge_fill_cases;
UNIT_GROUP(challenge_fill_cases, cases);
