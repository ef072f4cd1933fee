#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "pg/private.h"

enum { TYPE_BYTES = 17, TYPE_INT = 20, TYPE_TEXT = 25 };

/* PostgreSQL counts by $N; SQLite takes $N for a name, so the texts have ?N. */
char *pg_sql(const char *sql, const char *before)
{
    char *out = NULL;
    bool quoted = false;

    if (asprintf(&out, "%s%s", before, sql) < 0)
        return NULL;
    for (char *at = out + strlen(before); *at; at++) {
        if (*at == '\'')
            quoted = !quoted;
        else if (*at == '?' && !quoted)
            *at = '$';
    }
    return out;
}

static bool copy(struct pg_values *out, int i, const void *data, size_t len)
{
    char *mine = malloc(len + 1);

    if (!mine)
        return false;
    memcpy(mine, data, len);
    mine[len] = '\0';
    out->owned[i] = mine;
    out->values[i] = mine;
    return true;
}

/* As the other driver: what is no UTF-8 is mended; PostgreSQL would refuse it. */
static bool take_text(struct pg_values *out, int i, const char *text, bool lent)
{
    const size_t len = strlen(text);
    const bool whole = utf8_valid(text, len);

    out->values[i] = text;
    if (whole && lent)
        return true;
    if (!copy(out, i, text, len))
        return false;
    if (!whole)
        utf8_mend(out->owned[i]);
    return true;
}

static bool take(struct pg_values *out, int i, const struct query_value *v, bool lent)
{
    if (v->type == 'i' || v->type == 'z') {
        out->types[i] = TYPE_INT;
        snprintf(out->numbers[i], sizeof(out->numbers[i]), "%lld", (long long)v->number);
        out->values[i] = v->type == 'i' || v->number ? out->numbers[i] : NULL;
        return true;
    }
    out->types[i] = v->type == 't' ? TYPE_TEXT : TYPE_BYTES;
    if (v->type == 't')
        return !v->data || take_text(out, i, v->data, lent);
    out->formats[i] = 1;
    out->lengths[i] = (int)v->length;
    out->values[i] = v->data;
    return v->type == 'b' && (!v->data || lent || copy(out, i, v->data, v->length));
}

bool pg_values_init(struct pg_values *out, const struct query_value *values, size_t n, bool lent)
{
    *out = (struct pg_values){.n = (int)n};
    for (int i = 0; i < out->n; i++)
        if (!take(out, i, &values[i], lent))
            return false;
    return true;
}

void pg_values_done(struct pg_values *values)
{
    for (int i = 0; i < values->n; i++)
        free(values->owned[i]);
}

int64_t pg_int(const char *text)
{
    const bool minus = text[0] == '-';
    uint64_t n = 0;

    if (parse_u64(text + minus, (uint64_t)INT64_MAX + minus, &n) != PARSE_OK)
        return 0;
    return minus ? (int64_t)(0 - n) : (int64_t)n;
}
