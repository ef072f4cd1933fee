#include "unit.h"

#include "mangled.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "explain/finding.h"
#include "explain/reading.h"
#include "explain/reasons.h"
#include "explain/report.h"

static void ports_exchanged(struct made *m)
{
    uint8_t source[2];

    memcpy(source, m->bytes + IP, 2);
    memcpy(m->bytes + IP, m->bytes + IP + 2, 2);
    memcpy(m->bytes + IP + 2, source, 2);
    sum_tcp(m);
}

static void port_swapped(struct made *m)
{
    reverse(m->bytes + IP + 2, 2);
    sum_tcp(m);
}

static void udp_to_the_port(struct made *m)
{
    const size_t text = m->length - IP - TCP;

    m->bytes[9] = 17;
    memmove(m->bytes + IP + 8, m->bytes + IP + TCP, text);
    m->length = IP + 8 + text;
    store_be16(m->bytes + IP + 4, (uint16_t)(8 + text));
    store_be16(m->bytes + IP + 6, 0);
    as_the_kernel(m);
}

static void protocol_hex(struct made *m)
{
    m->bytes[9] = 0x16;
    as_the_kernel(m);
}

static void native_format(struct made *m)
{
    struct made right = *m;

    pack_tcp(&right, "HHLLBBHHH", true, true, m);
}

static void raw_of_tcp(struct made *m)
{
    kernels_header(m);
    m->bytes[9] = 6;
    as_the_kernel(m);
}

static void a_packet_that_no_challenge_took_has_the_one_it_was_meant_for(void)
{
    static const struct {
        struct edit edit;
        const char *field;
    } rows[] = {
        {{"raw-tcp", "ports", "SWAPPED_WITH", "exchanged", ports_exchanged}, "tcp.dstport"},
        {{"raw-tcp", "port", "BYTE_SWAPPED", "", port_swapped}, "tcp.dstport"},
        {{"raw-tcp", "native", "BYTE_SWAPPED", "without the !", native_format}, "tcp.dstport"},
        {{"raw-tcp", "protocol 17", "WRONG_PROTOCOL", "a right TCP header follows", protocol_udp}, NULL},
        {{"raw-tcp", "UDP", "MISSING_HEADER", "this is UDP, and TCP is asked for", udp_to_the_port},
         "tcp.dstport"},
        {{"raw-tcp", "nested", "NESTED_HEADER", "the kernel put its own", kernels_header}, "tcp.dstport"},
        {{"raw-tcp", "TCP last", "MISPLACED", "the TCP header stands behind the text", text_before_tcp},
         NULL},
        {{"raw-ipv4", "IP twice", "NESTED_HEADER", "two IPv4 headers stand one behind", ip_twice},
         "ip.proto"},
        {{"raw-ipv4", "protocol 22", "DECIMAL_AS_HEX", "16", protocol_hex}, "ip.proto"},
        {{"raw-ipv4", "SOCK_RAW, 6", "NESTED_HEADER", "the kernel put its own", raw_of_tcp}, "ip.proto"},
    };

    for (size_t class = 0; class < CLASSES; class ++) {
        struct shop shop;
        shop_open(&shop);
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
            for (size_t k = 0; k < N_STUDENTS; k++) {
                static struct reading_meant meant;
                struct made m;
                struct packet p;
                right_packet(&shop, rows[i].edit.slug, STUDENTS[k], &m);
                rows[i].edit.make(&m);
                packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
                CU_ASSERT_PTR_NULL(rulebook_select(shop.book, &p));
                if (!reading_rules(shop.book, &p, &meant)) {
                    CU_FAIL("meant for nothing");
                    printf("%s: meant for nothing\n", rows[i].edit.name);
                    continue;
                }
                const bool good = strcmp(rules_slug(meant.rules), rows[i].edit.slug) == 0 &&
                                  strcmp(meant.why.code->name, rows[i].edit.code) == 0 &&
                                  strstr(meant.why.text, rows[i].edit.text) &&
                                  (!rows[i].field || strcmp(meant.field->name, rows[i].field) == 0) &&
                                  strcmp(meant.student, STUDENTS[k]) == 0;
                CU_ASSERT_TRUE(good);
                if (!good)
                    printf("%s: %s %s %s %s: %s\n", rows[i].edit.name, rules_slug(meant.rules),
                           meant.field->name, meant.why.code->name, meant.student, meant.why.text);
            }
        shop_close(&shop);
    }
}

