#include "grader/store/solve.h"
#include "place.h"
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/file.h"
#include "base/str.h"
#include "db/db.h"
#include "flag/proof.h"
#include "grader/journal/journal.h"
#include "grader/journal/line.h"
#include "grader/store/heard.h"
#include "grader/store/private.h"
#include "grader/store/unplaced.h"

#define TIME "2026-11-22T18:47:33.309128+00:00"
#define TIME_US 1795373253309128
#define NEAR_LINE                                                                                            \
    "{\"time\":\"" TIME "\",\"event\":\"attempt\",\"slug\":\"one\",\"kind\":\"stream\",\"student\":"         \
    "\"smith\",\"source\":\"10.10.0.40\",\"port\":7,\"verdict\":\"near\",\"answer\":\"report\",\"findings\"" \
    ":[{\"field\":\"payload\",\"status\":\"fail\",\"codes\":[\"NOT_ENCODED\",\"WRONG_VALUE\"]},"             \
    "{\"field\":\"ip.ttl\",\"status\":\"blocked\",\"codes\":[\"NOT_SET\"]}]}\n"

#define OWN_LINE(code, answer)                                                                               \
    "{\"time\":\"" TIME "\",\"event\":\"attempt\",\"slug\":\"own\",\"kind\":\"packet\",\"student\":"         \
    "\"smith\",\"source\":\"10.10.0.40\",\"port\":0,\"verdict\":\"near\",\"answer\":\"" answer               \
    "\",\"findings\":[{\"field\":\"ip.id\",\"status\":\"fail\",\"codes\":[\"" code                           \
    "\",\"KERNEL_PICKED\"]}]}\n"
#define TOLD_LINE(outcome)                                                                                   \
    "{\"time\":\"" TIME                                                                                      \
    "\",\"event\":\"delivery\",\"to\":\"10.10.0.40\",\"port\":1111,\"outcome\":\"" outcome                   \
    "\",\"flags\":[],\"near\":{\"slug\":\"own\",\"student\":\"smith\"},\"left_out\":0}\n"

#define START(minute)                                                                                        \
    "{\"time\":\"2026-11-22T20:" minute ":00.000001+00:00\",\"event\":\"start\",\"class\":\"practice\","     \
    "\"course\":\"sockets\"}\n"

static char dir[64];
static struct desk desk;
static struct store *store;

static void put(const char *name, const char *text, size_t len)
{
    char *path = path_join(dir, name);

    FILE *file = fopen(path, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(text, 1, len, file), len);
    fclose(file);
    free(path);
}

