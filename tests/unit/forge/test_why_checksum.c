#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "explain/diagnose.h"
#include "explain/recipe.h"
#include "forge/exchange.h"
#include "judge/judge.h"
#include "pkt/csum.h"
#include "tree.h"

#define SRC 0x0A0A0028u
#define DST 0xAC10010Fu

static const struct tree_file FILES[] = {
    {"one-tcp", "kind: packet\nlisten: {tcp.dstport: 8081}\nexpect:\n  tcp.checksum.status: good\n"
                "  payload: {text: \"student {student}!\", encoding: hex}\ndeliver: {connect: 1111}\n"
                "refuse:\n  - {payload: empty, why: NO_PAYLOAD}\n"
                "  - {tcp.checksum.status: source_zero, why: CHECKSUM_SOURCE_ZERO}\n"
                "  - {tcp.checksum.status: carries_lost, why: CHECKSUM_CARRIES_LOST}\n"},
    {"two-udp", "kind: packet\nlisten: {udp.dstport: 8082}\nexpect:\n  udp.checksum.status: good\n"
                "  payload: {text: \"{student}\", encoding: utf-8}\ndeliver: {connect: 1111}\n"
                "refuse:\n  - {payload: empty, why: NO_PAYLOAD}\n"
                "  - {udp.checksum.status: ip_length, why: CHECKSUM_IP_LENGTH}\n"},
    {"xicmp", "kind: packet\nlisten: {icmp.type: 8}\nexpect:\n  icmp.checksum.status: good\n"
              "  payload: {text: \"{student}\", encoding: utf-8}\ndeliver: {connect: 1111}\n"
              "refuse:\n  - {payload: empty, why: NO_PAYLOAD}\n"
              "  - {icmp.checksum.status: with_pseudo_header, why: CHECKSUM_WITH_PSEUDO_HEADER}\n"},
};
enum { TCP, UDP, ICMP, N_FILES };

static const char *const STATUS[] = {"tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status"};

/* The thirteen that were there first. */
static const struct {
    const char *word, *code;
} THIRTEEN[] = {
    {"zero", "CHECKSUM_ZERO"},
    {"no_pseudo_header", "CHECKSUM_NO_PSEUDO_HEADER"},
    {"not_complemented", "CHECKSUM_NOT_COMPLEMENTED"},
    {"little_endian", "CHECKSUM_LITTLE_ENDIAN"},
    {"no_payload", "CHECKSUM_NO_PAYLOAD"},
    {"header_length_only", "CHECKSUM_HEADER_LENGTH_ONLY"},
    {"ip_length", "CHECKSUM_IP_LENGTH"},
    {"wrong_protocol", "CHECKSUM_WRONG_PROTOCOL"},
    {"odd_byte_dropped", "CHECKSUM_ODD_BYTE_DROPPED"},
    {"odd_byte_wrong_end", "CHECKSUM_ODD_BYTE_WRONG_END"},
    {"carries_lost", "CHECKSUM_CARRIES_LOST"},
    {"field_not_zeroed", "CHECKSUM_FIELD_NOT_ZEROED"},
    {"source_zero", "CHECKSUM_SOURCE_ZERO"},
};
enum { N_THIRTEEN = sizeof(THIRTEEN) / sizeof(THIRTEEN[0]) };

/* The diagnoses of the finding on a field, all of a sender's bytes. */
static size_t why(const struct rules *rules, const uint8_t *bytes, size_t length, const char *field,
                  struct diagnosis out[DIAGNOSES_MAX])
{
    struct packet p;
    struct verdict v;

    packet_decode(&p, LINK_RAW, bytes, length, length);
    judge_packet(rules, &p, SRC, &v);
    for (size_t i = 0; i < v.n; i++)
        if (strcmp(v.findings[i].field->name, field) == 0 && v.findings[i].status == FINDING_FAIL)
            return diagnose(rules, &p, &v, &v.findings[i], out);
    return 0;
}

static bool named(const struct diagnosis *d, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(d[i].code->name, code) == 0)
            return true;
    return false;
}

