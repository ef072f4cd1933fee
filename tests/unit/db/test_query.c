#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "db/query.h"
#include "db/row.h"

static const char *const steps[] = {
    "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, name TEXT UNIQUE, data BLOB) STRICT;"
    "CREATE TABLE child(t INTEGER NOT NULL REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED) STRICT",
};
static const struct db_schema alone = {.steps = steps, .n = 1},
                              shared = {.steps = steps, .n = 1, .shared = true};
static char dir[64];
static char *path;
static struct db *db;
static struct err err;

static void open_with(const struct db_schema *schema)
{
    snprintf(dir, sizeof(dir), "/tmp/wiregrade-db-XXXXXX");
    path = mkdtemp(dir) ? path_join(dir, "q.db") : NULL;
    CU_ASSERT_EQUAL_FATAL(db_open(&db, path, schema, &err), ST_OK);
}

static void done(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char file[128];

    db_close(db);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        unlink(file);
    }
    rmdir(dir);
    free(path);
}

static int64_t number(const char *sql)
{
    int64_t n = -1;

    CU_ASSERT_EQUAL(query_number(db, &n, &err, sql, ""), ST_OK);
    return n;
}

static void every_type_comes_back_as_it_went_in(void)
{
    static const char bytes[] = {'a', '\0', 'b', '\0'};

    open_with(&alone);
    struct query *q = query_open(db, "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?2", "iizztttb", INT64_MIN,
                                 INT64_MAX, INT64_C(0), INT64_C(7), "it's", "", (const char *)NULL,
                                 (const void *)bytes, sizeof(bytes));
    CU_ASSERT_TRUE_FATAL(query_next(q));
    CU_ASSERT_EQUAL(row_int(q, 0), INT64_MIN);
    CU_ASSERT_EQUAL(row_int(q, 1), INT64_MAX);
    CU_ASSERT_STRING_EQUAL(row_text(q, 1), "9223372036854775807");
    CU_ASSERT_TRUE(row_null(q, 2));
    CU_ASSERT_FALSE(row_null(q, 3));
    CU_ASSERT_EQUAL(row_int(q, 3), 7);
    CU_ASSERT_STRING_EQUAL(row_text(q, 4), "it's");
    CU_ASSERT_EQUAL(row_length(q, 4), 4);
    CU_ASSERT_FALSE(row_null(q, 5));
    CU_ASSERT_STRING_EQUAL(row_text(q, 5), "");
    CU_ASSERT_EQUAL(row_length(q, 5), 0);
    CU_ASSERT_TRUE(row_null(q, 6));
    CU_ASSERT_STRING_EQUAL(row_text(q, 6), "");
    CU_ASSERT_EQUAL(row_int(q, 6), 0);
    CU_ASSERT_EQUAL_FATAL(row_length(q, 7), sizeof(bytes));
    CU_ASSERT_EQUAL(memcmp(row_bytes(q, 7), bytes, sizeof(bytes)), 0);
    CU_ASSERT_EQUAL(row_int(q, 8), INT64_MAX);
    CU_ASSERT_FALSE(query_next(q));
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    done();
}

static void what_is_stored_is_null_empty_or_has_nuls_as_it_was_given(void)
{
    static const char bytes[] = {'\0', 'x', '\0'};
    char cut[4];

    open_with(&alone);
    CU_ASSERT_EQUAL(query_run(db, &err, "INSERT INTO t(id, n, name, data) VALUES (?1, ?2, ?3, ?4)", "iztb",
                              INT64_C(1), INT64_C(0), "", (const void *)bytes, sizeof(bytes)),
                    ST_OK);
    CU_ASSERT_EQUAL(query_run(db, &err, "INSERT INTO t(id, n, name, data) VALUES (?1, ?2, ?3, ?4)", "iztb",
                              INT64_C(2), INT64_C(3), "longer", (const void *)NULL, (size_t)0),
                    ST_OK);
    struct query *q = query_open(db, "SELECT n, name, data FROM t ORDER BY id", "");
    CU_ASSERT_TRUE_FATAL(query_next(q));
    CU_ASSERT_TRUE(row_null(q, 0));
    CU_ASSERT_FALSE(row_null(q, 1));
    CU_ASSERT_EQUAL_FATAL(row_length(q, 2), sizeof(bytes));
    CU_ASSERT_EQUAL(memcmp(row_bytes(q, 2), bytes, sizeof(bytes)), 0);
    CU_ASSERT_TRUE_FATAL(query_next(q));
    row_copy(q, 1, cut, sizeof(cut));
    CU_ASSERT_STRING_EQUAL(cut, "lon");
    CU_ASSERT_TRUE(row_null(q, 2));
    CU_ASSERT_PTR_NULL(row_bytes(q, 2));
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    done();
}

