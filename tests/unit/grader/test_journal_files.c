/* Which journals are read, from which place on, and how full the fullest is. */
#include "unit.h"

#include "room.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_journal_is_known_by_its_first_line_wherever_it_lies(void)
{
    room_begin();
    room_append("a.jsonl", "{\"time\":\"" TIME "\",\"event\":\"start\",\"class\":\"practice\",\"course\":"
                           "\"sockets\"}\n" NEAR_LINE NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 3);
    /* moved away, with a line more; a new one begins, of another class */
    room_append("a.jsonl", NEAR_LINE);
    rename(room.desk.class.journals[0], room.desk.class.journals[1]);
    room_append("a.jsonl",
                "{\"time\":\"2026-11-22T19:00:00.000001+00:00\",\"event\":\"start\",\"class\":\"other\","
                "\"course\":\"sockets\"}\n" NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 3);
    CU_ASSERT_EQUAL(room_nears(), 3);
    /* emptied in its place and written anew: shorter than it was */
    room_put("b.jsonl", "", 0);
    room_append("b.jsonl", "{\"time\":\"2026-11-22T20:00:00.000001+00:00\",\"event\":\"start\",\"class\":"
                           "\"practice\",\"course\":\"sockets\"}\n" NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 2);
    CU_ASSERT_EQUAL(room_nears(), 4);
    /* cut short by hand: what is appended then counts */
    CU_ASSERT_EQUAL(truncate(room.desk.class.journals[1], 150), 0);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 0);
    room_append("b.jsonl", "\n" NEAR_LINE);
    room_read(ST_OK);
    CU_ASSERT_EQUAL(room_nears(), 5);
    room_end();
}

static void what_was_rotated_away_is_read_to_its_end(void)
{
    char first[256], second[256];

    room_begin();
    snprintf(first, sizeof(first), "%s.1", room.desk.class.journals[0]);
    snprintf(second, sizeof(second), "%s.2", room.desk.class.journals[0]);
    room_append("a.jsonl", START("00") NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 2);
    /* moved away; the target writes one more before it hears of it, and begins the next */
    CU_ASSERT_EQUAL(rename(room.desk.class.journals[0], first), 0);
    room_append("a.jsonl.1", NEAR_LINE);
    room_append("a.jsonl", START("01") NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 3);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 0);
    CU_ASSERT_EQUAL(room_nears(), 3);
    /* twice while nobody read, and there is no journal by now */
    CU_ASSERT_EQUAL(rename(first, second), 0);
    room_append("a.jsonl.2", NEAR_LINE);
    room_append("a.jsonl", NEAR_LINE);
    CU_ASSERT_EQUAL(rename(room.desk.class.journals[0], first), 0);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 2);
    CU_ASSERT_EQUAL(room_nears(), 5);
    unlink(first);
    unlink(second);
    room_end();
}

static void the_journal_nearest_to_its_ceiling_is_named(void)
{
    char moved[256];

    room_begin();
    room_append("a.jsonl", START("00") NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_OK).fill, 0); /* tells no ceiling */
    room_append("b.jsonl",
                "{\"time\":\"" TIME "\",\"event\":\"start\",\"class\":\"practice\",\"course\":\"sockets\","
                "\"ceiling\":1000}\n" NEAR_LINE);
    struct journal_sum sum = room_read(ST_OK);
    CU_ASSERT_TRUE(sum.fill > 0.2 && sum.fill < 1);
    CU_ASSERT_STRING_EQUAL(sum.fullest, room.desk.class.journals[1]);
    CU_ASSERT_EQUAL(room_read(ST_OK).fill, sum.fill); /* also with nothing new in it */
    snprintf(moved, sizeof(moved), "%s.1", room.desk.class.journals[1]);
    CU_ASSERT_EQUAL(rename(room.desk.class.journals[1], moved), 0);
    CU_ASSERT_EQUAL(room_read(ST_OK).fill, 0);
    unlink(moved);
    room_end();
}

static void unreadable_ones_are_told_and_the_others_read(void)
{
    room_begin();
    CU_ASSERT_EQUAL(mkdir(room.desk.class.journals[0], 0700), 0);
    room_append("b.jsonl", NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_INPUT).lines, 1);
    CU_ASSERT_EQUAL(room_nears(), 1);
    room_end();
}

static const struct unit_case cases[] = {
    {"a_journal_is_known_by_its_first_line_wherever_it_lies",
     a_journal_is_known_by_its_first_line_wherever_it_lies},
    {"what_was_rotated_away_is_read_to_its_end", what_was_rotated_away_is_read_to_its_end},
    {"the_journal_nearest_to_its_ceiling_is_named", the_journal_nearest_to_its_ceiling_is_named},
    {"unreadable_ones_are_told_and_the_others_read", unreadable_ones_are_told_and_the_others_read},
};
extern const struct unit_group journal_files_cases;
UNIT_GROUP(journal_files_cases, cases);