/* A sample packet with an odd payload: "smith" in UDP, all words apply. */
static void each_of_the_thirteen_is_named_alone_on_one_packet(void)
{
    struct tree tree;
    struct exchange e, right;
    struct diagnosis d[DIAGNOSES_MAX];
    uint16_t seen[N_THIRTEEN];

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, UDP);
    exchange_build(rules, "smith", SRC, DST, NULL, &right);
    CU_ASSERT_EQUAL(why(rules, right.bytes, right.length, STATUS[UDP], d), 0);
    for (size_t i = 0; i < N_THIRTEEN; i++) {
        struct change change = {
            .field = field_find(STATUS[UDP]), .kind = CHANGE_CHECKSUM, .recipe = THIRTEEN[i].word};
        exchange_build(rules, "smith", SRC, DST, &change, &e);
        seen[i] = load_be16(e.bytes + 26);
        CU_ASSERT_NOT_EQUAL(seen[i], load_be16(right.bytes + 26));
        for (size_t k = 0; k < i; k++)
            CU_ASSERT_NOT_EQUAL(seen[i], seen[k]);
        size_t n = why(rules, e.bytes, e.length, STATUS[UDP], d);
        bool zero = strcmp(THIRTEEN[i].word, "zero") == 0; /* so does a sum made twice */
        CU_ASSERT_EQUAL(n, zero ? 2 : 1);
        CU_ASSERT_TRUE(n > 0 && strcmp(d[0].code->name, THIRTEEN[i].code) == 0);
        CU_ASSERT_TRUE(zero || d[0].confidence == CONFIDENCE_CERTAIN);
        if (n == 0 || strcmp(d[0].code->name, THIRTEEN[i].code) != 0 || (n > 1 && !zero))
            fprintf(stderr, "%s: %zu %s %s\n", THIRTEEN[i].word, n, n ? d[0].code->name : "",
                    n > 1 ? d[1].code->name : "");
    }
    tree_close(&tree);
}

static uint32_t next(uint32_t *state) /* xorshift32: the same packets every time */
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

static void a_coincidence_lists_every_recipe_that_fits(void)
{
    struct tree tree;
    struct diagnosis d[DIAGNOSES_MAX];
    uint32_t state = 0x5EED;
    size_t coincided = 0, packets = 20000;
    struct exchange e;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    const struct rules *rules = rulebook_at(tree.book, TCP);
    exchange_build(rules, "smith", SRC, DST, NULL, &e);
    for (size_t i = 0; i < packets; i++) {
        struct packet p;
        struct summed s;
        struct wrong_sum wrong[N_THIRTEEN][WRONG_SUMS_MAX];
        size_t length = 40 + next(&state) % 40, n[N_THIRTEEN];
        for (size_t k = 24; k < length; k += k == 31 ? 3 : 1) /* not the ports, the length of the header */
            e.bytes[k] = (uint8_t)next(&state);
        e.bytes[32] = 5 << 4;
        store_be32(e.bytes + 12, next(&state));
        store_be16(e.bytes + 2, (uint16_t)length);
        packet_decode(&p, LINK_RAW, e.bytes, length, length);
        CU_ASSERT_TRUE_FATAL(summed_of(&s, &p, LAYER_TCP));
        size_t picked = next(&state) % N_THIRTEEN, fit = 0;
        for (size_t k = 0; k < N_THIRTEEN; k++) {
            enum recipe recipe;
            CU_ASSERT_TRUE_FATAL(recipe_find(THIRTEEN[k].word, &recipe));
            n[k] = recipe_sums(recipe, &s, wrong[k]);
        }
        if (n[picked] == 0)
            continue;
        uint16_t got = wrong[picked][0].value;
        store_be16(e.bytes + 36, got);
        size_t told = why(rules, e.bytes, length, STATUS[TCP], d);
        CU_ASSERT_TRUE(told > 0);
        for (size_t k = 0; k < N_THIRTEEN; k++) {
            bool fits = false;
            for (size_t j = 0; j < n[k]; j++)
                fits = fits || wrong[k][j].value == got;
            fit += fits;
            if (fits && told < DIAGNOSES_MAX)
                CU_ASSERT_TRUE(named(d, told, THIRTEEN[k].code));
        }
        coincided += fit > 1;
        CU_ASSERT_TRUE(told >= (fit < DIAGNOSES_MAX ? fit : DIAGNOSES_MAX));
        CU_ASSERT_TRUE(fit < 2 || d[0].confidence == CONFIDENCE_LIKELY);
    }
    /* counted, not guessed: 0 is made by two recipes always, so one packet in thirteen and some by chance */
    CU_ASSERT_TRUE(coincided > packets / 20 && coincided < packets / 5);
    tree_close(&tree);
}

