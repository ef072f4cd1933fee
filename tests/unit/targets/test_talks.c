#include "unit.h"

#include <string.h>

#include "targets/state/talks.h"

static struct talk_seat seat_of(ipaddr source, int64_t at_ms, bool live, bool trusted)
{
    struct talk_seat seat = {
        .source = source, .port = 40000, .index = 3, .live = live, .trusted = trusted, .at_ms = at_ms};

    seat.talk.due_ms = at_ms + 30000;
    return seat;
}

static void a_source_holds_so_many_and_its_oldest_goes(void)
{
    struct talks *talks = talks_new();
    struct talk_seat *of[TALKS_OF_MAX];

    CU_ASSERT_PTR_NOT_NULL_FATAL(talks);
    for (int i = 0; i < 100; i++) {
        const struct talk_seat seat = seat_of(1, 1000 + i, true, false);
        talks_keep(talks, &seat, ipaddr_site(seat.source), 1);
    }
    CU_ASSERT_EQUAL_FATAL(talks_of(talks, 1, 3, 1100, of), TALKS_A_SOURCE);
    for (int i = 0; i < TALKS_A_SOURCE; i++)
        CU_ASSERT_EQUAL(of[i]->at_ms, 1099 - i);
    CU_ASSERT_EQUAL(talks_of(talks, 1, 2, 1100, of), 0);
    CU_ASSERT_EQUAL(talks_of(talks, 2, 3, 1100, of), 0);
    CU_ASSERT_EQUAL(talks_count(talks), TALKS_A_SOURCE);
    talks_free(talks);
}

static void of_ipv6_a_64_holds_as_many_as_one(void)
{
    struct talks *talks = talks_new();
    struct talk_seat *of[TALKS_OF_MAX];
    ipaddr net = 0;

    CU_ASSERT_TRUE_FATAL(talks && ipaddr_parse("fd00:10::1", &net));
    for (int i = 0; i < 100; i++) {
        struct talk_seat seat = seat_of(1, 1000 + i, true, false);
        seat.source = net + (unsigned)i;
        talks_keep(talks, &seat, ipaddr_site(seat.source), 1);
    }
    CU_ASSERT_EQUAL(talks_count(talks), TALKS_A_SOURCE);
    CU_ASSERT_EQUAL(talks_of(talks, net + 99, 3, 1100, of), 1);
    CU_ASSERT_EQUAL(talks_of(talks, net, 3, 1100, of), 0);
    talks_free(talks);
}

static void ten_thousand_first_steps_push_out_no_trusted_one(void)
{
    struct talks *talks = talks_new();
    struct talk_seat *of[TALKS_OF_MAX], seat = seat_of(7, 1000, true, true);

    CU_ASSERT_PTR_NOT_NULL_FATAL(talks);
    talks_keep(talks, &seat, ipaddr_site(seat.source), 1);
    for (uint32_t i = 0; i < 10000; i++) {
        seat = seat_of(100 + i, 1001 + i, true, false);
        talks_keep(talks, &seat, ipaddr_site(seat.source), 1);
    }
    CU_ASSERT_EQUAL(talks_count(talks), TALKS_MAX);
    CU_ASSERT_EQUAL(talks_of(talks, 7, 3, 11000, of), 1);
    CU_ASSERT_EQUAL(talks_of(talks, 100 + 9999, 3, 11001, of), 1);
    CU_ASSERT_EQUAL(talks_of(talks, 100, 3, 11001, of), 0);
    talks_free(talks);
}

static void a_step_that_is_not_taken_in_time_ends_its_try(void)
{
    struct talks *talks = talks_new();
    struct talk_seat *of[TALKS_OF_MAX], seat = seat_of(1, 1000, true, false);

    CU_ASSERT_PTR_NOT_NULL_FATAL(talks);
    talks_keep(talks, &seat, ipaddr_site(seat.source), 1);
    CU_ASSERT_EQUAL_FATAL(talks_of(talks, 1, 3, 31000, of), 1);
    CU_ASSERT_TRUE(of[0]->live && !of[0]->late);
    CU_ASSERT_EQUAL_FATAL(talks_of(talks, 1, 3, 31001, of), 1);
    CU_ASSERT_TRUE(!of[0]->live && of[0]->late);
    CU_ASSERT_EQUAL(talks_of(talks, 1, 3, 1001 + TALKS_PAST_MS, of), 0);
    talks_free(talks);
}

static const struct unit_case cases[] = {
    {"a_source_holds_so_many_and_its_oldest_goes", a_source_holds_so_many_and_its_oldest_goes},
    {"of_ipv6_a_64_holds_as_many_as_one", of_ipv6_a_64_holds_as_many_as_one},
    {"ten_thousand_first_steps_push_out_no_trusted_one", ten_thousand_first_steps_push_out_no_trusted_one},
    {"a_step_that_is_not_taken_in_time_ends_its_try", a_step_that_is_not_taken_in_time_ends_its_try},
};
UNIT_GROUP(talks_cases, cases);
