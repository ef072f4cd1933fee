#include "room.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct err err;

static void what_goes_in_comes_out(void)
{
    static const char bytes[] = {'\0', 'a', '\\', '\0'};
    struct room room;

    room_enter(&room);
    struct query *q = query_open(room.db, "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?2, '?1'", "iizztttb",
                                 INT64_MIN, INT64_MAX, INT64_C(0), INT64_C(7), "it's \xD0\xB6\xD0", "",
                                 (const char *)NULL, (const void *)bytes, sizeof(bytes));
    CU_ASSERT_TRUE_FATAL(query_next(q));
    CU_ASSERT_EQUAL(row_int(q, 0), INT64_MIN);
    CU_ASSERT_EQUAL(row_int(q, 1), INT64_MAX);
    CU_ASSERT_TRUE(row_null(q, 2));
    CU_ASSERT_EQUAL(row_int(q, 2), 0);
    CU_ASSERT_EQUAL(row_int(q, 3), 7);
    CU_ASSERT_STRING_EQUAL(row_text(q, 3), "7");
    CU_ASSERT_STRING_EQUAL(row_text(q, 4), "it's \xD0\xB6"); /* cut within a letter */
    CU_ASSERT_FALSE(row_null(q, 5));
    CU_ASSERT_EQUAL(row_length(q, 5), 0);
    CU_ASSERT_TRUE(row_null(q, 6));
    CU_ASSERT_STRING_EQUAL(row_text(q, 6), "");
    CU_ASSERT_EQUAL_FATAL(row_length(q, 7), sizeof(bytes));
    CU_ASSERT_EQUAL(memcmp(row_bytes(q, 7), bytes, sizeof(bytes)), 0);
    CU_ASSERT_EQUAL(row_int(q, 8), INT64_MAX);
    CU_ASSERT_STRING_EQUAL(row_text(q, 9), "?1");
    CU_ASSERT_FALSE(query_next(q));
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    room_leave(&room);
}

static void what_is_refused_is_told_and_the_next_is_not_refused(void)
{
    static const struct {
        const char *sql, *types, *says;
    } rows[] = {
        {"SELEKT 1", "", "SELEKT"},
        {"SELECT 1 FROM nowhere", "", "nowhere"},
        {"DELETE FROM t; DELETE FROM t", "", "multiple commands"},
        {"DELETE FROM t WHERE n = ?1", "", "parameter"},
        {"DELETE FROM t WHERE n = ?1", "x", "no such type"},
        {"INSERT INTO t(name) VALUES ('a')", "", "unique"},
    };
    struct room room;

    room_enter(&room);
    CU_ASSERT_EQUAL(query_run(room.db, &err, "INSERT INTO t(name) VALUES (?1)", "t", "a"), ST_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const int64_t no = 0;
        struct query *q = query_open(room.db, rows[i].sql, rows[i].types, no);
        CU_ASSERT_FALSE(query_next(q));
        CU_ASSERT_EQUAL(query_close(q, &err), ST_ENV);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, rows[i].says));
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, room.place));
        CU_ASSERT_PTR_NULL(strchr(err.text, '\n'));
    }
    const struct query_value many[QUERY_VALUES_MAX + 1] = {{.type = 'i'}};
    struct query *q = query_open_values(room.db, "DELETE FROM t", many, QUERY_VALUES_MAX + 1);
    CU_ASSERT_FALSE(query_next(q));
    CU_ASSERT_EQUAL(query_close(q, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "193 values"));
    CU_ASSERT_EQUAL(room_number(room.db, "SELECT count(*) FROM t"), 1);
    room_leave(&room);
}

struct inserting {
    struct db *db;
    enum status end;
    int runs;
    const struct room *cut; /* in the first run: the connection is cut off in the middle */
};

static enum status insert(void *context, struct err *why)
{
    struct inserting *in = context;

    in->runs++;
    enum status st = query_run(in->db, why, "INSERT INTO t(n) VALUES (1)", "");
    if (in->cut && in->runs == 1)
        CU_ASSERT_EQUAL(room_cut(in->cut, false), 1);
    if (st == ST_OK)
        st = query_run(in->db, why, "INSERT INTO t(n) VALUES (2)", "");
    return st == ST_OK && in->end != ST_OK ? err_set(why, in->end, "not today") : st;
}

