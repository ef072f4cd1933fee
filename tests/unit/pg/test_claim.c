#include "room.h"
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { PART = 3, OTHER = 4 };

static struct err err;

static enum status claim(struct db *db, int64_t wait_ms, char who[DB_HOLDER_SIZE])
{
    return db_claim(db, PART, wait_ms, NULL, who, &err);
}

static void a_part_has_one_holder_who_is_named(void)
{
    struct room room;
    struct db *two = NULL;
    char who[DB_HOLDER_SIZE] = "", want[32];

    room_enter(&room);
    CU_ASSERT_FALSE(db_claimed(room.place, &room_one, PART));
    CU_ASSERT_EQUAL_FATAL(db_open(&two, room.place, &room_one, &err), ST_OK);
    CU_ASSERT_EQUAL(claim(room.db, 0, who), ST_OK);
    CU_ASSERT_TRUE(db_claimed(room.place, &room_one, PART));
    CU_ASSERT_FALSE(db_claimed(room.place, &room_one, OTHER));
    CU_ASSERT_EQUAL(db_claim(two, OTHER, 0, NULL, who, &err), ST_OK);
    CU_ASSERT_EQUAL(claim(two, 100, who), ST_NO);
    snprintf(want, sizeof(want), "process %ld on ", (long)getpid());
    CU_ASSERT_EQUAL(strncmp(who, want, strlen(want)), 0);
    db_unclaim(room.db, PART);
    CU_ASSERT_EQUAL(claim(two, 0, who), ST_OK);
    CU_ASSERT_EQUAL(query_run(two, &err, "INSERT INTO t(n) VALUES (1)", ""), ST_OK);
    db_close(two);
    CU_ASSERT_EQUAL(claim(room.db, 0, who), ST_OK);
    room_leave(&room);
}

static enum status insert(void *context, struct err *why)
{
    return query_run(context, why, "INSERT INTO t(n) VALUES (1)", "");
}

/* Cut off while it held a part, and another has it since: a statement alone and a transaction alike. */
static void who_lost_a_part_writes_nothing_more(void)
{
    struct room room;
    struct db *two = NULL;
    char who[DB_HOLDER_SIZE];

    room_enter(&room);
    CU_ASSERT_EQUAL_FATAL(db_open(&two, room.place, &room_one, &err), ST_OK);
    CU_ASSERT_EQUAL(claim(room.db, 0, who), ST_OK);
    CU_ASSERT_EQUAL(db_transact(room.db, DB_WRITE, insert, room.db, &err), ST_OK);
    CU_ASSERT_EQUAL(room_cut(&room, true), 1);
    CU_ASSERT_EQUAL(claim(two, 5000, who), ST_OK);
    CU_ASSERT_EQUAL(db_transact(room.db, DB_WRITE, insert, room.db, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "has taken over"));
    CU_ASSERT_EQUAL(insert(room.db, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "has taken over"));
    CU_ASSERT_EQUAL(room_number(room.db, "SELECT count(*) FROM t"), 1);
    CU_ASSERT_EQUAL(insert(two, &err), ST_OK);
    db_close(two);
    /* given back, it may be claimed again */
    db_unclaim(room.db, PART);
    CU_ASSERT_EQUAL(claim(room.db, 5000, who), ST_OK);
    CU_ASSERT_EQUAL(insert(room.db, &err), ST_OK);
    /* after a fail-over to a server that had less, another has come to the same number */
    CU_ASSERT_EQUAL(room_sql(&room,
                             "WITH u AS (UPDATE claim SET holder = 'process 1 on elsewhere' RETURNING 1)"
                             " SELECT count(*) FROM u"),
                    1);
    CU_ASSERT_EQUAL(insert(room.db, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "has taken over"));
    room_leave(&room);
}

/* Another process that has the part until it is killed. */
static pid_t hold(const struct room *room, int ready[2])
{
    CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        struct db *db;
        char who[DB_HOLDER_SIZE];
        if (db_open(&db, room->place, &room_one, &err) == ST_OK && claim(db, 0, who) == ST_OK)
            (void)!write(ready[1], "", 1);
        pause();
        _exit(0);
    }
    return pid;
}

static void who_is_killed_or_stopped_is_followed_within_five_seconds(void)
{
    static const int signals[] = {SIGKILL, SIGSTOP};

    for (size_t i = 0; i < 2; i++) {
        struct room room;
        char who[DB_HOLDER_SIZE], byte;
        int ready[2], status;

        room_enter(&room);
        db_close(room.db);
        room.db = NULL;
        const pid_t pid = hold(&room, ready);
        CU_ASSERT_EQUAL_FATAL(read(ready[0], &byte, 1), 1);
        CU_ASSERT_EQUAL_FATAL(db_open(&room.db, room.place, &room_one, &err), ST_OK);
        CU_ASSERT_EQUAL(claim(room.db, 4000, who), ST_NO); /* it lives */
        kill(pid, signals[i]);
        const int64_t from = clock_ms();
        CU_ASSERT_EQUAL(claim(room.db, 10000, who), ST_OK);
        CU_ASSERT_TRUE(clock_ms() - from < 5000);
        kill(pid, SIGKILL);
        CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
        close(ready[0]);
        close(ready[1]);
        room_leave(&room);
    }
}

static const struct unit_case cases[] = {
    {"a_part_has_one_holder_who_is_named", a_part_has_one_holder_who_is_named},
    {"who_lost_a_part_writes_nothing_more", who_lost_a_part_writes_nothing_more},
    {"who_is_killed_or_stopped_is_followed_within_five_seconds",
     who_is_killed_or_stopped_is_followed_within_five_seconds},
};
extern const struct unit_group claim_cases;
UNIT_GROUP(claim_cases, cases);
