#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/codec.h"
#include "base/cursor.h"
#include "explain/finding.h"
#include "explain/reading.h"
#include "explain/reasons.h"
#include "explain/report.h"
#include "forge/exchange.h"
#include "forge/mistakes.h"
#include "judge/judge.h"
#include "pkt/csum.h"

enum { SRC = 0x0A0A0028, CLASSES = 4, RANDOM_FRAMES = 1000, NATIVE = 8, IP = 20, TCP = 20, SUM_AT = 16 };
enum { WALKED = UNIT_FEWER > 1 ? 1 : CLASSES };

static const char *const STUDENTS[] = {"smith", "jones", "ng", "garcia-lopez"};
enum { N_STUDENTS = sizeof(STUDENTS) / sizeof(STUDENTS[0]) };

/* The whole course in a class of its own. */
struct shop {
    struct course course;
    struct class class;
    struct problems problems;
    struct keyring *ring;
    struct rulebook *book;
};

static void shop_open(struct shop *s)
{
    *s = (struct shop){0};
    class_practice(&s->class, SOURCE_DIR "/challenges");
    CU_ASSERT_TRUE_FATAL(course_load(&s->course, SOURCE_DIR "/challenges", &s->problems));
    CU_ASSERT_EQUAL_FATAL(keyring_random(&s->ring, NULL), ST_OK);
    s->book = rulebook_compile(&s->course, &s->class, NULL, s->ring, NULL, 0, &s->problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s->book);
}

static void shop_close(struct shop *s)
{
    rulebook_free(s->book);
    keyring_free(s->ring);
    course_free(&s->course);
    class_free(&s->class);
    problems_free(&s->problems);
}

/* A packet that a student makes: his own checksum over what he packed, the kernel's length and sum. */
struct made {
    uint8_t bytes[2048];
    size_t length;
};

static void put(struct made *m, const void *bytes, size_t n)
{
    memcpy(m->bytes + m->length, bytes, n);
    m->length += n;
}

static void as_the_kernel(struct made *m)
{
    store_be16(m->bytes + 2, (uint16_t)m->length);
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP)));
}

static void right_packet(const struct shop *s, const char *slug, const char *student, struct made *m)
{
    struct exchange e;

    CU_ASSERT_PTR_NULL_FATAL(
        exchange_build(rulebook_find(s->book, slug), student, SRC, s->class.target, NULL, &e));
    memcpy(m->bytes, e.bytes, e.length);
    m->length = e.length;
}

/* TCP's values packed by another format; letters: B H L, x a byte of 0, - a value left out. little: all in
 * the host's order. native: L is 8 bytes on its border. The checksum is made over what is packed. */
static void pack_tcp(const struct made *right, const char *letters, bool little, bool native,
                     struct made *out)
{
    static const uint8_t at[] = {0, 2, 4, 8, 12, 13, 14, 16, 18}, width[] = {2, 2, 4, 4, 1, 1, 2, 2, 2};
    const uint8_t *tcp = right->bytes + IP;
    size_t sum_at = 0, sum_bytes = 0, value = 0;

    memcpy(out->bytes, right->bytes, IP);
    out->length = IP;
    for (const char *c = letters; *c; c++) {
        size_t n = *c == 'B' ? 1 : *c == 'H' ? 2 : *c == 'Q' ? 8 : native && *c == 'L' ? NATIVE : 4;
        uint64_t v = 0;
        if (*c == 'x') {
            out->bytes[out->length++] = 0;
            continue;
        }
        for (size_t i = 0; i < width[value] && at[value] != SUM_AT; i++)
            v = v << 8 | tcp[at[value] + i];
        while (native && *c != '-' && (out->length - IP) % n)
            out->bytes[out->length++] = 0;
        if (at[value++] == SUM_AT && *c != '-') {
            sum_at = out->length;
            sum_bytes = n;
        }
        for (size_t i = 0; i < n && *c != '-'; i++)
            out->bytes[out->length++] = (uint8_t)(v >> 8 * (little ? i : n - 1 - i));
    }
    put(out, tcp + TCP, right->length - IP - TCP);
    size_t length = out->length - IP;
    uint16_t sum = csum_finish(
        csum_add(csum_pseudo(load_be32(out->bytes + 12), load_be32(out->bytes + 16), 6, (uint16_t)length),
                 out->bytes + IP, length));
    for (size_t i = 0; i < sum_bytes && i < 2; i++)
        out->bytes[sum_at + (little ? i : sum_bytes - 1 - i)] = (uint8_t)(sum >> 8 * i);
    as_the_kernel(out);
}

