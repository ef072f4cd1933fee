#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cursor.h"
#include "explain/recipe.h"

enum { IP = 20, TCP = 20, LONGEST = 1480 };

/* As a student's program does it: bytes are laid one behind the other, then summed. Shares nothing with
 * lib/explain. */
struct laid {
    uint8_t bytes[IP + TCP + LONGEST + 64];
    size_t n;
};

static void lay(struct laid *l, const void *bytes, size_t n)
{
    memcpy(l->bytes + l->n, bytes, n);
    l->n += n;
}

static uint64_t words(const struct laid *l)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < l->n; i += 2)
        sum += (uint64_t)l->bytes[i] << 8 | (i + 1 < l->n ? l->bytes[i + 1] : 0);
    return sum;
}

static uint16_t fold(uint64_t sum)
{
    while (sum > 0xFFFF)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)sum;
}

static uint16_t checksum(const struct laid *l)
{
    return (uint16_t)~fold(words(l));
}

static const uint8_t IP_HEADER[IP] = {0x45, 0, 0,  0x34, 0x57, 0x47, 0,   0,  64, 6,
                                      0,    0, 10, 10,   0,    40,   172, 16, 1,  15};

struct sample {
    uint8_t segment[TCP + LONGEST];
    struct summed s;
    size_t payload;
};

/* A SYN with its payload. */
static void sample(struct sample *out, const char *payload)
{
    static const uint8_t header[TCP] = {0x37, 0xa0, 0x1f, 0x91, 0xd7, 0x40, 0xeb, 0x4f, 0xea, 0x7a,
                                        0x65, 0x68, 0x50, 0x02, 0x16, 0xd0, 0,    0,    0,    0};

    memset(out, 0, sizeof(*out));
    out->payload = strlen(payload);
    memcpy(out->segment, header, TCP);
    memcpy(out->segment + TCP, payload, out->payload);
    out->s = (struct summed){.protocol = 6,
                             .pseudo = true,
                             .layer = LAYER_TCP,
                             .ip = IP_HEADER,
                             .ip_header = IP,
                             .bytes = out->segment,
                             .header = TCP,
                             .length = TCP + out->payload,
                             .at = 16};
    out->s.ip_length = (uint16_t)(IP + out->s.length);
    summed_addresses(&out->s, IP_HEADER + 12, 4);
}

static struct laid pseudo(const struct sample *p, const uint8_t *src, const uint8_t *dst, uint16_t between,
                          size_t length)
{
    struct laid l = {.n = 0};
    uint8_t tail[4];

    lay(&l, src ? src : p->s.ip + 12, 4);
    lay(&l, dst ? dst : p->s.ip + 16, 4);
    store_be16(tail, between);
    store_be16(tail + 2, (uint16_t)length);
    lay(&l, tail, 4);
    return l;
}

static void expect(const struct sample *p, uint16_t value, enum recipe recipe, enum recipe with)
{
    struct recipe_match m[MATCHES_MAX];
    size_t n = recipe_matches(&p->s, value, m);
    bool found = false;

    for (size_t i = 0; i < n; i++)
        found = found || (m[i].recipe == recipe && m[i].with == with);
    CU_ASSERT_TRUE(found);
    if (!found)
        printf("0x%04x is not known as %s and %s: %s\n", value, recipe_word(recipe),
               with == N_RECIPES ? "nothing" : recipe_word(with), n ? recipe_word(m[0].recipe) : "-");
}

static void what_a_program_sums_wrongly_is_known(void)
{
    struct sample p;
    struct laid l;

    sample(&p, "c21pdGg=");
    size_t n = p.s.length;
#define SUM(between, length, ...)                                                                            \
    l = pseudo(&p, NULL, NULL, between, length);                                                             \
    __VA_ARGS__
#define SEGMENT lay(&l, p.segment, n)
#define KNOWN(recipe) expect(&p, checksum(&l), recipe, N_RECIPES)
    SUM(6, n, SEGMENT);
    CU_ASSERT_EQUAL(checksum(&l), summed_right(&p.s));
    expect(&p, (uint16_t)-fold(words(&l)), RECIPE_NEGATED, N_RECIPES);
    expect(&p, fold(words(&l)), RECIPE_NOT_COMPLEMENTED, N_RECIPES);
    expect(&p, (uint16_t)~words(&l), RECIPE_CARRIES_LOST, N_RECIPES);
    expect(&p, __builtin_bswap16(fold(words(&l))), RECIPE_NOT_COMPLEMENTED, RECIPE_LITTLE_ENDIAN);
    uint64_t single = 0;
    for (size_t i = 0; i < l.n; i++)
        single += l.bytes[i];
    expect(&p, (uint16_t)~single, RECIPE_SINGLE_BYTES, N_RECIPES);
    SUM(6, n, lay(&l, p.segment, n - 2));
    KNOWN(RECIPE_BYTES_LEFT_OUT);
    SUM(6, n, lay(&l, p.segment, n - 1));
    KNOWN(RECIPE_BYTES_LEFT_OUT);
}