static void append(const char *name, const char *text)
{
    char *path = path_join(dir, name);

    FILE *file = fopen(path, "ae");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

static void open_store(void)
{
    char place[PLACE_SIZE];
    struct err err = {.text = ""};

    place_of(place, dir, "s.db");
    CU_ASSERT_EQUAL_FATAL(store_open(&store, place, "sockets", "practice", &err), ST_OK);
}

/* A course of one challenge, a key, a store, and journals a.jsonl and b.jsonl that are not there yet. */
static void begin(void)
{
    static const char course[] = "id: sockets\nname: Sockets\npass: 1\n",
                      challenge[] = "name: One\ncategory: c\ndescription: d\nvalue: 1\ntype: standard\n",
                      target[] = "kind: stream\nlisten: {tcp.dstport: 1111}\nexpect:\n  payload: {text: "
                                 "\"{student}\"}\n",
                      second[] = "name: Own\ncategory: c\ndescription: d\nvalue: 1\ntype: standard\n",
                      own[] = "kind: packet\nlisten: {ip.proto: 16}\nexpect:\n  ip.id: {param: u16, per: "
                              "student}\n  payload: {text: \"{student}\"}\ndeliver: {connect: 1111}\n"
                              "feedback: full\n";
    struct class class;
    struct keyring *ring;
    struct err err = {.text = ""};

    snprintf(dir, sizeof(dir), "/tmp/wiregrade-journal-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    char *one = path_join(dir, "one");
    CU_ASSERT_EQUAL_FATAL(mkdir(one, 0700), 0);
    free(one);
    put("course.yml", course, strlen(course));
    put("one/challenge.yml", challenge, strlen(challenge));
    put("one/target.yml", target, strlen(target));
    one = path_join(dir, "own");
    CU_ASSERT_EQUAL_FATAL(mkdir(one, 0700), 0);
    free(one);
    put("own/challenge.yml", second, strlen(second));
    put("own/target.yml", own, strlen(own));
    class_practice(&class, dir);
    class.journals = calloc(2, sizeof(*class.journals));
    class.journals[0] = path_join(dir, "a.jsonl");
    class.journals[1] = path_join(dir, "b.jsonl");
    class.n_journals = 2;
    CU_ASSERT_EQUAL_FATAL(keyring_random(&ring, &err), ST_OK);
    CU_ASSERT_EQUAL_FATAL(desk_open_practice(&desk, &class, ring, &err), ST_OK);
    open_store();
}

static void end(void)
{
    static const char *const names[] = {"own/challenge.yml",
                                        "own/target.yml",
                                        "own",
                                        "one/challenge.yml",
                                        "one/target.yml",
                                        "one",
                                        "two/challenge.yml",
                                        "two",
                                        "roster.csv",
                                        "course.yml",
                                        "s.db",
                                        "s.db-wal",
                                        "s.db-shm",
                                        "s.db.lock",
                                        "a.jsonl",
                                        "b.jsonl",
                                        ""};

    store_close(store);
    desk_close(&desk);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *path = path_join(dir, names[i]);
        remove(path);
        free(path);
    }
}

static struct journal_sum read_all(enum status want)
{
    struct journal_sum sum;
    struct err err = {.text = ""};

    CU_ASSERT_EQUAL(journal_read_all(&desk, store, &sum, &err), want);
    CU_ASSERT_EQUAL(err.text[0] != '\0', want != ST_OK);
    return sum;
}

static int64_t number(const char *sql)
{
    int64_t n = -1;

    CU_ASSERT_EQUAL(query_number(store->db, &n, NULL, sql, ""), ST_OK);
    return n;
}

static int64_t nears(void)
{
    return number("SELECT coalesce(sum(n_near), 0) FROM attempts");
}

static void a_line_is_taken_apart_or_cut(void)
{
    static const struct {
        const char *text;
        enum journal_event event;
    } rows[] = {
        {NEAR_LINE, JOURNAL_ATTEMPT},
        {"{\"time\":\"" TIME "\",\"event\":\"stop\",\"refused_calls\":0}", JOURNAL_OTHER},
        {"{\"time\":\"" TIME "\",\"event\":\"attempt\"}", JOURNAL_CUT},
        {"{\"time\":\"2026-02-30T18:47:33.309128+00:00\",\"event\":\"stop\"}", JOURNAL_CUT},
        {"{\"time\":\"yesterday\",\"event\":\"stop\"}", JOURNAL_CUT},
        {"{\"event\":\"stop\"}", JOURNAL_CUT},
        {"{\"time\":\"" TIME "\",\"event\":\"att", JOURNAL_CUT},
        {"[]", JOURNAL_CUT},
        {"", JOURNAL_CUT},
    };
    struct journal_line line;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        journal_line_read(rows[i].text, trim_newline(rows[i].text, strlen(rows[i].text)), &line);
        CU_ASSERT_EQUAL(line.event, rows[i].event);
    }
    journal_line_read(NEAR_LINE, strlen(NEAR_LINE) - 1, &line);
    CU_ASSERT_EQUAL(line.time_us, TIME_US);
    CU_ASSERT_STRING_EQUAL(line.student, "smith");
    CU_ASSERT_EQUAL_FATAL(line.n_reasons, 1);
    CU_ASSERT_STRING_EQUAL(line.reasons[0].field, "payload");
    CU_ASSERT_STRING_EQUAL(line.reasons[0].code, "NOT_ENCODED"); /* the likeliest */
}

static int64_t reasons(const char *code)
{
    char sql[128];

    snprintf(sql, sizeof(sql), "SELECT coalesce(sum(n), 0) FROM reasons WHERE slug = 'own' AND code = '%s'",
             code);
    return number(sql);
}

