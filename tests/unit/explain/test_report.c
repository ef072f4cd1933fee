#include "unit.h"

#include <string.h>

#include "explain/report.h"
#include "judge/judge.h"
#include "tree.h"

static const struct tree_file FILE_TCP = {
    "syn",
    "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.srcport: 54321\n  tcp.seq_raw: {in: [7, 9]}\n"
    "  tcp.flags: SYN\n  tcp.window_size_value: {range: [1, 9]}\n  tcp.urgent_pointer: {not: 0}\n"
    "  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"};

static void judge_message(const struct tree *tree, struct packet *p, uint8_t *storage, struct verdict *v)
{
    memcpy(storage + MESSAGE_HEADERS, "smith\n\x80", 7);
    packet_of_message(p, storage, 7, true, 0x0A0A0028, 54320, 0xAC10010F, 8081);
    judge_packet(rulebook_at(tree->book, 0), p, 0x0A0A0028, v);
}

static void a_report_names_field_expected_and_got_and_stays_small(void)
{
    uint8_t storage[MESSAGE_HEADERS + 7];
    struct tree tree;
    struct packet p;
    struct verdict v;
    struct buf out;
    struct reasons reasons;

    tree_open(&tree, &FILE_TCP, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    judge_message(&tree, &p, storage, &v);
    reasons_begin(&reasons, rulebook_at(tree.book, 0), &p, &v);
    buf_init(&out, 1000);
    report_text(&reasons, FEEDBACK_FULL, &out);
    const char *text = buf_text(&out);
    CU_ASSERT_EQUAL(strncmp(text, "syn: 1 of 7 right.\n", 19), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "no handle found"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text,
                                  "tcp.srcport (Source port)\n  expected 54321\n  got      54320\n"
                                  "  place    byte 0 of the TCP header, value 1 of '!HHLLBBHHH'\n  why "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "[OFF_BY_ONE]\n  try "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nalso wrong: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "tcp.urgent_pointer, payload\n"));
    for (const char *c = text, *line = text; *c; c++) {
        CU_ASSERT_TRUE(*c == '\n' || (*c >= 0x20 && *c < 0x7F));
        if (*c == '\n') {
            CU_ASSERT_TRUE(c - line <= 80);
            line = c + 1;
        }
    }
    buf_clear(&out);
    report_text(&reasons, FEEDBACK_FIELDS, &out);
    CU_ASSERT_PTR_NULL(strstr(buf_text(&out), "54321"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(buf_text(&out), "tcp.srcport [OFF_BY_ONE]\n           it is one more or one less "));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(buf_text(&out), "also wrong: tcp.window_size_value, tcp.urgent_pointer, payload\n"));
    buf_clear(&out);
    report_text(&reasons, FEEDBACK_NONE, &out);
    CU_ASSERT_EQUAL(out.len, 0);
    report_names(rulebook_at(tree.book, 0), &v, &out);
    CU_ASSERT_PTR_NULL(strchr(buf_text(&out), '['));
    CU_ASSERT_PTR_NULL(strstr(buf_text(&out), "5432"));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "\nwrong: tcp.srcport, "));
    buf_free(&out);
    tree_close(&tree);
}

static void the_journal_gets_the_failed_fields_as_json(void)
{
    uint8_t storage[MESSAGE_HEADERS + 7];
    struct tree tree;
    struct packet p;
    struct verdict v;
    struct buf out;
    struct reasons reasons;

    tree_open(&tree, &FILE_TCP, 1, false);
    judge_message(&tree, &p, storage, &v);
    reasons_begin(&reasons, rulebook_at(tree.book, 0), &p, &v);
    buf_init(&out, 4000);
    struct json_writer w = {.out = &out};
    json_open_object(&w, NULL);
    report_json(&reasons, 200, &w, "findings");
    json_close_object(&w);
    CU_ASSERT_FALSE(out.failed);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(buf_text(&out),
               "{\"field\":\"tcp.srcport\",\"status\":\"fail\",\"expected\":\"54321\",\"got\":\"54320\","
               "\"codes\":[\"OFF_BY_ONE\"]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "\"got\":\"\\\"smith\\\\n\\\\x80\\\"\""));
    buf_free(&out);
    tree_close(&tree);
}

/* All that "N of M right" counts stands in the report, in the line of `seen` and in the journal: what a
 * header that cannot be read hides, too. */
