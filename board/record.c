#include "board/record.h"

#include <stdio.h>
#include <string.h>

#include "board/body.h"

enum { OBJECT_MAX = 65536, SQL_SIZE = 300 };

static void put_rows(struct call *c, const struct record *record, struct db_query *q)
{
    call_open(c);
    json_open_array(&c->out, "data");
    while (call_row(c, q)) {
        json_open_object(&c->out, NULL);
        record->put(c, q, true);
        json_close_object(&c->out);
    }
    json_close_array(&c->out);
    call_close(c);
    db_finish(q);
}

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

void record_list(struct call *c, const struct record *record)
{
    char head[SQL_SIZE];
    struct listing l;

    listing_init(&l);
    snprintf(head, sizeof(head), "SELECT %s FROM %s", record->columns, record->table);
    if (filter(c, record, &l))
        put_rows(c, record, listing_query(c, &l, head, " ORDER BY id"));
    listing_done(&l);
}

void record_of_challenge(struct call *c, const struct record *record)
{
    char sql[SQL_SIZE];

    snprintf(sql, sizeof(sql), "SELECT %s FROM %s WHERE challenge_id = ?1 ORDER BY id", record->columns,
             record->table);
    put_rows(c, record, call_query(c, sql, "i", call_id(c, 0)));
}

void record_answer(struct call *c, const struct record *record, int64_t id)
{
    char sql[SQL_SIZE];

    snprintf(sql, sizeof(sql), "SELECT %s FROM %s WHERE id = ?1", record->columns, record->table);
    struct db_query *q = call_query(c, sql, "i", id);
    if (!call_row(c, q)) {
        call_not_found(c);
    } else {
        call_open(c);
        json_open_object(&c->out, "data");
        record->put(c, q, false);
        json_close_object(&c->out);
        call_close(c);
    }
    db_finish(q);
}

void record_get(struct call *c, const struct record *record)
{
    record_answer(c, record, call_id(c, 0));
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

/* One statement, so that what a column must not lack is seen by the database: head, the columns each in its
 * form, tail; the id, when there is one, is the last parameter. */
static void store(struct call *c, const struct record *record, const struct value *values, int64_t id)
{
    char sql[SQL_SIZE];
    struct buf text, marks;
    int n = 0;

    buf_init(&text, 2000);
    buf_init(&marks, 200);
    for (size_t i = 0; i < record->n_set; i++) {
        if (values[i].has == BODY_ABSENT)
            continue;
        buf_printf(&text, id ? "%s%s = ?" : "%s%s", n ? ", " : "", record->set[i].name);
        buf_puts(&marks, n ? ", ?" : "?");
        n++;
    }
    if (id)
        snprintf(sql, sizeof(sql), "UPDATE %s SET %s WHERE id = ?", record->table, buf_text(&text));
    else if (n)
        snprintf(sql, sizeof(sql), "INSERT INTO %s (%s) VALUES (%s)", record->table, buf_text(&text),
                 buf_text(&marks));
    else
        snprintf(sql, sizeof(sql), "INSERT INTO %s DEFAULT VALUES", record->table);
    struct db_query *q = n || !id ? call_query(c, sql, "") : NULL;
    n = 0;
    for (size_t i = 0; q && i < record->n_set; i++) {
        if (values[i].has == BODY_ABSENT)
            continue;
        if (values[i].has == BODY_VALUE && record->set[i].kind == RECORD_NUMBER)
            db_bind_int(q, ++n, values[i].n);
        else
            db_bind_text(q, ++n, values[i].has == BODY_VALUE ? values[i].text : NULL);
    }
    if (q && id)
        db_bind_int(q, ++n, id);
    if (q)
        call_row(c, q);
    db_finish(q);
    buf_free(&text);
    buf_free(&marks);
}

/* Reads, checks and stores the body; false, and answered, when it is refused. */
static bool take(struct call *c, const struct record *record, int64_t id)
{
    struct value values[RECORD_COLUMNS_MAX] = {0};
    bool good = true;

    for (size_t i = 0; i < record->n_set; i++)
        buf_init(&values[i].copy, OBJECT_MAX);
    for (size_t i = 0; good && i < record->n_set; i++)
        good = read_value(c, &record->set[i], &values[i]);
    good = good && (!record->check || record->check(c, id));
    if (good)
        store(c, record, values, id);
    for (size_t i = 0; i < record->n_set; i++)
        buf_free(&values[i].copy);
    return good && !c->failed;
}

void record_create(struct call *c, const struct record *record)
{
    if (call_object(c) && take(c, record, 0))
        record_answer(c, record, db_last_id(c->board->db));
}

void record_update(struct call *c, const struct record *record)
{
    int64_t id = call_id(c, 0);
    char sql[SQL_SIZE];

    snprintf(sql, sizeof(sql), "SELECT 1 FROM %s WHERE id = ?1", record->table);
    if (!call_number(c, 0, sql, "i", id))
        call_not_found(c);
    else if (call_object(c) && take(c, record, id))
        record_answer(c, record, id);
}

void record_delete(struct call *c, const struct record *record)
{
    char sql[SQL_SIZE];

    snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE id = ?1", record->table);
    call_run(c, sql, "i", call_id(c, 0));
    if (db_changes(c->board->db) > 0)
        call_success(c);
    else
        call_not_found(c);
}

void record_put_object(struct call *c, const char *key, struct db_query *q, int column)
{
    const char *text = db_text(q, column);
    struct json *object = json_parse(text, strlen(text), NULL);

    json_put_copy(&c->out, key, object);
    json_free(object);
}
