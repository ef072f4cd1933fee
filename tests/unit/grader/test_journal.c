/* What a journal's lines say, each of them once. */
#include "unit.h"

#include "room.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "grader/journal/line.h"
#include "grader/store/heard.h"

#define OWN_LINE(code, answer)                                                                               \
    "{\"time\":\"" TIME "\",\"event\":\"attempt\",\"slug\":\"own\",\"kind\":\"packet\",\"student\":"         \
    "\"smith\",\"source\":\"10.10.0.40\",\"port\":0,\"verdict\":\"near\",\"answer\":\"" answer               \
    "\",\"findings\":[{\"field\":\"ip.id\",\"status\":\"fail\",\"codes\":[\"" code                           \
    "\",\"KERNEL_PICKED\"]}]}\n"
#define TOLD_LINE(outcome)                                                                                   \
    "{\"time\":\"" TIME                                                                                      \
    "\",\"event\":\"delivery\",\"to\":\"10.10.0.40\",\"port\":1111,\"outcome\":\"" outcome                   \
    "\",\"flags\":[],\"near\":{\"slug\":\"own\",\"student\":\"smith\"},\"left_out\":0}\n"

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
    return room_number(sql);
}

/* raw-ipv4's text: send any identification, and the answer names the one that was expected of you. */
static void a_guess_that_the_text_asks_for_is_no_mistake(void)
{
    room_begin();
    room_append("a.jsonl",
                OWN_LINE("WRONG_VALUE", "queued") TOLD_LINE("refused") OWN_LINE("NOT_SET", "queued"));
    room_append("a.jsonl", OWN_LINE("BYTE_SWAPPED", "queued")); /* told at the briefing */
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 4);
    CU_ASSERT_EQUAL(reasons("WRONG_VALUE") + reasons("NOT_SET"), 0);
    CU_ASSERT_EQUAL(reasons("BYTE_SWAPPED"), 1);
    CU_ASSERT_EQUAL(reasons("KERNEL_PICKED"), 0); /* the likeliest alone */
    CU_ASSERT_EQUAL(room_nears(), 3);
    room_append("a.jsonl", TOLD_LINE("delivered") OWN_LINE("WRONG_VALUE", "queued"));
    room_read(ST_OK);
    CU_ASSERT_EQUAL(reasons("WRONG_VALUE"), 1);
    room_end();
    /* where answers name no values they were told elsewhere */
    room_begin();
    room.desk.class.feedback = FEEDBACK_FIELDS;
    room_append("a.jsonl", OWN_LINE("WRONG_VALUE", "queued"));
    room_read(ST_OK);
    CU_ASSERT_EQUAL(reasons("WRONG_VALUE"), 1);
    room_end();
    /* an answer at once tells the next try */
    room_begin();
    room_append("a.jsonl", OWN_LINE("WRONG_VALUE", "report") OWN_LINE("WRONG_VALUE", "report"));
    room_read(ST_OK);
    CU_ASSERT_EQUAL(reasons("WRONG_VALUE"), 1);
    room_end();
}

/* A line of smith's, as one of student number n. */
static void append_of(int n, const char *line)
{
    char text[1024];
    const char *name = strstr(line, "\"smith\"");

    snprintf(text, sizeof(text), "%.*s\"s%d\"%s", (int)(name - line), line, n, name + strlen("\"smith\""));
    room_append("a.jsonl", text);
}

/* More rows than a statement has room for, and each counts as if it were alone: 75 are 32 + 32 + 8 + 1 + 1
 * + 1. */
