#include "grader/store/known.h"
#include "place.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grader/store/copy.h"
#include "grader/store/private.h"
#include "grader/store/solve.h"

static char dir[64];

static char *fresh(void)
{
    snprintf(dir, sizeof(dir), "/tmp/wiregrade-store-XXXXXX");
    char place[PLACE_SIZE];

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    place_of(place, dir, "s.db");
    return strdup(place);
}

static void gone(char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char file[PLACE_SIZE + 8];

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        unlink(file);
    }
    rmdir(dir);
    free(path);
}

static struct store *opened(const char *path)
{
    struct store *store = NULL;
    struct err err = {.text = ""};
    enum status st = store_open(&store, path, "sockets", "w1", &err);

    if (st != ST_OK)
        fprintf(stderr, "%s\n", err.text);
    CU_ASSERT_EQUAL_FATAL(st, ST_OK);
    return store;
}

static int64_t add(struct store *store, const char *student, const char *slug, int64_t when)
{
    struct solve solve = {.submitted_us = when, .key_id = "abc123", .source = "10.10.0.40"}, now;
    struct err err;
    bool new = false;

    snprintf(solve.student, sizeof(solve.student), "%s", student);
    snprintf(solve.slug, sizeof(solve.slug), "%s", slug);
    CU_ASSERT_EQUAL_FATAL(store_add(store, &solve, &new, &now, &err), ST_OK);
    return new ? now.id : -now.id;
}

static void a_solve_is_kept_once_with_its_first_time(void)
{
    char *path = fresh();
    struct store *store = opened(path);
    struct solve solve = {.student = "smith", .slug = "raw-tcp", .submitted_us = 99}, now;
    struct err err;
    bool new = true;

    int64_t id = add(store, "smith", "raw-tcp", 5);
    CU_ASSERT_TRUE(id > 0);
    CU_ASSERT_EQUAL(store_add(store, &solve, &new, &now, &err), ST_OK);
    CU_ASSERT_FALSE(new);
    CU_ASSERT_EQUAL(now.id, id);
    CU_ASSERT_EQUAL(now.submitted_us, 5);
    CU_ASSERT_STRING_EQUAL(now.key_id, "abc123");
    CU_ASSERT_STRING_EQUAL(now.source, "10.10.0.40");
    CU_ASSERT_EQUAL(now.state, SOLVE_WAITING);
    CU_ASSERT_FALSE(now.intent);
    store_close(store);

    store = opened(path); /* and is there the next time */
    CU_ASSERT_EQUAL(add(store, "smith", "raw-tcp", 7), -id);
    CU_ASSERT_TRUE(add(store, "smith", "raw-ipv4", 7) > 0);
    CU_ASSERT_TRUE(add(store, "jones", "raw-tcp", 7) > 0);
    store_close(store);
    gone(path);
}

/* The id of the next one by `by`, 0 for none; *next_us as store_next gives it. */
static int64_t next(struct store *store, int64_t by, int64_t *next_us)
{
    struct solve solve = {.id = 0};
    struct err err;
    bool found = false;

    CU_ASSERT_EQUAL(store_next(store, by, &solve, &found, next_us, &err), ST_OK);
    return found ? solve.id : 0;
}

static void begun_ones_come_first_then_the_oldest(void)
{
    char *path = fresh();
    struct store *store = opened(path);
    struct err err;
    int64_t due = -1;

    CU_ASSERT_EQUAL(next(store, 1000, &due), 0);
    CU_ASSERT_EQUAL(due, 0);
    int64_t late = add(store, "a", "x", 30), early = add(store, "b", "x", 10),
            middle = add(store, "c", "x", 20);
    CU_ASSERT_EQUAL(next(store, 1000, &due), early);
    CU_ASSERT_EQUAL(store_intent(store, late, &err), ST_OK);
    CU_ASSERT_EQUAL(next(store, 1000, &due), late);
    CU_ASSERT_EQUAL(store_posted(store, late, 41, "", &err), ST_OK);
    CU_ASSERT_EQUAL(store_put_off(store, early, 2000, "away", &err), ST_OK);
    CU_ASSERT_EQUAL(next(store, 1000, &due), middle);
    CU_ASSERT_EQUAL(store_hold(store, middle, "no such user", &err), ST_OK);
    CU_ASSERT_EQUAL(next(store, 1000, &due), 0);
    CU_ASSERT_EQUAL(due, 2000);
    CU_ASSERT_EQUAL(next(store, 2000, &due), early);
    store_close(store);
    gone(path);
}