static void a_wrong_pseudo_header_is_known(void)
{
    static const uint8_t none[4] = {0};
    struct sample p;
    struct laid l;

    sample(&p, "c21pdGg=");
    size_t n = p.s.length;
    SUM(6, n - TCP, SEGMENT);
    KNOWN(RECIPE_WRONG_LENGTH);
    SUM(6, TCP + 5, SEGMENT);
    KNOWN(RECIPE_WRONG_LENGTH);
    SUM(6, __builtin_bswap16((uint16_t)n), SEGMENT);
    KNOWN(RECIPE_WRONG_LENGTH);
    SUM(6, TCP, SEGMENT);
    KNOWN(RECIPE_HEADER_LENGTH_ONLY);
    SUM(0x600, n, SEGMENT);
    KNOWN(RECIPE_PSEUDO_LAYOUT);
    SUM(6, n, l.n -= 4; lay(&l, "\6\0", 2); lay(&l, &(uint8_t){(uint8_t)n}, 1); SEGMENT);
    KNOWN(RECIPE_PSEUDO_LAYOUT);
    SUM(6, TCP + 5, lay(&l, p.segment, TCP); lay(&l, "smith", 5));
    KNOWN(RECIPE_BEFORE_ENCODING);
    SUM(6, n, lay(&l, p.segment, TCP); lay(&l, "smith", 5));
    KNOWN(RECIPE_BEFORE_ENCODING);
    SUM(6, n + 1, SEGMENT; lay(&l, "\n", 1));
    KNOWN(RECIPE_NEWLINE_STRIPPED);
    SUM(6, TCP + 6, lay(&l, p.segment, TCP); lay(&l, "smith\n", 6));
    KNOWN(RECIPE_NEWLINE_STRIPPED);
    l = pseudo(&p, NULL, p.s.ip + 12, 6, n);
    SEGMENT;
    KNOWN(RECIPE_WRONG_ADDRESS);
    l = pseudo(&p, p.s.ip + 16, NULL, 6, n);
    SEGMENT;
    KNOWN(RECIPE_WRONG_ADDRESS);
    l = pseudo(&p, none, NULL, 6, n);
    SEGMENT;
    KNOWN(RECIPE_SOURCE_ZERO);
    l.n = 0;
    lay(&l, IP_HEADER, IP);
    expect(&p, checksum(&l), RECIPE_OF_IP_HEADER, N_RECIPES);
    SEGMENT;
    KNOWN(RECIPE_IP_HEADER_SUMMED);
    l.n = 0;
    SEGMENT;
    expect(&p, __builtin_bswap16(checksum(&l)), RECIPE_NO_PSEUDO_HEADER, RECIPE_LITTLE_ENDIAN);
    expect(&p, fold(words(&l)), RECIPE_NO_PSEUDO_HEADER, RECIPE_NOT_COMPLEMENTED);
    expect(&p, (uint16_t)~words(&l), RECIPE_NO_PSEUDO_HEADER, RECIPE_CARRIES_LOST);
    l.n = TCP;
    expect(&p, checksum(&l), RECIPE_NO_PSEUDO_HEADER, RECIPE_NO_PAYLOAD);
}

/* Each field of the header 0 in turn, and one with the value that is asked for, before the sum is made. */
static void a_field_that_is_set_after_the_sum_is_known(void)
{
    static const struct {
        size_t at, size;
    } fields[] = {{0, 2}, {2, 2}, {4, 4}, {8, 4}, {12, 1}, {13, 1}, {14, 2}};
    struct sample p;
    struct laid l;

    sample(&p, "c21pdGg=");
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        l = pseudo(&p, NULL, NULL, 6, p.s.length);
        lay(&l, p.segment, p.s.length);
        memset(l.bytes + 12 + fields[i].at, 0, fields[i].size);
        expect(&p, checksum(&l), RECIPE_FIELDS_CHANGED, N_RECIPES);
    }
    p.s.asked[0].field = 2;
    p.s.asked[0].value = 90211;
    p.s.n_asked = 1;
    l = pseudo(&p, NULL, NULL, 6, p.s.length);
    lay(&l, p.segment, p.s.length);
    store_be32(l.bytes + 12 + 8, 90211);
    expect(&p, checksum(&l), RECIPE_FIELDS_CHANGED, N_RECIPES);
}

