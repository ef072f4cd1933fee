#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "json/json.h"
#include "targets/state/journal.h"

struct rig {
    char path[64];
    struct journal journal;
};

static void rig_open(struct rig *rig, uint64_t ceiling)
{
    struct err err;

    snprintf(rig->path, sizeof(rig->path), "/tmp/wg-journal-XXXXXX");
    int fd = mkstemp(rig->path);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    CU_ASSERT_EQUAL_FATAL(journal_open(&rig->journal, rig->path, ceiling, &err), ST_OK);
}

/* Closes, and returns the file, to free(). */
static char *rig_close(struct rig *rig)
{
    struct buf text;
    struct err err;

    journal_close(&rig->journal);
    buf_init(&text, 32 << 20);
    CU_ASSERT_EQUAL(file_read(rig->path, &text, &err), ST_OK);
    unlink(rig->path);
    return buf_take(&text);
}

static const struct journal_cause KEPT = {.rank = JOURNAL_KEPT, .drop = DROP_LINES},
                                  FIRST = {.rank = JOURNAL_FIRST, .drop = DROP_PASSES};

static bool write_as(struct rig *rig, const struct journal_cause *cause, size_t frame)
{
    static uint8_t bytes[5000];

    memset(bytes, 0xA5, sizeof(bytes));
    struct json_writer *w = journal_begin(&rig->journal, "attempt", cause);
    if (!w)
        return false;
    json_put_text(w, "slug", "raw");
    journal_frame(&rig->journal, bytes, frame);
    return journal_end(&rig->journal);
}

static bool write_line(struct rig *rig, size_t frame)
{
    return write_as(rig, &KEPT, frame);
}

static bool write_near(struct rig *rig, ipaddr source, int64_t now_ms, size_t frame)
{
    const struct journal_cause near = {JOURNAL_SHARED, DROP_NEAR, source, 1, now_ms};

    return write_as(rig, &near, frame);
}

static void a_line_is_json_of_at_most_4096_bytes(void)
{
    static const size_t frames[] = {0, 1, 60, 2048, 2900, 2950, 3000, 3072, 4136, 5000};
    struct rig rig;

    rig_open(&rig, JOURNAL_CEILING);
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        for (enum journal_drop what = 0; what < N_DROPS; what++)
            journal_drop(&rig.journal, what, UINT32_MAX);
        write_line(&rig, frames[i]);
    }
    char *text = rig_close(&rig), *at = text;
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        char *end = strchr(at, '\n');
        struct err err;
        int64_t n = -1;
        CU_ASSERT_PTR_NOT_NULL_FATAL(end);
        CU_ASSERT_TRUE(end + 1 - at <= JOURNAL_LINE_MAX);
        struct json *json = json_parse(at, (size_t)(end - at), &err);
        CU_ASSERT_PTR_NOT_NULL_FATAL(json);
        CU_ASSERT_TRUE(json_int(json_get(json, "frame_bytes"), &n) && n == (int64_t)frames[i]);
        CU_ASSERT_TRUE(strlen(json_text(json_get(json, "frame"))) >=
                       (frames[i] < 2048 ? frames[i] : 2048) / 3 * 4);
        CU_ASSERT_TRUE(json_int(json_get(json_get(json, "dropped"), "lines"), &n) && n == UINT32_MAX);
        json_free(json);
        at = end + 1;
    }
    CU_ASSERT_EQUAL(*at, '\0');
    free(text);
}

static void what_is_dropped_is_told_once_in_the_next_line(void)
{
    struct rig rig;

    rig_open(&rig, JOURNAL_CEILING);
    journal_drop(&rig.journal, DROP_CAPTURE, 7);
    write_line(&rig, 1);
    write_line(&rig, 1);
    char *text = rig_close(&rig);
    const char *first = strstr(text, "\"dropped\":{\"capture\":7}");
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_PTR_NULL(strstr(first + 10, "dropped"));
    free(text);
}

static void the_file_ends_at_its_ceiling_also_when_it_was_there(void)
{
    struct rig rig;
    struct err err;
    struct stat st;

    rig_open(&rig, 1000);
    for (int i = 0; i < 100; i++)
        write_line(&rig, 10);
    CU_ASSERT_TRUE(stat(rig.path, &st) == 0 && st.st_size <= 1000 && st.st_size > 800);
    journal_close(&rig.journal);
    CU_ASSERT_EQUAL(journal_open(&rig.journal, rig.path, 1000, &err), ST_OK);
    for (int i = 0; i < 100; i++)
        write_line(&rig, 10);
    CU_ASSERT_TRUE(stat(rig.path, &st) == 0 && st.st_size <= 1000);
    CU_ASSERT_TRUE(rig.journal.totals[DROP_LINES] >= 99);
    free(rig_close(&rig));
}

/* The size that the near misses of n sources in a network make in so many milliseconds, 50 a second each. */
static uint64_t flood(struct rig *rig, uint32_t network, uint32_t n, int64_t from_ms, int64_t ms)
{
    uint64_t before = rig->journal.size;

    for (int64_t at = from_ms; at < from_ms + ms; at += 20)
        for (uint32_t i = 0; i < n; i++)
            write_near(rig, network | i, at, 400);
    return rig->journal.size - before;
}

enum { SMALL = 16 << 20 }; /* a sixteenth of the real one */