/* raw-ipv4's text: send any identification, and the answer names the one that was expected of you. */
static void a_guess_that_the_text_asks_for_is_no_mistake(void)
{
    begin();
    append("a.jsonl", OWN_LINE("WRONG_VALUE", "queued") TOLD_LINE("refused") OWN_LINE("NOT_SET", "queued"));
    append("a.jsonl", OWN_LINE("BYTE_SWAPPED", "queued")); /* told at the briefing */
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 4);
    CU_ASSERT_EQUAL(reasons("WRONG_VALUE") + reasons("NOT_SET"), 0);
    CU_ASSERT_EQUAL(reasons("BYTE_SWAPPED"), 1);
    CU_ASSERT_EQUAL(reasons("KERNEL_PICKED"), 0); /* the likeliest alone */
    CU_ASSERT_EQUAL(nears(), 3);
    append("a.jsonl", TOLD_LINE("delivered") OWN_LINE("WRONG_VALUE", "queued"));
    read_all(ST_OK);
    CU_ASSERT_EQUAL(reasons("WRONG_VALUE"), 1);
    end();
    /* where answers name no values they were told elsewhere */
    begin();
    desk.class.feedback = FEEDBACK_FIELDS;
    append("a.jsonl", OWN_LINE("WRONG_VALUE", "queued"));
    read_all(ST_OK);
    CU_ASSERT_EQUAL(reasons("WRONG_VALUE"), 1);
    end();
    /* an answer at once tells the next try */
    begin();
    append("a.jsonl", OWN_LINE("WRONG_VALUE", "report") OWN_LINE("WRONG_VALUE", "report"));
    read_all(ST_OK);
    CU_ASSERT_EQUAL(reasons("WRONG_VALUE"), 1);
    end();
}

/* A line of smith's, as one of student number n. */
static void append_of(int n, const char *line)
{
    char text[1024];
    const char *name = strstr(line, "\"smith\"");

    snprintf(text, sizeof(text), "%.*s\"s%d\"%s", (int)(name - line), line, n, name + strlen("\"smith\""));
    append("a.jsonl", text);
}

/* More rows than a statement has room for, and each counts as if it were alone: 75 are 32 + 32 + 8 + 1 + 1
 * + 1. */
static void what_many_lines_say_is_added_up(void)
{
    enum { STUDENTS = 75, TOLD = 41 };

    begin();
    for (int i = 0; i < TOLD; i++)
        append_of(i, TOLD_LINE("delivered"));
    read_all(ST_OK);
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM told"), TOLD);
    for (int times = 1; times <= 2; times++) {
        for (int i = 0; i < STUDENTS; i++) {
            append_of(i, OWN_LINE("WRONG_VALUE", "queued"));
            append_of(i, OWN_LINE("BYTE_SWAPPED", "queued"));
        }
        append_of(TOLD, TOLD_LINE("delivered") OWN_LINE("NOT_SET", "queued"));
        CU_ASSERT_EQUAL(read_all(ST_OK).lines, 2 * STUDENTS + 2);
        CU_ASSERT_EQUAL(reasons("WRONG_VALUE"), times == 1 ? TOLD : 2 * TOLD + 1);
        CU_ASSERT_EQUAL(reasons("BYTE_SWAPPED"), times * STUDENTS);
        CU_ASSERT_EQUAL(number("SELECT count(*) FROM attempts"), STUDENTS + 1); /* smith's own */
        CU_ASSERT_EQUAL(number("SELECT min(n_near) FROM attempts WHERE student <> 'smith'"), 2 * times);
        CU_ASSERT_EQUAL(number("SELECT max(n_near) FROM attempts WHERE student <> 'smith'"), 2 * times);
    }
    end();
}

