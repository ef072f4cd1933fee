#include "db/row.h"

#include <string.h>

#include "db/sqlite.h"

const char *row_text(struct query *query, int column)
{
    const unsigned char *text = sqlite3_column_text(query->statement, column);

    return text ? (const char *)text : "";
}

const void *row_bytes(struct query *query, int column)
{
    return sqlite3_column_blob(query->statement, column);
}

size_t row_length(struct query *query, int column)
{
    return (size_t)sqlite3_column_bytes(query->statement, column);
}

int64_t row_int(struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

bool row_null(struct query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

void row_copy(struct query *query, int column, char *out, size_t size)
{
    const char *text = row_text(query, column);
    size_t len = strnlen(text, size - 1);

    memcpy(out, text, len);
    out[len] = '\0';
}