static void a_statement_that_is_wrong_is_refused_with_its_text(void)
{
    static const struct {
        const char *sql, *types, *says;
    } rows[] = {
        {"SELEKT 1", "", "SELEKT"},
        {"SELECT 1 FROM nowhere", "", "nowhere"},
        {"", "", "not one statement"},
        {"DELETE FROM t; DELETE FROM child", "", "not one statement: DELETE FROM t;"},
        {"DELETE FROM t WHERE n = ?1", "", "0 values for the 1 of: DELETE FROM t"},
        {"DELETE FROM t WHERE n = ?2", "i", "1 values for the 2 of"},
        {"DELETE FROM t WHERE n = ?1", "ii", "2 values for the 1 of"},
        {"DELETE FROM t WHERE n = ?1", "x", "misuse"},
    };

    open_with(&alone);
    CU_ASSERT_EQUAL(query_run(db, &err, "INSERT INTO t(n) VALUES (0)", ""), ST_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const int64_t no = 0;
        struct query *q = query_open(db, rows[i].sql, rows[i].types, no, no);
        CU_ASSERT_FALSE(query_next(q));
        CU_ASSERT_EQUAL(query_close(q, &err), ST_ENV);
        CU_ASSERT_EQUAL(err.status, ST_ENV);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, rows[i].says));
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    }
    const struct query_value many[QUERY_VALUES_MAX + 1] = {{.type = 'i'}};
    struct query *q = query_open_values(db, "DELETE FROM t WHERE n = ?193", many, QUERY_VALUES_MAX + 1);
    CU_ASSERT_FALSE(query_next(q));
    CU_ASSERT_EQUAL(query_close(q, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "193 values for the 193 of"));
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM t"), 1);
    CU_ASSERT_EQUAL(query_close(NULL, &err), ST_ENV);
    CU_ASSERT_STRING_EQUAL(err.text, "no memory");
    CU_ASSERT_FALSE(query_next(NULL));
    done();
}

static void a_number_without_a_row_stays_as_it_was(void)
{
    int64_t n = 5;

    open_with(&alone);
    CU_ASSERT_EQUAL(query_number(db, &n, &err, "SELECT n FROM t WHERE id = ?1", "i", INT64_C(1)), ST_OK);
    CU_ASSERT_EQUAL(n, 5);
    CU_ASSERT_EQUAL(query_number(db, &n, &err, "INSERT INTO t(n) VALUES (9) RETURNING n", ""), ST_OK);
    CU_ASSERT_EQUAL(n, 9);
    done();
}

/* Stepped after its end, SQLite would begin anew. */
static void an_insert_runs_once_however_often_it_is_asked_for_more(void)
{
    open_with(&alone);
    struct query *q = query_open(db, "INSERT INTO t(n) VALUES (?1)", "i", INT64_C(1));
    for (int i = 0; i < 3; i++)
        CU_ASSERT_FALSE(query_next(q));
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM t"), 1);
    q = query_open(db, "INSERT INTO t(n) VALUES (?1)", "i", INT64_C(1));
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM t"), 1);
    done();
}

static void one_text_may_be_open_twice_and_each_has_its_values(void)
{
    static const char sql[] = "SELECT ?1 UNION ALL SELECT ?1 + 1";

    open_with(&alone);
    for (int round = 0; round < 2; round++) {
        struct query *a = query_open(db, sql, "i", INT64_C(10)), *b = query_open(db, sql, "i", INT64_C(20));
        CU_ASSERT_TRUE(query_next(a));
        CU_ASSERT_TRUE(query_next(b));
        CU_ASSERT_EQUAL(row_int(b, 0), 20);
        CU_ASSERT_EQUAL(query_close(b, &err), ST_OK);
        CU_ASSERT_TRUE(query_next(a));
        CU_ASSERT_EQUAL(row_int(a, 0), 11);
        CU_ASSERT_EQUAL(query_close(a, &err), ST_OK);
    }
    done();
}

static void more_statements_than_are_kept_all_say_their_own(void)
{
    char sql[40];

    open_with(&alone);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 100; i++) {
            snprintf(sql, sizeof(sql), "SELECT %d", i);
            CU_ASSERT_EQUAL(number(sql), i);
        }
    }
    done();
}