static void reading_again_doubles_nothing_and_a_torn_line_waits(void)
{
    begin();
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 0);
    append("a.jsonl", NEAR_LINE "{\"time\":\"2026-11-\n" NEAR_LINE);
    append("a.jsonl", "{\"time\":\"" TIME "\",\"event\":\"attempt\",\"slug\":\"one\",");
    struct journal_sum sum = read_all(ST_OK);
    CU_ASSERT_EQUAL(sum.lines, 3);
    CU_ASSERT_EQUAL(sum.cut, 1);
    CU_ASSERT_EQUAL(nears(), 2);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 0);
    CU_ASSERT_EQUAL(nears(), 2);
    append("a.jsonl", "\"student\":null,\"source\":\"10.10.0.40\",\"port\":0,\"verdict\":\"near\"}\n");
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 1);
    CU_ASSERT_EQUAL(nears(), 3);
    CU_ASSERT_EQUAL(
        number("SELECT n FROM reasons WHERE slug = 'one' AND field = 'payload' AND code = 'NOT_ENCODED'"), 2);
    CU_ASSERT_EQUAL(number("SELECT first_us FROM attempts WHERE student = 'smith'"), TIME_US);
    store_close(store);
    open_store();
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 0);
    end();
}

static void a_journal_is_known_by_its_first_line_wherever_it_lies(void)
{
    begin();
    append("a.jsonl", "{\"time\":\"" TIME "\",\"event\":\"start\",\"class\":\"practice\",\"course\":"
                      "\"sockets\"}\n" NEAR_LINE NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 3);
    /* moved away, with a line more; a new one begins, of another class */
    append("a.jsonl", NEAR_LINE);
    rename(desk.class.journals[0], desk.class.journals[1]);
    append("a.jsonl",
           "{\"time\":\"2026-11-22T19:00:00.000001+00:00\",\"event\":\"start\",\"class\":\"other\","
           "\"course\":\"sockets\"}\n" NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 3);
    CU_ASSERT_EQUAL(nears(), 3);
    /* emptied in its place and written anew: shorter than it was */
    put("b.jsonl", "", 0);
    append("b.jsonl", "{\"time\":\"2026-11-22T20:00:00.000001+00:00\",\"event\":\"start\",\"class\":"
                      "\"practice\",\"course\":\"sockets\"}\n" NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 2);
    CU_ASSERT_EQUAL(nears(), 4);
    /* cut short by hand: what is appended then counts */
    CU_ASSERT_EQUAL(truncate(desk.class.journals[1], 150), 0);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 0);
    append("b.jsonl", "\n" NEAR_LINE);
    read_all(ST_OK);
    CU_ASSERT_EQUAL(nears(), 5);
    end();
}

static void what_was_rotated_away_is_read_to_its_end(void)
{
    char first[256], second[256];

    begin();
    snprintf(first, sizeof(first), "%s.1", desk.class.journals[0]);
    snprintf(second, sizeof(second), "%s.2", desk.class.journals[0]);
    append("a.jsonl", START("00") NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 2);
    /* moved away; the target writes one more before it hears of it, and begins the next */
    CU_ASSERT_EQUAL(rename(desk.class.journals[0], first), 0);
    append("a.jsonl.1", NEAR_LINE);
    append("a.jsonl", START("01") NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 3);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 0);
    CU_ASSERT_EQUAL(nears(), 3);
    /* twice while nobody read, and there is no journal by now */
    CU_ASSERT_EQUAL(rename(first, second), 0);
    append("a.jsonl.2", NEAR_LINE);
    append("a.jsonl", NEAR_LINE);
    CU_ASSERT_EQUAL(rename(desk.class.journals[0], first), 0);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 2);
    CU_ASSERT_EQUAL(nears(), 5);
    unlink(first);
    unlink(second);
    end();
}

static void a_repeat_line_counts_as_many_passes(void)
{
    static const char *const wrong[] = {"0", "-1", "9223372036854775807", "1.5", "null"};
    char line[256];

    begin();
    append("a.jsonl", START("00"));
    append("a.jsonl",
           "{\"time\":\"" TIME "\",\"event\":\"repeat\",\"slug\":\"one\",\"student\":\"smith\",\"source\":"
           "\"10.10.0.40\",\"answer\":\"queued\",\"n\":4711}\n");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(line, sizeof(line),
                 "{\"time\":\"%s\",\"event\":\"repeat\",\"slug\":\"one\",\"student\":\"smith\",\"n\":%s}\n",
                 TIME, wrong[i]);
        append("a.jsonl", line);
    }
    struct journal_sum sum = read_all(ST_OK);
    CU_ASSERT_EQUAL(sum.lines, 7);
    CU_ASSERT_EQUAL(sum.cut, 5);
    CU_ASSERT_EQUAL(number("SELECT n_pass FROM attempts WHERE student = 'smith' AND slug = 'one'"), 4711);
    CU_ASSERT_EQUAL(nears(), 0);
    end();
}

