#include "unit.h"

#include "mangled.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "explain/reading.h"
#include "explain/reasons.h"
#include "forge/exchange.h"
#include "forge/mistakes.h"
#include "pkt/csum.h"

enum { WALKED = UNIT_FEWER > 1 ? 1 : CLASSES };

static const struct {
    const char *letters;
    bool little, native;
    const char *code, *text;
} FORMATS[] = {
    {"HHHLBBHHH", false, false, "MISPLACED", "the sequence number is packed as H: 2 bytes, 4 are needed"},
    {"HHLHBBHHH", false, false, "MISPLACED", "the acknowledgment number is packed as H"},
    {"HHHHBBHHH", false, false, "MISPLACED", "both numbers are packed as H"},
    {"HHQQBBHHH", false, false, "MISPLACED", "both numbers are packed as Q"},
    {"HHLLBHHHH", false, false, "MISPLACED", "the flags is packed as H"},
    {"HHLLBBLHH", false, false, "MISPLACED", "the window is packed as L"},
    {"HHL-BBHHH", false, false, "MISPLACED", "the acknowledgment number is left out: what follows stands 4"},
    {"HH-LBBHHH", false, false, "MISPLACED", "the sequence number is left out"},
    {"HHLLBB-HH", false, false, "MISPLACED", "the window is left out: what follows stands 2 bytes too early"},
    {"HHLLBBHH-", false, false, "MISPLACED", "the urgent pointer is left out: the header is 18 bytes long"},
    {"HHLLBBHHHxx", false, false, "MISPLACED", "the header is 22 bytes long, not 20"},
    {"HHLLBBHHH", true, true, "BYTE_SWAPPED", "packed without the !: L is 8 bytes"},
    {"HHLLBBHHH", true, false, "BYTE_SWAPPED", "every value of the TCP header is in the host's byte order"},
};

static void another_struct_format_is_told_as_that_and_no_other_mistake(void)
{
    struct tally tally = {0};

    for (size_t class = 0; class < CLASSES; class ++) {
        struct shop shop;
        struct made right, sent;
        shop_open(&shop);
        for (size_t i = 0; i < sizeof(FORMATS) / sizeof(FORMATS[0]); i++)
            for (size_t k = 0; k < N_STUDENTS; k++) {
                right_packet(&shop, "raw-tcp", STUDENTS[k], &right);
                pack_tcp(&right, FORMATS[i].letters, FORMATS[i].little, FORMATS[i].native, &sent);
                expect_told(rulebook_find(shop.book, "raw-tcp"), &sent, FORMATS[i].code, FORMATS[i].text,
                            FORMATS[i].letters, &tally);
            }
        shop_close(&shop);
    }
    expect_nearly_all(&tally);
    CU_ASSERT_TRUE(tally.certain * 20 > tally.told * 19);
}

