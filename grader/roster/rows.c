#include "grader/roster/rows.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

static void put_cell(struct buf *out, const char *text, bool first)
{
    size_t len = strlen(text);
    bool blank = len && (text[0] == ' ' || text[len - 1] == ' ' || text[0] == '\t' || text[len - 1] == '\t');

    if (!first)
        buf_puts(out, ",");
    if (!blank && !strpbrk(text, ",\"\r\n")) {
        buf_puts(out, text);
        return;
    }
    buf_puts(out, "\"");
    for (; *text; text++) {
        buf_puts(out, *text == '"' ? "\"" : "");
        buf_add(out, text, 1);
    }
    buf_puts(out, "\"");
}

void rows_put(struct buf *out, unsigned columns, char *const cells[ROSTER_COLUMNS])
{
    for (size_t c = 0; c < ROSTER_COLUMNS; c++)
        if (columns >> c & 1)
            put_cell(out, cells ? cells[c] : roster_column(c), c == 0);
    buf_puts(out, "\n");
}

enum status rows_write(const char *path, const struct buf *out, const char *what, struct err *err)
{
    struct stat st;

    if (out->failed)
        return err_set(err, ST_INPUT, "%s: too many people for one roster", what);
    return file_replace(path, out->data, out->len, lstat(path, &st) ? 0644 : st.st_mode & 0777, err);
}
