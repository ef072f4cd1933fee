/* The rules of connect-back on a clock of the test's own. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "targets/answer/queue.h"

enum { BOB = 0x0A0A0028, EVE = 0x0A0A0029, PORT = 1111 };

struct rig {
    struct queue *queue;
    struct buf message;
    struct queue_place *place;
    int64_t next;
};

static struct rig rig_open(size_t places)
{
    struct rig rig = {.queue = queue_new(places, 64)};

    CU_ASSERT_PTR_NOT_NULL_FATAL(rig.queue);
    buf_init(&rig.message, QUEUE_MESSAGE_MAX);
    return rig;
}

static void rig_close(struct rig *rig)
{
    queue_free(rig->queue);
    buf_free(&rig->message);
}

/* What is sent at `now`, NULL when no connection is due. */
static const char *opened(struct rig *rig, int64_t now)
{
    rig->place = queue_open(rig->queue, now, &rig->message, &rig->next);
    return rig->place ? buf_text(&rig->message) : NULL;
}

static enum queue_put flag_at(struct rig *rig, ipaddr address, const char *student, const char *text,
                              bool sure, int64_t now)
{
    struct queue_flag flag = {.slug = "raw"};

    CU_ASSERT_TRUE(str_copy(flag.student, sizeof(flag.student), student));
    CU_ASSERT_TRUE(str_copy(flag.text, sizeof(flag.text), text));
    return queue_flag(rig->queue, address, PORT, &flag, sure, now);
}

static void put_flag(struct rig *rig, const char *text, int64_t now)
{
    CU_ASSERT_NOT_EQUAL(flag_at(rig, BOB, "bob", text, false, now), QUEUE_FULL);
}

static void put_near(struct rig *rig, ipaddr address, const char *text, int64_t now)
{
    CU_ASSERT_NOT_EQUAL(queue_near(rig->queue, address, PORT, "raw", "bob", text, now), QUEUE_FULL);
}

#define OF_ANOTHER "the flag is of a packet that was right; of another one, which was not:\n"
#define ENDED "start your listener again, if it ends with this call as nc -l does\n"

static void a_flag_is_called_back_at_once_and_once(void)
{
    struct rig rig = rig_open(8);

    CU_ASSERT_PTR_NULL(opened(&rig, 0));
    CU_ASSERT_EQUAL(rig.next, INT64_MAX);
    put_flag(&rig, "flag{a}", 5);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 5), "flag{a}\n");
    struct queue_place *place = rig.place;
    CU_ASSERT_PTR_NULL(opened(&rig, 5000));
    CU_ASSERT_FALSE(queue_done(rig.queue, place, true, 6000));
    CU_ASSERT_PTR_NULL(opened(&rig, 60000));
    rig_close(&rig);
}

static void all_that_waits_goes_in_one_flags_first(void)
{
    struct rig rig = rig_open(8);

    put_near(&rig, BOB, "raw: 1 of 3\n", 0);
    put_flag(&rig, "flag{a}", 0);
    put_near(&rig, BOB, "raw: 2 of 3\n", 0);
    put_flag(&rig, "flag{b}", 0);
    put_flag(&rig, "flag{a}", 0);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 0), "flag{a}\nflag{b}\n" OF_ANOTHER
                                            "raw: 2 of 3\n1 older near miss is left out\n" ENDED);
    queue_done(rig.queue, rig.place, true, 1);
    CU_ASSERT_PTR_NULL(opened(&rig, 100000));
    rig_close(&rig);
}

static void never_two_at_once_and_a_second_between(void)
{
    struct rig rig = rig_open(8);

    put_flag(&rig, "flag{a}", 0);
    CU_ASSERT_PTR_NOT_NULL(opened(&rig, 0));
    struct queue_place *first = rig.place;
    put_flag(&rig, "flag{b}", 100);
    CU_ASSERT_PTR_NULL(opened(&rig, 4000));
    queue_done(rig.queue, first, true, 5000);
    CU_ASSERT_PTR_NULL(opened(&rig, 5999));
    CU_ASSERT_EQUAL(rig.next, 6000);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 6000), "flag{b}\n");
    rig_close(&rig);
}