struct seen {
    struct solve rows[4];
    size_t n;
};

static bool see(const struct solve *solve, void *context)
{
    struct seen *seen = context;

    seen->rows[seen->n++] = *solve;
    return seen->n < 4;
}

static void states_change_as_told_and_an_intent_survives_all_but_an_end(void)
{
    char *path = fresh();
    struct store *store = opened(path);
    struct seen seen = {.n = 0};
    struct err err;
    size_t held = 9;
    int64_t ids[4];

    for (int i = 0; i < 4; i++) {
        ids[i] = add(store, (const char *[]){"a", "b", "c", "d"}[i], "x", i);
        CU_ASSERT_EQUAL(store_intent(store, ids[i], &err), ST_OK);
    }
    CU_ASSERT_EQUAL(store_posted(store, ids[0], 41, "was\xe2\x80\xae there", &err), ST_OK);
    CU_ASSERT_EQUAL(store_reject(store, ids[1], "never", &err), ST_OK);
    CU_ASSERT_EQUAL(store_hold_all(store, "token", &err), ST_OK);
    CU_ASSERT_EQUAL(store_count(store, SOLVE_HELD, &held, &err), ST_OK);
    CU_ASSERT_EQUAL(held, 2);
    CU_ASSERT_EQUAL(store_each(store, see, &seen, &err), ST_OK);
    CU_ASSERT_EQUAL_FATAL(seen.n, 4);
    static const enum solve_state want[] = {SOLVE_POSTED, SOLVE_REJECTED, SOLVE_HELD, SOLVE_HELD};
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(seen.rows[i].state, want[i]);
        CU_ASSERT_EQUAL(seen.rows[i].intent, want[i] == SOLVE_HELD);
        CU_ASSERT_EQUAL(seen.rows[i].attempts, 1);
    }
    CU_ASSERT_EQUAL(seen.rows[0].submission, 41);
    /* what turns the text around it is shown as what it is */
    CU_ASSERT_STRING_EQUAL(seen.rows[0].note, "was? there");
    CU_ASSERT_STRING_EQUAL(seen.rows[3].note, "token");
    CU_ASSERT_EQUAL(store_release(store, &err), ST_OK);
    CU_ASSERT_EQUAL(store_count(store, SOLVE_WAITING, &held, &err), ST_OK);
    CU_ASSERT_EQUAL(held, 2);
    store_close(store);
    gone(path);
}

static void ids_are_forgotten_with_the_scoreboard_that_gave_them(void)
{
    char *path = fresh();
    struct store *store = opened(path);
    struct err err;
    int64_t id = -1;

    CU_ASSERT_EQUAL(store_forget(store, "http://one", &err), ST_OK);
    CU_ASSERT_EQUAL(store_remember(store, "user", "smith", 12, &err), ST_OK);
    CU_ASSERT_EQUAL(store_remember(store, "user", "smith", 13, &err), ST_OK);
    CU_ASSERT_EQUAL(store_forget(store, "http://one", &err), ST_OK);
    CU_ASSERT_EQUAL(store_recall(store, "user", "smith", &id, &err), ST_OK);
    CU_ASSERT_EQUAL(id, 13);
    CU_ASSERT_EQUAL(store_recall(store, "challenge", "smith", &id, &err), ST_OK);
    CU_ASSERT_EQUAL(id, 0);
    CU_ASSERT_EQUAL(store_forget(store, "http://two", &err), ST_OK);
    CU_ASSERT_EQUAL(store_recall(store, "user", "smith", &id, &err), ST_OK);
    CU_ASSERT_EQUAL(id, 0);
    store_close(store);
    gone(path);
}

static void it_belongs_to_one_class(void)
{
    char *path = fresh();
    struct store *store = opened(path), *other = NULL, *reader = NULL;
    struct err err;

    add(store, "smith", "x", 1);
    CU_ASSERT_EQUAL_FATAL(store_open_reader(&reader, path, &err), ST_OK);
    store_close(reader);
    CU_ASSERT_EQUAL(store_open(&other, path, "sockets", "w2", &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "belongs to class \"w1\""));
    CU_ASSERT_EQUAL(store_open(&other, path, "sailing", "w1", &err), ST_INPUT);
    store_close(store);
    gone(path);
}