/* Counted over every value there is, not over a sample: less than one in a thousand may be met by chance. */
static void all_recipes_reach_one_value_in_a_thousand(void)
{
    static const char *const payloads[] = {"c21pdGg=", "736d697468", "smith!!", "", "aGFudHpzY2gxMjM="};
    struct recipe_match m[MATCHES_MAX];
    struct sample p;

    for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
        size_t told = 0, guessed = 0, alone = 0;
        sample(&p, payloads[i]);
        for (uint32_t v = 0; v <= UINT16_MAX; v++) {
            size_t n = recipe_matches(&p.s, (uint16_t)v, m);
            told += n && m[0].tried <= LIKELY_MAX;
            guessed += n && m[0].tried > LIKELY_MAX;
            alone += n && m[0].tried <= LIKELY_MAX && m[0].with == N_RECIPES;
            CU_ASSERT_TRUE(!n || v != summed_right(&p.s));
        }
        CU_ASSERT_TRUE(told == LIKELY_MAX && alone > 30 && alone + 6 < told);
        CU_ASSERT_TRUE(guessed > 100 && guessed + told <= TRIED_MAX + 1);
        if (told != LIKELY_MAX || alone + 6 >= told)
            printf("\"%s\": told %zu, of them %zu alone, guessed %zu\n", payloads[i], told, alone, guessed);
    }
}

static void lost_carries_come_before_a_protocol_nobody_writes(void)
{
    struct recipe_match m[MATCHES_MAX];
    struct sample p;
    size_t both = 0;

    for (uint32_t ack = 1; ack < 4000; ack++) {
        sample(&p, "c21pdGg=");
        store_be32(p.segment + 8, ack * 1048573);
        struct laid l = pseudo(&p, NULL, NULL, 6, p.s.length);
        lay(&l, p.segment, p.s.length);
        size_t n = recipe_matches(&p.s, (uint16_t)~words(&l), m);
        CU_ASSERT_TRUE(n > 0 && m[0].recipe == RECIPE_CARRIES_LOST);
        both += n > 1 && m[1].recipe == RECIPE_WRONG_PROTOCOL;
    }
    CU_ASSERT_TRUE(both > 100);
}

/* The longest search: a value that nothing gives. The bound is generous for a busy machine. */
static void a_search_over_1500_bytes_takes_a_fraction_of_a_millisecond(void)
{
    enum { TIMES = 200 };
    char payload[LONGEST + 1];
    struct recipe_match m[MATCHES_MAX];
    struct timespec a, z;
    struct sample p;
    double best = 1e9;

    for (size_t i = 0; i < LONGEST; i++)
        payload[i] = "0123abcd"[i * 7 % 8];
    payload[LONGEST] = '\0';
    sample(&p, payload);
    for (uint32_t i = 0; i < TIMES; i++) {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
        recipe_matches(&p.s, (uint16_t)(i * 331), m);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &z);
        double took = (double)(z.tv_sec - a.tv_sec) * 1e6 + (double)(z.tv_nsec - a.tv_nsec) / 1e3;
        best = took < best ? took : best;
    }
    printf("%.0f us for a checksum over 1,500 bytes\n", best);
    CU_ASSERT_TRUE(best < 1000);
}

static const struct unit_case cases[] = {
    {"what_a_program_sums_wrongly_is_known", what_a_program_sums_wrongly_is_known},
    {"a_wrong_pseudo_header_is_known", a_wrong_pseudo_header_is_known},
    {"a_field_that_is_set_after_the_sum_is_known", a_field_that_is_set_after_the_sum_is_known},
    {"all_recipes_reach_one_value_in_a_thousand", all_recipes_reach_one_value_in_a_thousand},
    {"lost_carries_come_before_a_protocol_nobody_writes", lost_carries_come_before_a_protocol_nobody_writes},
    {"a_search_over_1500_bytes_takes_a_fraction_of_a_millisecond",
     a_search_over_1500_bytes_takes_a_fraction_of_a_millisecond},
};
extern const struct unit_group recipe_cases;
UNIT_GROUP(recipe_cases, cases);
