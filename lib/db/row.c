#include "db/row.h"

#include <string.h>

#include "db/driver.h"

const char *row_text(struct query *query, int column)
{
    return query->db->driver->text(query, column);
}

const void *row_bytes(struct query *query, int column)
{
    return query->db->driver->bytes(query, column);
}

size_t row_length(struct query *query, int column)
{
    return query->db->driver->length(query, column);
}

int64_t row_int(struct query *query, int column)
{
    return query->db->driver->number(query, column);
}

bool row_null(struct query *query, int column)
{
    return query->db->driver->null(query, column);
}

void row_copy(struct query *query, int column, char *out, size_t size)
{
    const char *text = row_text(query, column);
    size_t len = strnlen(text, size - 1);

    memcpy(out, text, len);
    out[len] = '\0';
}