static const struct edit EDITS[] = {
    {"raw-tcp", "offset 5", "NOT_SHIFTED", "5 was written into the byte without shifting", offset_plain},
    {"raw-tcp", "offset 20", "NOT_SHIFTED", "20 is the header's length in bytes, not shifted", offset_bytes},
    {"raw-tcp", "5 << 4 in H", "WRONG_SHIFT", "5 was shifted by 4 into the two bytes", offset_by_four},
    {"raw-tcp", "offset swapped", "BYTE_SWAPPED", "stand in the other order: 0x0250", offset_swapped},
    {"raw-tcp", "offset 0", "NOT_SET", "the data offset is 0", offset_none},
    {"raw-tcp", "offset 6", "HAS_OPTIONS", "the data offset says 6 words, 24 bytes", offset_six},
    {"raw-ipv4", "IHL 6", "HAS_OPTIONS", "the header length (IHL) says 6 words, 24 bytes", ihl_six},
    {"raw-ipv4", "0x54", "NIBBLES_SWAPPED", "made as (4 << 4) + 20", ihl_sum},
    {"raw-ipv4", "length 20", "BAD_LENGTH", "the total length says 20 bytes", length_of_the_header},
    {"raw-tcp", "protocol 17", "WRONG_PROTOCOL", "a right TCP header follows", protocol_udp},
    {"raw-ipv4", "nested", "NESTED_HEADER", "the kernel put its own before it", kernels_header},
    {"raw-tcp", "nested TCP", "NESTED_HEADER", "the kernel put its own before it", kernels_header},
    {"raw-ipv4", "Ethernet", "NESTED_HEADER", "an Ethernet header and a whole packet", ethernet_inside},
    {"raw-tcp", "Ethernet TCP", "NESTED_HEADER", "an Ethernet header and a whole packet", ethernet_inside},
    {"raw-ipv4", "UDP before", "NESTED_HEADER", "8 bytes stand before the text: a UDP header", udp_before},
    {"raw-ipv4", "TCP before", "NESTED_HEADER", "20 bytes stand before the text: a TCP header", tcp_before},
    {"raw-tcp", "TCP twice", "NESTED_HEADER", "between the TCP header and the text: another TCP header",
     tcp_twice},
    {"raw-ipv4", "IP twice", "NESTED_HEADER", "two IPv4 headers stand one behind the other", ip_twice},
    {"raw-tcp", "TCP last", "MISPLACED", "the TCP header stands behind the text", text_before_tcp},
    {"raw-ipv4", "glued", "NESTED_HEADER", "a second packet follows the first", two_packets},
    {"raw-tcp", "glued TCP", "NESTED_HEADER", "a second packet follows the first", two_packets},
    {"raw-ipv4", "TTL and protocol", "SWAPPED_WITH", "the time to live and the protocol", ttl_and_protocol},
    {"raw-tcp", "MSS", "HAS_OPTIONS", "an option, 2 (MSS), stands behind the header's 20 bytes", mss_option},
    {"raw-tcp", "MSS behind", "HAS_OPTIONS",
     "4 bytes stand between the TCP header and the text: a TCP option, 2 (MSS)", mss_behind},
    {"raw-ipv4", "id and length", "SWAPPED_WITH", "the packet's total length, stands for the identification",
     id_and_length},
    {"raw-ipv4", "NOP", "HAS_OPTIONS", "an option, 1 (NOP), stands behind the header's 20 bytes", nop_option},
    {"raw-ipv4", "UDP and text", "NESTED_HEADER", "8 bytes stand before the text: a UDP header",
     udp_and_text},
    {"raw-ipv4", "id and flags", "SWAPPED_WITH",
     "the identification and flags and fragment offset are exchanged", id_and_flags},
    {"raw-tcp", "both numbers", "SWAPPED_WITH", "exchanged", both_numbers},
    {"raw-ipv4", "no id", "MISPLACED", "left out: what follows stands 2 bytes too early", id_left_out},
    {"raw-ipv4", "tos as H", "MISPLACED", "the DS byte (type of service) is packed as H", tos_as_h},
    {"raw-tcp", "tos as H", "MISPLACED", "1 byte too late", tos_as_h},
    {"raw-tcp", "no id", "MISPLACED", "left out: what follows stands 2 bytes too early", id_left_out},
    {"raw-tcp", "no header", "MISSING_HEADER", "there is no TCP header", no_header},
};

static void a_wrong_length_and_a_nested_header_explain_all_that_fails(void)
{
    struct tally tally = {0};

    for (size_t class = 0; class < CLASSES; class ++) {
        struct shop shop;
        struct made m;
        shop_open(&shop);
        for (size_t i = 0; i < sizeof(EDITS) / sizeof(EDITS[0]); i++)
            for (size_t k = 0; k < N_STUDENTS; k++) {
                right_packet(&shop, EDITS[i].slug, STUDENTS[k], &m);
                EDITS[i].make(&m);
                expect_told(rulebook_find(shop.book, EDITS[i].slug), &m, EDITS[i].code, EDITS[i].text,
                            EDITS[i].name, &tally);
            }
        shop_close(&shop);
    }
    expect_nearly_all(&tally);
}