static void the_journal_nearest_to_its_ceiling_is_named(void)
{
    char moved[256];

    begin();
    append("a.jsonl", START("00") NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_OK).fill, 0); /* tells no ceiling */
    append("b.jsonl",
           "{\"time\":\"" TIME "\",\"event\":\"start\",\"class\":\"practice\",\"course\":\"sockets\","
           "\"ceiling\":1000}\n" NEAR_LINE);
    struct journal_sum sum = read_all(ST_OK);
    CU_ASSERT_TRUE(sum.fill > 0.2 && sum.fill < 1);
    CU_ASSERT_STRING_EQUAL(sum.fullest, desk.class.journals[1]);
    CU_ASSERT_EQUAL(read_all(ST_OK).fill, sum.fill); /* also with nothing new in it */
    snprintf(moved, sizeof(moved), "%s.1", desk.class.journals[1]);
    CU_ASSERT_EQUAL(rename(desk.class.journals[1], moved), 0);
    CU_ASSERT_EQUAL(read_all(ST_OK).fill, 0);
    unlink(moved);
    end();
}

static void unreadable_ones_are_told_and_the_others_read(void)
{
    begin();
    CU_ASSERT_EQUAL(mkdir(desk.class.journals[0], 0700), 0);
    append("b.jsonl", NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_INPUT).lines, 1);
    CU_ASSERT_EQUAL(nears(), 1);
    end();
}

static void hand_in(const char *slug, const char *student, const char *key, bool honest)
{
    struct key challenge = {.student = ""};
    char proof[PROOF_SIZE], line[1024];
    const struct proof_of of = {slug, student, "10.10.0.40", "4711", TIME, "submit"};

    keyring_challenge(desk.ring, slug, &challenge);
    flag_proof(proof, &desk.flags, &challenge, &of);
    snprintf(line, sizeof(line),
             "{\"time\":\"%s\",\"event\":\"submit\",\"slug\":\"%s\",\"student\":\"%s\",\"key\":\"%s\","
             "\"via\":\"briefing\",\"source\":\"10.10.0.40\",\"port\":%s,\"by\":null,\"proof\":\"%s\"}\n",
             TIME, slug, student, key, honest ? "4711" : "4712", proof);
    append("a.jsonl", line);
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
    put("roster.csv", roster, strlen(roster));
    char *path = path_join(dir, "roster.csv");
    roster_free(&desk.roster);
    CU_ASSERT_TRUE(roster_load(&desk.roster, path, &problems));
    desk.has_roster = true;
    free(path);
    if (slug[0]) {
        static const char challenge[] = "name: New\ncategory: c\ndescription: d\nvalue: 1\ntype: standard\n";
        path = path_join(dir, slug);
        CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
        free(path);
        snprintf(place, sizeof(place), "%s/challenge.yml", slug);
        put(place, challenge, strlen(challenge));
        course_free(&desk.course);
        CU_ASSERT_TRUE(course_load(&desk.course, dir, &problems));
        desk.flags.course = desk.course.id;
        desk.flags.prefix = desk.course.flag_prefix;
    }
    problems_free(&problems);
}

