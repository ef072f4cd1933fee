#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "db/query.h"
#include "db/row.h"

static const char *const steps[] = {
    "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT UNIQUE) STRICT",
    "ALTER TABLE t ADD COLUMN n INTEGER NOT NULL DEFAULT 7",
};
static const struct db_schema one = {.steps = steps, .n = 1}, two = {.steps = steps, .n = 2};
static const struct db_schema shared_one = {.steps = steps, .n = 1, .shared = true},
                              shared_two = {.steps = steps, .n = 2, .shared = true};
static char dir[64];

static char *fresh(const char *name)
{
    snprintf(dir, sizeof(dir), "/tmp/wiregrade-db-XXXXXX");
    return mkdtemp(dir) ? path_join(dir, name) : NULL;
}

static void gone(char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char file[128];

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        unlink(file);
    }
    rmdir(dir);
    free(path);
}

static enum status insert(struct db *db, const char *name, struct err *err)
{
    return query_run(db, err, "INSERT INTO t(name) VALUES (?1)", "t", name);
}

static void an_older_file_is_migrated_and_keeps_its_rows(void)
{
    char *path = fresh("a.db");
    struct db *db;
    struct err err;
    struct stat info;
    int64_t id = 0;

    CU_ASSERT_EQUAL_FATAL(db_open(&db, path, &one, &err), ST_OK);
    CU_ASSERT_EQUAL(insert(db, "it's", &err), ST_OK);
    CU_ASSERT_EQUAL(query_number(db, &id, &err, "SELECT id FROM t", ""), ST_OK);
    CU_ASSERT_EQUAL(id, 1);
    db_close(db);
    CU_ASSERT_EQUAL(stat(path, &info), 0);
    CU_ASSERT_EQUAL(info.st_mode & 0777, 0600);

    CU_ASSERT_EQUAL_FATAL(db_open(&db, path, &two, &err), ST_OK);
    struct query *q = query_open(db, "SELECT name, n, NULL FROM t", "");
    CU_ASSERT_TRUE_FATAL(query_next(q));
    CU_ASSERT_STRING_EQUAL(row_text(q, 0), "it's");
    CU_ASSERT_EQUAL(row_int(q, 1), 7);
    CU_ASSERT_TRUE(row_null(q, 2));
    CU_ASSERT_STRING_EQUAL(row_text(q, 2), "");
    CU_ASSERT_FALSE(query_next(q));
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    db_close(db);
    gone(path);
}

static void a_newer_file_and_one_that_is_no_database_are_refused(void)
{
    char *path = fresh("b.db");
    struct db *db;
    struct err err;

    CU_ASSERT_EQUAL_FATAL(db_open(&db, path, &two, &err), ST_OK);
    db_close(db);
    CU_ASSERT_EQUAL(db_open(&db, path, &one, &err), ST_INPUT);
    CU_ASSERT_PTR_NULL(db);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "newer"));
    gone(path);

    path = fresh("c.db");
    CU_ASSERT_EQUAL(db_open_reader(&db, path, &two, &err), ST_INPUT);
    char text[4096];
    memset(text, 'x', sizeof(text));
    CU_ASSERT_EQUAL_FATAL(file_replace(path, text, sizeof(text), 0600, &err), ST_OK);
    CU_ASSERT_EQUAL(db_open(&db, path, &two, &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    gone(path);
}

static enum status insert_z(void *db, struct err *err)
{
    return insert(db, "z", err);
}

/* A daemon that runs on while a newer one has brought the tables up to date, and as the file came back. */
static void who_knows_no_newer_tables_writes_nothing_more(void)
{
    char *path = fresh("f.db");
    struct db *older, *newer;
    struct err err;
    int64_t rows = 0;

    CU_ASSERT_EQUAL_FATAL(db_open(&older, path, &shared_one, &err), ST_OK);
    CU_ASSERT_EQUAL(insert(older, "x", &err), ST_OK);
    CU_ASSERT_EQUAL_FATAL(db_open(&newer, path, &shared_two, &err), ST_OK);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(insert(older, "y", &err), ST_ENV);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "made by a newer wiregrade (version 2, this one knows 1)"));
        CU_ASSERT_EQUAL(db_transact(older, DB_WRITE, insert_z, older, &err), ST_ENV);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "made by a newer wiregrade"));
    }
    CU_ASSERT_EQUAL(insert(newer, "n", &err), ST_OK); /* it was not kept waiting */
    CU_ASSERT_EQUAL(query_number(older, &rows, &err, "SELECT count(*) FROM t", ""), ST_OK);
    CU_ASSERT_EQUAL(rows, 2);
    CU_ASSERT_EQUAL(query_run(older, &err, "PRAGMA user_version = 1", ""), ST_ENV);
    CU_ASSERT_EQUAL(query_run(newer, &err, "PRAGMA user_version = 1", ""), ST_OK);
    CU_ASSERT_EQUAL(insert(newer, "m", &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "in place of it is now that of an older"));
    CU_ASSERT_EQUAL(insert(older, "y", &err), ST_OK);
    db_close(newer);
    db_close(older);
    gone(path);
}

struct beside {
    struct db *writer;
    const char *path;
};

static enum status read_beside(void *context, struct err *err)
{
    const struct beside *beside = context;
    struct db *reader;

    CU_ASSERT_EQUAL(insert(beside->writer, "x", err), ST_OK);
    CU_ASSERT_EQUAL_FATAL(db_open_reader(&reader, beside->path, &two, err), ST_OK);
    CU_ASSERT_EQUAL(insert(reader, "y", err), ST_ENV);
    db_close(reader);
    return ST_OK;
}

static void a_reader_reads_beside_a_writer_and_writes_nothing(void)
{
    char *path = fresh("d.db");
    struct db *writer;
    struct err err;

    CU_ASSERT_EQUAL_FATAL(db_open(&writer, path, &two, &err), ST_OK);
    CU_ASSERT_EQUAL(db_transact(writer, DB_WRITE, read_beside, &(struct beside){writer, path}, &err), ST_OK);
    db_close(writer);
    gone(path);
}

static void a_refused_row_is_an_error_and_the_next_one_is_not(void)
{
    char *path = fresh("e.db");
    int64_t rows = 0;
    struct db *db;
    struct err err;

    CU_ASSERT_EQUAL_FATAL(db_open(&db, path, &two, &err), ST_OK);
    CU_ASSERT_EQUAL(insert(db, "x", &err), ST_OK);
    CU_ASSERT_EQUAL(insert(db, "x", &err), ST_ENV);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "UNIQUE"));
    CU_ASSERT_EQUAL(insert(db, "y", &err), ST_OK);
    CU_ASSERT_EQUAL(query_number(db, &rows, &err, "SELECT count(*) FROM t", ""), ST_OK);
    CU_ASSERT_EQUAL(rows, 2);
    db_close(db);
    gone(path);
}

static const struct unit_case cases[] = {
    {"an_older_file_is_migrated_and_keeps_its_rows", an_older_file_is_migrated_and_keeps_its_rows},
    {"a_newer_file_and_one_that_is_no_database_are_refused",
     a_newer_file_and_one_that_is_no_database_are_refused},
    {"who_knows_no_newer_tables_writes_nothing_more", who_knows_no_newer_tables_writes_nothing_more},
    {"a_reader_reads_beside_a_writer_and_writes_nothing", a_reader_reads_beside_a_writer_and_writes_nothing},
    {"a_refused_row_is_an_error_and_the_next_one_is_not", a_refused_row_is_an_error_and_the_next_one_is_not},
};
extern const struct unit_group db_cases;
UNIT_GROUP(db_cases, cases);