static void a_transaction_is_kept_whole_or_not_at_all(void)
{
    struct room room;

    room_enter(&room);
    struct inserting in = {.db = room.db, .end = ST_NO};
    CU_ASSERT_EQUAL(db_transact(room.db, DB_WRITE, insert, &in, &err), ST_NO);
    CU_ASSERT_STRING_EQUAL(err.text, "not today");
    CU_ASSERT_EQUAL(in.runs, 1);
    CU_ASSERT_EQUAL(room_number(room.db, "SELECT count(*) FROM t"), 0);
    in.end = ST_OK;
    CU_ASSERT_EQUAL(db_transact(room.db, DB_READ, insert, &in, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "read-only"));
    CU_ASSERT_EQUAL(db_transact(room.db, DB_WRITE, insert, &in, &err), ST_OK);
    CU_ASSERT_EQUAL(room_number(room.db, "SELECT count(*) FROM t"), 2);
    room_leave(&room);
}

static void what_a_lost_connection_undid_is_done_again(void)
{
    struct room room;

    room_enter(&room);
    struct inserting in = {.db = room.db, .end = ST_OK, .cut = &room};
    CU_ASSERT_EQUAL(db_transact(room.db, DB_WRITE, insert, &in, &err), ST_OK);
    CU_ASSERT_EQUAL(in.runs, 2);
    CU_ASSERT_EQUAL(room_number(room.db, "SELECT count(*) FROM t"), 2);
    /* and between statements */
    CU_ASSERT_EQUAL(room_cut(&room, false), 1);
    CU_ASSERT_EQUAL(room_number(room.db, "SELECT sum(n) FROM t"), 3);
    CU_ASSERT_EQUAL(room_cut(&room, false), 1);
    CU_ASSERT_EQUAL(query_run(room.db, &err, "INSERT INTO t(n) VALUES (4)", ""), ST_OK);
    CU_ASSERT_EQUAL(room_number(room.db, "SELECT sum(n) FROM t"), 7);
    room_leave(&room);
}

static void a_whole_table_comes_in_parts_while_others_are_asked(void)
{
    enum { ROWS = 5000 };
    struct room room;
    int64_t n = 0, other = 0;

    room_enter(&room);
    CU_ASSERT_EQUAL(
        query_run(room.db, &err, "INSERT INTO t(n) SELECT generate_series(1, ?1)", "i", (int64_t)ROWS),
        ST_OK);
    struct query *q = query_open(room.db, "SELECT n FROM t ORDER BY n", "");
    while (query_next(q)) {
        CU_ASSERT_EQUAL_FATAL(row_int(q, 0), ++n);
        if (n % 1000 == 0)
            other += room_number(room.db, "SELECT 1");
    }
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    CU_ASSERT_EQUAL(n, ROWS);
    CU_ASSERT_EQUAL(other, ROWS / 1000);
    q = query_open(room.db, "SELECT n FROM t ORDER BY n", "");
    CU_ASSERT_TRUE(query_next(q)); /* one that is not read to its end */
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    CU_ASSERT_EQUAL(room_number(room.db, "SELECT count(*) FROM pg_cursors WHERE is_holdable"), 0);
    room_leave(&room);
}

static void tables_are_made_once_and_brought_up_to_date(void)
{
    enum { OPENERS = 4 };
    struct room room;
    struct db *db, *reader;
    pid_t pids[OPENERS];
    int status;

    room_enter(&room);
    CU_ASSERT_EQUAL(query_run(room.db, &err, "INSERT INTO t(n) VALUES (1)", ""), ST_OK);
    CU_ASSERT_EQUAL(db_open_reader(&reader, room.place, &room_two, &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "of version 1, this wiregrade reads version 2"));
    for (int i = 0; i < OPENERS; i++)
        if ((pids[i] = fork()) == 0)
            _exit(db_open(&db, room.place, &room_two, &err) == ST_OK ? 0 : 1);
    for (int i = 0; i < OPENERS; i++) {
        CU_ASSERT_EQUAL(waitpid(pids[i], &status, 0), pids[i]);
        CU_ASSERT_EQUAL(status, 0);
    }
    CU_ASSERT_EQUAL(db_open(&db, room.place, &room_one, &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "made by a newer wiregrade"));
    /* who was there before, of the older version, writes nothing more */
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(query_run(room.db, &err, "INSERT INTO t(n) VALUES (2)", ""), ST_ENV);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "made by a newer wiregrade (version 2, this one knows 1)"));
    }
    CU_ASSERT_EQUAL_FATAL(db_open_reader(&reader, room.place, &room_two, &err), ST_OK);
    CU_ASSERT_EQUAL(room_number(reader, "SELECT more FROM t"), 7);
    CU_ASSERT_EQUAL(room_number(reader, "SELECT count(*) FROM t"), 1);
    CU_ASSERT_EQUAL(query_run(reader, &err, "DELETE FROM t", ""), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "read-only"));
    db_close(reader);
    room_leave(&room);
}

