#include "grader/store/known.h"
#include "place.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grader/scoreboard/ctfd.h"
#include "grader/store/evidence.h"
#include "grader/watch/row.h"

static void the_version_decides_how_a_solve_is_taken_back(void)
{
    static const struct {
        const char *version;
        bool patch;
    } rows[] = {
        {"3.8.7", true},   {"3.8.6", true}, {"3.8.5", false},          {"3.7.9", false}, {"3.10.0", true},
        {"3.8.10", true},  {"4.0.0", true}, {"2.9.9", false},          {"3.8", false},   {"", false},
        {"3.8.6+x", true}, {"new", false},  {"3.8.99999999999", false}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CU_ASSERT_EQUAL(ctfd_has_patch_to_incorrect(rows[i].version), rows[i].patch);
}

static void a_date_may_be_without_its_fraction(void)
{
    CU_ASSERT_EQUAL(row_time("1970-01-01T00:00:01.500000+00:00"), 1500000);
    CU_ASSERT_EQUAL(row_time("1970-01-01T00:00:01+00:00"), 1000000);
    CU_ASSERT_EQUAL(row_time("yesterday"), 0);
    CU_ASSERT_EQUAL(row_time(""), 0);
}

static bool count(const struct evidence *row, void *context)
{
    int *n = context;

    *n += row->verdict[0] ? 100 : 1;
    return true;
}

static void an_evidence_is_kept_once_and_its_last_verdict_is_shown(void)
{
    char dir[] = "/tmp/wiregrade-watch-XXXXXX", file[PLACE_SIZE];
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    struct evidence e = {.slug = "raw-ipv4", .owner = "ann", .shower = "bob", .submission = 7, .date = "d"},
                    back;
    const struct ruling no = {"dismissed", "x", "y", 5}, yes = {"confirmed", "x", "z", 6};
    struct store *store = NULL;
    struct err err = {.text = ""};
    bool fresh = false, found = false;
    int64_t id = 0, again = 0;
    int n = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    place_of(file, dir, "s.db");
    CU_ASSERT_EQUAL_FATAL(store_open(&store, file, "c", "w", &err), ST_OK);
    CU_ASSERT_EQUAL(store_evidence(store, &e, &fresh, &id, &err), ST_OK);
    CU_ASSERT_TRUE(fresh);
    CU_ASSERT_EQUAL(store_evidence(store, &e, &fresh, &again, &err), ST_OK);
    CU_ASSERT_FALSE(fresh);
    CU_ASSERT_EQUAL(again, id);
    e.submission = 8;
    CU_ASSERT_EQUAL(store_evidence(store, &e, &fresh, &again, &err), ST_OK);
    CU_ASSERT_TRUE(fresh);
    CU_ASSERT_EQUAL(store_verdict(store, id, &no, &err), ST_OK);
    CU_ASSERT_EQUAL(store_verdict(store, id, &yes, &err), ST_OK);
    CU_ASSERT_EQUAL(store_verdict(store, 999, &yes, &err), ST_ENV);
    CU_ASSERT_EQUAL(store_evidence_get(store, id, &back, &found, &err), ST_OK);
    CU_ASSERT_TRUE(found);
    CU_ASSERT_STRING_EQUAL(back.verdict, "confirmed");
    CU_ASSERT_STRING_EQUAL(back.shower, "bob");
    CU_ASSERT_EQUAL(store_evidence_each(store, count, &n, &err), ST_OK);
    CU_ASSERT_EQUAL(n, 200); /* it holds for both times that he showed the flag */
    e.submission = 9;
    CU_ASSERT_EQUAL(store_evidence(store, &e, &fresh, &again, &err), ST_OK);
    CU_ASSERT_TRUE(!fresh && again != 0); /* and for any later one */
    snprintf(e.shower, sizeof(e.shower), "eve");
    CU_ASSERT_EQUAL(store_evidence(store, &e, &fresh, &again, &err), ST_OK);
    CU_ASSERT_TRUE(fresh);
    store_close(store);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s/s.db%s", dir, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

static void a_row_is_new_until_it_was_seen_and_after_a_reset(void)
{
    char dir[] = "/tmp/wiregrade-watch-XXXXXX", file[PLACE_SIZE];
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    struct store *store = NULL;
    struct err err = {.text = ""};
    bool seen = true;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    place_of(file, dir, "s.db");
    CU_ASSERT_EQUAL_FATAL(store_open(&store, file, "c", "w", &err), ST_OK);
    CU_ASSERT_EQUAL(store_see(store, 7, "incorrect", "monday", &err), ST_OK);
    CU_ASSERT_EQUAL(store_see(store, 7, "incorrect", "monday", &err), ST_OK);
    CU_ASSERT_EQUAL(store_seen(store, 7, "incorrect", "monday", &seen, &err), ST_OK);
    CU_ASSERT_TRUE(seen);
    CU_ASSERT_EQUAL(store_seen(store, 7, "correct", "monday", &seen, &err), ST_OK);
    CU_ASSERT_FALSE(seen);
    CU_ASSERT_EQUAL(store_seen(store, 7, "incorrect", "tuesday", &seen, &err), ST_OK);
    CU_ASSERT_FALSE(seen); /* a number that was used again */
    CU_ASSERT_EQUAL(store_forget(store, NULL, &err), ST_OK);
    CU_ASSERT_EQUAL(store_seen(store, 7, "incorrect", "monday", &seen, &err), ST_OK);
    CU_ASSERT_FALSE(seen);
    store_close(store);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s/s.db%s", dir, ends[i]);
        unlink(file);
    }
    rmdir(dir);
}

static const struct unit_case cases[] = {
    {"the_version_decides_how_a_solve_is_taken_back", the_version_decides_how_a_solve_is_taken_back},
    {"a_date_may_be_without_its_fraction", a_date_may_be_without_its_fraction},
    {"an_evidence_is_kept_once_and_its_last_verdict_is_shown",
     an_evidence_is_kept_once_and_its_last_verdict_is_shown},
    {"a_row_is_new_until_it_was_seen_and_after_a_reset", a_row_is_new_until_it_was_seen_and_after_a_reset},
};
extern const struct unit_group watch_cases;
UNIT_GROUP(watch_cases, cases);