/* Another process: waits for a byte, then reads how many solves wait, and leaves. It is forked before any
 * store is open here, since SQLite's picture of the locks would come along. */
static pid_t begin_reader(const char *path, int go[2], size_t wanted)
{
    char byte;

    CU_ASSERT_EQUAL_FATAL(pipe(go), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct store *reader = NULL;
        size_t n = 0;
        struct err err;
        enum status st = read(go[0], &byte, 1) == 1 ? store_open_reader(&reader, path, &err) : ST_ENV;
        if (st == ST_OK)
            st = store_count(reader, SOLVE_WAITING, &n, &err);
        store_close(reader);
        _exit(st == ST_OK && n == wanted ? 0 : 1);
    }
    return pid;
}

/* A process with two stores, as the daemon: another that comes and goes must not take the log away from under
 * either. */
static void what_one_of_two_writes_is_seen_after_a_reader_left(void)
{
    char *path = fresh();
    int go[2][2], status = 1;
    pid_t readers[2];

    for (size_t i = 0; i < 2; i++)
        readers[i] = begin_reader(path, go[i], i);
    struct store *one = opened(path), *two = opened(path);
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(write(go[i][1], "", 1), 1);
        CU_ASSERT_EQUAL(waitpid(readers[i], &status, 0), readers[i]);
        CU_ASSERT_EQUAL(status, 0);
        close(go[i][0]);
        close(go[i][1]);
        add(two, "smith", i ? "y" : "x", (int64_t)i + 1);
    }
    store_close(two);
    store_close(one);
    gone(path);
}

/* Adds n solves of its own, one transaction each; returns the exit status of a process. */
static int add_many(const char *path, const char *student, int n)
{
    struct store *store = NULL;
    struct solve solve = {.submitted_us = 1}, now;
    struct err err;
    bool fresh = true;

    if (store_open(&store, path, "sockets", "w1", &err) != ST_OK)
        return 1;
    snprintf(solve.student, sizeof(solve.student), "%s", student);
    for (int i = 0; i < n && fresh; i++) {
        snprintf(solve.slug, sizeof(solve.slug), "c%d", i);
        if (store_add(store, &solve, &fresh, &now, &err) != ST_OK)
            return 1;
    }
    store_close(store);
    return fresh ? 0 : 1;
}

static void writers_take_turns_and_none_starves(void)
{
    enum { WRITERS = 3, EACH = 200 };
    char *path = fresh();
    struct store *store = opened(path);
    pid_t pids[WRITERS];
    size_t n = 0;
    int status;
    struct err err;

    for (int i = 0; i < WRITERS; i++) {
        char student[16];
        snprintf(student, sizeof(student), "s%d", i);
        pids[i] = fork();
        if (pids[i] == 0)
            _exit(add_many(path, student, EACH));
    }
    for (int i = 0; i < WRITERS; i++) {
        CU_ASSERT_EQUAL(waitpid(pids[i], &status, 0), pids[i]);
        CU_ASSERT_EQUAL(status, 0);
    }
    CU_ASSERT_EQUAL(store_count(store, SOLVE_WAITING, &n, &err), ST_OK);
    CU_ASSERT_EQUAL(n, WRITERS * EACH);
    store_close(store);
    gone(path);
}

static void one_is_at_work_on_a_part(void)
{
    char *path = fresh(), who[64];
    struct store *one = opened(path), *two = opened(path);
    struct err err;

    CU_ASSERT_EQUAL(store_take(one, STORE_SOLVES, 0, NULL, &err), ST_OK);
    CU_ASSERT_EQUAL(store_take(two, STORE_CONTENT, 0, NULL, &err), ST_OK);
    CU_ASSERT_EQUAL(store_take(two, STORE_SOLVES, 0, NULL, &err), ST_ENV);
    snprintf(who, sizeof(who), "process %ld", (long)getpid());
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, who));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, " is posting"));
    store_give(one, STORE_SOLVES);
    CU_ASSERT_EQUAL(store_take(two, STORE_SOLVES, 0, NULL, &err), ST_OK);
    store_close(two);
    CU_ASSERT_EQUAL(store_take(one, STORE_CONTENT, 0, NULL, &err), ST_OK);
    store_close(one);
    gone(path);
}

