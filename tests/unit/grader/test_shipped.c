/* Journals that were shipped into the store. */
#include "unit.h"

#include "room.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "db/query.h"
#include "grader/store/heard.h"
#include "grader/store/private.h"

/* As a `wiregrade ship` puts it there: file 1 of target east, known by the head of START("00"). */
static void ship(int64_t piece, int64_t at, int64_t ahead_us, const char *text)
{
    char head[JOURNAL_HEAD_SIZE];

    hex_encode(head, START("00"), strlen(START("00")) - 1);
    CU_ASSERT_EQUAL(query_run(room.store->db, NULL,
                              "INSERT INTO shipped_file(id, head, target) VALUES (1, ?1, 'east')"
                              " ON CONFLICT DO NOTHING",
                              "t", head),
                    ST_OK);
    for (size_t len; *text; at += (int64_t)len, text += len) {
        const char *end = strchr(text, '\n');
        len = end ? (size_t)(end - text) + 1 : strlen(text);
        CU_ASSERT_EQUAL(query_run(room.store->db, NULL,
                                  "INSERT INTO shipped(target, file, piece, at, ahead_us, line)"
                                  " VALUES ('east', 1, ?1, ?2, ?3, ?4)",
                                  "iiib", piece, at, ahead_us, text, len),
                        ST_OK);
    }
}

/* The same lines from the store or from the file, wherever one of them was read up to. */
static void a_shipped_journal_is_read_as_the_file_is(void)
{
    enum { FIRST = sizeof(START("00")) - 1, NEAR = sizeof(NEAR_LINE) - 1 };

    room_begin();
    ship(0, 0, 0, START("00") NEAR_LINE "\n{\"time\":\"2026-11\n" NEAR_LINE "{\"time\":");
    struct journal_sum sum = room_read(ST_OK);
    CU_ASSERT_EQUAL(sum.lines, 4);
    CU_ASSERT_EQUAL(sum.cut, 1);
    CU_ASSERT_EQUAL(room_nears(), 2);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 0);
    room_end();
    room_begin();
    room_append("a.jsonl", START("00") NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 2);
    ship(0, 0, 0, START("00") NEAR_LINE NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 1);
    /* what was cut short and goes on from there */
    ship(1, FIRST + NEAR, 0, NEAR_LINE NEAR_LINE NEAR_LINE);
    ship(3, FIRST, 0, NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 4);
    CU_ASSERT_EQUAL(room_nears(), 6);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 0); /* nor from the file, which is shorter: an older copy */
    /* a row that lies about its place holds back what is behind it, and is told */
    ship(3, FIRST + NEAR + 1, 0, NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_INPUT).lines, 0);
    room_end();
    /* more files than are asked for at once, of which many have a gap: none keeps the others waiting */
    room_begin();
    for (int64_t id = 2; id < 200; id++) {
        char head[JOURNAL_HEAD_SIZE];
        snprintf(head, sizeof(head), "%02x", (unsigned)id);
        CU_ASSERT_EQUAL(query_run(room.store->db, NULL,
                                  "INSERT INTO shipped_file(id, head, target) VALUES (?1, ?2, 'east')", "it",
                                  id, head),
                        ST_OK);
        CU_ASSERT_EQUAL(query_run(room.store->db, NULL,
                                  "INSERT INTO shipped(target, file, piece, at, ahead_us, line)"
                                  " VALUES ('east', ?1, 0, ?2, 0, ?3)",
                                  "iib", id, (int64_t)(id < 190), NEAR_LINE, (size_t)NEAR),
                        ST_OK);
    }
    CU_ASSERT_EQUAL(room_read(ST_INPUT).lines, 10);
    CU_ASSERT_EQUAL(query_run(room.store->db, NULL,
                              "INSERT INTO shipped(target, file, piece, at, ahead_us, line)"
                              " VALUES ('east', 1, 0, 9223372036854775807, 0, 'x')",
                              ""),
                    ST_ENV);
    room_end();
    /* by a clock an hour ahead, and by one that is right */
    room_begin();
    ship(0, 0, 3600000000, START("00") NEAR_LINE);
    ship(0, FIRST + NEAR, 0, NEAR_LINE);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 3);
    CU_ASSERT_EQUAL(room_number("SELECT first_us FROM attempts"), TIME_US - 3600000000);
    CU_ASSERT_EQUAL(room_number("SELECT last_us FROM attempts"), TIME_US);
    room_end();
}

static const struct unit_case cases[] = {
    {"a_shipped_journal_is_read_as_the_file_is", a_shipped_journal_is_read_as_the_file_is},
};
extern const struct unit_group shipped_cases;
UNIT_GROUP(shipped_cases, cases);