static void what_cannot_be_placed_yet_is_kept_and_tried_again(void)
{
    struct solve solve = {.id = 0};

    begin();
    const char *id = keyring_id(desk.ring);
    let_class_know("", "");
    hand_in("one", "smith", id, true);
    hand_in("one", "smith", id, true); /* once is enough */
    hand_in("two", "smith", id, true); /* neither student nor challenge */
    hand_in("one", "brown", id, false);
    hand_in("one", "brown", "zzzzzz", true);
    hand_in("one", "prof", id, true); /* staff can be placed: it is nothing */
    struct journal_sum sum = read_all(ST_OK);
    CU_ASSERT_EQUAL(sum.handed_in, 0);
    CU_ASSERT_EQUAL(sum.refused, 3);
    CU_ASSERT_EQUAL(sum.unplaced, 2);
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM solve"), 0);
    CU_ASSERT_EQUAL(read_all(ST_OK).unplaced, 2);
    let_class_know("", "smith");
    sum = read_all(ST_OK);
    CU_ASSERT_EQUAL(sum.handed_in, 1);
    CU_ASSERT_EQUAL(sum.unplaced, 1);
    CU_ASSERT_EQUAL(store_each(store, see, &solve, NULL), ST_OK);
    CU_ASSERT_STRING_EQUAL(solve.student, "smith");
    CU_ASSERT_STRING_EQUAL(solve.slug, "one");
    CU_ASSERT_STRING_EQUAL(solve.key_id, id);
    CU_ASSERT_STRING_EQUAL(solve.source, "10.10.0.40");
    CU_ASSERT_EQUAL(solve.submitted_us, TIME_US);
    CU_ASSERT_EQUAL(solve.state, SOLVE_WAITING);
    let_class_know("two", "smith");
    sum = read_all(ST_OK);
    CU_ASSERT_EQUAL(sum.handed_in, 1);
    CU_ASSERT_EQUAL(sum.unplaced, 0);
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM solve WHERE slug = 'two'"), 1);
    /* taken off the roster with his solve: nothing waits for him */
    let_class_know("", "");
    hand_in("one", "smith", id, true);
    CU_ASSERT_EQUAL(read_all(ST_OK).unplaced, 0);
    end();
}

static void what_cannot_be_placed_has_a_bound(void)
{
    begin();
    let_class_know("", "");
    CU_ASSERT_EQUAL(query_run(store->db, NULL,
                              "WITH RECURSIVE n(i) AS (VALUES(2) UNION ALL SELECT i + 1 FROM n WHERE i < "
                              "10000) INSERT INTO unplaced SELECT 's' || i, 'one', 'k', i, '' FROM n",
                              ""),
                    ST_OK);
    hand_in("one", "smith", keyring_id(desk.ring), true);
    struct journal_sum sum = read_all(ST_OK);
    CU_ASSERT_EQUAL(sum.over, 0);
    CU_ASSERT_EQUAL(sum.unplaced, STORE_UNPLACED_MAX);
    hand_in("one", "brown", keyring_id(desk.ring), true);
    hand_in("one", "smith", keyring_id(desk.ring), true); /* is there */
    sum = read_all(ST_OK);
    CU_ASSERT_EQUAL(sum.over, 1);
    CU_ASSERT_EQUAL(sum.unplaced, STORE_UNPLACED_MAX);
    end();
}

static void a_flag_handed_in_is_a_solve_when_its_proof_is_right(void)
{
    struct solve solve = {.id = 0};

    begin();
    const char *id = keyring_id(desk.ring);
    hand_in("one", "jones", "zzzzzz", true); /* another key */
    hand_in("one", "jones", id, false);      /* changed on its way */
    hand_in("two", "jones", id, true);       /* no such challenge */
    hand_in("one", "smith", id, true);
    hand_in("one", "smith", id, true); /* known */
    struct journal_sum sum = read_all(ST_OK);
    CU_ASSERT_EQUAL(sum.handed_in, 1);
    CU_ASSERT_EQUAL(sum.refused, 2);
    CU_ASSERT_EQUAL(sum.unplaced, 1);
    CU_ASSERT_EQUAL(number("SELECT count(*) FROM solve"), 1);
    CU_ASSERT_EQUAL(store_each(store, see, &solve, NULL), ST_OK);
    CU_ASSERT_STRING_EQUAL(solve.student, "smith");
    CU_ASSERT_STRING_EQUAL(solve.key_id, id);
    CU_ASSERT_STRING_EQUAL(solve.source, "10.10.0.40");
    CU_ASSERT_EQUAL(solve.submitted_us, TIME_US);
    CU_ASSERT_EQUAL(solve.state, SOLVE_WAITING);
    end();
}

/* Fewer where each of them is some ways to a server. */
static int lines_of(int n)
{
    return store_is_file(store) ? n : n / 20;
}