/* A header that is shifted, and one value in it that is wrong for another reason. */
static void what_a_reading_leaves_wrong_keeps_its_own_reason(void)
{
    static const struct {
        size_t at, n;
        const char *field, *code;
    } rows[] = {
        {4, 4, "tcp.seq_raw", "BYTE_SWAPPED"},
        {0, 2, "tcp.srcport", "BYTE_SWAPPED"},
        {16, 2, "tcp.checksum.status", "CHECKSUM_LITTLE_ENDIAN"},
    };
    static const char *const formats[] = {"HHLLBB-HH", "HHLLBHHHH", "HHLLBBHHHxx"};
    struct shop shop;
    struct made right, sent;
    char codes[64];
    size_t n = 0, good = 0;

    shop_open(&shop);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t k = 0; k < sizeof(formats) / sizeof(formats[0]); k++) {
            const struct rules *rules = rulebook_find(shop.book, "raw-tcp");
            right_packet(&shop, "raw-tcp", "garcia", &right);
            /* where the header cannot be read at all, its sum is blocked and not told */
            if (rows[i].at == SUM_AT && k != 2)
                continue;
            if (rows[i].at != SUM_AT)
                reverse(right.bytes + IP + rows[i].at, rows[i].n);
            pack_tcp(&right, formats[k], false, false, &sent);
            if (rows[i].at == SUM_AT)
                reverse(sent.bytes + IP + SUM_AT, 2);
            tell(rules, &sent, rows[i].field, codes);
            n++;
            good += strcmp(codes, rows[i].code) == 0;
            if (strcmp(codes, rows[i].code) != 0)
                printf("%s in %s: %s, not %s\n", rows[i].field, formats[k], codes, rows[i].code);
            tell(rules, &sent, k == 1 ? "tcp.flags" : "payload", codes);
            n++;
            good += strcmp(codes, "MISPLACED") == 0;
        }
    shop_close(&shop);
    CU_ASSERT_TRUE(good + 2 >= n);
}

static size_t certain_readings(const struct rules *rules, const struct made *m)
{
    struct packet p;
    struct verdict v;
    static struct mended mended;

    packet_decode(&p, LINK_RAW, m->bytes, m->length, m->length);
    judge_packet(rules, &p, SRC, &v);
    if (!reading_find(&mended, rules, &p, &v))
        return 0;
    printf("%s: %s%s %s\n", rules_slug(rules), mended.code->name, mended.sure ? "!" : "", mended.undone.text);
    return mended.sure;
}

/* Random bytes behind an IPv4 header, and random bytes in a right packet's transport header. */
static void random_frames_have_no_certain_reading(void)
{
    static const char *const slugs[] = {"raw-tcp", "raw-ipv4"};
    uint64_t state = 88172645463325252;
    struct shop shop;
    size_t found = 0;

    shop_open(&shop);
    for (size_t i = 0; i < RANDOM_FRAMES * 2; i++) {
        const struct rules *rules = rulebook_find(shop.book, slugs[i % 2]);
        struct made m;
        right_packet(&shop, slugs[i % 2], "smith", &m);
        const bool header = i < RANDOM_FRAMES;
        const size_t from = i % 4 < 2 ? 4 : IP, end = header ? m.length : IP + (i % 2 ? 0 : TCP);
        for (size_t at = from; at < end; at++)
            if (at != 9 && (at < 12 || at >= IP))
                m.bytes[at] = (uint8_t)next_random(&state);
        as_the_kernel(&m);
        found += certain_readings(rules, &m);
    }
    CU_ASSERT_EQUAL(found, 0);
    shop_close(&shop);
}

/* Half of a handle names another, whose value the right one is not: nothing says more than that. */
static void a_text_cut_within_is_no_matter_of_form(void)
{
    static struct mended mended;

    for (size_t class = 0; class < CLASSES; class ++) {
        struct shop shop;
        struct made m;
        struct packet p;
        struct verdict v;
        shop_open(&shop);
        const struct rules *rules = rulebook_find(shop.book, "raw-ipv4");
        right_packet(&shop, "raw-ipv4", "smith", &m);
        memmove(m.bytes + IP + 4, m.bytes + IP + 6, m.length - IP - 6);
        m.length -= 2;
        as_the_kernel(&m);
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        judge_packet(rules, &p, SRC, &v);
        CU_ASSERT_FALSE(v.pass);
        CU_ASSERT_FALSE(reading_find(&mended, rules, &p, &v));
        shop_close(&shop);
    }
}

struct walk {
    const struct rules *rules;
    const char *student;
    size_t n;
};