static void a_flag_is_tried_again_after_1_2_4_8_15_seconds(void)
{
    static const int64_t pauses[] = {1000, 2000, 4000, 8000, 15000};
    struct rig rig = rig_open(8);
    int64_t now = 0;

    put_flag(&rig, "flag{a}", 0);
    for (int i = 0; i < 5; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(opened(&rig, now));
        CU_ASSERT_FALSE(queue_done(rig.queue, rig.place, false, now));
        CU_ASSERT_PTR_NULL(opened(&rig, now + pauses[i] - 1));
        CU_ASSERT_EQUAL(rig.next, now + pauses[i]);
        now += pauses[i];
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(opened(&rig, now));
    CU_ASSERT_TRUE(queue_done(rig.queue, rig.place, false, now));
    CU_ASSERT_PTR_NULL(opened(&rig, now + 60000));
    /* it waits: the same packet once more brings it, at once and from the first pause on */
    put_flag(&rig, "flag{a}", now + 60000);
    CU_ASSERT_STRING_EQUAL(opened(&rig, now + 60000), "flag{a}\n");
    queue_done(rig.queue, rig.place, false, now + 60000);
    CU_ASSERT_STRING_EQUAL(opened(&rig, now + 61000), "flag{a}\n");
    rig_close(&rig);
}

static void a_flag_is_forgotten_after_15_minutes(void)
{
    struct rig rig = rig_open(8);
    int64_t now = 0;

    put_flag(&rig, "flag{a}", 0);
    for (bool gave_up = false; !gave_up; now = rig.next == INT64_MAX ? now : rig.next) {
        if (opened(&rig, now))
            gave_up = queue_done(rig.queue, rig.place, false, now);
        opened(&rig, now);
    }
    CU_ASSERT_EQUAL(flag_at(&rig, BOB, "bob", "flag{b}", false, 15 * 60 * 1000 - 1), QUEUE_PUT);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 15 * 60 * 1000 - 1), "flag{a}\nflag{b}\n");
    queue_done(rig.queue, rig.place, true, 15 * 60 * 1000);
    CU_ASSERT_PTR_NULL(opened(&rig, 16 * 60 * 1000));
    rig_close(&rig);
}

static void one_near_miss_in_ten_seconds_whatever_the_port(void)
{
    struct rig rig = rig_open(8);

    put_near(&rig, BOB, "one\n", 0);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 0), "one\n" ENDED);
    queue_done(rig.queue, rig.place, true, 10);
    put_near(&rig, BOB, "two\n", 20);
    CU_ASSERT_EQUAL(queue_near(rig.queue, BOB, 2222, "x", "bob", "three\n", 30), QUEUE_PUT);
    put_near(&rig, BOB, "four\n", 40);
    CU_ASSERT_PTR_NULL(opened(&rig, 9999));
    CU_ASSERT_EQUAL(rig.next, 10000);
    put_near(&rig, EVE, "eve's\n", 9999);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 9999), "eve's\n" ENDED);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 10000), "four\n1 older near miss is left out\n" ENDED);
    queue_done(rig.queue, rig.place, true, 10001);
    CU_ASSERT_PTR_NULL(opened(&rig, 19999));
    CU_ASSERT_STRING_EQUAL(opened(&rig, 20000), "three\n" ENDED);
    rig_close(&rig);
}

static void a_near_miss_delays_no_flag_and_does_not_come_along_too_early(void)
{
    struct rig rig = rig_open(8);

    put_near(&rig, BOB, "one\n", 0);
    opened(&rig, 0);
    queue_done(rig.queue, rig.place, true, 10);
    put_near(&rig, BOB, "two\n", 100);
    put_flag(&rig, "flag{a}", 200);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 1010), "flag{a}\n1 older near miss is left out\n");
    queue_done(rig.queue, rig.place, true, 1020);
    CU_ASSERT_PTR_NULL(opened(&rig, 50000));
    rig_close(&rig);
}

static void a_near_miss_is_tried_once(void)
{
    struct rig rig = rig_open(8);

    put_near(&rig, BOB, "one\n", 0);
    CU_ASSERT_PTR_NOT_NULL(opened(&rig, 0));
    queue_done(rig.queue, rig.place, false, 3000);
    CU_ASSERT_PTR_NULL(opened(&rig, 30000));
    put_flag(&rig, "flag{a}", 31000);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 31000), "flag{a}\n" OF_ANOTHER "one\n" ENDED);
    rig_close(&rig);
}

