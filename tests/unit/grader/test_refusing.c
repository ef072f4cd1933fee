/* A store that says no beside a scoreboard that is well, and the other way round. */
#include "unit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "grader/post/owed.h"
#include "grader/post/relay.h"
#include "grader/watch/watch.h"

/* A scoreboard with one challenge and one user, which takes every solve; or is away. */
struct fake {
    bool away;
    int posted;
    int rows; /* wrong entries for a challenge that is not ours */
};

static enum board_result answer(const struct fake *fake, struct err *err)
{
    if (!fake->away)
        return BOARD_OK;
    err_set(err, ST_ENV, "away");
    return BOARD_LATER;
}

static enum board_result kind(void *state, struct board_kind *out, struct err *err)
{
    *out = (struct board_kind){.name = "fake"};
    return answer(state, err);
}

static int64_t patience(void *state)
{
    (void)state;
    return 0;
}

static enum board_result challenge_find(void *state, const char *name, struct board_challenge *out,
                                        struct err *err)
{
    *out = (struct board_challenge){.id = 3};
    snprintf(out->name, sizeof(out->name), "%s", name);
    return answer(state, err);
}

static enum board_result challenge_read(void *state, int64_t id, struct board_challenge *out, struct err *err)
{
    *out = (struct board_challenge){.id = id, .name = "Raw"};
    return answer(state, err);
}

static enum board_result challenge_refresh(void *state, int64_t id, struct err *err)
{
    (void)id;
    return answer(state, err);
}

static enum board_result user_find(void *state, const char *name, const char *email, struct board_user *out,
                                   struct err *err)
{
    (void)email;
    *out = (struct board_user){.id = 4};
    snprintf(out->name, sizeof(out->name), "%s", name);
    return answer(state, err);
}

static enum board_result solve_post(void *state, const struct board_solve *solve, int64_t *submission,
                                    struct err *err)
{
    struct fake *fake = state;

    (void)solve;
    fake->posted++;
    *submission = 9;
    return answer(fake, err);
}

static enum board_result rows_count(void *state, struct board_tally *out, struct err *err)
{
    const struct fake *fake = state;

    *out = (struct board_tally){.rows[BOARD_INCORRECT] = fake->rows};
    return answer(fake, err);
}

static enum board_result rows_each(void *state, enum board_type type, bool all, board_row_fn *row,
                                   void *context, struct err *err)
{
    const struct fake *fake = state;

    (void)all;
    for (int i = 0; type == BOARD_INCORRECT && i < fake->rows; i++)
        row(&(struct board_row){.id = i + 1, .challenge = 77, .type = type, .date = "d"}, context);
    return answer(fake, err);
}

static const struct scoreboard_driver driver = {
    .kind = kind,
    .patience = patience,
    .challenge_find = challenge_find,
    .challenge_read = challenge_read,
    .challenge_refresh = challenge_refresh,
    .user_find = user_find,
    .solve_post = solve_post,
    .rows_count = rows_count,
    .rows_each = rows_each,
};

struct room {
    char dir[64], file[128];
    struct challenge challenge;
    struct desk desk;
    struct fake fake;
    struct scoreboard board;
    struct store *store;
};

/* Another process's: what it does to the store's file. */
static void sql(const struct room *room, const char *text)
{
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL_FATAL(sqlite3_open(room->file, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* With one solve that waits. */
static void enter(struct room *room)
{
    struct solve solve = {.student = "ann", .slug = "raw", .submitted_us = clock_utc_us()}, now;
    struct err err;
    bool fresh;

    *room = (struct room){.dir = "/tmp/wiregrade-refusing-XXXXXX"};
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(room->dir));
    snprintf(room->file, sizeof(room->file), "%s/s.db", room->dir);
    room->challenge.slug = strdup("raw");
    room->challenge.name = strdup("Raw");
    room->challenge.target.kind = TARGET_PACKET;
    room->desk.course = (struct course){.dir = room->dir, .challenges = &room->challenge, .n_challenges = 1};
    room->desk.class.file = room->file;
    room->desk.class.scoreboard_url = room->dir;
    room->desk.class.word = room->dir;
    room->board = (struct scoreboard){.driver = &driver, .state = &room->fake};
    CU_ASSERT_EQUAL_FATAL(store_open(&room->store, room->file, "c", "w", &err), ST_OK);
    CU_ASSERT_EQUAL_FATAL(store_add(room->store, &solve, &fresh, &now, &err), ST_OK);
}

static void leave(struct room *room)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};

    store_close(room->store);
    free(room->challenge.slug);
    free(room->challenge.name);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char file[160];
        snprintf(file, sizeof(file), "%s%s", room->file, ends[i]);
        unlink(file);
    }
    rmdir(room->dir);
}

static size_t count(struct room *room, enum solve_state state)
{
    size_t n = 99;
    struct err err;

    CU_ASSERT_EQUAL(store_count(room->store, state, &n, &err), ST_OK);
    return n;
}

