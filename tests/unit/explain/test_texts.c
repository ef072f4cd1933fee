/* What is told first of a text that is not the one asked for. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "explain/reasons.h"
#include "judge/judge.h"
#include "tree.h"

enum { STUDENT = 0x0A0A0028, TARGET = 0xAC10010F };

#define STREAM(text, encoding)                                                                               \
    "kind: stream\nlisten: {tcp.dstport: 5555}\nexpect:\n  payload: {text: \"" text                          \
    "\", encoding: " encoding "}\n"
#define ALONE STREAM("{student}", "utf-8")
#define HEX STREAM("I am {student}", "hex")
#define GREETS STREAM("{student} grüßt Köln", "utf-8")

static const struct row {
    const char *asked, *student, *sent; /* student "": whoever the text names */
    const char *code, *says, *tries;
} ROWS[] = {
    {ALONE, "smith", "smith", "", "", ""},
    {GREETS, "smith", "smith grüßt Köln\n", "", "", ""},
    /* one letter is no placeholder, what looks like one is */
    {ALONE, "", "x", "MISSING_TEXT", "one letter came", ""},
    {ALONE, "", "P", "MISSING_TEXT", "one letter came", ""},
    {ALONE, "jones", "x", "WRONG_VALUE", "", ""},
    {ALONE, "jones", "HANDLE", "PLACEHOLDER", "", ""},
    {ALONE, "", "<handle>", "PLACEHOLDER", "", ""},
    {ALONE, "", "{name}", "PLACEHOLDER", "", ""},
    {GREETS, "smith", "HANDLE grüßt Köln", "PLACEHOLDER", "", ""},
    {GREETS, "smith", "HANDLE gr", "PLACEHOLDER", "", ""},
    {ALONE, "smith", "handle: smith", "EXTRA_TEXT", "", ""},
    /* a beginning is a text that was cut */
    {ALONE, "smith", "smi", "MISSING_TEXT", "its first 3 letters", "at once"},
    {ALONE, "smith", "s", "MISSING_TEXT", "one letter came", "at once"},
    {GREETS, "smith", "smith gr", "MISSING_TEXT", "its first 8 letters", "sendall"},
    {GREETS, "smith", "smith grüß", "MISSING_TEXT", "its first 10 letters", "sendall"},
    {GREETS, "smith", "smith gr\xC3", "MISSING_TEXT", "is cut", "sendall"},
    {GREETS, "smith", "smith", "MISSING_TEXT", "is missing behind the handle", ""},
    {GREETS, "", "smith gr", "MISSING_TEXT", "its first 8 letters", ""},
    {HEX, "smith", "4920616d2073", "MISSING_TEXT", "its first 6 letters are", ""},
    {HEX, "smith", "492061", "MISSING_TEXT", "its first 3 letters are", ""},
    {HEX, "smith", "4920616d207", "MISSING_TEXT", "its first 11 letters, encoded", ""},
    {HEX, "smith", "940216d60237d6964786", "NIBBLES_SWAPPED", "hex digits are exchanged", ""},
};

static void check(const struct row *r, const struct rules *rules)
{
    uint8_t storage[MESSAGE_HEADERS + 200];
    const size_t length = strlen(r->sent);
    struct reasons reasons;
    struct packet p;
    struct verdict v;
    const struct finding *f;

    memcpy(storage + MESSAGE_HEADERS, r->sent, length);
    packet_of_message(&p, storage, length, true, STUDENT, 40000, TARGET, 5555);
    if (r->student[0])
        judge_packet_for(rules, &p, r->student, &v);
    else
        judge_packet(rules, &p, STUDENT, &v);
    CU_ASSERT_EQUAL(v.pass, !r->code[0]);
    reasons_begin(&reasons, rules, &p, &v);
    const struct diagnosis *d = reasons_first(&reasons, &f);
    const char *code = d ? d->code->name : "", *text = d ? d->text : "", *mend = d ? d->mend : "";
    const bool right = strcmp(code, r->code) == 0 && strstr(text, r->says) && strstr(mend, r->tries);
    CU_ASSERT_TRUE(right);
    if (!right)
        fprintf(stderr, "\"%s\" of %s: %s \"%s\" try \"%s\"\n", r->sent, r->student, code, text, mend);
}

static void each_wrong_text_is_told_as_what_it_is(void)
{
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        const struct tree_file file = {"one", ROWS[i].asked};
        struct tree tree;
        tree_open(&tree, &file, 1, false);
        CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
        check(&ROWS[i], rulebook_at(tree.book, 0));
        tree_close(&tree);
    }
}

static const struct unit_case cases[] = {
    {"each_wrong_text_is_told_as_what_it_is", each_wrong_text_is_told_as_what_it_is},
};
extern const struct unit_group text_cases;
UNIT_GROUP(text_cases, cases);
