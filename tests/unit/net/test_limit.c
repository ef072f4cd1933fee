#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "net/limit.h"

enum { SEATS = 256 };

/* A limit and who holds places of it, seat by seat. */
struct rig {
    struct limit limit;
    struct limit_seat seats[SEATS];
    size_t n;
};

static void rig_open(struct rig *rig, uint32_t max_total, uint32_t max_source)
{
    rig->n = 0;
    CU_ASSERT_FATAL(limit_init(&rig->limit, max_total, max_source));
}

/* Later ones were heard later. */
static enum limit_answer take(struct rig *rig, ipaddr source, uint32_t students)
{
    struct limit_seat *seat = &rig->seats[rig->n];
    enum limit_answer answer = limit_take(&rig->limit, seat, source, students);

    if (answer == LIMIT_OK) {
        seat->heard_ms = 1000 + rig->n;
        rig->n++;
        CU_ASSERT_FATAL(rig->n < SEATS);
    }
    return answer;
}

static void take_many(struct rig *rig, ipaddr source, int n)
{
    for (int i = 0; i < n; i++)
        CU_ASSERT_EQUAL_FATAL(take(rig, source, 0), LIMIT_OK);
}

static void of_ipv6_a_64_has_one_share(void)
{
    static struct rig rig;
    enum limit_answer why;
    ipaddr a = 0, b = 0, beside = 0, far = 0;

    CU_ASSERT_TRUE(ipaddr_parse("fd00:10::1", &a) && ipaddr_parse("fd00:10::ffff:0:0:2", &b) &&
                   ipaddr_parse("fd00:10:0:1::1", &beside) && ipaddr_parse("fd00:20::1", &far));
    rig_open(&rig, 6, 3);
    CU_ASSERT_EQUAL(take(&rig, a, 0), LIMIT_OK);
    CU_ASSERT_EQUAL(take(&rig, b, 0), LIMIT_OK);
    CU_ASSERT_EQUAL(take(&rig, b, 0), LIMIT_OK);
    CU_ASSERT_EQUAL(take(&rig, a + 7, 0), LIMIT_SOURCE);
    /* the roster's own is counted alone */
    CU_ASSERT_EQUAL(take(&rig, a + 7, 1), LIMIT_OK);
    CU_ASSERT_EQUAL(take(&rig, beside, 0), LIMIT_OK);
    CU_ASSERT_EQUAL(take(&rig, far, 0), LIMIT_OK);
    /* all is full: of the network with most, which is that of the first five, the source with most gives */
    CU_ASSERT_EQUAL(take(&rig, far + 1, 0), LIMIT_TOTAL);
    struct limit_seat *seat = limit_loser(&rig.limit, far, 0, &why);
    CU_ASSERT_PTR_EQUAL(seat, &rig.seats[0]);
    while (rig.n)
        limit_release(&rig.limit, &rig.seats[--rig.n]);
    CU_ASSERT_EQUAL(rig.limit.total, 0);
    limit_done(&rig.limit);
}

static void a_source_gets_its_share_and_no_more(void)
{
    static struct rig rig;

    rig_open(&rig, 100, 3);
    take_many(&rig, 7, 3);
    CU_ASSERT_EQUAL(take(&rig, 7, 0), LIMIT_SOURCE);
    CU_ASSERT_EQUAL(take(&rig, 8, 0), LIMIT_OK);
    limit_release(&rig.limit, &rig.seats[1]);
    CU_ASSERT_EQUAL(take(&rig, 7, 0), LIMIT_OK);
    CU_ASSERT_EQUAL(limit_held(&rig.limit, 7), 3);
    limit_done(&rig.limit);
}

static void an_address_of_two_students_gets_twice_the_share(void)
{
    static struct rig rig;

    rig_open(&rig, 100, 3);
    for (int i = 0; i < 6; i++)
        CU_ASSERT_EQUAL(take(&rig, 7, 2), LIMIT_OK);
    CU_ASSERT_EQUAL(take(&rig, 7, 2), LIMIT_SOURCE);
    limit_done(&rig.limit);
}

static void all_together_have_a_limit(void)
{
    static struct rig rig;

    rig_open(&rig, 5, 3);
    for (uint32_t i = 0; i < 5; i++)
        CU_ASSERT_EQUAL(take(&rig, i, 0), LIMIT_OK);
    CU_ASSERT_EQUAL(take(&rig, 9, 0), LIMIT_TOTAL);
    limit_release(&rig.limit, &rig.seats[0]);
    CU_ASSERT_EQUAL(take(&rig, 9, 0), LIMIT_OK);
    limit_done(&rig.limit);
}

static void zero_allows_nothing(void)
{
    static struct rig rig;
    enum limit_answer why;

    rig_open(&rig, 0, 3);
    CU_ASSERT_EQUAL(take(&rig, 1, 0), LIMIT_TOTAL);
    CU_ASSERT_PTR_NULL(limit_loser(&rig.limit, 1, 1, &why));
    limit_done(&rig.limit);
    rig_open(&rig, 3, 0);
    CU_ASSERT_EQUAL(take(&rig, 1, 0), LIMIT_SOURCE);
    limit_done(&rig.limit);
}