static void what_many_lines_say_is_added_up(void)
{
    enum { STUDENTS = 75, TOLD = 41 };

    room_begin();
    for (int i = 0; i < TOLD; i++)
        append_of(i, TOLD_LINE("delivered"));
    room_read(ST_OK);
    CU_ASSERT_EQUAL(room_number("SELECT count(*) FROM told"), TOLD);
    for (int times = 1; times <= 2; times++) {
        for (int i = 0; i < STUDENTS; i++) {
            append_of(i, OWN_LINE("WRONG_VALUE", "queued"));
            append_of(i, OWN_LINE("BYTE_SWAPPED", "queued"));
        }
        append_of(TOLD, TOLD_LINE("delivered") OWN_LINE("NOT_SET", "queued"));
        CU_ASSERT_EQUAL(room_read(ST_OK).lines, 2 * STUDENTS + 2);
        CU_ASSERT_EQUAL(reasons("WRONG_VALUE"), times == 1 ? TOLD : 2 * TOLD + 1);
        CU_ASSERT_EQUAL(reasons("BYTE_SWAPPED"), times * STUDENTS);
        CU_ASSERT_EQUAL(room_number("SELECT count(*) FROM attempts"), STUDENTS + 1); /* smith's own */
        CU_ASSERT_EQUAL(room_number("SELECT min(n_near) FROM attempts WHERE student <> 'smith'"), 2 * times);
        CU_ASSERT_EQUAL(room_number("SELECT max(n_near) FROM attempts WHERE student <> 'smith'"), 2 * times);
    }
    room_end();
}

static void reading_again_doubles_nothing_and_a_torn_line_waits(void)
{
    room_begin();
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 0);
    room_append("a.jsonl", NEAR_LINE "{\"time\":\"2026-11-\n" NEAR_LINE);
    room_append("a.jsonl", "{\"time\":\"" TIME "\",\"event\":\"attempt\",\"slug\":\"one\",");
    struct journal_sum sum = room_read(ST_OK);
    CU_ASSERT_EQUAL(sum.lines, 3);
    CU_ASSERT_EQUAL(sum.cut, 1);
    CU_ASSERT_EQUAL(room_nears(), 2);
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 0);
    CU_ASSERT_EQUAL(room_nears(), 2);
    room_append("a.jsonl", "\"student\":null,\"source\":\"10.10.0.40\",\"port\":0,\"verdict\":\"near\"}\n");
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 1);
    CU_ASSERT_EQUAL(room_nears(), 3);
    CU_ASSERT_EQUAL(
        room_number(
            "SELECT n FROM reasons WHERE slug = 'one' AND field = 'payload' AND code = 'NOT_ENCODED'"),
        2);
    CU_ASSERT_EQUAL(room_number("SELECT first_us FROM attempts WHERE student = 'smith'"), TIME_US);
    store_close(room.store);
    room_open_store();
    CU_ASSERT_EQUAL(room_read(ST_OK).lines, 0);
    room_end();
}

static void a_repeat_line_counts_as_many_passes(void)
{
    static const char *const wrong[] = {"0", "-1", "9223372036854775807", "1.5", "null"};
    char line[256];

    room_begin();
    room_append("a.jsonl", START("00"));
    room_append("a.jsonl", "{\"time\":\"" TIME
                           "\",\"event\":\"repeat\",\"slug\":\"one\",\"student\":\"smith\",\"source\":"
                           "\"10.10.0.40\",\"answer\":\"queued\",\"n\":4711}\n");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(line, sizeof(line),
                 "{\"time\":\"%s\",\"event\":\"repeat\",\"slug\":\"one\",\"student\":\"smith\",\"n\":%s}\n",
                 TIME, wrong[i]);
        room_append("a.jsonl", line);
    }
    struct journal_sum sum = room_read(ST_OK);
    CU_ASSERT_EQUAL(sum.lines, 7);
    CU_ASSERT_EQUAL(sum.cut, 5);
    CU_ASSERT_EQUAL(room_number("SELECT n_pass FROM attempts WHERE student = 'smith' AND slug = 'one'"),
                    4711);
    CU_ASSERT_EQUAL(room_nears(), 0);
    room_end();
}

/* Fewer where each of them is some ways to a server. */
static int lines_of(int n)
{
    return store_is_file(room.store) ? n : n / 20;
}