/* One field alone is wrong: no reading may blame the form of the whole. */
static bool blames_no_form(void *context, const struct clause_spec *clause, const struct change *change,
                           const char *how)
{
    static struct mended mended;
    struct walk *walk = context;
    struct exchange e;
    struct packet p;
    struct verdict v;

    (void)clause;
    if (exchange_build(walk->rules, walk->student, SRC, 0xAC10010F, change, &e))
        return true;
    packet_decode(&p, LINK_RAW, e.bytes, e.length, e.length);
    judge_packet(walk->rules, &p, SRC, &v);
    walk->n++;
    if (!reading_find(&mended, walk->rules, &p, &v))
        return true;
    const bool own = mended.undone.field && strcmp(mended.undone.field, change->field->name) == 0;
    CU_ASSERT_TRUE(own);
    if (!own)
        printf("%s %s, %s: %s\n", rules_slug(walk->rules), change->field->name, how, mended.undone.text);
    return true;
}

static void a_field_that_is_wrong_alone_is_no_matter_of_form(void)
{
    size_t n = 0;

    for (size_t class = 0; class < WALKED; class ++) {
        struct shop shop;
        shop_open(&shop);
        for (size_t i = 0; i < rulebook_count(shop.book); i++)
            for (size_t k = 0; k < N_STUDENTS && rules_kind(rulebook_at(shop.book, i)) == TARGET_PACKET;
                 k++) {
                struct walk walk = {rulebook_at(shop.book, i), STUDENTS[k], 0};
                mistakes_each(walk.rules, walk.student, blames_no_form, &walk);
                n += walk.n;
            }
        shop_close(&shop);
    }
    CU_ASSERT_TRUE(n > 100 * WALKED * N_STUDENTS);
}

/* A header that is packed wrongly, and the text is wrong, too. */
static void a_wrong_text_does_not_hide_a_wrong_form(void)
{
    static const char *const texts[] = {"c21pdGgK",   "c21pdGg=\n",  "smith",
                                        "736d697468", "b'c21pdGg='", "c21pdGg"};
    static const char *const formats[] = {"HHHLBBHHH", "HHL-BBHHH", "HHLLBHHHH", "HHHHBBHHH"};
    struct shop shop;
    struct made right, sent;
    char codes[64];
    size_t n = 0, good = 0;

    for (size_t class = 0; class < CLASSES; class ++) {
        shop_open(&shop);
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
            for (size_t k = 0; k < sizeof(formats) / sizeof(formats[0]); k++) {
                static const char *const fields[] = {"tcp.seq_raw", "tcp.flags", "tcp.flags",
                                                     "tcp.urgent_pointer"};
                right_packet(&shop, "raw-tcp", "smith", &right);
                right.length = IP + TCP;
                put(&right, texts[i], strlen(texts[i]));
                pack_tcp(&right, formats[k], false, false, &sent);
                tell(rulebook_find(shop.book, "raw-tcp"), &sent, fields[k], codes);
                n++;
                good += strcmp(codes, "MISPLACED") == 0;
                if (strcmp(codes, "MISPLACED") != 0)
                    printf("%s with %s: %s %s\n", formats[k], texts[i], fields[k], codes);
            }
        shop_close(&shop);
    }
    CU_ASSERT_TRUE(good * 10 >= n * 9);
}

/* Options that are none show that the length is wrong, whatever the text is besides. */
static void a_length_that_takes_a_wrong_text_for_options_is_told_first(void)
{
    static const char *const texts[] = {"636a353864476\n", "zzzzzzzzzz", "\"736d697468\""};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct shop shop;
        struct made m;
        struct packet p;
        struct verdict v;
        struct reasons reasons;
        size_t n;
        shop_open(&shop);
        const struct rules *rules = rulebook_find(shop.book, "raw-ipv4");
        right_packet(&shop, "raw-ipv4", "smith", &m);
        m.length = IP;
        put(&m, texts[i], strlen(texts[i]));
        m.bytes[0] = 0x46;
        as_the_kernel(&m);
        packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
        judge_packet(rules, &p, SRC, &v);
        reasons_begin(&reasons, rules, &p, &v);
        for (size_t k = 0; k < v.n; k++) {
            if (strcmp(v.findings[k].field->name, "ip.hdr_len") != 0)
                continue;
            const struct diagnosis *d = reasons_of(&reasons, &v.findings[k], &n);
            CU_ASSERT_TRUE_FATAL(n > 0);
            CU_ASSERT_STRING_EQUAL(d->code->name, "HAS_OPTIONS");
        }
        shop_close(&shop);
    }
}

