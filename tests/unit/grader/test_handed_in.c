/* Flags that a journal says were handed in, and those that cannot be placed yet. */
#include "unit.h"

#include "room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "db/query.h"
#include "flag/proof.h"
#include "grader/store/private.h"
#include "grader/store/solve.h"
#include "grader/store/unplaced.h"

static void hand_in(const char *slug, const char *student, const char *key, bool honest)
{
    struct key challenge = {.student = ""};
    char proof[PROOF_SIZE], line[1024];
    const struct proof_of of = {slug, student, "10.10.0.40", "4711", TIME, "submit"};

    keyring_challenge(room.desk.ring, slug, &challenge);
    flag_proof(proof, &room.desk.flags, &challenge, &of);
    snprintf(line, sizeof(line),
             "{\"time\":\"%s\",\"event\":\"submit\",\"slug\":\"%s\",\"student\":\"%s\",\"key\":\"%s\","
             "\"via\":\"briefing\",\"source\":\"10.10.0.40\",\"port\":%s,\"by\":null,\"proof\":\"%s\"}\n",
             TIME, slug, student, key, honest ? "4711" : "4712", proof);
    room_append("a.jsonl", line);
}

static bool see(const struct solve *solve, void *context)
{
    *(struct solve *)context = *solve;
    return true;
}

/* A roster of staff and of handle, and a challenge more; "" for none. */
static void let_class_know(const char *slug, const char *handle)
{
    struct problems problems = {0};
    char roster[128], place[64];

    snprintf(roster, sizeof(roster), "handle,name,email,role\nprof,P,p@example.org,staff\n%s%s", handle,
             handle[0] ? ",S,s@example.org,\n" : "");
    room_put("roster.csv", roster, strlen(roster));
    char *path = path_join(room.dir, "roster.csv");
    roster_free(&room.desk.roster);
    CU_ASSERT_TRUE(roster_load(&room.desk.roster, path, &problems));
    room.desk.has_roster = true;
    free(path);
    if (slug[0]) {
        static const char challenge[] = "name: New\ncategory: c\ndescription: d\nvalue: 1\ntype: standard\n";
        path = path_join(room.dir, slug);
        CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
        free(path);
        snprintf(place, sizeof(place), "%s/challenge.yml", slug);
        room_put(place, challenge, strlen(challenge));
        course_free(&room.desk.course);
        CU_ASSERT_TRUE(course_load(&room.desk.course, room.dir, &problems));
        room.desk.flags.course = room.desk.course.id;
        room.desk.flags.prefix = room.desk.course.flag_prefix;
    }
    problems_free(&problems);
}

static void what_cannot_be_placed_yet_is_kept_and_tried_again(void)
{
    struct solve solve = {.id = 0};

    room_begin();
    const char *id = keyring_id(room.desk.ring);
    let_class_know("", "");
    hand_in("one", "smith", id, true);
    hand_in("one", "smith", id, true); /* once is enough */
    hand_in("two", "smith", id, true); /* neither student nor challenge */
    hand_in("one", "brown", id, false);
    hand_in("one", "brown", "zzzzzz", true);
    hand_in("one", "prof", id, true); /* staff can be placed: it is nothing */
    struct journal_sum sum = room_read(ST_OK);
    CU_ASSERT_EQUAL(sum.handed_in, 0);
    CU_ASSERT_EQUAL(sum.refused, 3);
    CU_ASSERT_EQUAL(sum.unplaced, 2);
    CU_ASSERT_EQUAL(room_number("SELECT count(*) FROM solve"), 0);
    CU_ASSERT_EQUAL(room_read(ST_OK).unplaced, 2);
    let_class_know("", "smith");
    sum = room_read(ST_OK);
    CU_ASSERT_EQUAL(sum.handed_in, 1);
    CU_ASSERT_EQUAL(sum.unplaced, 1);
    CU_ASSERT_EQUAL(store_each(room.store, see, &solve, NULL), ST_OK);
    CU_ASSERT_STRING_EQUAL(solve.student, "smith");
    CU_ASSERT_STRING_EQUAL(solve.slug, "one");
    CU_ASSERT_STRING_EQUAL(solve.key_id, id);
    CU_ASSERT_STRING_EQUAL(solve.source, "10.10.0.40");
    CU_ASSERT_EQUAL(solve.submitted_us, TIME_US);
    CU_ASSERT_EQUAL(solve.state, SOLVE_WAITING);
    let_class_know("two", "smith");
    sum = room_read(ST_OK);
    CU_ASSERT_EQUAL(sum.handed_in, 1);
    CU_ASSERT_EQUAL(sum.unplaced, 0);
    CU_ASSERT_EQUAL(room_number("SELECT count(*) FROM solve WHERE slug = 'two'"), 1);
    /* taken off the roster with his solve: nothing waits for him */
    let_class_know("", "");
    hand_in("one", "smith", id, true);
    CU_ASSERT_EQUAL(room_read(ST_OK).unplaced, 0);
    room_end();
}

