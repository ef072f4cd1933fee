#include "board/record.h"

#include <stdio.h>
#include <string.h>

#include "board/body.h"

enum { OBJECT_MAX = 65536, SQL_SIZE = 300 };

static bool is_number(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->n_set; i++)
        if (strcmp(record->set[i].name, name) == 0)
            return record->set[i].kind == RECORD_NUMBER;
    return false;
}

static bool filter(struct call *c, const struct record *record, struct listing *l)
{
    for (const char *const *name = record->filters; *name; name++)
        if (!(is_number(record, *name) ? listing_number(c, l, *name) : listing_text(c, l, *name)))
            return false;
    return !record->search || listing_search(c, l, record->search);
}

void record_list(struct call *c)
{
    char head[SQL_SIZE];
    struct listing l;

    listing_init(&l);
    snprintf(head, sizeof(head), "SELECT %s FROM %s", c->record->columns, c->record->table);
    if (filter(c, c->record, &l))
        call_rows(c, listing_query(c, &l, head, " ORDER BY id"), c->record->put);
    listing_done(&l);
}

/* Rows whose column is id. */
static struct query *query_by(struct call *c, const char *column, int64_t id)
{
    char sql[SQL_SIZE];

    snprintf(sql, sizeof(sql), "SELECT %s FROM %s WHERE %s = ?1 ORDER BY id", c->record->columns,
             c->record->table, column);
    return call_query(c, sql, "i", id);
}

void record_of_challenge(struct call *c)
{
    call_rows(c, query_by(c, "challenge_id", call_id(c, 0)), c->record->put);
}

void record_answer(struct call *c, int64_t id)
{
    call_row(c, query_by(c, "id", id), c->record->put_one ? c->record->put_one : c->record->put);
}

void record_get(struct call *c)
{
    record_answer(c, call_id(c, 0));
}

/* A column of the body, read. text is borrowed from the body, from scratch or from copy. */
struct value {
    enum body_result has;
    int64_t n;
    const char *text;
    char scratch[40];
    struct buf copy;
};

static enum body_result read_object(struct call *c, const char *name, struct value *v)
{
    const struct json *object = json_get(c->body, name);

    if (!object || json_is_null(object))
        return object ? BODY_NULL : BODY_ABSENT;
    if (!json_is_object(object))
        return BODY_BAD;
    json_put_copy(&(struct json_writer){.out = &v->copy}, NULL, object);
    v->text = buf_text(&v->copy);
    return BODY_VALUE;
}

/* False, and answered, when the column is refused. */
static bool read_value(struct call *c, const struct record_column *column, struct value *v)
{
    static const char *const wrong[] = {
        [RECORD_NUMBER] = "Not a valid integer.",
        [RECORD_TEXT] = "Not a valid string.",
        [RECORD_STRIPPED] = "Not a valid string.",
        [RECORD_OBJECT] = "Not a valid mapping type.",
    };

    v->has = column->kind == RECORD_NUMBER   ? body_int(c->body, column->name, &v->n)
             : column->kind == RECORD_OBJECT ? read_object(c, column->name, v)
                                             : body_text(c->body, column->name, &v->text, v->scratch);
    if (v->has == BODY_VALUE && column->kind == RECORD_STRIPPED) {
        body_strip(v->text, &v->copy);
        v->text = buf_text(&v->copy);
    }
    if (v->has == BODY_BAD)
        call_error_list(c, column->name, wrong[column->kind]);
    else if (v->has == BODY_VALUE && v->text && strlen(v->text) > column->max)
        call_error_list(c, column->name, "Longer than maximum length.");
    else
        return true;
    return false;
}

/* The columns that are there, each in its form, as "a = ?1, b = ?2" or as "(a, b) VALUES (?1, ?2)". Returns
 * how many. */
static size_t name_columns(const struct record *record, const struct value *values, bool update,
                           struct query_value *to, struct buf *sql)
{
    struct buf marks;
    size_t n = 0;

    buf_init(&marks, 200);
    for (size_t i = 0; i < record->n_set; i++) {
        const struct value *v = &values[i];
        bool number = v->has == BODY_VALUE && record->set[i].kind == RECORD_NUMBER;
        if (v->has == BODY_ABSENT)
            continue;
        to[n++] = (struct query_value){number ? 'i' : 't', v->n, v->has == BODY_VALUE ? v->text : NULL, 0};
        buf_printf(sql, update ? "%s%s = ?%zu" : "%s%s",
                   n > 1    ? ", "
                   : update ? ""
                            : "(",
                   record->set[i].name, n);
        buf_printf(&marks, "%s?%zu", n > 1 ? ", " : "", n);
    }
    if (!update && n)
        buf_printf(sql, ") VALUES (%s)", buf_text(&marks));
    else if (!update)
        buf_puts(sql, "DEFAULT VALUES");
    buf_free(&marks);
    return n;
}

/* One statement, so that what a column must not lack is seen by the database. id 0: a new one. Returns the
 * number of what was stored. */
static int64_t store(struct call *c, const struct record *record, const struct value *values, int64_t id)
{
    struct query_value to[RECORD_COLUMNS_MAX + 1];
    struct buf sql;

    buf_init(&sql, 2000);
    buf_printf(&sql, id ? "UPDATE %s SET " : "INSERT INTO %s ", record->table);
    size_t n = name_columns(record, values, id, to, &sql);
    if (n || !id) {
        if (id) {
            to[n++] = (struct query_value){.type = 'i', .number = id};
            buf_printf(&sql, " WHERE id = ?%zu", n);
        }
        buf_puts(&sql, " RETURNING id");
        struct query *q = query_open_values(c->board->db, buf_text(&sql), to, n);
        id = query_next(q) ? row_int(q, 0) : 0;
        call_done(c, q);
    }
    buf_free(&sql);
    return id;
}

/* Reads, checks and stores the body, and answers with what is then there, or why it is refused. */
static void take(struct call *c, const struct record *record, int64_t id)
{
    struct value values[RECORD_COLUMNS_MAX] = {0};
    bool good = call_object(c);

    for (size_t i = 0; i < record->n_set; i++)
        buf_init(&values[i].copy, OBJECT_MAX);
    for (size_t i = 0; good && i < record->n_set; i++)
        good = read_value(c, &record->set[i], &values[i]);
    if (good && (!record->check || record->check(c, id)))
        record_answer(c, store(c, record, values, id));
    for (size_t i = 0; i < record->n_set; i++)
        buf_free(&values[i].copy);
}

void record_create(struct call *c)
{
    take(c, c->record, 0);
}

void record_update(struct call *c)
{
    int64_t id = call_id(c, 0);
    char sql[SQL_SIZE];

    snprintf(sql, sizeof(sql), "SELECT 1 FROM %s WHERE id = ?1", c->record->table);
    if (call_found(c, call_number(c, sql, "i", id)))
        take(c, c->record, id);
}

void record_delete(struct call *c)
{
    char sql[SQL_SIZE];

    snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE id = ?1 RETURNING 1", c->record->table);
    call_deleted(c, call_number(c, sql, "i", call_id(c, 0)));
}

void record_put_object(struct call *c, const char *key, struct query *q, int column)
{
    const char *text = row_text(q, column);
    struct json *object = json_parse(text, strlen(text), NULL);

    json_put_copy(&c->out, key, object);
    json_free(object);
}
