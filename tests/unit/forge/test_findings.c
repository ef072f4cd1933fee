#include "unit.h"

#include <string.h>

#include "explain/dump.h"
#include "explain/findings.h"
#include "explain/place.h"
#include "explain/report.h"
#include "forge/exchange.h"
#include "forge/mistakes.h"
#include "judge/judge.h"
#include "pkt/csum.h"
#include "tree.h"

enum { SRC = 0x0A0A0028, DST = 0xAC10010F };

static const struct tree_file RAW = {
    "raw", "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  ip.dsfield.dscp: CS3\n  ip.id: 0x1234\n  "
           "ip.ttl: {range: [1, 255]}\n"
           "  payload: {text: \"{student}\", encoding: hex}\ndeliver: {connect: 1111}\n"};

struct shot {
    struct tree tree;
    const struct rules *rules;
    struct exchange sent;
    struct packet packet;
    struct verdict verdict;
    struct buf out;
};

/* smith's right packet with one byte changed, judged. */
static void shoot(struct shot *s, size_t at, uint8_t byte)
{
    tree_open(&s->tree, &RAW, 1, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->tree.book);
    s->rules = rulebook_at(s->tree.book, 0);
    CU_ASSERT_PTR_NULL_FATAL(exchange_build(s->rules, "smith", SRC, DST, NULL, &s->sent));
    s->sent.bytes[at] = byte;
    s->sent.bytes[10] = s->sent.bytes[11] = 0;
    uint16_t sum = csum_finish(csum_add(0, s->sent.bytes, 20));
    s->sent.bytes[10] = (uint8_t)(sum >> 8);
    s->sent.bytes[11] = (uint8_t)sum;
    packet_decode(&s->packet, LINK_RAW, s->sent.bytes, s->sent.length, s->sent.length);
    judge_packet(s->rules, &s->packet, SRC, &s->verdict);
    buf_init(&s->out, 16384);
}

static void unshoot(struct shot *s)
{
    buf_free(&s->out);
    tree_close(&s->tree);
}

static const struct finding *failed(const struct verdict *v)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->findings[i].status == FINDING_FAIL)
            return &v->findings[i];
    return NULL;
}

static void a_block_has_values_place_reason_and_mend(void)
{
    struct shot s;
    struct reasons reasons;

    shoot(&s, 1, 24);
    CU_ASSERT_PTR_NOT_NULL_FATAL(failed(&s.verdict));
    reasons_begin(&reasons, s.rules, &s.packet, &s.verdict);
    findings_block(&reasons, failed(&s.verdict), DETAIL_ALL, 80, &s.out);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&s.out),
                                  "ip.dsfield.dscp (DSCP)\n"
                                  "  expected 24 (CS3), that is 0x60 in the DS byte\n"
                                  "  got      6, that is 0x18 in the DS byte\n"
                                  "  place    byte 1 of the IPv4 header, value 2 of '!BBHHHBBH4s4s'\n"
                                  "  why      24 was written without shifting"));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&s.out), "[NOT_SHIFTED]\n  try      tos = (dscp << 2) | ecn\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&s.out), "\n  see      RFC 2474, section 3\n"));
    unshoot(&s);
}

static void every_clause_is_told_in_wire_order(void)
{
    static const char *const order[] = {
        "ip.dsfield.dscp (DSCP)\n", "\nip.len ", "\nip.id ", "\nip.ttl ", "\nip.proto ",
        "\nip.checksum ",           "\npayload "};
    struct shot s;

    shoot(&s, 1, 24);
    findings_text(s.rules, &s.packet, &s.verdict, 80, &s.out);
    const char *at = buf_text(&s.out);
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        at = at ? strstr(at, order[i]) : NULL;
        CU_ASSERT_PTR_NOT_NULL(at);
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&s.out), "written by the kernel"));
    unshoot(&s);
}

static void a_cut_header_blocks_and_says_which(void)
{
    struct shot s;

    shoot(&s, 0, 0x4F); /* sixty bytes of header in a packet of thirty */
    findings_text(s.rules, &s.packet, &s.verdict, 80, &s.out);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&s.out), "blocked  by ip.hdr_len\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&s.out), "[BAD_IHL]"));
    unshoot(&s);
}