/* As two daemons of a class may do for a moment. */
static void two_that_read_at_once_double_nothing(void)
{
    int status = 1;

    room_begin();
    const int lines = lines_of(30000);
    FILE *file = fopen(room.desk.class.journals[0], "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (int i = 0; i < lines; i++)
        fputs(NEAR_LINE, file);
    fclose(file);
    store_close(room.store);
    room.store = NULL;
    pid_t pid = fork();
    room_open_store();
    room_read(ST_OK);
    if (pid == 0)
        _exit(0);
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_EQUAL(room_nears(), lines);
    CU_ASSERT_EQUAL(room_number("SELECT lines FROM journal"), lines);
    room_end();
}

/* Somebody read on between two looks at the position: no chance decides it. */
static void a_position_is_moved_from_where_it_stood_alone(void)
{
    struct store_journal at = {.head = "aa", .position = 10, .lines = 1}, now = {.head = "aa"};
    struct err err;
    bool moved = false;

    room_begin();
    CU_ASSERT_EQUAL(store_journal_move(room.store, &at, "a", 0, &moved, &err), ST_OK);
    CU_ASSERT_TRUE(moved);
    at.position = 30;
    CU_ASSERT_EQUAL(store_journal_move(room.store, &at, "a", 0, &moved, &err), ST_OK);
    CU_ASSERT_FALSE(moved);
    CU_ASSERT_EQUAL(store_journal_get(room.store, &now, &err), ST_OK);
    CU_ASSERT_EQUAL(now.position, 10);
    CU_ASSERT_EQUAL(store_journal_move(room.store, &at, "a", 10, &moved, &err), ST_OK);
    CU_ASSERT_TRUE(moved);
    room_end();
}

/* Killed at any moment, each line counts once in the end. */
static void killed_while_reading_loses_and_doubles_nothing(void)
{
    enum { TRIES = 8 };
    int killed = 0, status;

    room_begin();
    const int lines = lines_of(60000);
    FILE *file = fopen(room.desk.class.journals[0], "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (int i = 0; i < lines; i++)
        fputs(NEAR_LINE, file);
    fclose(file);
    store_close(room.store);
    room.store = NULL;
    for (int i = 0; i < TRIES; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            room_open_store();
            _exit(room_read(ST_OK).lines > 0 ? 0 : 1);
        }
        const struct timespec wait = {
            0, 1000000L << i}; /* one store is read in ten milliseconds, another in 200 */
        nanosleep(&wait, NULL);
        kill(pid, SIGKILL);
        CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
        killed += WIFSIGNALED(status);
    }
    CU_ASSERT_TRUE(killed > 0);
    room_open_store();
    room_read(ST_OK);
    CU_ASSERT_EQUAL(room_nears(), lines);
    CU_ASSERT_EQUAL(room_number("SELECT lines FROM journal"), lines);
    room_end();
}

static const struct unit_case cases[] = {
    {"a_line_is_taken_apart_or_cut", a_line_is_taken_apart_or_cut},
    {"a_guess_that_the_text_asks_for_is_no_mistake", a_guess_that_the_text_asks_for_is_no_mistake},
    {"what_many_lines_say_is_added_up", what_many_lines_say_is_added_up},
    {"reading_again_doubles_nothing_and_a_torn_line_waits",
     reading_again_doubles_nothing_and_a_torn_line_waits},
    {"a_repeat_line_counts_as_many_passes", a_repeat_line_counts_as_many_passes},
    {"two_that_read_at_once_double_nothing", two_that_read_at_once_double_nothing},
    {"a_position_is_moved_from_where_it_stood_alone", a_position_is_moved_from_where_it_stood_alone},
    {"killed_while_reading_loses_and_doubles_nothing", killed_while_reading_loses_and_doubles_nothing},
};
extern const struct unit_group journal_cases;
UNIT_GROUP(journal_cases, cases);
