#include "grader/store/shipper.h"
#include "place.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grader/store/private.h"

static char dir[64];

/* A store of its own, "" for the folder's end. */
static struct store *opened(void)
{
    char place[PLACE_SIZE];
    struct store *store = NULL;
    struct err err = {.text = ""};

    snprintf(dir, sizeof(dir), "/tmp/wiregrade-shipper-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    place_of(place, dir, "s.db");
    CU_ASSERT_EQUAL_FATAL(store_open(&store, place, "sockets", "w1", &err), ST_OK);
    return store;
}

static void closed(struct store *store)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char file[128];

    store_close(store);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s/s.db%s", dir, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

static struct shipper *shipper(struct store *store, const char *target)
{
    char name[SHIPPED_TARGET_SIZE] = "";

    snprintf(name, sizeof(name), "%s", target);
    return shipper_of(store, name);
}

static struct shipper_file begun(struct shipper *s, const char *head)
{
    struct shipper_file file = {.own = false};
    struct err err;

    snprintf(file.head, sizeof(file.head), "%s", head);
    CU_ASSERT_EQUAL_FATAL(shipper_begin(s, &file, &err), ST_OK);
    return file;
}

/* Its lines behind what file tells, in that piece from `at` on. */
static enum status put(struct shipper *s, struct shipper_file *file, int64_t piece, int64_t at,
                       const char *text)
{
    size_t lengths[SHIPPED_LINES];
    struct shipper_rows rows = {
        .piece = piece, .at = at, .ahead_us = 7, .bytes = text, .n = strlen(text), .lengths = lengths};
    struct err err;

    for (size_t n = 0; n < rows.n; n += lengths[rows.n_lines++])
        lengths[rows.n_lines] = shipped_line(text + n, rows.n - n);
    return shipper_put(s, file, &rows, &err);
}

/* What is kept of a target's, "PIECE@PLACE=LINE " each. */
static const char *kept(struct store *store, const char *target)
{
    static char out[4096];
    size_t n = 0;
    struct err err;
    struct query *q = query_open(
        store->db, "SELECT piece, at, line FROM shipped WHERE target = ?1 ORDER BY file, piece, at", "t",
        target);

    out[0] = '\0';
    while (query_next(q)) {
        n += (size_t)snprintf(out + n, sizeof(out) - n, "%lld@%lld=", (long long)row_int(q, 0),
                              (long long)row_int(q, 1));
        n += (size_t)snprintf(out + n, sizeof(out) - n, "%.*s", (int)row_length(q, 2),
                              (const char *)row_bytes(q, 2));
        n += (size_t)snprintf(out + n, sizeof(out) - n, " ");
    }
    CU_ASSERT_EQUAL(query_close(q, &err), ST_OK);
    return out;
}

static void lines_are_added_once_behind_what_is_there(void)
{
    struct store *store = opened();
    struct shipper *s = shipper(store, "east");
    struct shipper_file file = begun(s, "aa"), old = file;

    CU_ASSERT_TRUE(file.own);
    CU_ASSERT_EQUAL(file.length, 0);
    CU_ASSERT_EQUAL(put(s, &file, 0, 0, "a\nbcd\n"), ST_OK);
    CU_ASSERT_EQUAL(file.at, 2);
    CU_ASSERT_EQUAL(file.length, 4);
    /* the same once more, since no answer came */
    CU_ASSERT_EQUAL(put(s, &old, 0, 0, "a\nbcd\n"), ST_OK);
    CU_ASSERT_EQUAL(old.at, 2);
    /* by one who does not know of it, with more and with less */
    old = begun(s, "bb");
    old.id = file.id;
    CU_ASSERT_EQUAL(put(s, &old, 0, 0, "a\n"), ST_NO);
    CU_ASSERT_EQUAL(put(s, &old, 0, 0, "a\nbcd\nee\n"), ST_NO);
    old = begun(s, "aa");
    CU_ASSERT_EQUAL(old.at + old.length, 6);
    CU_ASSERT_EQUAL(put(s, &old, 0, 6, "e\n"), ST_OK);
    CU_ASSERT_EQUAL(put(s, &file, 0, 6, "f\n"), ST_NO);
    CU_ASSERT_STRING_EQUAL(kept(store, "east"), "0@0=a\n 0@2=bcd\n 0@6=e\n ");
    shipper_close(s);
    closed(store);
}

static void a_file_is_of_the_target_that_sent_it_first(void)
{
    struct store *store = opened();
    struct shipper *east = shipper(store, "east"), *west = shipper(store, "west");
    struct shipper_file mine = begun(east, "aa");
    bool has = true;
    struct err err;

    CU_ASSERT_EQUAL(put(east, &mine, 0, 0, "a\n"), ST_OK);
    struct shipper_file theirs = begun(west, "aa");
    CU_ASSERT_FALSE(theirs.own);
    CU_ASSERT_STRING_EQUAL(theirs.target, "east");
    CU_ASSERT_EQUAL(theirs.length, 0);
    CU_ASSERT_EQUAL(put(west, &theirs, 0, 0, "b\n"), ST_NO);
    CU_ASSERT_STRING_EQUAL(kept(store, "west"), "");
    CU_ASSERT_EQUAL(shipper_has(west, &mine, 0, "a\n", 2, &has, &err), ST_OK);
    CU_ASSERT_FALSE(has);
    shipper_close(east);
    shipper_close(west);
    closed(store);
}

static void a_line_is_found_in_any_older_piece(void)
{
    struct store *store = opened();
    struct shipper *s = shipper(store, "east");
    struct shipper_file file = begun(s, "aa");
    static const struct {
        int64_t piece, at;
        const char *line;
        bool has;
    } rows[] = {{5, 0, "a\n", true},  {5, 2, "b\n", true},  {5, 2, "c\n", true}, {5, 2, "d\n", false},
                {2, 2, "c\n", false}, {3, 2, "c\n", true},  {0, 2, "b\n", true}, {5, 4, "b\n", false},
                {5, 0, "a", false},   {9, 9, "e\n", false}, {5, 4, "e\n", true}, {4, 4, "e\n", false}};
    struct err err;

    CU_ASSERT_EQUAL(put(s, &file, 0, 0, "a\nb\n"), ST_OK);
    CU_ASSERT_EQUAL(put(s, &file, 3, 2, "c\n"), ST_OK);
    CU_ASSERT_EQUAL(put(s, &file, 5, 4, "e\n"), ST_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool has = !rows[i].has;
        file.piece = rows[i].piece;
        CU_ASSERT_EQUAL(shipper_has(s, &file, rows[i].at, rows[i].line, strlen(rows[i].line), &has, &err),
                        ST_OK);
        CU_ASSERT_EQUAL(has, rows[i].has);
    }
    shipper_close(s);
    closed(store);
}

/* The most that is put at once, and the longest line, bytes that are no text among them. */
static void a_whole_batch_is_there_as_it_was_sent(void)
{
    struct store *store = opened();
    struct shipper *s = shipper(store, "east");
    struct shipper_file file = begun(s, "aa");
    char *bytes = malloc(SHIPPED_BYTES);
    size_t lengths[SHIPPED_LINES];
    struct shipper_rows rows = {.bytes = bytes, .n_lines = SHIPPED_LINES, .lengths = lengths};
    int64_t lines = 0, sum = 0, wrong = -1;
    struct err err;

    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    for (size_t i = 0; i < SHIPPED_LINES; i++) {
        lengths[i] = i == 7 ? SHIPPED_LINE_MAX : 1 + i % 900;
        memset(bytes + rows.n, (int)(i % 256), lengths[i]);
        rows.n += lengths[i];
    }
    CU_ASSERT_EQUAL(shipper_put(s, &file, &rows, &err), ST_OK);
    CU_ASSERT_EQUAL(file.at + file.length, (int64_t)rows.n);
    CU_ASSERT_EQUAL(query_number(store->db, &lines, &err, "SELECT count(*) FROM shipped", ""), ST_OK);
    CU_ASSERT_EQUAL(query_number(store->db, &sum, &err, "SELECT sum(length(line)) FROM shipped", ""), ST_OK);
    CU_ASSERT_EQUAL(query_number(store->db, &wrong, &err,
                                 "SELECT count(*) FROM shipped WHERE line <> substr(?1, CAST(at AS INTEGER)"
                                 " + 1, CAST(length(line) AS INTEGER))",
                                 "b", bytes, rows.n),
                    ST_OK);
    CU_ASSERT_EQUAL(lines, SHIPPED_LINES);
    CU_ASSERT_EQUAL(sum, (int64_t)rows.n);
    CU_ASSERT_EQUAL(wrong, 0);
    free(bytes);
    shipper_close(s);
    closed(store);
}

static const struct unit_case cases[] = {
    {"lines_are_added_once_behind_what_is_there", lines_are_added_once_behind_what_is_there},
    {"a_file_is_of_the_target_that_sent_it_first", a_file_is_of_the_target_that_sent_it_first},
    {"a_line_is_found_in_any_older_piece", a_line_is_found_in_any_older_piece},
    {"a_whole_batch_is_there_as_it_was_sent", a_whole_batch_is_there_as_it_was_sent},
};
UNIT_GROUP(shipper_cases, cases);