static void a_source_and_its_network_have_their_share(void)
{
    struct rig rig;

    rig_open(&rig, SMALL);
    uint64_t one = flood(&rig, 0x0A000001, 1, 0, 100000);
    CU_ASSERT_TRUE(one > SMALL / 128 - 8192 && one < SMALL / 128 + 8192);
    uint64_t network = one + flood(&rig, 0x0A000000, 200, 0, 4000);
    CU_ASSERT_TRUE(network > SMALL / 16 - 8192 && network < SMALL / 16 + 8192);
    CU_ASSERT_FALSE(write_near(&rig, 0x0A0000FF, 4000, 10));
    CU_ASSERT_TRUE(write_near(&rig, 0x0A000100, 4000, 10)); /* a neighbour of another network */
    CU_ASSERT_TRUE(rig.journal.totals[DROP_NEAR] > 10000);
    CU_ASSERT_EQUAL(rig.journal.totals[DROP_LINES] + rig.journal.totals[DROP_PASSES], 0);
    free(rig_close(&rig));
}

static void all_networks_together_cannot_fill_it_in_a_day(void)
{
    struct rig rig;
    const int64_t hour = 3600 * 1000;

    rig_open(&rig, SMALL);
    for (int64_t at = 0; at < 24 * hour; at += hour / 4)
        for (uint32_t net = 0; net < 256; net++)
            flood(&rig, 0x0A000000 | net << 8, 4, at, 400);
    CU_ASSERT_TRUE(rig.journal.size > SMALL / 16 * 10 && rig.journal.size < SMALL / 16 * 12);
    CU_ASSERT_TRUE(write_as(&rig, &FIRST, 400));
    CU_ASSERT_TRUE(write_line(&rig, 400));
    free(rig_close(&rig));
}

static void repetitions_leave_the_end_to_first_passes_and_these_to_what_is_handed_in(void)
{
    struct rig rig;
    uint32_t source = 0;

    rig_open(&rig, 1 << 20);
    /* each from a network of its own, at a time when all have their share again */
    while (write_near(&rig, source << 8, source * (int64_t)10000000, 400))
        source++;
    CU_ASSERT_TRUE(rig.journal.size > (1 << 20) / 8 * 7 - 4096 && rig.journal.size <= (1 << 20) / 8 * 7);
    while (write_as(&rig, &FIRST, 400))
        CU_ASSERT_TRUE(rig.journal.size > (1 << 20) / 8 * 7 - 4096);
    CU_ASSERT_TRUE(rig.journal.size > (1 << 20) / 16 * 15 - 4096 && rig.journal.size <= (1 << 20) / 16 * 15);
    CU_ASSERT_FALSE(write_near(&rig, 1, 0, 10));
    CU_ASSERT_TRUE(write_line(&rig, 400));
    CU_ASSERT_EQUAL(rig.journal.totals[DROP_PASSES], 1);
    free(rig_close(&rig));
}

static void without_a_file_nothing_is_written_or_counted(void)
{
    struct journal journal;
    struct err err;

    CU_ASSERT_EQUAL(journal_open(&journal, NULL, 1000, &err), ST_OK);
    CU_ASSERT_PTR_NULL(journal_begin(&journal, "attempt", &KEPT));
    CU_ASSERT_EQUAL(journal.totals[DROP_LINES], 0);
    journal_close(&journal);
    CU_ASSERT_EQUAL(journal_open(&journal, "/nowhere/j", 1000, &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nowhere/j"));
    journal_close(&journal);
}

static void a_journal_that_was_moved_away_is_opened_anew(void)
{
    struct rig rig;
    struct err err;
    char moved[80];
    bool fresh = true;

    rig_open(&rig, 600);
    write_line(&rig, 60);
    uint64_t size = rig.journal.size;
    CU_ASSERT_TRUE(size > 0);
    CU_ASSERT_EQUAL(journal_reopen(&rig.journal, &fresh, &err), ST_OK);
    CU_ASSERT_FALSE(fresh); /* nobody moved it */
    CU_ASSERT_EQUAL(rig.journal.size, size);
    for (int i = 0; i < 5; i++)
        write_line(&rig, 60);
    CU_ASSERT_TRUE(rig.journal.full[JOURNAL_KEPT]);
    snprintf(moved, sizeof(moved), "%s.1", rig.path);
    CU_ASSERT_EQUAL(rename(rig.path, moved), 0);
    CU_ASSERT_EQUAL(journal_reopen(&rig.journal, &fresh, &err), ST_OK);
    CU_ASSERT_TRUE(fresh);
    write_line(&rig, 60);
    CU_ASSERT_TRUE(rig.journal.size > 0);
    char *text = rig_close(&rig);
    CU_ASSERT_EQUAL(text[0], '{');
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"dropped\":{\"lines\":"));
    free(text);
    unlink(moved);
}

static const struct unit_case CASES[] = {
    {"a_journal_that_was_moved_away_is_opened_anew", a_journal_that_was_moved_away_is_opened_anew},
    {"a_line_is_json_of_at_most_4096_bytes", a_line_is_json_of_at_most_4096_bytes},
    {"what_is_dropped_is_told_once_in_the_next_line", what_is_dropped_is_told_once_in_the_next_line},
    {"the_file_ends_at_its_ceiling_also_when_it_was_there",
     the_file_ends_at_its_ceiling_also_when_it_was_there},
    {"a_source_and_its_network_have_their_share", a_source_and_its_network_have_their_share},
    {"all_networks_together_cannot_fill_it_in_a_day", all_networks_together_cannot_fill_it_in_a_day},
    {"repetitions_leave_the_end_to_first_passes_and_these_to_what_is_handed_in",
     repetitions_leave_the_end_to_first_passes_and_these_to_what_is_handed_in},
    {"without_a_file_nothing_is_written_or_counted", without_a_file_nothing_is_written_or_counted},
};
UNIT_GROUP(journal_cases, CASES);
