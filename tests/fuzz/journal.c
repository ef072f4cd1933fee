/* Input: a journal. Its lines are taken apart as the grader does. */
#include "fuzz.h"

#include <string.h>

#include "grader/journal/line.h"

void fuzz_open(void)
{
}

static void put_line(const struct journal_line *line, struct buf *said)
{
    buf_printf(said, "%d %lld %s %s|%s|%s|%s|%s|%s|%s|%s|%d\n", (int)line->event, (long long)line->time_us,
               line->time, line->class, line->course, line->slug, line->student, line->source, line->port,
               line->key, line->proof, line->pass);
    for (size_t i = 0; i < line->n_reasons; i++)
        buf_printf(said, "  %s %s\n", line->reasons[i].field, line->reasons[i].code);
    for (size_t i = 0; i < line->n_flags; i++)
        buf_printf(said, "  %s %s\n", line->flags[i].slug, line->flags[i].student);
}

static void check(const struct journal_line *line)
{
    char again[CLOCK_TEXT_SIZE];

    if (line->event == JOURNAL_CUT)
        return;
    if (strcmp(clock_text(line->time_us, again), line->time) != 0)
        fuzz_fail("a time that is written otherwise");
    if ((line->slug[0] && !slug_valid(line->slug)) || (line->student[0] && !handle_valid(line->student)))
        fuzz_fail("names that are none");
    if (line->event == JOURNAL_SUBMIT && (!line->slug[0] || !line->student[0] || !line->proof[0]))
        fuzz_fail("a flag handed in without owner or proof");
}

void fuzz_once(const uint8_t *data, size_t size, struct buf *said)
{
    const char *at = (const char *)data, *end = at + size;

    while (at < end) {
        struct journal_line line;
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((newline ? newline : end) - at);
        memset(&line, fuzz_dirt(), sizeof(line));
        journal_line_read(at, len, &line);
        check(&line);
        put_line(&line, said);
        at += len + 1;
    }
}