/* A newer one came while it was under way: whether it was left out shows at the end of its connection. */
static void a_near_miss_that_was_delivered_is_not_left_out(void)
{
    struct rig rig = rig_open(8);

    put_near(&rig, BOB, "one\n", 0);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 0), "one\n" ENDED);
    put_near(&rig, BOB, "two\n", 5);
    CU_ASSERT_TRUE(rig.place->sent_near);
    CU_ASSERT_EQUAL(rig.place->sent_left_out, 0);
    queue_done(rig.queue, rig.place, true, 10);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 10000), "two\n" ENDED);
    CU_ASSERT_EQUAL(rig.place->sent_left_out, 0);
    put_near(&rig, BOB, "three\n", 10005);
    queue_done(rig.queue, rig.place, false, 10010);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 20000), "three\n1 older near miss is left out\n" ENDED);
    rig_close(&rig);
}

static void a_message_is_at_most_1000_bytes_and_keeps_its_flags(void)
{
    char report[QUEUE_NEAR_MAX + 1], flag[FLAG_SIZE];
    struct rig rig = rig_open(8);

    memset(report, 'r', sizeof(report));
    for (size_t i = 15; i < sizeof(report); i += 16)
        report[i] = '\n';
    report[QUEUE_NEAR_MAX] = '\0';
    memset(flag, 'f', sizeof(flag));
    flag[FLAG_SIZE - 1] = '\0';
    for (int i = 0; i < QUEUE_FLAGS; i++) {
        flag[0] = (char)('a' + i);
        put_flag(&rig, flag, 0);
    }
    flag[0] = 'z';
    CU_ASSERT_EQUAL(flag_at(&rig, BOB, "bob", flag, false, 0), QUEUE_FULL);
    put_near(&rig, BOB, report, 0);
    put_near(&rig, BOB, report, 0);
    const char *text = opened(&rig, 0);
    CU_ASSERT_TRUE(strlen(text) <= 1000);
    CU_ASSERT_FALSE(rig.message.failed);
    /* whole lines of the report, as many as fit beside the longest line about older ones */
    CU_ASSERT_TRUE(strlen(text) > 1000 - 16 - 24);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, OF_ANOTHER "rrrrrrrrrrrrrrr\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "r\n1 older near miss is left out\n" ENDED));
    rig_close(&rig);
}

static void a_full_queue_keeps_flags_and_clocks(void)
{
    struct rig rig = rig_open(4);

    put_flag(&rig, "flag{a}", 0);
    for (uint32_t i = 1; i < 100; i++)
        CU_ASSERT_EQUAL(queue_near(rig.queue, EVE + i, PORT, "raw", "eve", "near\n", i), QUEUE_PUT);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 100), "flag{a}\n");
    /* three near misses leave; their clocks run, so their places cannot be taken */
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(opened(&rig, 100));
        queue_done(rig.queue, rig.place, true, 101);
    }
    CU_ASSERT_EQUAL(queue_near(rig.queue, EVE + 1000, PORT, "raw", "eve", "near\n", 200), QUEUE_FULL);
    CU_ASSERT_EQUAL(queue_near(rig.queue, EVE + 1000, PORT, "raw", "eve", "near\n", 10100), QUEUE_PUT);
    rig_close(&rig);
}

static void own_connections_are_known(void)
{
    struct rig rig = rig_open(4);

    put_flag(&rig, "flag{a}", 0);
    opened(&rig, 0);
    CU_ASSERT_FALSE(queue_owns(rig.queue, BOB, PORT, 40000));
    queue_flow(rig.place, 40000);
    CU_ASSERT_TRUE(queue_owns(rig.queue, BOB, PORT, 40000));
    CU_ASSERT_FALSE(queue_owns(rig.queue, BOB, PORT, 40001));
    CU_ASSERT_FALSE(queue_owns(rig.queue, BOB, PORT + 1, 40000));
    CU_ASSERT_FALSE(queue_owns(rig.queue, EVE, PORT, 40000));
    queue_done(rig.queue, rig.place, true, 1);
    opened(&rig, 50000);
    CU_ASSERT_TRUE(queue_owns(rig.queue, BOB, PORT, 40000));
    rig_close(&rig);
}

static void a_try_goes_alone_and_takes_a_waiting_flag_along(void)
{
    struct rig rig = rig_open(8);

    CU_ASSERT_EQUAL(queue_probe(rig.queue, BOB, PORT, 0), QUEUE_PUT);
    CU_ASSERT_EQUAL(queue_probe(rig.queue, BOB, PORT, 0), QUEUE_AGAIN);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 0), "the target reached your listener, as you asked it to\n" ENDED);
    struct queue_place *place = rig.place;
    CU_ASSERT_PTR_NULL(opened(&rig, 10)); /* never two at once */
    queue_done(rig.queue, place, false, 10);
    CU_ASSERT_PTR_NULL(opened(&rig, 5000)); /* tried once */
    put_flag(&rig, "flag{a}", 6000);
    queue_probe(rig.queue, BOB, PORT, 6000);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 6000), "flag{a}\n");
    queue_done(rig.queue, rig.place, true, 6100);
    CU_ASSERT_PTR_NULL(opened(&rig, 9000));
    rig_close(&rig);
}