/* How much was told, how much of it as certain, and how much was wrong: keys are random, and one time in
 * some thousands a value looks like another mistake by chance. */
struct tally {
    size_t told, certain, wrong;
};

static void expect_nearly_all(const struct tally *tally)
{
    CU_ASSERT_TRUE(tally->told > 0 && tally->wrong * 100 <= tally->told);
}

/* Every failed finding must have `code` first, and the first text must hold `text`. */
static void expect_told(const struct rules *rules, const struct made *m, const char *code, const char *text,
                        const char *what, struct tally *tally)
{
    struct packet p;
    struct verdict v;
    struct reasons reasons;
    bool said = false;

    packet_decode(&p, LINK_RAW, m->bytes, m->length, m->length);
    judge_packet(rules, &p, SRC, &v);
    CU_ASSERT_FALSE(v.pass);
    reasons_begin(&reasons, rules, &p, &v);
    for (size_t i = 0; i < v.n; i++) {
        size_t n;
        if (v.findings[i].status != FINDING_FAIL)
            continue;
        const struct diagnosis *d = reasons_of(&reasons, &v.findings[i], &n);
        CU_ASSERT_TRUE_FATAL(n > 0);
        const bool good = strcmp(d->code->name, code) == 0, certain = d->confidence == CONFIDENCE_CERTAIN;
        tally->told++;
        tally->wrong += !good;
        tally->certain += certain;
        if (!good || getenv("WIREGRADE_SHOW"))
            printf("%s: %s %s%s, not %s: %s | %s\n", what, v.findings[i].field->name, d->code->name,
                   certain ? "!" : "", code, d->text, d->mend);
        said = said || strstr(d->text, text) != NULL;
    }
    tally->wrong += !said;
    if (!said)
        printf("%s: nowhere \"%s\"\n", what, text);
}

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

/* Changes of a right packet, made with its bytes at hand. */
struct edit {
    const char *slug, *name, *code, *text;
    void (*make)(struct made *m);
};

/* A student's own sum over what he sends. */
static void sum_tcp(struct made *m)
{
    const size_t length = m->length - IP;

    store_be16(m->bytes + IP + SUM_AT, 0);
    store_be16(m->bytes + IP + SUM_AT,
               csum_finish(csum_add(
                   csum_pseudo(load_be32(m->bytes + 12), load_be32(m->bytes + 16), 6, (uint16_t)length),
                   m->bytes + IP, length)));
}

static void reverse(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        const uint8_t first = bytes[i];
        bytes[i] = bytes[n - 1 - i];
        bytes[n - 1 - i] = first;
    }
}

static void insert(struct made *m, size_t at, const void *bytes, size_t n)
{
    memmove(m->bytes + at + n, m->bytes + at, m->length - at);
    memcpy(m->bytes + at, bytes, n);
    m->length += n;
}

static void offset_of(struct made *m, uint8_t first, uint8_t second)
{
    m->bytes[IP + 12] = first;
    m->bytes[IP + 13] = second;
    sum_tcp(m);
}

static void offset_plain(struct made *m)
{
    offset_of(m, 5, 2);
}

static void offset_bytes(struct made *m)
{
    offset_of(m, 20, 2);
}

static void offset_by_four(struct made *m)
{
    offset_of(m, 0, 5 << 4 | 2);
}

