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
    buf_init(&text, 1 << 20);
    CU_ASSERT_EQUAL(file_read(rig->path, &text, &err), ST_OK);
    unlink(rig->path);
    return buf_take(&text);
}

static void write_line(struct rig *rig, size_t frame)
{
    static uint8_t bytes[5000];

    memset(bytes, 0xA5, sizeof(bytes));
    struct json_writer *w = journal_begin(&rig->journal, "attempt");
    json_put_text(w, "slug", "raw");
    journal_frame(&rig->journal, bytes, frame);
    journal_end(&rig->journal);
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

static void a_source_has_its_share(void)
{
    struct rig rig;
    int near = 0, passes = 0;

    rig_open(&rig, JOURNAL_CEILING);
    for (int i = 0; i < 1000; i++) {
        near += journal_share(&rig.journal, false, 1, 5);
        passes += journal_share(&rig.journal, true, 1, 5);
    }
    CU_ASSERT_EQUAL(near, 100);
    CU_ASSERT_EQUAL(passes, 500);
    CU_ASSERT_TRUE(journal_share(&rig.journal, false, 2, 5));
    CU_ASSERT_EQUAL(rig.journal.totals[DROP_LINES], 900 + 500);
    free(rig_close(&rig));
}

static void near_misses_leave_the_last_eighth_to_passes(void)
{
    struct rig rig;

    rig_open(&rig, 8000);
    while (journal_share(&rig.journal, false, 1, 5))
        write_line(&rig, 300);
    CU_ASSERT_TRUE(rig.journal.size >= 7000 && rig.journal.size < 7600);
    CU_ASSERT_FALSE(journal_share(&rig.journal, false, 2, 5));
    CU_ASSERT_TRUE(journal_share(&rig.journal, true, 1, 5));
    free(rig_close(&rig));
}

static void without_a_file_nothing_is_written_or_counted(void)
{
    struct journal journal;
    struct err err;

    CU_ASSERT_EQUAL(journal_open(&journal, NULL, 1000, &err), ST_OK);
    CU_ASSERT_PTR_NULL(journal_begin(&journal, "attempt"));
    CU_ASSERT_TRUE(journal_share(&journal, false, 1, 5));
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
    CU_ASSERT_TRUE(rig.journal.full);
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
    {"a_source_has_its_share", a_source_has_its_share},
    {"near_misses_leave_the_last_eighth_to_passes", near_misses_leave_the_last_eighth_to_passes},
    {"without_a_file_nothing_is_written_or_counted", without_a_file_nothing_is_written_or_counted},
};
UNIT_GROUP(journal_cases, CASES);