/* As two daemons of a class may do for a moment. */
static void two_that_read_at_once_double_nothing(void)
{
    int status = 1;

    begin();
    const int lines = lines_of(30000);
    FILE *file = fopen(desk.class.journals[0], "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (int i = 0; i < lines; i++)
        fputs(NEAR_LINE, file);
    fclose(file);
    store_close(store);
    store = NULL;
    pid_t pid = fork();
    open_store();
    read_all(ST_OK);
    if (pid == 0)
        _exit(0);
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_EQUAL(nears(), lines);
    CU_ASSERT_EQUAL(number("SELECT lines FROM journal"), lines);
    end();
}

/* Somebody read on between two looks at the position: no chance decides it. */
static void a_position_is_moved_from_where_it_stood_alone(void)
{
    struct store_journal at = {.head = "aa", .position = 10, .lines = 1}, now = {.head = "aa"};
    struct err err;
    bool moved = false;

    begin();
    CU_ASSERT_EQUAL(store_journal_move(store, &at, "a", 0, &moved, &err), ST_OK);
    CU_ASSERT_TRUE(moved);
    at.position = 30;
    CU_ASSERT_EQUAL(store_journal_move(store, &at, "a", 0, &moved, &err), ST_OK);
    CU_ASSERT_FALSE(moved);
    CU_ASSERT_EQUAL(store_journal_get(store, &now, &err), ST_OK);
    CU_ASSERT_EQUAL(now.position, 10);
    CU_ASSERT_EQUAL(store_journal_move(store, &at, "a", 10, &moved, &err), ST_OK);
    CU_ASSERT_TRUE(moved);
    end();
}

/* As a `wiregrade ship` puts it there: file 1 of target east, known by the head of START("00"). */
static void ship(int64_t piece, int64_t at, int64_t ahead_us, const char *text)
{
    char head[JOURNAL_HEAD_SIZE];

    hex_encode(head, START("00"), strlen(START("00")) - 1);
    CU_ASSERT_EQUAL(query_run(store->db, NULL,
                              "INSERT INTO shipped_file(id, head, target) VALUES (1, ?1, 'east')"
                              " ON CONFLICT DO NOTHING",
                              "t", head),
                    ST_OK);
    for (size_t len; *text; at += (int64_t)len, text += len) {
        const char *end = strchr(text, '\n');
        len = end ? (size_t)(end - text) + 1 : strlen(text);
        CU_ASSERT_EQUAL(query_run(store->db, NULL,
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

    begin();
    ship(0, 0, 0, START("00") NEAR_LINE "\n{\"time\":\"2026-11\n" NEAR_LINE "{\"time\":");
    struct journal_sum sum = read_all(ST_OK);
    CU_ASSERT_EQUAL(sum.lines, 4);
    CU_ASSERT_EQUAL(sum.cut, 1);
    CU_ASSERT_EQUAL(nears(), 2);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 0);
    end();
    begin();
    append("a.jsonl", START("00") NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 2);
    ship(0, 0, 0, START("00") NEAR_LINE NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 1);
    /* what was cut short and goes on from there */
    ship(1, FIRST + NEAR, 0, NEAR_LINE NEAR_LINE NEAR_LINE);
    ship(3, FIRST, 0, NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 4);
    CU_ASSERT_EQUAL(nears(), 6);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 0); /* nor from the file, which is shorter: an older copy */
    /* a row that lies about its place holds back what is behind it, and is told */
    ship(3, FIRST + NEAR + 1, 0, NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_INPUT).lines, 0);
    end();
    /* more files than are asked for at once, of which many have a gap: none keeps the others waiting */
    begin();
    for (int64_t id = 2; id < 200; id++) {
        char head[JOURNAL_HEAD_SIZE];
        snprintf(head, sizeof(head), "%02x", (unsigned)id);
        CU_ASSERT_EQUAL(query_run(store->db, NULL,
                                  "INSERT INTO shipped_file(id, head, target) VALUES (?1, ?2, 'east')", "it",
                                  id, head),
                        ST_OK);
        CU_ASSERT_EQUAL(query_run(store->db, NULL,
                                  "INSERT INTO shipped(target, file, piece, at, ahead_us, line)"
                                  " VALUES ('east', ?1, 0, ?2, 0, ?3)",
                                  "iib", id, (int64_t)(id < 190), NEAR_LINE, (size_t)NEAR),
                        ST_OK);
    }
    CU_ASSERT_EQUAL(read_all(ST_INPUT).lines, 10);
    CU_ASSERT_EQUAL(query_run(store->db, NULL,
                              "INSERT INTO shipped(target, file, piece, at, ahead_us, line)"
                              " VALUES ('east', 1, 0, 9223372036854775807, 0, 'x')",
                              ""),
                    ST_ENV);
    end();
    /* by a clock an hour ahead, and by one that is right */
    begin();
    ship(0, 0, 3600000000, START("00") NEAR_LINE);
    ship(0, FIRST + NEAR, 0, NEAR_LINE);
    CU_ASSERT_EQUAL(read_all(ST_OK).lines, 3);
    CU_ASSERT_EQUAL(number("SELECT first_us FROM attempts"), TIME_US - 3600000000);
    CU_ASSERT_EQUAL(number("SELECT last_us FROM attempts"), TIME_US);
    end();
}

/* Killed at any moment, each line counts once in the end. */
static void killed_while_reading_loses_and_doubles_nothing(void)
{
    enum { TRIES = 8 };
    int killed = 0, status;

    begin();
    const int lines = lines_of(60000);
    FILE *file = fopen(desk.class.journals[0], "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (int i = 0; i < lines; i++)
        fputs(NEAR_LINE, file);
    fclose(file);
    store_close(store);
    store = NULL;
    for (int i = 0; i < TRIES; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            open_store();
            _exit(read_all(ST_OK).lines > 0 ? 0 : 1);
        }
        const struct timespec wait = {
            0, 1000000L << i}; /* one store is read in ten milliseconds, another in 200 */
        nanosleep(&wait, NULL);
        kill(pid, SIGKILL);
        CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
        killed += WIFSIGNALED(status);
    }
    CU_ASSERT_TRUE(killed > 0);
    open_store();
    read_all(ST_OK);
    CU_ASSERT_EQUAL(nears(), lines);
    CU_ASSERT_EQUAL(number("SELECT lines FROM journal"), lines);
    end();
}

static const struct unit_case cases[] = {
    {"a_line_is_taken_apart_or_cut", a_line_is_taken_apart_or_cut},
    {"a_guess_that_the_text_asks_for_is_no_mistake", a_guess_that_the_text_asks_for_is_no_mistake},
    {"what_many_lines_say_is_added_up", what_many_lines_say_is_added_up},
    {"reading_again_doubles_nothing_and_a_torn_line_waits",
     reading_again_doubles_nothing_and_a_torn_line_waits},
    {"a_journal_is_known_by_its_first_line_wherever_it_lies",
     a_journal_is_known_by_its_first_line_wherever_it_lies},
    {"what_was_rotated_away_is_read_to_its_end", what_was_rotated_away_is_read_to_its_end},
    {"a_repeat_line_counts_as_many_passes", a_repeat_line_counts_as_many_passes},
    {"the_journal_nearest_to_its_ceiling_is_named", the_journal_nearest_to_its_ceiling_is_named},
    {"unreadable_ones_are_told_and_the_others_read", unreadable_ones_are_told_and_the_others_read},
    {"what_cannot_be_placed_yet_is_kept_and_tried_again", what_cannot_be_placed_yet_is_kept_and_tried_again},
    {"what_cannot_be_placed_has_a_bound", what_cannot_be_placed_has_a_bound},
    {"a_flag_handed_in_is_a_solve_when_its_proof_is_right",
     a_flag_handed_in_is_a_solve_when_its_proof_is_right},
    {"two_that_read_at_once_double_nothing", two_that_read_at_once_double_nothing},
    {"a_position_is_moved_from_where_it_stood_alone", a_position_is_moved_from_where_it_stood_alone},
    {"a_shipped_journal_is_read_as_the_file_is", a_shipped_journal_is_read_as_the_file_is},
    {"killed_while_reading_loses_and_doubles_nothing", killed_while_reading_loses_and_doubles_nothing},
};
extern const struct unit_group journal_cases;
UNIT_GROUP(journal_cases, cases);