static void the_dump_marks_what_is_wrong_and_never_cuts_it(void)
{
    static uint8_t frame[1000];
    struct packet p = {.frame = frame, .length = sizeof(frame)};
    struct verdict v = {.n = 1};
    struct shot s;

    shoot(&s, 1, 24);
    dump_frame(&s.packet, &s.verdict, &s.out);
    CU_ASSERT_EQUAL(strncmp(buf_text(&s.out), "0000  45 18 00 1e 12 34 ", 24), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&s.out), "\n#        ^^ "));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&s.out), " ip.dsfield.dscp\n0010  "));
    v.findings[0] =
        (struct finding){.field = field_find("payload"), .status = FINDING_FAIL, .offset = 700, .length = 2};
    buf_clear(&s.out);
    dump_frame(&p, &v, &s.out);
    CU_ASSERT_EQUAL(
        strncmp(buf_text(&s.out), "# bytes 0 to 687 left out; 0000 is byte 688 of the frame\n0000  00 ", 66),
        0);
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&s.out), "^^ ^^ "));
    CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&s.out), "# bytes 944 to 999 left out\n"));
    unshoot(&s);
}

static void masks_are_of_the_bytes_that_hold_the_field(void)
{
    static const struct {
        const char *field;
        uint64_t mask;
    } rows[] = {
        {"ip.version", 0xF0},  {"ip.dsfield.dscp", 0xFC}, {"ip.flags.mf", 0x20}, {"ip.frag_offset", 0x1FFF},
        {"tcp.flags", 0x0FFF}, {"tcp.flags.syn", 0x02},   {"ip.id", 0},          {"tcp.seq_raw", 0},
        {"payload", 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(place_mask(field_find(rows[i].field)), rows[i].mask);
}

struct walk {
    const struct rules *rules;
    size_t n;
};

static bool report_is_small(void *context, const struct clause_spec *clause, const struct change *change,
                            const char *how)
{
    struct walk *walk = context;
    struct exchange e;
    struct packet p;
    struct verdict v;
    struct buf out;
    struct reasons reasons;

    (void)clause;
    (void)how;
    CU_ASSERT_PTR_NULL_FATAL(exchange_build(walk->rules, "smith", SRC, DST, change, &e));
    packet_decode(&p, LINK_RAW, e.bytes, e.length, e.length);
    judge_packet(walk->rules, &p, SRC, &v);
    reasons_begin(&reasons, walk->rules, &p, &v);
    for (int level = FEEDBACK_FIELDS; level <= FEEDBACK_FULL; level++) {
        buf_init(&out, 4000);
        report_text(&reasons, (enum feedback_level)level, &out);
        CU_ASSERT_TRUE(out.len > 0 && out.len <= 900);
        for (const char *c = buf_text(&out), *line = c; *c; c++) {
            CU_ASSERT_TRUE(*c == '\n' || (*c >= 0x20 && *c < 0x7F));
            CU_ASSERT_TRUE(*c != '\n' || c - line <= 80);
            line = *c == '\n' ? c + 1 : line;
        }
        buf_free(&out);
    }
    walk->n++;
    return true;
}

static void every_report_on_a_mistake_of_the_course_is_small(void)
{
    struct course course = {0};
    struct class class = {0};
    struct problems problems = {0};
    struct keyring *ring = NULL;
    size_t n = 0;

    class_practice(&class, SOURCE_DIR "/challenges");
    CU_ASSERT_TRUE_FATAL(course_load(&course, SOURCE_DIR "/challenges", &problems));
    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, NULL), ST_OK);
    struct rulebook *book = rulebook_compile(&course, &class, NULL, ring, NULL, 0, &problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(book);
    for (size_t i = 0; i < rulebook_count(book); i++) {
        struct walk walk = {.rules = rulebook_at(book, i)};
        if (rules_kind(walk.rules) != TARGET_PACKET)
            continue;
        mistakes_each(walk.rules, "smith", report_is_small, &walk);
        n += walk.n;
    }
    CU_ASSERT_TRUE(n > 100);
    rulebook_free(book);
    keyring_free(ring);
    course_free(&course);
    class_free(&class);
    problems_free(&problems);
}

static const struct unit_case cases[] = {
    {"a_block_has_values_place_reason_and_mend", a_block_has_values_place_reason_and_mend},
    {"every_clause_is_told_in_wire_order", every_clause_is_told_in_wire_order},
    {"a_cut_header_blocks_and_says_which", a_cut_header_blocks_and_says_which},
    {"the_dump_marks_what_is_wrong_and_never_cuts_it", the_dump_marks_what_is_wrong_and_never_cuts_it},
    {"masks_are_of_the_bytes_that_hold_the_field", masks_are_of_the_bytes_that_hold_the_field},
    {"every_report_on_a_mistake_of_the_course_is_small", every_report_on_a_mistake_of_the_course_is_small},
};
extern const struct unit_group findings_cases;
UNIT_GROUP(findings_cases, cases);