enum { A = 0x0A000010, B = 0x0A000020, C = 0x0A000030 }; /* of three networks */

/* A full limit: who holds how much, who comes, and whose place he gets: the number of the seat, or why none.
 * Seats are counted in the order in which they were taken, which is that of silence. */
static void the_greediest_gives_its_longest_silent_place(void)
{
    static const struct {
        struct {
            uint32_t source, students;
            int n;
        } held[4];
        uint32_t source, students;
        int seat; /* -1: none */
        enum limit_answer why;
    } rows[] = {
        /* one network has more: its greediest address gives */
        {{{A, 0, 1}, {A + 1, 0, 2}, {B, 0, 2}}, C, 0, 1, LIMIT_OK},
        {{{A, 0, 1}, {A + 1, 0, 2}, {B, 0, 2}}, B, 0, 1, LIMIT_OK},
        /* of two alike, the longest silent */
        {{{B, 0, 1}, {A, 0, 2}, {A + 1, 0, 2}}, C, 0, 1, LIMIT_OK},
        /* many addresses with one each are one network, and somebody alone is another */
        {{{C, 0, 1}, {A, 0, 1}, {A + 1, 0, 1}, {A + 15, 0, 1}}, B, 0, 1, LIMIT_OK},
        /* who comes from the network with most gets a place of its greediest, unless he is that */
        {{{A, 0, 1}, {A + 1, 0, 3}, {B, 0, 1}}, A, 0, 1, LIMIT_OK},
        {{{A, 0, 1}, {A + 1, 0, 3}, {B, 0, 1}}, A + 2, 0, 1, LIMIT_OK},
        {{{A, 0, 1}, {A + 1, 0, 3}, {B, 0, 1}}, A + 1, 0, -1, LIMIT_NETWORK},
        {{{A, 0, 2}, {B, 0, 2}}, B, 0, -1, LIMIT_NETWORK},
        {{{A, 0, 3}, {B, 0, 2}}, C, 0, 0, LIMIT_OK},
        /* one for each student of the roster is not counted */
        {{{A, 2, 3}, {B, 0, 2}}, C, 0, 3, LIMIT_OK},
        {{{A, 2, 4}, {B, 0, 1}}, C, 0, 0, LIMIT_OK},
        {{{A, 1, 1}, {A + 1, 0, 1}}, C, 0, 1, LIMIT_OK},
        /* so a student finds a place in the network with most too */
        {{{A + 1, 0, 3}, {B, 0, 1}}, A, 1, 0, LIMIT_OK},
        {{{A, 1, 1}, {A + 1, 0, 1}}, A + 2, 1, 1, LIMIT_OK},
        /* when the roster has all, it gives none to another, and its students take from who has most of them
         */
        {{{A, 1, 1}, {B, 1, 1}}, C, 0, -1, LIMIT_TOTAL},
        {{{B, 1, 1}, {A, 2, 2}}, C, 1, 1, LIMIT_OK},
        {{{B, 1, 1}, {A, 1, 1}, {A + 1, 1, 1}}, C, 1, 1, LIMIT_OK},
        {{{B, 1, 1}, {A, 2, 2}}, A, 3, -1, LIMIT_NETWORK},
    };
    static struct rig rig;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum limit_answer why = LIMIT_OK;
        rig_open(&rig, SEATS, 8);
        for (int h = 0; h < 4; h++)
            for (int k = 0; k < rows[i].held[h].n; k++)
                CU_ASSERT_EQUAL_FATAL(take(&rig, rows[i].held[h].source, rows[i].held[h].students), LIMIT_OK);
        rig.limit.max_total = rig.limit.total;
        CU_ASSERT_EQUAL(take(&rig, rows[i].source, rows[i].students), LIMIT_TOTAL);
        struct limit_seat *seat = limit_loser(&rig.limit, rows[i].source, rows[i].students, &why);
        int got = seat ? (int)(seat - rig.seats) : -1;
        if (got != rows[i].seat || (!seat && why != rows[i].why)) {
            printf("row %zu: seat %d, why %d\n", i, got, (int)why);
            CU_FAIL("another goes");
        }
        if (seat) {
            limit_release(&rig.limit, seat);
            CU_ASSERT_EQUAL(take(&rig, rows[i].source, rows[i].students), LIMIT_OK);
        }
        limit_done(&rig.limit);
    }
}

static void the_one_that_was_heard_last_stays(void)
{
    static struct rig rig;
    enum limit_answer why;

    rig_open(&rig, 3, 3);
    take_many(&rig, A, 3);
    rig.seats[0].heard_ms = 9999;
    CU_ASSERT_PTR_EQUAL(limit_loser(&rig.limit, B, 0, &why), &rig.seats[1]);
    limit_done(&rig.limit);
}

