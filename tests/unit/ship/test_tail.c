#include "grader/ship/tail.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct tail tail;

/* A file of these bytes. */
static int file_of(const char *bytes, size_t n)
{
    char path[] = "/tmp/wiregrade-tail-XXXXXX";
    int fd = mkstemp(path);

    CU_ASSERT_FATAL(fd >= 0);
    unlink(path);
    CU_ASSERT_EQUAL(write(fd, bytes, n), (ssize_t)n);
    return fd;
}

static void read_from(int fd, int64_t position)
{
    struct err err = {.text = ""};

    CU_ASSERT_EQUAL(tail_read(fd, "j", position, &tail, &err), ST_OK);
}

static void whole_lines_are_taken_and_a_torn_one_waits(void)
{
    static const char text[] = "one\n\n\xff\0t\ntorn";
    int fd = file_of(text, sizeof(text) - 1);

    read_from(fd, 0);
    CU_ASSERT_EQUAL(tail.n_lines, 3);
    CU_ASSERT_EQUAL(tail.n, 9);
    CU_ASSERT_EQUAL(tail.lengths[2], 4);
    CU_ASSERT_EQUAL(memcmp(tail.bytes, text, tail.n), 0);
    read_from(fd, 9);
    CU_ASSERT_EQUAL(tail.n_lines, 0);
    CU_ASSERT_EQUAL(write(fd, "\n", 1), 1);
    read_from(fd, 9);
    CU_ASSERT_EQUAL(tail.n_lines, 1);
    CU_ASSERT_EQUAL(tail.lengths[0], 5);
    read_from(fd, 4711);
    CU_ASSERT_EQUAL(tail.n_lines, 0);
    close(fd);
    struct err err = {.text = ""};
    CU_ASSERT_EQUAL(tail_read(-1, "j.jsonl", 0, &tail, &err), ST_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "j.jsonl"));
}

/* However a file is read in parts, the parts are the file. */
static void parts_have_a_bound_and_are_the_file(void)
{
    enum { LONG = 3 * SHIPPED_LINE_MAX + 10, SHORT = 2500 };
    char *text = malloc(LONG + 1 + SHORT * 3);
    int64_t at = 0;
    size_t lines = 0;

    memset(text, 'x', LONG);
    text[LONG] = '\n';
    for (size_t i = 0; i < SHORT; i++)
        memcpy(text + LONG + 1 + 3 * i, "ab\n", 3);
    int fd = file_of(text, LONG + 1 + SHORT * 3);
    for (read_from(fd, at); tail.n_lines; read_from(fd, at)) {
        CU_ASSERT(tail.n_lines <= SHIPPED_LINES);
        CU_ASSERT_EQUAL(memcmp(tail.bytes, text + at, tail.n), 0);
        for (size_t i = 0; i < tail.n_lines; i++)
            CU_ASSERT(tail.lengths[i] <= SHIPPED_LINE_MAX);
        lines += tail.n_lines;
        at += (int64_t)tail.n;
    }
    CU_ASSERT_EQUAL(at, LONG + 1 + SHORT * 3);
    CU_ASSERT_EQUAL(lines, 4 + SHORT);
    close(fd);
    free(text);
}

static void a_file_that_changed_below_is_seen(void)
{
    char text[400];
    struct tail_seam seam;

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = i % 10 == 9 ? '\n' : 'a';
    int fd = file_of(text, sizeof(text));
    for (int64_t at = 0; at <= 400; at += 10) {
        tail_mark(fd, at, &seam);
        CU_ASSERT_TRUE(tail_unchanged(fd, sizeof(text), &seam));
    }
    CU_ASSERT_FALSE(tail_unchanged(fd, 399, &seam));
    tail_mark(fd, 200, &seam);
    CU_ASSERT_EQUAL(pwrite(fd, "b", 1, 198), 1);
    CU_ASSERT_FALSE(tail_unchanged(fd, sizeof(text), &seam));
    tail_mark(fd, 4711, &seam); /* where nothing is */
    CU_ASSERT_FALSE(tail_unchanged(fd, sizeof(text), &seam));
    close(fd);
}