/* The IPv4 header was copied from the packet that solved raw-ipv4: all of it is right there. */
static void a_text_behind_a_copied_header_is_meant_for_whom_it_is_written(void)
{
    static struct reading_meant meant;

    for (size_t class = 0; class < CLASSES; class ++) {
        struct shop shop;
        struct made m, right;
        struct packet p;
        shop_open(&shop);
        right_packet(&shop, "raw-ipv4", "smithers", &m);
        right_packet(&shop, "raw-tcp", "smithers", &right);
        m.length = IP;
        put(&m, (const char *)right.bytes + IP + TCP, right.length - IP - TCP);
        m.bytes[9] = 6;
        as_the_kernel(&m);
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        CU_ASSERT_TRUE_FATAL(reading_rules(shop.book, &p, &meant));
        CU_ASSERT_STRING_EQUAL(rules_slug(meant.rules), "raw-tcp");
        CU_ASSERT_STRING_EQUAL(meant.why.code->name, "MISSING_HEADER");
        shop_close(&shop);
    }
}

static void a_packet_of_nobody_here_is_meant_for_nothing(void)
{
    uint64_t state = 88172645463325252;
    static struct reading_meant meant;
    struct shop shop;
    struct made m;
    struct packet p;
    size_t meant_for_us = 0;

    shop_open(&shop);
    for (size_t i = 0; i < RANDOM_FRAMES; i++) {
        right_packet(&shop, i % 2 ? "raw-tcp" : "raw-ipv4", "smith", &m);
        for (size_t at = IP; at < m.length; at++)
            m.bytes[at] = (uint8_t)next_random(&state);
        store_be16(m.bytes + 4, (uint16_t)next_random(&state));
        m.bytes[1] = 0;
        m.bytes[9] = i % 2 ? 6 : (uint8_t)next_random(&state);
        as_the_kernel(&m);
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        meant_for_us += reading_rules(shop.book, &p, &meant);
    }
    shop_close(&shop);
    CU_ASSERT_TRUE(meant_for_us <= 1); /* the class's values are made anew, and some are met by chance */
}

/* Who sent it: by the best reading, or by a handle that merely stands there. */
static void a_near_miss_names_its_student(void)
{
    static const struct {
        const char *payload, *student; /* NULL: nobody */
        bool roster;
    } rows[] = {
        {"@smith@", "smith", true},
        {"@smith@", NULL, false},
        {"6a6f6e6573!", "jones", true},
        {"c21pdGg= ?", "smith", true},
        {"I am Smith!", "smith", true},
        {"smithers", "smithers", true},
        {"xxsmithxx", "smith", true},
        {"@@ng@@", NULL, true},
        {"\x01\x02\x03", NULL, true},
        {"\x01\x02"
         "736d697468",
         "smith", false},
        {"\x01\x02"
         "736d697468",
         "smith", true},
    };
    struct student students[] = {
        {.handle = "jones"}, {.handle = "ng"}, {.handle = "smith"}, {.handle = "smithers"}};
    const struct roster roster = {.students = students, .n = 4};
    char student[NAME_MAX_LEN + 1];
    struct shop shop;
    struct made m;
    struct packet p;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        shop_open(&shop);
        if (rows[i].roster) {
            rulebook_free(shop.book);
            shop.book =
                rulebook_compile(&shop.course, &shop.class, &roster, shop.ring, NULL, 0, &shop.problems);
        }
        right_packet(&shop, "raw-ipv4", "smith", &m);
        m.length = IP;
        put(&m, rows[i].payload, strlen(rows[i].payload));
        as_the_kernel(&m);
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        const bool named = reading_student(rulebook_find(shop.book, "raw-ipv4"), &p, student);
        CU_ASSERT_EQUAL(named, rows[i].student != NULL);
        if (named != (rows[i].student != NULL) || (named && strcmp(student, rows[i].student) != 0)) {
            CU_FAIL("another student");
            printf("%s: %s\n", rows[i].payload, named ? student : "nobody");
        }
        shop_close(&shop);
    }
}

/* A header length that counts the text's first bytes as options leaves a handle of which nothing is right. */
static void a_handle_that_a_header_cuts_is_read_whole(void)
{
    static const struct {
        const char *slug;
        size_t at;
        uint8_t byte;
    } rows[] = {{"raw-ipv4", 0, 0x46}, {"raw-tcp", IP + 12, 0x60}, {"raw-ipv4", 3, IP + 12}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct shop shop;
        struct made m;
        struct packet p;
        struct verdict v;
        shop_open(&shop);
        const struct rules *rules = rulebook_find(shop.book, rows[i].slug);
        right_packet(&shop, rows[i].slug, "garcia-lopez", &m);
        m.bytes[rows[i].at] = rows[i].byte;
        if (rows[i].at != 3) /* no kernel writes a wrong total length */
            as_the_kernel(&m);
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        judge_packet(rules, &p, SRC, &v);
        CU_ASSERT_STRING_NOT_EQUAL(v.student, "garcia-lopez");
        CU_ASSERT_TRUE(reading_doubts(rules, &p, &v));
        reading_judge(rules, &p, &v);
        CU_ASSERT_STRING_EQUAL(v.student, "garcia-lopez");
        CU_ASSERT_FALSE(v.pass);
        shop_close(&shop);
    }
}

