/* Packets of chance: whatever is told of them is one line, and no reason in a report is empty. */
#include "unit.h"

#include "diagnosed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/str.h"
#include "explain/diagnose.h"
#include "explain/letters.h"
#include "explain/report.h"
#include "forge/exchange.h"

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static bool one_line(const char *text, size_t size)
{
    size_t n = strnlen(text, size);

    for (size_t i = 0, letter; i < n; i += letter ? letter : 1) {
        letter = letters_shown((const uint8_t *)text + i, n - i);
        if (!letter && (text[i] < 0x20 || text[i] > 0x7E))
            return false;
    }
    return n > 0 && n < size && text[n - 1] != ' ' && (n < 4 || strcmp(text + n - 3, "...") != 0);
}

/* Each line of a report that says why has words before its code, and what it points at is told in full. */
static void expect_reasons(const char *text)
{
    static const char why[] = "\n  why      ", above[] = "as above [", as_for[] = "as for ";

    for (const char *at = text; (at = strstr(at, why));) {
        char name[96];
        at += sizeof(why) - 1;
        CU_ASSERT_NOT_EQUAL(*at, '[');
        if (strncmp(at, above, sizeof(above) - 1) == 0) {
            snprintf(name, sizeof(name), "%.*s]", (int)strcspn(at + sizeof(above) - 2, "]"),
                     at + sizeof(above) - 2);
            const char *first = strstr(text, name);
            CU_ASSERT_TRUE(first && first < at);
        } else if (strncmp(at, as_for, sizeof(as_for) - 1) == 0) {
            snprintf(name, sizeof(name), "\n%.*s (", (int)strcspn(at + sizeof(as_for) - 1, " "),
                     at + sizeof(as_for) - 1);
            CU_ASSERT_PTR_NOT_NULL(strstr(text, name));
        }
    }
}

static void report(const struct rules *rules, const struct packet *p, const struct verdict *v)
{
    struct reasons reasons;
    struct buf text;

    buf_init(&text, 1000);
    reasons_begin(&reasons, rules, p, v);
    report_text(&reasons, FEEDBACK_FULL, &text);
    CU_ASSERT_TRUE(text.len > 0);
    expect_reasons(buf_text(&text));
    buf_free(&text);
}

/* A few bytes of the right packet, or all, are others; then it is cut. Memory of exactly that many bytes: a
 * read beyond them ends the test where the sanitizers watch. */
static void diagnose_random(const struct rules *rules, uint64_t *state)
{
    struct exchange e;
    struct packet p;
    struct verdict v;
    struct diagnosis d[DIAGNOSES_MAX];

    CU_ASSERT_PTR_NULL_FATAL(exchange_build(rules, "smith", SRC, DST, NULL, &e));
    size_t n = next(state) % 8 == 0 ? e.length : next(state) % 8;
    for (size_t i = 0; i < n; i++)
        e.bytes[n == e.length ? i : next(state) % e.length] = (uint8_t)next(state);
    size_t length = next(state) % 2 ? e.length : next(state) % (e.length + 1);
    uint8_t *frame = malloc(length ? length : 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(frame);
    memcpy(frame, e.bytes, length);
    packet_decode(&p, next(state) % 8 ? LINK_RAW : LINK_ETHERNET, frame, length,
                  next(state) % 2 ? e.length : length);
    judge_packet(rules, &p, SRC, &v);
    for (size_t i = 0; i < v.n; i++) {
        size_t told = diagnose(rules, &p, &v, &v.findings[i], d);
        CU_ASSERT_EQUAL(told > 0, v.findings[i].status == FINDING_FAIL);
        for (size_t k = 0; k < told; k++) {
            bool right = one_line(d[k].text, sizeof(d[k].text)) && one_line(d[k].mend, sizeof(d[k].mend));
            CU_ASSERT_TRUE(right);
            if (!right)
                printf("%s: %s | %s\n", d[k].code->name, d[k].text, d[k].mend);
        }
    }
    if (v.n && !v.pass)
        report(rules, &p, &v);
    free(frame);
}

static void whatever_came_is_told_in_one_line_each(void)
{
    uint64_t state;
    struct tree tree;

    CU_ASSERT_EQUAL_FATAL(getrandom(&state, sizeof(state), 0), sizeof(state));
    state |= 1;
    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < 20000 / UNIT_FEWER; i++)
        diagnose_random(rulebook_at(tree.book, i % rulebook_count(tree.book)), &state);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"whatever_came_is_told_in_one_line_each", whatever_came_is_told_in_one_line_each},
};
extern const struct unit_group one_line_cases;
UNIT_GROUP(one_line_cases, cases);