struct opening {
    const struct room *room;
    char place[PLACE_SIZE];
    pid_t pids[4];
};

/* All of them have seen that nothing is there, and wait for each other. */
static enum status open_beside(void *context, struct err *e)
{
    enum { OPENERS = 4, DEADLINE_S = 20 };
    struct opening *o = context;
    const time_t end = time(NULL) + DEADLINE_S;
    char sql[320];
    struct db *db;

    CU_ASSERT_EQUAL(query_run(o->room->db, e, "SELECT pg_advisory_xact_lock(7702331905)", ""), ST_OK);
    for (int i = 0; i < OPENERS; i++)
        if ((o->pids[i] = fork()) == 0) {
            const enum status st = db_open(&db, o->place, &room_one, &err);
            if (st != ST_OK)
                fprintf(stderr, "%s\n", err.text);
            _exit(st == ST_OK ? 0 : 1);
        }
    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND application_name ~"
             " ' (%d|%d|%d|%d)$'",
             o->pids[0], o->pids[1], o->pids[2], o->pids[3]);
    while (room_sql(o->room, sql) < OPENERS)
        CU_ASSERT_TRUE_FATAL(time(NULL) < end);
    return ST_OK;
}

static void tables_are_made_once_by_several_who_find_none(void)
{
    struct opening o = {.place = ""};
    struct room room;
    int status;

    room_enter(&room);
    o.room = &room;
    place_of(o.place, room.dir, "none");
    CU_ASSERT_EQUAL(db_transact(room.db, DB_WRITE, open_beside, &o, &err), ST_OK);
    for (size_t i = 0; i < sizeof(o.pids) / sizeof(o.pids[0]); i++) {
        CU_ASSERT_EQUAL(waitpid(o.pids[i], &status, 0), o.pids[i]);
        CU_ASSERT_EQUAL(status, 0);
    }
    room_leave(&room);
}

/* Each is one sentence that names its mend. */
static void places_that_cannot_carry_a_store_are_refused(void)
{
    static const struct {
        const char *place;
        enum status status;
        const char *says;
    } rows[] = {
        {"postgresql://u:secret@/db?host=/tmp", ST_INPUT, "PGPASSFILE"},
        {"postgresql:///db?host=/tmp&password=secret", ST_INPUT, "PGPASSFILE"},
        {"postgresql://db.example.edu/db", ST_INPUT, "sslmode=verify-full"},
        {"postgresql://db.example.edu/db?sslmode=require", ST_INPUT, "sslmode=verify-full"},
        {"postgresql:///db?host=/tmp,db.example.edu", ST_INPUT, "sslmode=verify-full"},
        {"postgresql:///db?host=/tmp&hostaddr=10.0.0.1", ST_INPUT, "sslmode=verify-full"},
        {"postgresql:///db?hots=/tmp", ST_INPUT, "hots"},
        {"postgresql://u@/db?host=/tmp/no-such-folder", ST_ENV, "No such file"},
    };
    struct db *db;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(db_open(&db, rows[i].place, &room_one, &err), rows[i].status);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, rows[i].says));
        CU_ASSERT_PTR_NULL(strchr(err.text, '\n'));
        CU_ASSERT_PTR_NULL(strstr(err.text, "secret"));
    }
}

static const struct unit_case cases[] = {
    {"what_goes_in_comes_out", what_goes_in_comes_out},
    {"what_is_refused_is_told_and_the_next_is_not_refused",
     what_is_refused_is_told_and_the_next_is_not_refused},
    {"a_transaction_is_kept_whole_or_not_at_all", a_transaction_is_kept_whole_or_not_at_all},
    {"what_a_lost_connection_undid_is_done_again", what_a_lost_connection_undid_is_done_again},
    {"a_whole_table_comes_in_parts_while_others_are_asked",
     a_whole_table_comes_in_parts_while_others_are_asked},
    {"tables_are_made_once_and_brought_up_to_date", tables_are_made_once_and_brought_up_to_date},
    {"tables_are_made_once_by_several_who_find_none", tables_are_made_once_by_several_who_find_none},
    {"places_that_cannot_carry_a_store_are_refused", places_that_cannot_carry_a_store_are_refused},
};
extern const struct unit_group pg_cases;
UNIT_GROUP(pg_cases, cases);