static void offset_swapped(struct made *m)
{
    offset_of(m, 2, 0x50);
}

static void offset_none(struct made *m)
{
    offset_of(m, 0, 2);
}

static void offset_six(struct made *m)
{
    offset_of(m, 0x60, 2);
}

static void ihl_six(struct made *m)
{
    m->bytes[0] = 0x46;
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP + 4)));
}

static void ihl_sum(struct made *m)
{
    m->bytes[0] = (4 << 4) + 20;
}

static void length_of_the_header(struct made *m)
{
    store_be16(m->bytes + 2, IP);
    store_be16(m->bytes + 10, 0);
    store_be16(m->bytes + 10, csum_finish(csum_add(0, m->bytes, IP)));
}

static void protocol_udp(struct made *m)
{
    m->bytes[9] = 17;
    as_the_kernel(m);
}

static void kernels_header(struct made *m)
{
    uint8_t outer[IP];

    memcpy(outer, m->bytes, IP);
    outer[1] = 0;
    outer[4] = 0x3F;
    outer[5] = 0x11;
    outer[6] = 0x40;
    store_be16(m->bytes + 2, 0);
    store_be16(m->bytes + 10, 0);
    insert(m, 0, outer, IP);
    as_the_kernel(m);
}

static void ethernet_inside(struct made *m)
{
    static const uint8_t ether[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};

    kernels_header(m);
    insert(m, IP, ether, sizeof(ether));
    as_the_kernel(m);
}

static void udp_before(struct made *m)
{
    uint8_t udp[8] = {0x04, 0xD2, 0x11, 0x5C, 0, (uint8_t)(m->length - IP + 8), 0, 0};

    insert(m, IP, udp, sizeof(udp));
    as_the_kernel(m);
}

static void tcp_before(struct made *m)
{
    uint8_t tcp[TCP] = {0x04, 0xD2, 0x1F, 0x91, [12] = 0x50, [13] = 2, [14] = 0x16, [15] = 0xD0};

    insert(m, IP, tcp, sizeof(tcp));
    as_the_kernel(m);
}

/* TCP()/TCP(): the checksum is over all that follows. */
static void tcp_twice(struct made *m)
{
    const uint8_t tcp[TCP] = {0, 20, 0, 80, [12] = 0x50, [13] = 2, [14] = 0x20};

    insert(m, IP + TCP, tcp, sizeof(tcp));
    sum_tcp(m);
    as_the_kernel(m);
}

/* IP(...)/IP(proto=...): the first one says that IPv4 follows. */
static void ip_twice(struct made *m)
{
    uint8_t inner[IP];

    memcpy(inner, m->bytes, IP);
    memset(inner + 1, 0, 7);
    store_be16(inner + 2, (uint16_t)m->length);
    store_be16(inner + 4, 1);
    store_be16(inner + 10, 0);
    store_be16(inner + 10, csum_finish(csum_add(0, inner, IP)));
    insert(m, IP, inner, IP);
    m->bytes[9] = 4;
    as_the_kernel(m);
}

/* IP()/Raw()/TCP(): nothing says what follows, and no checksum is made. */
static void text_before_tcp(struct made *m)
{
    uint8_t tcp[TCP];

    memcpy(tcp, m->bytes + IP, TCP);
    store_be16(tcp + SUM_AT, 0);
    memmove(m->bytes + IP, m->bytes + IP + TCP, m->length - IP - TCP);
    memcpy(m->bytes + m->length - TCP, tcp, TCP);
    m->bytes[9] = 0;
    as_the_kernel(m);
}

static void two_packets(struct made *m)
{
    struct made other = *m;

    put(m, other.bytes, other.length);
    as_the_kernel(m);
}

static void no_header(struct made *m)
{
    memmove(m->bytes + IP, m->bytes + IP + TCP, m->length - IP - TCP);
    m->length -= TCP;
    as_the_kernel(m);
}

static void ttl_and_protocol(struct made *m)
{
    reverse(m->bytes + 8, 2);
    as_the_kernel(m);
}