/* A solve that was put off for a minute, and then the clock is set back by hours. */
static void what_is_due_far_ahead_is_due_now(void)
{
    static const struct {
        int64_t by_us;
        bool due;
    } rows[] = {{59000000, false},
                {60000000, true},
                {60000000 - STORE_AHEAD_US, false},
                {60000000 - STORE_AHEAD_US - 1, true}};
    char *path = fresh();
    struct store *store = opened(path);
    struct solve solve;
    int64_t next_us;
    bool due;
    struct err err;

    add(store, "smith", "x", 1);
    CU_ASSERT_EQUAL_FATAL(store_next(store, 1, &solve, &due, &next_us, &err), ST_OK);
    CU_ASSERT_EQUAL(store_put_off(store, solve.id, 60000000, "", &err), ST_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(store_next(store, rows[i].by_us, &solve, &due, &next_us, &err), ST_OK);
        CU_ASSERT_EQUAL(due, rows[i].due);
    }
    store_close(store);
    gone(path);
}

static void count_table(const char *table, size_t rows, void *context)
{
    size_t *n = context;

    n[0]++;
    n[1] += rows;
    if (strcmp(table, "solve") == 0)
        n[2] = rows;
}

/* A table that is added is to be copied, too. */
static void every_table_is_copied(void)
{
    static const char file[] = "SELECT count(*) FROM sqlite_master WHERE type = 'table'",
                      elsewhere[] = "SELECT count(*) FROM information_schema.tables WHERE table_schema = "
                                    "current_schema() AND table_name NOT IN ('claim', 'schema_version')";
    char *from = fresh(), to[PLACE_SIZE];
    struct store *store = opened(from);
    struct err err = {.text = ""};
    size_t n[3] = {0};
    int64_t tables = 0;

    place_of(to, dir, "t.db");
    for (int i = 0; i < 1200; i++) {
        char slug[16];
        snprintf(slug, sizeof(slug), "c%d", i);
        add(store, "smith", slug, i);
    }
    CU_ASSERT_EQUAL(query_number(store->db, &tables, &err, store_is_file(store) ? file : elsewhere, ""),
                    ST_OK);
    CU_ASSERT_EQUAL(store_copy(from, to, count_table, n, &err), ST_OK);
    CU_ASSERT_EQUAL(n[0], (size_t)tables);
    CU_ASSERT_EQUAL(n[1], 1200 + 3); /* and whose it is */
    CU_ASSERT_EQUAL(n[2], 1200);
    CU_ASSERT_EQUAL(store_copy(from, to, count_table, n, &err), ST_INPUT);
    store_close(store);
    store = opened(to);
    CU_ASSERT_EQUAL(add(store, "jones", "c0", 1), 1201);
    CU_ASSERT_EQUAL(add(store, "smith", "c1199", 1), -1200);
    store_close(store);
    gone(strdup(to));
    gone(from);
}

static const struct unit_case cases[] = {
    {"every_table_is_copied", every_table_is_copied},
    {"what_is_due_far_ahead_is_due_now", what_is_due_far_ahead_is_due_now},
    {"a_solve_is_kept_once_with_its_first_time", a_solve_is_kept_once_with_its_first_time},
    {"begun_ones_come_first_then_the_oldest", begun_ones_come_first_then_the_oldest},
    {"states_change_as_told_and_an_intent_survives_all_but_an_end",
     states_change_as_told_and_an_intent_survives_all_but_an_end},
    {"ids_are_forgotten_with_the_scoreboard_that_gave_them",
     ids_are_forgotten_with_the_scoreboard_that_gave_them},
    {"it_belongs_to_one_class", it_belongs_to_one_class},
    {"what_one_of_two_writes_is_seen_after_a_reader_left",
     what_one_of_two_writes_is_seen_after_a_reader_left},
    {"writers_take_turns_and_none_starves", writers_take_turns_and_none_starves},
    {"one_is_at_work_on_a_part", one_is_at_work_on_a_part},
};
extern const struct unit_group store_cases;
UNIT_GROUP(store_cases, cases);