struct kept {
    const char *text;
    size_t n;
    unsigned asked;
};

/* Whether the line stands there in what was kept. */
static enum status is_kept(int64_t at, const char *line, size_t len, bool *yes, void *context,
                           struct err *err)
{
    struct kept *kept = context;

    (void)err;
    kept->asked++;
    *yes = (size_t)at + len <= kept->n && memcmp(kept->text + at, line, len) == 0;
    return ST_OK;
}

static void where_a_file_parts_from_what_was_kept_is_found(void)
{
    enum { LINES = 4000, MOST = 30 };
    char *text = malloc(LINES * 40), *other;
    size_t starts[LINES + 1], n = 0;
    struct err err = {.text = ""};
    int64_t out;

    for (size_t i = 0; i < LINES; i++) {
        starts[i] = n;
        n += (size_t)snprintf(text + n, 40, "%0*zu\n", (int)(i % 30), i);
    }
    starts[LINES] = n;
    other = malloc(n);
    for (size_t i = 0; i <= LINES; i += i < 5 || i > LINES - 5 ? 1 : 97) {
        memcpy(other, text, n);
        for (size_t j = i; j < LINES; j++)
            other[starts[j]] = '#';
        int fd = file_of(other, n);
        struct kept kept = {text, n, 0};
        CU_ASSERT_EQUAL(tail_common(fd, "j", (int64_t)n, is_kept, &kept, &out, &err), ST_OK);
        CU_ASSERT_EQUAL(out, (int64_t)starts[i]);
        CU_ASSERT(kept.asked <= MOST);
        /* shorter than what was kept, and ending in the middle of a line */
        CU_ASSERT_EQUAL(tail_common(fd, "j", (int64_t)starts[i], is_kept, &kept, &out, &err), ST_OK);
        CU_ASSERT_EQUAL(out, (int64_t)starts[i]);
        close(fd);
    }
    int fd = file_of("whole\ntorn", 10);
    struct kept kept = {"whole\ntorn here\n", 16, 0};
    CU_ASSERT_EQUAL(tail_common(fd, "j", 10, is_kept, &kept, &out, &err), ST_OK);
    CU_ASSERT_EQUAL(out, 6);
    CU_ASSERT_EQUAL(tail_common(fd, "j", 0, is_kept, &kept, &out, &err), ST_OK);
    CU_ASSERT_EQUAL(out, 0);
    close(fd);
    free(text);
    free(other);
}

static enum status is_away(int64_t at, const char *line, size_t len, bool *yes, void *context,
                           struct err *err)
{
    (void)at;
    (void)line;
    (void)len;
    (void)yes;
    (void)context;
    return err_set(err, ST_ENV, "away");
}

static void a_question_that_fails_ends_the_search(void)
{
    int fd = file_of("a\nb\n", 4);
    struct err err = {.text = ""};
    int64_t out;

    CU_ASSERT_EQUAL(tail_common(fd, "j", 4, is_away, NULL, &out, &err), ST_ENV);
    CU_ASSERT_STRING_EQUAL(err.text, "away");
    close(fd);
}

static const struct unit_case cases[] = {
    {"whole_lines_are_taken_and_a_torn_one_waits", whole_lines_are_taken_and_a_torn_one_waits},
    {"parts_have_a_bound_and_are_the_file", parts_have_a_bound_and_are_the_file},
    {"a_file_that_changed_below_is_seen", a_file_that_changed_below_is_seen},
    {"where_a_file_parts_from_what_was_kept_is_found", where_a_file_parts_from_what_was_kept_is_found},
    {"a_question_that_fails_ends_the_search", a_question_that_fails_ends_the_search},
};
extern const struct unit_group tail_cases;
UNIT_GROUP(tail_cases, cases);