/* "A person must act" would hold the solve, and all others, until somebody does. */
static void what_the_store_refuses_leaves_the_solve_waiting(void)
{
    static const char *const refused[] = {
        "CREATE TRIGGER no BEFORE INSERT ON known WHEN new.kind = 'challenge' BEGIN SELECT RAISE(ABORT, "
        "'no'); END",
        "CREATE TRIGGER no BEFORE INSERT ON known WHEN new.kind = 'user' BEGIN SELECT RAISE(ABORT, 'no'); "
        "END",
    };

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct room room;
        struct relay *relay;
        struct err err = {.text = ""};
        int64_t again_ms;

        enter(&room);
        const struct relay_options options = relay_options_of(&room.desk, 1);
        CU_ASSERT_EQUAL_FATAL(relay_open(&relay, room.store, &room.board, &options, &err), ST_OK);
        sql(&room, refused[i]);
        CU_ASSERT_EQUAL(relay_slice(relay, 1000, &again_ms, &err), ST_ENV);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, room.file));
        CU_ASSERT_FALSE(relay_health(relay).refused);
        CU_ASSERT_EQUAL(count(&room, SOLVE_WAITING), 1);
        CU_ASSERT_EQUAL(count(&room, SOLVE_HELD), 0);
        sql(&room, "DROP TRIGGER no");
        CU_ASSERT_EQUAL(relay_slice(relay, 1000, &again_ms, &err), ST_OK);
        CU_ASSERT_EQUAL(count(&room, SOLVE_POSTED), 1);
        CU_ASSERT_EQUAL(room.fake.posted, 1);
        relay_close(relay);
        leave(&room);
    }
}

static void a_value_that_is_owed_tells_who_said_no(void)
{
    enum board_result result;
    struct room room;
    struct err err;

    enter(&room);
    CU_ASSERT_EQUAL(owed_set(room.store, 3, &err), ST_OK);
    room.fake.away = true;
    CU_ASSERT_EQUAL(owed_pay(room.store, &room.board, &result, &err), ST_OK);
    CU_ASSERT_EQUAL(result, BOARD_LATER);
    room.fake.away = false;
    sql(&room, "CREATE TRIGGER no BEFORE INSERT ON meta BEGIN SELECT RAISE(ABORT, 'no'); END;"
               "CREATE TRIGGER nor BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'no'); END");
    CU_ASSERT_EQUAL(owed_pay(room.store, &room.board, &result, &err), ST_ENV);
    CU_ASSERT_EQUAL(result, BOARD_OK);
    leave(&room);
}

static void a_pass_tells_who_said_no(void)
{
    struct watch_summary sum;
    struct room room;
    struct err err;

    enter(&room);
    const struct watch_options options = {.desk = &room.desk, .full = true};
    room.fake.away = true;
    CU_ASSERT_EQUAL(watch_pass(room.store, &room.board, &options, &sum, &err), ST_ENV);
    CU_ASSERT_EQUAL(sum.board, BOARD_LATER);
    CU_ASSERT_STRING_EQUAL(err.text, "away");
    room.fake.away = false;
    sql(&room, "CREATE TRIGGER no BEFORE INSERT ON known BEGIN SELECT RAISE(ABORT, 'no'); END");
    CU_ASSERT_EQUAL(watch_pass(room.store, &room.board, &options, &sum, &err), ST_ENV);
    CU_ASSERT_EQUAL(sum.board, BOARD_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, room.file));
    sql(&room, "DROP TRIGGER no");
    CU_ASSERT_EQUAL(watch_pass(room.store, &room.board, &options, &sum, &err), ST_OK);
    leave(&room);
}

static void hear(void *context, const char *sentence)
{
    snprintf(context, 256, "%s", sentence);
}

static void what_a_pass_has_no_room_for_is_told_and_left_to_the_next(void)
{
    char told[256] = "";
    struct watch_summary sum;
    struct room room;
    struct err err;

    enter(&room);
    const struct watch_options options = {.desk = &room.desk, .full = true, .told = hear, .context = told};
    room.fake.rows = 50001;
    CU_ASSERT_EQUAL(watch_pass(room.store, &room.board, &options, &sum, &err), ST_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(told, "looked at 50000 rows, the next one goes on"));
    told[0] = '\0';
    CU_ASSERT_EQUAL(watch_pass(room.store, &room.board, &options, &sum, &err), ST_OK);
    CU_ASSERT_EQUAL(sum.rows, 1);
    CU_ASSERT_STRING_EQUAL(told, "");
    leave(&room);
}

static const struct unit_case cases[] = {
    {"what_the_store_refuses_leaves_the_solve_waiting", what_the_store_refuses_leaves_the_solve_waiting},
    {"a_value_that_is_owed_tells_who_said_no", a_value_that_is_owed_tells_who_said_no},
    {"a_pass_tells_who_said_no", a_pass_tells_who_said_no},
    {"what_a_pass_has_no_room_for_is_told_and_left_to_the_next",
     what_a_pass_has_no_room_for_is_told_and_left_to_the_next},
};
extern const struct unit_group refusing_cases;
UNIT_GROUP(refusing_cases, cases);