/* What goes wrong in one protocol only, and how it is said. */
static void special_cases_are_told_in_their_own_words(void)
{
    static const struct {
        int file;
        const char *recipe, *code, *text, *mend;
    } rows[] = {
        {UDP, "zero", "CHECKSUM_ZERO", "in UDP says that none was computed", ""},
        {UDP, "offloaded", "CHECKSUM_OFFLOADED", "network card", "ethtool -K IFACE tx off"},
        {TCP, "offloaded", "CHECKSUM_OFFLOADED", "network card", "ethtool"},
        {UDP, "wrong_protocol", "CHECKSUM_WRONG_PROTOCOL", "was 6 (TCP), this is 17 (UDP)", "17"},
        {UDP, "header_length_only", "CHECKSUM_HEADER_LENGTH_ONLY", "was 8, the UDP header's", ""},
        {UDP, "ip_length", "CHECKSUM_IP_LENGTH", "was 33, the whole packet's", ""},
        {UDP, "odd_byte_dropped", "CHECKSUM_ODD_BYTE_DROPPED", "13 bytes is an odd length", ""},
        {UDP, "odd_byte_wrong_end", "CHECKSUM_ODD_BYTE_WRONG_END", "as 0x0068, not as 0x6800", "after it"},
        {TCP, "source_loopback", "CHECKSUM_SOURCE_LOOPBACK", "127.0.1.1", "interface"},
        {ICMP, "with_pseudo_header", "CHECKSUM_WITH_PSEUDO_HEADER", "ICMP over IPv4", ""},
        {ICMP, "no_payload", "CHECKSUM_NO_PAYLOAD", "without the 5 bytes", ""},
        {ICMP, "little_endian", "CHECKSUM_LITTLE_ENDIAN", "swapped", "!H"},
    };
    struct tree tree;
    struct exchange e;
    struct diagnosis d[DIAGNOSES_MAX];

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct rules *rules = rulebook_at(tree.book, (size_t)rows[i].file);
        const char *field = STATUS[rows[i].file];
        struct change change = {
            .field = field_find(field), .kind = CHANGE_CHECKSUM, .recipe = rows[i].recipe};
        exchange_build(rules, "smith", SRC, DST, &change, &e);
        size_t n = why(rules, e.bytes, e.length, field, d);
        bool good = n > 0 && strcmp(d[0].code->name, rows[i].code) == 0 && strstr(d[0].text, rows[i].text) &&
                    strstr(d[0].mend, rows[i].mend);
        CU_ASSERT_TRUE(good);
        if (!good)
            fprintf(stderr, "%s: %zu %s: %s / %s\n", rows[i].recipe, n, n ? d[0].code->name : "",
                    n ? d[0].text : "", n ? d[0].mend : "");
    }
    tree_close(&tree);
}

static void the_header_checksum_has_its_reasons_too(void)
{
    static const struct {
        const char *code;
        int at, change; /* a byte that is changed after the sum */
        bool zero, swap, complement;
    } rows[] = {
        {"CHECKSUM_ZERO", 0, 0, true, false, false},
        {"CHECKSUM_LITTLE_ENDIAN", 0, 0, false, true, false},
        {"CHECKSUM_NOT_COMPLEMENTED", 0, 0, false, false, true},
        {"CHECKSUM_FIELDS_CHANGED", 8, -1, false, false, false}, /* TTL */
        {"CHECKSUM_WRONG", 8, 77, false, false, false},
    };
    struct tree tree;
    struct exchange e;
    struct diagnosis d[DIAGNOSES_MAX];

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        exchange_build(rulebook_at(tree.book, UDP), "smith", SRC, DST, NULL, &e);
        uint16_t sum = load_be16(e.bytes + 10);
        if (rows[i].zero)
            sum = 0;
        if (rows[i].swap)
            sum = __builtin_bswap16(sum);
        if (rows[i].complement)
            sum = (uint16_t)~sum;
        e.bytes[rows[i].at] = (uint8_t)(e.bytes[rows[i].at] + rows[i].change);
        store_be16(e.bytes + 10, sum);
        size_t n = why(rulebook_at(tree.book, UDP), e.bytes, e.length, "ip.checksum", d);
        CU_ASSERT_TRUE(n > 0 && strcmp(d[0].code->name, rows[i].code) == 0);
    }
    tree_close(&tree);
}

/* A packet that was made, and got its text behind it then: scapy's checksums are kept, the length is not. */
static void a_header_sum_of_a_packet_that_grew_is_told(void)
{
    struct tree tree;
    struct exchange e;
    struct diagnosis d[DIAGNOSES_MAX];

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    exchange_build(rulebook_at(tree.book, UDP), "smith", SRC, DST, NULL, &e);
    const uint16_t length = load_be16(e.bytes + 2);
    store_be16(e.bytes + 2, (uint16_t)(length - 5));
    store_be16(e.bytes + 10, 0);
    store_be16(e.bytes + 10, csum_finish(csum_add(0, e.bytes, 20)));
    store_be16(e.bytes + 2, length);
    const size_t n = why(rulebook_at(tree.book, UDP), e.bytes, e.length, "ip.checksum", d);
    CU_ASSERT_FATAL(n > 0);
    CU_ASSERT_STRING_EQUAL(d[0].code->name, "CHECKSUM_FIELDS_CHANGED");
    CU_ASSERT_PTR_NOT_NULL(strstr(d[0].text, "the total length was 28 when the sum was made: the 5 bytes"));
    CU_ASSERT_PTR_NOT_NULL(strstr(d[0].mend, "the text first"));
    tree_close(&tree);
}