/* A host with all addresses of four networks, eight connections each, and 512 places. */
static void one_host_with_64_addresses_keeps_nobody_out(void)
{
    enum { ALL = 512, STUDENTS = 200 };
    static struct limit_seat seats[ALL + STUDENTS];
    struct limit limit;
    enum limit_answer why;
    size_t n = 0;

    CU_ASSERT_FATAL(limit_init(&limit, ALL, 8));
    for (uint32_t i = 0; i < ALL; i++)
        CU_ASSERT_EQUAL(limit_take(&limit, &seats[n++], A + i % 64, 0), LIMIT_OK);
    for (uint32_t i = 0; i < STUDENTS; i++) {
        ipaddr source = 0x0A000100 + i;
        CU_ASSERT_EQUAL(limit_take(&limit, &seats[n], source, 0), LIMIT_TOTAL);
        struct limit_seat *loser = limit_loser(&limit, source, 0, &why);
        CU_ASSERT_PTR_NOT_NULL_FATAL(loser);
        CU_ASSERT(loser < seats + ALL);
        limit_release(&limit, loser);
        CU_ASSERT_EQUAL(limit_take(&limit, &seats[n++], source, 0), LIMIT_OK);
    }
    limit_done(&limit);
}

static void the_sentence_tells_which_limit_it_was(void)
{
    static const struct {
        enum limit_answer why;
        const char *text;
    } rows[] = {
        {LIMIT_SOURCE, "too many connections at once from your address; close some first"},
        {LIMIT_NETWORK,
         "too many connections at once from your network (10.0.0.16/28), which holds most of the 512 of "
         "the briefing; close some first"},
        {LIMIT_TOTAL,
         "the briefing is full (512 connections), by addresses of the roster; try again in a minute"},
        {LIMIT_LOSER,
         "the briefing is full (512 connections): yours was the longest idle of the network with most, "
         "10.0.0.16/28"},
    };
    const struct limit limit = {.max_total = 512};
    struct buf out;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        buf_init(&out, 1000);
        limit_say(&limit, rows[i].why, A + 7, "the briefing", &out);
        CU_ASSERT_STRING_EQUAL(buf_text(&out), rows[i].text);
        buf_free(&out);
    }
}

/* The tables against a plain array, through a full one and many removals. */
static void counts_stay_right_over_many_takes_and_releases(void)
{
    enum { SOURCES = 40, STEPS = 200000, EACH = 4 };
    static struct limit_seat seats[SOURCES][EACH];
    uint32_t held[SOURCES] = {0}, total = 0, random = 1;
    enum limit_answer why;
    struct limit limit;

    CU_ASSERT_FATAL(limit_init(&limit, 64, EACH));
    for (int i = 0; i < STEPS; i++) {
        random = random * 1664525 + 1013904223;
        uint32_t n = (random >> 16) % SOURCES, source = n * 7;
        if (random >> 31) {
            bool may = held[n] < EACH && total < 64;
            CU_ASSERT_EQUAL_FATAL(limit_take(&limit, &seats[n][held[n] % EACH], source, n % 2) == LIMIT_OK,
                                  may);
            held[n] += may;
            total += may;
        } else if (held[n]) {
            limit_release(&limit, &seats[n][--held[n]]);
            total--;
        }
        CU_ASSERT_EQUAL_FATAL(limit_held(&limit, source), held[n]);
        CU_ASSERT_EQUAL_FATAL(limit.total, total);
        struct limit_seat *loser = total ? limit_loser(&limit, UINT32_MAX, 1, &why) : NULL;
        CU_ASSERT_EQUAL_FATAL(loser != NULL, total > 0);
        CU_ASSERT_FATAL(!loser || held[loser->source / 7]);
    }
    limit_done(&limit);
}

static const struct unit_case CASES[] = {
    {"a_source_gets_its_share_and_no_more", a_source_gets_its_share_and_no_more},
    {"an_address_of_two_students_gets_twice_the_share", an_address_of_two_students_gets_twice_the_share},
    {"all_together_have_a_limit", all_together_have_a_limit},
    {"zero_allows_nothing", zero_allows_nothing},
    {"of_ipv6_a_64_has_one_share", of_ipv6_a_64_has_one_share},
    {"the_greediest_gives_its_longest_silent_place", the_greediest_gives_its_longest_silent_place},
    {"the_one_that_was_heard_last_stays", the_one_that_was_heard_last_stays},
    {"one_host_with_64_addresses_keeps_nobody_out", one_host_with_64_addresses_keeps_nobody_out},
    {"the_sentence_tells_which_limit_it_was", the_sentence_tells_which_limit_it_was},
    {"counts_stay_right_over_many_takes_and_releases", counts_stay_right_over_many_takes_and_releases},
};
UNIT_GROUP(limit_cases, CASES);