static void what_is_not_right_is_named_once_each(void)
{
    uint8_t storage[MESSAGE_HEADERS + 7];
    struct tree tree;
    struct packet p;
    struct verdict v;
    struct buf out;
    struct reasons reasons;

    tree_open(&tree, &FILE_TCP, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    judge_message(&tree, &p, storage, &v);
    storage[MESSAGE_HEADERS - 20 + 12] = 5; /* the data offset */
    packet_decode(&p, LINK_RAW, p.frame, 20 + 20 + 7, 20 + 20 + 7);
    judge_packet(rulebook_at(tree.book, 0), &p, 0x0A0A0028, &v);
    reasons_begin(&reasons, rulebook_at(tree.book, 0), &p, &v);
    buf_init(&out, 4000);
    report_text(&reasons, FEEDBACK_FULL, &out);
    CU_ASSERT_EQUAL(v.n_judged - v.n_right, 6);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "syn: 1 of 7 right, 1 wrong besides.\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "\nnot judged yet: payload\n"));
    buf_clear(&out);
    report_wrong(rulebook_at(tree.book, 0), &v, &out);
    CU_ASSERT_STRING_EQUAL(buf_text(&out),
                           "tcp.srcport, tcp.seq_raw, tcp.flags, tcp.window_size_value, tcp.urgent_pointer; "
                           "besides: tcp.hdr_len; not judged yet: payload");
    buf_free(&out);
    buf_init(&out, 30);
    report_wrong(rulebook_at(tree.book, 0), &v, &out);
    CU_ASSERT_STRING_EQUAL(buf_text(&out), "tcp.srcport, tcp.seq_raw");
    buf_free(&out);
    tree_close(&tree);
}

/* The board tells what the journal says, so the reasons are a report's, and what is told first has its own
 * however little room there is. */
static void the_journal_has_the_reasons_words(void)
{
    uint8_t storage[MESSAGE_HEADERS + 7];
    static const size_t rooms[] = {0, 1, 4000};
    static const size_t whys[] = {0, 1, 6};
    struct tree tree;
    struct packet p;
    struct verdict v;
    struct buf out;
    struct reasons reasons;

    tree_open(&tree, &FILE_TCP, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    judge_message(&tree, &p, storage, &v);
    reasons_begin(&reasons, rulebook_at(tree.book, 0), &p, &v);
    for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
        size_t n = 0;
        buf_init(&out, 8000);
        struct json_writer w = {.out = &out};
        json_open_object(&w, NULL);
        report_json(&reasons, rooms[i], &w, "findings");
        json_close_object(&w);
        for (const char *at = buf_text(&out); (at = strstr(at, "\"why\":")); at++)
            n++;
        CU_ASSERT_EQUAL(n, whys[i]);
        CU_ASSERT_TRUE(!i ||
                       strstr(buf_text(&out),
                              "\"codes\":[\"OFF_BY_ONE\"],\"place\":\"byte 0 of the TCP header, value 1 of "
                              "'!HHLLBBHHH'\",\"why\":\"54320 is one "));
        buf_free(&out);
    }
    tree_close(&tree);
}

static const struct tree_file FILE_UDP = {
    "word", "kind: datagram\nlisten: {udp.dstport: 6222}\nexpect:\n  payload: {text: \"{student}\"}\n"};

/* Of what may end with one line end it is not said that a line end is wrong. */
static void how_many_line_ends_came_is_told_where_one_may(void)
{
    uint8_t storage[MESSAGE_HEADERS + 7];
    struct tree tree;
    struct packet p;
    struct verdict v;
    struct reasons reasons;
    struct buf out;

    tree_open(&tree, &FILE_UDP, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    memcpy(storage + MESSAGE_HEADERS, "smith\n\n", 7);
    packet_of_message(&p, storage, 7, false, 0x0A0A0028, 4000, 0xAC10010F, 6222);
    judge_packet(rulebook_at(tree.book, 0), &p, 0x0A0A0028, &v);
    reasons_begin(&reasons, rulebook_at(tree.book, 0), &p, &v);
    buf_init(&out, 1000);
    report_text(&reasons, FEEDBACK_FULL, &out);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "one line end behind the text does no harm, but 2 came"));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "[TRAILING_NEWLINE]"));
    buf_free(&out);
    packet_of_message(&p, storage, 6, false, 0x0A0A0028, 4000, 0xAC10010F, 6222);
    judge_packet(rulebook_at(tree.book, 0), &p, 0x0A0A0028, &v);
    CU_ASSERT_TRUE(v.pass);
    tree_close(&tree);
}

/* The kernel's checksum may be the very number that is asked for. */
static void nothing_is_misplaced_in_a_header_that_the_kernel_made(void)
{
    enum { ASKED = 6222, HANDLE = 5 };
    uint8_t storage[MESSAGE_HEADERS + HANDLE];
    const uint8_t *sum = storage + MESSAGE_HEADERS - 2;
    struct tree tree;
    struct packet p;
    struct verdict v;
    struct reasons reasons;
    struct buf out;

    tree_open(&tree, &FILE_UDP, 1, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (unsigned sport = 1024; sport <= UINT16_MAX; sport++) {
        memcpy(storage + MESSAGE_HEADERS, "smith", HANDLE);
        packet_of_message(&p, storage, HANDLE, false, 0x0A0A0028, (uint16_t)sport, 0xAC10010F, ASKED + 1);
        if (sum[0] << 8 == (ASKED & 0xFF00) && sum[1] == (ASKED & 0xFF))
            break;
    }
    CU_ASSERT_EQUAL_FATAL(sum[0] << 8 | sum[1], ASKED);
    judge_packet(rulebook_at(tree.book, 0), &p, 0x0A0A0028, &v);
    reasons_begin(&reasons, rulebook_at(tree.book, 0), &p, &v);
    buf_init(&out, 1000);
    report_text(&reasons, FEEDBACK_FULL, &out);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&out), "[OFF_BY_ONE]"));
    CU_ASSERT_PTR_NULL(strstr(buf_text(&out), "MISPLACED"));
    CU_ASSERT_PTR_NULL(strstr(buf_text(&out), "place "));
    buf_free(&out);
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"a_report_names_field_expected_and_got_and_stays_small",
     a_report_names_field_expected_and_got_and_stays_small},
    {"what_is_not_right_is_named_once_each", what_is_not_right_is_named_once_each},
    {"the_journal_has_the_reasons_words", the_journal_has_the_reasons_words},
    {"how_many_line_ends_came_is_told_where_one_may", how_many_line_ends_came_is_told_where_one_may},
    {"the_journal_gets_the_failed_fields_as_json", the_journal_gets_the_failed_fields_as_json},
    {"nothing_is_misplaced_in_a_header_that_the_kernel_made",
     nothing_is_misplaced_in_a_header_that_the_kernel_made},
};
extern const struct unit_group report_cases;
UNIT_GROUP(report_cases, cases);