static void flags_that_were_given_up_are_called_again_when_asked(void)
{
    struct rig rig = rig_open(8);
    int64_t now = 0;

    put_flag(&rig, "flag{a}", now);
    while (opened(&rig, now)) {
        struct queue_place *place = rig.place;
        now += 100;
        if (queue_done(rig.queue, place, false, now))
            break;
        now += 20000;
    }
    CU_ASSERT_PTR_NULL(opened(&rig, now + 60000));
    CU_ASSERT_EQUAL(queue_again(rig.queue, EVE, now + 60000), 0);
    CU_ASSERT_EQUAL(queue_again(rig.queue, BOB, now + 60000), 1);
    CU_ASSERT_STRING_EQUAL(opened(&rig, now + 60000), "flag{a}\n");
    queue_done(rig.queue, rig.place, false, now + 60100);
    CU_ASSERT_EQUAL(queue_again(rig.queue, BOB, 16 * 60000 + 1), 0); /* 15 minutes are over */
    rig_close(&rig);
}

/* Calls that nobody takes, at `now`: how many are begun. The last is in rig->place. */
static int calls_at(struct rig *rig, int64_t now)
{
    int n = 0;

    while (opened(rig, now))
        n++;
    return n;
}

static void one_handle_has_eight_places_and_its_own_host_one_more(void)
{
    struct rig rig = rig_open(1024);

    for (uint32_t i = 0; i < 1100; i++)
        flag_at(&rig, 0x0A640000 + i, "eve", "flag{e}", false, i);
    CU_ASSERT_EQUAL(flag_at(&rig, BOB, "bob", "flag{b}", false, 1100), QUEUE_PUT);
    CU_ASSERT_EQUAL(flag_at(&rig, EVE, "eve", "flag{e}", true, 1100), QUEUE_PUT);
    int n = 0;
    while (opened(&rig, 1100)) {
        n++;
        CU_ASSERT_TRUE(n > 1 || rig.place->address == EVE);
        CU_ASSERT_TRUE(rig.place->address == EVE || rig.place->address == BOB ||
                       rig.place->address >= 0x0A640000 + 1100 - 8);
    }
    CU_ASSERT_EQUAL(n, 8 + 1);
    rig_close(&rig);
}

static void while_all_his_places_are_open_only_his_own_host_gets_another(void)
{
    struct rig rig = rig_open(1024);

    for (uint32_t i = 0; i < 8; i++)
        CU_ASSERT_EQUAL(flag_at(&rig, 0x0A640000 + i, "eve", "flag{e}", false, 0), QUEUE_PUT);
    CU_ASSERT_EQUAL(calls_at(&rig, 0), 8);
    CU_ASSERT_EQUAL(flag_at(&rig, BOB, "eve", "flag{e}", false, 1), QUEUE_FULL);
    CU_ASSERT_EQUAL(flag_at(&rig, BOB, "eve", "flag{e}", true, 1), QUEUE_PUT);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 1), "flag{e}\n");
    rig_close(&rig);
}

/* 900 handles from one /16 in 64 places: another network's flag finds one, and a call. */
static void one_network_leaves_places_and_calls_to_others(void)
{
    struct rig rig = rig_open(64);
    char handle[16];

    for (uint32_t i = 0; i < 900; i++) {
        snprintf(handle, sizeof(handle), "h%u", i);
        flag_at(&rig, 0x0A640000 + i, handle, "flag{h}", false, i);
    }
    CU_ASSERT_EQUAL(calls_at(&rig, 900), 28); /* half of seven eighths of 64 calls */
    CU_ASSERT_EQUAL(flag_at(&rig, BOB, "bob", "flag{b}", false, 900), QUEUE_PUT);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 900), "flag{b}\n");
    CU_ASSERT_EQUAL(rig.place->address, BOB);
    /* the places of the others stand as they were: bob's is never the one that goes */
    queue_done(rig.queue, rig.place, false, 901);
    for (uint32_t i = 900; i < 1800; i++) {
        snprintf(handle, sizeof(handle), "h%u", i);
        flag_at(&rig, 0x0A640000 + i, handle, "flag{h}", false, i);
    }
    CU_ASSERT_STRING_EQUAL(opened(&rig, 1901), "flag{b}\n");
    rig_close(&rig);
}