/* The source was written wrongly into the IPv4 header alone: by one it looks like a sum that is negated. */
static void the_senders_own_address_in_the_pseudo_header_is_told(void)
{
    struct student smith = {.handle = (char[]){"smith"}, .address = SRC};
    const struct roster roster = {.students = &smith, .n = 1};
    static const uint32_t sources[] = {SRC + 1, SRC + 10, SRC - 36};
    struct tree tree;
    struct exchange e;
    struct diagnosis d[DIAGNOSES_MAX];

    tree_open(&tree, FILES, N_FILES, true);
    struct rulebook *book =
        rulebook_compile(&tree.course, &tree.class, &roster, tree.ring, NULL, 0, &tree.problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(book);
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        exchange_build(rulebook_at(book, TCP), "smith", SRC, DST, NULL, &e);
        store_be32(e.bytes + 12, sources[i]);
        store_be16(e.bytes + 10, 0);
        store_be16(e.bytes + 10, csum_finish(csum_add(0, e.bytes, 20)));
        CU_ASSERT_TRUE_FATAL(why(rulebook_at(book, TCP), e.bytes, e.length, STATUS[TCP], d) > 0);
        CU_ASSERT_STRING_EQUAL(d[0].code->name, "CHECKSUM_WRONG_ADDRESS");
        CU_ASSERT_PTR_NOT_NULL(strstr(d[0].text, "source address was 10.10.0.40, not the one"));
    }
    rulebook_free(book);
    tree_close(&tree);
}

/* Neither ICMP nor the IPv4 header has a pseudo-header. */
static void a_mend_speaks_of_the_header_that_is_there(void)
{
    struct tree tree;
    struct exchange e;
    struct diagnosis d[DIAGNOSES_MAX];
    size_t told = 0;

    tree_open(&tree, FILES, N_FILES, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tree.book);
    for (int i = 0; i < N_RECIPES; i++)
        for (int file = TCP; file <= ICMP; file++) {
            struct change change = {.field = field_find(STATUS[file]),
                                    .kind = CHANGE_CHECKSUM,
                                    .recipe = recipe_word((enum recipe)i)};
            exchange_build(rulebook_at(tree.book, (size_t)file), "smith", SRC, DST, &change, &e);
            size_t n = why(rulebook_at(tree.book, (size_t)file), e.bytes, e.length, STATUS[file], d);
            for (size_t k = 0; k < n; k++) {
                const char *other = file == UDP ? "tcp_header" : "udp_header";
                CU_ASSERT_PTR_NULL(strstr(d[k].mend, other));
                CU_ASSERT_TRUE(file != ICMP || !strstr(d[k].mend, "pseudo") ||
                               strstr(d[k].mend, "no pseudo"));
            }
            told += n > 0;
        }
    CU_ASSERT_TRUE(told > 50);
    exchange_build(rulebook_at(tree.book, UDP), "smith", SRC, DST, NULL, &e);
    store_be16(e.bytes + 10, 0);
    CU_ASSERT_TRUE(why(rulebook_at(tree.book, UDP), e.bytes, e.length, "ip.checksum", d) > 0);
    CU_ASSERT_PTR_NULL(strstr(d[0].mend, "pseudo"));
    tree_close(&tree);
}

static const struct unit_case cases[] = {
    {"each_of_the_thirteen_is_named_alone_on_one_packet", each_of_the_thirteen_is_named_alone_on_one_packet},
    {"a_coincidence_lists_every_recipe_that_fits", a_coincidence_lists_every_recipe_that_fits},
    {"special_cases_are_told_in_their_own_words", special_cases_are_told_in_their_own_words},
    {"the_senders_own_address_in_the_pseudo_header_is_told",
     the_senders_own_address_in_the_pseudo_header_is_told},
    {"a_mend_speaks_of_the_header_that_is_there", a_mend_speaks_of_the_header_that_is_there},
    {"the_header_checksum_has_its_reasons_too", the_header_checksum_has_its_reasons_too},
    {"a_header_sum_of_a_packet_that_grew_is_told", a_header_sum_of_a_packet_that_grew_is_told},
};
extern const struct unit_group why_checksum_cases;
UNIT_GROUP(why_checksum_cases, cases);