/* Of whom one value of his own is right nobody else is sought, whatever else is wrong. */
static void who_has_a_value_of_his_own_right_is_not_doubted(void)
{
    struct shop shop;
    struct made m;
    struct packet p;
    struct verdict v;

    shop_open(&shop);
    const struct rules *rules = rulebook_find(shop.book, "raw-ipv4");
    right_packet(&shop, "raw-ipv4", "smith", &m);
    m.bytes[8] = 0;
    as_the_kernel(&m);
    packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
    judge_packet(rules, &p, SRC, &v);
    CU_ASSERT_FALSE(v.pass);
    CU_ASSERT_FALSE(reading_doubts(rules, &p, &v));
    shop_close(&shop);
}

/* One cause is told in full once, and never as a bare code. */
static void a_report_tells_the_shared_reason_once_and_who_it_is(void)
{
    struct shop shop;
    struct made right, sent;
    struct packet p;
    struct verdict v;
    struct reasons reasons;
    struct buf out;

    shop_open(&shop);
    const struct rules *rules = rulebook_find(shop.book, "raw-tcp");
    right_packet(&shop, "raw-tcp", "smith", &right);
    pack_tcp(&right, "HHHLBBHHH", false, false, &sent);
    packet_decode(&p, LINK_RAW, sent.bytes, sent.length, sent.length);
    judge_packet(rules, &p, SRC, &v);
    reasons_begin(&reasons, rules, &p, &v);
    buf_init(&out, 4096);
    report_text(&reasons, FEEDBACK_FULL, &out);
    const char *text = buf_text(&out), *why = strstr(text, "the sequence number is packed as H");
    CU_ASSERT_PTR_NOT_NULL_FATAL(why);
    CU_ASSERT_PTR_NULL(strstr(why + 1, "the sequence number is packed as H"));
    const char *second = strstr(why, "as above [MISPLACED]");
    CU_ASSERT_PTR_NOT_NULL_FATAL(second);
    CU_ASSERT_PTR_NOT_NULL(strstr(second + 1, "as above [MISPLACED]"));
    CU_ASSERT_PTR_NULL(strstr(text, "why      [MISPLACED]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nthe handle smith is in it, but not where it must be\n"));
    buf_free(&out);
    shop_close(&shop);
}

/* Without a roster the hex of a handle is a handle too: what its owner is asked for is nobody's business. */
static void the_value_of_a_student_is_told_only_to_whom_it_is_known(void)
{
    static const struct {
        const char *payload;
        bool told;
    } rows[] = {
        {"0x736d697468", false}, /* perhaps smith, perhaps 0x736d697468 */
        {"736d697468", true},
        {"smith", false},
    };
    const struct field *id = field_find("ip.id");

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct shop shop;
        struct made m;
        struct packet p;
        struct verdict v;
        struct reasons reasons;
        struct buf out;
        shop_open(&shop);
        const struct rules *rules = rulebook_find(shop.book, "raw-ipv4");
        right_packet(&shop, "raw-ipv4", "smith", &m);
        m.length = IP;
        m.bytes[4] ^= 1;
        put(&m, rows[i].payload, strlen(rows[i].payload));
        as_the_kernel(&m);
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        judge_packet(rules, &p, SRC, &v);
        reasons_begin(&reasons, rules, &p, &v);
        buf_init(&out, 256);
        for (size_t k = 0; k < v.n; k++)
            if (v.findings[k].field == id)
                finding_expected(&reasons, &v.findings[k], &out);
        CU_ASSERT_EQUAL(out.len > 0, rows[i].told);
        buf_free(&out);
        shop_close(&shop);
    }
}

static const struct unit_case cases[] = {
    {"a_packet_that_no_challenge_took_has_the_one_it_was_meant_for",
     a_packet_that_no_challenge_took_has_the_one_it_was_meant_for},
    {"a_text_behind_a_copied_header_is_meant_for_whom_it_is_written",
     a_text_behind_a_copied_header_is_meant_for_whom_it_is_written},
    {"a_packet_of_nobody_here_is_meant_for_nothing", a_packet_of_nobody_here_is_meant_for_nothing},
    {"a_near_miss_names_its_student", a_near_miss_names_its_student},
    {"a_handle_that_a_header_cuts_is_read_whole", a_handle_that_a_header_cuts_is_read_whole},
    {"who_has_a_value_of_his_own_right_is_not_doubted", who_has_a_value_of_his_own_right_is_not_doubted},
    {"a_report_tells_the_shared_reason_once_and_who_it_is",
     a_report_tells_the_shared_reason_once_and_who_it_is},
    {"the_value_of_a_student_is_told_only_to_whom_it_is_known",
     the_value_of_a_student_is_told_only_to_whom_it_is_known},
};
extern const struct unit_group meant_cases;
UNIT_GROUP(meant_cases, cases);