static void both_numbers(struct made *m)
{
    uint8_t first[4];

    memcpy(first, m->bytes + IP + 4, 4);
    memcpy(m->bytes + IP + 4, m->bytes + IP + 8, 4);
    memcpy(m->bytes + IP + 8, first, 4);
}

/* The IPv4 header without one of its values, or with one too wide: the kernel writes its own over it. */
static void id_left_out(struct made *m)
{
    memmove(m->bytes + 4, m->bytes + 6, m->length - 6);
    m->length -= 2;
    as_the_kernel(m);
}

static void tos_as_h(struct made *m)
{
    insert(m, 1, "", 1);
    as_the_kernel(m);
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

static void tell(const struct rules *rules, const struct made *m, const char *field, char codes[64])
{
    struct packet p;
    struct verdict v;
    struct reasons reasons;

    snprintf(codes, 64, "-");
    packet_decode(&p, LINK_RAW, m->bytes, m->length, m->length);
    judge_packet(rules, &p, SRC, &v);
    reasons_begin(&reasons, rules, &p, &v);
    for (size_t i = 0; i < v.n; i++) {
        size_t n;
        const struct diagnosis *d = reasons_of(&reasons, &v.findings[i], &n);
        if (n && strcmp(v.findings[i].field->name, field) == 0)
            snprintf(codes, 64, "%s", d->code->name);
    }
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

/* xorshift: the same frames each run. */
static uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 16);
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
    {"another_struct_format_is_told_as_that_and_no_other_mistake",
     another_struct_format_is_told_as_that_and_no_other_mistake},
    {"a_wrong_length_and_a_nested_header_explain_all_that_fails",
     a_wrong_length_and_a_nested_header_explain_all_that_fails},
    {"what_a_reading_leaves_wrong_keeps_its_own_reason", what_a_reading_leaves_wrong_keeps_its_own_reason},
    {"random_frames_have_no_certain_reading", random_frames_have_no_certain_reading},
    {"a_field_that_is_wrong_alone_is_no_matter_of_form", a_field_that_is_wrong_alone_is_no_matter_of_form},
    {"a_text_cut_within_is_no_matter_of_form", a_text_cut_within_is_no_matter_of_form},
    {"a_wrong_text_does_not_hide_a_wrong_form", a_wrong_text_does_not_hide_a_wrong_form},
    {"a_packet_that_no_challenge_took_has_the_one_it_was_meant_for",
     a_packet_that_no_challenge_took_has_the_one_it_was_meant_for},
    {"a_text_behind_a_copied_header_is_meant_for_whom_it_is_written",
     a_text_behind_a_copied_header_is_meant_for_whom_it_is_written},
    {"a_packet_of_nobody_here_is_meant_for_nothing", a_packet_of_nobody_here_is_meant_for_nothing},
    {"a_near_miss_names_its_student", a_near_miss_names_its_student},
    {"a_handle_that_a_header_cuts_is_read_whole", a_handle_that_a_header_cuts_is_read_whole},
    {"a_length_that_takes_a_wrong_text_for_options_is_told_first",
     a_length_that_takes_a_wrong_text_for_options_is_told_first},
    {"who_has_a_value_of_his_own_right_is_not_doubted", who_has_a_value_of_his_own_right_is_not_doubted},
    {"a_header_sum_keeps_its_reason_beside_a_wrong_length",
     a_header_sum_keeps_its_reason_beside_a_wrong_length},
    {"a_wrong_total_length_is_no_matter_of_layout", a_wrong_total_length_is_no_matter_of_layout},
    {"a_report_tells_the_shared_reason_once_and_who_it_is",
     a_report_tells_the_shared_reason_once_and_who_it_is},
    {"the_value_of_a_student_is_told_only_to_whom_it_is_known",
     the_value_of_a_student_is_told_only_to_whom_it_is_known},
};
extern const struct unit_group reading_cases;
UNIT_GROUP(reading_cases, cases);