static void what_returns_rows_is_written_whole_and_lets_others_write(void)
{
    struct db *other;
    int64_t n = 0;

    open_with(&shared);
    CU_ASSERT_EQUAL_FATAL(db_open(&other, path, &shared, &err), ST_OK);
    struct query *q = query_open(db, "INSERT INTO t(n) VALUES (1), (2), (3) RETURNING id", "");
    CU_ASSERT_TRUE(query_next(q));
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    CU_ASSERT_EQUAL(query_number(other, &n, &err, "UPDATE t SET n = 4 RETURNING n", ""), ST_OK);
    CU_ASSERT_EQUAL(n, 4);
    CU_ASSERT_EQUAL(number("SELECT sum(n) FROM t"), 12);
    /* what a commit refuses is said although a row came before it */
    CU_ASSERT_EQUAL(query_number(db, &n, &err, "INSERT INTO child VALUES (99) RETURNING t", ""), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "FOREIGN KEY"));
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM child"), 0);
    CU_ASSERT_EQUAL(query_run(other, &err, "DELETE FROM t", ""), ST_OK);
    db_close(other);
    done();
}

/* In a state that another has since changed nothing may be written: refused at once, without waiting. */
static enum status write_from_the_past(void *context, struct err *why)
{
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM t"), 0);
    CU_ASSERT_EQUAL(query_run(context, why, "INSERT INTO t(n) VALUES (1)", ""), ST_OK);
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM t"), 0);
    return query_run(db, why, "INSERT INTO t(n) VALUES (2)", "");
}

static void a_busy_file_is_an_error_and_not_damage(void)
{
    struct db *other;

    open_with(&alone);
    CU_ASSERT_EQUAL_FATAL(db_open(&other, path, &alone, &err), ST_OK);
    CU_ASSERT_EQUAL(db_transact(db, DB_READ, write_from_the_past, other, &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "locked"));
    CU_ASSERT_EQUAL(number("SELECT n FROM t"), 1);
    CU_ASSERT_EQUAL(query_run(db, &err, "INSERT INTO t(n) VALUES (2)", ""), ST_OK);
    db_close(other);
    done();
}

static enum status insert_two(void *context, struct err *why)
{
    const enum status *end = context;

    CU_ASSERT_EQUAL(query_run(db, why, "INSERT INTO t(name) VALUES (?1)", "t", "a"), ST_OK);
    CU_ASSERT_EQUAL(query_run(db, why, "INSERT INTO t(name) VALUES (?1)", "t", "b"), ST_OK);
    return *end == ST_OK ? ST_OK : err_set(why, *end, "not today");
}

static void a_transaction_is_kept_whole_or_not_at_all(void)
{
    open_with(&shared);
    CU_ASSERT_EQUAL(db_transact(db, DB_WRITE, insert_two, &(enum status){ST_NO}, &err), ST_NO);
    CU_ASSERT_STRING_EQUAL(err.text, "not today");
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM t"), 0);
    CU_ASSERT_EQUAL(db_transact(db, DB_WRITE, insert_two, &(enum status){ST_OK}, &err), ST_OK);
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM t"), 2);
    /* the turn is given back: another may write */
    struct db *other;
    CU_ASSERT_EQUAL_FATAL(db_open(&other, path, &shared, &err), ST_OK);
    CU_ASSERT_EQUAL(query_run(other, &err, "DELETE FROM t", ""), ST_OK);
    db_close(other);
    done();
}

/* A name that was cut to fit a buffer. */
static void text_that_ends_within_a_letter_is_kept_to_the_letter_before(void)
{
    open_with(&alone);
    struct query *q = query_open(db, "SELECT ?1, ?2, ?3", "ttt", "\xD0\xB6\xD0", "a\xFFz", "h\xC3\xA9");
    CU_ASSERT_TRUE_FATAL(query_next(q));
    CU_ASSERT_STRING_EQUAL(row_text(q, 0), "\xD0\xB6");
    CU_ASSERT_STRING_EQUAL(row_text(q, 1), "a?z");
    CU_ASSERT_STRING_EQUAL(row_text(q, 2), "h\xC3\xA9");
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    done();
}

#define CASE(name)                                                                                           \
    {                                                                                                        \
#name, name                                                                                          \
    }
static const struct unit_case cases[] = {
    {"text_that_ends_within_a_letter_is_kept_to_the_letter_before",
     text_that_ends_within_a_letter_is_kept_to_the_letter_before},
    CASE(every_type_comes_back_as_it_went_in),
    CASE(what_is_stored_is_null_empty_or_has_nuls_as_it_was_given),
    CASE(a_statement_that_is_wrong_is_refused_with_its_text),
    CASE(a_number_without_a_row_stays_as_it_was),
    CASE(an_insert_runs_once_however_often_it_is_asked_for_more),
    CASE(one_text_may_be_open_twice_and_each_has_its_values),
    CASE(more_statements_than_are_kept_all_say_their_own),
    CASE(what_returns_rows_is_written_whole_and_lets_others_write),
    CASE(a_busy_file_is_an_error_and_not_damage),
    CASE(a_transaction_is_kept_whole_or_not_at_all),
};
extern const struct unit_group query_cases;
UNIT_GROUP(query_cases, cases);