static void near_misses_leave_half_of_the_calls_free(void)
{
    struct rig rig = rig_open(1024);

    for (uint32_t i = 0; i < 1000; i++)
        CU_ASSERT_EQUAL(queue_near(rig.queue, 0x0A640000 + (i << 12), PORT, "raw", "eve", "near\n", 0),
                        QUEUE_PUT);
    CU_ASSERT_EQUAL(calls_at(&rig, 0), 32);
    put_flag(&rig, "flag{b}", 1);
    CU_ASSERT_STRING_EQUAL(opened(&rig, 1), "flag{b}\n");
    rig_close(&rig);
}

static void what_was_given_up_goes_before_what_still_waits(void)
{
    struct rig rig = rig_open(2);
    int64_t now = 0;

    put_flag(&rig, "flag{a}", 0);
    for (bool gave_up = false; !gave_up; now += 20000) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(opened(&rig, now));
        struct queue_place *place = rig.place;
        if (now == 100000) /* the last of six tries; bob's place is touched after eve's */
            CU_ASSERT_EQUAL(flag_at(&rig, EVE, "eve", "flag{e}", false, now), QUEUE_PUT);
        gave_up = queue_done(rig.queue, place, false, now + 5);
    }
    CU_ASSERT_EQUAL(now, 120000);
    CU_ASSERT_EQUAL(queue_near(rig.queue, EVE + 1, PORT, "raw", "ann", "near\n", now), QUEUE_FULL);
    CU_ASSERT_EQUAL(flag_at(&rig, EVE + 2, "cay", "flag{c}", false, now), QUEUE_PUT);
    CU_ASSERT_EQUAL(queue_again(rig.queue, BOB, now), 0);
    CU_ASSERT_EQUAL(calls_at(&rig, now), 2);
    CU_ASSERT_EQUAL(flag_at(&rig, EVE + 3, "dan", "flag{d}", false, now), QUEUE_FULL); /* both are open */
    rig_close(&rig);
}

static const struct unit_case CASES[] = {
    {"a_flag_is_called_back_at_once_and_once", a_flag_is_called_back_at_once_and_once},
    {"all_that_waits_goes_in_one_flags_first", all_that_waits_goes_in_one_flags_first},
    {"never_two_at_once_and_a_second_between", never_two_at_once_and_a_second_between},
    {"a_flag_is_tried_again_after_1_2_4_8_15_seconds", a_flag_is_tried_again_after_1_2_4_8_15_seconds},
    {"a_flag_is_forgotten_after_15_minutes", a_flag_is_forgotten_after_15_minutes},
    {"one_near_miss_in_ten_seconds_whatever_the_port", one_near_miss_in_ten_seconds_whatever_the_port},
    {"a_near_miss_delays_no_flag_and_does_not_come_along_too_early",
     a_near_miss_delays_no_flag_and_does_not_come_along_too_early},
    {"a_near_miss_is_tried_once", a_near_miss_is_tried_once},
    {"a_near_miss_that_was_delivered_is_not_left_out", a_near_miss_that_was_delivered_is_not_left_out},
    {"a_message_is_at_most_1000_bytes_and_keeps_its_flags",
     a_message_is_at_most_1000_bytes_and_keeps_its_flags},
    {"a_full_queue_keeps_flags_and_clocks", a_full_queue_keeps_flags_and_clocks},
    {"own_connections_are_known", own_connections_are_known},
    {"a_try_goes_alone_and_takes_a_waiting_flag_along", a_try_goes_alone_and_takes_a_waiting_flag_along},
    {"flags_that_were_given_up_are_called_again_when_asked",
     flags_that_were_given_up_are_called_again_when_asked},
    {"one_handle_has_eight_places_and_its_own_host_one_more",
     one_handle_has_eight_places_and_its_own_host_one_more},
    {"while_all_his_places_are_open_only_his_own_host_gets_another",
     while_all_his_places_are_open_only_his_own_host_gets_another},
    {"one_network_leaves_places_and_calls_to_others", one_network_leaves_places_and_calls_to_others},
    {"near_misses_leave_half_of_the_calls_free", near_misses_leave_half_of_the_calls_free},
    {"what_was_given_up_goes_before_what_still_waits", what_was_given_up_goes_before_what_still_waits},
};
UNIT_GROUP(queue_cases, CASES);
