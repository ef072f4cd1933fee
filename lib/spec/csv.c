#include "spec/csv.h"

#include <string.h>

#include "base/str.h"

/* The first byte of text that is no part of a valid character, or len. */
static size_t utf8_until(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len) {
        size_t n = 1;
        while (n < 4 && at + n < len && ((unsigned char)text[at + n] & 0xc0) == 0x80)
            n++;
        if (text[at] == '\0' || !utf8_valid(text + at, n))
            return at;
        at += n;
    }
    return len;
}

bool csv_check(const char *path, const struct buf *source, struct problems *problems)
{
    const char *text = buf_text(source), *end = text + source->len;

    if (source->len >= 4 && memcmp(text, "PK\003\004", 4) == 0) {
        problem_add(problems, path, (struct place){1, 1},
                    "a spreadsheet (.xlsx or .ods), no CSV; export it as \"CSV UTF-8\"");
        return false;
    }
    for (int line = 1; text < end; line++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        stop = stop ? stop : end;
        size_t len = (size_t)(stop - text), at = utf8_until(text, len);
        if (at < len) {
            problem_add(problems, path, (struct place){line, (int)at + 1},
                        "the byte 0x%02x is not UTF-8; save the file as \"CSV UTF-8\"",
                        (unsigned)(unsigned char)text[at]);
            return false;
        }
        text = stop + (stop < end);
    }
    return true;
}

void csv_open(struct csv *csv, char *text, size_t len)
{
    size_t mark = len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;

    csv->n_cells = 0;
    csv->fault = NULL;
    csv->at = csv->line_start = text + mark;
    csv->end = text + len;
    csv->line = 1;
}

static struct place here(const struct csv *csv)
{
    return (struct place){csv->line, (int)(csv->at - csv->line_start) + 1};
}

static bool fault(struct csv *csv, struct place at, const char *sentence)
{
    csv->fault = sentence;
    csv->fault_at = at;
    return false;
}

/* What ends a cell at csv->at: ',' or '\n' (CRLF too), stepped over; 0 at the end of the file; -1 nothing. */
static int take_end(struct csv *csv)
{
    if (csv->at == csv->end)
        return 0;
    if (*csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n')
        csv->at++;
    if (*csv->at == ',') {
        csv->at++;
        return ',';
    }
    if (*csv->at != '\n')
        return -1;
    csv->line_start = ++csv->at;
    csv->line++;
    return '\n';
}

/* From after the opening quote. The text moves down over quotes that were doubled. */
static bool read_quoted(struct csv *csv, struct csv_cell *cell, char **text_end)
{
    char *out = cell->text = csv->at;

    for (; csv->at < csv->end; csv->at++) {
        if (*csv->at == '"' && csv->at[1] != '"') {
            csv->at++;
            *text_end = out;
            return true;
        }
        if (*csv->at == '"')
            csv->at++;
        if (*csv->at == '\n') {
            csv->line++;
            csv->line_start = csv->at + 1;
        }
        *out++ = *csv->at;
    }
    return fault(csv, cell->at, "a quote is opened here and never closed");
}

static bool read_plain(struct csv *csv, struct csv_cell *cell, char **text_end)
{
    cell->text = csv->at;
    while (csv->at < csv->end && *csv->at != ',' && *csv->at != '\n' && *csv->at != '"' &&
           !(*csv->at == '\r' && csv->at[1] == '\n'))
        csv->at++;
    if (*csv->at == '"')
        return fault(csv, here(csv), "a quote inside a cell; quote the whole cell and write \"\" for one");
    *text_end = csv->at;
    while (*text_end > cell->text && ((*text_end)[-1] == ' ' || (*text_end)[-1] == '\t'))
        (*text_end)--;
    return true;
}

/* One row; *blank when it holds nothing at all. */
static bool read_row(struct csv *csv, bool *blank)
{
    int end = ',';

    csv->n_cells = 0;
    while (end == ',') {
        if (csv->n_cells == CSV_CELLS_MAX)
            return fault(csv, here(csv), "too many cells in one line");
        while (csv->at < csv->end && (*csv->at == ' ' || *csv->at == '\t'))
            csv->at++;
        struct csv_cell *cell = &csv->cells[csv->n_cells++];
        char *text_end = NULL;
        cell->at = here(csv);
        bool quoted = csv->at < csv->end && *csv->at == '"';
        csv->at += quoted;
        if (!(quoted ? read_quoted(csv, cell, &text_end) : read_plain(csv, cell, &text_end)))
            return false;
        struct place after = here(csv);
        end = take_end(csv);
        if (end < 0)
            return fault(csv, after, "a quote closes here; a comma or the line's end must follow");
        *blank = csv->n_cells == 1 && !quoted && text_end == cell->text;
        *text_end = '\0'; /* on the separator, a quote or the file's own NUL */
    }
    return true;
}

bool csv_next(struct csv *csv)
{
    bool blank = true;

    while (!csv->fault && csv->at < csv->end) {
        if (!read_row(csv, &blank))
            return false;
        if (!blank)
            return true;
    }
    return false;
}