static void what_cannot_be_placed_has_a_bound(void)
{
    room_begin();
    let_class_know("", "");
    CU_ASSERT_EQUAL(query_run(room.store->db, NULL,
                              "WITH RECURSIVE n(i) AS (VALUES(2) UNION ALL SELECT i + 1 FROM n WHERE i < "
                              "10000) INSERT INTO unplaced SELECT 's' || i, 'one', 'k', i, '' FROM n",
                              ""),
                    ST_OK);
    hand_in("one", "smith", keyring_id(room.desk.ring), true);
    struct journal_sum sum = room_read(ST_OK);
    CU_ASSERT_EQUAL(sum.over, 0);
    CU_ASSERT_EQUAL(sum.unplaced, STORE_UNPLACED_MAX);
    hand_in("one", "brown", keyring_id(room.desk.ring), true);
    hand_in("one", "smith", keyring_id(room.desk.ring), true); /* is there */
    sum = room_read(ST_OK);
    CU_ASSERT_EQUAL(sum.over, 1);
    CU_ASSERT_EQUAL(sum.unplaced, STORE_UNPLACED_MAX);
    room_end();
}

static void a_flag_handed_in_is_a_solve_when_its_proof_is_right(void)
{
    struct solve solve = {.id = 0};

    room_begin();
    const char *id = keyring_id(room.desk.ring);
    hand_in("one", "jones", "zzzzzz", true); /* another key */
    hand_in("one", "jones", id, false);      /* changed on its way */
    hand_in("two", "jones", id, true);       /* no such challenge */
    hand_in("one", "smith", id, true);
    hand_in("one", "smith", id, true); /* known */
    struct journal_sum sum = room_read(ST_OK);
    CU_ASSERT_EQUAL(sum.handed_in, 1);
    CU_ASSERT_EQUAL(sum.refused, 2);
    CU_ASSERT_EQUAL(sum.unplaced, 1);
    CU_ASSERT_EQUAL(room_number("SELECT count(*) FROM solve"), 1);
    CU_ASSERT_EQUAL(store_each(room.store, see, &solve, NULL), ST_OK);
    CU_ASSERT_STRING_EQUAL(solve.student, "smith");
    CU_ASSERT_STRING_EQUAL(solve.key_id, id);
    CU_ASSERT_STRING_EQUAL(solve.source, "10.10.0.40");
    CU_ASSERT_EQUAL(solve.submitted_us, TIME_US);
    CU_ASSERT_EQUAL(solve.state, SOLVE_WAITING);
    room_end();
}

static const struct unit_case cases[] = {
    {"what_cannot_be_placed_yet_is_kept_and_tried_again", what_cannot_be_placed_yet_is_kept_and_tried_again},
    {"what_cannot_be_placed_has_a_bound", what_cannot_be_placed_has_a_bound},
    {"a_flag_handed_in_is_a_solve_when_its_proof_is_right",
     a_flag_handed_in_is_a_solve_when_its_proof_is_right},
};
extern const struct unit_group handed_in_cases;
UNIT_GROUP(handed_in_cases, cases);