/* Total length and header sum are no part of a layout: the kernel writes them, and whoever sends without it
 * made them wrong by themselves. */
static void a_wrong_total_length_is_no_matter_of_layout(void)
{
    static const uint16_t totals[] = {0, 20, 60, 0x1E00};
    static struct mended mended;

    for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++)
        for (unsigned spoilt = 0; spoilt < 2; spoilt++) {
            struct shop shop;
            struct made m;
            struct packet p;
            struct verdict v;
            shop_open(&shop);
            const struct rules *rules = rulebook_find(shop.book, "raw-ipv4");
            right_packet(&shop, "raw-ipv4", "smith", &m);
            store_be16(m.bytes + 2, totals[i]);
            m.bytes[6] = 0x20;
            as_the_kernel(&m);
            store_be16(m.bytes + 2, totals[i]);
            m.bytes[10] ^= spoilt ? 0x40 : 0;
            packet_decode(&p, LINK_RAW, m.bytes, m.length, m.length);
            judge_packet(rules, &p, SRC, &v);
            const bool found = reading_find(&mended, rules, &p, &v);
            char codes[64] = "";
            if (spoilt)
                tell(rules, &m, "ip.checksum", codes);
            CU_ASSERT_TRUE(!spoilt || strcmp(codes, "CHECKSUM_WRONG") == 0);
            CU_ASSERT_TRUE(!found || strcmp(mended.code->name, "BAD_LENGTH") == 0);
            if (found && strcmp(mended.code->name, "BAD_LENGTH") != 0)
                printf("%u: %s\n", totals[i], mended.undone.text);
            shop_close(&shop);
        }
}

/* A sum that was made over what the program took for the header, and for the packet. */
static void a_header_sum_keeps_its_reason_beside_a_wrong_length(void)
{
    struct shop shop;
    struct made m;
    char codes[64];

    shop_open(&shop);
    const struct rules *rules = rulebook_find(shop.book, "raw-ipv4");
    right_packet(&shop, "raw-ipv4", "smith", &m);
    store_be16(m.bytes + 2, (uint16_t)(m.length + 14));
    store_be16(m.bytes + 10, 0);
    store_be16(m.bytes + 10, csum_finish(csum_add(0, m.bytes, m.length)));
    tell(rules, &m, "ip.checksum", codes);
    CU_ASSERT_STRING_EQUAL(codes, "CHECKSUM_WITH_PAYLOAD");
    right_packet(&shop, "raw-ipv4", "smith", &m);
    m.bytes[0] = 0x46;
    store_be16(m.bytes + 10, 0);
    store_be16(m.bytes + 10, (uint16_t)~csum_finish(csum_add(0, m.bytes, IP)));
    tell(rules, &m, "ip.checksum", codes);
    CU_ASSERT_STRING_EQUAL(codes, "CHECKSUM_NOT_COMPLEMENTED");
    shop_close(&shop);
}

static const struct unit_case cases[] = {
    {"another_struct_format_is_told_as_that_and_no_other_mistake",
     another_struct_format_is_told_as_that_and_no_other_mistake},
    {"a_wrong_length_and_a_nested_header_explain_all_that_fails",
     a_wrong_length_and_a_nested_header_explain_all_that_fails},
    {"what_a_reading_leaves_wrong_keeps_its_own_reason", what_a_reading_leaves_wrong_keeps_its_own_reason},
    {"random_frames_have_no_certain_reading", random_frames_have_no_certain_reading},
    {"a_text_cut_within_is_no_matter_of_form", a_text_cut_within_is_no_matter_of_form},
    {"a_field_that_is_wrong_alone_is_no_matter_of_form", a_field_that_is_wrong_alone_is_no_matter_of_form},
    {"a_wrong_text_does_not_hide_a_wrong_form", a_wrong_text_does_not_hide_a_wrong_form},
    {"a_length_that_takes_a_wrong_text_for_options_is_told_first",
     a_length_that_takes_a_wrong_text_for_options_is_told_first},
    {"a_wrong_total_length_is_no_matter_of_layout", a_wrong_total_length_is_no_matter_of_layout},
    {"a_header_sum_keeps_its_reason_beside_a_wrong_length",
     a_header_sum_keeps_its_reason_beside_a_wrong_length},
};
extern const struct unit_group reading_cases;
UNIT_GROUP(reading_cases, cases);
